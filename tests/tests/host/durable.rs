//! What was acknowledged is there, once, whenever the host is killed.

use super::*;
use lql_tests::host::Host;
use std::time::Duration;
use tempfile::TempDir;

/// Sends all web events of the shop in small batches, each until it is acknowledged, while the host is killed again and
/// again. Batches that were sent but not acknowledged are sent once more: their events have message ids.
#[test]
fn kills_lose_nothing_and_double_nothing() {
    let expected = profiles_of_a_run();
    for seed in lql_cases::seeds(1) {
        let mut random = Random(seed + 77);
        let data = TempDir::new().unwrap();
        let mut host = Host::start(&shop(), data.path());
        for (stream, file) in [("crm", "crm.csv"), ("orders", "orders.csv.gz")] {
            host.post(&format!("/collect/bulk/{stream}"), "text/csv", &events(file)).expect(200);
        }
        let web = String::from_utf8(events("web.ndjson")).unwrap();
        let web: Vec<&str> = web.lines().filter(|line| !line.trim().is_empty()).collect();
        let mut kills = 0;
        for batch in web.chunks(20) {
            let body = format!("[{}]", batch.join(","));
            loop {
                // One in three is killed a moment after the batch was sent: before, while or after it is written.
                let dies = random.below(3) == 0;
                let after = Duration::from_micros(random.below(8000) as u64);
                let acknowledged = std::thread::scope(|scope| {
                    let sending = scope
                        .spawn(|| host.try_post("/collect/json/web", "application/json", body.as_bytes()));
                    if dies {
                        std::thread::sleep(after);
                        host.kill_now();
                    }
                    sending.join().unwrap().is_ok_and(|answer| answer.status == 200)
                });
                if dies {
                    kills += 1;
                    host = Host::start(&shop(), data.path());
                }
                if acknowledged {
                    break;
                }
                assert!(dies, "a host that lives acknowledges");
            }
        }
        assert_eq!(profiles_of(&host), expected, "seed {seed}, {kills} kills");
        let counts = host.get("/v1/status").json()["streams"]["web"].clone();
        assert_eq!(counts["events"], 816, "{counts}");
        assert!(kills > 5, "{kills}");
    }
}

#[test]
fn only_one_host_uses_a_folder() {
    let data = TempDir::new().unwrap();
    let host = Host::start(&shop(), data.path());
    let other = cli::lql([
        "serve".as_ref(),
        shop().as_os_str(),
        "--data".as_ref(),
        data.path().as_os_str(),
        "--listen".as_ref(),
        "127.0.0.1:0".as_ref(),
    ]);
    assert!(other.expect(2).stderr.contains("another host uses this folder"));
    host.stop();
}

#[test]
fn a_damaged_log_is_named_and_nothing_is_thrown_away() {
    let data = TempDir::new().unwrap();
    let host = Host::start(&shop(), data.path());
    for _ in 0..2 {
        host.post("/collect/json/web", "application/json", b"{}").expect(200);
    }
    host.stop();
    let path = data.path().join("log/live/00000000000000000000.log");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[60] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let refused =
        cli::lql(["serve".as_ref(), shop().as_os_str(), "--data".as_ref(), data.path().as_os_str()]);
    let said = refused.expect(2).stderr;
    assert!(said.contains("00000000000000000000.log: acknowledged events are damaged at byte 24"), "{said}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}
