//! Messages to the client. Sending never waits; a question to the client is a task of its own with a time limit.

use super::wire::lock;
use futures::Sink;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tower_lsp_server::Loopback;
use tower_lsp_server::jsonrpc::{Id, Request, Response};
use tower_lsp_server::ls_types::notification::{LogMessage, Notification};
use tower_lsp_server::ls_types::{LogMessageParams, MessageType, request};

/// How long the client may think about a question.
const PATIENCE: Duration = Duration::from_secs(10);

type Asked = Arc<Mutex<HashMap<i64, oneshot::Sender<Response>>>>;

/// The client, as the server speaks to it.
#[derive(Clone, Debug)]
pub struct Client {
    outbox: UnboundedSender<Request>,
    asked: Asked,
    next: Arc<AtomicI64>,
    runtime: Handle,
}

impl Client {
    /// A client, and the socket by which the transport reaches it.
    pub fn new(runtime: Handle) -> (Self, Socket) {
        let (outbox, messages) = unbounded();
        let asked = Asked::default();
        let client = Self { outbox, asked: Arc::clone(&asked), next: Arc::default(), runtime };
        (client, Socket { messages, asked })
    }

    /// Tells the client something.
    pub fn notify<N: Notification>(&self, params: &N::Params) {
        // Parameters of the protocol are plain data: making JSON of them cannot fail.
        let params = serde_json::to_value(params).unwrap_or_default();
        let _ = self.outbox.unbounded_send(Request::build(N::METHOD).params(params).finish());
    }

    /// Asks the client something; `then` gets the answer, or nothing if there is none in time.
    pub fn ask<R: request::Request>(
        &self,
        params: &R::Params,
        then: impl FnOnce(Option<R::Result>) + Send + 'static,
    ) {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        lock(&self.asked).insert(id, sender);
        let params = serde_json::to_value(params).unwrap_or_default();
        let request = Request::build(R::METHOD).id(id).params(params);
        let _ = self.outbox.unbounded_send(request.finish());
        let asked = Arc::clone(&self.asked);
        self.runtime.spawn(async move {
            let response = tokio::time::timeout(PATIENCE, answer).await;
            lock(&asked).remove(&id);
            let result = response.ok().and_then(std::result::Result::ok).and_then(|response| {
                let (_, result) = response.into_parts();
                serde_json::from_value(result.ok()?).ok()
            });
            then(result);
        });
    }

    /// A line in the client's log of this server.
    pub fn log(&self, typ: MessageType, message: String) {
        self.notify::<LogMessage>(&LogMessageParams { typ, message });
    }
}

/// The transport's end of the client.
pub struct Socket {
    messages: UnboundedReceiver<Request>,
    asked: Asked,
}

impl Loopback for Socket {
    type RequestStream = UnboundedReceiver<Request>;
    type ResponseSink = Answers;

    fn split(self) -> (Self::RequestStream, Self::ResponseSink) {
        (self.messages, Answers(self.asked))
    }
}

/// Where the client's answers go.
pub struct Answers(Asked);

impl Sink<Response> for Answers {
    type Error = Infallible;

    fn poll_ready(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn start_send(self: Pin<&mut Self>, response: Response) -> Result<(), Infallible> {
        if let Id::Number(id) = response.id()
            && let Some(sender) = lock(&self.0).remove(id)
        {
            let _ = sender.send(response);
        }
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }
}
