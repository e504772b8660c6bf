//! Reference 8: merge operators that columns get without and with `MERGEOP`.

use lql_compiler::{MergeOp, codes};
use lql_tests::{Project, field, findings};

#[track_caller]
fn merges(mergeop: MergeOp, columns: &[&str]) {
    for column in columns {
        assert_eq!(field(column).mergeop, mergeop, "{column}");
    }
}

#[test]
fn scalars_keep_the_latest_value() {
    merges(
        MergeOp::Latest,
        &[
            "x AS f",
            "x AS f KIND bool",
            "x AS f KIND int",
            "tonumber(x) AS f",
            "todate(x) AS f",
            "avg(x) AS f",
            "a + b AS f",
        ],
    );
}

#[test]
fn aggregates_say_how_they_merge() {
    merges(MergeOp::Sum, &["count(x) AS f", "count(*) AS f", "sum(x) AS f", "valuect(x) AS f"]);
    merges(MergeOp::Min, &["min(x) AS f", "min(todate(x)) AS f"]);
    merges(MergeOp::Max, &["max(x) AS f", "max(todate(x)) AS f"]);
    merges(MergeOp::Merge, &["set(x) AS f"]);
}

#[test]
fn sets_unite_and_maps_keep_the_newest_value_per_key() {
    merges(
        MergeOp::Merge,
        &[
            "x AS f KIND []string",
            r#"split(x, ",") AS f"#,
            "x AS f KIND []time",
            "totimeset(x) AS f",
            "x AS f KIND ts[]string",
            r#"match("p") AS f"#,
            "map(k, v) AS f KIND map[string]int",
            "map(k, v) AS f KIND map[string]number",
            "maptime(k) AS f",
        ],
    );
}

#[test]
fn counters_and_buckets_add_up() {
    merges(MergeOp::Sum, &["map(k, v) AS f KIND map[string]intsum", "timebucket(x) AS f"]);
}

#[test]
fn identities_keep_the_latest_text_or_unite_their_set() {
    let fields =
        Project::lql("SELECT id AS id, set(cookie) AS cookies FROM s INTO user BY id OR cookies ALIAS a")
            .fields();
    let mergeops: Vec<(&str, MergeOp)> = fields.iter().map(|f| (f.name.as_str(), f.mergeop)).collect();
    assert_eq!(mergeops, [("cookies", MergeOp::Merge), ("id", MergeOp::Latest)]);
}

#[test]
fn a_declared_operator_replaces_the_default_in_any_letter_case() {
    merges(
        MergeOp::Oldest,
        &["x AS f MERGEOP oldest", "x AS f MERGEOP OLDEST", "set(x) AS f MERGEOP oldest"],
    );
    merges(MergeOp::Max, &["x AS f KIND int MERGEOP max", "todate(x) AS f MERGEOP max"]);
    merges(MergeOp::MapMax, &["match(\"p\") AS f KIND map[string]number MERGEOP mapmax"]);
    merges(MergeOp::Latest, &["set(x) AS f MERGEOP latest", "x AS f MERGEOP default"]);
    merges(MergeOp::LatestMap, &["match(\"p\") AS f MERGEOP latestmap"]);
}

#[test]
fn an_operator_must_fit_the_kind() {
    for column in [
        "x AS f MERGEOP max",
        "x AS f MERGEOP min",
        "x AS f MERGEOP sum",
        "x AS f MERGEOP merge",
        "x AS f KIND date MERGEOP sum",
        "x AS f KIND bool MERGEOP max",
        "x AS f KIND number MERGEOP count",
        "set(x) AS f MERGEOP sum",
        "set(x) AS f MERGEOP latestmap",
        "match(\"p\") AS f MERGEOP mapmax",
        "match(\"p\") AS f MERGEOP sum",
        "match(\"p\") AS f KIND map[string]int MERGEOP min",
        "x AS f KIND int MERGEOP capped",
    ] {
        let text = format!("SELECT id AS id, {column} FROM s INTO user BY id ALIAS a");
        assert_eq!(findings(&text, ""), [codes::MERGEOP_UNFIT], "{column}");
    }
    assert_eq!(
        findings("SELECT id AS id, x AS f MERGEOP newest FROM s INTO user BY id ALIAS a", ""),
        [codes::UNKNOWN_MERGEOP]
    );
}

#[test]
fn an_identity_field_defines_no_operator() {
    let text = "SELECT id AS id MERGEOP latest FROM s INTO user BY id ALIAS a";
    assert_eq!(findings(text, ""), [codes::IDENTITY_MERGEOP]);
}
