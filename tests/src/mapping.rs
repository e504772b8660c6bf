//! Whole mapping statements: their findings, their fields, and what they emit for an event.

use crate::{NV, TS, time, to_json};
use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::program::Package;
use lql_compiler::{Kind, MergeOp, Settings, Source, check};
use lql_runtime::Machine;
use lql_runtime::decode::{Decoder, Layout, Projection};
use lql_syntax::Code;
use serde_json::Value as Json;

/// The codes of all findings of a project: mapping statements, then audience statements (may be empty).
pub fn findings(lql: &str, filterql: &str) -> Vec<Code> {
    let sources = [Source::lql("a.lql", lql), Source::filterql("b.fql", filterql)];
    let sources = if filterql.is_empty() { &sources[..1] } else { &sources[..] };
    check(sources, &Settings::default()).diagnostics.iter().map(|d| d.code).collect()
}

/// A field of a project's schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Its merge operator.
    pub mergeop: MergeOp,
}

/// A compiled project of mapping statements.
#[derive(Clone, Debug)]
pub struct Project {
    package: Package,
}

impl Project {
    /// Compiles mapping statements; panics when they are refused.
    #[track_caller]
    pub fn lql(text: &str) -> Self {
        let package = check(&[Source::lql("a.lql", text)], &Settings::default()).package();
        Self {
            package: package
                .unwrap_or_else(|findings| panic!("{text}\n{}", crate::Outcome::Refused(findings))),
        }
    }

    /// The fields, sorted by name.
    pub fn fields(&self) -> Vec<Field> {
        let fields = self.package.schema.fields.iter();
        fields.map(|f| Field { name: f.name.clone(), kind: f.kind, mergeop: f.mergeop }).collect()
    }

    /// The compiled project.
    pub fn package(&self) -> &Package {
        &self.package
    }

    /// What a stream's queries emit for an event, in order: field and value.
    pub fn emit(&self, stream: &str, event: &str, ts: &str) -> Vec<(String, Json)> {
        let Some(program) = self.package.streams.iter().find(|p| p.stream == stream) else {
            return Vec::new();
        };
        let (constants, arena) = (Bump::new(), Bump::new());
        let machine = Machine::load(program, &constants).unwrap_or_else(|e| panic!("{e}"));
        let env = Env { arena: &arena, event_time: time(ts), clock: time(ts) };
        let registers = machine.registers(&arena);
        let projection = Projection::new(program, &[]);
        Decoder::new(&projection, &Layout::Lines)
            .json(event.as_bytes(), &arena, machine.slots(registers))
            .unwrap_or_else(|e| panic!("{event}: {e:?}"));
        let emitted = machine.map(registers, &env);
        emitted
            .iter()
            .map(|contribution| {
                let name = self.package.schema.field(contribution.field).unwrap().name.clone();
                (name, to_json(contribution.value).unwrap_or_default())
            })
            .collect()
    }
}

/// A statement of two columns: an identity `id`, and this one.
fn statement(column: &str) -> String {
    format!("SELECT id AS id, {column} FROM s INTO user BY id ALIAS a")
}

/// What a column emits for an event: its value, or nothing.
#[track_caller]
pub fn column(column: &str, event: &str) -> Option<Json> {
    column_of(&Project::lql(&statement(column)), event)
}

/// What the last column of a statement emits for an event that is given an `id`.
pub fn column_of(project: &Project, event: &str) -> Option<Json> {
    let event = match event.trim().strip_prefix('{').map(str::trim_start) {
        Some("}") | None => r#"{"id":"u1"}"#.to_owned(),
        Some(rest) => format!(r#"{{"id":"u1",{rest}"#),
    };
    let mut emitted = project.emit("s", &event, TS);
    emitted.retain(|(name, _)| name != "id");
    assert!(emitted.len() <= 1, "{emitted:?}");
    emitted.pop().map(|(_, value)| value)
}

/// Checks a table of columns and what they emit for an event: JSON, or [`NV`].
#[track_caller]
pub fn columns_give(event: &str, cases: &[(&str, &str)]) {
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|(text, expected)| {
            let found = column(text, event);
            let fits = match &found {
                None => *expected == NV,
                Some(value) => *expected != NV && *value == serde_json::from_str::<Json>(expected).unwrap(),
            };
            let found = found.map_or(NV.to_owned(), |value| value.to_string());
            (!fits).then(|| format!("  {text}\n    expected {expected}\n    found    {found}"))
        })
        .collect();
    assert!(failures.is_empty(), "on {event}\n{}", failures.join("\n"));
}

/// The field that a column writes.
#[track_caller]
pub fn field(column: &str) -> Field {
    let text = statement(column);
    let checked = check(&[Source::lql("a.lql", text.as_str())], &Settings::default());
    assert!(checked.is_sound(), "{text}\n{}", crate::Outcome::Refused(checked.diagnostics));
    let column = checked.queries[0].columns.last().unwrap();
    let field = checked.schema.fields.iter().find(|f| f.name == column.field).unwrap();
    Field { name: field.name.clone(), kind: field.kind, mergeop: field.mergeop }
}
