//! Events of the project `tests/projects/tangle`: few people under many names, few instants, few values.

use crate::delivery::Stream;
use lql_tests::generator::Random;

/// Numbers whose sum depends on the order in which a naive sum adds them.
const AMOUNTS: [&str; 8] = ["0.1", "0.2", "1e16", "-1e16", "3.7", "2.5e-7", "7", "-0.3"];
const TAGS: [&str; 5] = ["red", "green", "blue", "", "grün"];

/// Some web events and rows of the customer file. Some events share their id, and some of those also their time, though
/// they say different things: a client's ids are not to be trusted.
pub fn streams(seed: u64) -> [Stream; 2] {
    let mut random = Random::new(seed, 10, 0);
    let random = &mut random;
    let web = (0..120).map(|n| web_event(n % 100, random)).collect();
    let crm = (0..40).map(|n| crm_row(n % 30, random)).collect();
    [
        Stream { name: "web", header: None, records: web },
        Stream { name: "crm", header: Some("id,at,number,mail,phone,name,tag"), records: crm },
    ]
}

fn web_event(id: u64, random: &mut Random) -> String {
    let mut event = format!(r#"{{"id":"w{id}","at":"{}""#, instant(random));
    let mut add = |share: u64, random: &mut Random, key: &str, value: String| {
        if random.chance(share) {
            event.push_str(&format!(r#","{key}":{value}"#));
        }
    };
    let some =
        |random: &mut Random, prefix: &str, count: u64| format!(r#""{prefix}{}""#, random.below(count));
    let cookie = some(random, "k", 14);
    add(9_000, random, "cookie", cookie);
    let customer = some(random, "c", 6);
    add(2_000, random, "customer", customer);
    let mail = mail(random);
    add(2_500, random, "mail", format!(r#""{mail}""#));
    let amount = random.pick(&AMOUNTS).to_owned();
    add(7_000, random, "amount", amount);
    let points = (random.below(9) as i64 - 4).to_string();
    add(5_000, random, "points", points);
    let tag = random.pick(&TAGS);
    add(8_000, random, "tag", format!(r#""{tag}""#));
    let tags = format!(r#""{}|{}""#, random.pick(&TAGS), random.pick(&TAGS));
    add(5_000, random, "tags", tags);
    let place = some(random, "p", 3);
    add(8_000, random, "place", place);
    event.push('}');
    event
}

fn crm_row(id: u64, random: &mut Random) -> String {
    let number = if random.chance(8_000) { format!("c{}", random.below(6)) } else { String::new() };
    let mail = if random.chance(6_000) { mail(random) } else { String::new() };
    let phone = if random.chance(5_000) { format!("+47{}", random.below(5)) } else { String::new() };
    let name = random.pick(&["Ana", "\"Bo, the \"\"second\"\"\"", "Čeněk", ""]);
    format!("r{id},{},{number},{mail},{phone},{name},{}", instant(random), random.pick(&TAGS))
}

fn mail(random: &mut Random) -> String {
    let name = random.pick(&["ana", "Ana", "bo", "cem", "dee", "eva"]);
    format!("{name}@{}", random.pick(&["mail.example", "mail.example", "test.example"]))
}

/// One of twenty: most events have company at their instant.
fn instant(random: &mut Random) -> String {
    format!("2026-03-0{}T10:00:0{}Z", 1 + random.below(4), random.below(5))
}
