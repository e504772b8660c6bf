//! Who may ask for what.

use super::*;
use lql_tests::host::Host;
use serde_json::json;
use std::path::Path;
use tempfile::TempDir;

fn token(data: &Path, scope: &str) -> String {
    let arguments =
        ["token".as_ref(), "--data".as_ref(), data.as_os_str(), "--scope".as_ref(), scope.as_ref()];
    cli::lql(arguments).expect(0).stdout.trim().to_owned()
}

#[test]
fn a_token_is_good_for_its_scope() {
    let data = TempDir::new().unwrap();
    let host = Host::start(&shop(), data.path());
    let path = "/api/entity/user/email/a@b.example";
    host.get(path).expect(200);
    // From the first token on everybody needs one, also while the host runs.
    let [ingest, read, admin] = ["ingest", "read", "admin"].map(|scope| token(data.path(), scope));
    let error = host.get(path).expect(401).json();
    assert_eq!(error, json!({"data": null, "status": 401, "message": "Not authorized"}));
    for (token, status) in [(&ingest, 403), (&read, 200), (&admin, 200)] {
        host.get_with(path, ("authorization", token)).expect(status);
        host.get_with(path, ("authorization", &format!("Bearer {token}"))).expect(status);
        host.get(&format!("{path}?key={token}")).expect(status);
    }
    for (token, status) in [(&ingest, 200), (&read, 403), (&admin, 200)] {
        let path = format!("/collect/json/web?access_token={token}");
        host.post(&path, "application/json", b"{}").expect(status);
    }
    for wrong in ["", "at.", "at.x.y", "x", &read[..read.len() - 1]] {
        host.get_with(path, ("authorization", wrong)).expect(401);
    }
    host.get("/healthz").expect(200);
    host.get("/c/1/web?uid=c").expect(200);
    host.stop();
    let kept = std::fs::read_to_string(data.path().join("tokens.json")).unwrap();
    for token in [ingest, read, admin] {
        let secret = token.rsplit('.').next().unwrap();
        assert!(secret.len() >= 64 && !kept.contains(secret));
    }
}

#[test]
fn tokens_that_are_made_at_once_are_all_good() {
    let data = TempDir::new().unwrap();
    let host = Host::start(&shop(), data.path());
    let tokens: Vec<String> = std::thread::scope(|scope| {
        let made: Vec<_> = (0..8).map(|_| scope.spawn(|| token(data.path(), "read"))).collect();
        made.into_iter().map(|made| made.join().unwrap()).collect()
    });
    for token in tokens {
        host.get_with("/v1/status", ("authorization", &token)).expect(200);
    }
}

#[test]
fn without_tokens_a_host_stays_at_home() {
    let data = TempDir::new().unwrap();
    let serve = |data: &Path| {
        let arguments = ["serve".as_ref(), "no such project".as_ref(), "--data".as_ref(), data.as_os_str()];
        cli::lql(arguments.into_iter().chain(["--listen".as_ref(), "0.0.0.0:0".as_ref()])).expect(2).stderr
    };
    assert!(serve(data.path()).contains("make one with `lql token`"));
    token(data.path(), "admin");
    assert!(serve(data.path()).contains("no such project"), "now it is about the project");
}
