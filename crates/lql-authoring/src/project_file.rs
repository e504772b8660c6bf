//! `lql.toml`: what a project says besides its statements. Mistakes are findings with a place, all of them at once.

use crate::toml_keys;
use crate::toml_reader::{Reader, Value, Words, span};
use lql_compiler::lint::{Selection, UnknownRule};
use lql_compiler::pattern::Pattern;
use lql_compiler::program::StreamInput;
use lql_compiler::{BlockSettings, FieldSettings, Settings, TableSettings, codes};
use lql_syntax::{Diagnostic, Span};
use std::collections::BTreeMap;
use toml::de::DeTable;

/// The settings of a project.
#[derive(Clone, Debug, Default)]
pub struct ProjectFile {
    /// The clock, streams, ranks, limits, capacities.
    pub settings: Settings,
    /// Where each stream section stands.
    pub stream_places: BTreeMap<String, Span>,
    /// Which rules the linter uses.
    pub lint: Selection,
}

/// Reads the text of an `lql.toml`; `file` is its number in findings.
pub fn read(text: &str, file: u32) -> (ProjectFile, Vec<Diagnostic>) {
    Reader::file(text, "lql.toml", file, WORDS, |reader, root| reader.project(root))
}

const WORDS: Words = Words { key: codes::SETTING_KEY, value: codes::SETTING_VALUE, noun: "setting" };

impl Reader {
    fn project(&mut self, root: &DeTable<'_>) -> ProjectFile {
        let mut project = ProjectFile::default();
        for (key, value) in root {
            match key.get_ref().as_ref() {
                "now" => project.settings.now = self.time("now", value),
                "streams" => {
                    for (name, section) in self.table("streams", value) {
                        let stream = self.stream(name.get_ref(), section);
                        project.settings.streams.insert(name.get_ref().to_string(), stream);
                        project.stream_places.insert(name.get_ref().to_string(), span(name));
                    }
                }
                "tables" => {
                    for (name, section) in self.table("tables", value) {
                        let table = self.settings_of_table(name.get_ref(), section);
                        project.settings.tables.insert(name.get_ref().to_lowercase(), table);
                    }
                }
                "lint" => project.lint = self.lint(value),
                _ => self.unknown(key, toml_keys::SETTINGS.title, &toml_keys::SETTINGS),
            }
        }
        project
    }

    fn stream(&mut self, name: &str, section: &Value<'_>) -> StreamInput {
        let mut stream = StreamInput::default();
        for (key, value) in self.table(&format!("streams.{name}"), section) {
            match key.get_ref().as_ref() {
                "timestamp" => stream.timestamp = self.text("timestamp", value),
                "id" => stream.id = self.text("id", value),
                "delimiter" => {
                    stream.delimiter = self.text("delimiter", value).and_then(|text| {
                        let byte = match text.as_bytes() {
                            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Some(*byte),
                            _ => None,
                        };
                        if byte.is_none() {
                            let title = format!(
                                "`delimiter` is one ASCII character, not \"{}\"",
                                text.escape_debug()
                            );
                            self.wrong(span(value), title, "write \",\", \";\", \"|\" or \"\\t\"");
                        }
                        byte
                    });
                }
                _ => self.unknown(key, &format!("[streams.{name}]"), &toml_keys::STREAM),
            }
        }
        stream
    }

    fn settings_of_table(&mut self, name: &str, section: &Value<'_>) -> TableSettings {
        let mut table = TableSettings::default();
        for (key, value) in self.table(&format!("tables.{name}"), section) {
            match key.get_ref().as_ref() {
                "rank" => {
                    let items = self.list("rank", value);
                    table.rank = items.iter().filter_map(|item| self.text("rank", item)).collect();
                }
                "neighbour_limit" => table.neighbour_limit = self.count("neighbour_limit", value),
                "identity_limit" => table.identity_limit = self.count("identity_limit", value),
                "blocked" => {
                    let items = self.list("blocked", value);
                    table.blocked = items.iter().filter_map(|item| self.blocked(name, item)).collect();
                }
                "fields" => {
                    for (field, section) in self.table(&format!("tables.{name}.fields"), value) {
                        let settings =
                            self.field(&format!("tables.{name}.fields.{}", field.get_ref()), section);
                        table.fields.insert(field.get_ref().to_string(), settings);
                    }
                }
                _ => self.unknown(key, &format!("[tables.{name}]"), &toml_keys::TABLE),
            }
        }
        table
    }

    fn blocked(&mut self, table: &str, section: &Value<'_>) -> Option<BlockSettings> {
        let (mut field, mut value, mut pattern) = (None, None, None);
        let mut broken = false;
        for (key, of_key) in self.table(&format!("tables.{table}.blocked"), section) {
            match key.get_ref().as_ref() {
                "field" => field = self.text("field", of_key),
                "value" => value = self.text("value", of_key),
                "pattern" => {
                    pattern = self.text("pattern", of_key);
                    if let Some(Err(error)) = pattern.as_deref().map(Pattern::new) {
                        self.wrong(span(of_key), "`pattern` cannot be read", error.to_string());
                        pattern = None;
                        broken = true;
                    }
                }
                _ => {
                    self.unknown(key, &format!("[[tables.{table}.blocked]]"), &toml_keys::BLOCKED);
                }
            }
        }
        match (value, pattern) {
            (Some(value), None) => Some(BlockSettings { field, pattern: literal(&value) }),
            (None, Some(pattern)) => Some(BlockSettings { field, pattern }),
            (Some(_), Some(_)) => {
                self.wrong(span(section), "`blocked` has both `value` and `pattern`", "keep one of them");
                None
            }
            (None, None) if broken => None,
            (None, None) => {
                self.wrong(
                    span(section),
                    "`blocked` needs a `value` or a `pattern`",
                    "says nothing to block",
                );
                None
            }
        }
    }

    fn field(&mut self, path: &str, section: &Value<'_>) -> FieldSettings {
        let mut field = FieldSettings::default();
        for (key, value) in self.table(path, section) {
            match key.get_ref().as_ref() {
                "capacity" => field.capacity = self.count("capacity", value),
                "keep_days" => field.keep_days = self.count("keep_days", value),
                _ => self.unknown(key, &format!("[{path}]"), &toml_keys::FIELD),
            }
        }
        field
    }

    fn lint(&mut self, section: &Value<'_>) -> Selection {
        let mut selection = Selection::default();
        for (key, value) in self.table("lint", section) {
            let take: fn(&mut Selection, &str) -> Result<(), UnknownRule> = match key.get_ref().as_ref() {
                "select" => Selection::select,
                "ignore" => Selection::ignore,
                _ => {
                    self.unknown(key, toml_keys::LINT.title, &toml_keys::LINT);
                    continue;
                }
            };
            for item in self.list(key.get_ref(), value) {
                let Some(word) = self.text(key.get_ref(), item) else { continue };
                if let Err(unknown) = take(&mut selection, &word) {
                    self.wrong(span(item), unknown.to_string(), "a rule's name or code, or a category");
                }
            }
        }
        selection
    }
}

/// A value as a `LIKE` pattern of itself. A pattern cannot spell `%`; any one character stands for it.
fn literal(value: &str) -> String {
    let mut pattern = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '*' | '?' | '[' | '\\' => pattern.extend(['\\', c]),
            '%' => pattern.push('?'),
            c => pattern.push(c),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;
    use lql_compiler::Time;
    use lql_compiler::report::{SourceView, concise};

    fn findings(text: &str) -> String {
        concise(&read(text, 0).1, &[SourceView::new("lql.toml", text)])
    }

    #[test]
    fn every_setting_is_read() {
        let (file, findings) = read(
            r#"
            now = "2024-06-30T00:00:00Z"
            [streams.web]
            timestamp = "ts"
            id = "event_id"
            delimiter = ";"
            [tables.User]
            rank = ["email", "cookie"]
            neighbour_limit = 5
            identity_limit = 0x10
            [[tables.User.blocked]]
            field = "email"
            value = "a*[b%"
            [[tables.User.blocked]]
            pattern = "*@example.test"
            [tables.User.fields.cookie]
            capacity = 50
            keep_days = 365
            "#,
            0,
        );
        assert_eq!(findings, []);
        assert_eq!(file.settings.now, Time::from_seconds(1_719_705_600));
        let web =
            StreamInput { timestamp: Some("ts".into()), id: Some("event_id".into()), delimiter: Some(b';') };
        assert_eq!(file.settings.streams.get("web"), Some(&web));
        let user = file.settings.tables.get("user").unwrap();
        assert_eq!(user.rank, ["email", "cookie"]);
        assert_eq!((user.neighbour_limit, user.identity_limit), (Some(5), Some(16)));
        let blocked = [
            BlockSettings { field: Some("email".into()), pattern: "a\\*\\[b?".into() },
            BlockSettings { field: None, pattern: "*@example.test".into() },
        ];
        assert_eq!(user.blocked, blocked);
        assert_eq!(user.fields["cookie"], FieldSettings { capacity: Some(50), keep_days: Some(365) });
    }

    #[test]
    fn a_time_may_be_a_toml_date() {
        assert_eq!(read("now = 2024-06-30T00:00:00Z", 0).0.settings.now, Time::from_seconds(1_719_705_600));
    }

    #[test]
    fn all_mistakes_are_found_at_their_places() {
        let text = "\
nwo = 5
now = \"soon\"
[streams.web]
timestmap = \"ts\"
delimiter = \"ab\"
[tables.user]
rank = \"email\"
identity_limit = -1
[[tables.user.blocked]]
field = \"email\"
[[tables.user.blocked]]
pattern = \"[a\"
[tables.user.fields]
cookie = 50
";
        insta::assert_snapshot!(format!("{text}===\n{}", findings(text)));
    }

    #[test]
    fn a_text_that_is_no_toml_is_a_finding_with_a_place() {
        let text = "[streams.web\ntimestamp = \n";
        insta::assert_snapshot!(format!("{text}===\n{}", findings(text)));
    }
}
