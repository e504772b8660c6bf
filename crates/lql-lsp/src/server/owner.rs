//! The one thread that changes the state. It takes messages in the order they came, applies notifications itself, and
//! hands requests with the world of that moment to the pool. Nothing here waits for a client or for an analysis.

use super::checking::Checked;
use super::checks::Checks;
use super::client::Client;
use super::disk::Watch;
use super::latency::Latencies;
use super::lines::Encoding;
use super::pool::Pool;
use super::progress::UnderWay;
use super::project::Revision;
use super::requests::Table;
use super::results::Results;
use super::settings::Settings;
use super::show::Shelf;
use super::tokens::TokenMemory;
use super::wire::{Life, Ticket};
use super::world::{Shared, World};
use super::{abilities, loading, parent};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, mpsc};
use tower_lsp_server::jsonrpc::{Error, Result};
use tower_lsp_server::ls_types::notification::PublishDiagnostics;
use tower_lsp_server::ls_types::request::{RegisterCapability, WorkspaceConfiguration};
use tower_lsp_server::ls_types::{
    ConfigurationItem, ConfigurationParams, InitializeParams, LSPAny, MessageType, PublishDiagnosticsParams,
    RegistrationParams, Uri,
};

/// What the owner is told.
#[derive(Debug)]
pub enum Event {
    /// By the client, without wanting an answer.
    Notification { method: String, params: LSPAny },
    /// By the client, with an answer to give.
    Request { params: LSPAny, ticket: Arc<Ticket> },
    /// By the pool: a project of the workspace was read.
    Loaded(Box<Revision>),
    /// By the pool: a revision was checked.
    Checked(Checked),
    /// By the disk: files have changed.
    Disk(BTreeSet<PathBuf>),
    /// By the pool: tests of a project have run.
    Tested(PathBuf),
    /// By the client, when asked: the user's settings.
    Configured(LSPAny),
    /// By nobody: the session is over.
    Stop,
}

/// The owner of the state.
pub struct Owner {
    pub(super) world: Arc<World>,
    pub(super) client: Client,
    pub(super) pool: Arc<Pool>,
    pub(super) inbox: Sender<Event>,
    pub(super) folders: Vec<PathBuf>,
    table: Arc<Table>,
    life: Arc<Life>,
    /// Projects that have changed since they were last given to be checked.
    pub(super) dirty: BTreeSet<PathBuf>,
    /// Projects that are being checked: one check each at a time.
    pub(super) busy: BTreeSet<PathBuf>,
    /// What the client was told last about each file: the version and the id.
    pub(super) told: HashMap<PathBuf, (Option<i32>, String)>,
    /// Lenses and hints that the client shows may be wrong now, for another file or the disk has changed.
    pub(super) stale: bool,
    /// Sees changes on the disk that the client does not tell of.
    pub(super) watch: Option<Watch>,
}

impl Owner {
    /// Starts the thread and gives its queue.
    pub fn start(client: Client, life: Arc<Life>) -> std::io::Result<Sender<Event>> {
        let (inbox, events) = channel();
        let shared = Shared {
            to_client: client.clone(),
            latencies: Latencies::default(),
            checks: Checks::default(),
            tokens: TokenMemory::default(),
            results: Results::default(),
            under_way: UnderWay::default(),
            shelf: Shelf::default(),
            inbox: inbox.clone(),
        };
        let world = World {
            client: Arc::default(),
            encoding: Encoding::default(),
            settings: Arc::default(),
            documents: BTreeMap::new(),
            projects: BTreeMap::new(),
            tests: BTreeMap::new(),
            shared: Arc::new(shared),
        };
        let owner = Self {
            world: Arc::new(world),
            client,
            pool: Arc::new(Pool::new()?),
            inbox: inbox.clone(),
            folders: Vec::new(),
            table: Arc::new(Table::new()),
            life,
            dirty: BTreeSet::new(),
            busy: BTreeSet::new(),
            told: HashMap::new(),
            stale: false,
            watch: None,
        };
        std::thread::Builder::new().name("lql-state".into()).spawn(move || owner.run(&events))?;
        Ok(inbox)
    }

    /// Checks begin when the queue is empty: of many quick edits only the last is checked.
    fn run(mut self, events: &Receiver<Event>) {
        loop {
            let event = match events.try_recv() {
                Ok(event) => event,
                Err(mpsc::TryRecvError::Disconnected) => return,
                Err(mpsc::TryRecvError::Empty) => {
                    self.check();
                    let Ok(event) = events.recv() else { return };
                    event
                }
            };
            match event {
                Event::Stop => return,
                Event::Notification { method, params } => {
                    if let Err(error) = self.notified(&method, params) {
                        self.client.log(MessageType::WARNING, format!("{method}: {error}"));
                    }
                }
                Event::Request { params, ticket } => self.asked(params, ticket),
                Event::Loaded(revision) => self.loaded(*revision),
                Event::Checked(checked) => self.checked(checked),
                Event::Tested(key) => self.tested(key),
                Event::Disk(paths) => self.changed_on_disk(&paths),
                Event::Configured(value) => self.configured(&value),
            }
        }
    }

    fn asked(&mut self, params: LSPAny, ticket: Arc<Ticket>) {
        match ticket.method.as_str() {
            "initialize" => ticket.answer(self.initialize(params)),
            "shutdown" => ticket.answer(Ok(LSPAny::Null)),
            method => {
                let table = Arc::clone(&self.table);
                if !table.has(method) {
                    return ticket.answer(Err(Error::method_not_found()));
                }
                let world = Arc::clone(&self.world);
                self.pool.run(move || table.answer(&world, params, &ticket));
            }
        }
    }

    fn initialize(&mut self, params: LSPAny) -> Result<LSPAny> {
        let params: InitializeParams = read(params)?;
        let offered = params.capabilities.general.as_ref().and_then(|it| it.position_encodings.as_deref());
        let encoding = Encoding::choose(offered);
        #[expect(deprecated, reason = "old clients send nothing else")]
        let root = params.root_uri;
        self.folders = match params.workspace_folders {
            Some(folders) if !folders.is_empty() => {
                folders.iter().map(|folder| super::document::path_of(&folder.uri)).collect()
            }
            _ => root.iter().map(super::document::path_of).collect(),
        };
        if let Some(process) = params.process_id {
            parent::watch(process, Arc::clone(&self.life));
        }
        let world = Arc::make_mut(&mut self.world);
        world.settings =
            Arc::new(params.initialization_options.as_ref().map_or_else(Settings::default, Settings::read));
        world.client = Arc::new(abilities::believed(params.capabilities, params.client_info.as_ref()));
        world.encoding = encoding;
        serde_json::to_value(abilities::offer(encoding)).map_err(|_| Error::internal_error())
    }

    /// The client is ready: now it may be asked.
    pub(super) fn initialized(&mut self) {
        let registrations = abilities::registrations(&self.world.client);
        if !registrations.is_empty() {
            self.client.ask::<RegisterCapability>(&RegistrationParams { registrations }, |_| ());
        }
        if !abilities::tells_of_files(&self.world.client) {
            self.watch = Watch::start(self.inbox.clone()).ok();
        }
        if let Some(watch) = &mut self.watch {
            self.folders.iter().for_each(|folder| watch.cover(folder));
        }
        self.ask_settings();
        loading::load(self, self.folders.clone());
    }

    /// Asks for the user's settings, if the client can be asked.
    pub(super) fn ask_settings(&self) {
        if !abilities::has_settings(&self.world.client) {
            return;
        }
        let item = ConfigurationItem { scope_uri: None, section: Some("lql".into()) };
        let inbox = self.inbox.clone();
        self.client.ask::<WorkspaceConfiguration>(
            &ConfigurationParams { items: vec![item] },
            move |values| {
                if let Some(value) = values.into_iter().flatten().next() {
                    let _ = inbox.send(Event::Configured(value));
                }
            },
        );
    }

    /// Takes settings over. What was found is said again, for it may look different now.
    pub(super) fn configured(&mut self, value: &LSPAny) {
        let settings = Settings::read(value);
        if *self.world.settings != settings {
            Arc::make_mut(&mut self.world).settings = Arc::new(settings);
            self.dirty.extend(self.world.projects.keys().cloned());
            self.stale = true;
        }
    }

    /// What tests have shown is said where they stand.
    fn tested(&mut self, key: PathBuf) {
        self.dirty.insert(key);
        self.stale = true;
    }

    fn loaded(&mut self, revision: Revision) {
        let folder = revision.listing.folder.clone();
        if !self.world.projects.contains_key(&folder) {
            self.put(folder, revision);
        }
    }

    /// Sets the project of a folder, or of a file that stands alone.
    pub(super) fn put(&mut self, key: PathBuf, revision: Revision) {
        let world = Arc::make_mut(&mut self.world);
        let before = world.projects.get(&key);
        let revision = match before {
            Some(before) => revision.after(before),
            None => revision,
        };
        let gone: Vec<PathBuf> =
            before.into_iter().flat_map(|before| before.listing.files().cloned()).collect();
        let gone: Vec<PathBuf> = gone.into_iter().filter(|path| !revision.has(path)).collect();
        if revision.is_empty() {
            world.projects.remove(&key);
        } else {
            if let Some(watch) = self.watch.as_mut().filter(|_| key.is_dir()) {
                watch.cover(&key);
            }
            world.projects.insert(key.clone(), Arc::new(revision));
            self.dirty.insert(key);
        }
        gone.iter().for_each(|path| self.forget(path));
    }

    /// Removes a project; nothing more is said about its files.
    pub(super) fn remove(&mut self, key: &Path) {
        let removed = Arc::make_mut(&mut self.world).projects.remove(key);
        self.dirty.remove(key);
        if let Some(watch) = self.watch.as_mut().filter(|_| !self.folders.iter().any(|folder| folder == key))
        {
            watch.uncover(key);
        }
        for path in removed.iter().flat_map(|revision| revision.listing.files()) {
            self.forget(path);
        }
    }

    /// Takes back what was said about a file that belongs to no project any more.
    pub(super) fn forget(&mut self, path: &Path) {
        if self.world.project_of(path).is_some() {
            return;
        }
        let said = self.told.remove(path);
        let uri = Uri::from_file_path(path).filter(|_| path.is_absolute());
        if said.is_some()
            && !abilities::pulls(&self.world.client)
            && let Some(uri) = uri
        {
            let params = PublishDiagnosticsParams::new(uri, Vec::new(), None);
            self.client.notify::<PublishDiagnostics>(&params);
        }
    }
}

/// The parameters of a message.
pub fn read<T: DeserializeOwned>(params: LSPAny) -> Result<T> {
    serde_json::from_value(params).map_err(|error| Error::invalid_params(error.to_string()))
}
