//! What an answer names is enough: the events alone make the same value.

use super::{FieldWhy, Verdict, field, segment};
use crate::evidence::Evidence;
use crate::trial::{Recording, Stage, Trial};
use crate::{Project, disk, read_settings};
use bumpalo::Bump;
use lql_compiler::program::Package;
use lql_compiler::schema::{FieldId, TableId};
use lql_compiler::{Checked, Source, Time, check};
use lql_runtime::decode::Options;
use lql_runtime::merge::Owned;
use lql_runtime::{Memberships, State};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A project with recorded events, that tests ask questions about.
pub(super) struct Case {
    pub(super) sources: Vec<Source>,
    pub(super) checked: Checked,
    pub(super) package: Package,
    pub(super) recording: Recording,
    constants: Bump,
}

impl Case {
    pub(super) fn shop() -> Self {
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop"));
        let project = Project::load_one(&[folder], None, &disk).unwrap();
        let mut recording = Recording::default();
        for file in &project.events {
            let input = std::fs::File::open(&file.path).unwrap();
            let name = format!("events/{}", file.path.file_name().unwrap().to_str().unwrap());
            recording.read(&file.stream, &name, input, Options::default()).unwrap();
        }
        let checked = project.check();
        Self::new(project.sources, checked, recording)
    }

    pub(super) fn of(query: &str, settings: &str, events: &[String]) -> Self {
        let sources = vec![Source::lql("a.lql", query)];
        let (file, findings) = read_settings(settings, 1);
        assert!(findings.is_empty(), "{findings:?}");
        let checked = check(&sources, &file.settings);
        let errors: Vec<_> = checked.diagnostics.iter().filter(|found| found.is_error()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        let mut recording = Recording::default();
        for (event, line) in events.iter().zip(1..) {
            recording.push_json("s", "s.ndjson", line, event);
        }
        Self::new(sources, checked, recording)
    }

    fn new(sources: Vec<Source>, checked: Checked, recording: Recording) -> Self {
        let package = checked.package().unwrap();
        Self { sources, checked, package, recording, constants: Bump::new() }
    }

    pub(super) fn ask<R>(&self, question: impl FnOnce(&Evidence<'_>) -> R) -> R {
        let stage = Stage::new(&self.package, Time::default(), &self.constants).unwrap();
        let trial = stage.run(&self.recording);
        let as_of = trial.as_of(&self.package);
        question(&Evidence::new(&self.checked, &self.sources, &stage, &self.recording, &trial, as_of))
    }
}

/// What a field is in the profile that these events alone make.
fn again(evidence: &Evidence<'_>, why: &FieldWhy, table: TableId, id: FieldId) -> Option<Owned> {
    let mut state = State::new(evidence.schema());
    for event in &why.events {
        evidence.mapped(*event)?.changes.iter().for_each(|change| {
            change.apply(&mut state);
        });
    }
    let home = why.contributions.iter().find(|given| given.verdict.decides())?.node;
    let home = evidence.table(table)?.name(home);
    let groups = state.groups(table);
    let is_home = |member: &u32| {
        state.identity(table, *member).is_some_and(|(found, _)| (found.field, found.value) == home)
    };
    let (found, members) = groups.iter().find(|(_, members)| members.iter().any(is_home))?;
    let profile = state.profile(table, found, members, evidence.as_of);
    profile.fields.into_iter().find(|(field, _)| *field == id).map(|(_, value)| value)
}

/// Asks for every value, and makes each again from the events that the answer names. How many there were.
fn check_all(evidence: &Evidence<'_>, trial: &Trial) -> usize {
    let mut asked = 0;
    for table in &evidence.tables {
        for profile in 0..table.profiles.len() {
            for (id, value) in evidence.profile(table, profile).unwrap().fields {
                let why = field(evidence, table, profile, id, None).unwrap();
                let again = again(evidence, &why, table.table, id);
                assert_eq!(again, Some(value), "{}", why.text(true));
                assert!(why.events.len() <= trial.mapped.len() && !why.contributions.is_empty());
                asked += 1;
            }
        }
    }
    asked
}

#[test]
fn every_value_of_the_shop_has_a_why_that_is_enough() {
    let asked = Case::shop().ask(|evidence| check_all(evidence, evidence.trial));
    assert!(asked > 1000, "{asked}");
}

/// Every operator on kinds that it fits, with limits and without.
const EVERY_OPERATOR: &str = r#"
SELECT a AS a, b AS b, set(c) AS c,
    t AS newest, t AS oldest MERGEOP oldest, min(n) AS least KIND int, max(n) AS most KIND number,
    sum(n) AS total KIND int, sum(x) AS exact KIND number, count(t) AS times,
    set(l) AS all, set(l) AS few, set(l) AS short_lived,
    l AS last_list KIND []string MERGEOP latest, l AS timed KIND ts[]string, l AS timed_few KIND ts[]string,
    map(t, n) AS entries KIND map[string]int, map(t, n) AS entries_few KIND map[string]int,
    map(t, n) AS first_entries KIND map[string]int MERGEOP oldestmap,
    map(t, n) AS first_few KIND map[string]int MERGEOP oldestmap,
    map(t, n) AS most_of KIND map[string]int MERGEOP mapmax, map(t, n) AS least_of KIND map[string]int MERGEOP mapmin,
    map(t, n) AS most_few KIND map[string]int MERGEOP mapmax,
    map(t, x) AS sums KIND map[string]number MERGEOP sum, valuect(l) AS counts, valuect(l) AS counts_few,
    timebucket(at) AS days, oneof(t, "none") AS often, todate(at) AS first_at KIND date MERGEOP min
FROM s INTO user BY a OR b OR c ALIAS q;
SELECT a AS a, t AS newest IF n > 1, x AS exact KIND number, n AS total KIND int MERGEOP sum FROM s INTO user BY a WHERE n != 3 ALIAS r;
"#;

const LIMITS: &str = r#"
now = "2024-01-08T00:00:00Z"
[streams.s]
timestamp = "at"
id = "id"
[tables.user]
neighbour_limit = 2
identity_limit = 4
[[tables.user.blocked]]
field = "b"
value = "b3"
[tables.user.fields.few]
capacity = 2
[tables.user.fields.short_lived]
keep_days = 3
[tables.user.fields.timed_few]
capacity = 2
keep_days = 4
[tables.user.fields.entries_few]
capacity = 2
keep_days = 3
[tables.user.fields.first_few]
capacity = 2
[tables.user.fields.most_few]
keep_days = 3
[tables.user.fields.counts_few]
capacity = 2
keep_days = 3
"#;

fn event() -> impl Strategy<Value = serde_json::Value> {
    let some = |names: &'static [&'static str]| prop::option::of(prop::sample::select(names));
    (
        some(&["a0", "a1", "a2", "a3"]),
        some(&["b0", "b1", "b2", "b3"]),
        prop::option::of(prop::collection::vec(prop::sample::select(&["c0", "c1", "c2", "c3"][..]), 1..3)),
        some(&["x", "y", "z", "w"]),
        prop::option::of(-2i64..5),
        prop::option::of(prop::sample::select(&[0.1, 0.25, 1e17, -1e17, 3.0][..])),
        prop::option::of(prop::collection::vec(prop::sample::select(&["p", "q", "r", "s"][..]), 0..4)),
        0u32..7,
        prop::option::weighted(0.3, 0u8..4),
    )
        .prop_map(|(a, b, c, t, n, x, l, day, id)| {
            let mut event = serde_json::json!({ "at": format!("2024-01-0{}T12:00:00Z", day + 1) });
            let mut put = |key: &str, value: Option<serde_json::Value>| {
                if let Some(value) = value {
                    event[key] = value;
                }
            };
            put("a", a.map(Into::into));
            put("b", b.map(Into::into));
            put("c", c.map(Into::into));
            put("t", t.map(Into::into));
            put("n", n.map(Into::into));
            put("x", x.map(Into::into));
            put("l", l.map(Into::into));
            put("id", id.map(Into::into));
            event
        })
}

proptest! {
    #![proptest_config(lql_cases::cases(60))]

    #[test]
    fn what_an_answer_names_is_enough(events in prop::collection::vec(event(), 1..30), limited in any::<bool>()) {
        let events: Vec<String> = events.iter().map(ToString::to_string).collect();
        let settings = if limited { LIMITS } else { "now = \"2024-01-08T00:00:00Z\"\n[streams.s]\ntimestamp = \"at\"\n" };
        Case::of(EVERY_OPERATOR, settings, &events).ask(|evidence| check_all(evidence, evidence.trial));
    }
}

/// What beat each contribution, by the line of its event.
#[test]
fn verdicts_say_what_beat_a_contribution() {
    use Verdict::{Brings, Evicted, Expired, Newer, Older, Renews, Same, SameTime, Smaller, Wins};
    let query = "SELECT a AS a, t AS newest, t AS oldest MERGEOP oldest, max(n) AS most, set(t) AS few, set(t) AS young,
        map(t, n) AS best KIND map[string]int MERGEOP mapmax FROM s INTO user BY a ALIAS q";
    let settings = "now = \"2024-01-10\"\n[streams.s]\ntimestamp = \"at\"\nid = \"id\"\n[tables.user.fields.few]\ncapacity = 2\n\
        [tables.user.fields.young]\nkeep_days = 3\n[tables.user.fields.best]\nkeep_days = 3\n";
    let event = |day: u32, t: &str, n: i64, id: u32| {
        format!(r#"{{"a":"a","at":"2024-01-0{day}","t":"{t}","n":{n},"id":{id}}}"#)
    };
    let events = [event(1, "x", 9, 1), event(6, "y", 1, 2), event(7, "x", 2, 3), event(7, "z", 9, 4)];
    Case::of(query, settings, &events).ask(|evidence| {
        let table = &evidence.tables[0];
        let verdicts = |name: &str| {
            let id = evidence.schema().find_field(table.table, name).unwrap();
            let why = field(evidence, table, 0, id, None).unwrap();
            let mut all: Vec<_> = why.contributions.iter().map(|it| (it.event.event, it.verdict)).collect();
            all.sort();
            all.into_iter().map(|(_, verdict)| verdict).collect::<Vec<_>>()
        };
        let newest = verdicts("newest");
        let tied = [[Older, Older, Wins, SameTime], [Older, Older, SameTime, Wins]];
        assert!(tied.iter().any(|tied| newest == tied), "{newest:?}");
        assert_eq!(verdicts("oldest"), [Wins, Newer, Newer, Newer]);
        assert_eq!(verdicts("most"), [Wins, Smaller, Smaller, Same]);
        assert_eq!(verdicts("few"), [Same, Evicted, Brings, Brings]);
        assert_eq!(verdicts("young"), [Same, Expired, Brings, Brings]);
        assert_eq!(verdicts("best"), [Brings, Expired, Renews, Brings]);
    });
}

/// Where one contribution is the value, one event is named.
#[test]
fn no_event_is_named_in_vain() {
    Case::shop().ask(|evidence| {
        let table = &evidence.tables[0];
        let mut asked = 0;
        for profile in 0..table.profiles.len() {
            for (id, _) in evidence.profile(table, profile).unwrap().fields {
                let why = field(evidence, table, profile, id, None).unwrap();
                let is_one =
                    matches!(why.mergeop, "latest" | "oldest" | "min" | "max") && !why.kind.contains('[');
                if is_one {
                    assert_eq!((why.events.len(), why.links.len()), (1, 0), "{}", why.text(true));
                    asked += 1;
                }
            }
        }
        assert!(asked > 500, "{asked}");
    });
}

#[test]
fn every_missing_value_of_the_shop_has_its_reasons() {
    Case::shop().ask(|evidence| {
        let table = &evidence.tables[0];
        let mut asked = 0;
        for profile in (0..table.profiles.len()).step_by(4) {
            let there: BTreeSet<_> =
                evidence.profile(table, profile).unwrap().fields.into_iter().map(|(id, _)| id).collect();
            for (id, info) in evidence.schema().fields_of(table.table).filter(|(id, _)| !there.contains(id)) {
                let why = field(evidence, table, profile, id, None).unwrap();
                let is_told =
                    !why.silent.is_empty() && why.silent.iter().all(|silent| !silent.reasons.is_empty());
                assert!(is_told && why.value.is_none(), "{} {}", info.name, why.text(true));
                asked += 1;
            }
        }
        assert!(asked > 100, "{asked}");
    });
}

/// The tree says what a run says, and at the flip a run says the opposite.
#[test]
fn segments_of_the_shop_are_told_as_a_run_tells_them() {
    Case::shop().ask(|evidence| {
        let table = &evidence.tables[0];
        let constants = Bump::new();
        let memberships = Memberships::new(&evidence.stage.package().segments, &constants).unwrap();
        let is_in = |profile: usize, slug: &str, at: Time| {
            let of = &table.profiles[profile];
            let read = evidence.trial.state.profile(table.table, of.id, &of.members, at);
            memberships.of(&read, evidence.schema(), at).contains(&slug)
        };
        let (mut members, mut flips) = (0, 0);
        for profile in (0..table.profiles.len()).step_by(3) {
            for found in &evidence.stage.package().segments {
                let told = segment(evidence, table, profile, &found.slug).unwrap();
                assert_eq!(told.member, is_in(profile, &found.slug, evidence.as_of), "{}", told.text());
                members += usize::from(told.member);
                if let Some(flip) = &told.flip {
                    let at = crate::instant(&flip.at).unwrap();
                    let before = Time::new(at.seconds() - 1, at.nanos()).unwrap();
                    assert_eq!(is_in(profile, &found.slug, at), !told.member, "{}", told.text());
                    assert_eq!(is_in(profile, &found.slug, before), told.member, "{}", told.text());
                    flips += 1;
                }
            }
        }
        assert!(members > 20 && flips > 10, "{members} {flips}");
    });
}

#[test]
fn answers_about_the_shop() {
    let asked = [
        ("C1020", "first_channel"),
        ("C1020", "spend_total"),
        ("C1020", "skus_bought"),
        ("C1020", "event_counts"),
        ("C1020", "email"),
        ("C1020", "topics"),
        ("C1010", "phone"),
        ("C1006", "name"),
        ("C1006", "last_campaign"),
    ];
    let texts: Vec<String> = Case::shop().ask(|evidence| {
        let table = &evidence.tables[0];
        let text = |(value, name): &(&str, &str)| {
            let id = table.identities().find(|(_, _, known)| known == value).unwrap().0;
            let name = evidence.schema().find_field(table.table, name).unwrap();
            field(evidence, table, table.profile_of(id).unwrap(), name, None).unwrap().text(false)
        };
        asked.iter().map(text).collect()
    });
    insta::assert_snapshot!(texts.join("\n------\n"));
}
