//! Plain processes: a future with a mailbox, as `spawn/1` gives.

use std::collections::VecDeque;
use std::future::Future;
use std::ops::Deref;
use std::time::Duration;

use crate::etf::{
    Atom, DecodeError, DecodeOwned, Decoder, Encode, EncodeError, Encoder, Pid, Reference, Term,
};
use crate::process::actor::{Actor, Behavior, Flow, Handle};
use crate::process::host::{AnyProcess, HostRef, Incoming, Origin};
use crate::process::queue::{Envelope, Other};
use crate::process::spawn::Tie;
use crate::process::{
    Call, CallError, Context, Destination, Down, Exit, ExitReason, Ref, ReplyTo, SpawnError,
    SpawnOptions, spawn as spawning, turn,
};

/// The actor of a plain process: it has no callbacks, its body is a future of its own.
#[derive(Debug)]
pub struct Plain;

/// The handle of a plain process, and of any process that is addressed by terms.
#[derive(Clone, Debug)]
pub struct PlainRef(Ref<Plain>);

impl From<Ref<Plain>> for PlainRef {
    fn from(reference: Ref<Plain>) -> Self {
        PlainRef(reference)
    }
}

impl AsRef<Ref<Plain>> for PlainRef {
    fn as_ref(&self) -> &Ref<Plain> {
        &self.0
    }
}

impl Handle for PlainRef {
    type Actor = Plain;
}

impl Actor for Plain {
    type Handle = PlainRef;
}

impl Behavior for Plain {
    type Args = ();
    type Message = Term;
    type Continue = std::convert::Infallible;

    async fn start((): (), _: &Context<Self>) -> Result<Self, ExitReason> {
        Ok(Plain)
    }

    async fn dispatch(&mut self, _: Term, _: &Context<Self>) -> Flow {
        Flow::Continue
    }

    fn encode_message(message: &Term, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        message.encode(encoder)
    }

    fn decode_message(
        decoder: &mut Decoder<'_>,
        _: &mut Option<ReplyTo>,
    ) -> Result<Term, DecodeError> {
        decoder.read_term()
    }
}

/// What a plain process receives.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Message {
    /// A message.
    Term(Term),
    /// A monitored process ended.
    Down(Down),
    /// An exit signal, while the process traps exits.
    Exit(Exit),
}

/// What the body of a plain process may return: `()`, an [`ExitReason`], or a `Result` of it.
pub trait IntoExit: Send {
    /// The reason the process ends with.
    fn into_exit(self) -> ExitReason;
}

impl IntoExit for () {
    fn into_exit(self) -> ExitReason {
        ExitReason::Normal
    }
}

impl IntoExit for ExitReason {
    fn into_exit(self) -> ExitReason {
        self
    }
}

impl IntoExit for Result<(), ExitReason> {
    fn into_exit(self) -> ExitReason {
        self.err().unwrap_or_default()
    }
}

/// A plain process, from inside: everything of [`Context`], and its mailbox.
///
/// Source: <https://www.erlang.org/doc/system/ref_man_processes.html>.
#[derive(Debug)]
pub struct PlainContext {
    context: Context<Plain>,
    /// Received, in order, and not taken yet.
    waiting: VecDeque<Received>,
    /// Where the message that was taken last came from.
    origin: Option<Atom>,
    /// Which node has asked for this process.
    caller: Option<Atom>,
    /// How many of these, at the front, came with priority.
    urgent: usize,
    /// Whether the mailbox is read on another thread than that of the process's own task.
    is_elsewhere: bool,
}

/// A message, with the node at the other end of the connection that it came over.
#[derive(Debug)]
struct Received {
    message: Message,
    origin: Option<Atom>,
}

impl From<Message> for Received {
    fn from(message: Message) -> Self {
        Received {
            message,
            origin: None,
        }
    }
}

impl Deref for PlainContext {
    type Target = Context<Plain>;

    fn deref(&self) -> &Context<Plain> {
        &self.context
    }
}

impl PlainContext {
    pub(super) fn new(context: Context<Plain>) -> Self {
        PlainContext {
            context,
            waiting: VecDeque::new(),
            origin: None,
            caller: None,
            urgent: 0,
            is_elsewhere: false,
        }
    }

    /// The same, for another thread.
    pub(super) fn on_another_thread(mut self) -> Self {
        self.is_elsewhere = true;
        self
    }

    /// Waits for the next message.
    ///
    /// It is always `Some`: a process that is told to stop is ended at this await, or gets the exit as a message
    /// when it traps exits. The `Option` is there for `while let`.
    ///
    /// # Cancel safety
    /// No message is lost when the future is dropped.
    pub async fn receive(&mut self) -> Option<Message> {
        self.receive_match(|_| true).await
    }

    /// Waits for the next message, but no longer than `timeout`: `receive .. after`.
    ///
    /// # Cancel safety
    /// No message is lost when the future is dropped.
    pub async fn receive_timeout(&mut self, timeout: Duration) -> Option<Message> {
        tokio::time::timeout(timeout, self.receive())
            .await
            .ok()
            .flatten()
    }

    /// Selective receive: waits for the first message that `wanted` picks; the others stay, in order.
    ///
    /// # Cancel safety
    /// No message is lost when the future is dropped.
    pub async fn receive_match(
        &mut self,
        mut wanted: impl FnMut(&Message) -> bool,
    ) -> Option<Message> {
        let mut looked_at = 0;
        loop {
            let before = self.urgent;
            self.fetch_urgent();
            let came = before..self.urgent;
            let mut found = None;
            if looked_at > before {
                // What has come with priority lies before what was looked at already.
                looked_at += came.len();
                found = self.first(came, &mut wanted);
            }
            if found.is_none() {
                found = self.first(looked_at..self.waiting.len(), &mut wanted);
            }
            if let Some(index) = found {
                #[cfg(feature = "testing")]
                if self.context.cell().has_faults() {
                    crate::process::fault::before_receive(self.context.cell()).await;
                }
                return self.take(index);
            }
            looked_at = self.waiting.len();
            self.fetch().await;
        }
    }

    fn first(
        &self,
        range: std::ops::Range<usize>,
        wanted: &mut impl FnMut(&Message) -> bool,
    ) -> Option<usize> {
        let (start, length) = (range.start, range.len());
        let mut messages = self.waiting.iter().skip(start).take(length);
        messages
            .position(|received| wanted(&received.message))
            .map(|index| start + index)
    }

    fn take(&mut self, index: usize) -> Option<Message> {
        if index < self.urgent {
            self.urgent -= 1;
        } else {
            self.context.cell().took_one();
        }
        let received = self.waiting.remove(index)?;
        self.origin = received.origin;
        Some(received.message)
    }

    fn fetch_urgent(&mut self) {
        while let Some(envelope) = self.context.cell().take_urgent() {
            let received = match envelope {
                Envelope::Message(term) => Some(Message::Term(term).into()),
                Envelope::Other(other) => self.take_other(*other),
            };
            if let Some(received) = received {
                self.waiting.insert(self.urgent, received);
                self.urgent += 1;
            }
        }
    }

    async fn fetch(&mut self) {
        let mut batch = VecDeque::new();
        std::future::poll_fn(|cx| {
            let cell = self.context.cell();
            let polled = if self.is_elsewhere {
                cell.poll_batch_elsewhere(&mut batch, cx)
            } else {
                cell.poll_batch(&mut batch, cx)
            };
            // Looked at after the process has parked: whoever sends later wakes it.
            if cell.has_urgent() {
                return std::task::Poll::Ready(());
            }
            polled
        })
        .await;
        for envelope in batch {
            let received = match envelope {
                Envelope::Message(term) => Some(Message::Term(term).into()),
                Envelope::Other(other) => self.take_other(*other),
            };
            match received {
                // It counts as waiting, for the bound of the mailbox, until it is received.
                Some(received) => self.waiting.push_back(received),
                None => self.context.cell().took_one(),
            }
        }
    }

    fn take_other(&self, other: Other) -> Option<Received> {
        match other {
            Other::Down(down) => Some(Message::Down(down).into()),
            Other::Exit(exit) => Some(Message::Exit(exit).into()),
            Other::Fence(fence) => {
                // Nobody waits when the caller's deadline has passed.
                let _ = fence.send(());
                None
            }
            Other::Wire(encoded, origin) => match encoded.to_term() {
                Ok(term) => Some(Received {
                    message: Message::Term(term),
                    origin: origin.map(|origin| origin.node),
                }),
                Err(error) => {
                    turn::corrupt(&self.context, &error, origin);
                    None
                }
            },
        }
    }

    /// `demonitor(Reference, [flush])`: no `Down` of it is received once this returns. True when the monitor was there.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#demonitor/2>
    pub fn demonitor_flush(&mut self, reference: &Reference) -> bool {
        let is_it = |received: &Received| matches!(&received.message, Message::Down(down) if down.reference == *reference);
        let received = self.waiting.iter().position(is_it);
        if let Some(index) = received {
            self.take(index);
            return false;
        }
        self.context.demonitor_flush(reference)
    }

    /// How many messages wait, those that a selective receive has left included.
    pub fn queue_len(&self) -> usize {
        self.context.cell().untaken() + self.waiting.len()
    }

    /// The node that has asked for this process, by a spawn or a remote procedure call, as it has proved its name in the
    /// handshake. `None` for a process that this node has started by itself.
    pub fn caller(&self) -> Option<&Atom> {
        self.caller.as_ref()
    }

    /// Says which node has asked for this process.
    pub(crate) fn set_caller(&mut self, node: Option<Atom>) {
        self.caller = node;
    }

    /// The node that the message received last came from; `None` for one of this node.
    pub(crate) fn origin(&self) -> Option<&Atom> {
        self.origin.as_ref()
    }

    /// Passes the message received last, or a part of it, on to a name of this node, as what it is: from the node it came
    /// from. False when nobody has the name.
    pub(crate) fn pass_on(&self, name: &Atom, message: &Term) -> bool {
        let host = self.context.host();
        let Some(node) = self.origin.clone() else {
            return self.send(name.clone(), message).is_ok();
        };
        let process = host.whereis(name.as_str()).and_then(|id| host.process(id));
        let (Some(process), Ok(message)) = (process, crate::etf::Encoded::new(message)) else {
            return false;
        };
        // It has been read already: no connection is at fault for it any more.
        let connection_id = 0;
        let origin = Origin {
            node,
            connection_id,
        };
        process
            .deliver(Incoming::Wire(message, Some(origin)))
            .is_ok()
    }

    /// Why this process is ending, once an exit signal has come that ends it.
    pub(crate) fn exit_reason(&self) -> Option<ExitReason> {
        AnyProcess::exit_reason(&**self.context.cell())
    }

    /// This process without its mailbox, to answer with after the mailbox was given away.
    pub(crate) fn answering(&self) -> PlainContext {
        PlainContext::new(self.context.clone())
    }

    /// Answers a call that arrived as a term: `from` is the `{Pid, Tag}` of `{'$gen_call', From, Request}`.
    ///
    /// False when `from` does not have this shape.
    pub fn reply(&self, from: &Term, value: impl Encode) -> bool {
        let Ok(encoded) = super::wire::encode(&mut super::wire::body_of(from)) else {
            return false;
        };
        let to = super::wire::read_from(self.context.host(), &mut encoded.decoder());
        if let Some(to) = &to {
            to.answer(&mut super::wire::body_of(&value));
        }
        to.is_some()
    }
}

/// Starts a plain process.
pub(crate) fn spawn<F, Fut>(
    host: &HostRef,
    options: &SpawnOptions,
    tie: &Tie<'_>,
    body: F,
) -> Result<Pid, SpawnError>
where
    F: FnOnce(PlainContext) -> Fut,
    Fut: Future + Send + 'static,
    Fut::Output: IntoExit,
{
    spawning::spawn_plain(
        host,
        options,
        tie,
        |_| (),
        move |cx| {
            let body = body(cx);
            async move { body.await.into_exit() }
        },
    )
}

/// Calls a destination with a term.
pub(crate) async fn call<R: DecodeOwned + Send + 'static>(
    host: &HostRef,
    to: Destination,
    request: &impl Encode,
    timeout: Duration,
) -> Result<R, CallError> {
    let encoded = super::wire::encode(&mut super::wire::body_of(request))?;
    let request = encoded.to_term().map_err(CallError::BadReply)?;
    let far: Ref<Plain> = Ref::by_destination(host, to);
    Call::<Plain, R>::by_term(&far, |_| request)
        .timeout(timeout)
        .await
}
