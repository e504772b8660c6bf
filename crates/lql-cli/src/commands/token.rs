//! `lql token`: tokens for the clients of a host.

use crate::outcome::{Outcome, Stop};
use crate::terminal::Terminal;
use lql_host::tokens::{Scope, Tokens};
use std::path::PathBuf;

/// Make a token for a client of the host
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql token --data data --scope ingest      for who sends events
  lql token --data data --scope read        for who reads profiles and segments
  lql token --data data --scope admin       for everything

Prints the token once; only its hash is kept. Clients send it as the header Authorization, or as
access_token or key in the query. Once there is a token, every request needs one, apart from pixels,
/healthz and /readyz. A running host takes it at once.")]
pub struct Token {
    /// Folder of the host's data; made if it is not there
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// What the token is good for
    #[arg(long, value_enum)]
    scope: ScopeArg,
}

/// Scopes, as arguments name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ScopeArg {
    /// Sending events
    Ingest,
    /// Reading profiles, segments and figures
    Read,
    /// Everything
    Admin,
}

/// Makes a token and prints it.
pub fn run(args: &Token, terminal: &Terminal) -> Result<Outcome, Stop> {
    let scope = match args.scope {
        ScopeArg::Ingest => Scope::Ingest,
        ScopeArg::Read => Scope::Read,
        ScopeArg::Admin => Scope::Admin,
    };
    let token = Tokens::of(&args.data).create(scope);
    let token = token.map_err(|error| {
        Stop::Misuse(format!("{}: {}", args.data.display(), lql_authoring::plain(&error)))
    })?;
    terminal.print(&format!("{token}\n"))?;
    Ok(Outcome::Clean)
}
