//! Profiles, in the format that was asked for.

use super::Format;
use crate::outcome::Stop;
use crate::output::Output;
use bumpalo::Bump;
use lql_compiler::catalog::Env;
use lql_compiler::program::Segment;
use lql_compiler::schema::{Schema, TableId};
use lql_compiler::{Time, Value};
use lql_runtime::identity::Refusal;
use lql_runtime::state::State;
use lql_runtime::{Machine, Profile};
use serde_json::{Map, Value as Json};

/// What is known of a table after it was written.
pub struct Written {
    /// The table's name.
    pub table: String,
    /// How many profiles it has.
    pub profiles: usize,
    /// Refused links, by reason: conflict, neighbour limit, identity limit.
    pub refused: [u64; 3],
}

/// Writes the profiles of all tables, sorted by id within their table.
pub fn profiles(
    state: &State,
    segments: &[Segment],
    as_of: Time,
    with_segments: bool,
    format: Format,
    output: &mut Output,
) -> Result<Vec<Written>, Stop> {
    let constants = Bump::new();
    let schema = state.schema();
    let mut machines = Vec::new();
    for segment in segments {
        let machine =
            Machine::load(&segment.program, &constants).map_err(|error| Stop::Misuse(error.to_string()))?;
        machines.push((segment, machine));
    }
    let mut rows = Rows::new(format, columns(schema, with_segments));
    let mut written = Vec::new();
    let mut arena = Bump::new();
    for (at, table) in schema.tables.iter().enumerate() {
        let id = TableId(at as u16);
        let resolution = state.resolve(id);
        let mut refused = [0; 3];
        for link in &resolution.refused {
            let [conflict, neighbours, identities] = &mut refused;
            *match link.reason {
                Refusal::Conflict { .. } => conflict,
                Refusal::NeighbourLimit => neighbours,
                Refusal::IdentityLimit => identities,
            } += 1;
        }
        let profiles = state.profiles_of(id, resolution, as_of);
        written.push(Written { table: table.name.clone(), profiles: profiles.len(), refused });
        for profile in profiles {
            let mut object = profile.to_json(schema);
            if schema.tables.len() > 1 {
                object.insert("_table".to_owned(), Json::from(table.name.as_str()));
            }
            if with_segments {
                let slugs = machines.iter().filter(|(segment, machine)| {
                    arena.reset();
                    segment.table == Some(id) && is_member(&profile, machine, schema, as_of, &arena)
                });
                let slugs = slugs.map(|(segment, _)| Json::from(segment.slug.as_str())).collect();
                object.insert("_segments".to_owned(), Json::Array(slugs));
            }
            sort(&mut object);
            rows.write(&object, output)?;
        }
    }
    rows.finish(output)?;
    Ok(written)
}

/// Whether a segment's filter is true of a profile.
fn is_member(profile: &Profile, machine: &Machine<'_>, schema: &Schema, as_of: Time, arena: &Bump) -> bool {
    let env = Env { arena, event_time: as_of, clock: as_of };
    let registers = machine.registers(arena);
    let program = machine.program();
    profile.fill(schema, &program.keys, &program.captures, arena, machine.slots(registers));
    matches!(machine.value(registers, &env), Value::Bool(true))
}

/// The columns of rows and tables.
fn columns(schema: &Schema, with_segments: bool) -> Vec<String> {
    let mut names: Vec<String> = schema.fields.iter().map(|field| field.name.clone()).collect();
    names.extend(["_id", "_created", "_modified"].map(str::to_owned));
    if schema.tables.len() > 1 {
        names.push("_table".to_owned());
    }
    if with_segments {
        names.push("_segments".to_owned());
    }
    names.sort();
    names.dedup();
    names
}

/// Keys by name; `_` sorts before letters.
fn sort(object: &mut Map<String, Json>) {
    object.sort_keys();
}

/// Objects in a format.
struct Rows {
    format: Format,
    columns: Vec<String>,
    count: u64,
    table: comfy_table::Table,
}

impl Rows {
    fn new(format: Format, columns: Vec<String>) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(comfy_table::presets::UTF8_FULL_CONDENSED);
        table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
        Self { format, columns, count: 0, table }
    }

    fn write(&mut self, object: &Map<String, Json>, output: &mut Output) -> Result<(), Stop> {
        let mut line = Vec::new();
        match self.format {
            Format::Ndjson => {
                serde_json::to_writer(&mut line, object).map_err(std::io::Error::from)?;
                line.push(b'\n');
            }
            Format::Json => {
                line.extend_from_slice(if self.count == 0 { b"[\n  " } else { b",\n  " });
                serde_json::to_writer(&mut line, object).map_err(std::io::Error::from)?;
            }
            Format::Csv => {
                let mut rows = csv::Writer::from_writer(&mut line);
                if self.count == 0 {
                    rows.write_record(&self.columns).map_err(std::io::Error::from)?;
                }
                let cells = self.columns.iter().map(|column| object.get(column).map_or(String::new(), cell));
                rows.write_record(cells).map_err(std::io::Error::from)?;
                rows.flush()?;
                drop(rows);
            }
            Format::Table => {
                if self.count == 0 {
                    self.table.set_header(&self.columns);
                }
                let cells: Vec<String> = self
                    .columns
                    .iter()
                    .map(|column| object.get(column).map_or(String::new(), cell))
                    .collect();
                self.table.add_row(cells);
            }
        }
        self.count += 1;
        output.write(&line)
    }

    fn finish(self, output: &mut Output) -> Result<(), Stop> {
        match self.format {
            Format::Json if self.count == 0 => output.write(b"[]\n"),
            Format::Json => output.write(b"\n]\n"),
            Format::Table if self.count > 0 => {
                output.write(format!("{}\n", self.table.trim_fmt()).as_bytes())
            }
            _ => Ok(()),
        }
    }
}

/// A value in one cell: texts as they are, sets joined by `|`, maps as JSON.
fn cell(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join("|"),
        other => other.to_string(),
    }
}
