//! Spawn requests to other nodes: who waits for the answer, and what becomes of it when nobody does any more.
//!
//! # Invariants
//!
//! - A process that was asked for and that nobody waits for any more is ended when the answer comes (G-20).
//! - A link and a monitor are noted at the caller before anything that comes after the answer is acted on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::dist::{self, Control};
use crate::etf::{Atom, Encoded, Pid, Reference, Term};
use crate::node::inner::WeakNode;
use crate::node::peer::State;
use crate::node::spawning::SpawnReply;
use crate::node::{Node, SpawnFailure};
use crate::process::host::{Host, NODE_ID, RemoteSignal, Slot};
use crate::process::{Destination, ExitReason};

/// What is asked of another node.
pub(crate) struct Wanted<'a> {
    /// The node.
    pub(crate) node: &'a Atom,
    /// Module, function and arity.
    pub(crate) function: (Atom, Atom, u32),
    /// The arguments: a list.
    pub(crate) args: &'a Encoded,
    /// The process that asks, or the node.
    pub(crate) caller: u64,
    /// Whether it is linked to the new process.
    pub(crate) link: bool,
    /// Whether it monitors the new process.
    pub(crate) monitor: bool,
    /// Where the output of the new process goes.
    pub(crate) group_leader: Option<Pid>,
}

/// A request that is under way. Dropped before its answer was looked at, the process is ended when it comes.
pub(crate) struct Asked {
    slot: Arc<SpawnSlot>,
    answer: oneshot::Receiver<SpawnReply>,
    is_settled: bool,
}

impl Asked {
    /// The answer.
    ///
    /// Cancel safety: nothing is lost.
    pub(crate) async fn answered(&mut self) -> SpawnReply {
        let answer = (&mut self.answer).await;
        self.is_settled = true;
        answer.unwrap_or(Err(SpawnFailure::NoConnection))
    }

    /// The reference of the request, and of the monitor that was asked for.
    pub(crate) fn reference(&self, node: &Node) -> Reference {
        node.reference(self.slot.number)
    }

    /// Ends a process that has started, and that nobody wants any more.
    pub(crate) fn give_up(&self, pid: &Pid) {
        self.slot.forget(pid);
        self.slot.kill(pid);
    }

    /// Takes the link and the monitor away, of a process that has told otherwise that it did not start.
    pub(crate) fn forget(&self, pid: &Pid) {
        self.slot.forget(pid);
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if self.is_settled {
            return;
        }
        drop(self.slot.waiting().take());
        // What is sent from here on comes back to whoever sends it.
        self.answer.close();
        if let Ok(Ok(pid)) = self.answer.try_recv() {
            self.give_up(&pid);
        }
    }
}

/// Where the answer to a spawn request of ours goes.
struct SpawnSlot {
    node: WeakNode,
    number: u64,
    caller: u64,
    link: bool,
    monitor: bool,
    /// Until somebody has heard, or nobody wants to any more.
    waiting: Mutex<Option<oneshot::Sender<SpawnReply>>>,
}

impl SpawnSlot {
    fn waiting(&self) -> MutexGuard<'_, Option<oneshot::Sender<SpawnReply>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, reply: SpawnReply) {
        let sender = self.waiting().take();
        if let Some(sender) = sender {
            // It may have given up.
            let _ = sender.send(reply);
        }
    }

    fn started(&self, pid: Pid) {
        let sender = self.waiting().take();
        let is_tied = sender.is_some() && self.tie(&pid);
        let unheard = match sender {
            Some(sender) if is_tied => sender.send(Ok(pid.clone())).is_err(),
            Some(sender) => {
                let _ = sender.send(Err(SpawnFailure::NoConnection));
                true
            }
            None => true,
        };
        if unheard {
            self.forget(&pid);
            self.kill(&pid);
        }
    }

    /// Links and monitors, at the caller. False when it has ended, or the connection is being lost.
    fn tie(&self, pid: &Pid) -> bool {
        if !self.link && !self.monitor {
            return true;
        }
        let Some(node) = self.node.upgrade() else {
            return false;
        };
        let noted = node.0.peers.get(pid.node()).is_some_and(|peer| {
            let mut core = peer.core();
            if matches!(core.state, State::Down) {
                return false;
            }
            if self.link {
                core.ties.links.insert((self.caller, pid.clone()));
            }
            if self.monitor {
                core.ties.monitors.insert(self.number, self.caller);
            }
            true
        });
        let process = node.0.process(self.caller).filter(|_| noted);
        process.is_some_and(|process| {
            process.with_relations(&mut |relations| {
                if self.link {
                    relations.linked_by(pid);
                }
                if self.monitor {
                    relations.monitor(self.number, Destination::Pid(pid.clone()));
                }
            })
        })
    }

    fn forget(&self, pid: &Pid) {
        let Some(node) = self.node.upgrade() else {
            return;
        };
        if let Some(process) = node.0.process(self.caller) {
            process.with_relations(&mut |relations| {
                if self.link {
                    relations.break_remote(pid);
                }
                if self.monitor {
                    relations.demonitor(self.number);
                }
            });
        }
        if let Some(peer) = node.0.peers.get(pid.node()) {
            let mut core = peer.core();
            core.ties.links.remove(&(self.caller, pid.clone()));
            core.ties.monitors.remove(&self.number);
        }
    }

    fn kill(&self, pid: &Pid) {
        let Some(node) = self.node.upgrade() else {
            return;
        };
        tracing::debug!(%pid, "a process that nobody waits for any more is ended");
        // Without a connection there is nothing to end: it is told so itself.
        let _ = node.signal(RemoteSignal::Exit2 {
            from: NODE_ID,
            to: pid,
            reason: &ExitReason::Kill,
        });
    }
}

impl Slot for SpawnSlot {
    fn answer(&self, _: Encoded) {
        self.fill(Err(SpawnFailure::Refused(Atom::from_static("badarg"))));
    }

    fn spawned(&self, reply: Result<Pid, Atom>) -> bool {
        match reply {
            Ok(pid) => self.started(pid),
            Err(word) => self.fill(Err(SpawnFailure::Refused(word))),
        }
        false
    }

    fn down(&self, _: ExitReason) {
        self.fill(Err(SpawnFailure::NoConnection));
    }
}

impl Node {
    /// Asks another node for a process. Nobody has answered when it returns.
    pub(crate) fn ask_spawn(&self, wanted: &Wanted<'_>) -> Asked {
        let (sender, answer) = oneshot::channel();
        let number = self.0.next_number();
        let slot = Arc::new(SpawnSlot {
            node: self.downgrade(),
            number,
            caller: wanted.caller,
            link: wanted.link,
            monitor: wanted.monitor,
            waiting: Mutex::new(Some(sender)),
        });
        self.0.places.open(number, slot.clone());
        let asked = Asked {
            slot,
            answer,
            is_settled: false,
        };
        self.send_spawn(wanted, number);
        asked
    }

    fn send_spawn(&self, wanted: &Wanted<'_>, number: u64) {
        let (module, function, arity) = wanted.function.clone();
        let options = [(wanted.link, "link"), (wanted.monitor, "monitor")];
        let options = options.into_iter().filter(|(is_wanted, _)| *is_wanted);
        let from = self.pid(wanted.caller);
        // What it prints comes to us.
        let leader = wanted.group_leader.clone();
        let leader = leader.or_else(|| self.whereis_pid("user"));
        let request = dist::SpawnRequest {
            request: self.reference(number),
            group_leader: leader.unwrap_or_else(|| from.clone()),
            module,
            function,
            arity,
            options: Term::list(options.map(|(_, word)| Term::atom(word))),
            from,
        };
        let control = Control::SpawnRequest(Box::new(request));
        self.submit_spawn(wanted.node, control, wanted.args, number);
    }

    /// Starts a function on another node, monitored, and waits for its end.
    pub(crate) async fn run_there(
        &self,
        node: &Atom,
        function: (Atom, Atom, u32),
        args: &Encoded,
        timeout: Duration,
    ) -> Result<ExitReason, SpawnFailure> {
        let (sender, ended) = oneshot::channel();
        let number = self.0.next_number();
        let slot = Arc::new(RunSlot {
            node: self.downgrade(),
            number,
            state: Mutex::new(Running::Asked(sender)),
        });
        self.0.places.open(number, slot.clone());
        let wanted = Wanted {
            node,
            function,
            args,
            caller: NODE_ID,
            link: false,
            monitor: true,
            group_leader: None,
        };
        let _abandoned = Abandon(slot);
        self.send_spawn(&wanted, number);
        match tokio::time::timeout(timeout, ended).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(SpawnFailure::NoConnection),
            Err(_) => Err(SpawnFailure::Timeout),
        }
    }
}

type Outcome = Result<ExitReason, SpawnFailure>;

/// Where the end of a process goes that was started for what it ends with.
struct RunSlot {
    node: WeakNode,
    number: u64,
    state: Mutex<Running>,
}

enum Running {
    /// Not answered yet.
    Asked(oneshot::Sender<Outcome>),
    /// It runs.
    Started(Pid, oneshot::Sender<Outcome>),
    /// Nobody waits any more, and it is not answered yet.
    Abandoned,
    Over,
}

impl RunSlot {
    fn state(&self) -> MutexGuard<'_, Running> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, outcome: Outcome) {
        let state = std::mem::replace(&mut *self.state(), Running::Over);
        if let Running::Asked(sender) | Running::Started(_, sender) = state {
            // It may have given up.
            let _ = sender.send(outcome);
        }
    }

    /// As `demonitor`: nobody wants to hear of its end.
    fn demonitor(&self, pid: Pid) {
        if let Some(node) = self.node.upgrade() {
            node.0.take_slot(self.number);
            // It is gone with the connection otherwise.
            let _ = node.signal(RemoteSignal::EndCall {
                from: NODE_ID,
                to: &Destination::Pid(pid),
                number: self.number,
            });
        }
    }
}

impl Slot for RunSlot {
    fn answer(&self, _: Encoded) {
        self.end(Err(SpawnFailure::Refused(Atom::from_static("badarg"))));
    }

    fn spawned(&self, reply: Result<Pid, Atom>) -> bool {
        let pid = match reply {
            Ok(pid) => pid,
            Err(word) => {
                self.end(Err(SpawnFailure::Refused(word)));
                return false;
            }
        };
        let mut state = self.state();
        match std::mem::replace(&mut *state, Running::Over) {
            Running::Asked(sender) => {
                *state = Running::Started(pid, sender);
                true
            }
            _ => {
                drop(state);
                self.demonitor(pid);
                false
            }
        }
    }

    fn down(&self, reason: ExitReason) {
        self.end(Ok(reason));
    }
}

/// Gives a run up when nobody waits for it any more: `spawn_request_abandon/1`, or `demonitor/1`.
struct Abandon(Arc<RunSlot>);

impl Drop for Abandon {
    fn drop(&mut self) {
        let mut state = self.0.state();
        match std::mem::replace(&mut *state, Running::Over) {
            Running::Asked(_) => *state = Running::Abandoned,
            Running::Started(pid, _) => {
                drop(state);
                self.0.demonitor(pid);
            }
            Running::Abandoned | Running::Over => {}
        }
    }
}
