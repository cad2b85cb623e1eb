//! One other node: the way to it, and what is lost when the way is.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::LocalKey;

use tokio::sync::{Notify, SetOnce, oneshot};
use tokio::task::AbortHandle;

use crate::dist::{Control, Outbound, Payload, SendError};
use crate::etf::{Atom, EncodeError, Encoded, Pid, Reference, Term};
use crate::node::ConnectError;
use crate::node::contacts::Connection;
use crate::node::spawn_rate::SpawnRate;
use crate::process::host::{Body, Origin};
use crate::process::{CastError, ExitReason, Full, write_reason};
use crate::wire::Limits;

/// What crosses a connection and is told `noconnection` when it is lost.
#[derive(Default)]
pub(super) struct Ties {
    /// Links, by the id of the process here and the pid there, with what the process knows them as.
    pub(super) links: HashMap<(u64, Pid), u64>,
    /// Monitors held here: number and id of the process that holds it.
    pub(super) monitors: HashMap<u64, u64>,
    /// Calls and spawns under way, by number of their slot.
    pub(super) slots: HashSet<u64>,
    /// Monitors held there, and the id of the process here that is monitored.
    pub(super) watched: HashMap<Reference, u64>,
}

impl Ties {
    /// Notes a link; one that is made again is known anew.
    pub(super) fn link(&mut self, id: u64, pid: &Pid, made: u64) {
        self.links.insert((id, pid.clone()), made);
    }

    /// Notes a link that the process there has made, unless there is one.
    pub(super) fn linked_by(&mut self, id: u64, pid: &Pid, made: u64) {
        self.links.entry((id, pid.clone())).or_insert(made);
    }

    /// Takes the note of a link back.
    pub(super) fn unlink(&mut self, id: u64, pid: &Pid) {
        self.links.remove(&(id, pid.clone()));
    }
}

/// A signal that waits for the connection.
pub(super) struct Pending {
    control: Control,
    payload: Option<Encoded>,
}

type Waiter = oneshot::Sender<Result<(), ConnectError>>;

pub(super) struct Dialling {
    pending: Vec<Pending>,
    /// About how much memory they take.
    pending_bytes: usize,
    pub(super) waiters: Vec<Waiter>,
    pub(super) task: Option<AbortHandle>,
    /// Connections of this peer's making that have proved themselves meanwhile.
    proved: u32,
    /// Whether the attempt of this node has given way to them.
    has_yielded: bool,
    /// The peer of the same name that was being lost when this one was made.
    before: Option<Arc<Peer>>,
}

pub(super) struct Up {
    pub(super) outbound: Outbound,
    /// Whether everything handed over before has been written to the socket.
    pub(super) is_idle: bool,
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
    /// Held while a signal of the peer is acted on, and while it is said that the peer is there.
    acting: Mutex<()>,
    /// Whether senders may have to wait: looked at first, without a lock. True for too long does no harm.
    may_be_busy: AtomicBool,
    /// Whether something waits to be written that nobody has been told of: see [`Peer::reading`].
    answered: AtomicBool,
    /// Whether the peer is lost: nothing is acted on any more.
    lost: AtomicBool,
    /// From how many waiting bytes on senders wait.
    watermark: usize,
    /// From how many waiting bytes on messages are refused.
    bytes_max: usize,
    pub(super) writable: Notify,
    pub(super) drained: Notify,
    pub(super) spawn_rate: SpawnRate,
    /// Notified when an attempt to connect has come to an end, or has given way.
    settled: Notify,
    pub(super) closing: AtomicBool,
    pub(super) close: Notify,
    /// Set when everyone has heard that the peer is lost.
    gone: SetOnce<()>,
    /// What is known of the connection, once there is one.
    pub(super) connection: OnceLock<Connection>,
}

thread_local! {
    /// The peer whose signal this thread is acting on.
    static ACTING_ON: Cell<*const Peer> = const { Cell::new(std::ptr::null()) };
    /// The peer whose signals this thread is handing out, one after the other.
    static READING_FROM: Cell<*const Peer> = const { Cell::new(std::ptr::null()) };
    /// The peer this thread is encoding a message for.
    static ENCODING_FOR: Cell<*const Peer> = const { Cell::new(std::ptr::null()) };
}

type OnThisThread = LocalKey<Cell<*const Peer>>;

/// Notes what this thread does, until this is dropped.
struct Doing(&'static OnThisThread, *const Peer);

impl Doing {
    fn begin(what: &'static OnThisThread, peer: &Peer) -> Doing {
        Doing(what, what.replace(peer))
    }
}

impl Drop for Doing {
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}

/// See [`Peer::hold`].
pub(super) struct Held<'a> {
    _acting: MutexGuard<'a, ()>,
    _doing: Doing,
}

/// What became of a signal.
#[derive(Debug, PartialEq)]
pub(super) enum Submitted {
    /// Handed over, or waiting for the connection.
    Done,
    /// The connection is lost: look for a new one.
    Gone,
}

/// What a signal that was handed over changes.
#[derive(Clone, Copy)]
struct Handed {
    /// Whoever writes is to be woken.
    wakes: bool,
    /// More waits than a peer would let wait that takes what it is sent.
    is_too_much: bool,
}

/// What a signal that waits for the connection takes besides its payload, about.
const PENDING_BYTES: usize = size_of::<Pending>() + 64;

impl Peer {
    /// A peer to be dialled, after `before` has been lost if there is one.
    pub(super) fn dialling(name: Atom, limits: &Limits, before: Option<Arc<Peer>>) -> Self {
        Peer::new(
            name,
            limits,
            State::Dialling(Dialling {
                pending: Vec::new(),
                pending_bytes: 0,
                waiters: Vec::new(),
                task: None,
                proved: 0,
                has_yielded: false,
                before,
            }),
        )
    }

    pub(super) fn connected(
        name: Atom,
        outbound: Outbound,
        is_hidden: bool,
        limits: &Limits,
    ) -> Self {
        Peer::new(
            name,
            limits,
            State::Up(Box::new(Up {
                outbound,
                is_idle: false,
                is_hidden,
            })),
        )
    }

    fn new(name: Atom, limits: &Limits, state: State) -> Self {
        Peer {
            name,
            core: Mutex::new(Core {
                state,
                ties: Ties::default(),
            }),
            acting: Mutex::new(()),
            may_be_busy: AtomicBool::new(false),
            answered: AtomicBool::new(false),
            lost: AtomicBool::new(false),
            watermark: limits.outbound_watermark_bytes,
            bytes_max: limits.outbound_bytes_max,
            writable: Notify::new(),
            drained: Notify::new(),
            spawn_rate: SpawnRate::default(),
            settled: Notify::new(),
            closing: AtomicBool::new(false),
            close: Notify::new(),
            gone: SetOnce::new(),
            connection: OnceLock::new(),
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

    /// What tells its connection from others, once there is one.
    pub(super) fn connection_id(&self) -> Option<u64> {
        self.connection.get().map(|connection| connection.id)
    }

    /// What a message that comes over its connection is marked with.
    pub(super) fn origin(&self) -> Option<Origin> {
        Some(Origin {
            node: self.name.clone(),
            connection_id: self.connection_id()?,
        })
    }

    pub(super) fn is_down(&self) -> bool {
        matches!(self.core().state, State::Down)
    }

    /// Acts on a signal that has come, unless the peer is lost: what was read and not acted on is lost with it.
    pub(super) fn act(&self, act: impl FnOnce()) {
        let _held = self.hold();
        if !self.lost.load(Ordering::Acquire) {
            act();
        }
    }

    /// Until this is dropped, nobody who loses the peer goes on to tell what was tied to it.
    pub(super) fn hold(&self) -> Held<'_> {
        let acting = self.acting.lock();
        Held {
            _acting: acting.unwrap_or_else(PoisonError::into_inner),
            _doing: Doing::begin(&ACTING_ON, self),
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
        // The lock is not one that the same thread could take twice: say so instead of waiting for ever.
        assert!(
            ENCODING_FOR.get() != std::ptr::from_ref(self),
            "an `Encode` of a message to {} sends to the same node",
            self.name
        );
        let is_reading = self.is_reading();
        let (waiting, sent) = {
            let mut core = self.core();
            let core = &mut *core;
            let _doing = Doing::begin(&ENCODING_FOR, self);
            let handed = match &mut core.state {
                State::Down => return Ok(Submitted::Gone),
                State::Dialling(dialling) => {
                    if is_refusable && dialling.pending_bytes > self.bytes_max {
                        return Err(self.full(dialling.pending_bytes));
                    }
                    let payload = body.map(crate::process::encode).transpose()?;
                    dialling.wait(control.clone(), payload);
                    (self.waiting(false, dialling.pending_bytes), Ok(()))
                }
                State::Up(up) => {
                    let before = up.outbound.pending_bytes();
                    if is_refusable && before > self.bytes_max {
                        return Err(self.full(before));
                    }
                    let sent = up.send(control, body);
                    if let Err(SendError::Encode(error)) = sent {
                        return Err(error.into());
                    }
                    (
                        self.waiting(up.wakes(is_reading), up.outbound.pending_bytes()),
                        sent,
                    )
                }
            };
            if !matches!(handed.1, Err(SendError::TooLong { .. })) {
                tie(&mut core.ties);
            }
            handed
        };
        self.handed_over(waiting);
        // Without the lock: whoever listens to the log may use the node.
        sent.or_else(|error| refused(control, error))?;
        Ok(Submitted::Done)
    }

    fn full(&self, pending_bytes: usize) -> CastError {
        Full::connection(pending_bytes, self.bytes_max).into()
    }

    /// What it means that so much waits.
    #[inline]
    fn waiting(&self, wakes: bool, now: usize) -> Handed {
        if now >= self.watermark {
            self.may_be_busy.store(true, Ordering::Release);
        }
        Handed {
            wakes,
            // Messages are refused long before.
            is_too_much: now > self.bytes_max.saturating_mul(2),
        }
    }

    /// There is something to write, or too much of it.
    #[inline]
    fn handed_over(&self, handed: Handed) {
        if handed.is_too_much && !self.closing.load(Ordering::Acquire) {
            let max = self.bytes_max.saturating_mul(2);
            tracing::error!(peer = %self.name, max, "closing the connection: the peer does not take what it is sent");
            self.close();
        }
        if !handed.wakes {
            return;
        }
        if self.is_reading() {
            self.answered.store(true, Ordering::Release);
        } else {
            self.writable.notify_one();
        }
    }

    /// Whether this thread is handing out signals of the peer.
    fn is_reading(&self) -> bool {
        READING_FROM.get() == std::ptr::from_ref(self)
    }

    /// Hands out signals that have come. Nobody is woken for what is sent to the peer meanwhile, before [`Peer::answered`]
    /// has been asked: the processes that have been woken run first, and what they send is written with it.
    pub(super) fn reading<R>(&self, hand_out: impl FnOnce() -> R) -> R {
        let _doing = Doing::begin(&READING_FROM, self);
        hand_out()
    }

    /// Whether signals that came were answered, since this was asked last: [`Peer::writable`] is to be notified then.
    pub(super) fn answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed) && self.answered.swap(false, Ordering::AcqRel)
    }

    /// As [`Peer::submit`], for a payload that is still encoded.
    pub(super) fn submit_encoded(&self, control: &Control, payload: Option<&Encoded>) {
        let is_reading = self.is_reading();
        let (waiting, sent) = {
            let mut core = self.core();
            match &mut core.state {
                State::Down => return,
                State::Dialling(dialling) => {
                    dialling.wait(control.clone(), payload.cloned());
                    (self.waiting(false, dialling.pending_bytes), Ok(()))
                }
                State::Up(up) => {
                    let sent = up.send_encoded(control, payload);
                    (
                        self.waiting(up.wakes(is_reading), up.outbound.pending_bytes()),
                        sent,
                    )
                }
            }
        };
        self.handed_over(waiting);
        if let Err(error) = sent {
            drop(refused(control, error));
        }
    }

    /// The connection is there: what waited for it goes out first.
    ///
    /// False when it came too late, or there is another one.
    pub(super) fn establish(&self, outbound: Outbound, is_hidden: bool) -> bool {
        let mut unsent = Vec::new();
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
            for waiting in pending {
                if let Err(error) = up.send_encoded(&waiting.control, waiting.payload.as_ref()) {
                    up.without_reason(&waiting.control, &error);
                    unsent.push((waiting.control, error));
                }
            }
            core.state = State::Up(up);
            waiters
        };
        for (control, error) in unsent {
            drop(refused(&control, error));
        }
        for waiter in waiters {
            // It may have given up.
            let _ = waiter.send(Ok(()));
        }
        self.settled.notify_waiters();
        self.drained.notify_waiters();
        self.writable.notify_one();
        true
    }

    /// The peer has dialled this node too and proved itself. With `precedence` it is its connection that stays, and
    /// the attempt of this node ends.
    ///
    /// True when there was an attempt: [`Peer::unproved`] is to be told of the end of theirs.
    pub(super) fn proved(&self, precedence: bool) -> bool {
        let mut core = self.core();
        let State::Dialling(dialling) = &mut core.state else {
            return false;
        };
        dialling.proved = dialling.proved.saturating_add(1);
        if precedence && let Some(task) = dialling.task.take() {
            task.abort();
        }
        true
    }

    /// The peer's connection that had proved itself has come to its end: it is in use by now, or has failed. True when
    /// nobody is left who could make one.
    pub(super) fn unproved(&self) -> bool {
        match &mut self.core().state {
            State::Dialling(dialling) => {
                dialling.proved = dialling.proved.saturating_sub(1);
                dialling.proved == 0 && dialling.task.is_none()
            }
            _ => false,
        }
    }

    /// The attempt of this node has failed. False when that is the end of it: no connection of the peer's making is on
    /// its way, or in use.
    pub(super) fn has_other_attempt(&self) -> bool {
        let has_other = match &mut self.core().state {
            State::Dialling(dialling) => {
                dialling.task = None;
                dialling.has_yielded = dialling.proved > 0;
                dialling.has_yielded
            }
            _ => true,
        };
        self.settled.notify_waiters();
        has_other
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

    /// The peer that this one takes the place of, until everyone has heard that it is lost.
    pub(super) fn comes_after(&self) -> Option<Arc<Peer>> {
        let core = self.core();
        let State::Dialling(dialling) = &core.state else {
            return None;
        };
        let before = dialling.before.as_ref()?;
        (!before.gone.initialized()).then(|| before.clone())
    }

    /// Waits until the peer is lost and everyone has heard of it.
    pub(super) async fn gone(&self) {
        self.gone.wait().await;
    }

    /// Everyone has heard that the peer is lost.
    pub(super) fn set_gone(&self) {
        // It is lost once.
        let _ = self.gone.set(());
    }

    /// There is no connection any more: hands out what was tied by it, once. No signal is acted on after it.
    pub(super) fn lose(&self, error: Option<&ConnectError>) -> Option<(Ties, bool)> {
        let before = std::mem::replace(&mut self.core().state, State::Down);
        if matches!(before, State::Down) {
            return None;
        }
        self.lost.store(true, Ordering::Release);
        // The thread that acts on a signal may be this one: where the signal breaks the protocol, or where code of the
        // user's listens to what is logged. Any other waits until the signal has been acted on.
        if ACTING_ON.get() != std::ptr::from_ref(self) {
            drop(self.hold());
        }
        // A signal that was being acted on may have tied something meanwhile.
        let ties = std::mem::take(&mut self.core().ties);
        self.close();
        self.drained.notify_waiters();
        self.settled.notify_waiters();
        let State::Dialling(dialling) = before else {
            return Some((ties, true));
        };
        let error = error.cloned().unwrap_or(ConnectError::Stopping);
        for waiter in dialling.waiters {
            // It may have given up.
            let _ = waiter.send(Err(error.clone()));
        }
        Some((ties, false))
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
            if !self.is_busy() {
                return;
            }
            drained.await;
        }
    }

    /// Whether senders are to wait.
    pub(super) fn is_busy(&self) -> bool {
        if !self.may_be_busy.load(Ordering::Acquire) {
            return false;
        }
        let core = self.core();
        let is_busy = match &core.state {
            State::Up(up) => up.outbound.is_busy(),
            State::Dialling(dialling) => dialling.pending_bytes >= self.watermark,
            State::Down => false,
        };
        // Under the lock, as where it is set.
        self.may_be_busy.store(is_busy, Ordering::Release);
        is_busy
    }
}

impl Dialling {
    fn wait(&mut self, control: Control, payload: Option<Encoded>) {
        let bytes = payload.as_ref().map_or(0, Encoded::len_bytes);
        self.pending_bytes = self
            .pending_bytes
            .saturating_add(bytes)
            .saturating_add(PENDING_BYTES);
        self.pending.push(Pending { control, payload });
    }
}

impl Up {
    /// Whether whoever writes has to be woken for what has been handed over: until that is done, or left to the one who
    /// reads, it looks again by itself.
    fn wakes(&mut self, is_reading: bool) -> bool {
        let wakes = self.is_idle;
        self.is_idle &= is_reading;
        wakes
    }

    fn send(&mut self, control: &Control, body: Option<Body<'_>>) -> Result<(), SendError> {
        let payload = match body {
            Some(body) => Payload::Encode(body),
            None => Payload::None,
        };
        self.outbound.send(control, payload)
    }

    fn send_encoded(
        &mut self,
        control: &Control,
        payload: Option<&Encoded>,
    ) -> Result<(), SendError> {
        let payload = match payload {
            Some(encoded) => Payload::Encoded(encoded),
            None => Payload::None,
        };
        self.outbound.send(control, payload)
    }

    /// Tells the end of a process whose reason cannot be told: the signal itself is never lost.
    fn without_reason(&mut self, control: &Control, error: &SendError) {
        let is_an_end = matches!(
            control,
            Control::Exit { .. }
                | Control::Exit2 { .. }
                | Control::MonitorPExit { .. }
                | Control::AltactSigSend { exit: true, .. }
        );
        if is_an_end {
            let reason = unsendable(error);
            // What it says always fits.
            let _ = self
                .outbound
                .send(control, Payload::Encode(&mut write_reason(&reason)));
        }
    }
}

/// The reason that is told in place of one that cannot be.
pub(super) fn unsendable(error: &impl ToString) -> ExitReason {
    let text = Term::from(error.to_string());
    ExitReason::from(Term::tuple([Term::atom("unsendable_reason"), text]))
}

/// What cannot be encoded, or is too long, is the sender's error; what the peer does not understand is logged and left
/// out.
fn refused(control: &Control, error: SendError) -> Result<(), CastError> {
    match error {
        SendError::Encode(error) => Err(error.into()),
        SendError::TooLong { len, max } => {
            let short = |bytes| u32::try_from(bytes).unwrap_or(u32::MAX);
            let (length, max) = (short(len), short(max));
            Err(EncodeError::MessageTooLong { length, max }.into())
        }
        error => {
            tracing::warn!(?control, %error, "a signal cannot be sent to this peer");
            Ok(())
        }
    }
}
