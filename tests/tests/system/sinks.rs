//! Every output format of `lql check` and `lql lint` carries the same findings, at the same places, with the same edits.
//!
//! Each format is read back by what its readers would use, and compared with `--format json`, whose places are counted
//! again from its byte offsets.

mod read;
mod sarif;

use lql_tests::cli::{lql_in, repository};
use read::{
    Found, array, from_concise, from_github, from_gitlab, from_json, from_junit, from_sarif, number, text,
};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

/// Texts that no broken text is: odd names of files, and line ends and characters that are counted in several ways.
const MORE: &[(&str, &str)] = &[
    (
        "emoji/web.lql",
        "SELECT \"😀 é 漢\" AS smile, emial(m) AS email\nFROM web INTO user BY email ALIAS web\n",
    ),
    (
        "crlf/web.lql",
        "SELECT email(m) AS email,\r\n  \"😀\" AS s,\r\n  lenn(x) AS y\r\nFROM web INTO user BY email ALIAS a\r\n",
    ),
    ("odd names, 100% & <more>: \"a\"/web.lql", "SELECT emial(m) AS `e` FROM web INTO user BY e ALIAS web"),
    ("odd names, 100% & <more>: \"a\"/ü 😀.lql", "SELECT emial(m) AS e FROM web INTO user BY e ALIAS web"),
    (
        "equal/web.lql",
        "SELECT\n  lenn(x) AS x,\n  lenn(x) AS x,\n  email(m) AS e\nFROM web INTO user BY e ALIAS w",
    ),
    (
        "markup/web.lql",
        "SELECT email(m) AS e, x AS `<a href=\"&amp;\">` KIND ]]> FROM web INTO user BY e ALIAS w",
    ),
    ("settings/web.lql", "SELECT email(m) AS email FROM web INTO user BY email ALIAS web"),
    ("settings/lql.toml", "# 😀\n[streams.wbe]\nid = \"x\"\n[tables.\"us\\u0065r2\"]\nidentity_limit = 5\n"),
    ("clean/web.lql", "SELECT email(m) AS email FROM web INTO user BY email ALIAS web"),
];

/// All texts, each in a project of its own, and the projects with seeded mistakes; gives the folders.
fn projects(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for corpus in ["tests/broken", "tests/seeded"] {
        for entry in fs::read_dir(repository().join(corpus)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name == "README.md" {
                continue;
            }
            let project = folder.join(&name);
            if path.is_dir() {
                copy(&path, &project);
            } else {
                fs::create_dir(&project).unwrap();
                fs::copy(&path, project.join(&name)).unwrap();
            }
            names.insert(name);
        }
    }
    for (path, text) in MORE {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        names.insert(path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned());
    }
    names
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, to).unwrap();
        }
    }
}

/// All texts in one run.
fn all_in(verb: &str, format: &str, folder: &Path, projects: &BTreeSet<String>) -> String {
    let arguments = [verb, "--format", format].into_iter().chain(projects.iter().map(String::as_str));
    lql_in(folder, arguments).expect(1).stdout
}

/// Fails with the first difference.
fn compare(format: &str, read: &[Found], wanted: &[Found]) {
    for (read, wanted) in read.iter().zip(wanted) {
        assert_eq!(read, wanted, "{format}");
    }
    assert_eq!(read.len(), wanted.len(), "{format}");
}

fn without_fixes(mut found: Found) -> Found {
    found.fixes.clear();
    found
}

/// Places of `--format json`, counted again from the offsets in the file.
fn count_again(value: &Value, folder: &Path) {
    let Some(file) = value["file"].as_str() else { return };
    let text = String::from_utf8_lossy(&fs::read(folder.join(file)).unwrap()).into_owned();
    for end in ["start", "end"] {
        let before = &text[..number(&value[end]["offset"]) as usize];
        // Editors do not show a byte-order mark.
        let before = before.strip_prefix('\u{feff}').unwrap_or(before);
        let line = before.matches('\n').count() as u64 + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() as u64 + 1;
        assert_eq!((number(&value[end]["line"]), number(&value[end]["column"])), (line, column), "{value}");
    }
}

#[test]
fn every_format_of_check_carries_the_same_findings() {
    every_format_carries_the_same("check");
}

#[test]
fn every_format_of_lint_carries_the_same_findings() {
    every_format_carries_the_same("lint");
}

fn every_format_carries_the_same(verb: &str) {
    let folder = tempfile::tempdir().unwrap();
    let projects = projects(folder.path());
    let output = |format: &str| all_in(verb, format, folder.path(), &projects);

    let json: Value = serde_json::from_str(&output("json")).unwrap();
    let values = array(&json);
    for value in values {
        count_again(value, folder.path());
        array(&value["labels"]).iter().for_each(|label| count_again(label, folder.path()));
        let edits = array(&value["fixes"]).iter().flat_map(|fix| array(&fix["edits"]));
        edits.for_each(|edit| count_again(edit, folder.path()));
    }
    let wanted: Vec<Found> = values.iter().map(from_json).collect();
    let with_fixes = wanted.iter().filter(|found| !found.fixes.is_empty()).count();
    assert!(wanted.len() > 120 && with_fixes > 20, "{} findings, {with_fixes} with fixes", wanted.len());
    assert!(wanted.iter().any(|found| found.place.is_none()), "one is about a project");
    let files: BTreeSet<&String> =
        wanted.iter().flat_map(|found| &found.place).map(|(file, ..)| file).collect();
    assert!(files.len() > 100, "findings in {} files", files.len());

    let lines: Vec<Value> = output("jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, values, "jsonl");

    let sarif: Value = serde_json::from_str(&output("sarif")).unwrap();
    let runs = array(&sarif["runs"]);
    assert_eq!(runs.len(), 1);
    let read: Vec<Found> = array(&runs[0]["results"]).iter().map(from_sarif).collect();
    compare("sarif", &read, &wanted);

    let bare: Vec<Found> = wanted.iter().cloned().map(without_fixes).collect();
    let read: Vec<Found> = output("github").lines().map(from_github).collect();
    let over_lines = |mut found: Found| {
        if let Some((_, start, end)) = &mut found.place
            && start.0 != end.0
        {
            end.1 = 0;
        }
        found
    };
    compare("github", &read, &bare.iter().cloned().map(over_lines).collect::<Vec<_>>());

    let gitlab: Value = serde_json::from_str(&output("gitlab")).unwrap();
    let read: Vec<Found> = array(&gitlab).iter().map(from_gitlab).collect();
    let placed = |mut found: Found| {
        // Everything has a place there: the beginning of the project that it is about.
        found.place.get_or_insert_with(|| ("settings/web.lql".into(), (1, 1), (1, 1)));
        found
    };
    compare("gitlab", &read, &bare.iter().cloned().map(placed).collect::<Vec<_>>());

    let junit = output("junit");
    let document = roxmltree::Document::parse(&junit).unwrap();
    let cases = document.descendants().filter(|node| node.has_tag_name("testcase"));
    let mut read: Vec<Found> = cases.filter_map(from_junit).collect();
    let mut by_file = bare.clone();
    // Suites come in the order of files, findings about the project first.
    by_file.sort();
    read.sort();
    compare("junit", &read, &by_file);

    let read: Vec<Found> = output("concise").lines().map(from_concise).collect();
    let no_end = |mut found: Found| {
        found.place = found.place.map(|(file, start, _)| (file, start, (0, 0)));
        found
    };
    compare("concise", &read, &bare.into_iter().map(no_end).collect::<Vec<_>>());
}

#[test]
fn columns_count_characters_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    // Before `emial` stand 20 characters, which are 24 UTF-16 units and 32 bytes.
    fs::write(
        folder.path().join("a.lql"),
        "SELECT \"😀😀😀😀\" AS s, emial(m) AS e FROM w INTO user BY e ALIAS a",
    )
    .unwrap();
    let check = |format: &str| lql_in(folder.path(), ["check", "--format", format]).expect(1).stdout;
    let json = |format: &str| serde_json::from_str::<Value>(&check(format)).unwrap();
    assert_eq!(json("json")[0]["start"], serde_json::json!({ "line": 1, "column": 21, "offset": 32 }));
    let run = &json("sarif")["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let region = &run["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((&region["startColumn"], &region["endColumn"]), (&21.into(), &26.into()));
    assert!(check("concise").starts_with("a.lql:1:21: "));
    assert!(check("github").contains(",col=21,endLine=1,endColumn=26,"));
    assert!(check("junit").contains("a.lql:1:21 to 1:26"));
    assert_eq!(json("gitlab")[0]["location"]["positions"]["begin"]["column"], 21);
}

#[test]
fn a_report_without_findings_is_a_document_too() {
    let folder = tempfile::tempdir().unwrap();
    let clean = MORE.iter().find(|(name, _)| *name == "clean/web.lql").unwrap().1;
    fs::write(folder.path().join("web.lql"), clean).unwrap();
    let check = |format: &str| lql_in(folder.path(), ["check", "--format", format]).expect(0).stdout;
    for format in ["full", "concise", "jsonl", "github"] {
        assert_eq!(check(format), "", "{format}");
    }
    for format in ["json", "gitlab"] {
        assert_eq!(check(format), "[]\n", "{format}");
    }
    let sarif: Value = serde_json::from_str(&check("sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(sarif["runs"][0]["artifacts"][0]["location"]["uri"], "web.lql");
    let junit = check("junit");
    let document = roxmltree::Document::parse(&junit).unwrap();
    let suite = document.descendants().find(|node| node.has_tag_name("testsuite")).unwrap();
    let counts = ["name", "tests", "failures"].map(|name| suite.attribute(name).unwrap());
    assert_eq!(counts, ["web.lql", "1", "0"]);
}

#[test]
fn fingerprints_are_unique_and_outlive_moved_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("web.lql");
    let text = MORE.iter().find(|(name, _)| *name == "equal/web.lql").unwrap().1;
    let fingerprints = |text: &str| -> [Vec<String>; 2] {
        fs::write(&path, text).unwrap();
        let check = |format: &str| {
            let output = lql_in(folder.path(), ["check", "--format", format]).expect(1).stdout;
            serde_json::from_str::<Value>(&output).unwrap()
        };
        let gitlab = array(&check("gitlab")).iter().map(|issue| text_of(issue, "fingerprint")).collect();
        let results = &check("sarif")["runs"][0]["results"];
        let sarif =
            array(results).iter().map(|result| text_of(&result["partialFingerprints"], "lineText/v1"));
        [gitlab, sarif.collect()]
    };
    let before = fingerprints(text);
    assert_eq!(before[0], before[1]);
    assert_eq!(before[0].iter().collect::<BTreeSet<_>>().len(), 2, "equal lines, two findings: {before:?}");
    assert_eq!(fingerprints(&format!("-- A comment\n\n{text}")), before);
    assert_ne!(fingerprints(&text.replace("lenn(x)", "lennn(x)")), before);
}

fn text_of(value: &Value, key: &str) -> String {
    text(&value[key])
}
