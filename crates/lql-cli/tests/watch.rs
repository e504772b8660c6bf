//! `lql watch`: what is saved is checked, linted and tested; Ctrl-C ends it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod common;

use common::folder;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

const GOOD: &str =
    "-- Visits.\nSELECT email(m) AS email SHORTDESC \"E-mail\" FROM web INTO user BY email ALIAS web\n";
const TEST: &str = "now = 2024-06-30T00:00:00Z\n[[case]]\nname = \"one\"\nevents = [{ event = { m = \"A@b.c\" } }]\n[[case.profile]]\nis = { email = \"a@b.c\" }\n";

/// A watching process and the lines it prints.
struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn new(folder: &Path, paths: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lql"))
            .arg("watch")
            .args(paths)
            .current_dir(folder)
            .env_remove("FORCE_COLOR")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, lines) = channel();
        let out = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines() {
                let _ = send.send(line.unwrap());
            }
        });
        Self { child, lines }
    }

    /// Waits for a line with this in it.
    fn wait_for(&self, part: &str) {
        let mut seen = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(Duration::from_mins(1)) {
            if line.contains(part) {
                return;
            }
            seen.push(line);
        }
        panic!("no {part:?} came; there was\n{}", seen.join("\n"));
    }

    /// Presses Ctrl-C; the exit code.
    fn interrupt(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[test]
fn every_save_is_answered_and_errors_do_not_end_it() {
    let folder = folder(&[("web.lql", GOOD), ("web.test.toml", TEST)]);
    let path = |name: &str| folder.path().join(name);
    let watching = Watching::new(folder.path(), &[]);
    watching.wait_for("no findings in 1 file, 1 case passed");
    fs::write(path("web.lql"), GOOD.replace("email(m)", "emial(m)")).unwrap();
    watching.wait_for("1 error in 1 file");
    // As editors save: another file takes the place of the old one.
    fs::write(path(".web.lql.new"), GOOD).unwrap();
    fs::rename(path(".web.lql.new"), path("web.lql")).unwrap();
    watching.wait_for("no findings in 1 file, 1 case passed");
    fs::write(path("web.test.toml"), TEST.replace("a@b.c", "x@b.c")).unwrap();
    watching.wait_for("1 of 1 case failed");
    // A moment without any query is no end either.
    fs::remove_file(path("web.lql")).unwrap();
    watching.wait_for("holds no *.lql");
    fs::write(path("web.lql"), GOOD).unwrap();
    watching.wait_for("1 of 1 case failed");
    fs::create_dir(path("segments")).unwrap();
    fs::write(path("segments/all.fql"), "FILTER EXISTS emial ALIAS everybody\n").unwrap();
    watching.wait_for("in 2 files");
    // A folder that comes with all it holds: nothing in it was written while it was watched.
    fs::rename(path("segments"), path(".away")).unwrap();
    fs::write(path("web.lql"), GOOD).unwrap();
    watching.wait_for("in 1 file");
    fs::rename(path(".away"), path("segments")).unwrap();
    watching.wait_for("in 2 files");
    assert_eq!(watching.interrupt(), Some(130));
}

#[test]
fn single_files_are_watched_too_and_what_is_not_there_is_refused() {
    let folder = folder(&[("web.lql", GOOD), ("other.lql", "SELECT")]);
    let watching = Watching::new(folder.path(), &["web.lql"]);
    watching.wait_for("no findings in 1 file");
    fs::write(folder.path().join("web.lql"), GOOD.replace("email(m)", "emial(m)")).unwrap();
    watching.wait_for("1 error in 1 file");
    assert_eq!(watching.interrupt(), Some(130));
    let refused = common::Call::new(&["watch", "nowhere"]).within(folder.path()).run();
    assert_eq!(refused.code, Some(2), "{}", refused.err);
}
