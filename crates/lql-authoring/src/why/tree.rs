//! An expression with the value of each of its parts, for one event or one profile.
//!
//! ```
//! use bumpalo::Bump;
//! use lql_authoring::trial::{Recording, Tracer};
//! use lql_authoring::why::Tree;
//! use lql_compiler::{Settings, Source, Time, check};
//!
//! let text = "SELECT email(m) AS email IF paid == true AND total > 10 FROM web INTO user BY email ALIAS web";
//! let sources = [Source::lql("web.lql", text)];
//! let checked = check(&sources, &Settings::default());
//! let probes = checked.probe_stream("web").unwrap().unwrap();
//! let constants = Bump::new();
//! let tracer = Tracer::of_stream(&probes, &constants).unwrap();
//! let mut recording = Recording::default();
//! recording.push_json("web", "web.ndjson", 1, r#"{"paid": true, "total": 7}"#);
//! let trace = tracer.event(&recording.events[0], Time::default()).unwrap();
//! let guard = probes.queries[0].columns[0].guard.as_ref().unwrap();
//! let expected = "\
//! AND             false
//! ├ paid == true  true   paid is true
//! └ total > 10    false  total is 7
//! ";
//! assert_eq!(Tree::of(guard, &trace, &sources, Time::default()).text(), expected);
//! ```

use crate::shown::{clip, instant, json, shown};
use crate::trial::Trace;
use lql_compiler::probe::{Part, Probe};
use lql_compiler::report::LineIndex;
use lql_compiler::{Source, Time, dates};
use lql_runtime::merge::Owned;
use serde::Serialize;
use serde_json::Value as Json;

/// A sub-expression, what it was worth, and its operands.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tree {
    /// Its text on one line.
    pub text: String,
    /// File and line.
    pub at: String,
    /// Its value; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Json>,
    /// The instant that date math such as `"now-3d"` stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instant: Option<String>,
    /// Its operands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Tree>,
    #[serde(skip)]
    part: Part,
    #[serde(skip)]
    shown: Option<String>,
}

/// Longer texts are cut in lines.
const WIDTH: usize = 60;

impl Tree {
    /// The values of an expression and of all its parts. `clock` is what date math counts from.
    pub fn of(probe: &Probe, trace: &Trace, sources: &[Source], clock: Time) -> Self {
        let source = sources.get(probe.file as usize);
        let text = source.map_or("", |source| probe.span.of(&source.text));
        let at = source.map_or_else(String::new, |source| {
            let line = LineIndex::new(&source.text).place(probe.span.start as usize).line;
            format!("{}:{line}", source.name)
        });
        let value = trace.value(probe);
        let math = match (&probe.part, value) {
            (Part::Literal, Some(Owned::Text(text))) => {
                dates::parse_math(text).and_then(|offset| offset.apply(clock))
            }
            _ => None,
        };
        Self {
            text: clip(text, usize::MAX),
            at,
            value: value.map(json),
            instant: math.map(instant),
            parts: probe.children.iter().map(|child| Self::of(child, trace, sources, clock)).collect(),
            part: probe.part.clone(),
            shown: value.map(shown),
        }
    }

    /// What it was worth, in words: `true`, `"Paris"`, `no value`.
    pub fn worth(&self) -> &str {
        self.shown.as_deref().unwrap_or("no value")
    }

    /// Whether it is true.
    pub fn is_true(&self) -> bool {
        self.value == Some(Json::Bool(true))
    }

    /// The whole tree, a line each for conditions and for the parts that have no value.
    pub fn text(&self) -> String {
        let mut rows = Vec::new();
        self.rows("", "", &mut rows);
        let width = |at: fn(&Row) -> &str| rows.iter().map(|row| at(row).chars().count()).max().unwrap_or(0);
        let (left, middle) = (width(|row| &row.left), width(|row| &row.worth));
        let mut out = String::new();
        for row in &rows {
            let line = format!("{:<left$}  {:<middle$}  {}", row.left, row.worth, row.right);
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }

    fn rows(&self, first: &str, rest: &str, rows: &mut Vec<Row>) {
        let lines = self.lines();
        let right = if lines.is_empty() && !self.is_connective() { self.operands() } else { String::new() };
        rows.push(Row { left: format!("{first}{}", self.label()), worth: clip(self.worth(), 40), right });
        for (at, child) in lines.iter().enumerate() {
            let (branch, below) = if at + 1 == lines.len() { ("└ ", "  ") } else { ("├ ", "│ ") };
            child.rows(&format!("{rest}{branch}"), &format!("{rest}{below}"), rows);
        }
    }

    /// The innermost conditions that are worth something else in another tree of the same expression.
    pub(super) fn turned<'t>(&'t self, then: &Self) -> Vec<&'t str> {
        let inner: Vec<&str> =
            self.parts.iter().zip(&then.parts).flat_map(|(part, then)| part.turned(then)).collect();
        let is_condition = self.is_connective() || matches!(self.part, Part::Test | Part::Call(_));
        if inner.is_empty() && is_condition && self.value != then.value {
            return vec![&self.text];
        }
        inner
    }

    fn is_connective(&self) -> bool {
        matches!(self.part, Part::All | Part::Any | Part::Not | Part::Include(_))
    }

    fn label(&self) -> String {
        match &self.part {
            Part::All => "AND".to_owned(),
            Part::Any => "OR".to_owned(),
            Part::Not => "NOT".to_owned(),
            _ => clip(&self.text, WIDTH),
        }
    }

    /// The parts that get lines of their own: all of a connective; elsewhere all, if one is more than a name or a literal.
    fn lines(&self) -> Vec<&Tree> {
        let nested = |part: &Tree| !part.parts.is_empty();
        if self.is_connective() || self.parts.iter().any(nested) {
            self.parts.iter().filter(|part| part.part != Part::Literal || part.instant.is_some()).collect()
        } else {
            Vec::new()
        }
    }

    /// `total is 7, "now-3d" is 2024-06-27T00:00:00Z`
    fn operands(&self) -> String {
        if self.part == Part::Literal {
            return self.instant.as_ref().map_or_else(String::new, |instant| format!("is {instant}"));
        }
        let told = self.parts.iter().filter_map(|part| match (&part.part, &part.instant) {
            (Part::Literal, None) => None,
            (Part::Literal, Some(instant)) => Some(format!("{} is {instant}", part.text)),
            _ if part.value.is_none() => Some(format!("{} has no value", clip(&part.text, WIDTH))),
            _ => Some(format!("{} is {}", clip(&part.text, WIDTH), clip(part.worth(), WIDTH))),
        });
        told.collect::<Vec<_>>().join(", ")
    }
}

/// A line of a tree.
struct Row {
    left: String,
    worth: String,
    right: String,
}
