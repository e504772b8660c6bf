//! Changes: what each event says, before anything is merged.

use super::Format;
use super::write::Output;
use crate::outcome::Stop;
use crate::value_json;
use lql_runtime::{Mapped, Mapper};
use serde_json::{Map, Value as Json};

/// Writes what single events do, before anything is merged.
#[derive(Clone)]
pub struct Changes {
    format: Format,
}

impl Changes {
    /// What stands before every change; the first of all is written without it.
    pub fn separator(&self) -> &'static [u8] {
        if self.format == Format::Json { b",\n" } else { b"" }
    }

    /// Begins the output. Changes are nested, so they come as JSON only.
    pub fn new(format: Format, output: &mut Output) -> Result<Self, Stop> {
        match format {
            Format::Ndjson => {}
            Format::Json => output.write(b"[\n")?,
            Format::Csv | Format::Table => {
                return Err(Stop::Misuse("--emit changes is written as --format ndjson or json".into()));
            }
        }
        Ok(Self { format })
    }

    /// Appends one event's changes, an object for each table.
    pub fn write(
        &self,
        mapper: &Mapper<'_>,
        files: &[String],
        file: &str,
        line: u64,
        mapped: &Mapped<'_>,
        out: &mut Vec<u8>,
    ) {
        let schema = mapper.schema();
        let field_name = |id| schema.field(id).map_or("", |field| field.name.as_str());
        for change in mapped.changes {
            let mut fields: Map<String, Json> = Map::new();
            let mut columns: Vec<Json> = Vec::new();
            for contribution in change.contributions {
                let name = field_name(contribution.field);
                fields.insert(name.to_owned(), value_json::to_json(contribution.value));
                let Some(column) = mapper.program().columns.get(usize::from(contribution.column)) else {
                    continue;
                };
                let query = mapper.program().queries.get(usize::from(column.query));
                let source = query.and_then(|query| files.get(query.file as usize));
                columns.push(serde_json::json!({
                    "field": name,
                    "query": query.map(|query| query.alias.as_str()),
                    "at": format!("{}:{}", source.map_or("", String::as_str), column.line),
                    "expr": column.text,
                }));
            }
            fields.sort_keys();
            let identities: Vec<Json> = change
                .identities
                .iter()
                .map(|identity| serde_json::json!({ "field": field_name(identity.field), "value": identity.value }))
                .collect();
            let object = serde_json::json!({
                "event": { "file": file, "line": line, "stream": mapper.program().stream },
                "time": change.stamp.time.to_rfc3339(),
                "table": schema.table(change.table).map(|table| table.name.as_str()),
                "identities": identities,
                "fields": fields,
                "from": columns,
            });
            out.extend_from_slice(self.separator());
            out.extend_from_slice(object.to_string().as_bytes());
            out.extend_from_slice(if self.format == Format::Json { b"" } else { b"\n" });
        }
    }

    /// Ends the output.
    pub fn finish(self, output: &mut Output) -> Result<(), Stop> {
        output.write(if self.format == Format::Json { b"\n]\n" } else { b"" })
    }
}
