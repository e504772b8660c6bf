//! A session over a WebSocket: each of its messages is one of ours, without a header.

use super::frames::{Frames, write};
use futures::future::{Either, select};
use futures::{SinkExt as _, StreamExt as _};
use std::pin::pin;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{StatusCode, header::ORIGIN};

/// How long the handshake and the farewell may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pipe between a WebSocket and the session holds so many bytes.
const PIPE: usize = 1 << 16;

/// Serves one client, if it is not a page of elsewhere.
pub async fn serve(stream: TcpStream) {
    let Ok(Ok(socket)) = tokio::time::timeout(PATIENCE, accept_hdr_async(stream, admit)).await else {
        return;
    };
    let (mut to_client, mut from_client) = socket.split();
    let (inlet, input) = tokio::io::duplex(PIPE);
    let (output, outlet) = tokio::io::duplex(PIPE);
    let outward = tokio::spawn(async move {
        let mut frames = Frames::new(outlet);
        while let Ok(Some(Ok(body))) = frames.next().await {
            let text = String::from_utf8(body).unwrap_or_default();
            if to_client.send(Message::text(text)).await.is_err() {
                return;
            }
        }
        let _ = to_client.close().await;
    });
    let inward = async {
        let mut inlet = inlet;
        while let Some(Ok(message)) = from_client.next().await {
            let sent = match &message {
                Message::Text(text) => write(&mut inlet, text.as_bytes()).await,
                Message::Binary(bytes) => write(&mut inlet, bytes).await,
                Message::Close(_) => return,
                _ => Ok(()),
            };
            if sent.is_err() {
                return;
            }
        }
    };
    // The client leaves by `exit`, or by closing the socket.
    let session = pin!(super::serve(input, output));
    if let Either::Right(((), session)) = select(session, pin!(inward)).await {
        let _ = session.await;
    }
    let _ = tokio::time::timeout(PATIENCE, outward).await;
}

/// Programs send no origin; browsers always do, and that of a page of this machine is fine.
#[expect(clippy::result_large_err, reason = "the type that the handshake wants")]
fn admit(request: &Request, response: Response) -> Result<Response, ErrorResponse> {
    let origin = request.headers().get(ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
    if origin.is_none_or(is_own) {
        return Ok(response);
    }
    let mut refusal = ErrorResponse::new(Some("only pages of this machine may connect".into()));
    *refusal.status_mut() = StatusCode::FORBIDDEN;
    Err(refusal)
}

/// Whether an origin, such as `http://localhost:8000`, is of this machine.
fn is_own(origin: &str) -> bool {
    let Some(place) = ["http://", "https://"].iter().find_map(|scheme| origin.strip_prefix(scheme)) else {
        return false;
    };
    let host = match place.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => place.split(':').next().unwrap_or_default(),
    };
    let is_loopback = |ip: std::net::IpAddr| ip.is_loopback();
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn pages_of_this_machine_and_no_others() {
        for own in ["http://localhost", "http://LOCALHOST:8000", "https://127.0.0.1:1", "http://[::1]:3000"] {
            assert!(is_own(own), "{own}");
        }
        for foreign in [
            "null",
            "",
            "https://example.org",
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "file://",
            "http://[::2]",
        ] {
            assert!(!is_own(foreign), "{foreign}");
        }
    }
}
