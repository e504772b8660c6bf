//! `lql lsp`: the language server, for editors.

use crate::outcome::{Outcome, Stop};

/// Serve an editor: findings, completion, hover and more while you type
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql lsp          on standard input and output; editors start it themselves

The server speaks the Language Server Protocol 3.17. It knows every project below the folders that
the editor has open, and the files as they are in the editor. Exit code 0 if the editor took leave
with `shutdown` before `exit`, else 1.")]
pub struct Lsp {}

/// Serves until the editor leaves.
pub fn run(_: &Lsp) -> Result<Outcome, Stop> {
    match lql_lsp::run() {
        Ok(0) => Ok(Outcome::Clean),
        Ok(_) => Ok(Outcome::Findings),
        Err(error) => Err(Stop::Misuse(format!("the server cannot start: {}", lql_authoring::plain(&error)))),
    }
}
