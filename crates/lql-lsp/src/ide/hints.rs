//! What a query leaves unsaid: the name a column gets, the kind and merge operator of its field, and what it gave for the
//! first sample event that matches.

use super::trials::{QueryTrial, Trials};
use super::{Snapshot, spelling};
use lql_compiler::CheckedQuery;
use lql_syntax::Span;

/// A few words between those of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Where they stand.
    pub offset: u32,
    /// The words.
    pub label: String,
    /// What they tell.
    pub kind: HintKind,
    /// What they would be in the text, written at `offset`; nothing where they are no text.
    pub insert: Option<String>,
    /// A sentence about them.
    pub tooltip: String,
}

/// What a hint tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HintKind {
    /// The name of a column without `AS`.
    Name,
    /// The kind of a field without `KIND`.
    Kind,
    /// The merge operator of a field without `MERGEOP`.
    MergeOp,
    /// What a column gives for a sample event.
    Value,
}

/// The hints of a part of a file, in order.
pub fn inlay_hints(snapshot: &Snapshot, file: u32, within: Span) -> Vec<Hint> {
    hints(snapshot, file, within, Some(snapshot.trials()))
}

/// The same without what sample events give, which takes longer.
pub fn unsaid(snapshot: &Snapshot, file: u32, within: Span) -> Vec<Hint> {
    hints(snapshot, file, within, None)
}

fn hints(snapshot: &Snapshot, file: u32, within: Span, trials: Option<&Trials>) -> Vec<Hint> {
    let mut hints = Vec::new();
    for (index, query) in snapshot.checked.queries.iter().enumerate().filter(|(_, it)| it.file == file) {
        if query.tree.span.end >= within.start && query.tree.span.start <= within.end {
            let trial = trials.and_then(|trials| trials.query(index));
            of_query(snapshot, query, trial, &mut hints);
        }
    }
    hints.retain(|hint| within.touches(hint.offset));
    hints.sort_by_key(|hint| hint.offset);
    hints
}

fn of_query(snapshot: &Snapshot, query: &CheckedQuery, trial: Option<&QueryTrial>, hints: &mut Vec<Hint>) {
    for (at, column) in query.columns.iter().enumerate() {
        let Some(tree) = query.tree.columns.get(column.index) else { continue };
        let mut hint = |offset: u32, kind: HintKind, words: String, tooltip: String| {
            let insert = (kind != HintKind::Value).then(|| format!(" {words}"));
            hints.push(Hint { offset, label: words, kind, insert, tooltip });
        };
        if tree.name.is_none() {
            let words = format!("AS {}", spelling::name(&column.field));
            hint(tree.expr.span.end, HintKind::Name, words, "The field that this column writes.".into());
        }
        let end = tree.span.end;
        let field = super::about::field(snapshot, &query.table, &column.field);
        if tree.kind.is_none() {
            let kind = field.map_or(column.kind, |field| field.kind);
            let about = kind.entry().map_or(String::new(), |entry| entry.summary.to_owned());
            hint(end, HintKind::Kind, format!("KIND {kind}"), about);
        }
        if tree.mergeop.is_none()
            && !column.identity
            && let Some(entry) = field.and_then(|field| field.mergeop.entry())
        {
            hint(end, HintKind::MergeOp, format!("MERGEOP {}", entry.name), entry.summary.to_owned());
        }
        if let Some(trial) = trial
            && let Some((file, line)) = &trial.first
        {
            let value = trial.values.get(at).and_then(Option::as_deref).unwrap_or("no value");
            let tooltip = format!("For the event in line {line} of {file}, the first that matches.");
            hint(end, HintKind::Value, format!("= {value}"), tooltip);
        }
    }
}

/// A span that holds all of a file.
pub fn whole(snapshot: &Snapshot, file: u32) -> Span {
    Span::new(0, snapshot.text(file).map_or(0, str::len) as u32)
}

#[cfg(test)]
mod tests {
    use super::super::testing::Fixture;
    use super::*;

    #[test]
    fn what_is_unsaid_is_shown_where_it_would_stand() {
        let fixture = Fixture::shop(
            "SELECT\n  email(m) AS email,\n  count(event),\n  set(tags) AS tags IF event = \"view\",\n  total AS last KIND int MERGEOP oldest,\n  missing AS gone\nFROM web INTO user BY email WHERE event != \"purchase\" ALIAS web",
        );
        let file =
            fixture.snapshot.project.sources.iter().position(|it| it.name == "web.lql").unwrap() as u32;
        let mut text = fixture.snapshot.text(file).unwrap().to_owned();
        for hint in inlay_hints(&fixture.snapshot, file, whole(&fixture.snapshot, file)).iter().rev() {
            text.insert_str(hint.offset as usize, &format!(" ⟨{}⟩", hint.label));
        }
        insta::assert_snapshot!(text);
    }
}
