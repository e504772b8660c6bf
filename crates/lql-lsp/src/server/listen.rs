//! The server on a port of this machine: one session for each connection, of plain TCP or of a WebSocket. The first bytes
//! tell which.
//!
//! Whoever reaches the port can read the user's files through it. So only addresses of this machine are listened on, and web
//! pages of anywhere, which a browser lets connect to this machine too, are turned away: those with a WebSocket by their origin, and other
//! requests of browsers because they do not begin as messages do.

use super::{serve, websocket};
use lql_authoring::{Refusal, plain};
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};

/// How long the first bytes of a connection may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the first message of a plain connection begins, and the request for a WebSocket.
const MESSAGE: [&[u8]; 2] = [b"content-length:", b"content-type:"];
const WEBSOCKET: &[u8] = b"get ";

/// Serves every client that connects to an address such as `127.0.0.1:7998`; port 0 is any that is free. `ready` is told the
/// address once clients may connect. Returns only if it cannot listen.
pub fn listen(address: &str, ready: impl FnOnce(SocketAddr)) -> Result<(), Refusal> {
    let address = loopback(address)?;
    let failed = |error: std::io::Error| Refusal(format!("cannot listen on {address}: {}", plain(&error)));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.map_err(failed)?.block_on(async {
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        ready(listener.local_addr().map_err(failed)?);
        loop {
            match listener.accept().await {
                // A task of its own: a panic in it ends one session.
                Ok((stream, _)) => drop(tokio::spawn(session(stream))),
                // Of one connection, or of too many: others may come.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    })
}

/// An address of this machine that no other can reach.
fn loopback(address: &str) -> Result<SocketAddr, Refusal> {
    let found = address.to_socket_addrs().map_err(|_| {
        Refusal(format!("`{address}` is no address: give one such as 127.0.0.1:7998, or 127.0.0.1:0"))
    })?;
    let found: Vec<SocketAddr> = found.collect();
    let own = found.iter().find(|address| address.ip().is_loopback());
    own.copied().filter(|_| found.iter().all(|address| address.ip().is_loopback())).ok_or_else(|| {
        Refusal(format!(
            "others could reach {address}, and read your files through the server: give an address of this machine, such as 127.0.0.1:7998"
        ))
    })
}

/// Serves one client. How it took leave is of no concern to the others.
async fn session(stream: TcpStream) {
    let _ = stream.set_nodelay(true);
    match tokio::time::timeout(PATIENCE, kind(&stream)).await {
        Ok(Some(Kind::Messages)) => {
            let (input, output) = stream.into_split();
            let _ = serve(input, output).await;
        }
        Ok(Some(Kind::WebSocket)) => websocket::serve(stream).await,
        Ok(None) | Err(_) => {}
    }
}

enum Kind {
    Messages,
    WebSocket,
}

/// What the first bytes begin; nothing if it is neither.
async fn kind(stream: &TcpStream) -> Option<Kind> {
    let mut bytes = [0; 16];
    let mut seen = 0;
    loop {
        let count = stream.peek(&mut bytes).await.ok().filter(|count| *count > 0)?;
        let start = bytes.get(..count)?.to_ascii_lowercase();
        if MESSAGE.iter().any(|word| start.starts_with(word)) {
            return Some(Kind::Messages);
        }
        if start.starts_with(WEBSOCKET) {
            return Some(Kind::WebSocket);
        }
        if !MESSAGE.iter().chain([&WEBSOCKET]).any(|word| word.starts_with(&start)) {
            return None;
        }
        // What was seen stays where it is, so waiting for more is looking again.
        if count == seen {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        seen = count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_taken() {
        for own in ["127.0.0.1:0", "127.8.9.1:7998", "[::1]:0"] {
            assert!(loopback(own).is_ok(), "{own}");
        }
        for foreign in ["0.0.0.0:0", "[::]:0", "192.168.1.1:1", "8.8.8.8:80"] {
            let refusal = loopback(foreign).unwrap_err().0;
            assert!(refusal.starts_with(&format!("others could reach {foreign}")), "{refusal}");
        }
        assert!(loopback("7998").unwrap_err().0.starts_with("`7998` is no address"));
    }
}
