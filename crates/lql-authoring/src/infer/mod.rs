//! A first project from events: streams, identities, kinds, queries with the reason of each choice, settings, filters.
//!
//! What comes out is a beginning to edit, but a sound one: it checks without finding, rejects no event that could be
//! read, and every identity value stands in a profile.

mod column;
mod identity;
mod query;
mod readme;
mod settings;
mod settle;
mod stream;
pub mod words;
mod write;

use crate::disk;
use crate::testing::{self, Recorded};
use lql_compiler::Time;
use std::path::Path;

use crate::stats::StreamStats;
use crate::{EventFile, Refusal};
use identity::{Identity, identities};
use lql_syntax::ast::Dialect;
use query::QueryDraft;
use std::path::PathBuf;
use stream::StreamDraft;

pub use write::Events;

/// The files of a project that is not yet written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Files by path in the project, `/` between folders.
    pub files: Vec<(String, String)>,
    /// Files of events: where they are, and their path in the project.
    pub events: Vec<(PathBuf, String)>,
    /// What the user should know, a sentence each.
    pub notes: Vec<String>,
}

/// Widest line of what is written, that of `lql fmt`.
const WIDTH: usize = 100;

/// Makes a project of the statistics of its events. `files` are those that were read.
pub fn draft(name: &str, streams: &[StreamStats], files: &[EventFile]) -> Result<Draft, Refusal> {
    let mut notes = Vec::new();
    let readable: Vec<&StreamStats> = streams
        .iter()
        .filter(|stats| match unusable(stats) {
            Some(reason) => {
                notes.push(format!("`{}` is left out: {reason}", stats.stream));
                false
            }
            None => true,
        })
        .collect();
    let drafts: Vec<StreamDraft<'_>> = readable.iter().map(|stats| StreamDraft::new(stats)).collect();
    let drafts: Vec<StreamDraft<'_>> = drafts
        .into_iter()
        .filter(|draft| {
            let any = !draft.candidates.is_empty();
            if !any {
                notes.push(format!(
                    "`{}` is left out: none of its keys tells people apart",
                    draft.stats.stream
                ));
            }
            any
        })
        .collect();
    if drafts.is_empty() {
        let reasons = if notes.is_empty() { "there are no events".to_owned() } else { notes.join("; ") };
        return Err(Refusal(format!("no project can be made of these events: {reasons}")));
    }
    let identities = identities(&drafts);
    let mut queries = query::queries(&drafts, &identities);
    settle::settle(&drafts, &identities, &mut queries);
    for draft in &drafts {
        if draft.stats.rejected > 0 {
            notes.push(format!(
                "{} records of `{}` cannot be read; `lql run` will reject them too",
                draft.stats.rejected, draft.stats.stream
            ));
        }
    }
    let mut written = Vec::new();
    for query in &queries {
        written.push((format!("{}.lql", query.alias), formatted(&query.text(&identities), Dialect::Lql)));
    }
    written.extend(starters(&identities, &queries));
    written.push(("lql.toml".to_owned(), settings::text(&drafts, &identities, &queries)));
    let events = copies(files, &drafts);
    written.push(("README.md".to_owned(), readme::text(name, &drafts, &identities, &queries, &notes)));
    Ok(Draft { files: written, events, notes })
}

fn formatted(text: &str, dialect: Dialect) -> String {
    lql_syntax::format(text, dialect, WIDTH).text
}

/// Why nothing can be made of a stream.
fn unusable(stats: &StreamStats) -> Option<String> {
    if stats.events == 0 {
        return Some("no event of it can be read".into());
    }
    words::spelled(&stats.stream).is_none().then(|| "its name cannot be written in a query".into())
}

/// Filters to begin with, as far as there are fields for them.
fn starters(identities: &[Identity<'_>], queries: &[QueryDraft]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let known = identities.iter().find(|it| matches!(it.class, stream::Class::Number | stream::Class::Email));
    let known = known.or(identities.first()).and_then(|identity| words::spelled(&identity.field));
    if let Some(field) = known {
        let text = format!(
            "-- Everybody of whom we know more than a device.\nFILTER EXISTS {field} FROM user ALIAS known\n"
        );
        files.push(("segments/known.lql".to_owned(), formatted(&text, Dialect::FilterQl)));
    }
    let is_last_seen = |it: &column::ColumnDraft| it.field == "last_seen" && it.keep == column::Keep::MaxDate;
    let has_last_seen = queries.iter().flat_map(|query| &query.columns).any(is_last_seen);
    if has_last_seen {
        let text = "-- Seen within thirty days. now is the time of the newest event, unless lql.toml sets a clock.\n\
                    FILTER last_seen > \"now-30d\" FROM user ALIAS seen_this_month\n";
        files.push(("segments/seen_this_month.lql".to_owned(), formatted(text, Dialect::FilterQl)));
    }
    files
}

/// Where each file of events goes. Two files of one name keep their stream: `web.ndjson`, `web.2.ndjson`.
fn copies(files: &[EventFile], drafts: &[StreamDraft<'_>]) -> Vec<(PathBuf, String)> {
    let mut taken: Vec<String> = Vec::new();
    let mut copies = Vec::new();
    for file in files.iter().filter(|file| drafts.iter().any(|draft| draft.stats.stream == file.stream)) {
        let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut free = name.clone();
        let mut number = 2;
        while taken.contains(&free) {
            let rest = name.strip_prefix(&file.stream).unwrap_or_default();
            free = format!("{}.{number}{rest}", file.stream);
            number += 1;
        }
        taken.push(free.clone());
        copies.push((file.path.clone(), format!("events/{free}")));
    }
    copies
}

/// Events of a test case, all streams together: so many are easily read.
const TEST_EVENTS: usize = 18;

/// A first test of a project that was written: some of the first events, and what comes of them today.
pub fn first_test(folder: &Path, streams: &[StreamStats], now: Time) -> Result<Option<Recorded>, Refusal> {
    let project = crate::Project::load_one(&[folder.to_owned()], None, &disk)?;
    let streams: Vec<&StreamStats> = streams
        .iter()
        .filter(|stats| project.events.iter().any(|file| file.stream == stats.stream))
        .collect();
    let each = TEST_EVENTS / streams.len().max(1);
    let files: Vec<(PathBuf, String)> = streams
        .iter()
        .filter(|stats| each > 0 && !stats.first.is_empty())
        .map(|stats| {
            let events: Vec<String> =
                stats.first.iter().take(each).map(|event| event.replace(['\n', '\r'], " ")).collect();
            (folder.join(format!("{}.ndjson", stats.stream)), events.join("\n"))
        })
        .collect();
    if files.is_empty() {
        return Ok(None);
    }
    let paths: Vec<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    let read = |path: &Path| match files.iter().find(|(known, _)| known == path) {
        Some((_, events)) => Ok(events.clone().into_bytes()),
        None => disk(path),
    };
    testing::record(folder, &paths, &read, now).map(Some)
}
