//! The `lql` command line: one file a verb in [`commands`], findings on standard output, everything else on standard error.

mod clock;
mod commands;
mod events;
mod outcome;
mod output;
mod project;
mod size;
mod terminal;
mod value_json;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use commands::{
    build, check, completions, cost, diff, doc, eval, explain, fmt, lint, lsp, new, repl, run, send, serve,
    stats, test, token, watch, why,
};
use outcome::{Outcome, Stop};
use std::process::ExitCode;
use terminal::{Colour, Terminal};

/// Queries that turn events into merged customer profiles: check, format, test, run and explain them.
#[derive(Parser)]
#[command(name = "lql", version, propagate_version = true, disable_help_subcommand = true)]
#[command(after_help = "Exit codes: 0 clean, 1 findings or rejected events, 2 misuse, 101 a bug of ours.")]
#[command(after_long_help = "\
Examples:
  lql run examples/shop            events of a project to profiles
  lql check examples/shop          what is wrong with its queries
  lql lint examples/shop           what in them is probably not meant
  lql test examples/shop           events, and what must come of them
  lql why examples/shop C1020      where each value of a profile comes from
  lql eval 'email(m)' --event -    one expression on one event
  lql doc email                    what a function does
  lql explain LQL0201              what a finding means

Exit codes:
  0    clean
  1    findings: errors in queries, texts that are not formatted, rejected events
  2    misuse: unknown arguments, a file that is not there, a damaged program
  101  a bug of ours; please report it
  130  ended with Ctrl-C")]
pub struct Cli {
    /// When to colour: `auto` asks the terminal, `NO_COLOR` and `FORCE_COLOR`
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Check(check::Check),
    Lint(lint::Lint),
    Fmt(fmt::Fmt),
    Run(run::Run),
    Test(test::Test),
    Watch(watch::Watch),
    Eval(eval::Eval),
    Build(build::Build),
    Why(why::Why),
    Diff(diff::DiffArgs),
    Stats(stats::Stats),
    Cost(cost::Cost),
    New(new::New),
    Repl(repl::Repl),
    Doc(doc::Doc),
    Explain(explain::Explain),
    Lsp(lsp::Lsp),
    Serve(serve::Serve),
    Send(send::Send),
    Token(token::Token),
    Completions(completions::Completions),
}

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    outcome::report_bugs();
    let matches = match Cli::command().color(terminal::clap_choice()).try_get_matches() {
        Ok(matches) => matches,
        Err(error) => {
            // `--help` and `--version` come this way too; a closed pipe is no news.
            let _ = error.print();
            return if error.use_stderr() { Outcome::Misuse.into() } else { Outcome::Clean.into() };
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return Outcome::Misuse.into();
        }
    };
    let terminal = Terminal::new(cli.color);
    let result = match &cli.verb {
        Verb::Check(args) => check::run(args, &terminal),
        Verb::Lint(args) => lint::run(args, &terminal),
        Verb::Fmt(args) => fmt::run(args, &terminal),
        Verb::Run(args) => run::run(args, &terminal),
        Verb::Test(args) => test::run(args, &terminal),
        Verb::Watch(args) => watch::run(args, &terminal),
        Verb::Eval(args) => eval::run(args, &terminal),
        Verb::Build(args) => build::run(args, &terminal),
        Verb::Why(args) => why::run(args, &terminal),
        Verb::Diff(args) => diff::run(args, &terminal),
        Verb::Stats(args) => stats::run(args, &terminal),
        Verb::Cost(args) => cost::run(args, &terminal),
        Verb::New(args) => new::run(args, &terminal),
        Verb::Repl(args) => repl::run(args, &terminal),
        Verb::Doc(args) => doc::run(args, &terminal),
        Verb::Explain(args) => explain::run(args, &terminal),
        Verb::Lsp(args) => lsp::run(args, &terminal),
        Verb::Send(args) => send::run(args, &terminal),
        Verb::Token(args) => token::run(args, &terminal),
        Verb::Serve(args) => serve::run(args, &terminal),
        Verb::Completions(args) => completions::run(args, &terminal),
    };
    match result {
        Ok(outcome) => outcome.into(),
        Err(Stop::ReaderGone) => Outcome::Clean.into(),
        Err(Stop::Misuse(message)) => {
            terminal.error(&message);
            Outcome::Misuse.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_shows_examples() {
        for verb in Cli::command().get_subcommands() {
            let help = verb.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Examples:") && help.contains("lql "), "{}", verb.get_name());
        }
    }
}
