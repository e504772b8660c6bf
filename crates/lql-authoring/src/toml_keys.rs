//! The keys of `lql.toml` and of test files: what the readers know, the editor offers and explains, and the book lists.

/// A key that may stand in a section.
#[derive(Clone, Copy, Debug)]
pub struct KeyEntry {
    /// Its name.
    pub name: &'static str,
    /// What it means, Markdown.
    pub about: &'static str,
    /// What it holds.
    pub holds: Holds,
}

/// What stands behind a key.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// A value, for example this one.
    Value(&'static str),
    /// The same, and a text in it names something.
    Name(Names, &'static str),
    /// A table with these keys.
    Table(&'static Section),
    /// A list of such tables.
    Tables(&'static Section),
    /// A table by names, each of a table with these keys.
    ByName(Names, &'static Section),
}

/// Tables with the same keys.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// What findings call it.
    pub title: &'static str,
    /// Its keys, in the order of the book.
    pub keys: &'static [KeyEntry],
    /// What its other keys name, if there are others.
    pub others: Option<Names>,
}

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// A stream.
    Stream,
    /// A key of the events of the stream.
    EventKey,
    /// A table.
    Table,
    /// A field of the table.
    Field,
    /// An identity field of the table.
    Identity,
    /// A segment.
    Segment,
    /// A rule of the linter.
    Rule,
    /// A reason for which links are refused.
    Reason,
}

impl Section {
    /// The names of its keys.
    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }

    /// A key by its name.
    pub fn key(&self, name: &str) -> Option<&'static KeyEntry> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The section that a path of keys leads to, from this one.
    pub fn at<'p>(&'static self, mut path: impl Iterator<Item = &'p str>) -> Option<&'static Section> {
        let mut section = self;
        while let Some(name) = path.next() {
            section = match section.key(name).map(|key| key.holds) {
                Some(Holds::Table(below) | Holds::Tables(below)) => below,
                Some(Holds::ByName(_, below)) => {
                    path.next()?;
                    below
                }
                None if section.others == Some(Names::Field) => &MODE,
                Some(Holds::Value(_) | Holds::Name(..)) | None => return None,
            };
        }
        Some(section)
    }
}

const fn value(name: &'static str, example: &'static str, about: &'static str) -> KeyEntry {
    KeyEntry { name, about, holds: Holds::Value(example) }
}

const fn named(name: &'static str, names: Names, example: &'static str, about: &'static str) -> KeyEntry {
    KeyEntry { name, about, holds: Holds::Name(names, example) }
}

const fn tables(name: &'static str, section: &'static Section, about: &'static str) -> KeyEntry {
    KeyEntry { name, about, holds: Holds::Tables(section) }
}

const fn section(title: &'static str, keys: &'static [KeyEntry]) -> Section {
    Section { title, keys, others: None }
}

/// `lql.toml`
pub static SETTINGS: Section = section(
    "lql.toml",
    &[
        value(
            "now",
            "2024-06-30T00:00:00Z",
            "the clock of filters and retention; absent: the newest event time",
        ),
        KeyEntry {
            name: "streams",
            about: "a part for each stream that needs one",
            holds: Holds::ByName(Names::Stream, &STREAM),
        },
        KeyEntry {
            name: "tables",
            about: "a part for each table that needs one",
            holds: Holds::ByName(Names::Table, &TABLE),
        },
        KeyEntry {
            name: "lint",
            about: "rules of `lql lint`, by name, code or category",
            holds: Holds::Table(&LINT),
        },
    ],
);

/// `[streams.NAME]`
pub static STREAM: Section = section(
    "[streams.…]",
    &[
        named("timestamp", Names::EventKey, "\"ts\"", "event key that holds the event time"),
        named("id", Names::EventKey, "\"id\"", "event key that holds the message id"),
        value("delimiter", "\",\"", "between CSV cells"),
    ],
);

/// `[tables.NAME]`
pub static TABLE: Section = section(
    "[tables.…]",
    &[
        named(
            "rank",
            Names::Identity,
            "[\"email\"]",
            "identity fields, best first; absent: the order of the BY names",
        ),
        value("neighbour_limit", "50", "links one identity value may have"),
        value("identity_limit", "50", "identity values one profile may have"),
        tables("blocked", &BLOCKED, "values that link nothing"),
        KeyEntry { name: "fields", about: "for sets and maps", holds: Holds::ByName(Names::Field, &FIELD) },
    ],
);

/// `[[tables.NAME.blocked]]`
pub static BLOCKED: Section = section(
    "[[tables.….blocked]]",
    &[
        named("field", Names::Identity, "\"email\"", "absent: every identity field"),
        value("value", "\"test@example.com\"", "this value"),
        value("pattern", "\"*@example.test\"", "the patterns of LIKE"),
    ],
);

/// `[tables.NAME.fields.NAME]`
pub static FIELD: Section = section(
    "[tables.….fields.…]",
    &[
        value("capacity", "50", "most values kept; the oldest leave first"),
        value("keep_days", "365", "values older than that are left out"),
    ],
);

/// `[lint]`
pub static LINT: Section = section(
    "[lint]",
    &[
        named("select", Names::Rule, "[\"unread-field\"]", "also use these, which are off by default"),
        named("ignore", Names::Rule, "[\"missing-description\"]", "do without these"),
    ],
);

/// A test file.
pub static TEST: Section = section(
    "a test file",
    &[
        value(
            "now",
            "2024-06-30T00:00:00Z",
            "the clock of filters and retention, and the time of events that have none. Needed as soon as something asks for the present, such as `\"now-7d\"`; else the time of the newest event",
        ),
        value("project", "\"../shop\"", "the folder of the project, relative to the file"),
        tables("case", &CASE, "a case, with the keys below"),
    ],
);

/// `[[case]]`
pub static CASE: Section = section(
    "[[case]]",
    &[
        value("name", "\"what it shows\"", "what it shows"),
        value(
            "orders",
            "\"all\"",
            "`\"all\"` (of up to 7 events), or in how many other orders it runs. Without it, in all if there are at most 4 events, else in 8",
        ),
        tables("events", &EVENT, "the events"),
        tables("files", &FILE, "files of events, which come after the others"),
        tables("profile", &PROFILE, "what is expected of a profile"),
        value("profiles", "1", "how many profiles there are"),
        tables("same", &IDENTITIES, "identities that are one profile"),
        tables("apart", &IDENTITIES, "identities that are each a profile of its own"),
        tables("refused", &REFUSED, "all links that are refused"),
        tables("rejects", &REJECT, "all events that are rejected. Without it, none may be"),
        value("diagnostics", "[]", "all findings of the project"),
    ],
);

/// An event of a case.
pub static EVENT: Section = section(
    "an event",
    &[
        named("stream", Names::Stream, "\"web\"", "its stream; may be left out if the project has one"),
        KeyEntry {
            name: "event",
            about: "what it says, as a table: nested, or with dots",
            holds: Holds::Table(&EVENT_KEYS),
        },
        value("json", "'{}'", "the same as text, which may be damaged on purpose"),
        value(
            "id",
            "\"1\"",
            "the message id, put under the key that `lql.toml` names for it, unless the event has one",
        ),
        value(
            "time",
            "2024-06-30T00:00:00Z",
            "when it happened, put under the key that `lql.toml` names for it, unless the event has one. Of a stream without such a key, when it arrived",
        ),
    ],
);

/// What an event says.
pub static EVENT_KEYS: Section = Section { title: "event", keys: &[], others: Some(Names::EventKey) };

/// A file of events.
pub static FILE: Section = section(
    "files",
    &[
        named(
            "stream",
            Names::Stream,
            "\"web\"",
            "its stream; without it, the name of the file up to its first dot",
        ),
        value("path", "\"../events/web.ndjson\"", "NDJSON, JSON or CSV, also packed; relative to the test"),
        value("lines", "\"2-5\"", "only these: `7`, `\"2-5\"`, or a list of them"),
    ],
);

/// `[[case.profile]]`
pub static PROFILE: Section = Section {
    title: "[[case.profile]]",
    keys: &[
        KeyEntry {
            name: "is",
            about: "picks the profile by one or more of its identity values",
            holds: Holds::Table(&IDENTITIES),
        },
        named("table", Names::Table, "\"user\"", "its table; without it, `user`, or the only one"),
        value("absent", "true", "nobody has this identity"),
        value("only", "true", "it has no fields but those listed"),
        value(
            "filter",
            "\"EXISTS email\"",
            "a FilterQL filter that is true of it; it may `INCLUDE` segments",
        ),
        named("segments", Names::Segment, "[]", "all segments it is in"),
        named("in", Names::Segment, "[]", "segments it is in"),
        named("not_in", Names::Segment, "[]", "segments it is not in"),
        KeyEntry {
            name: "fields",
            about: "fields that are called like one of these words",
            holds: Holds::Table(&FIELDS),
        },
    ],
    others: Some(Names::Field),
};

/// Identity fields and their values.
pub static IDENTITIES: Section = Section { title: "identities", keys: &[], others: Some(Names::Identity) };

/// Fields and what they are compared with.
pub static FIELDS: Section = Section { title: "fields", keys: &[], others: Some(Names::Field) };

/// A link that is refused.
pub static REFUSED: Section = section(
    "refused",
    &[
        tables("link", &IDENTITIES, "its two ends"),
        named(
            "reason",
            Names::Reason,
            "\"conflict\"",
            "`conflict`, `neighbour limit` or `identity limit`; any if it does not say",
        ),
    ],
);

/// An event that is rejected.
pub static REJECT: Section = section(
    "rejects",
    &[
        value("event", "1", "which event of the case, counted from 1"),
        value("file", "\"web.ndjson\"", "part of the name of its file"),
        value("line", "1", "its line in the file"),
        value("reason", "\"no readable time\"", "a regular expression that the reason matches"),
    ],
);

/// How a field is compared.
pub static MODE: Section = section(
    "a way to compare",
    &[
        value("exact", "{ }", "a map whose keys look like one of these ways"),
        value(
            "contains",
            "[]",
            "a list with these elements, a map with these entries, a text with this part, among others",
        ),
        value("absent", "true", "no value"),
        value("set", "[]", "the same elements in any order"),
        value("matches", "\"^a\"", "a text that the regular expression matches"),
        value("near", "3.0", "a number or a time as close as `within` says"),
        value("within", "0.01", "how far from `near`: a number, of times a duration such as `\"2h\"`"),
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_sections() {
        let title = |root: &'static Section, path: &str| {
            root.at(path.split('.').filter(|name| !name.is_empty())).map(|section| section.title)
        };
        assert_eq!(title(&SETTINGS, ""), Some("lql.toml"));
        assert_eq!(title(&SETTINGS, "streams.web"), Some("[streams.…]"));
        assert_eq!(title(&SETTINGS, "streams"), None);
        assert_eq!(title(&SETTINGS, "tables.user.fields.cookie"), Some("[tables.….fields.…]"));
        assert_eq!(title(&SETTINGS, "tables.user.rank"), None);
        assert_eq!(title(&TEST, "case.profile.is"), Some("identities"));
        assert_eq!(title(&TEST, "case.profile.visits"), Some("a way to compare"));
        assert_eq!(title(&TEST, "case.refused.link"), Some("identities"));
    }

    #[test]
    fn the_book_lists_every_key_in_the_same_words() {
        let page = |name: &str| {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
            std::fs::read_to_string(path).unwrap()
        };
        let (tests, project) = (page("testing.md"), page("project.md"));
        let in_a_row = |key: &KeyEntry| {
            tests.lines().any(|line| {
                let cell = line.strip_suffix(" |").and_then(|line| line.strip_suffix(key.about));
                cell.is_some_and(|cell| cell.starts_with("| `") && cell.contains(key.name))
            })
        };
        for section in [&TEST, &CASE, &EVENT, &FILE, &PROFILE] {
            for key in section.keys.iter().filter(|key| key.name != "is") {
                assert!(in_a_row(key), "testing.md has no row for `{}`: {}", key.name, key.about);
            }
        }
        let in_a_comment = |key: &KeyEntry| {
            project.lines().any(|line| line.contains(key.name) && line.ends_with(&format!("# {}", key.about)))
        };
        for section in [&SETTINGS, &STREAM, &TABLE, &FIELD, &LINT] {
            // A part for each table needs no word beside its keys.
            for key in section.keys.iter().filter(|key| key.name != "tables") {
                assert!(in_a_comment(key), "project.md has no comment on `{}`: {}", key.name, key.about);
            }
        }
    }

    #[test]
    fn every_example_can_stand_behind_its_key() {
        let sections = [
            &SETTINGS, &STREAM, &TABLE, &BLOCKED, &FIELD, &LINT, &TEST, &CASE, &EVENT, &FILE, &PROFILE,
            &REFUSED, &REJECT, &MODE,
        ];
        for key in sections.iter().flat_map(|section| section.keys) {
            if let Holds::Value(example) | Holds::Name(_, example) = key.holds {
                let line = format!("{} = {example}", key.name);
                assert!(line.parse::<toml::Table>().is_ok(), "{line}");
            }
        }
    }
}
