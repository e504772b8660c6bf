//! The language server, seen by an editor.

mod answers;
mod commands;
mod edits;
mod findings;
mod life;
mod listen;
mod requests;
mod testfiles;
mod transport;

use lql_tests::editor::uri;
use serde_json::{Value, json};
use std::path::Path;

/// A folder with files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// The address of a file in a folder.
fn at(folder: &tempfile::TempDir, name: &str) -> String {
    uri(&folder.path().join(name))
}

fn position(line: u32, character: u32) -> Value {
    json!({ "line": line, "character": character })
}

fn range(start: (u32, u32), end: (u32, u32)) -> Value {
    json!({ "start": position(start.0, start.1), "end": position(end.0, end.1) })
}

/// A query without findings.
const WEB: &str = "SELECT email(m) AS email, count(*) AS visits FROM web INTO user BY email ALIAS web\n";

/// The same with an unknown function at characters 7 to 12, of byte 7 on.
const WRONG: &str = "SELECT emial(m) AS email, count(*) AS visits FROM web INTO user BY email ALIAS web\n";

fn path(folder: &tempfile::TempDir) -> &Path {
    folder.path()
}
