use super::*;
use crate::disk;
use crate::trial::KeptChange;
use lql_runtime::State;
use std::path::Path;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn run_in(folder: &Path) -> Report {
    let found = find(&[folder.to_owned()], &disk).unwrap();
    run(&found, &disk, &Options::default(), &|_| ())
}

/// What a run of these files says, without the folder and the time it took.
fn told(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let report = run_in(folder.path());
    let summary = report.summary();
    let counts = summary.rsplit_once(';').map_or("", |(counts, _)| counts);
    let prefix = format!("{}/", folder.path().display());
    format!("{}{counts}", report.text(false)).replace(&prefix, "")
}

const WEB: (&str, &str) = (
    "web.lql",
    "SELECT
    email(mail) AS email,
    set(cookie) AS cookie,
    count(*) AS visits,
    page AS first_page MERGEOP oldest,
    valuect(page) AS pages,
    sum(paid) AS spent KIND number,
    \"buyer\" IF paid > 0 ELSE \"visitor\" AS role
FROM web
INTO user
BY email OR cookie
WHERE NOT exists(bot)
ALIAS web;
",
);
const TOML: (&str, &str) = ("lql.toml", "[streams.web]\ntimestamp = \"ts\"\nid = \"id\"\n");
const BUYERS: (&str, &str) = ("segments/buyers.lql", "FILTER spent > 10 ALIAS buyers");
const LATE: (&str, &str) = ("segments/late.lql", "FILTER _modified > \"now-7d\" ALIAS late");

/// Ana: three visits on two devices.
const ANA: &str = r#"
now = 2024-06-30T00:00:00Z
[[case]]
name = "ana"
events = [
    { id = "1", time = 2024-06-01T10:00:00Z, event = { mail = "Ana@example.org", cookie = "k1", page = "/a" } },
    { id = "2", time = 2024-06-02T10:00:00Z, event = { mail = "ana@example.org", cookie = "k2", page = "/b", paid = 12.5 } },
    { id = "3", time = 2024-06-03T10:00:00Z, event = { cookie = "k2", page = "/b" } },
]
"#;

fn ana(expectations: &str) -> String {
    format!("{ANA}{expectations}")
}

#[test]
fn every_kind_of_expectation_can_be_met() {
    let text = ana(r#"
profiles = 1
orders = "all"
same = [[{ cookie = "k1" }, { cookie = "k2" }], [{ email = "ana@example.org" }, { cookie = "k1" }]]
refused = []
diagnostics = []
[[case.profile]]
is = { email = "ana@example.org", cookie = "k2" }
only = true
_created = 2024-06-01T10:00:00Z
email = "ana@example.org"
cookie = { set = ["k2", "k1"] }
visits = 3
first_page = { matches = "^/" }
pages = { contains = { "/b" = 2 } }
spent = { near = 12, within = 1 }
role = "visitor"
filter = "visits > 2 AND NOT INCLUDE late"
segments = ["buyers"]
in = ["Buyers"]
not_in = ["late"]
[[case.profile]]
is = { email = "bo@example.org" }
absent = true
"#);
    assert_eq!(told(&[WEB, TOML, BUYERS, LATE, ("a.test.toml", &text)]), "1 case passed; 6 other orders");
}

#[test]
fn every_kind_of_expectation_can_fail() {
    let text = ana(r#"
profiles = 2
same = [{ cookie = "k1" }, { cookie = "k3" }]
apart = [{ cookie = "k1" }, { cookie = "k2" }]
refused = [{ link = [{ cookie = "k1" }, { cookie = "k2" }], reason = "conflict" }]
rejects = [{ event = 2, reason = "time" }]
diagnostics = ["LQL0101 web.lql:3"]
[[case.profile]]
is = { email = "ana@example.org" }
only = true
cookie = { set = ["k2", "k3"] }
visits = 4
pages = { "/a" = 1, "/b" = 1, "/c" = 1 }
spent = { near = 12, within = 0.1 }
role = { absent = true }
filter = "visits > 3"
segments = ["late"]
in = ["late"]
not_in = ["buyers"]
[[case.profile]]
is = { email = "bo@example.org" }
visits = 1
[[case.profile]]
is = { cookie = "k1" }
absent = true
"#);
    insta::assert_snapshot!(told(&[WEB, TOML, BUYERS, LATE, ("a.test.toml", &text)]));
}

#[test]
fn mistakes_in_test_files_are_findings_and_hide_no_other_case() {
    let text = r#"
nwo = 2024-06-30T00:00:00Z
[[case]]
name = "unknown keys and wrong values"
order = 3
events = [{ evnt = {} }, { event = { cookie = "k1" }, time = "soon" }]
profile = [{ is = { cookie = "k1" }, visits = { near = 3 } }]
[[case]]
name = "names that the project does not have"
events = [{ stream = "wbe", event = { cookie = "k1" } }, { id = "1", time = 2024-06-01, event = { cookie = "k1" } }]
same = [{ coookie = "k1" }, { cookie = "k2" }]
[[case.profile]]
is = { cookie = "k1" }
visit = 1
role = { matchs = "^a" }
segments = ["buyer", "late"]
filter = "visit > 3"
[[case]]
name = "sound"
events = [{ time = 2024-06-01, event = { cookie = "k1" } }]
profiles = 1
[[case]]
name = "sound"
"#;
    // A key outside all cases stops the whole file.
    insta::assert_snapshot!(told(&[WEB, TOML, BUYERS, LATE, ("a.test.toml", text)]));
    let only_cases = text.replace("nwo = 2024-06-30T00:00:00Z", "");
    let told = told(&[WEB, TOML, BUYERS, LATE, ("a.test.toml", &only_cases)]);
    assert!(told.ends_with("1 case passed, 3 could not be run; 4 other orders"), "{told}");
}

#[test]
fn a_file_that_is_no_toml_is_a_finding_and_hides_no_other_file() {
    let good = ana("profiles = 1\n");
    let told = told(&[WEB, TOML, ("a.test.toml", "[[case]\nname = 3"), ("b.test.toml", &good)]);
    assert!(told.contains("a.test.toml:1:8") && told.ends_with("1 case passed; 6 other orders"), "{told}");
}

#[test]
fn rejected_events_are_expected_or_a_failure() {
    let events = r#"
[[case]]
name = "rejects"
events = [
    { event = { cookie = "a", ts = "soon" } },
    { json = '{"cookie": ' },
    { time = 2024-06-03T10:00:00Z, event = { cookie = "k2", page = "/b" } },
]
"#;
    let expected =
        format!("{events}rejects = [{{ event = 1, reason = \"no readable time\" }}, {{ event = 2 }}]\n");
    assert_eq!(told(&[WEB, TOML, ("a.test.toml", &expected)]), "1 case passed; 6 other orders");
    insta::assert_snapshot!(told(&[WEB, TOML, ("a.test.toml", events)]));
}

#[test]
fn events_come_from_files_too_some_lines_or_all() {
    let csv = "id,ts,cookie,page\n1,2024-06-01,k1,/a\n2,2024-06-02,k1,/b\n3,2024-06-03,k1,/c\n";
    let text = r#"
[[case]]
name = "all"
files = [{ stream = "web", path = "../data/clicks.csv" }]
profile = [{ is = { cookie = "k1" }, visits = 3 }]
[[case]]
name = "two of them, and one that stands here"
files = [{ stream = "web", path = "../data/clicks.csv", lines = [2, "4-9"] }]
events = [{ time = 2024-06-01, event = { cookie = "k1" } }]
profile = [{ is = { cookie = "k1" }, visits = 3, pages = { "/a" = 1, "/c" = 1 } }]
[[case]]
name = "none"
files = [{ path = "gone.csv" }]
"#;
    insta::assert_snapshot!(told(&[WEB, TOML, ("data/clicks.csv", csv), ("tests/a.test.toml", text)]));
}

#[test]
fn what_asks_for_the_present_needs_a_clock() {
    let text = ana(
        "[[case.profile]]\nis = { cookie = \"k1\" }\nnot_in = [\"late\"]\nfilter = 'first_page != \"now-3d\"'\n",
    );
    let without = text.replace("now = 2024-06-30T00:00:00Z", "");
    assert!(told(&[WEB, TOML, LATE, ("a.test.toml", &text)]).starts_with("1 case passed"));
    let told = told(&[WEB, TOML, LATE, ("a.test.toml", &without)]);
    assert_eq!(told.matches("asks for the present").count(), 2, "{told}");
}

#[test]
fn all_orders_of_many_events_are_refused() {
    let event = "{ time = 2024-06-01, event = { cookie = \"k1\" } },".repeat(8);
    let text = format!("[[case]]\nname = \"many\"\norders = \"all\"\nevents = [{event}]\n");
    let told = told(&[WEB, TOML, ("a.test.toml", &text)]);
    assert!(told.contains("8 events have too many orders to try all of them"), "{told}");
    let some = text.replace("\"all\"", "5");
    assert_eq!(super::tests::told(&[WEB, TOML, ("a.test.toml", &some)]), "1 case passed; 5 other orders");
}

#[test]
fn events_of_a_stream_without_times_take_theirs_from_the_test() {
    let text = r#"
[[case]]
name = "times"
events = [
    { time = 2024-06-02T10:00:00Z, event = { cookie = "k1", page = "/b" } },
    { time = 2024-06-01T10:00:00Z, event = { cookie = "k1", page = "/a" } },
]
profile = [{ is = { cookie = "k1" }, first_page = "/a", _created = 2024-06-01T10:00:00Z }]
"#;
    assert!(told(&[WEB, ("a.test.toml", text)]).starts_with("1 case passed"));
    let without = text.replace("time = 2024-06-01T10:00:00Z, ", "");
    let told = told(&[WEB, ("a.test.toml", &without)]);
    assert!(told.contains("nothing says when an event of stream `web` happened"), "{told}");
}

#[test]
fn a_project_with_errors_runs_no_case_but_those_about_its_findings() {
    let broken = ("web.lql", "SELECT emial(m) AS email FROM web INTO user BY email ALIAS web");
    let text = "[[case]]\nname = \"a\"\ndiagnostics = [\"LQL0201 web.lql:1\"]\n[[case]]\nname = \"b\"\nevents = [{ event = {} }]\n";
    let told = told(&[broken, ("a.test.toml", text)]);
    assert!(told.contains("NOT RUN a.test.toml:5 b"), "{told}");
    assert!(told.ends_with("1 case passed, 1 could not be run"), "{told}");
}

#[test]
fn a_test_finds_its_project_above_it_or_names_it() {
    let case = ana("profiles = 1\n");
    let named = format!("project = \"../../shop\"\n{case}");
    let elsewhere = "project = \"../gone\"\n[[case]]\nname = \"a\"\nevents = [{ event = {} }]\n";
    let web = ("shop/web.lql", WEB.1);
    let toml = ("shop/lql.toml", TOML.1);
    let folder = folder(&[
        web,
        toml,
        ("shop/tests/deep/a.test.toml", &case),
        ("tests/apart/b.test.toml", &named),
        ("tests/c.test.toml", elsewhere),
        ("shop/.hidden/d.test.toml", "nonsense"),
    ]);
    let found = find(&[folder.path().to_owned()], &disk).unwrap();
    assert_eq!((found.suites.len(), found.files.len()), (1, 3));
    assert_eq!(found.suites[0].files, [0, 1]);
    assert_eq!(found.findings.len(), 1, "{:?}", found.findings);
    let one = folder.path().join("shop/tests/deep/a.test.toml");
    assert_eq!(find(&[one], &disk).unwrap().suites.len(), 1);
    let refused = find(&[folder.path().join("shop/web.lql")], &disk).unwrap_err();
    assert!(refused.0.contains("is no test: the names of tests end in .test.toml"), "{refused}");
}

/// A state whose contributions go to waste when they come first: what no merge of ours does.
fn forgets_the_first(state: &mut State, change: &KeptChange, applied: usize) {
    if applied > 0 {
        change.apply(state);
    }
}

#[test]
fn a_merge_that_depends_on_the_order_is_found_and_shown() {
    let folder = folder(&[WEB, TOML, ("a.test.toml", &ana("profiles = 1\n"))]);
    let found = find(&[folder.path().to_owned()], &disk).unwrap();
    let (sound, broken) =
        run::with_ready(&found, &found.suites[0], &disk, &Options::default(), |court, ready| {
            let ready = ready[0].as_ref().unwrap();
            let trial = court.run(ready);
            (
                orders::check(court, ready, &trial),
                orders::check_with(court, ready, &trial, &forgets_the_first),
            )
        })
        .unwrap();
    assert_eq!(sound, (6, None));
    let failure = broken.1.unwrap();
    let prefix = format!("{}/", folder.path().display());
    insta::assert_snapshot!(failure.text().replace(&prefix, ""));
}

#[test]
fn update_rewrites_what_was_found_and_keeps_everything_else() {
    let text = ana(r#"# How many people.
profiles = 2 # wrong

[[case.profile]] # Ana
is = { email = "ana@example.org" }
visits = 4        # too many
cookie = [
    "k0", # gone
    "k2", # stays
]
first_page = { matches = "^x" } # only people know
spent = { near = 1, within = 1 }
role = { absent = true }
segments = ["late"] # in none of them
email = "ana@example.org"

    [case.profile.pages] # by address
    "/a" = 7  # one
    "/c" = 1

[[case.profile]]
is = { cookie = "k1" }
cookie = { set = ["k2", "k9"] } # in any order
pages = { exact = { "/a" = 1 } }
"#);
    let folder = folder(&[WEB, TOML, BUYERS, LATE, ("a.test.toml", &text)]);
    let report = run_in(folder.path());
    let [updated] = update(&report).try_into().unwrap();
    insta::assert_snapshot!(updated.text.strip_prefix(ANA).unwrap());
    std::fs::write(folder.path().join("a.test.toml"), &updated.text).unwrap();
    // What is left are the modes that are not rewritten.
    let left = run_in(folder.path());
    let Outcome::Failed(failures) = &left.cases[0].outcome else { panic!("{left:?}") };
    let titles: Vec<&str> = failures.iter().map(|failure| failure.title.as_str()).collect();
    assert_eq!(
        titles,
        ["`first_page` of email = \"ana@example.org\"", "`spent` of email = \"ana@example.org\""]
    );
    assert!(update(&left).is_empty());
}

#[test]
fn a_recorded_case_passes_and_a_second_one_is_appended() {
    let lines = "{\"id\":\"1\",\"ts\":\"2024-06-01T10:00:00Z\",\"cookie\":\"k1\",\"page\":\"/a\",\"paid\":3.25,\"x\":null}\n{\"id\":\"2\",\"ts\":\"soon\",\"cookie\":\"k1\"}\n";
    let csv = "id,ts,cookie,page\n1,2024-06-01,k1,/a\n";
    let folder = folder(&[WEB, TOML, BUYERS, ("web.ndjson", lines), ("events/web.csv", csv)]);
    for events in ["web.ndjson", "web.ndjson", "events/web.csv"] {
        let recorded =
            record(folder.path(), &[folder.path().join(events)], &disk, lql_compiler::Time::default())
                .unwrap();
        std::fs::create_dir_all(folder.path().join("tests")).unwrap();
        std::fs::write(&recorded.path, recorded.text).unwrap();
    }
    let report = run_in(folder.path());
    assert!(report.is_clean(), "{}", report.text(false));
    assert_eq!(report.cases.len(), 3);
    insta::assert_snapshot!(std::fs::read_to_string(folder.path().join("tests/web.test.toml")).unwrap());
}

#[test]
fn coverage_names_what_no_case_has_shown() {
    let text = r#"
[[case]]
name = "one visitor"
events = [{ time = 2024-06-01, event = { cookie = "k1", page = "/a" } }]
profiles = 1
"#;
    let folder = folder(&[WEB, TOML, BUYERS, ("a.test.toml", text)]);
    let found = find(&[folder.path().to_owned()], &disk).unwrap();
    let coverage = coverage(&found, &disk, &Options::default());
    let prefix = format!("{}/", folder.path().display());
    insta::assert_snapshot!(coverage.text().replace(&prefix, ""));
}

#[test]
fn mutants_that_no_case_notices_survive() {
    let text = ana(
        "[[case.profile]]\nis = { cookie = \"k1\" }\nrole = \"visitor\"\nvisits = 3\nfirst_page = \"/a\"\n",
    );
    let folder = folder(&[WEB, TOML, BUYERS, ("a.test.toml", &text)]);
    let found = find(&[folder.path().to_owned()], &disk).unwrap();
    let mutation = mutate(&found, &disk, &Options::default(), &MutationOptions::default(), &|_, _| ());
    let prefix = format!("{}/", folder.path().display());
    let told: Vec<String> = mutation
        .mutants
        .iter()
        .map(|it| {
            let fate = it.killed_by.as_ref().map_or("survives", |_| "killed");
            format!("{}:{}:{} {}: {fate}", it.file, it.line, it.column, it.what).replace(&prefix, "")
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    let sample = MutationOptions { sample: Some(3), time: None };
    let fewer = mutate(&found, &disk, &Options::default(), &sample, &|_, _| ());
    assert_eq!(fewer.mutants.len() + fewer.alike + fewer.invalid, 3);
    let no_time = MutationOptions { sample: None, time: Some(std::time::Duration::ZERO) };
    assert!(mutate(&found, &disk, &Options::default(), &no_time, &|_, _| ()).mutants.is_empty());
}

#[test]
fn machines_read_what_people_read() {
    let text = ana(
        "profiles = 2\n[[case]]\nname = \"<&>\"\nevents = [{ time = 2024-06-01, event = { cookie = \"k1\" } }]\n",
    );
    let folder = folder(&[WEB, TOML, ("a.test.toml", &text), ("b.test.toml", "x = 1\n")]);
    let mut report = run_in(folder.path());
    report.took = std::time::Duration::ZERO;
    report.cases.iter_mut().for_each(|case| case.took = std::time::Duration::ZERO);
    let prefix = format!("{}/", folder.path().display());
    let all = format!("{:#}\n{}\n{}", report.json(), report.junit(), report.github()).replace(&prefix, "");
    insta::assert_snapshot!(all);
}

#[test]
fn a_filter_leaves_cases_out() {
    let folder = folder(&[
        WEB,
        TOML,
        ("a.test.toml", &ana("profiles = 1\n")),
        ("kiosk.test.toml", &ana("profiles = 1\n")),
    ]);
    let found = find(&[folder.path().to_owned()], &disk).unwrap();
    for (filter, taken) in [("ANA", 2), ("Kiosk.", 1), ("nobody", 0)] {
        let options = Options { filter: Some(filter.into()), ..Options::default() };
        let report = run(&found, &disk, &options, &|_| ());
        assert_eq!((report.cases.len(), report.left_out), (taken, 2 - taken), "{filter}");
    }
}
