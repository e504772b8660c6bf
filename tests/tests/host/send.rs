//! `lql send`, the host's own client.

use super::*;
use lql_tests::host::Host;
use tempfile::TempDir;

fn send(host: &Host, more: &[&str]) -> cli::Output {
    cli::lql([&["send", "--to", host.address()], more].concat())
}

#[test]
fn files_reach_their_streams() {
    let data = TempDir::new().unwrap();
    let host = Host::start(&shop(), data.path());
    let files = ["orders.csv.gz", "crm.csv", "web.ndjson"].map(|name| format!("examples/shop/events/{name}"));
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let tried = send(&host, &[&["--dry-run"], files.as_slice()].concat()).expect(0);
    assert!(
        tried.stderr.contains("examples/shop/events/crm.csv: 63 events sound, 0 refused"),
        "{}",
        tried.stderr
    );
    assert_eq!(host.get("/v1/status").json()["streams"], serde_json::json!({}));
    let sent = send(&host, &files).expect(0);
    assert!(
        sent.stderr.contains("examples/shop/events/web.ndjson: 819 events taken, 0 refused"),
        "{}",
        sent.stderr
    );
    assert_eq!(profiles_of(&host), profiles_of_a_run());
}

#[test]
fn mistakes_are_shown_with_their_place() {
    let data = TempDir::new().unwrap();
    let host = Host::start(&shop(), data.path());
    let file = data.path().join("bad rows.csv");
    std::fs::write(&file, "a,b\n1,2\n3,4,5\n6,7\n").unwrap();
    let file = file.to_str().unwrap();
    let refused = send(&host, &[file]).expect(1);
    assert!(refused.stderr.contains("line 3, column"), "{}", refused.stderr);
    let some = send(&host, &[file, "--drop-errors", "--stream", "other stream/ä"]).expect(1);
    assert!(some.stderr.contains("2 events taken, 1 refused"), "{}", some.stderr);
    host.settle();
    assert_eq!(host.get("/v1/status").json()["streams"]["other stream/ä"]["events"], 2);
    let gone = cli::lql(["send", file, "--to", "http://127.0.0.1:9"]).expect(2);
    assert!(gone.stderr.starts_with("error: http://127.0.0.1:9: "), "{}", gone.stderr);
    let wrong = cli::lql(["send", file, "--to", "127.0.0.1:8089"]).expect(2);
    assert!(wrong.stderr.contains("it begins with http://"), "{}", wrong.stderr);
}

#[test]
fn a_token_goes_along() {
    let data = TempDir::new().unwrap();
    let host = Host::start(&shop(), data.path());
    let folder = data.path().to_str().unwrap();
    let token = cli::lql(["token", "--data", folder, "--scope", "ingest"]).expect(0).stdout;
    let file = "examples/shop/events/crm.csv";
    let refused = send(&host, &[file]).expect(2);
    assert!(refused.stderr.contains("401"), "{}", refused.stderr);
    send(&host, &[file, "--token", token.trim()]).expect(0);
}
