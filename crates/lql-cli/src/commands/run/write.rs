//! Profiles, in the format that was asked for.

use super::Format;
use super::order::InOrder;
use super::spill::Spilled;
use crate::outcome::Stop;
use crate::output::Output;
use bumpalo::Bump;
use lql_compiler::Time;
use lql_compiler::program::Segment;
use lql_compiler::schema::{Schema, TableId};
use lql_runtime::identity::{NodeId, Refusal};
use lql_runtime::state::State;
use lql_runtime::{Groups, Memberships, ProfileWriter, json_out};
use serde_json::{Map, Value as Json};
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

/// What is known of a table after it was written.
pub struct Written {
    /// The table's name.
    pub table: String,
    /// How many profiles it has.
    pub profiles: usize,
    /// Refused links, by reason: conflict, neighbour limit, identity limit.
    pub refused: [u64; 3],
}

/// What is written of every profile.
#[derive(Clone, Copy)]
pub struct Content<'c> {
    /// The instant that profiles are read at.
    pub as_of: Time,
    /// The segments to tell membership of, if `_segments` is wanted.
    pub segments: Option<&'c [Segment]>,
}

/// Profiles that one worker writes in a row.
const BATCH: usize = 512;
/// Profiles whose memory is fetched together.
const NEAR: usize = 16;

/// Writes the profiles of all tables, sorted by id within their table. `spilled` are the fragments, if the state has none.
pub fn profiles(
    state: &State,
    mut spilled: Option<Spilled>,
    content: Content<'_>,
    format: Format,
    threads: usize,
    output: &mut Output,
) -> Result<Vec<Written>, Stop> {
    let schema = state.schema();
    let constants = Bump::new();
    let segments = content.segments.map(|segments| Memberships::new(segments, &constants)).transpose();
    let segments = segments.map_err(|error| Stop::Misuse(error.to_string()))?;
    let mut rows = Rows::new(format, columns(schema, segments.is_some()));
    let mut written = Vec::new();
    for (at, table) in schema.tables.iter().enumerate() {
        let id = TableId(at as u16);
        let groups = state.groups(id);
        let mut refused = [0; 3];
        for link in &groups.refused {
            let [conflict, neighbours, identities] = &mut refused;
            *match link.reason {
                Refusal::Conflict { .. } => conflict,
                Refusal::NeighbourLimit => neighbours,
                Refusal::IdentityLimit => identities,
            } += 1;
        }
        written.push(Written { table: table.name.clone(), profiles: groups.len(), refused });
        let lines = Lines::new(state, id, content.as_of, segments.as_ref());
        let starts = |range: Range<usize>| range.step_by(BATCH).collect::<Vec<_>>();
        let Some(spilled) = &mut spilled else {
            let write = |start: &usize| lines.of(&groups, *start..*start + BATCH);
            in_parallel(&starts(0..groups.len()), threads, write, |lines| rows.write(&lines, output))?;
            continue;
        };
        for part in spilled.parts(id, state, &groups)? {
            let first = part.first;
            let fragments = part.fragments()?;
            let write = |start: &usize| {
                let some = fragments.get(*start..fragments.len().min(*start + BATCH)).unwrap_or_default();
                lines.of_spilled(&groups, first + *start, some)
            };
            in_parallel(&starts(0..fragments.len()), threads, write, |lines| rows.write(&lines, output))?;
        }
    }
    rows.finish(output)?;
    Ok(written)
}

/// Works on items on several threads, and hands out the results in the order of the items.
fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), Stop>,
) -> Result<(), Stop> {
    if threads <= 1 || items.len() <= 1 {
        return items.iter().try_for_each(|item| take(work(item)));
    }
    let next = AtomicUsize::new(0);
    // Bounded, so that fast workers wait for a slow output.
    let (send, receive) = sync_channel(threads * 4);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (send, next, work) = (send.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { return };
                    // Nobody listens when the output has failed.
                    if send.send((at as u64, work(item))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        let mut ordered = InOrder::default();
        for (at, result) in receive {
            ordered.put(at, result).into_iter().try_for_each(&mut take)?;
        }
        Ok(())
    })
}

/// Writes profiles of one table as lines of JSON.
struct Lines<'l> {
    state: &'l State,
    table: TableId,
    as_of: Time,
    writer: ProfileWriter,
    segments: Option<&'l Memberships<'l>>,
    /// `_table`, where there are several.
    name: Option<Vec<u8>>,
}

impl<'l> Lines<'l> {
    fn new(state: &'l State, table: TableId, as_of: Time, segments: Option<&'l Memberships<'l>>) -> Self {
        let schema = state.schema();
        let name = schema.table(table).filter(|_| schema.tables.len() > 1).map(|table| quoted(&table.name));
        let mut extras = Vec::new();
        extras.extend(name.is_some().then_some("_table"));
        extras.extend(segments.is_some().then_some("_segments"));
        Self { state, table, as_of, writer: ProfileWriter::new(schema, table, &extras), segments, name }
    }

    fn of(&self, groups: &Groups, range: Range<usize>) -> Vec<u8> {
        let mut out = Vec::new();
        for at in range {
            if at.is_multiple_of(NEAR) {
                let soon = (at..at + NEAR).filter_map(|at| groups.get(at));
                soon.for_each(|(_, members)| self.state.touch(self.table, members));
            }
            let Some((id, members)) = groups.get(at) else { break };
            let Some(fragment) = self.state.joined(self.table, members) else { continue };
            self.put(id, members, &fragment, &mut out);
        }
        out
    }

    /// Of the profiles from a place on, and the fragment of each.
    fn of_spilled(&self, groups: &Groups, first: usize, fragments: &[Box<[u8]>]) -> Vec<u8> {
        let mut out = Vec::new();
        for (at, fragment) in (first..).zip(fragments) {
            if let Some((id, members)) = groups.get(at) {
                self.put(id, members, fragment, &mut out);
            }
        }
        out
    }

    fn put(&self, id: u128, members: &[NodeId], fragment: &[u8], out: &mut Vec<u8>) {
        let mut extras: Vec<Vec<u8>> = self.name.iter().cloned().collect();
        if let Some(segments) = self.segments {
            let profile = self.state.profile_from(self.table, id, members, fragment, self.as_of);
            let slugs = segments.of(&profile, self.state.schema(), self.as_of);
            let mut list = Vec::new();
            json_out::list(&mut list, &slugs, |out, slug| json_out::text(out, slug));
            extras.push(list);
        }
        self.writer.write(id, fragment, self.state.ops(), self.as_of, &extras, out);
        out.push(b'\n');
    }
}

fn quoted(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    json_out::text(&mut out, text);
    out
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

    /// Writes objects that stand on lines of their own.
    fn write(&mut self, lines: &[u8], output: &mut Output) -> Result<(), Stop> {
        if self.format == Format::Ndjson {
            return output.write(lines);
        }
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let is_first = self.count == 0;
            self.count += 1;
            if self.format == Format::Json {
                output.write(if is_first { b"[\n  " } else { b",\n  " })?;
                output.write(line)?;
                continue;
            }
            let object: Map<String, Json> = serde_json::from_slice(line).map_err(std::io::Error::from)?;
            let cells = self.columns.iter().map(|column| object.get(column).map_or(String::new(), cell));
            if self.format == Format::Table {
                if is_first {
                    self.table.set_header(&self.columns);
                }
                self.table.add_row(cells.collect::<Vec<_>>());
                continue;
            }
            let mut rows = csv::Writer::from_writer(Vec::new());
            if is_first {
                rows.write_record(&self.columns).map_err(std::io::Error::from)?;
            }
            rows.write_record(cells).map_err(std::io::Error::from)?;
            output.write(&rows.into_inner().map_err(csv::IntoInnerError::into_error)?)?;
        }
        Ok(())
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
