//! The profiles of a host are those of a run, byte for byte, however the events come.

use super::*;
use lql_tests::host::Host;
use tempfile::TempDir;

fn send_files(host: &Host) {
    for (stream, file) in [("orders", "orders.csv.gz"), ("crm", "crm.csv"), ("web", "web.ndjson")] {
        let path = format!("/collect/bulk/{stream}?filename={file}");
        host.post(&path, "application/octet-stream", &events(file)).expect(200);
    }
}

#[test]
fn files_give_what_a_run_gives() {
    let data = TempDir::new().unwrap();
    let host = Host::start(&shop(), data.path());
    send_files(&host);
    assert_eq!(profiles_of(&host), profiles_of_a_run());
    host.stop();
    // It is all there again, and more can come: copies of messages change nothing.
    let host = Host::start(&shop(), data.path());
    assert_eq!(profiles_of(&host), profiles_of_a_run());
    host.post("/collect/bulk/web", "application/json", &events("web.ndjson")).expect(200);
    assert_eq!(profiles_of(&host), profiles_of_a_run());
    let status = host.get("/v1/status").json();
    assert_eq!(status["streams"]["web"]["events"], 816);
    assert_eq!(status["streams"]["web"]["duplicates"], 3 + 819);
}

#[test]
fn neither_order_nor_batches_nor_copies_show() {
    let expected = profiles_of_a_run();
    for seed in lql_cases::seeds(2) {
        let mut random = Random(seed + 1);
        let data = TempDir::new().unwrap();
        let host = Host::start(&shop(), data.path());
        let web = String::from_utf8(events("web.ndjson")).unwrap();
        let mut web: Vec<&str> = web.lines().filter(|line| !line.trim().is_empty()).collect();
        let copies: Vec<&str> = (0..40).map(|_| web[random.below(web.len())]).collect();
        web.extend(copies);
        random.shuffle(&mut web);
        let mut rest = web.as_slice();
        let mut files = 3;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(1 + random.below(60)));
            rest = later;
            let body = if now.len() == 1 { now[0].to_owned() } else { format!("[{}]", now.join(",\n")) };
            host.post("/collect/json/web", "application/json", body.as_bytes()).expect(200);
            if files == 3 || (files == 2 && rest.len() < 300) {
                files -= 1;
                let (stream, file) = [("crm", "crm.csv"), ("orders", "orders.csv.gz")][files - 1];
                host.post(&format!("/collect/bulk/{stream}"), "text/csv", &events(file)).expect(200);
            }
        }
        assert_eq!(profiles_of(&host), expected, "seed {seed}");
    }
}

#[test]
fn changed_queries_apply_to_all_that_ever_came() {
    let data = TempDir::new().unwrap();
    let project = TempDir::new().unwrap();
    let query = |columns: &str| {
        let text = format!("SELECT {columns}, id AS user_id FROM web INTO user BY user_id ALIAS web");
        std::fs::write(project.path().join("web.lql"), text).unwrap();
    };
    query("a");
    let host = Host::start(project.path(), data.path());
    host.post("/collect/json/web", "application/json", br#"{"id":"u1","a":"x","b":"y"}"#).expect(200);
    let profile = |host: &Host| {
        host.settle();
        host.get("/v1/profiles/user/user_id/u1").expect(200).json()
    };
    assert_eq!(profile(&host)["a"], "x");
    host.stop();
    query("a, b AS c");
    let host = Host::start(project.path(), data.path());
    assert_eq!(profile(&host)["c"], "y");
}

#[test]
fn lytics_clients_find_their_shape() {
    let data = TempDir::new().unwrap();
    let host = Host::start(&shop(), data.path());
    send_files(&host);
    host.settle();
    let typed = host.get("/v1/profiles/user/customer_id/C1020").expect(200).json();
    let answer = host.get("/api/entity/user/customer_id/C1020").expect(200).json();
    assert_eq!(answer["status"], 200);
    assert_eq!(answer["message"], "success");
    assert_eq!(answer["meta"]["by_fields"], serde_json::json!(["customer_id", "email", "cookie"]));
    assert_eq!(answer["data"]["_id"], typed["_id"]);
    assert_eq!(answer["data"]["segments"].as_array().unwrap().last().unwrap(), "all");
    let numbers: Vec<_> = typed.as_object().unwrap().iter().filter(|(_, value)| value.is_number()).collect();
    assert!(!numbers.is_empty());
    for (name, number) in numbers {
        assert_eq!(answer["data"][name], number.to_string(), "{name}");
    }
    assert_eq!(host.get("/api/me/customer_id/C1020").json()["data"]["_id"], typed["_id"]);
    assert_eq!(host.get("/api/entity/user/C1020").json()["data"]["_id"], typed["_id"]);
    let some = host.get("/api/entity/user/customer_id/C1020?fields=email&segments=false").json();
    assert_eq!(some["data"].as_object().unwrap().keys().collect::<Vec<_>>(), ["_id", "email"]);

    let absent = host.get("/api/entity/user/customer_id/nobody").expect(200).json();
    assert_eq!(absent["message"], "Not Found");
    assert_eq!(absent["data"], serde_json::json!({"segments": ["not_found", "all"]}));
    host.get("/v1/profiles/user/customer_id/nobody").expect(404);
    let error = host.get("/api/entity/users/customer_id/C1020").expect(404).json();
    assert_eq!(error["message"], "there is no table `users`; there are: user");
    assert_eq!((&error["status"], &error["data"]), (&404.into(), &serde_json::Value::Null));
}
