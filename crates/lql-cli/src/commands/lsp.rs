//! `lql lsp`: the language server, for editors.

use crate::outcome::{Outcome, Stop};
use crate::terminal::Terminal;

/// Serve an editor: findings, completion, hover and more while you type
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql lsp                              on standard input and output; editors start it themselves
  lql lsp --listen 127.0.0.1:7998      for editors that connect, over TCP or a WebSocket

The server speaks the Language Server Protocol 3.17. It knows every project below the folders that
the editor has open, and the files as they are in the editor. Exit code 0 if the editor took leave
with `shutdown` before `exit`, else 1.

With --listen each connection is a session of its own, and the server stays until it is ended.
Only programs of this machine can connect; of web pages, only those that this machine serves.")]
pub struct Lsp {
    /// Waits for editors on an address of this machine; port 0 is any that is free
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// What the server does without being told; many clients tell every server.
    #[arg(long, hide = true, conflicts_with = "listen")]
    stdio: bool,
}

/// Serves until the editor leaves.
pub fn run(args: &Lsp, terminal: &Terminal) -> Result<Outcome, Stop> {
    if let Some(address) = &args.listen {
        let ready = |address| {
            // Who started it may have closed its output: that is no reason to turn editors away.
            let _ = terminal.print(&format!("listening on {address}\n"));
        };
        lql_lsp::listen(address, ready)?;
        return Ok(Outcome::Clean);
    }
    match lql_lsp::run() {
        Ok(0) => Ok(Outcome::Clean),
        Ok(_) => Ok(Outcome::Findings),
        Err(error) => Err(Stop::Misuse(format!("the server cannot start: {}", lql_authoring::plain(&error)))),
    }
}
