//! `lql send`: files of events, to a host.

use crate::outcome::{Outcome, Stop};
use crate::project::stream_of;
use crate::terminal::Terminal;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value as Json;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::Agent;

/// Send files of events to a host
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql send crm.csv --to http://127.0.0.1:8089
  lql send web.ndjson.gz orders.csv --to https://events.example.com --token at.6f0c.41d9
  lql send export.csv --stream crm --to http://127.0.0.1:8089 --dry-run

A file goes to the stream of its name, up to the first dot. It may hold rows or lines of JSON, also
packed. The host takes its events one after the other: those before a mistake count, and the answer
says where it is. Exit code 1 if any event was refused.")]
pub struct Send {
    /// Files of events
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Address of the host
    #[arg(long, value_name = "URL")]
    to: String,
    /// Stream of the events; by default, each file's name up to its first dot
    #[arg(long, value_name = "NAME")]
    stream: Option<String>,
    /// Event key that holds the event time
    #[arg(long, value_name = "F")]
    timestamp_field: Option<String>,
    /// Go on after events that are refused
    #[arg(long)]
    drop_errors: bool,
    /// Only look whether the events are sound
    #[arg(long)]
    dry_run: bool,
    /// Token of the host, if it wants one
    #[arg(long, env = "LIOKEY", hide_env_values = true, value_name = "TOKEN")]
    token: Option<String>,
    /// No progress
    #[arg(long, short)]
    quiet: bool,
}

/// Sends; exit code 1 if any event was refused.
pub fn run(args: &Send, terminal: &Terminal) -> Result<Outcome, Stop> {
    if !args.to.starts_with("http://") && !args.to.starts_with("https://") {
        let message = format!("`{}` is no address of a host: it begins with http:// or https://", args.to);
        return Err(Stop::Misuse(message));
    }
    let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
    let mut outcome = Outcome::Clean;
    for file in &args.files {
        if send(args, &agent, file, terminal)? > 0 {
            outcome = Outcome::Findings;
        }
    }
    Ok(outcome)
}

/// Sends a file; how many of its events were refused.
fn send(args: &Send, agent: &Agent, path: &Path, terminal: &Terminal) -> Result<u64, Stop> {
    let file = File::open(path).map_err(|error| Stop::unreadable(path, &error))?;
    let bar = bar(&file, !args.quiet && terminal.shows_progress());
    let stream = args.stream.clone().unwrap_or_else(|| stream_of(path));
    let mut query = vec![("filename".to_owned(), path.display().to_string())];
    query.extend(args.timestamp_field.iter().map(|field| ("timestamp_field".to_owned(), field.clone())));
    query.extend(args.drop_errors.then(|| ("droperrors".to_owned(), "true".to_owned())));
    query.extend(args.dry_run.then(|| ("dryrun".to_owned(), "true".to_owned())));
    let path_of_stream = format!("{}/collect/bulk/{}", args.to.trim_end_matches('/'), encoded(&stream));
    let mut request = agent.post(path_of_stream).query_pairs(query).content_type(content_type(path));
    // A host that refuses says so before the file is on its way.
    request = request.header("expect", "100-continue");
    if let Some(token) = &args.token {
        request = request.header("authorization", token);
    }
    let answer = request.send(ureq::SendBody::from_owned_reader(bar.wrap_read(file)));
    bar.finish_and_clear();
    let unreachable = |error: ureq::Error| Stop::Misuse(format!("{}: {error}", args.to));
    let mut answer = answer.map_err(unreachable)?;
    let status = answer.status();
    let text = answer.body_mut().read_to_string().map_err(unreachable)?;
    let body: Json = serde_json::from_str(&text).unwrap_or(Json::Null);
    let count = |name: &str| body.pointer(name).and_then(Json::as_u64).unwrap_or_default();
    let (taken, refused) = (count("/data/message_count"), count("/data/rejected_count"));
    if status == 200 {
        let verb = if args.dry_run { "sound" } else { "taken" };
        terminal.say(&format!("{}: {taken} events {verb}, {refused} refused", path.display()));
        return Ok(refused);
    }
    let message = body.get("message").and_then(Json::as_str).unwrap_or(&text);
    if status == 400 {
        terminal.error(&format!("{}: {message}", path.display()));
        return Ok(refused.max(1));
    }
    Err(Stop::Misuse(format!("{}: the host answers {status} to {}: {message}", args.to, path.display())))
}

fn bar(file: &File, shown: bool) -> ProgressBar {
    if !shown {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(file.metadata().map_or(0, |file| file.len()));
    let style = "{bar:30} {decimal_bytes} of {decimal_total_bytes}, {decimal_bytes_per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// What rows and lines are told apart by, if the content leaves it open.
fn content_type(path: &Path) -> &'static str {
    let name = path.to_string_lossy().to_lowercase();
    if name.contains(".json") || name.contains(".ndjson") {
        "application/x-ndjson"
    } else {
        "application/csv"
    }
}

/// A stream's name as a part of a path.
fn encoded(name: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let encode =
        |byte: u8| if is_plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    name.bytes().map(encode).collect::<Vec<_>>().concat()
}
