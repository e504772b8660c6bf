//! The host as a process of its own, and a client of it.

use crate::cli;
use serde_json::Value as Json;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A running host. It is killed when dropped.
#[derive(Debug)]
pub struct Host {
    process: Mutex<Child>,
    address: String,
    agent: ureq::Agent,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The type of the body.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The same answer, if it has this status.
    #[track_caller]
    #[allow(clippy::return_self_not_must_use, reason = "often the status is all that is asked")]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

impl Host {
    /// Starts a host for a project on a folder of data, and waits until it listens.
    #[track_caller]
    pub fn start(project: &Path, data: &Path) -> Self {
        Self::start_with(project, data, &[])
    }

    /// The same with more arguments.
    #[track_caller]
    pub fn start_with(project: &Path, data: &Path, more: &[&str]) -> Self {
        let mut arguments: Vec<&OsStr> =
            vec!["serve".as_ref(), project.as_os_str(), "--data".as_ref(), data.as_os_str()];
        arguments.extend(["--listen", "127.0.0.1:0"].iter().chain(more).map(OsStr::new));
        let mut process = cli::spawn(arguments);
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some(address) = line.trim().strip_prefix("listening on ") else {
            let mut reason = String::new();
            process.stderr.take().unwrap().read_to_string(&mut reason).unwrap();
            process.wait().unwrap();
            panic!("the host does not listen: {line}{reason}");
        };
        let config = ureq::Agent::config_builder();
        let config = config.http_status_as_error(false).timeout_global(Some(Duration::from_secs(60)));
        let process = Mutex::new(process);
        Self { process, address: address.to_owned(), agent: config.build().into() }
    }

    /// `http://…`
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Asks for a path.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.try_get(path).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Asks for a path; an error if there is no answer.
    pub fn try_get(&self, path: &str) -> Result<Answer, ureq::Error> {
        answer(self.agent.get(format!("{}{path}", self.address)).call()?)
    }

    /// Sends a body to a path.
    #[track_caller]
    pub fn post(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        self.try_post(path, content_type, body).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Sends a body to a path; an error if there is no answer.
    pub fn try_post(&self, path: &str, content_type: &str, body: &[u8]) -> Result<Answer, ureq::Error> {
        let request = self.agent.post(format!("{}{path}", self.address));
        answer(request.header("content-type", content_type).send(body)?)
    }

    /// Sends a request with a header.
    #[track_caller]
    pub fn get_with(&self, path: &str, header: (&str, &str)) -> Answer {
        let request = self.agent.get(format!("{}{path}", self.address));
        let response = request.header(header.0, header.1).call();
        response.and_then(answer).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Waits until all that was accepted is worked in.
    #[track_caller]
    pub fn settle(&self) {
        let started = Instant::now();
        loop {
            let status = self.get("/v1/status").expect(200).json();
            assert_eq!(status["trouble"], Json::Null);
            let lanes = status["lanes"].as_object().unwrap();
            if lanes.values().all(|lane| lane["accepted"] == lane["worked_in"]) {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "{status}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Tells it to stop, and waits until it has; panics if that is not its way to end.
    #[track_caller]
    pub fn stop(self) {
        let mut process = self.process.lock().unwrap();
        let pid = process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let status = process.wait().unwrap();
        let mut said = String::new();
        process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(status.code(), Some(0), "{said}");
    }

    /// Kills it at once, whoever waits for an answer.
    pub fn kill_now(&self) {
        let mut process = self.process.lock().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Ok(mut process) = self.process.lock() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let content_type = response.headers().get("content-type").and_then(|it| it.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(1 << 30).read_to_vec()?;
    Ok(Answer { status, content_type, body })
}
