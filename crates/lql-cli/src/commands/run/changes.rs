//! Changes: what each event says, before anything is merged.
//!
//! All that is the same in every line (keys, names, provenance) is prepared once; a line is copied together from
//! those parts and the values.

use super::Format;
use crate::outcome::Stop;
use crate::output::Output;
use lql_compiler::Value;
use lql_compiler::program::Column;
use lql_runtime::json_out::{self, Phrase};
use lql_runtime::{Change, Mapped, Mapper};

/// Writes changes in a format.
pub struct Changes {
    format: Format,
    /// One per mapper.
    parts: Vec<Parts>,
}

impl Changes {
    /// Begins the output. Changes are nested, so they come as JSON only. `provenance` adds to each change where its
    /// values come from; `files` are the names of the query files.
    pub fn new(
        format: Format,
        provenance: bool,
        mappers: &[Mapper<'_>],
        files: &[String],
        output: &mut Output,
    ) -> Result<Self, Stop> {
        match format {
            Format::Ndjson => {}
            Format::Json => output.write(b"[\n")?,
            Format::Csv | Format::Table => {
                return Err(Stop::Misuse("--emit changes is written as --format ndjson or json".into()));
            }
        }
        let parts = mappers.iter().map(|mapper| Parts::new(mapper, provenance.then_some(files))).collect();
        Ok(Self { format, parts })
    }

    /// What stands before every change; the first of all is written without it.
    pub fn separator(&self) -> &'static [u8] {
        if self.format == Format::Json { b",\n" } else { b"" }
    }

    /// A writer of the changes of one file, which a mapper maps.
    pub fn of<'c>(&'c self, mapper: usize, file: &str) -> Option<Lines<'c>> {
        let parts = self.parts.get(mapper)?;
        let mut begin = self.separator().to_vec();
        begin.extend_from_slice(br#"{"event":{"file":"#);
        json_out::text(&mut begin, file);
        begin.extend_from_slice(br#","line":"#);
        let end = if self.format == Format::Json { &b""[..] } else { b"\n" };
        Some(Lines { parts, begin: Phrase::new(begin), end, values: vec![None; parts.keys.len()] })
    }

    /// Ends the output.
    pub fn finish(self, output: &mut Output) -> Result<(), Stop> {
        output.write(if self.format == Format::Json { b"\n]\n" } else { b"" })
    }
}

/// What is the same in all changes of one mapper, as it is written.
struct Parts {
    /// `,"stream":"web"},"time":`
    stream: Phrase,
    /// Per table of the schema: `,"table":"user","identities":[`
    tables: Vec<Phrase>,
    /// Per field of the schema: `{"field":"email","value":`
    identities: Vec<Phrase>,
    /// Per field that the program writes, in the order of names: `,"email":`
    keys: Vec<Phrase>,
    /// Per column of the program: the place of its field in `keys`.
    places: Vec<usize>,
    /// Per column of the program where a value comes from, if that is wanted.
    provenance: Option<Vec<Phrase>>,
}

impl Parts {
    fn new(mapper: &Mapper<'_>, provenance: Option<&[String]>) -> Self {
        let (program, schema) = (mapper.program(), mapper.schema());
        let name = |column: &Column| schema.field(column.field).map_or("", |field| field.name.as_str());
        let mut names: Vec<&str> = program.columns.iter().map(name).collect();
        names.sort_unstable();
        names.dedup();
        let place = |column| names.binary_search(&name(column)).unwrap_or_default();
        let from = |column: &Column, files: &[String]| {
            let query = program.queries.get(usize::from(column.query));
            let file = query.and_then(|query| files.get(query.file as usize));
            let mut part = quoted(r#"{"field":"#, name(column), r#","query":"#);
            json_out::text(&mut part, query.map_or("", |query| query.alias.as_str()));
            part.extend_from_slice(br#","at":"#);
            json_out::text(&mut part, &format!("{}:{}", file.map_or("", String::as_str), column.line));
            part.extend_from_slice(br#","expr":"#);
            json_out::text(&mut part, &column.text);
            part.push(b'}');
            Phrase::new(part)
        };
        let table = |name: &str| phrase(r#","table":"#, name, r#","identities":["#);
        Self {
            stream: phrase(r#","stream":"#, &program.stream, r#"},"time":"#),
            tables: schema.tables.iter().map(|t| table(&t.name)).collect(),
            identities: schema
                .fields
                .iter()
                .map(|field| phrase(r#"{"field":"#, &field.name, r#","value":"#))
                .collect(),
            places: program.columns.iter().map(place).collect(),
            provenance: provenance
                .map(|files| program.columns.iter().map(|column| from(column, files)).collect()),
            keys: names.iter().map(|name| phrase(",", name, ":")).collect(),
        }
    }
}

/// A text in quotes between two others, to be written again and again.
fn phrase(before: &str, text: &str, after: &str) -> Phrase {
    Phrase::new(quoted(before, text, after))
}

/// A text in quotes between two others.
fn quoted(before: &str, text: &str, after: &str) -> Vec<u8> {
    let mut out = before.as_bytes().to_vec();
    json_out::text(&mut out, text);
    out.extend_from_slice(after.as_bytes());
    out
}

/// Appends a phrase, if it is there.
fn write(phrase: Option<&Phrase>, out: &mut Vec<u8>) {
    if let Some(phrase) = phrase {
        phrase.write(out);
    }
}

/// Writes the changes of one file.
pub struct Lines<'c> {
    parts: &'c Parts,
    /// What each begins with, up to the number of the line.
    begin: Phrase,
    /// What each ends with.
    end: &'static [u8],
    /// Per key: the place of the contribution that is written there; empty between changes.
    values: Vec<Option<usize>>,
}

impl Lines<'_> {
    /// Appends one event's changes, an object for each table.
    pub fn write(&mut self, line: u64, mapped: &Mapped<'_>, out: &mut Vec<u8>) {
        for change in mapped.changes {
            self.begin.write(out);
            json_out::int(out, line.cast_signed());
            self.parts.stream.write(out);
            json_out::time(out, change.stamp.time);
            self.identities(change, out);
            self.fields(change, out);
            if let Some(provenance) = &self.parts.provenance {
                out.extend_from_slice(br#","from":"#);
                json_out::list(out, change.contributions, |out, contribution| {
                    write(provenance.get(usize::from(contribution.column)), out);
                });
            }
            out.push(b'}');
            out.extend_from_slice(self.end);
        }
    }

    fn identities(&self, change: &Change<'_>, out: &mut Vec<u8>) {
        write(self.parts.tables.get(usize::from(change.table.0)), out);
        for (at, identity) in change.identities.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            write(self.parts.identities.get(usize::from(identity.field.0)), out);
            json_out::text(out, identity.value);
            out.push(b'}');
        }
        out.push(b']');
    }

    /// The fields by name. Of several values of one field, the last stays.
    fn fields(&mut self, change: &Change<'_>, out: &mut Vec<u8>) {
        for (at, contribution) in change.contributions.iter().enumerate() {
            let place = self.parts.places.get(usize::from(contribution.column));
            if let Some(value) = place.and_then(|place| self.values.get_mut(*place)) {
                *value = Some(at);
            }
        }
        out.extend_from_slice(br#","fields":"#);
        let start = out.len();
        for (key, value) in self.parts.keys.iter().zip(&mut self.values) {
            let Some(contribution) = value.take().and_then(|at| change.contributions.get(at)) else {
                continue;
            };
            key.write(out);
            match contribution.value {
                Value::Text(text) => json_out::text(out, text),
                value => json_out::value(out, value),
            }
        }
        // What stood before the first key was no comma.
        match out.get_mut(start) {
            Some(first) => *first = b'{',
            None => out.push(b'{'),
        }
        out.push(b'}');
    }
}
