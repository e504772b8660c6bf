//! `lql new`: a first project from events.

use super::plural;
use crate::clock;
use crate::outcome::{Outcome, Stop};
use crate::output::write_all;
use crate::terminal::{Terminal, event_bar};
use lql_authoring::event_files;
use lql_authoring::infer::{self, Events};
use lql_authoring::stats::read_events;
use lql_compiler::program::StreamInput;
use std::path::{Path, PathBuf};

/// Start a project from events: queries with the reason of each column, identities, settings, filters
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql new shop --from web.ndjson crm.csv orders.csv.gz
  lql new shop --from exports/            all files of a folder
  lql new shop --from exports/ --link     links in events/ in place of copies

The name of a file up to its first dot is its stream. Every key is looked at in all events:
what is an identity, the event time, the message id; which texts are dates, numbers, e-mails.
The result is a beginning to edit: comments say why each choice was made. It checks without
finding and formatted. A folder that is there is never written over.")]
pub struct New {
    /// The folder to make; its name is the project's
    #[arg(value_name = "NAME")]
    folder: PathBuf,
    /// Files of events, or folders of such files
    #[arg(long, required = true, num_args = 1.., value_name = "EVENTS")]
    from: Vec<PathBuf>,
    /// Link the files of events instead of copying them
    #[arg(long)]
    link: bool,
    /// No progress on standard error
    #[arg(long, short)]
    quiet: bool,
}

/// Reads the events and writes the project.
pub fn run(args: &New, terminal: &Terminal) -> Result<Outcome, Stop> {
    if args.folder.exists() {
        return Err(Stop::Misuse(format!(
            "{} is there already: name another folder, nothing is written over",
            args.folder.display()
        )));
    }
    if args.from.iter().any(|path| path.as_os_str() == "-") {
        return Err(Stop::Misuse(
            "the events of a project are files: save standard input to one first".into(),
        ));
    }
    let files = event_files(&args.from, None)?;
    let bar = event_bar(!args.quiet && terminal.shows_progress());
    let streams = read_events(&files, &|_| StreamInput::default(), &mut |more| bar.inc(more))?;
    bar.finish_and_clear();
    let name =
        args.folder.file_name().map_or_else(|| "project".into(), |name| name.to_string_lossy().into_owned());
    let draft = infer::draft(&name, &streams, &files)?;
    draft.write(&args.folder, if args.link { Events::Linked } else { Events::Copied })?;
    let folder = args.folder.display();
    if let Some(test) = infer::first_test(&args.folder, &streams, clock::now())? {
        if let Some(folder) = test.path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| Stop::unwritable(folder, &error))?;
        }
        write_all(&test.path, test.text.as_bytes())?;
        terminal.print(&format!("{}\n", test.path.display()))?;
    }
    for (file, _) in &draft.files {
        terminal.print(&format!("{folder}/{file}\n"))?;
    }
    for (_, file) in &draft.events {
        terminal.print(&format!("{folder}/{file}\n"))?;
    }
    for note in &draft.notes {
        terminal.say(&format!("note: {note}"));
    }
    let events = streams.iter().map(|stats| stats.events as usize).sum();
    terminal.say(&format!("made {folder} of {}; {}", plural(events, "event"), next(&args.folder)));
    Ok(Outcome::Clean)
}

/// What to do with it.
fn next(folder: &Path) -> String {
    format!("look at it with `lql run {} --segments --format table`", folder.display())
}
