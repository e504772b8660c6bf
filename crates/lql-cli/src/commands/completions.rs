//! `lql completions`: what a shell needs to complete arguments.

use crate::outcome::{Outcome, Stop};
use crate::terminal::Terminal;
use clap::CommandFactory as _;

/// Print the completion script of a shell
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql completions bash > ~/.local/share/bash-completion/completions/lql
  lql completions fish > ~/.config/fish/completions/lql.fish
  lql completions zsh > \"${fpath[1]}/_lql\"")]
pub struct Completions {
    /// The shell
    shell: clap_complete::Shell,
}

/// Prints the script.
pub fn run(args: &Completions, terminal: &Terminal) -> Result<Outcome, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut crate::Cli::command(), "lql", &mut script);
    terminal.print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Clean)
}
