//! An editor that misses nothing: every message of the server must be taken, and the session must end in order.
//!
//! It talks to the server in this process over memory, or to the real binary over pipes.

mod connect;

pub use connect::Listening;

use serde_json::{Value, json};
use std::collections::VecDeque;
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long any one answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What writes to the server.
type Outlet = Box<dyn FnMut(&[u8]) + Send>;

/// A client of the language server.
pub struct Editor {
    send: Option<Outlet>,
    messages: Receiver<Value>,
    /// Came, and was not asked for yet.
    unread: VecDeque<Value>,
    next_id: i64,
    server: Server,
    settings: Value,
    /// The server's questions, which are answered at once.
    pub questions: Vec<Value>,
    /// Methods of notifications that are dropped when they come.
    pub ignored: Vec<&'static str>,
}

enum Server {
    Memory(Option<JoinHandle<u8>>),
    Process(Child),
    /// At the other end of a connection, which it closes when the session is over.
    Remote,
}

/// What an editor says of itself.
pub struct Abilities(pub Value);

impl Abilities {
    /// Of an old one: UTF-16 and pushed findings.
    pub fn old() -> Self {
        Self(json!({ "textDocument": { "publishDiagnostics": { "relatedInformation": true } } }))
    }

    /// The same with encodings, the best first.
    pub fn encodings(encodings: &[&str]) -> Self {
        let mut old = Self::old();
        old.0["general"] = json!({ "positionEncodings": encodings });
        old
    }

    /// Of one that fetches findings.
    pub fn pulling() -> Self {
        Self(json!({
            "textDocument": { "diagnostic": {}, "publishDiagnostics": { "relatedInformation": true } },
            "workspace": { "diagnostics": { "refreshSupport": true } },
        }))
    }
}

impl Editor {
    fn new(send: Outlet, messages: Receiver<Value>, server: Server) -> Self {
        Self {
            send: Some(send),
            messages,
            unread: VecDeque::new(),
            next_id: 0,
            server,
            settings: Value::Null,
            questions: Vec::new(),
            ignored: Vec::new(),
        }
    }

    /// Initializes with the folders of the workspace; gives the server's capabilities.
    pub fn initialize(&mut self, abilities: Abilities, folders: &[&Path]) -> Value {
        self.initialize_with(abilities, folders, Value::Null)
    }

    /// The same with the user's settings.
    pub fn initialize_with(&mut self, abilities: Abilities, folders: &[&Path], settings: Value) -> Value {
        self.settings = settings.clone();
        let folders: Vec<Value> =
            folders.iter().map(|folder| json!({ "uri": uri(folder), "name": "workspace" })).collect();
        let params = json!({
            "processId": null,
            "rootUri": null,
            "capabilities": abilities.0,
            "workspaceFolders": folders,
            "initializationOptions": settings,
        });
        let result = self.ask("initialize", params);
        self.tell("initialized", json!({}));
        result["capabilities"].clone()
    }

    /// Sends bytes as they are.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        if let Some(send) = &mut self.send {
            send(bytes);
        }
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_bytes(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    /// Sends a notification.
    pub fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request and gives its id.
    pub fn request(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// The answer to a request: its result or its error.
    #[track_caller]
    pub fn answer(&mut self, id: i64) -> Result<Value, Value> {
        let answer = self.take(|message| message["id"] == json!(id) && message.get("method").is_none());
        match answer.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(answer["result"].clone()),
        }
    }

    /// Sends a request and waits for its result.
    #[track_caller]
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        self.answer(id).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Sends a request and waits for its error.
    #[track_caller]
    pub fn refused(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        self.answer(id).expect_err("it is refused")
    }

    /// The error that answers what had no id.
    #[track_caller]
    pub fn refusal_of_nothing(&mut self) -> Value {
        self.take(|message| message["id"].is_null() && message.get("error").is_some())["error"].clone()
    }

    /// The next notification of a method.
    #[track_caller]
    pub fn told(&mut self, method: &str) -> Value {
        self.take(|message| message["method"] == json!(method))["params"].clone()
    }

    /// The findings of a file at a version, when the server says them.
    #[track_caller]
    pub fn findings(&mut self, uri: &str, version: i64) -> Vec<Value> {
        let says = |message: &Value| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == json!(uri)
                && params["version"] == json!(version)
        };
        let said = self.take(says);
        said["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// The findings that are said of a file next, whatever its version.
    #[track_caller]
    pub fn take_findings(&mut self, uri: &str) -> Vec<Value> {
        let said = self.take(|message| {
            message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == json!(uri)
        });
        said["params"]["diagnostics"].as_array().unwrap().clone()
    }

    /// Opens a file with a text, as version 1.
    pub fn open(&mut self, uri: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": "lql", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces the whole text.
    pub fn replace(&mut self, uri: &str, version: i64, text: &str) {
        self.change(uri, version, json!([{ "text": text }]));
    }

    /// Edits.
    pub fn change(&mut self, uri: &str, version: i64, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Waits for a question of the server; it was answered when it came.
    #[track_caller]
    pub fn question(&mut self, method: &str) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.questions.iter().position(|it| it["method"] == json!(method)) {
                return self.questions.remove(at)["params"].clone();
            }
            match self.messages.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(message) => self.receive(message),
                Err(error) => panic!("{method} was not asked ({error}); unread: {:?}", self.unread),
            }
        }
    }

    /// Takes every message that has come and is a notification of a method.
    pub fn skip(&mut self, method: &str) -> Vec<Value> {
        while let Ok(message) = self.messages.try_recv() {
            self.receive(message);
        }
        let (taken, kept) = self.unread.drain(..).partition(|message| message["method"] == json!(method));
        self.unread = kept;
        taken.into()
    }

    #[track_caller]
    fn take(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.unread.iter().position(&wanted) {
                return self.unread.remove(at).unwrap();
            }
            match self.messages.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(message) => self.receive(message),
                Err(RecvTimeoutError::Timeout) => panic!("no answer; unread: {:?}", self.unread),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("the server is gone; unread: {:?}", self.unread)
                }
            }
        }
    }

    /// Answers questions at once, as editors do; everything else waits until it is asked for.
    fn receive(&mut self, message: Value) {
        if message["method"].as_str().is_some_and(|method| self.ignored.contains(&method)) {
            return;
        }
        let question = message["method"].as_str().filter(|_| message.get("id").is_some());
        let Some(question) = question else { return self.unread.push_back(message) };
        let result = match question {
            "workspace/configuration" => json!([self.settings]),
            "workspace/applyEdit" => json!({ "applied": true }),
            "window/showDocument" => json!({ "success": true }),
            _ => Value::Null,
        };
        let answer = json!({ "jsonrpc": "2.0", "id": message["id"], "result": result });
        self.send(&answer);
        self.questions.push(message);
    }

    /// Takes leave as the protocol wants it. Panics if a message was not taken or the exit code is not 0.
    #[track_caller]
    pub fn leave(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.tell("exit", Value::Null);
        let code = self.exit_code();
        assert_eq!(code, 0, "the exit code after shutdown and exit");
        while let Ok(message) = self.messages.recv() {
            self.receive(message);
        }
        let unread = std::mem::take(&mut self.unread);
        assert!(unread.is_empty(), "messages that the test has not taken: {unread:#?}");
    }

    /// The most memory that the server's process has held, in KiB. Not zero on Linux only.
    pub fn peak_memory(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// The memory that the server's process holds now, in KiB. Not zero on Linux only.
    pub fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    fn status(&self, name: &str) -> u64 {
        let Server::Process(child) = &self.server else { return 0 };
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
        status.ok().and_then(|status| crate::cli::memory_of(&status, name)).unwrap_or_default()
    }

    /// Closes the pipe to the server.
    pub fn hang_up(&mut self) {
        if matches!(self.server, Server::Remote) {
            self.send_bytes(&[]);
        }
        self.send = None;
    }

    /// Waits until the server has ended.
    #[track_caller]
    pub fn exit_code(&mut self) -> i32 {
        let end = Instant::now() + PATIENCE;
        loop {
            let code = match &mut self.server {
                Server::Memory(server) if server.as_ref().is_some_and(|it| !it.is_finished()) => None,
                Server::Memory(server) => Some(server.take().unwrap().join().unwrap().into()),
                Server::Process(child) => child.try_wait().unwrap().map(|status| status.code().unwrap_or(-1)),
                // It has no code; that it closes the connection tells that it is over.
                Server::Remote => {
                    match self.messages.recv_timeout(end.saturating_duration_since(Instant::now())) {
                        Ok(message) => {
                            self.receive(message);
                            None
                        }
                        Err(RecvTimeoutError::Disconnected) => Some(0),
                        Err(RecvTimeoutError::Timeout) => None,
                    }
                }
            };
            match code {
                Some(code) => return code,
                None if Instant::now() > end => panic!("the server does not end"),
                None => std::thread::sleep(Duration::from_millis(1)),
            }
        }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        if let Server::Process(child) = &mut self.server {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The address of a file.
pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}
