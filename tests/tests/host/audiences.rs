//! Who is in which segment, and when that changes.

use super::*;
use lql_tests::host::Host;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A project of one query and these filters.
fn project(filters: &str) -> TempDir {
    let project = TempDir::new().unwrap();
    let query = "SELECT id AS user_id, set(cookie) AS cookie, max(now()) AS seen KIND date, sum(n) AS total KIND int \
        FROM web INTO user BY user_id OR cookie ALIAS web";
    std::fs::write(project.path().join("web.lql"), query).unwrap();
    std::fs::create_dir(project.path().join("segments")).unwrap();
    std::fs::write(project.path().join("segments/all.lql"), filters).unwrap();
    project
}

fn send(host: &Host, event: &Json) {
    host.post("/collect/json/web", "application/json", event.to_string().as_bytes()).expect(200);
}

fn history(host: &Host, field: &str, value: &str) -> Json {
    host.settle();
    host.get(&format!("/v1/profiles/user/{field}/{value}/history")).expect(200).json()
}

/// The moves of a history as `+segment why` and `-segment why`.
fn moves(history: &Json) -> Vec<String> {
    let show = |it: &Json| {
        let sign = if it["event"] == "enter" { '+' } else { '-' };
        format!("{sign}{} {}", it["segment"].as_str().unwrap(), it["why"].as_str().unwrap())
    };
    history["moves"].as_array().unwrap().iter().map(show).collect()
}

fn time(text: &Json) -> lql_compiler::Time {
    lql_tests::time(text.as_str().unwrap())
}

#[test]
fn members_are_those_of_a_run() {
    let data = TempDir::new().unwrap();
    let host = Host::start(&shop(), data.path());
    for (stream, file) in [("web", "web.ndjson"), ("orders", "orders.csv.gz"), ("crm", "crm.csv")] {
        host.post(&format!("/collect/bulk/{stream}"), "text/csv", &events(file)).expect(200);
    }
    host.settle();
    let now = host.get("/v1/status").json()["clock"].as_str().unwrap().to_owned();
    let run = cli::lql(["run", "examples/shop", "--quiet", "--segments", "--now", &now]).expect(0);
    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for profile in run.json() {
        for slug in profile["_segments"].as_array().unwrap() {
            let members = expected.entry(slug.as_str().unwrap().to_owned()).or_default();
            members.insert(profile["_id"].as_str().unwrap().to_owned());
        }
    }
    assert!(expected.len() >= 3, "{expected:?}");
    let segments = host.get("/api/segment").expect(200).json();
    let segments = segments["data"].as_array().unwrap();
    assert_eq!(segments.len(), 8);
    for segment in segments {
        let slug = segment["slug_name"].as_str().unwrap();
        let expected = expected.remove(slug).unwrap_or_default();
        let size = host.get(&format!("/api/segment/{slug}/size")).expect(200).json();
        assert_eq!(size["data"]["size"], expected.len(), "{slug}");
        // Page by page, by slug or by id.
        let (mut found, mut start) = (BTreeSet::new(), String::new());
        loop {
            let id = if found.is_empty() { slug } else { segment["id"].as_str().unwrap() };
            let page = host.get(&format!("/api/segment/{id}/scan?limit=7&start={start}")).expect(200).json();
            assert_eq!(page["total"], expected.len());
            for profile in page["data"].as_array().unwrap() {
                assert!(profile["segments"].as_array().unwrap().contains(&json!(slug)), "{profile}");
                assert!(found.insert(profile["_id"].as_str().unwrap().to_owned()), "only once");
            }
            start = page["_next"].as_str().unwrap().to_owned();
            if start.is_empty() {
                break;
            }
        }
        assert_eq!(found, expected, "{slug}");
    }
    assert_eq!(expected, BTreeMap::new(), "all segments were listed");
    let sizes = host.get("/api/segment/sizes?ids=no_mail,strangers").expect(200).json();
    assert_eq!(sizes["data"].as_array().unwrap().len(), 2);
    host.get("/api/segment/nobody").expect(404);
    host.get("/api/segment/no_mail/scan?limit=0").expect(400);
}

/// Waits for a profile to leave the segment `recent`, and gives the exit with how late it was noticed.
fn wait_for_exit(host: &Host) -> Json {
    let started = Instant::now();
    loop {
        let history = host.get("/v1/profiles/user/user_id/u1/history").expect(200).json();
        if history["segments"] == json!({}) {
            return history;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{history}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn recent(project: &Path, data: &Path) -> Host {
    let host = Host::start(project, data);
    send(&host, &json!({"id": "u1"}));
    let history = history(&host, "user_id", "u1");
    assert_eq!(moves(&history), ["+recent events"]);
    host
}

#[test]
fn time_alone_ends_memberships_at_their_instant() {
    let (project, data) =
        (project("FILTER seen > \"now-2s\" FROM user ALIAS recent;\n"), TempDir::new().unwrap());
    let host = recent(project.path(), data.path());
    let before = history(&host, "user_id", "u1");
    let history = wait_for_exit(&host);
    let noticed = lql_compiler::Time::from_millis(
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64,
    )
    .unwrap();
    assert_eq!(moves(&history), ["+recent events", "-recent clock"]);
    assert_eq!(history["next_change"], Json::Null);
    let (entered, left) = (time(&history["moves"][0]["at"]), time(&history["moves"][1]["at"]));
    assert_eq!(time(&before["next_change"]), left, "it was known before");
    // Relative times in seconds begin with the second.
    assert_eq!(left.seconds() - entered.seconds(), 2);
    assert!(noticed.millis() - left.millis() < 1000, "noticed {} ms late", noticed.millis() - left.millis());
}

#[test]
fn an_instant_that_passes_while_the_host_is_down_is_not_missed() {
    let (project, data) =
        (project("FILTER seen > \"now-2s\" FROM user ALIAS recent;\n"), TempDir::new().unwrap());
    let host = recent(project.path(), data.path());
    let due = time(&history(&host, "user_id", "u1")["next_change"]);
    host.kill_now();
    std::thread::sleep(Duration::from_millis(2200));
    let host = Host::start(project.path(), data.path());
    let history = wait_for_exit(&host);
    assert_eq!(time(&history["moves"][1]["at"]), due, "at its instant, not when somebody looked");
}

#[test]
fn the_ledger_tells_who_came_and_went_and_why() {
    let filters = "FILTER total > 10 FROM user ALIAS big; FILTER total < 3 FROM user ALIAS small;\n";
    let (project, data) = (project(filters), TempDir::new().unwrap());
    let host = Host::start(project.path(), data.path());
    send(&host, &json!({"id": "u1", "n": 2}));
    assert_eq!(moves(&history(&host, "user_id", "u1")), ["+small events"]);
    send(&host, &json!({"id": "u1", "n": 20}));
    send(&host, &json!({"cookie": "c1", "n": 12}));
    let of_user = history(&host, "user_id", "u1");
    assert_eq!(moves(&of_user), ["+small events", "+big events", "-small events"]);
    let of_cookie = history(&host, "cookie", "c1");
    assert_eq!(moves(&of_cookie), ["+big events"]);
    assert_eq!(host.get("/api/segment/big/size").json()["data"]["size"], 2);
    // One person after all.
    send(&host, &json!({"id": "u1", "cookie": "c1"}));
    let both = history(&host, "cookie", "c1");
    assert_eq!(both["_id"], of_user["_id"]);
    assert_eq!(moves(&both), moves(&of_user), "nothing new for who stays");
    assert_eq!(host.get("/api/segment/big/size").json()["data"]["size"], 1);
    let entity = host.get("/api/entity/user/cookie/c1").json();
    assert_eq!(entity["data"]["segments"], json!(["big", "all"]));
    // The same after a restart, and when everything is made again from the log.
    host.stop();
    let again = Host::start(project.path(), data.path());
    assert_eq!(history(&again, "cookie", "c1"), both);
}

#[test]
fn the_ledger_is_the_same_when_the_log_is_read_again() {
    let filters = "FILTER total > 10 FROM user ALIAS big; FILTER seen > \"now-1s\" FROM user ALIAS recent;\n";
    let (project, data) = (project(filters), TempDir::new().unwrap());
    let host = Host::start(project.path(), data.path());
    // Live events and files in turns, each worked in before the next, and time that passes.
    for (round, n) in [8, 8, -9, 9].into_iter().enumerate() {
        if round % 2 == 0 {
            send(&host, &json!({"id": "u1", "n": n}));
        } else {
            host.post("/collect/bulk/web", "text/csv", format!("id,n\nu1,{n}\n").as_bytes()).expect(200);
        }
        host.settle();
        std::thread::sleep(Duration::from_millis(if round == 1 { 1300 } else { 5 }));
    }
    let before = history(&host, "user_id", "u1");
    host.stop();
    let shown = moves(&before);
    assert!(
        shown.contains(&"-recent clock".to_owned()) && shown.contains(&"-big events".to_owned()),
        "{shown:?}"
    );
    std::fs::remove_file(data.path().join("views.redb")).unwrap();
    let again = Host::start(project.path(), data.path());
    let after = history(&again, "user_id", "u1");
    let count = before["moves"].as_array().unwrap().len();
    assert_eq!(after["moves"].as_array().unwrap()[..count], before["moves"].as_array().unwrap()[..]);
}
