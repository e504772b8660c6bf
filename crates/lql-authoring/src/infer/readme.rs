//! What a new project says of itself.

use super::identity::Identity;
use super::query::QueryDraft;
use super::stream::{Class, StreamDraft};
use std::fmt::Write as _;

/// `README.md`.
pub fn text(
    name: &str,
    drafts: &[StreamDraft<'_>],
    identities: &[Identity<'_>],
    queries: &[QueryDraft],
    notes: &[String],
) -> String {
    let mut text = format!(
        "# {name}\n\nMade by `lql new` from events. Everything here is a beginning: read the queries, change what is wrong, \
         and run\n\n    lql check\n    lql run . --segments --format table\n\nin this folder.\n\n## Streams\n\n\
         | stream | query | events | time | message id |\n|---|---|---|---|---|\n"
    );
    for (draft, query) in drafts.iter().zip(queries) {
        let code =
            |key: Option<&str>| key.map_or_else(|| "none found".to_owned(), |key| format!("`{}`", cell(key)));
        let _ = writeln!(
            text,
            "| {} | {}.lql | {} | {} | {} |",
            cell(&draft.stats.stream),
            query.alias,
            draft.stats.events,
            code(draft.time),
            code(draft.id)
        );
    }
    text.push_str("\n## Who is who\n\nBest rank first. Events that share a value belong to one person.\n\n");
    for identity in identities {
        let keys: Vec<String> = identity
            .keys
            .iter()
            .filter_map(|(at, candidate)| {
                Some(format!("`{}` of {}", cell(candidate.key), cell(&drafts.get(*at)?.stats.stream)))
            })
            .collect();
        let _ = writeln!(text, "* **{}**, {}: {}.", identity.field, reason(identity.class), keys.join(", "));
    }
    let left: Vec<(&QueryDraft, &(String, String))> =
        queries.iter().flat_map(|query| query.left.iter().map(move |left| (query, left))).collect();
    if !left.is_empty() {
        text.push_str("\n## Not read\n\n");
        for (query, (key, reason)) in left {
            let _ = writeln!(text, "* `{}` of {}: {reason}.", cell(key), cell(&query.stream));
        }
    }
    if !notes.is_empty() {
        text.push_str("\n## To look at\n\n");
        for note in notes {
            let _ = writeln!(text, "* {note}.");
        }
    }
    text
}

fn reason(class: Class) -> &'static str {
    match class {
        Class::Number => "the number that the business gave a person",
        Class::Email => "the e-mail address, normalised",
        Class::EmailHash => "the hash of an e-mail address",
        Class::Phone => "the telephone number in its international form",
        Class::Cookie => "a browser or device, of which people have several",
        Class::Fallback => "chosen because nothing better was found: check that it is a person",
    }
}

/// A text inside a table or a line.
fn cell(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '|' || c == '`' { ' ' } else { c }).collect()
}
