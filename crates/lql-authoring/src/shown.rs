//! Values as people and machines read them.

use bumpalo::Bump;
use lql_compiler::Time;
use lql_runtime::json_out;
use lql_runtime::merge::Owned;
use serde_json::Value as Json;

/// A value as JSON, as profiles print it.
pub fn json(value: &Owned) -> Json {
    let mut bytes = Vec::new();
    json_out::value(&mut bytes, value.value(&Bump::new()));
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// A value in a line of text: times without quotes, long values cut.
pub fn shown(value: &Owned) -> String {
    match value {
        Owned::Time(time) => instant(*time),
        other => shown_json(&json(other)),
    }
}

/// JSON in a line of text, long values cut.
pub fn shown_json(value: &Json) -> String {
    clip(&value.to_string(), 80)
}

/// An instant as text.
pub fn instant(time: Time) -> String {
    time.to_rfc3339()
}

/// At most so many characters, on one line.
pub fn clip(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// `1 event`, `2 events`.
pub fn count(number: usize, word: &str) -> String {
    let ending = match (number, word.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{number} {word}{ending}")
}
