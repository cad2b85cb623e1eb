//! One other node: the way to it, and what is lost when the way is.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};
use tokio::task::AbortHandle;

use crate::dist::{Control, Outbound, Payload, SendError};
use crate::etf::{Atom, Encoded, Pid, Reference};
use crate::net::Endpoint;
use crate::node::ConnectError;
use crate::node::contacts::Connection;
use crate::process::CastError;
use crate::process::host::Body;

/// What crosses a connection and is told `noconnection` when it is lost.
#[derive(Default)]
pub(super) struct Ties {
    /// Links, by the id of the process here and the pid there.
    pub(super) links: HashSet<(u64, Pid)>,
    /// Monitors held here: number and id of the process that holds it.
    pub(super) monitors: HashMap<u64, u64>,
    /// Calls and spawns under way, by number of their slot.
    pub(super) slots: HashSet<u64>,
    /// Monitors held there, and the id of the process here that is monitored.
    pub(super) watched: HashMap<Reference, u64>,
}

/// A signal that waits for the connection.
pub(super) struct Pending {
    control: Control,
    payload: Option<Encoded>,
}

type Waiter = oneshot::Sender<Result<(), ConnectError>>;

pub(super) struct Dialling {
    pending: Vec<Pending>,
    pub(super) waiters: Vec<Waiter>,
    pub(super) task: Option<AbortHandle>,
    /// Connections of this peer's making that have proved themselves meanwhile.
    proved: u32,
    /// Whether the attempt of this node has given way to them.
    has_yielded: bool,
}

pub(super) struct Up {
    outbound: Outbound,
    /// Whether everything handed over before has been written to the socket.
    is_idle: bool,
    pub(super) is_hidden: bool,
}

pub(super) enum State {
    Dialling(Dialling),
    Up(Box<Up>),
    Down,
}

pub(super) struct Core {
    pub(super) state: State,
    pub(super) ties: Ties,
}

/// Another node, from the first attempt to reach it until the connection is lost. A later connection to the same node
/// is another peer.
pub(crate) struct Peer {
    pub(super) name: Atom,
    core: Mutex<Core>,
    writable: Notify,
    drained: Notify,
    /// Notified when an attempt to connect has come to an end, or has given way.
    settled: Notify,
    closing: AtomicBool,
    close: Notify,
}

/// What became of a signal.
#[derive(Debug, PartialEq)]
pub(super) enum Submitted {
    /// Handed over, or waiting for the connection.
    Done,
    /// The connection is lost: look for a new one.
    Gone,
}

/// How many bytes may wait for a peer before a sender that cannot wait is refused.
const REFUSED_AT_BYTES: usize = 64 * 1024 * 1024;

impl Peer {
    pub(super) fn dialling(name: Atom) -> Self {
        Peer::new(
            name,
            State::Dialling(Dialling {
                pending: Vec::new(),
                waiters: Vec::new(),
                task: None,
                proved: 0,
                has_yielded: false,
            }),
        )
    }

    pub(super) fn connected(name: Atom, outbound: Outbound, is_hidden: bool) -> Self {
        Peer::new(
            name,
            State::Up(Box::new(Up {
                outbound,
                is_idle: false,
                is_hidden,
            })),
        )
    }

    fn new(name: Atom, state: State) -> Self {
        Peer {
            name,
            core: Mutex::new(Core {
                state,
                ties: Ties::default(),
            }),
            writable: Notify::new(),
            drained: Notify::new(),
            settled: Notify::new(),
            closing: AtomicBool::new(false),
            close: Notify::new(),
        }
    }

    pub(super) fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is a connection, and whether it is hidden.
    pub(super) fn up(&self) -> Option<bool> {
        match &self.core().state {
            State::Up(up) => Some(up.is_hidden),
            _ => None,
        }
    }

    /// What tells when there is a connection: nothing when there is one now. `None` when it is lost.
    pub(super) fn connected_later(
        &self,
    ) -> Option<Option<oneshot::Receiver<Result<(), ConnectError>>>> {
        match &mut self.core().state {
            State::Up(_) => Some(None),
            State::Down => None,
            State::Dialling(dialling) => {
                let (waiter, connected) = oneshot::channel();
                dialling.waiters.push(waiter);
                Some(Some(connected))
            }
        }
    }

    pub(super) fn is_dialling(&self) -> bool {
        matches!(self.core().state, State::Dialling(_))
    }

    /// Hands a signal over, and notes what it ties, as one step.
    pub(super) fn submit(
        &self,
        control: &Control,
        body: Option<Body<'_>>,
        is_refusable: bool,
        tie: impl FnOnce(&mut Ties),
    ) -> Result<Submitted, CastError> {
        {
            let mut core = self.core();
            let core = &mut *core;
            match &mut core.state {
                State::Down => return Ok(Submitted::Gone),
                State::Dialling(dialling) => {
                    let payload = body.map(crate::process::encode).transpose()?;
                    dialling.pending.push(Pending {
                        control: control.clone(),
                        payload,
                    });
                }
                State::Up(up) => up.send(control, body, is_refusable)?,
            }
            tie(&mut core.ties);
        }
        self.writable.notify_one();
        Ok(Submitted::Done)
    }

    /// As [`Peer::submit`], for a payload that is still encoded.
    pub(super) fn submit_encoded(&self, control: &Control, payload: Option<&Encoded>) {
        {
            let mut core = self.core();
            match &mut core.state {
                State::Down => return,
                State::Dialling(dialling) => {
                    dialling.pending.push(Pending {
                        control: control.clone(),
                        payload: payload.cloned(),
                    });
                }
                State::Up(up) => up.send_encoded(control, payload),
            }
        }
        self.writable.notify_one();
    }

    /// The connection is there: what waited for it goes out first.
    ///
    /// False when it came too late, or there is another one.
    pub(super) fn establish(&self, outbound: Outbound, is_hidden: bool) -> bool {
        let waiters = {
            let mut core = self.core();
            let State::Dialling(dialling) = &mut core.state else {
                return false;
            };
            let pending = std::mem::take(&mut dialling.pending);
            let waiters = std::mem::take(&mut dialling.waiters);
            let mut up = Box::new(Up {
                outbound,
                is_idle: false,
                is_hidden,
            });
            for waiting in &pending {
                up.send_encoded(&waiting.control, waiting.payload.as_ref());
            }
            core.state = State::Up(up);
            waiters
        };
        for waiter in waiters {
            // It may have given up.
            let _ = waiter.send(Ok(()));
        }
        self.settled.notify_waiters();
        self.writable.notify_one();
        true
    }

    /// The peer has dialled this node too and proved itself. With `precedence` it is its connection that stays, and
    /// the attempt of this node ends.
    pub(super) fn proved(&self, precedence: bool) {
        if let State::Dialling(dialling) = &mut self.core().state {
            dialling.proved += 1;
            if precedence && let Some(task) = dialling.task.take() {
                task.abort();
            }
        }
    }

    /// The attempt of this node gives way to the connection that the peer has made; false when there is none.
    pub(super) fn yields(&self) -> bool {
        let yields = match &mut self.core().state {
            State::Dialling(dialling) => {
                dialling.has_yielded = dialling.proved > 0;
                dialling.has_yielded
            }
            _ => true,
        };
        self.settled.notify_waiters();
        yields
    }

    /// Waits until the attempt of this node has come to an end, or has given way.
    pub(super) async fn settled(&self) {
        loop {
            let settled = self.settled.notified();
            match &self.core().state {
                State::Dialling(dialling) if !dialling.has_yielded => {}
                _ => return,
            }
            settled.await;
        }
    }

    /// There is no connection any more: hands out what was tied by it, once.
    pub(super) fn lose(&self, error: Option<&ConnectError>) -> Option<(Ties, bool)> {
        let (ties, before) = {
            let mut core = self.core();
            let before = std::mem::replace(&mut core.state, State::Down);
            (std::mem::take(&mut core.ties), before)
        };
        self.close();
        self.drained.notify_waiters();
        self.settled.notify_waiters();
        match before {
            State::Down => None,
            State::Up(_) => Some((ties, true)),
            State::Dialling(dialling) => {
                let error = error.cloned().unwrap_or(ConnectError::Stopping);
                for waiter in dialling.waiters {
                    let _ = waiter.send(Err(error.clone()));
                }
                Some((ties, false))
            }
        }
    }

    /// Asks the task that pumps the connection to end it.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.close.notify_waiters();
        self.close.notify_one();
    }

    /// Puts a tick into the outbound buffer.
    pub(super) fn tick(&self) {
        if let State::Up(up) = &mut self.core().state {
            up.outbound.send_tick();
        }
        self.writable.notify_one();
    }

    /// How many frames have been handed to the socket, ticks not counted.
    pub(super) fn frames_sent(&self) -> u64 {
        match &self.core().state {
            State::Up(up) => up.outbound.sent(),
            _ => 0,
        }
    }

    /// Waits until everything handed over so far has been written to the socket, or the connection is lost.
    pub(super) async fn flushed(&self) {
        loop {
            let drained = self.drained.notified();
            let is_flushed = match &self.core().state {
                State::Up(up) => up.is_idle && up.outbound.pending_bytes() == 0,
                _ => true,
            };
            if is_flushed {
                return;
            }
            drained.await;
        }
    }

    /// Waits until the outbound buffer is below its watermark, or the connection is lost.
    pub(super) async fn not_busy(&self) {
        loop {
            let drained = self.drained.notified();
            let is_busy = match &self.core().state {
                State::Up(up) => up.outbound.is_busy(),
                _ => false,
            };
            if !is_busy {
                return;
            }
            drained.await;
        }
    }
}

impl Up {
    fn send(
        &mut self,
        control: &Control,
        body: Option<Body<'_>>,
        is_refusable: bool,
    ) -> Result<(), CastError> {
        if is_refusable && self.outbound.pending_bytes() > REFUSED_AT_BYTES {
            return Err(CastError::Full);
        }
        let payload = match body {
            Some(body) => Payload::Encode(body),
            None => Payload::None,
        };
        match self.outbound.send(control, payload) {
            Ok(()) => Ok(()),
            Err(error) => refused(control, error),
        }
    }

    fn send_encoded(&mut self, control: &Control, payload: Option<&Encoded>) {
        let payload = match payload {
            Some(encoded) => Payload::Encoded(encoded),
            None => Payload::None,
        };
        if let Err(error) = self.outbound.send(control, payload) {
            // It was encoded before, so it is the peer that does not understand it.
            drop(refused(control, error));
        }
    }
}

/// What cannot be encoded is the sender's error; what the peer does not understand is logged and left out.
fn refused(control: &Control, error: SendError) -> Result<(), CastError> {
    match error {
        SendError::Encode(error) => Err(error.into()),
        error => {
            tracing::warn!(?control, %error, "a signal cannot be sent to this peer");
            Ok(())
        }
    }
}

impl Endpoint for Attached {
    fn signal(&self, control: Control, payload: Option<Encoded>) {
        self.connection.traffic.message_in();
        self.node.receive(&self.peer, control, payload);
    }

    fn received(&self, bytes: u64) {
        self.connection.traffic.bytes_in(bytes);
    }

    fn take_transmit(&self, into: &mut Vec<u8>) {
        if let State::Up(up) = &mut self.peer.core().state {
            up.outbound.take_transmit(into);
            up.is_idle = into.is_empty();
            self.connection.traffic.bytes_out(into.len());
        }
        self.peer.drained.notify_waiters();
    }

    fn sent(&self) -> (u64, bool) {
        match &self.peer.core().state {
            State::Up(up) => (up.outbound.sent(), up.outbound.pending_bytes() > 0),
            _ => (0, false),
        }
    }

    fn tick(&self) {
        self.peer.tick();
    }

    fn writable(&self) -> &Notify {
        &self.peer.writable
    }

    async fn closed(&self) {
        loop {
            let closed = self.peer.close.notified();
            if self.peer.closing.load(Ordering::Acquire) {
                return;
            }
            closed.await;
        }
    }
}

/// A peer and the node it belongs to, as the task that pumps the connection sees it.
pub(super) struct Attached {
    pub(super) node: crate::node::Node,
    pub(super) peer: std::sync::Arc<Peer>,
    pub(super) connection: std::sync::Arc<Connection>,
}
