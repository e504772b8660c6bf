//! `lql serve`: the host.

use crate::outcome::{Outcome, Stop};
use crate::project;
use crate::terminal::Terminal;
use lql_host::tokens::{Access, Tokens};
use lql_host::{Host, Settings, http};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Take events in over HTTP, and keep the profiles that they make
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  lql serve examples/shop --data /var/lib/shop
  lql serve shop.lqlc --data data --listen 127.0.0.1:9000

Events go to /collect/json/STREAM and /collect/bulk/STREAM, pixels and forms to /c/ID/STREAM;
profiles are at /api/entity/TABLE/FIELD/VALUE and, with typed values, at /v1/profiles. An answer of
200 says that the events are on disk. The folder of --data holds everything: the log of events, and
what follows from it. When the queries have changed since the last start, profiles are made again
from the log. Ctrl-C or SIGTERM stops the host when all is done that was accepted.")]
pub struct Serve {
    /// A project folder, files of queries and filters, or one compiled file
    #[arg(default_value = ".", value_name = "PROJECT|FILES")]
    paths: Vec<PathBuf>,
    /// Folder of the data; made if it is not there
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8089")]
    listen: SocketAddr,
}

/// Serves until told to stop; exit code 1 if the project has errors.
pub fn run(args: &Serve, terminal: &Terminal) -> Result<Outcome, Stop> {
    let open = matches!(Tokens::of(&args.data).access(None), Ok(Access::Open));
    if open && !args.listen.ip().is_loopback() {
        return Err(Stop::Misuse(format!(
            "{} can be reached from other machines, and without tokens everybody there could read all profiles: \
             make one with `lql token`, or listen on 127.0.0.1",
            args.listen
        )));
    }
    let Some((package, _)) = project::compile(&args.paths, terminal)? else { return Ok(Outcome::Findings) };
    let host = Host::start(package, &args.data, Settings::default())
        .map_err(|error| Stop::Misuse(error.to_string()))?;
    if host.rebuilds {
        terminal.say("the queries have changed: profiles are made again from the log");
    }
    let served = http::serve(host, args.listen, |address| {
        // Whoever has started us waits for this line, and finds out by itself that nobody reads it.
        let _ = terminal.print(&format!("listening on http://{address}\n"));
    });
    served.map_err(|error| Stop::Misuse(format!("{}: {}", args.listen, lql_authoring::plain(&error))))?;
    Ok(Outcome::Clean)
}
