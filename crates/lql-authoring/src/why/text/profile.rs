//! A profile in short, and who it is, as text.

use super::table::Table;
use crate::shown::{clip, count, shown_json};
use crate::why::{Because, IdentityWhy, ProfileWhy};
use std::fmt::Write as _;

impl ProfileWhy {
    /// The answer for people.
    pub fn text(&self) -> String {
        let mut out = self.identity.text();
        let _ = writeln!(out, "\nFields, as of {}:", self.as_of);
        let mut table = Table::default();
        for field in &self.fields {
            let newest = field.newest.as_ref().map_or_else(String::new, |event| event.at.clone());
            let more = if field.from > 1 { format!(" and {} more", field.from - 1) } else { String::new() };
            table.row([
                field.field.clone(),
                clip(&shown_json(&field.value), 44),
                field.columns.join(", "),
                format!("{newest}{more}"),
            ]);
        }
        out.push_str(&table.text("  "));
        if !self.without_value.is_empty() {
            let _ = writeln!(out, "\nNo value: {}", self.without_value.join(", "));
        }
        let segments = [("In", &self.segments), ("Not in", &self.not_in)];
        for (lead, slugs) in segments.iter().filter(|(_, slugs)| !slugs.is_empty()) {
            let _ = writeln!(out, "\n{lead}: {}", slugs.join(", "));
        }
        out
    }
}

impl IdentityWhy {
    /// The answer for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{} is profile {} of table {}, from {}",
            self.profile.short(),
            self.profile.id,
            self.profile.table,
            count(self.events, "event")
        );
        let mut table = Table::default();
        for seen in &self.values {
            let first =
                seen.first.as_ref().map_or_else(String::new, |event| format!("first in {}", event.text()));
            table.row([
                seen.identity.field.clone(),
                seen.identity.value.clone(),
                count(seen.events, "event"),
                first,
            ]);
        }
        out.push_str(&table.text("  "));
        if !self.joined.is_empty() {
            let confirmed = match self.confirmed {
                0 => String::new(),
                more => format!(" ({} say the same)", count(more, "other link")),
            };
            let _ = writeln!(out, "\nJoined by{confirmed}:");
            out.push_str(&super::field::links(&self.joined));
        }
        if !self.refused.is_empty() {
            let _ = writeln!(out, "\nNot joined, although seen together:");
            for link in &self.refused {
                let why = link.refused.as_ref().map(super::super::RefusedWhy::text).unwrap_or_default();
                let _ = writeln!(out, "  {} – {}  {}\n      {why}", link.a, link.b, link.first.text());
            }
        }
        if !self.ignored.is_empty() {
            let _ = writeln!(out, "\nIgnored:");
            for ignored in &self.ignored {
                let because = match ignored.because {
                    Because::Blocked => "blocked in lql.toml",
                    Because::TooLong => "longer than an identity value may be",
                };
                let events = count(ignored.events, "event");
                let _ = writeln!(
                    out,
                    "  {}: {because}; in {events}, first {}",
                    ignored.identity,
                    ignored.first.text()
                );
            }
        }
        out
    }
}
