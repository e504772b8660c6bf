//! The parts of a SARIF log are what the published schema allows.

use super::read::{array, number, text};
use super::{all_in, projects};
use regex::Regex;
use serde_json::Value;
use std::collections::BTreeSet;

/// Members that the published schema of SARIF allows in the objects that we write, those that must be there first.
const SARIF: &[(&str, &[&str], &[&str])] = &[
    ("log", &["version", "runs"], &["$schema"]),
    ("run", &["tool"], &["columnKind", "artifacts", "results"]),
    ("driver", &["name"], &["semanticVersion", "rules"]),
    ("rule", &["id"], &["name", "shortDescription", "fullDescription", "help"]),
    ("text", &["text"], &["markdown"]),
    ("artifact", &[], &["location"]),
    (
        "result",
        &["message"],
        &["ruleId", "ruleIndex", "level", "locations", "relatedLocations", "fixes", "partialFingerprints"],
    ),
    ("location", &[], &["physicalLocation", "message"]),
    ("physical", &["artifactLocation"], &["region"]),
    ("uri", &["uri"], &[]),
    ("region", &[], &["startLine", "startColumn", "endLine", "endColumn"]),
    ("fix", &["artifactChanges"], &["description", "properties"]),
    ("change", &["artifactLocation", "replacements"], &[]),
    ("replacement", &["deletedRegion"], &["insertedContent"]),
];

/// What an object of SARIF may hold.
fn sarif_object<'a>(kind: &str, value: &'a Value) -> &'a Value {
    let (_, required, optional) = SARIF.iter().find(|(name, ..)| *name == kind).unwrap();
    let members = value.as_object().unwrap_or_else(|| panic!("{kind} is no object: {value}"));
    assert!(required.iter().all(|name| members.contains_key(*name)), "{kind}: {value}");
    let is_known = |name: &String| required.contains(&name.as_str()) || optional.contains(&name.as_str());
    assert!(members.keys().all(is_known), "{kind}: {value}");
    value
}

fn sarif_place(location: &Value) {
    sarif_object("location", location);
    sarif_object("physical", &location["physicalLocation"]);
    sarif_uri(&location["physicalLocation"]["artifactLocation"]);
    sarif_region(&location["physicalLocation"]["region"]);
    if !location["message"].is_null() {
        sarif_object("text", &location["message"]);
    }
}

/// A reference by RFC 3986: no character that would have to be escaped, no scheme by accident.
fn sarif_uri(location: &Value) {
    let uri = text(&sarif_object("uri", location)["uri"]);
    let reference = Regex::new(r"^([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$").unwrap();
    assert!(reference.is_match(&uri), "{uri}");
}

fn sarif_region(region: &Value) {
    sarif_object("region", region);
    let place = |line: &str, column: &str| (number(&region[line]), number(&region[column]));
    let (start, end) = (place("startLine", "startColumn"), place("endLine", "endColumn"));
    assert!((1, 1) <= start && start.1 >= 1 && start <= end && end.1 >= 1, "{region}");
}

#[test]
fn sarif_is_what_its_schema_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    let projects = projects(folder.path());
    let log: Value = serde_json::from_str(&all_in("lint", "sarif", folder.path(), &projects)).unwrap();
    assert_eq!(sarif_object("log", &log)["version"], "2.1.0");
    let run = sarif_object("run", &log["runs"][0]);
    run["artifacts"].as_array().unwrap().iter().for_each(|artifact| {
        sarif_uri(&sarif_object("artifact", artifact)["location"]);
    });
    let rules = array(&sarif_object("driver", &run["tool"]["driver"])["rules"]);
    let is_name = Regex::new("^[a-z0-9]+(-[a-z0-9]+)*$").unwrap();
    for rule in rules {
        sarif_object("rule", rule);
        assert!(is_name.is_match(&text(&rule["name"])), "{rule}");
        for words in ["shortDescription", "fullDescription", "help"] {
            assert!(!text(&sarif_object("text", &rule[words])["text"]).is_empty(), "{rule}");
        }
    }
    let ids: BTreeSet<String> = rules.iter().map(|rule| text(&rule["id"])).collect();
    assert_eq!(ids.len(), rules.len(), "rules are different");
    for result in array(&run["results"]) {
        sarif_object("result", result);
        sarif_object("text", &result["message"]);
        assert_eq!(rules[number(&result["ruleIndex"]) as usize]["id"], result["ruleId"]);
        array(&result["locations"]).iter().for_each(sarif_place);
        array(&result["relatedLocations"]).iter().for_each(sarif_place);
        for fix in array(&result["fixes"]) {
            sarif_object("text", &sarif_object("fix", fix)["description"]);
            assert!(!array(&fix["artifactChanges"]).is_empty());
            for change in array(&fix["artifactChanges"]) {
                sarif_uri(&sarif_object("change", change)["artifactLocation"]);
                assert!(!array(&change["replacements"]).is_empty());
                for replacement in array(&change["replacements"]) {
                    sarif_region(&sarif_object("replacement", replacement)["deletedRegion"]);
                    sarif_object("text", &replacement["insertedContent"]);
                }
            }
        }
    }
}
