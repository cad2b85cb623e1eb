//! Functions that run on another node for this one, until their end: spawn requests with a monitor.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::etf::{Atom, Encoded, Pid, Term};
use crate::node::inner::WeakNode;
use crate::node::{Node, SpawnFailure};
use crate::process::host::{Body, Host, Origin, RemoteSignal, Slot};
use crate::process::{CastError, Destination, ExitReason};

/// What is to run on another node.
pub(crate) struct Run<'a> {
    /// The node.
    pub(crate) node: &'a Atom,
    /// Module, function and arity.
    pub(crate) function: (Atom, Atom, u32),
    /// The process that asks, or the node.
    pub(crate) caller: u64,
}

/// How it ends: with the exit reason of its process, still encoded, and where that came from.
pub(crate) type End = Result<(Encoded, Option<Origin>), SpawnFailure>;

enum State {
    /// It has not ended. With its pid once it has started, and who waits.
    Open(Option<Pid>, Option<Waker>),
    Ended(End),
    /// Nobody waits for it any more, and it is not known which process it is.
    Abandoned,
}

/// The place of the answer and of the monitor, which have one number.
struct RunSlot {
    state: Mutex<State>,
    /// To take back the monitor of what has started too late.
    node: WeakNode,
    number: u64,
    caller: u64,
}

impl RunSlot {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, end: End) {
        let mut state = self.state();
        if let State::Open(_, waker) = &mut *state {
            let waker = waker.take();
            *state = State::Ended(end);
            drop(state);
            waker.into_iter().for_each(Waker::wake);
        }
    }

    /// As `demonitor`: nobody wants to hear of its end.
    fn demonitor(&self, pid: Pid) {
        if let Some(node) = self.node.upgrade() {
            node.0.take_slot(self.number);
            // It is gone with the connection otherwise.
            let _ = node.signal(RemoteSignal::EndCall {
                from: self.caller,
                to: &Destination::Pid(pid),
                number: self.number,
            });
        }
    }
}

impl Slot for RunSlot {
    fn answer(&self, _: Encoded) {
        let word = Atom::from_static("badarg");
        self.end(Err(SpawnFailure::Refused(word)));
    }

    /// The place stays for the end of what has started.
    fn spawned(&self, reply: Result<Pid, Atom>) -> bool {
        let pid = match reply {
            Ok(pid) => pid,
            Err(word) => {
                self.end(Err(SpawnFailure::Refused(word)));
                return false;
            }
        };
        let mut state = self.state();
        match &mut *state {
            State::Open(started, _) => *started = Some(pid),
            State::Ended(_) => return false,
            State::Abandoned => {
                drop(state);
                self.demonitor(pid);
                return false;
            }
        }
        true
    }

    fn ended(&self, reason: &Encoded, from: Option<Origin>) -> bool {
        self.end(Ok((reason.clone(), from)));
        true
    }

    fn down(&self, _: ExitReason) {
        self.end(Err(SpawnFailure::NoConnection));
    }
}

/// A function that runs on another node: a future of its end.
///
/// Dropped before, it is abandoned: its monitor is taken back, as soon as it is known which process it is, and its end
/// reaches nobody. It runs on there, as in OTP.
pub(crate) struct Running(Arc<RunSlot>);

impl Future for Running {
    type Output = End;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<End> {
        let mut state = self.0.state();
        match &mut *state {
            State::Open(_, waker) => {
                match waker {
                    Some(waker) => waker.clone_from(cx.waker()),
                    None => *waker = Some(cx.waker().clone()),
                }
                Poll::Pending
            }
            State::Ended(end) => Poll::Ready(end.clone()),
            State::Abandoned => Poll::Ready(Err(SpawnFailure::NoConnection)),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if let State::Open(pid, waker) = &mut *state {
            let (pid, waker) = (pid.take(), waker.take());
            *state = State::Abandoned;
            drop(state);
            drop(waker);
            if let Some(pid) = pid {
                self.0.demonitor(pid);
            }
        }
    }
}

impl Node {
    /// Starts a function on another node, with a monitor. `args` writes the list of its arguments.
    ///
    /// # Errors
    /// The arguments cannot be encoded, or too much waits for the node already.
    pub(crate) fn run_there(&self, run: Run<'_>, args: Body<'_>) -> Result<Running, CastError> {
        let number = self.0.next_number();
        let running = Running(Arc::new(RunSlot {
            state: Mutex::new(State::Open(None, None)),
            node: self.downgrade(),
            number,
            caller: run.caller,
        }));
        self.0.places.open(number, running.0.clone());
        let sent = self.ask_run(run, Some(number), args);
        if sent.is_err() {
            self.0.take_slot(number);
        }
        sent.map(|()| running)
    }

    /// Starts a function on another node, of which nothing more is heard.
    ///
    /// # Errors
    /// As [`Node::run_there`].
    pub(crate) fn cast_there(&self, run: Run<'_>, args: Body<'_>) -> Result<(), CastError> {
        self.ask_run(run, None, args)
    }

    fn ask_run(&self, run: Run<'_>, number: Option<u64>, args: Body<'_>) -> Result<(), CastError> {
        let options = number.map(|_| Term::atom("monitor"));
        let leader = self.leader_of(&self.pid(run.caller));
        let control = self.spawn_request(
            number.unwrap_or_else(|| self.0.next_number()),
            run.caller,
            run.function,
            Term::list(options),
            leader,
        );
        self.submit_run(run.node, control, args, number)
    }
}
