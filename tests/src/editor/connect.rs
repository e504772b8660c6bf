//! The ways to a server: in this process, over the pipes of the binary, over TCP, over a WebSocket.

use super::{Editor, Server};
use crate::cli::binary;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest as _};

impl Editor {
    /// Starts a server in this process; not initialized yet.
    pub fn in_memory() -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let (our_input, mut our_output) = tokio::io::split(ours);
        let (input, output) = tokio::io::split(theirs);
        let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let server = std::thread::spawn(move || runtime().block_on(lql_lsp::serve(input, output)).unwrap());
        let (outbox, mut messages) = tokio::sync::mpsc::unbounded_channel::<Vec<u8>>();
        std::thread::spawn(move || {
            runtime().block_on(async {
                while let Some(bytes) = messages.recv().await {
                    if our_output.write_all(&bytes).await.is_err() {
                        return;
                    }
                }
                let _ = our_output.shutdown().await;
            });
        });
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let bridge = Bridge { runtime: runtime(), input: our_input };
            read_all(bridge, |message| sender.send(message).is_ok());
        });
        let send = move |bytes: &[u8]| drop(outbox.send(bytes.to_vec()));
        Self::new(Box::new(send), receiver, Server::Memory(Some(server)))
    }

    /// Starts `lql lsp`; not initialized yet.
    pub fn of_binary() -> Self {
        let mut command = Command::new(binary());
        let mut child = command
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, receiver) = channel();
        std::thread::spawn(move || read_all(stdout, |message| sender.send(message).is_ok()));
        // A server that has ended reads nothing; the test sees its exit code.
        let send = move |bytes: &[u8]| drop(stdin.write_all(bytes).and_then(|()| stdin.flush()));
        Self::new(Box::new(send), receiver, Server::Process(child))
    }

    /// Connects to a server that listens; not initialized yet.
    pub fn over_tcp(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        let (mut outlet, (sender, receiver)) = (stream.try_clone().unwrap(), channel());
        std::thread::spawn(move || read_all(stream, |message| sender.send(message).is_ok()));
        let send = move |bytes: &[u8]| {
            // No bytes at all stand for the end.
            let _ = if bytes.is_empty() { outlet.shutdown(Shutdown::Both) } else { outlet.write_all(bytes) };
        };
        Self::new(Box::new(send), receiver, Server::Remote)
    }

    /// The same over a WebSocket, as a page of an origin would; an error is the status of the refusal.
    pub fn over_websocket(address: SocketAddr, origin: Option<&str>) -> Result<Self, u16> {
        let mut request = format!("ws://{address}/").into_client_request().unwrap();
        if let Some(origin) = origin {
            request.headers_mut().insert("Origin", origin.parse().unwrap());
        }
        let (outbox, mut outgoing) = tokio::sync::mpsc::unbounded_channel::<Vec<u8>>();
        let (sender, receiver) = channel();
        let (status, connected) = channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let stream = tokio::net::TcpStream::connect(address).await.unwrap();
                let socket = match tokio_tungstenite::client_async(request, stream).await {
                    Ok((socket, _)) => socket,
                    Err(tungstenite::Error::Http(response)) => {
                        return status.send(response.status().as_u16()).unwrap();
                    }
                    Err(error) => panic!("{error}"),
                };
                status.send(0).unwrap();
                let (mut to_server, mut from_server) = socket.split();
                let outward = async {
                    // No bytes at all stand for the end.
                    while let Some(bytes) = outgoing.recv().await.filter(|bytes| !bytes.is_empty()) {
                        // A message of a WebSocket has no header.
                        let body = bytes.windows(4).position(|part| part == b"\r\n\r\n").unwrap() + 4;
                        let text = String::from_utf8(bytes[body..].to_vec()).unwrap();
                        if to_server.send(tungstenite::Message::text(text)).await.is_err() {
                            return;
                        }
                    }
                };
                let inward = async {
                    while let Some(Ok(message)) = from_server.next().await {
                        if let tungstenite::Message::Text(text) = message
                            && sender.send(serde_json::from_str(&text).unwrap()).is_err()
                        {
                            return;
                        }
                    }
                };
                futures::future::select(std::pin::pin!(outward), std::pin::pin!(inward)).await;
            });
        });
        let send = move |bytes: &[u8]| drop(outbox.send(bytes.to_vec()));
        match connected.recv().unwrap() {
            0 => Ok(Self::new(Box::new(send), receiver, Server::Remote)),
            status => Err(status),
        }
    }
}

/// `lql lsp --listen`, until it is dropped.
pub struct Listening {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Listening {
    /// Starts it on a free port.
    pub fn start() -> Self {
        let mut command = Command::new(binary());
        let command = command.args(["lsp", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on ").unwrap().parse().unwrap();
        Self { child, address }
    }

    /// Whether the process is still there.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads with the runtime of the thread, so that memory looks like a pipe.
struct Bridge<R> {
    runtime: tokio::runtime::Runtime,
    input: R,
}

impl<R: tokio::io::AsyncRead + Unpin> Read for Bridge<R> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.runtime.block_on(self.input.read(bytes))
    }
}

/// Reads messages until the end, or until nobody wants more.
fn read_all(input: impl Read, mut each: impl FnMut(Value) -> bool) {
    let mut input = BufReader::new(input);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if input.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            match line.trim_end().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse().unwrap(),
                None if line.trim_end().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        if input.read_exact(&mut body).is_err() || !each(serde_json::from_slice(&body).unwrap()) {
            return;
        }
    }
}
