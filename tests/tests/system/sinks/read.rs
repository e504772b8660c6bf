//! Reads findings back from each format, by what its readers would use.

use regex::Regex;
use serde_json::Value;
use std::collections::BTreeMap;

/// Line and column, both from 1; columns count characters.
pub(super) type Place = (u64, u64);

/// What a format says about a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) code: String,
    pub(super) severity: String,
    pub(super) title: String,
    /// File, beginning and end. `None` for a finding about the project.
    pub(super) place: Option<(String, Place, Place)>,
    pub(super) fixes: Vec<Fix>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fix {
    pub(super) title: String,
    pub(super) safety: String,
    /// File, beginning, end and new text.
    pub(super) edits: Vec<(String, Place, Place, String)>,
}

pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

pub(super) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("no number: {value}"))
}

pub(super) fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn from_json(value: &Value) -> Found {
    let place = |point: &Value| (number(&point["line"]), number(&point["column"]));
    let edit =
        |edit: &Value| (text(&edit["file"]), place(&edit["start"]), place(&edit["end"]), text(&edit["text"]));
    let fix = |fix: &Value| Fix {
        title: text(&fix["title"]),
        safety: text(&fix["safety"]),
        edits: array(&fix["edits"]).iter().map(edit).collect(),
    };
    Found {
        code: text(&value["code"]),
        severity: text(&value["severity"]),
        title: text(&value["title"]),
        place: value["file"].as_str().map(|file| (file.into(), place(&value["start"]), place(&value["end"]))),
        fixes: array(&value["fixes"]).iter().map(fix).collect(),
    }
}

/// A reference of SARIF as the name it stands for.
pub(super) fn unescaped(uri: &Value) -> String {
    let uri = text(uri);
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).unwrap()
}

pub(super) fn from_sarif(result: &Value) -> Found {
    let ends = |region: &Value| {
        let end = (number(&region["endLine"]), number(&region["endColumn"]));
        ((number(&region["startLine"]), number(&region["startColumn"])), end)
    };
    let place = result["locations"].get(0).map(|location| {
        let physical = &location["physicalLocation"];
        let (start, end) = ends(&physical["region"]);
        (unescaped(&physical["artifactLocation"]["uri"]), start, end)
    });
    let edits = |change: &Value| -> Vec<_> {
        let file = unescaped(&change["artifactLocation"]["uri"]);
        let edit = |replacement: &Value| {
            let (start, end) = ends(&replacement["deletedRegion"]);
            (file.clone(), start, end, text(&replacement["insertedContent"]["text"]))
        };
        array(&change["replacements"]).iter().map(edit).collect()
    };
    let fix = |fix: &Value| Fix {
        title: text(&fix["description"]["text"]),
        safety: text(&fix["properties"]["safety"]),
        edits: array(&fix["artifactChanges"]).iter().flat_map(edits).collect(),
    };
    Found {
        code: text(&result["ruleId"]),
        severity: text(&result["level"]),
        title: text(&result["message"]["text"]).lines().next().unwrap().to_owned(),
        place,
        fixes: array(&result["fixes"]).iter().map(fix).collect(),
    }
}

/// What GitHub's runner makes of a line: the place is that of the note it shows.
pub(super) fn from_github(line: &str) -> Found {
    let unescape = |text: &str| text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%");
    let command = Regex::new(r"^::(error|warning) ([^:]*)::(.*)$").unwrap();
    let parts = command.captures(line).unwrap_or_else(|| panic!("no command: {line}"));
    let properties: BTreeMap<&str, String> = parts[2]
        .split(',')
        .map(|property| property.split_once('=').unwrap())
        .map(|(key, value)| (key, unescape(&value.replace("%3A", ":").replace("%2C", ","))))
        .collect();
    let message = unescape(&parts[3]);
    let code = properties["title"].split(':').next().unwrap().to_owned();
    let number = |key: &str| properties.get(key).map(|value| value.parse::<u64>().unwrap());
    let mut title = message.lines().next().unwrap().to_owned();
    let place = properties.get("file").map(|file| {
        let (line, end_line) = (number("line").unwrap(), number("endLine").unwrap());
        // The runner refuses columns of a note over several lines; the words tell the beginning, nothing the end.
        let words = Regex::new(r":(\d+):(\d+): ").unwrap();
        let said = words.captures(&title[file.len()..]).unwrap();
        let start = (said[1].parse().unwrap(), said[2].parse().unwrap());
        assert_eq!(number("col").is_some(), line == end_line, "{message}");
        assert!(number("col").is_none_or(|column| (line, column) == start), "{message}");
        title = title[file.len() + said[0].len()..].to_owned();
        (file.clone(), start, (end_line, number("endColumn").unwrap_or(0)))
    });
    let title = title.strip_prefix(&format!("{code} ")).unwrap().to_owned();
    Found { code, severity: parts[1].to_owned(), title, place, fixes: Vec::new() }
}

pub(super) fn from_gitlab(issue: &Value) -> Found {
    let place = |end: &str| {
        let position = &issue["location"]["positions"][end];
        assert_eq!(issue["location"]["lines"][end], position["line"]);
        (number(&position["line"]), number(&position["column"]))
    };
    let severity = match text(&issue["severity"]).as_str() {
        "major" => "error",
        "minor" => "warning",
        other => panic!("severity {other}"),
    };
    Found {
        code: text(&issue["check_name"]),
        severity: severity.into(),
        title: text(&issue["description"]),
        place: Some((text(&issue["location"]["path"]), place("begin"), place("end"))),
        fixes: Vec::new(),
    }
}

pub(super) fn from_junit(case: roxmltree::Node<'_, '_>) -> Option<Found> {
    let failure = case.children().find(|child| child.has_tag_name("failure"))?;
    let suite = case.parent().unwrap().attribute("name").unwrap().to_owned();
    assert_eq!(case.attribute("classname"), Some(suite.as_str()));
    let head = Regex::new(r":(\d+):(\d+) to (\d+):(\d+)$").unwrap();
    let first = failure.text().unwrap().lines().next().unwrap();
    let place = case.attribute("file").map(|file| {
        let numbers = head.captures(first.strip_prefix(file).unwrap()).unwrap();
        let number = |group: usize| numbers[group].parse::<u64>().unwrap();
        assert_eq!(case.attribute("line"), Some(&numbers[1]));
        (file.to_owned(), (number(1), number(2)), (number(3), number(4)))
    });
    Some(Found {
        code: case.attribute("name").unwrap().split(':').next().unwrap().to_owned(),
        severity: failure.attribute("type").unwrap().to_owned(),
        title: failure.attribute("message").unwrap().to_owned(),
        place,
        fixes: Vec::new(),
    })
}

/// `FILE:LINE:COLUMN: error[CODE]: TITLE`; nothing about the end.
pub(super) fn from_concise(line: &str) -> Found {
    let form = Regex::new(r"^(?:(.*?):(\d+):(\d+): )?(error|warning)\[(LQL\d{4})\]: (.*)$").unwrap();
    let parts = form.captures(line).unwrap_or_else(|| panic!("no finding: {line}"));
    let number = |group: usize| parts[group].parse::<u64>().unwrap();
    Found {
        code: parts[5].to_owned(),
        severity: parts[4].to_owned(),
        title: parts[6].to_owned(),
        place: parts.get(1).map(|file| (file.as_str().to_owned(), (number(2), number(3)), (0, 0))),
        fixes: Vec::new(),
    }
}
