//! Between the transport and the owner of the state.
//!
//! The transport calls [`Wire`] for one message after the other, in the order they came. Each goes into the owner's queue
//! at once, so order is kept by construction; what the transport gets back only waits for the answer. Cancelling, the
//! life cycle and the exit code are settled here, where nothing can be busy.

use super::frames::{BROKEN, Broken};
use super::owner::Event;
use futures::future::BoxFuture;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::sync::{Notify, oneshot};
use tower_lsp_server::jsonrpc::{Error, ErrorCode, Id, Request, Response, Result};
use tower_lsp_server::ls_types::LSPAny;

/// A request that waits for its answer. Whoever holds it may answer, once; dropped unanswered, it is an internal error.
#[derive(Debug)]
pub struct Ticket {
    /// What is asked.
    pub method: String,
    /// When it came.
    pub arrived: Instant,
    cancelled: Arc<AtomicBool>,
    reply: Mutex<Option<oneshot::Sender<Result<LSPAny>>>>,
}

impl Ticket {
    fn new(method: String) -> (Arc<Self>, oneshot::Receiver<Result<LSPAny>>) {
        let (sender, receiver) = oneshot::channel();
        let reply = Mutex::new(Some(sender));
        let ticket = Self { method, arrived: Instant::now(), cancelled: Arc::default(), reply };
        (Arc::new(ticket), receiver)
    }

    /// Answers; the first answer counts.
    pub fn answer(&self, result: Result<LSPAny>) {
        if let Some(reply) = lock(&self.reply).take() {
            let _ = reply.send(result);
        }
    }

    /// Whether nobody waits any more. Long work looks here from time to time.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Set once nobody waits any more: for work that does not know tickets. Whoever sets it ends the work.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.cancelled)
    }

    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        self.answer(Err(Error::request_cancelled()));
    }
}

/// How a session went, for the exit code.
#[derive(Debug, Default)]
pub struct Life {
    /// `shutdown` came.
    pub was_shut_down: AtomicBool,
    /// `exit` came.
    pub exit: Notify,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Starting,
    Running,
    ShutDown,
}

type Pending = Arc<Mutex<HashMap<Id, Weak<Ticket>>>>;

/// The service that the transport calls.
pub struct Wire {
    inbox: Sender<Event>,
    pending: Pending,
    stage: Stage,
    life: Arc<Life>,
}

impl Wire {
    /// Hands messages to an owner.
    pub fn new(inbox: Sender<Event>, life: Arc<Life>) -> Self {
        Self { inbox, pending: Pending::default(), stage: Stage::Starting, life }
    }

    fn notified(&mut self, method: &str, params: LSPAny) {
        match method {
            "exit" => {
                let pending: Vec<_> = lock(&self.pending).drain().collect();
                pending.iter().filter_map(|(_, ticket)| ticket.upgrade()).for_each(|ticket| ticket.cancel());
                self.life.exit.notify_one();
            }
            "$/cancelRequest" => {
                let id = params.get("id").cloned().and_then(|id| serde_json::from_value::<Id>(id).ok());
                let ticket = id.and_then(|id| lock(&self.pending).get(&id).and_then(Weak::upgrade));
                if let Some(ticket) = ticket {
                    ticket.cancel();
                }
            }
            _ if self.stage == Stage::Running => {
                let _ = self.inbox.send(Event::Notification { method: method.to_owned(), params });
            }
            _ => {}
        }
    }

    fn asked(&mut self, method: &str, params: LSPAny, id: &Id) -> Result<oneshot::Receiver<Result<LSPAny>>> {
        match (self.stage, method) {
            (Stage::Starting, "initialize") => self.stage = Stage::Running,
            (Stage::Starting, _) => return Err(not_initialized()),
            (Stage::Running, "initialize") | (Stage::ShutDown, _) => return Err(Error::invalid_request()),
            (Stage::Running, "shutdown") => {
                self.stage = Stage::ShutDown;
                self.life.was_shut_down.store(true, Ordering::Relaxed);
            }
            (Stage::Running, _) => {}
        }
        let (ticket, reply) = Ticket::new(method.to_owned());
        let mut pending = lock(&self.pending);
        if pending.get(id).and_then(Weak::upgrade).is_some() {
            return Err(Error::invalid_request());
        }
        pending.insert(id.clone(), Arc::downgrade(&ticket));
        let _ = self.inbox.send(Event::Request { params, ticket });
        Ok(reply)
    }
}

impl tower_service::Service<Request> for Wire {
    type Response = Option<Response>;
    type Error = Infallible;
    type Future = BoxFuture<'static, std::result::Result<Option<Response>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::result::Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let (method, id, params) = request.into_parts();
        let params = params.unwrap_or_default();
        let Some(id) = id else {
            self.notified(&method, params);
            return Box::pin(std::future::ready(Ok(None)));
        };
        if method == BROKEN {
            let response = Response::from_error(id, Broken::error(&params));
            return Box::pin(std::future::ready(Ok(Some(response))));
        }
        match self.asked(&method, params, &id) {
            Err(error) => Box::pin(std::future::ready(Ok(Some(Response::from_error(id, error))))),
            Ok(reply) => {
                let waiting = Waiting { id, pending: Arc::clone(&self.pending) };
                Box::pin(async move {
                    let result = reply.await.unwrap_or_else(|_| Err(Error::internal_error()));
                    Ok(Some(Response::from_parts(waiting.id.clone(), result)))
                })
            }
        }
    }
}

/// Somebody waits for a reply. When nobody does any more, the request is cancelled.
struct Waiting {
    id: Id,
    pending: Pending,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let ticket = lock(&self.pending).remove(&self.id);
        if let Some(ticket) = ticket.and_then(|ticket| ticket.upgrade()) {
            ticket.cancel();
        }
    }
}

fn not_initialized() -> Error {
    Error {
        code: ErrorCode::ServerError(-32002),
        message: "the first request is `initialize`".into(),
        data: None,
    }
}

/// A lock is held for a moment and guards no half-made state, so a panic elsewhere does not spoil it.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
