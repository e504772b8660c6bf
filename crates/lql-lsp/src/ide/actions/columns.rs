//! What a column leaves unsaid, said: its description, name, kind and merge operator; and its query put to the test.

use super::{Action, ActionKind};
use crate::ide::commands::Command;
use crate::ide::hints::{HintKind, unsaid};
use crate::ide::lenses::query_at;
use crate::ide::{Place, Range, Snapshot, about};
use lql_authoring::testing::{self, Recorded};
use lql_authoring::{Read, Refusal};
use lql_compiler::Time;
use lql_runtime::decode::Layout;
use lql_syntax::{Edit, Span};
use std::path::Path;

pub(super) fn offer(snapshot: &Snapshot, range: Range, actions: &mut Vec<Action>) {
    let place = Place { file: range.file, offset: range.span.start };
    let Some(index) = query_at(snapshot, place) else { return };
    let Some(query) = snapshot.checked.queries.get(index) else { return };
    // Whether one matches shows only when it is asked for: running all of them takes longer than a list of actions may.
    if snapshot.samples.names().any(|stream| stream == query.stream) {
        let command = Some(Command::AddToTest { query: query.alias.clone() });
        let action =
            Action::new(ActionKind::Rewrite, "Add the first event that matches to the tests", Vec::new());
        actions.push(Action { command, ..action });
    }
    let Some((_, column)) = about::column_at(snapshot, range.file, range.span.start) else { return };
    let checked = query
        .columns
        .iter()
        .find(|it| query.tree.columns.get(it.index).is_some_and(|it| it.span == column.span));
    let Some(checked) = checked else { return };
    let insert = |offset: u32, text: String| vec![Edit { file: range.file, span: Span::at(offset), text }];
    if column.shortdesc.is_none() {
        // In the printed order: behind AS and IF.
        let after = [column.name.as_ref().map(|it| it.span), column.guard.as_ref().map(|it| it.span)];
        let after = after.into_iter().flatten().map(|span| span.end).max().unwrap_or(column.expr.span.end);
        let known = about::field(snapshot, &query.table, &checked.field).and_then(|it| it.shortdesc.clone());
        let text = known.unwrap_or_else(|| words(&checked.field)).replace('"', "\"\"");
        // A guard in brackets ends behind its own.
        let after = if after == column.span.end {
            after
        } else {
            end_of_part(snapshot, range.file, after, column.span)
        };
        let edits = insert(after, format!(" SHORTDESC \"{text}\""));
        actions.push(Action::new(ActionKind::Rewrite, "Add SHORTDESC", edits));
    }
    for hint in unsaid(snapshot, range.file, column.span) {
        let title = match hint.kind {
            HintKind::Name => "Write the name",
            HintKind::Kind => "Write the kind",
            HintKind::MergeOp => "Write the merge operator",
            HintKind::Value => continue,
        };
        if let Some(text) = hint.insert {
            let title = format!("{title}: `{}`", hint.label);
            actions.push(Action::new(ActionKind::Rewrite, title, insert(hint.offset, text)));
        }
    }
}

/// Behind the brackets that close after an offset, inside a column.
fn end_of_part(snapshot: &Snapshot, file: u32, offset: u32, column: Span) -> u32 {
    let rest = Span::new(offset, column.end).of(snapshot.text(file).unwrap_or_default());
    let closing = rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == ')').len();
    let taken = rest.get(..closing).unwrap_or_default().trim_end();
    offset + taken.len() as u32
}

/// `first_seen` as people say it: "First seen".
fn words(name: &str) -> String {
    let spaced = name.replace(['_', '.'], " ");
    let mut letters = spaced.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// The test file of a query's stream with one more case: the first sample event that the query matches, with everything that
/// comes of it. Nothing is written to disk. `read` gives the text of files as they are in the editor.
pub fn add_to_test(snapshot: &Snapshot, query: &str, read: Read<'_>, now: Time) -> Result<Recorded, Refusal> {
    let queries = &snapshot.checked.queries;
    let index = queries.iter().position(|it| it.alias == query);
    let index = index.ok_or_else(|| Refusal(format!("there is no query `{query}`")))?;
    let stream = queries.get(index).map_or("", |query| &query.stream);
    let none = || Refusal(format!("query `{query}` matches no sample event"));
    let trial = snapshot.trials().query(index).ok_or_else(none)?;
    let (file, line) = trial.first.as_ref().ok_or_else(none)?;
    let events = &snapshot.samples.streams().get(stream).ok_or_else(none)?.events;
    let event = events.iter().find(|event| *event.file == **file && event.line == *line).ok_or_else(none)?;
    if matches!(event.record.layout(), Layout::Csv(_)) {
        return Err(Refusal(format!(
            "{file} holds rows, and a row is no event without its header: name the file and line {line} in the test"
        )));
    }
    // A file of its own that holds this event alone; its name says the stream.
    let alone = snapshot.root.join(format!("{stream}.json"));
    let read = |path: &Path| if path == alone { Ok(event.record.bytes().to_vec()) } else { read(path) };
    testing::record(&snapshot.root, std::slice::from_ref(&alone), &read, now)
}
