//! What stands in a test file, read. `docs/testing.md` describes the format.

use lql_compiler::Time;
use lql_syntax::Span;
use regex::Regex;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// A value and where it stands in the test file.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

/// A file of cases.
#[derive(Clone, Debug, Default)]
pub struct TestFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its name as the user can open it.
    pub name: String,
    /// Its text.
    pub text: String,
    /// The clock of its cases.
    pub now: Option<Time>,
    /// The project it is for, if it says so: a folder, relative to the file.
    pub project: Option<Placed<String>>,
    /// The cases that could be read.
    pub cases: Vec<Case>,
}

/// Events, and what must come of them.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// From its header up to the next one.
    pub region: Span,
    /// Where its name stands.
    pub place: Span,
    /// Its place among the cases of the file.
    pub index: usize,
    /// In how many other orders it runs.
    pub orders: Option<Orders>,
    /// The events, in order.
    pub events: Vec<EventEntry>,
    /// Files of events, which come after the others.
    pub files: Vec<FileEntry>,
    /// What is expected of single profiles.
    pub profiles: Vec<ProfileCase>,
    /// How many profiles there are.
    pub count: Option<Placed<usize>>,
    /// Groups of identities that are one profile each.
    pub same: Vec<Placed<Vec<Identities>>>,
    /// Groups of identities that are each a profile of its own.
    pub apart: Vec<Placed<Vec<Identities>>>,
    /// All links that are refused; `None` if the case does not say.
    pub refused: Option<Placed<Vec<RefusedCase>>>,
    /// All events that are rejected.
    pub rejects: Vec<RejectCase>,
    /// All findings of the project; `None` if the case does not say.
    pub diagnostics: Option<Placed<Vec<Placed<String>>>>,
}

/// In how many orders a case runs, besides the one that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Orders {
    /// In every order.
    All,
    /// In so many.
    Some(u32),
}

/// An event that stands in the test file.
#[derive(Clone, Debug)]
pub struct EventEntry {
    /// Its place.
    pub span: Span,
    /// Its stream; the only one of the project if it does not say.
    pub stream: Option<Placed<String>>,
    /// What it says.
    pub body: Body,
    /// The message id, for an event that does not hold one.
    pub id: Option<Placed<String>>,
    /// The event time, for an event that does not hold one.
    pub time: Option<Placed<Time>>,
}

/// What an event says.
#[derive(Clone, Debug)]
pub enum Body {
    /// `event = { … }`
    Object(serde_json::Map<String, serde_json::Value>),
    /// `json = '''…'''`, which may be damaged on purpose.
    Text(String),
}

/// A file of events, or some of its lines.
#[derive(Clone, Debug)]
pub struct FileEntry {
    /// The stream; the file's name up to its first dot if it does not say.
    pub stream: Option<Placed<String>>,
    /// Relative to the test file.
    pub path: Placed<String>,
    /// The lines that are read; all of them if it does not say.
    pub lines: Vec<RangeInclusive<u64>>,
}

/// Identity fields and their values: all of one profile.
pub type Identities = Placed<Vec<(Placed<String>, String)>>;

/// What is expected of one profile.
#[derive(Clone, Debug)]
pub struct ProfileCase {
    /// Its place among the profiles of the case.
    pub index: usize,
    /// The identities it holds.
    pub is: Identities,
    /// Its table; the only one of the project if it does not say.
    pub table: Option<Placed<String>>,
    /// That there is no such profile.
    pub absent: bool,
    /// That it has no fields besides those below.
    pub only: bool,
    /// Its fields.
    pub fields: Vec<FieldCase>,
    /// Filters that are true of it.
    pub filters: Vec<Placed<String>>,
    /// All segments it is in.
    pub segments: Option<Placed<Vec<Placed<String>>>>,
    /// Segments it is in.
    pub within: Vec<Placed<String>>,
    /// Segments it is not in.
    pub without: Vec<Placed<String>>,
}

/// What is expected of a field.
#[derive(Clone, Debug)]
pub struct FieldCase {
    /// The field.
    pub name: Placed<String>,
    /// Whether it stands below `fields`.
    pub nested: bool,
    /// What it holds.
    pub expect: Expect,
}

/// What a value must be.
#[derive(Clone, Debug)]
pub struct Expect {
    /// Its place.
    pub span: Span,
    /// How it is compared.
    pub mode: Mode,
}

/// How a value is compared.
#[derive(Clone, Debug)]
pub enum Mode {
    /// `5`: equal.
    Is(Atom),
    /// `["a", "b"]`: these elements in this order.
    List(Vec<Expect>),
    /// `{ a = 1 }`: these entries and no others.
    Map(Vec<(String, Expect)>),
    /// `{ absent = true }`
    Absent,
    /// `{ contains = … }`: these elements or entries among others; of a text, this part.
    Contains(Box<Expect>),
    /// `{ set = ["b", "a"] }`: these elements in any order.
    Set(Vec<Expect>),
    /// `{ matches = "^a" }`
    Matches(Regex),
    /// `{ near = 3.0, within = 0.01 }`, also of instants, within a duration in seconds.
    Near {
        /// A number or an instant.
        to: Atom,
        /// How far from it.
        within: f64,
    },
}

/// A plain value.
#[derive(Clone, Debug, PartialEq)]
pub enum Atom {
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Number(f64),
    /// A text.
    Text(String),
    /// An instant.
    Time(Time),
}

/// A link that is refused.
#[derive(Clone, Debug)]
pub struct RefusedCase {
    /// Its place.
    pub span: Span,
    /// Its two ends.
    pub ends: [Identities; 2],
    /// The reason; any if it does not say.
    pub reason: Option<Reason>,
}

/// Why a link is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `conflict`
    Conflict,
    /// `neighbour limit`
    NeighbourLimit,
    /// `identity limit`
    IdentityLimit,
}

impl Reason {
    /// The words of test files.
    pub const WORDS: &[(&str, Reason)] = &[
        ("conflict", Reason::Conflict),
        ("neighbour limit", Reason::NeighbourLimit),
        ("identity limit", Reason::IdentityLimit),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, reason)| *reason == self).map_or("", |(word, _)| word)
    }
}

/// An event that is rejected.
#[derive(Clone, Debug)]
pub struct RejectCase {
    /// Its place.
    pub span: Span,
    /// Which event of the case, counted from 1.
    pub event: Option<u32>,
    /// Part of the name of its file.
    pub file: Option<String>,
    /// Its line in the file.
    pub line: Option<u32>,
    /// What the reason matches.
    pub reason: Option<Regex>,
}
