//! What is said about events that are sent.

use lql_tests::host::{Answer, Host};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// A host with one query that reads `web`.
struct Fresh {
    host: Host,
    _project: TempDir,
    _data: TempDir,
}

impl std::ops::Deref for Fresh {
    type Target = Host;
    fn deref(&self) -> &Host {
        &self.host
    }
}

fn fresh() -> Fresh {
    let (project, data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let query = "SELECT id AS user_id, a, tag AS tags KIND [] string, source, n KIND int, _e FROM web INTO user BY user_id ALIAS web";
    std::fs::write(project.path().join("web.lql"), query).unwrap();
    std::fs::write(project.path().join("lql.toml"), "[streams.web]\nid = \"message\"\n").unwrap();
    Fresh { host: Host::start(project.path(), data.path()), _project: project, _data: data }
}

impl Fresh {
    fn json(&self, query: &str, body: &str) -> Answer {
        self.post(&format!("/collect/json/web{query}"), "application/json", body.as_bytes())
    }

    fn bulk(&self, query: &str, body: &[u8]) -> Answer {
        self.post(&format!("/collect/bulk/web{query}"), "application/csv", body)
    }

    /// The values that a profile has, apart from system fields.
    fn profile(&self, id: &str) -> Json {
        self.settle();
        let mut profile = self.get(&format!("/v1/profiles/user/user_id/{id}")).expect(200).json();
        profile.as_object_mut().unwrap().retain(|name, _| !name.starts_with('_') || name == "_e");
        profile
    }

    fn rejects(&self) -> Vec<Json> {
        self.settle();
        self.get("/v1/rejects").text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[test]
fn live_events_are_answered_as_clients_expect() {
    let host = fresh();
    let answer =
        host.json("?timestamp_field=when&filename=f.json", r#"{"id":"u1","a":"x","when":"2026-01-02"}"#);
    assert_eq!(answer.content_type, "application/json");
    assert_eq!(
        answer.expect(200).json(),
        json!({"status": 200, "message": "success", "data": {
            "message_count": 1, "rejected_count": 0, "content-type": "application/json", "droperrors": false,
            "dryrun": false, "timestamp_field": "when", "filename": "f.json"
        }})
    );
    assert_eq!(host.profile("u1"), json!({"a": "x", "user_id": "u1"}));
    let modified = host.get("/v1/profiles/user/user_id/u1").json()["_modified"].clone();
    assert_eq!(modified, "2026-01-02T00:00:00Z");
    let two = host.json("", r#" [{"id":"u2"}, {"id":"u3"}] "#).expect(200).json();
    assert_eq!(two["data"]["message_count"], 2);
    host.profile("u3");
}

#[test]
fn live_events_of_one_request_happen_at_one_instant() {
    let host = fresh();
    // Many entries of the log.
    let event = |n: usize| format!(r#"{{"id":"u1","n":{n},"pad":"{}"}}"#, "x".repeat(2000));
    let body = format!("[{}]", (0..200).map(event).collect::<Vec<_>>().join(","));
    host.json("", &body).expect(200);
    host.settle();
    let status = host.get("/v1/status").json();
    assert!(status["lanes"]["live"]["accepted"].as_u64().unwrap() > 2, "{status}");
    let profile = host.get("/v1/profiles/user/user_id/u1").expect(200).json();
    assert_eq!(profile["_created"], profile["_modified"]);
}

#[test]
fn bad_events_are_counted_and_kept_with_their_reason() {
    let host = fresh();
    let answer = host.json("", "[{\"id\":\"u1\"},\n {\"id\" 2}, 5,\n {\"id\":\"u2\"}]").expect(200).json();
    assert_eq!((&answer["data"]["message_count"], &answer["data"]["rejected_count"]), (&json!(2), &json!(2)));
    host.profile("u2");
    let rejects = host.rejects();
    let places: Vec<_> = rejects.iter().map(|it| (it["line"].clone(), it["column"].clone())).collect();
    assert_eq!(places, [(json!(2), json!(8)), (json!(2), json!(12))]);
    assert_eq!(rejects[0]["reason"], "expected `:` after the member name");
    assert_eq!(rejects[0]["record"], "{\"id\" 2}");
    assert_eq!(rejects[0]["stream"], "web");
    let id = rejects[0]["id"].as_str().unwrap();
    let rest = host.get(&format!("/v1/rejects?after={id}&limit=1")).expect(200).json();
    assert_eq!(rest, rejects[1]);
    host.get("/v1/rejects?after=nothing").expect(400);

    let error = host.json("", "not json").expect(400).json();
    assert_eq!(error["status"], 400);
    assert!(error["message"].as_str().unwrap().starts_with("line 1, column 1: "), "{error}");
    for body in ["", "  ", "[]"] {
        let error = host.json("", body).expect(400).json();
        assert_eq!(error["message"], "the body has no event: send an object or an array of objects");
    }
    let error = host.json("?timestamp_field=when", r#"{"id":"u1"}"#).expect(400).json();
    assert_eq!(error["message"], "line 1, column 1: no readable time in `when`");
}

#[test]
fn a_dry_run_looks_and_takes_nothing() {
    let host = fresh();
    let answer = host.json("?dryrun=true", r#"{"id":"u1"}"#).expect(200).json();
    assert_eq!((&answer["data"]["message_count"], &answer["data"]["dryrun"]), (&json!(1), &json!(true)));
    host.bulk("?dryrun=1", b"id\nu1\n").expect(200);
    host.settle();
    assert_eq!(host.get("/v1/status").json()["streams"], json!({}));
    let error = host.json("?dryrun=perhaps", r#"{"id":"u1"}"#).expect(400).json();
    assert_eq!(error["message"], "`dryrun` must be true or false, not \"perhaps\"");
}

#[test]
fn files_come_in_many_forms() {
    let host = fresh();
    host.bulk("", b"id,a\nu1,x\n\"u2\",\"y\"\"z\"\n").expect(200);
    assert_eq!(host.profile("u2"), json!({"a": "y\"z", "user_id": "u2"}));
    host.bulk("?headers=id,a&delimiter=t", b"u3\tp\n").expect(200);
    assert_eq!(host.profile("u3"), json!({"a": "p", "user_id": "u3"}));
    host.bulk("?headers=id,a&delimiter=%7C", b"u4|q\n").expect(200);
    assert_eq!(host.profile("u4"), json!({"a": "q", "user_id": "u4"}));
    host.bulk("?append=%7B%22source%22%3A%22crm%22%2C%22n%22%3A7%7D", b"id,a\nu5,x\n").expect(200);
    assert_eq!(host.profile("u5"), json!({"a": "x", "n": 7, "source": "crm", "user_id": "u5"}));
    let ndjson = b"{\"id\":\"u6\",\"a\":\"x\"}\n{\"id\":\"u7\"}\n";
    host.post("/collect/bulk/web?append=%7B%22source%22%3A%22s%22%7D", "application/json", ndjson)
        .expect(200);
    assert_eq!(host.profile("u6"), json!({"a": "x", "source": "s", "user_id": "u6"}));
    assert_eq!(host.profile("u7"), json!({"source": "s", "user_id": "u7"}));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, b"id,a\nu8,packed\n").unwrap();
    let answer = host.bulk("", &packed.finish().unwrap()).expect(200).json();
    assert_eq!(answer["data"]["content-type"], "application/csv");
    assert_eq!(host.profile("u8")["a"], "packed");
    let error = host.bulk("?delimiter=ab", b"id\n").expect(400).json();
    assert_eq!(error["message"], "`delimiter` must be one character or t, not \"ab\"");
    host.bulk("?append=%5B%5D", b"id\nu1\n").expect(400);
}

#[test]
fn a_file_ends_at_its_first_bad_row_unless_told_otherwise() {
    let host = fresh();
    let rows = b"id,a\nu1,x\nu2,y,too many\nu3,z\n";
    let error = host.bulk("", rows).expect(400).json();
    assert_eq!((&error["data"]["message_count"], &error["data"]["rejected_count"]), (&json!(1), &json!(1)));
    let message = error["message"].as_str().unwrap();
    assert!(
        message.starts_with("line 3, column ") && message.contains("1 events before that were taken"),
        "{message}"
    );
    host.profile("u1");
    host.get("/v1/profiles/user/user_id/u3").expect(404);
    let answer = host.bulk("?droperrors=true&filename=crm.csv", rows).expect(200).json();
    assert_eq!((&answer["data"]["message_count"], &answer["data"]["rejected_count"]), (&json!(2), &json!(1)));
    host.profile("u3");
    let rejects = host.rejects();
    assert_eq!(rejects.len(), 1);
    assert_eq!((&rejects[0]["file"], &rejects[0]["line"]), (&json!("crm.csv"), &json!(3)));
    assert_eq!(rejects[0]["record"], "u2,y,too many");
}

#[test]
fn messages_count_once_and_others_under_their_id_are_rejected() {
    let host = fresh();
    for _ in 0..3 {
        host.json("", r#"{"message":"m1","id":"u1","tag":"a"}"#).expect(200);
    }
    host.json("", r#"{"message":"m1","id":"u1","tag":"b"}"#).expect(200);
    host.json("", r#"{"message":"m2","id":"u1","tag":"c"}"#).expect(200);
    assert_eq!(host.profile("u1")["tags"], json!(["a", "c"]));
    let web = host.get("/v1/status").json()["streams"]["web"].clone();
    assert_eq!((&web["events"], &web["duplicates"], &web["rejected"]), (&json!(2), &json!(2), &json!(1)));
    let rejects = host.rejects();
    assert_eq!(rejects[0]["reason"], "another message came under the same id");
    assert_eq!(rejects[0]["record"], r#"{"message":"m1","id":"u1","tag":"b"}"#);
}

#[test]
fn pixels_and_forms_are_events() {
    let host = fresh();
    let answer = host.get("/c/1234/web?id=u1&_e=pv&tag=a&tag=b&a=").expect(200);
    assert_eq!(answer.content_type, "image/gif");
    assert!(answer.body.starts_with(b"GIF89a") && answer.body.ends_with(b";"));
    assert_eq!(host.profile("u1"), json!({"_e": "pv", "tags": ["a", "b"], "user_id": "u1"}));
    host.post("/c/1234/web?id=u2", "application/x-www-form-urlencoded", "_e=mk&a=%C3%A4+%26".as_bytes())
        .expect(200);
    assert_eq!(host.profile("u2"), json!({"_e": "mk", "a": "ä &", "user_id": "u2"}));
    host.get("/c/1234?id=u3").expect(200);
    host.settle();
    assert_eq!(host.get("/v1/status").json()["streams"]["default"]["events"], 1);
    host.get("/c/1234/web").expect(200);
}

#[test]
fn what_is_no_request_gets_a_clear_answer() {
    let host = fresh();
    let error = host.get("/collect/xml/web").expect(404).json();
    assert_eq!(error["message"], "there is no /collect/xml/web");
    host.get("/collect/json/web").expect(405);
    let error = host
        .post(&format!("/collect/json/{}", "s".repeat(200)), "application/json", b"{}")
        .expect(400)
        .json();
    assert_eq!(error["message"], "a stream's name has 1 to 128 bytes and no control characters");
    let large = format!("[{}]", vec![r#"{"id":"u"}"#; 1_100_000].join(","));
    let error = host.json("", &large).expect(413).json();
    assert!(error["message"].as_str().unwrap().contains("/collect/bulk"), "{error}");
    assert_eq!(host.get("/healthz").expect(200).text(), "ok\n");
    assert_eq!(host.get("/readyz").expect(200).text(), "ok\n");
}
