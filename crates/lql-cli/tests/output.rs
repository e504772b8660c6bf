//! What `--output` may name: a file that is not there yet, one that is, a link, and what is no file at all.
//! Never a real device: a broken `lql` would replace it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::{Call, Ran, WEB, folder};
use std::fs::{self, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

const EVENT: &str = "{\"m\":\"ana@example.org\"}\n";
const PROFILE: &str = "\"email\":\"ana@example.org\"";

/// A project that runs.
fn project() -> tempfile::TempDir {
    folder(&[("web.lql", WEB), ("web.ndjson", EVENT), ("queries.lql", WEB)])
}

/// Runs it.
fn run(folder: &Path, output: &str) -> Ran {
    Call::new(&["run", "web.lql", "--events", "web.ndjson", "--output", output]).within(folder).run()
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Makes a named pipe and holds both its ends, so that neither side waits for the other.
fn pipe(path: &Path) -> fs::File {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    OpenOptions::new().read(true).write(true).open(path).unwrap()
}

/// What was written into a pipe, which must still be one.
fn received(path: &Path, mut pipe: fs::File) -> Vec<u8> {
    assert!(fs::symlink_metadata(path).unwrap().file_type().is_fifo(), "the pipe was replaced");
    // Something to read in any case: an empty pipe would wait for ever.
    pipe.write_all(b"END").unwrap();
    let mut bytes = vec![0; 65_536];
    let length = pipe.read(&mut bytes).unwrap();
    bytes.get(..length - 3).unwrap().to_vec()
}

#[test]
fn a_pipe_is_written_into_and_stays() {
    let folder = project();
    let path = folder.path().join("pipe");
    let pipe = pipe(&path);
    assert_eq!(run(folder.path(), "pipe").code, Some(0));
    let text = String::from_utf8(received(&path, pipe)).unwrap();
    assert!(text.contains(PROFILE), "{text}");
    assert_eq!(names(folder.path()), ["pipe", "queries.lql", "web.lql", "web.ndjson"]);
}

#[test]
fn a_compiled_project_is_written_into_a_pipe_too() {
    let folder = project();
    let path = folder.path().join("pipe");
    let pipe = pipe(&path);
    assert_eq!(
        Call::new(&["build", "web.lql", "--output", "pipe"]).within(folder.path()).run().code,
        Some(0)
    );
    let bytes = received(&path, pipe);
    assert_eq!(Call::new(&["build", "web.lql"]).within(folder.path()).run().code, Some(0));
    assert_eq!(bytes, fs::read(folder.path().join("web.lqlc")).unwrap());
}

#[test]
fn a_link_to_a_pipe_stays() {
    let folder = project();
    let path = folder.path().join("pipe");
    let pipe = pipe(&path);
    symlink("pipe", folder.path().join("link")).unwrap();
    assert_eq!(run(folder.path(), "link").code, Some(0));
    assert!(!received(&path, pipe).is_empty());
    assert_eq!(fs::read_link(folder.path().join("link")).unwrap(), Path::new("pipe"));
}

#[test]
fn a_link_to_a_file_stays_and_the_file_is_replaced() {
    let folder = project();
    fs::create_dir(folder.path().join("elsewhere")).unwrap();
    let target = folder.path().join("elsewhere/profiles.json");
    fs::write(&target, "old").unwrap();
    symlink("elsewhere/profiles.json", folder.path().join("link")).unwrap();
    assert_eq!(run(folder.path(), "link").code, Some(0));
    assert_eq!(
        fs::read_link(folder.path().join("link")).unwrap(),
        Path::new("elsewhere/profiles.json"),
        "the link stays"
    );
    assert!(fs::read_to_string(&target).unwrap().contains(PROFILE));
    assert_eq!(names(&folder.path().join("elsewhere")), ["profiles.json"]);
}

#[test]
fn a_link_to_nothing_yet_stays_and_the_file_appears() {
    let folder = project();
    symlink("later.json", folder.path().join("link")).unwrap();
    assert_eq!(run(folder.path(), "link").code, Some(0));
    assert_eq!(fs::read_link(folder.path().join("link")).unwrap(), Path::new("later.json"));
    assert!(fs::read_to_string(folder.path().join("later.json")).unwrap().contains(PROFILE));
}

#[test]
fn a_file_that_is_replaced_keeps_its_permissions() {
    let folder = project();
    let path = folder.path().join("profiles.json");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(run(folder.path(), "profiles.json").code, Some(0));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&path).unwrap().contains(PROFILE));
    assert_eq!(names(folder.path()), ["profiles.json", "queries.lql", "web.lql", "web.ndjson"]);
}

#[test]
fn a_file_holds_its_old_content_until_the_new_one_is_complete() {
    let folder = project();
    let path = folder.path().join("profiles.json");
    fs::write(&path, "old").unwrap();
    let before = fs::File::open(&path).unwrap();
    assert_eq!(run(folder.path(), "profiles.json").code, Some(0));
    let mut text = String::new();
    (&before).read_to_string(&mut text).unwrap();
    assert_eq!(text, "old", "who reads the old file reads it to its end");
}

#[test]
fn a_folder_is_refused_and_stays_as_it_is() {
    let folder = project();
    fs::create_dir(folder.path().join("out")).unwrap();
    let ran = run(folder.path(), "out");
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("cannot write out: is a directory"), "{}", ran.err);
    assert_eq!(names(folder.path()), ["out", "queries.lql", "web.lql", "web.ndjson"]);
}

#[test]
fn rejects_of_a_run_into_a_pipe_stand_in_the_working_folder() {
    let folder = project();
    fs::create_dir(folder.path().join("pipes")).unwrap();
    fs::write(folder.path().join("web.ndjson"), format!("{EVENT}not json\n")).unwrap();
    let path = folder.path().join("pipes/pipe");
    let _open = pipe(&path);
    assert_eq!(run(folder.path(), "pipes/pipe").code, Some(1));
    assert_eq!(names(&folder.path().join("pipes")), ["pipe"], "as for standard output, not beside a device");
    assert!(folder.path().join("profiles.rejects.ndjson").is_file());
}

#[test]
fn rejects_of_an_earlier_run_go_but_a_pipe_in_their_place_stays() {
    let folder = project();
    let path = folder.path().join("profiles.rejects.ndjson");
    let _open = pipe(&path);
    assert_eq!(run(folder.path(), "profiles.json").code, Some(0));
    assert!(fs::symlink_metadata(&path).unwrap().file_type().is_fifo());
    fs::remove_file(&path).unwrap();
    fs::write(&path, "old").unwrap();
    assert_eq!(run(folder.path(), "profiles.json").code, Some(0));
    assert!(!path.exists());
}

#[test]
fn formatting_follows_a_link_and_keeps_it() {
    let folder = project();
    fs::write(folder.path().join("queries.lql"), WEB.replace('\n', " ")).unwrap();
    symlink("queries.lql", folder.path().join("link.lql")).unwrap();
    assert_eq!(Call::new(&["fmt", "link.lql"]).within(folder.path()).run().code, Some(0));
    assert_eq!(fs::read_link(folder.path().join("link.lql")).unwrap(), Path::new("queries.lql"));
    assert!(fs::read_to_string(folder.path().join("queries.lql")).unwrap().starts_with("SELECT\n"));
}
