//! A difference as text: the summary first, then examples.

use super::Diff;
use crate::shown::{clip, count, shown_json};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fmt::Write as _;

impl Diff {
    /// The difference for people; `events` is how many there were.
    pub fn text(&self, events: usize) -> String {
        if self.is_empty() {
            return format!("No difference on {}.\n", count(events, "event"));
        }
        let mut out = self.summary(events);
        self.schema_text(&mut out);
        self.profiles_text(&mut out);
        self.fields_text(&mut out);
        self.links_text(&mut out);
        self.segments_text(&mut out);
        for change in &self.events {
            let _ = writeln!(
                out,
                "\n{}: {} before, {} now",
                count(change.events, "event"),
                change.old,
                change.new
            );
            for example in &change.examples {
                let _ = writeln!(out, "  {example}");
            }
        }
        out
    }

    fn summary(&self, events: usize) -> String {
        let mut out = format!("On {}:\n", count(events, "event"));
        let profiles = &self.profiles;
        let _ = write!(
            out,
            "  profiles  {} → {}: {} the same, {} with other values",
            profiles.old, profiles.new, profiles.same, profiles.changed
        );
        let parts = [
            (profiles.appeared, "new"),
            (profiles.vanished, "gone"),
            (profiles.split, "split"),
            (profiles.merged, "merged"),
            (profiles.mixed, "mixed anew"),
        ];
        for (number, word) in parts.iter().filter(|(number, _)| *number > 0) {
            let _ = write!(out, ", {number} {word}");
        }
        let total = |counts: &mut dyn Iterator<Item = usize>| counts.sum::<usize>();
        let values = total(&mut self.fields.iter().map(|field| field.changed + field.gained + field.lost));
        let links = total(&mut self.links.iter().map(|change| change.links));
        let entered = total(&mut self.segments.iter().map(|segment| segment.entered));
        let left = total(&mut self.segments.iter().map(|segment| segment.left));
        let fates = total(&mut self.events.iter().map(|change| change.events));
        let _ = writeln!(
            out,
            "\n  values    {} in {}",
            count(values, "change"),
            count(self.fields.len(), "field")
        );
        let _ = writeln!(out, "  links     {}", count(links, "change"));
        let _ = writeln!(out, "  segments  {entered} in, {left} out");
        let _ = writeln!(
            out,
            "  events    {}",
            if fates == 0 { "counted as before".to_owned() } else { format!("{fates} fare otherwise") }
        );
        let _ = writeln!(out, "  schema    {}", count(self.schema.len(), "change"));
        out
    }

    fn schema_text(&self, out: &mut String) {
        if self.schema.is_empty() {
            return;
        }
        let _ = writeln!(out, "\nSchema:");
        for change in &self.schema {
            let what = change.what.map_or_else(String::new, |what| format!(", {what}"));
            let _ = match (&change.old, &change.new) {
                (Some(old), Some(new)) => writeln!(out, "  ~ {}{what}: {old} → {new}", change.of),
                (None, Some(new)) => writeln!(out, "  + {}: {new}", change.of),
                (Some(old), None) => writeln!(out, "  - {}: {old}", change.of),
                (None, None) => Ok(()),
            };
        }
    }

    fn profiles_text(&self, out: &mut String) {
        if self.profiles.examples.is_empty() {
            return;
        }
        let _ = writeln!(out, "\nProfiles:");
        for example in &self.profiles.examples {
            let (old, new) = (example.old.join(" + "), example.new.join(" + "));
            let _ = match (example.old.len(), example.new.len()) {
                (0, _) => writeln!(out, "  new     {new}"),
                (_, 0) => writeln!(out, "  gone    {old}"),
                (1, _) => writeln!(out, "  split   {old} → {new}"),
                (_, 1) => writeln!(out, "  merged  {old} → {new}"),
                _ => writeln!(out, "  mixed   {old} → {new}"),
            };
        }
    }

    fn fields_text(&self, out: &mut String) {
        for field in &self.fields {
            let parts = [
                (field.changed, "another value"),
                (field.gained, "a value now"),
                (field.lost, "no value any more"),
            ];
            let parts: Vec<String> = parts
                .iter()
                .filter(|(number, _)| *number > 0)
                .map(|(number, what)| format!("{} {what}", has(*number)))
                .collect();
            let _ = writeln!(out, "\n{}.{}: {}", field.table, field.field, parts.join(", "));
            for example in &field.examples {
                let change = change(example.old.as_ref(), example.new.as_ref());
                let _ = writeln!(out, "  {}  {change}", example.profile);
            }
        }
    }

    fn links_text(&self, out: &mut String) {
        for change in &self.links {
            let _ =
                writeln!(out, "\n{}: {} before, {} now", count(change.links, "link"), change.old, change.new);
            for example in &change.examples {
                let _ = writeln!(out, "  {} – {}  {}", example.a, example.b, example.first);
            }
        }
    }

    fn segments_text(&self, out: &mut String) {
        for segment in &self.segments {
            let _ = writeln!(
                out,
                "\nSegment {}: {} → {} profiles, {} in, {} out",
                segment.segment, segment.old, segment.new, segment.entered, segment.left
            );
            for (word, names) in [("in ", &segment.examples_in), ("out", &segment.examples_out)] {
                for name in names {
                    let _ = writeln!(out, "  {word}  {name}");
                }
            }
        }
    }
}

/// What became of a value; of maps and lists, only what differs.
fn change(old: Option<&Json>, new: Option<&Json>) -> String {
    let text = |value: Option<&Json>| {
        value.map_or_else(|| "no value".to_owned(), |value| clip(&shown_json(value), 60))
    };
    let parts: Vec<String> = match (old, new) {
        (Some(Json::Object(old)), Some(Json::Object(new))) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            keys.into_iter()
                .map(|key| (key, old.get(key), new.get(key)))
                .filter(|(_, old, new)| old != new)
                .map(|(key, old, new)| format!("{key}: {} → {}", text(old), text(new)))
                .collect()
        }
        (Some(Json::Array(old)), Some(Json::Array(new))) => {
            let gone =
                old.iter().filter(|item| !new.contains(item)).map(|item| format!("- {}", text(Some(item))));
            let come =
                new.iter().filter(|item| !old.contains(item)).map(|item| format!("+ {}", text(Some(item))));
            gone.chain(come).collect()
        }
        _ => Vec::new(),
    };
    match parts.len() {
        // Of lists with the same elements, the order is another.
        0 => format!("{} → {}", text(old), text(new)),
        few if few <= PARTS => parts.join(", "),
        more => {
            let shown = parts.into_iter().take(PARTS).collect::<Vec<_>>().join(", ");
            format!("{shown} and {} more", more - PARTS)
        }
    }
}

/// Elements and entries that are shown of one value.
const PARTS: usize = 3;

/// `1 profile has`, `2 profiles have`
fn has(number: usize) -> String {
    format!("{} {}", count(number, "profile"), if number == 1 { "has" } else { "have" })
}
