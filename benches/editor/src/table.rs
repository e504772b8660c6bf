//! What was measured, beside what we want.

use std::time::Duration;

/// What a row may reach: half of the times, and 99 of 100, in milliseconds.
#[derive(Clone, Copy)]
pub struct Bar {
    pub half: f64,
    pub most: f64,
}

pub fn head() {
    println!("| | p50 ms | p90 | p99 | most | wanted p50, p99 | |");
    println!("|---|---|---|---|---|---|---|");
}

/// Prints the percentiles of times.
pub fn times(project: &str, what: &str, mut times: Vec<Duration>, bar: Option<Bar>) {
    times.sort_unstable();
    let at = |percent: usize| {
        let rank = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(rank).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    };
    let (wanted, verdict) = match bar {
        Some(Bar { half, most }) => (format!("{half}, {most}"), verdict(at(50) <= half && at(99) <= most)),
        None => (String::new(), ""),
    };
    println!(
        "| {project}: {what} | {:.2} | {:.2} | {:.2} | {:.2} | {wanted} | {verdict} |",
        at(50),
        at(90),
        at(99),
        at(100)
    );
}

/// Prints what the server's process holds, in KiB.
pub fn memory(project: &str, when: &str, now: u64, peak: u64, bar: u64) {
    let mib = |kib: u64| kib as f64 / 1024.0;
    println!(
        "| {project}: memory {when} | {:.0} MiB, {:.0} at most | | | | {bar} MB | {} |",
        mib(now),
        mib(peak),
        verdict(now * 1024 < bar * 1_000_000)
    );
}

fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "**missed**" }
}
