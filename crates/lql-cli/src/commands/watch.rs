//! `lql watch`: checks, lints and tests a project each time a file of it is saved.

use super::{plural, tally};
use crate::outcome::{Outcome, Stop};
use crate::project;
use crate::terminal::Terminal;
use lql_authoring::watch::{Round, concerns, round};
use lql_authoring::{Refusal, disk};
use lql_compiler::report;
use notify::event::{AccessKind, ModifyKind};
use notify::{EventKind, RecursiveMode, Watcher as _};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Check, lint and test a project on every save
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql watch                   the project in this folder
  lql watch examples/shop
  lql watch web.lql crm.lql   files, together as one project

Shows what `lql lint` finds and what `lql test` says, and does so again whenever a query, filter,
setting, test or event file is saved. On a terminal the screen is cleared first. Errors do not
end it; Ctrl-C does, with exit code 130.")]
pub struct Watch {
    /// A project folder, or files of queries and filters
    #[arg(default_value = ".", value_name = "PROJECT|FILES")]
    paths: Vec<PathBuf>,
}

/// An editor that saves by writing another file and renaming it makes several events; they come within this time.
const SETTLE: Duration = Duration::from_millis(15);

/// What wakes the loop.
enum Wake {
    /// A file of the project was saved.
    Saved,
    /// The system cannot watch any more.
    Failed(String),
    /// Ctrl-C.
    Interrupted,
}

/// Watches until Ctrl-C.
pub fn run(args: &Watch, terminal: &Terminal) -> Result<Outcome, Stop> {
    // What is not there now is a mistake of the call; later it may be a rename under way.
    project::load_one(&args.paths, None)?;
    let (wake, woken) = channel();
    let interrupt = wake.clone();
    ctrlc::set_handler(move || {
        let _ = interrupt.send(Wake::Interrupted);
    })
    .map_err(|error| Stop::Misuse(format!("Ctrl-C cannot be watched for: {error}")))?;
    let _watcher = watcher(&args.paths, wake)?;
    loop {
        let started = Instant::now();
        let found = round(&args.paths, &disk);
        show(&found, started.elapsed(), terminal)?;
        match wait(&woken) {
            Wake::Saved => {}
            Wake::Interrupted => return Ok(Outcome::Interrupted),
            Wake::Failed(reason) => return Err(Stop::Misuse(format!("files cannot be watched: {reason}"))),
        }
    }
}

/// Waits for a save, and until nothing more comes with it.
fn wait(woken: &Receiver<Wake>) -> Wake {
    let first = woken.recv().unwrap_or(Wake::Interrupted);
    if !matches!(first, Wake::Saved) {
        return first;
    }
    while let Ok(next) = woken.recv_timeout(SETTLE) {
        if !matches!(next, Wake::Saved) {
            return next;
        }
    }
    Wake::Saved
}

/// Watches folders with all that is in them; of files, the folders they are in, for a file that is saved by renaming
/// another one is a new file.
fn watcher(paths: &[PathBuf], wake: Sender<Wake>) -> Result<notify::RecommendedWatcher, Stop> {
    let files: BTreeSet<PathBuf> =
        paths.iter().filter(|path| !path.is_dir()).filter_map(|path| path.canonicalize().ok()).collect();
    // What a new folder holds may have been there before it could be watched.
    let is_new_folder = |event: &notify::Event, path: &Path| {
        let is_new = matches!(event.kind, EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(_)));
        let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        is_new && !is_hidden && path.is_dir()
    };
    let is_ours = move |event: &notify::Event, path: &Path| {
        if files.is_empty() { concerns(path) || is_new_folder(event, path) } else { files.contains(path) }
    };
    let unwatched = |error: notify::Error| Stop::Misuse(format!("files cannot be watched: {error}"));
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let message = match event {
            // We read files ourselves.
            Ok(event) if matches!(event.kind, EventKind::Access(kind) if !matches!(kind, AccessKind::Close(_))) => return,
            Ok(event) if event.paths.iter().any(|path| is_ours(&event, path)) => Wake::Saved,
            Ok(_) => return,
            Err(error) => Wake::Failed(error.to_string()),
        };
        let _ = wake.send(message);
    })
    .map_err(unwatched)?;
    let mut folders = BTreeSet::new();
    for path in paths {
        let (folder, mode) = if path.is_dir() {
            (path.clone(), RecursiveMode::Recursive)
        } else {
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            (parent.unwrap_or(Path::new(".")).to_owned(), RecursiveMode::NonRecursive)
        };
        let folder = folder.canonicalize().map_err(|error| Stop::unreadable(&folder, &error))?;
        if folders.insert(folder.clone()) {
            watcher.watch(&folder, mode).map_err(unwatched)?;
        }
    }
    Ok(watcher)
}

fn show(found: &Result<Round, Refusal>, took: Duration, terminal: &Terminal) -> Result<(), Stop> {
    let mut page = String::new();
    if std::io::stdout().is_terminal() {
        page.push_str("\x1b[2J\x1b[H");
    }
    match found {
        Ok(round) => {
            if !round.findings.is_empty() {
                page.push_str(&report::human(&round.findings, &round.project.views(), terminal.colour));
                page.push('\n');
            }
            if let Some(tests) = round.tests.as_ref().filter(|tests| !tests.is_clean()) {
                page.push_str(&tests.text(terminal.colour));
                page.push('\n');
            }
            page.push_str(&summary(round));
        }
        Err(refusal) => page.push_str(&refusal.to_string()),
    }
    let _ = writeln!(page, ", {} ms", took.as_millis());
    terminal.print(&page)
}

/// `no findings in 3 files, 12 cases passed`
fn summary(round: &Round) -> String {
    let files = plural(round.project.sources.len(), "file");
    let found = tally(&round.findings).unwrap_or_else(|| "no findings".to_owned());
    let tests = match &round.tests {
        Some(tests) if tests.failed() > 0 => {
            format!(", {} of {} failed", tests.failed(), plural(tests.cases.len(), "case"))
        }
        Some(tests) => format!(", {} passed", plural(tests.cases.len(), "case")),
        None => String::new(),
    };
    format!("{found} in {files}{tests}")
}
