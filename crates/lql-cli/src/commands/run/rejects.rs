//! The file of rejected events: one JSON object a line, with the place, the reason and the event itself.

use crate::outcome::Stop;
use crate::output;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use lql_runtime::decode::Reject;
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

/// Rejected events on their way to a file, which appears with the first of them.
pub struct Rejects {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    count: u64,
}

impl Rejects {
    /// Beside the output: `profiles.rejects.ndjson` for `profiles.json`. In the working folder for standard output,
    /// and for a pipe or a device, whose folder is no place for files.
    pub fn beside(output: Option<&Path>) -> Self {
        let path = match output.filter(|output| output::is_file(output)) {
            Some(output) => output.with_extension("rejects.ndjson"),
            None => PathBuf::from("profiles.rejects.ndjson"),
        };
        Self { path, file: None, count: 0 }
    }

    /// Where they go, if there are any.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many were written.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Writes one.
    pub fn write(&mut self, file: &str, reject: &Reject) -> Result<(), Stop> {
        self.count += 1;
        // Bytes that are no text would not survive as text.
        let (key, event) = match std::str::from_utf8(&reject.raw) {
            Ok(text) => ("event", text.to_owned()),
            Err(_) => ("event_base64", BASE64.encode(&reject.raw)),
        };
        let mut line = json!({
            "file": file,
            "line": reject.line,
            "column": reject.column,
            "reason": reject.reason,
            key: event,
        });
        if let (Reject::CLIP, Some(object)) = (reject.raw.len(), line.as_object_mut()) {
            object.insert("clipped".to_owned(), true.into());
        }
        let path = &self.path;
        let unwritable = |error: std::io::Error| Stop::unwritable(path, &error);
        let out = match &mut self.file {
            Some(out) => out,
            none => none.insert(BufWriter::new(File::create(path).map_err(unwritable)?)),
        };
        writeln!(out, "{line}").map_err(unwritable)
    }

    /// Closes the file; where it is, if there is one. Without rejects there is none, nor one of an earlier run.
    pub fn finish(self) -> Result<Option<PathBuf>, Stop> {
        let Some(mut file) = self.file else {
            if self.path.is_file() {
                std::fs::remove_file(&self.path).map_err(|error| Stop::unwritable(&self.path, &error))?;
            }
            return Ok(None);
        };
        file.flush().map_err(|error| Stop::unwritable(&self.path, &error))?;
        Ok(Some(self.path))
    }
}
