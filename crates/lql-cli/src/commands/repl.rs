//! `lql repl`: expressions on events, line by line.

mod editor;

use super::{doc, findings_if};
use crate::clock;
use crate::outcome::{Outcome, Stop};
use crate::project;
use crate::terminal::Terminal;
use lql_authoring::repl::{Answer, Session, is_complete};
use lql_compiler::report::{self, SourceView};
use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;

/// Try expressions on events, line by line
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql repl                              expressions without events
  lql repl examples/shop                on the events of a project
  echo 'email(\" A@B \")' | lql repl      lines from a pipe

Each line is an expression on the current event, or a command: .load EVENTS reads events, .next
and .event N go through them, .why EXPR shows the value of every part, .type its kind, .program
its instructions, .fields what there is, .doc NAME the catalog; .help shows all. A line with an
open bracket or quote goes on in the next. On a terminal, Tab completes functions, kinds, fields
and keys, and lines are remembered. When lines come from a pipe or a file, the exit code is 1 if
any of them was wrong.")]
pub struct Repl {
    /// A project folder; its events are loaded
    #[arg(value_name = "PROJECT")]
    project: Option<PathBuf>,
}

/// Talks until the end of the input.
pub fn run(args: &Repl, terminal: &Terminal) -> Result<Outcome, Stop> {
    let project =
        args.project.as_ref().map(|path| project::load_one(std::slice::from_ref(path), None)).transpose()?;
    let session = Session::new(project, clock::now());
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return editor::talk(session, terminal);
    }
    let outcome = listen(session, terminal)?;
    Ok(outcome)
}

/// Reads lines that nobody types.
fn listen(mut session: Session, terminal: &Terminal) -> Result<Outcome, Stop> {
    let mut text = String::new();
    let mut any_wrong = false;
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let line = lines.next().transpose().map_err(|error| Stop::unreadable("-".as_ref(), &error))?;
        let ended = line.is_none();
        text.push_str(line.as_deref().unwrap_or_default());
        if !ended && !is_complete(&text) {
            text.push('\n');
            continue;
        }
        let answer = session.answer(&text);
        any_wrong |= answer.is_wrong();
        text.clear();
        if say(&answer, terminal)? || ended {
            return Ok(findings_if(any_wrong));
        }
    }
}

/// Prints an answer; whether it was the last.
fn say(answer: &Answer, terminal: &Terminal) -> Result<bool, Stop> {
    if !answer.findings.is_empty() {
        let views = [SourceView::new("<line>", &answer.of)];
        terminal.print(&report::human(&answer.findings, &views, terminal.colour))?;
    }
    terminal.print(&answer.text)?;
    if let Some(name) = &answer.page
        && let Err(Stop::Misuse(message)) = doc::show(name, terminal)
    {
        terminal.print(&format!("{message}\n"))?;
    }
    Ok(answer.ends)
}
