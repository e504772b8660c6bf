//! Counting: allocations in this process, instructions in a process of its own under callgrind.

use crate::ALLOCATOR;
use crate::work::{self, Work};
use stats_alloc::Region;
use std::path::Path;
use std::process::Command;

/// What a work costs, for one event, query or edit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// Which work.
    pub work: Work,
    /// Instructions executed, where callgrind counts them.
    pub instructions: Option<f64>,
    /// Blocks of memory taken or made larger.
    pub allocations: f64,
}

/// Measures every work.
pub fn all() -> Vec<Figures> {
    let events = work::events();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("events.ndjson");
    std::fs::write(&file, &events).expect("events are written");
    let counts_instructions = callgrind_is_there();
    let figures = |work: Work| Figures {
        work,
        instructions: counts_instructions.then(|| instructions(work, &file) as f64 / work.count() as f64),
        allocations: allocations(work, &events) as f64 / work.count() as f64,
    };
    Work::ALL.into_iter().map(figures).collect()
}

fn allocations(work: Work, events: &[u8]) -> usize {
    work.run(events, |run| {
        let region = Region::new(ALLOCATOR);
        run();
        let change = region.change();
        change.allocations + change.reallocations
    })
}

/// Whether instructions can be counted; says why when they cannot. The figures are those of one instruction set.
fn callgrind_is_there() -> bool {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        eprintln!("instructions are not compared: the figures are those of x86-64 on Linux");
        return false;
    }
    let there =
        Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("instructions are not compared: valgrind is not installed");
    }
    there
}

fn instructions(work: Work, events: &Path) -> u64 {
    let output = Command::new("valgrind")
        .arg(format!("--callgrind-out-file={}", events.with_extension("callgrind").display()))
        .args(["--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*measured*"])
        .arg(std::env::current_exe().expect("this program has a name"))
        .args(["--only", work.name()])
        .arg(events)
        .output()
        .expect("valgrind starts");
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    match collected {
        Some(count) if output.status.success() && count > 0 => count,
        _ => panic!("callgrind counted nothing for {}:\n{said}", work.name()),
    }
}
