//! The settings of a new project.

use super::identity::Identity;
use super::query::QueryDraft;
use super::stream::StreamDraft;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Most values that a set keeps.
const CAPACITY: u32 = 100;
/// Most cookies of one person.
const COOKIES: u32 = 50;

/// `lql.toml`.
pub fn text(drafts: &[StreamDraft<'_>], identities: &[Identity<'_>], queries: &[QueryDraft]) -> String {
    let mut text =
        "# How events are read, and who is who. Every setting: docs/project.md of lql.\n".to_owned();
    for draft in drafts {
        stream(draft, &mut text);
    }
    let rank: Vec<String> = identities.iter().map(|identity| quoted(&identity.field)).collect();
    let _ = write!(
        text,
        "\n[tables.user]\n# Best first: an event goes to its best identity, and the better one wins a conflict.\nrank = [{}]\n",
        rank.join(", ")
    );
    for identity in identities {
        for (value, count) in &identity.placeholders {
            let _ = write!(
                text,
                "\n# Stands for nobody: came {count} times. Without this, all of them would be one person.\n\
                 [[tables.user.blocked]]\nfield = {}\nvalue = {}\n",
                quoted(&identity.field),
                quoted(value)
            );
        }
    }
    let mut bounded = BTreeSet::new();
    for column in queries.iter().flat_map(|query| &query.columns).filter(|column| column.keep.is_many()) {
        if bounded.insert(&column.field) {
            let is_identity = identities.iter().any(|identity| identity.field == column.field);
            let capacity = if is_identity { COOKIES } else { CAPACITY };
            let _ = write!(
                text,
                "\n[tables.user.fields.{}]\ncapacity = {capacity} # the oldest leave first\n",
                key(&column.field)
            );
        }
    }
    text
}

fn stream(draft: &StreamDraft<'_>, text: &mut String) {
    let delimiter =
        draft.stats.files.iter().find_map(|file| file.delimiter).filter(|delimiter| *delimiter != b',');
    if draft.time.is_none() && draft.id.is_none() && delimiter.is_none() {
        return;
    }
    let _ = write!(text, "\n[streams.{}]\n", key(&draft.stats.stream));
    if let Some(time) = draft.time {
        let _ = writeln!(text, "timestamp = {}", quoted(time));
    }
    if let Some(id) = draft.id {
        let _ = writeln!(text, "id = {} # a copy of an event changes nothing", quoted(id));
    }
    if let Some(delimiter) = delimiter {
        let _ = writeln!(text, "delimiter = {}", quoted(&char::from(delimiter).to_string()));
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A key of TOML: bare if it may be.
fn key(text: &str) -> String {
    let is_bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { text.to_owned() } else { quoted(text) }
}
