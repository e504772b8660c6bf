//! `POST /collect/json/{stream}` and `/collect/bulk/{stream}`: events in. An answer of 200 says that they are on disk.

use super::answer::{Failure, good};
use super::query::Query;
use super::{App, LIVE_BODY};
use crate::clock::now;
use crate::entry::{Entry, Events};
use crate::ingress::{Intake, IntakeError, Taken};
use crate::log::Full;
use crate::views::Lane;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use futures::StreamExt;
use lql_compiler::Time;
use lql_runtime::decode::{Chunk, Format, Options};
use serde_json::{Map, Value as Json, json};
use std::io::{self, Read};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Bytes of an entry of the log, about: what is worked in at once.
const ENTRY_BYTES: usize = 64 << 10;
/// Longest name of a stream, in bytes.
const LONGEST_STREAM: usize = 128;

/// How long a sender may be silent.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the query of a request asks for.
struct Asked {
    stream: String,
    timestamp: Option<String>,
    filename: Option<String>,
    dry_run: bool,
    drop_errors: bool,
}

impl Asked {
    fn new(stream: String, query: &Query) -> Result<Self, Failure> {
        if stream.is_empty() || stream.len() > LONGEST_STREAM || stream.chars().any(char::is_control) {
            return Err(Failure::bad(format!(
                "a stream's name has 1 to {LONGEST_STREAM} bytes and no control characters"
            )));
        }
        Ok(Self {
            stream,
            timestamp: query.get("timestamp_field").map(str::to_owned),
            filename: query.get("filename").map(str::to_owned),
            dry_run: query.flag("dryrun", false)?,
            drop_errors: query.flag("droperrors", false)?,
        })
    }

    fn entry(&self, received: Time, chunk: Chunk) -> Entry {
        Entry::Events(Events {
            received,
            stream: self.stream.clone(),
            file: self.filename.clone().unwrap_or_default(),
            timestamp: self.timestamp.clone(),
            chunk,
        })
    }

    /// The counts of an answer, in Lytics' shape.
    fn report(&self, taken: &Taken, content_type: &str) -> Json {
        let mut data = json!({
            "message_count": taken.messages,
            "rejected_count": taken.rejected,
            "content-type": content_type,
            "droperrors": self.drop_errors,
            "dryrun": self.dry_run,
        });
        if let Some(data) = data.as_object_mut() {
            let texts = [("timestamp_field", &self.timestamp), ("filename", &self.filename)];
            for (name, text) in texts {
                text.iter().for_each(|text| drop(data.insert(name.into(), text.as_str().into())));
            }
        }
        data
    }
}

/// Live events: one object, or an array of them. Bad elements are counted, kept among the rejects, and do not keep the
/// others out.
pub async fn json(
    State(app): State<App>,
    Path(stream): Path<String>,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let asked = Asked::new(stream, &query)?;
    let body = whole(body, LIVE_BODY, "send it to /collect/bulk").await?;
    let options = Options {
        json: true,
        record_limit: app.settings.record_limit,
        chunk_size: ENTRY_BYTES,
        ..Options::default()
    };
    let intake = Intake { options, timestamp: asked.timestamp.clone(), ..Intake::default() };
    let (mut entries, received) = (Vec::new(), now());
    let mut taken = Taken::default();
    let result = intake.take(body.as_slice(), &mut taken, |chunk| {
        entries.push(asked.entry(received, chunk));
        Ok::<(), std::convert::Infallible>(())
    });
    if let Err(IntakeError::Source(error)) = result {
        return Err(Failure::bad(format!("the body cannot be read: {error}")));
    }
    if taken.messages == 0 {
        let reason = taken.first_bad.as_ref().map_or_else(
            || "the body has no event: send an object or an array of objects".to_owned(),
            |reject| format!("line {}, column {}: {}", reject.line, reject.column, reject.reason),
        );
        let data = asked.report(&taken, "application/json");
        return Err(Failure { data, ..Failure::bad(reason) });
    }
    if !asked.dry_run {
        append(&app, Lane::Live, &entries).await?;
    }
    let content_type = content_type(&headers).unwrap_or("application/json");
    Ok(good(asked.report(&taken, content_type), Map::new()))
}

/// Files: rows or lines of any number, plain or packed. They are taken as they come, so those before a bad one count.
pub async fn bulk(
    State(app): State<App>,
    Path(stream): Path<String>,
    query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let asked = Asked::new(stream, &query)?;
    let intake = Intake {
        options: bulk_options(&app, &query, content_type(&headers))?,
        timestamp: asked.timestamp.clone(),
        append: match query.get("append") {
            None => Map::new(),
            Some(text) => serde_json::from_str(text)
                .map_err(|error| Failure::bad(format!("`append` must be a JSON object: {error}")))?,
        },
        stops: !asked.drop_errors,
    };
    let content_type = content_type(&headers).unwrap_or("application/csv").to_owned();
    let input = Received::new(body);
    // Reading waits for the client and for the log, so it has a thread.
    let runtime = tokio::runtime::Handle::current();
    let work = tokio::task::spawn_blocking(move || {
        let mut taken = Taken::default();
        let result = intake.take(input, &mut taken, |chunk| {
            if asked.dry_run {
                return Ok(());
            }
            runtime.block_on(append_patiently(&app, asked.entry(now(), chunk)))
        });
        (asked, taken, result)
    });
    let (asked, taken, result) = work.await.map_err(|error| Failure::ours(&error))?;
    let data = asked.report(&taken, &content_type);
    match (result, &taken.first_bad) {
        (Err(IntakeError::Sink(failure)), _) => Err(Failure { data, ..failure }),
        (Err(IntakeError::Source(error)), _) => {
            let message = format!("{error}; {} events before that were taken", taken.messages);
            Err(Failure { data, ..Failure::bad(message) })
        }
        (Ok(()), Some(bad)) if !asked.drop_errors => {
            let message = format!(
                "line {}, column {}: {}; {} events before that were taken. Send the rest without it, or with droperrors=true",
                bad.line, bad.column, bad.reason, taken.messages
            );
            Err(Failure { data, ..Failure::bad(message) })
        }
        (Ok(()), _) => Ok(good(data, Map::new())),
    }
}

/// A whole body of at most so many bytes. What is over that is read, too, up to four times as much, and dropped: a client
/// that still writes would not see the answer.
pub async fn whole(body: Body, limit: usize, way_out: &str) -> Result<Vec<u8>, Failure> {
    let mut parts = body.into_data_stream();
    let (mut whole, mut size) = (Vec::new(), 0);
    while let Some(part) = next_part(&mut parts).await {
        let part = part.map_err(|error| Failure::bad(format!("the body cannot be read: {error}")))?;
        size += part.len();
        if size <= limit {
            whole.extend_from_slice(&part);
        } else if size > 4 * limit {
            break;
        }
    }
    if size > limit {
        let message = format!("the body is larger than {limit} bytes: {way_out}");
        return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    Ok(whole)
}

/// The next part of a body, unless its sender has gone to sleep: who sends slowly must not hold what others need.
async fn next_part(parts: &mut BodyDataStream) -> Option<io::Result<Bytes>> {
    match tokio::time::timeout(PATIENCE, parts.next()).await {
        Ok(part) => part.map(|part| part.map_err(io::Error::other)),
        Err(_) => Some(Err(io::Error::new(io::ErrorKind::TimedOut, "nothing came for too long"))),
    }
}

fn bulk_options(app: &App, query: &Query, content_type: Option<&str>) -> Result<Options, Failure> {
    let delimiter = match query.get("delimiter") {
        None => b',',
        Some("t" | "\\t" | "\t") => b'\t',
        Some(text) => match text.as_bytes() {
            [one] => *one,
            _ => return Err(Failure::bad(format!("`delimiter` must be one character or t, not {text:?}"))),
        },
    };
    let columns =
        query.get("headers").map(|names| names.split(',').map(|name| name.trim().to_owned()).collect());
    let is_json = content_type.is_some_and(|it| it.contains("json"));
    let rows = columns.is_some() || query.get("delimiter").is_some();
    Ok(Options {
        format: rows.then_some(Format::Csv),
        json: is_json,
        columns,
        delimiter,
        record_limit: app.settings.record_limit,
        chunk_size: ENTRY_BYTES,
    })
}

/// Why entries are not in the log.
pub enum NotTaken {
    /// More waits than may.
    Full,
    /// Nothing can be written, with the reason.
    Broken(String),
}

impl From<NotTaken> for Failure {
    fn from(not: NotTaken) -> Self {
        Self::busy(match not {
            NotTaken::Full => "more events wait than can be written; try again".to_owned(),
            NotTaken::Broken(reason) => format!("events cannot be taken: {reason}"),
        })
    }
}

/// Appends entries and waits until they are on disk.
pub async fn append(app: &App, lane: Lane, entries: &[Entry]) -> Result<(), NotTaken> {
    if let Some(trouble) = app.trouble() {
        return Err(NotTaken::Broken(trouble));
    }
    let (send, receive) = oneshot::channel();
    app.append(lane, entries, move |result| drop(send.send(result))).map_err(|Full| NotTaken::Full)?;
    match receive.await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(NotTaken::Broken(error.to_string())),
        Err(_) => Err(NotTaken::Broken("the host stops".to_owned())),
    }
}

/// The same for files, whose sender waits while there is no room.
async fn append_patiently(app: &App, entry: Entry) -> Result<(), Failure> {
    let entries = [entry];
    loop {
        match append(app, Lane::Bulk, &entries).await {
            Err(NotTaken::Full) => tokio::time::sleep(Duration::from_millis(20)).await,
            result => return Ok(result?),
        }
    }
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()
}

/// A body as a reader, for a thread that may wait.
struct Received {
    parts: mpsc::Receiver<io::Result<Bytes>>,
    part: Bytes,
}

impl Received {
    fn new(body: Body) -> Self {
        let (send, parts) = mpsc::channel(4);
        let mut stream = body.into_data_stream();
        tokio::spawn(async move {
            while let Some(part) = next_part(&mut stream).await {
                if send.send(part).await.is_err() {
                    return;
                }
            }
        });
        Self { parts, part: Bytes::new() }
    }
}

impl Read for Received {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.part.is_empty() {
            match self.parts.blocking_recv() {
                None => return Ok(0),
                Some(part) => self.part = part?,
            }
        }
        let count = buffer.len().min(self.part.len());
        let (now, _) = buffer.split_at_mut(count);
        now.copy_from_slice(&self.part.split_to(count));
        Ok(count)
    }
}
