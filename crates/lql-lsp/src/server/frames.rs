//! Messages from bytes: each behind a header that tells its length. What is no message is answered with the protocol's error
//! and passed over, so that the next message is heard; the transport alone would end the session.

use serde::{Deserialize, Deserializer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tower_lsp_server::jsonrpc::{Error, ErrorCode, Id};
use tower_lsp_server::ls_types::LSPAny;

/// The header that tells the length.
const LENGTH: &[u8] = b"content-length:";

/// Longer messages are taken for broken headers.
const LONGEST: usize = 1 << 28;

/// No header is as long as this.
const LONGEST_LINE: usize = 1 << 12;

/// The method under which [`pass`] hands on what is no message, for the one answer it gets.
pub const BROKEN: &str = "$/broken";

/// Hands the messages of one pipe on to another.
pub async fn pass(input: impl AsyncRead + Unpin, mut output: impl AsyncWrite + Unpin) -> std::io::Result<()> {
    let mut frames = Frames::new(input);
    while let Some(found) = frames.next().await? {
        let body = found.unwrap_or_else(Broken::message);
        write(&mut output, &body).await?;
    }
    Ok(())
}

/// Writes a message behind its header.
pub async fn write(output: &mut (impl AsyncWrite + Unpin), body: &[u8]) -> std::io::Result<()> {
    output.write_all(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes()).await?;
    output.write_all(body).await?;
    output.flush().await
}

/// Bytes that are no message.
#[derive(Debug, PartialEq)]
pub struct Broken {
    id: Id,
    code: ErrorCode,
}

impl Broken {
    fn unreadable() -> Self {
        Self { id: Id::Null, code: ErrorCode::ParseError }
    }

    /// As a request that is answered with its error: see [`BROKEN`].
    fn message(self) -> Vec<u8> {
        let params = serde_json::json!({ "code": self.code.code() });
        serde_json::json!({ "jsonrpc": "2.0", "id": self.id, "method": BROKEN, "params": params })
            .to_string()
            .into_bytes()
    }

    /// The error of such a request.
    pub fn error(params: &LSPAny) -> Error {
        let code = params.get("code").and_then(LSPAny::as_i64);
        if code == Some(ErrorCode::ParseError.code()) {
            Error::parse_error()
        } else {
            Error::invalid_request()
        }
    }
}

/// Reads messages.
pub struct Frames<R> {
    input: R,
    buffer: Vec<u8>,
    /// The length of the message that comes next, once its header was read.
    length: Option<usize>,
}

impl<R: AsyncRead + Unpin> Frames<R> {
    /// From a pipe.
    pub fn new(input: R) -> Self {
        Self { input, buffer: Vec::new(), length: None }
    }

    /// The next message, or what stands in its place; nothing at the end.
    pub async fn next(&mut self) -> std::io::Result<Option<Result<Vec<u8>, Broken>>> {
        let mut is_broken = false;
        while let Some(line) = self.line().await? {
            match header(&line) {
                Header::Length(length, is_clean) => {
                    self.length = Some(length);
                    if is_broken || !is_clean {
                        return Ok(Some(Err(Broken::unreadable())));
                    }
                }
                Header::Other => {}
                // Without a length it is one of the blank lines that may stand between messages.
                Header::End => {
                    if let Some(length) = self.length.take() {
                        return self.body(length).await;
                    }
                }
                Header::Broken => is_broken = true,
            }
        }
        Ok(is_broken.then(|| Err(Broken::unreadable())))
    }

    async fn body(&mut self, length: usize) -> std::io::Result<Option<Result<Vec<u8>, Broken>>> {
        while self.buffer.len() < length {
            if self.input.read_buf(&mut self.buffer).await? == 0 {
                return Ok(None);
            }
        }
        let rest = self.buffer.split_off(length);
        let body = std::mem::replace(&mut self.buffer, rest);
        Ok(Some(match check(&body) {
            Ok(()) => Ok(body),
            Err(broken) => {
                // Its length was wrong if it holds the header of the next: that is read again.
                if let Some(at) = find(&body, LENGTH) {
                    self.buffer.splice(..0, body.into_iter().skip(at));
                }
                Err(broken)
            }
        }))
    }

    /// A line without its end; of a very long one, which is no header, only the part in which a header may begin.
    async fn line(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut looked = 0;
        loop {
            let fresh = self.buffer.get(looked..).unwrap_or_default();
            if let Some(at) = fresh.iter().position(|byte| *byte == b'\n') {
                let rest = self.buffer.split_off(looked + at + 1);
                return Ok(Some(std::mem::replace(&mut self.buffer, rest)));
            }
            if self.buffer.len() > LONGEST_LINE {
                // The mark tells that something was here.
                let kept = self.buffer.split_off(self.buffer.len() - LONGEST_LINE / 2);
                self.buffer = [b"?".as_slice(), &kept].concat();
            }
            looked = self.buffer.len();
            if self.input.read_buf(&mut self.buffer).await? == 0 {
                let rest = std::mem::take(&mut self.buffer);
                return Ok(Some(rest).filter(|rest| !rest.is_empty()));
            }
        }
    }
}

/// A line of a header.
enum Header {
    /// The length, and whether nothing stands before it.
    Length(usize, bool),
    /// One that is of no concern.
    Other,
    /// The blank line.
    End,
    /// No header.
    Broken,
}

fn header(line: &[u8]) -> Header {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Header::End;
    }
    let Some(at) = find(line, LENGTH) else {
        let is_type = line.get(..13).is_some_and(|start| start.eq_ignore_ascii_case(b"content-type:"));
        return if is_type { Header::Other } else { Header::Broken };
    };
    let number = line.get(at + LENGTH.len()..).and_then(|rest| std::str::from_utf8(rest).ok());
    let length = number.and_then(|number| number.trim().parse().ok()).filter(|length| *length <= LONGEST);
    length.map_or(Header::Broken, |length| Header::Length(length, at == 0))
}

/// Where a word begins last, in any letter case.
fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|part| part.eq_ignore_ascii_case(word))
}

/// What the transport takes: anything else would end the session.
#[derive(Deserialize)]
struct Envelope {
    jsonrpc: String,
    method: Option<String>,
    #[serde(default, deserialize_with = "some")]
    id: Option<Id>,
    #[serde(default, deserialize_with = "some")]
    result: Option<LSPAny>,
    error: Option<Error>,
    #[serde(rename = "params")]
    _params: Option<LSPAny>,
}

/// `null` is something.
fn some<'de, T: Deserialize<'de>, D: Deserializer<'de>>(input: D) -> Result<Option<T>, D::Error> {
    T::deserialize(input).map(Some)
}

/// Whether bytes are a request, a notification or a response.
fn check(body: &[u8]) -> Result<(), Broken> {
    let is_sound = |it: &Envelope| {
        let is_answer = it.id.is_some() && (it.result.is_some() || it.error.is_some());
        it.jsonrpc == "2.0" && (it.method.is_some() || is_answer)
    };
    match serde_json::from_slice::<Envelope>(body) {
        Ok(envelope) if is_sound(&envelope) => Ok(()),
        Err(error) if !error.is_data() => Err(Broken::unreadable()),
        _ => {
            let message = serde_json::from_slice::<LSPAny>(body).map_err(|_| Broken::unreadable())?;
            let id = message.get("id").and_then(|id| Id::deserialize(id).ok()).unwrap_or_default();
            Err(Broken { id, code: ErrorCode::InvalidRequest })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is read from bytes that come in pieces: the messages, `!` for each that is broken.
    fn read(bytes: &[u8], piece: usize) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut ours, theirs) = tokio::io::duplex(piece);
            let send = async {
                let _ = ours.write_all(bytes).await;
                drop(ours);
            };
            let receive = async {
                let mut frames = Frames::new(theirs);
                let mut found = Vec::new();
                while let Some(next) = frames.next().await.unwrap() {
                    found.push(match next {
                        Ok(body) => String::from_utf8(body).unwrap(),
                        Err(broken) => format!("! {}", broken.code.code()),
                    });
                }
                found
            };
            futures::future::join(send, receive).await.1
        })
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    const A: &str = r#"{"jsonrpc":"2.0","id":1,"method":"a","params":["😀"]}"#;
    const B: &str = r#"{"jsonrpc":"2.0","id":2,"result":null}"#;

    #[test]
    fn what_is_broken_is_told_once_and_the_next_is_heard() {
        let (a, b) = (framed(A), framed(B));
        let typed = format!("Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n{a}");
        let deep =
            format!(r#"{{"jsonrpc":"2.0","method":"a","params":{}}}"#, "[".repeat(500) + &"]".repeat(500));
        let cases = [
            (String::new(), vec![]),
            (format!("{a}{b}"), vec![A, B]),
            (format!("{typed}{b}"), vec![A, B]),
            (a.to_lowercase().replace("content-length", "CONTENT-LENGTH") + &b, vec![A, B]),
            (framed("{nonsense") + &b, vec!["! -32700", B]),
            (framed("\u{feff}") + &b, vec!["! -32700", B]),
            (framed(&deep) + &b, vec!["! -32700", B]),
            (framed("[]") + &b, vec!["! -32600", B]),
            (framed(r#"{"jsonrpc":"1.0","id":7,"method":"a"}"#) + &b, vec!["! -32600", B]),
            (framed(r#"{"jsonrpc":"2.0","id":7}"#) + &b, vec!["! -32600", B]),
            (framed(r#"{"jsonrpc":"2.0","id":{},"method":"a"}"#) + &b, vec!["! -32600", B]),
            // The length is too small: what is left over is no header.
            (format!("Content-Length: 9\r\n\r\n{A}{b}"), vec!["! -32700", "! -32700", B]),
            // Too great: the next message is part of the body.
            (format!("Content-Length: {}\r\n\r\n{A}{b}", A.len() + 30), vec!["! -32700", B]),
            (format!("Content-Length: x\r\n\r\n{A}{b}"), vec!["! -32700", B]),
            (format!("Content-Length: 99999999999999999999999\r\n\r\n{A}{b}"), vec!["! -32700", B]),
            (format!("Content-Length: 9999999999\r\n\r\n{A}{b}"), vec!["! -32700", B]),
            (format!("GET / HTTP/1.1\r\nHost: x\r\n\r\n{b}"), vec!["! -32700", B]),
            ("x".repeat(3 * LONGEST_LINE) + &b, vec!["! -32700", B]),
            // The end comes too early.
            (a[..a.len() - 1].to_owned(), vec![]),
            ("Content-Le".into(), vec!["! -32700"]),
        ];
        for (bytes, expected) in cases {
            for piece in [1, 7, 1 << 16] {
                assert_eq!(read(bytes.as_bytes(), piece), expected, "{bytes}");
            }
        }
    }

    proptest! {
        #![proptest_config(lql_cases::cases(64))]
        #[test]
        fn noise_before_a_message_does_not_hide_it(noise in "[a-z{}\":😀 \r\n]{0,60}", piece in 1_usize..40) {
            let bytes = format!("{noise}\r\n{}{}", framed(A), framed(B));
            let found = read(bytes.as_bytes(), piece);
            prop_assert!(found.ends_with(&[A.to_owned(), B.to_owned()]), "{found:?}");
            prop_assert!(found.len() <= 3, "{found:?}");
        }
    }
}
