//! A host: its logs, its views, and the thread between them.

use crate::entry::Entry;
use crate::log::{self, Bell, Full, Log, LogError, OsDisk};
use crate::people::People;
use crate::pipeline::{Pipeline, PipelineError};
use crate::tokens::Tokens;
use crate::views::{Lane, ViewError, Views};
use lql_compiler::program::Package;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use xxhash_rust::xxh3::xxh3_128;

/// How a host works.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How its logs are kept.
    pub log: log::Settings,
    /// How long message ids are remembered, in seconds.
    pub message_window: i64,
    /// Records longer than this many bytes are rejected.
    pub record_limit: usize,
}

impl Default for Settings {
    /// Seven days of message ids, records of 1 MiB.
    fn default() -> Self {
        Self { log: log::Settings::default(), message_window: 7 * 24 * 3600, record_limit: 1 << 20 }
    }
}

/// Why a host cannot start.
#[derive(Debug)]
pub enum HostError {
    /// Another host uses the folder.
    InUse(PathBuf),
    /// The file system refused.
    Io(PathBuf, io::Error),
    /// A log cannot be opened.
    Log(LogError),
    /// The views cannot be opened.
    View(ViewError),
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(path) => write!(f, "{}: another host uses this folder", path.display()),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Log(error) => error.fmt(f),
            Self::View(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for HostError {}

/// A host that works on a folder. Dropping it works in what was accepted, and stops.
#[derive(Debug)]
pub struct Host {
    /// How it works.
    pub settings: Settings,
    /// The profiles.
    pub people: Arc<People>,
    /// Who may ask for what.
    pub tokens: Tokens,
    /// Whether the views were dropped because other queries had made them.
    pub rebuilds: bool,
    logs: [Arc<Log>; 2],
    bell: Bell,
    stop: Arc<AtomicBool>,
    failed: Arc<Mutex<Option<PipelineError>>>,
    pipeline: Option<JoinHandle<()>>,
    /// Held as long as the host lives: nobody else may use the folder.
    _lock: std::fs::File,
}

/// How far a lane is.
#[derive(Clone, Copy, Debug)]
pub struct LaneStatus {
    /// The lane.
    pub lane: Lane,
    /// Entries that were accepted.
    pub accepted: u64,
    /// Entries, among those, that the profiles show.
    pub worked_in: u64,
    /// Bytes of the log.
    pub bytes: u64,
    /// Bytes that wait to be written to it.
    pub waiting: usize,
}

impl Host {
    /// Starts a host on a folder, which is made if it is not there.
    pub fn start(package: Package, folder: &Path, settings: Settings) -> Result<Self, HostError> {
        let trouble = |error| HostError::Io(folder.to_path_buf(), error);
        std::fs::create_dir_all(folder).map_err(trouble)?;
        let lock = lock(folder)?;
        let program = xxh3_128(&package.to_bytes());
        let (views, rebuilds) = Views::open(&folder.join("views.redb"), program).map_err(HostError::View)?;
        let people = Arc::new(People::new(package, views).map_err(HostError::View)?);
        let bell = Bell::default();
        let open = |lane: Lane| {
            let folder = folder.join("log").join(lane.name());
            Log::open(&folder, Arc::new(OsDisk), settings.log, bell.clone())
                .map(Arc::new)
                .map_err(HostError::Log)
        };
        let logs = [open(Lane::Live)?, open(Lane::Bulk)?];
        let stop = Arc::new(AtomicBool::new(false));
        let failed = Arc::new(Mutex::new(None));
        let pipeline = Pipeline {
            people: Arc::clone(&people),
            logs: logs.clone(),
            bell: bell.clone(),
            stop: Arc::clone(&stop),
            message_window: settings.message_window,
        };
        let fails = Arc::clone(&failed);
        let pipeline = std::thread::Builder::new().name("lql-pipeline".into()).spawn(move || {
            if let Err(error) = pipeline.run() {
                tracing::error!("{error}");
                *fails.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
        });
        let pipeline = Some(pipeline.map_err(trouble)?);
        let tokens = Tokens::of(folder);
        Ok(Self { settings, people, tokens, rebuilds, logs, bell, stop, failed, pipeline, _lock: lock })
    }

    /// Hands entries to the log of a lane; see [`Log::append`].
    pub fn append(
        &self,
        lane: Lane,
        entries: &[Entry],
        done: impl FnOnce(io::Result<u64>) + Send + 'static,
    ) -> Result<(), Full> {
        self.log(lane).append(entries.iter().map(Entry::encode).collect(), done)
    }

    /// Why nothing is worked in any more, if so.
    pub fn trouble(&self) -> Option<String> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let panicked = self.pipeline.as_ref().is_some_and(JoinHandle::is_finished);
        failed
            .as_ref()
            .map(ToString::to_string)
            .or_else(|| panicked.then(|| "the pipeline has stopped".to_owned()))
    }

    /// How far each lane is.
    pub fn lanes(&self) -> Result<[LaneStatus; 2], ViewError> {
        // The end last: what is worked in is never more than what was accepted.
        let look = self.people.views.look()?;
        let [live, bulk] = [look.position(Lane::Live)?, look.position(Lane::Bulk)?];
        Ok([(Lane::Live, live), (Lane::Bulk, bulk)].map(|(lane, worked_in)| {
            let log = self.log(lane);
            LaneStatus { lane, accepted: log.end(), worked_in, bytes: log.size(), waiting: log.waiting() }
        }))
    }

    fn log(&self, lane: Lane) -> &Log {
        let [live, bulk] = &self.logs;
        match lane {
            Lane::Live => live,
            Lane::Bulk => bulk,
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.bell.ring();
        if let Some(pipeline) = self.pipeline.take() {
            let _ = pipeline.join();
        }
    }
}

/// Takes the folder for this process. The system takes it back when the process ends, however it does.
fn lock(folder: &Path) -> Result<std::fs::File, HostError> {
    let path = folder.join("lock");
    let trouble = |error| HostError::Io(path.clone(), error);
    let file =
        std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(trouble)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(HostError::InUse(folder.to_path_buf())),
        Err(std::fs::TryLockError::Error(error)) => Err(trouble(error)),
    }
}
