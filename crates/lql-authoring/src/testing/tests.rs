use super::*;
use crate::disk;
use std::path::Path;

/// A project with these files, tested.
fn tested(files: &[(&str, &str)]) -> (tempfile::TempDir, Report) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let report = run_in(folder.path());
    (folder, report)
}

fn run_in(folder: &Path) -> Report {
    let found = find(&[folder.to_owned()], &disk).unwrap();
    run(&found, &disk, &Options::default(), &|_| ())
}

const WEB: (&str, &str) = (
    "web.lql",
    "SELECT email(mail) AS email, set(cookie) AS cookie, count(*) AS visits, page AS first_page MERGEOP oldest,
        valuect(page) AS pages
     FROM web INTO user BY email OR cookie ALIAS web",
);

#[test]
fn x() {
    let (_folder, report) = tested(&[
        WEB,
        (
            "a.test.toml",
            "now = 2024-01-01T00:00:00Z
[[case]]
name = \"a\"
events = [{ event = { mail = \"a@b.org\", page = \"/\" } }]
profile = [{ is = { email = \"a@b.org\" }, visits = 1 }]
",
        ),
    ]);
    assert!(report.is_clean(), "{report:?}");
}
