//! A client that knows nothing of this project, only how others ask: tests/clients/host.py.

use super::*;
use lql_tests::host::Host;
use std::process::Command;
use tempfile::TempDir;

#[test]
fn existing_clients_are_served() {
    let (project, data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mobile = |stream: &str| {
        format!(
            "SELECT identifiers._uid AS _uid, email(identifiers.email) AS email, attributes.age AS age KIND int, \
             count(_ts) AS events FROM {stream} INTO user BY _uid OR email ALIAS {stream};\n"
        )
    };
    let flat = |stream: &str| {
        format!(
            "SELECT _uid, email(email) AS email, set(tags) AS tags, url, count(_uid) AS events FROM {stream} \
             INTO user BY _uid OR email ALIAS {stream};\n"
        )
    };
    let queries = [mobile("ios_sdk"), mobile("android_sdk"), flat("tag"), flat("default"), flat("rudder")];
    std::fs::write(project.path().join("all.lql"), queries.concat()).unwrap();
    std::fs::create_dir(project.path().join("segments")).unwrap();
    let filter = "FILTER EXISTS email FROM user ALIAS with_mail";
    std::fs::write(project.path().join("segments/with_mail.lql"), filter).unwrap();
    let folder = data.path().to_str().unwrap();
    let token = cli::lql(["token", "--data", folder, "--scope", "admin"]).expect(0).stdout;
    let host = Host::start(project.path(), data.path());
    let client = repository().join("tests/clients/host.py");
    let said = Command::new("python3").arg(client).args([host.address(), token.trim()]).output();
    let said = said.expect("Python 3, which Debian has as python3");
    let (out, err) = (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
    assert!(said.status.success(), "{out}{err}");
    assert_eq!(out.lines().filter(|line| line.ends_with(" passed")).count(), 5, "{out}");
}
