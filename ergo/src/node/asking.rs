//! Spawn requests to other nodes: who waits for the answer, and what becomes of it when nobody does any more.
//!
//! # Invariants
//!
//! - A process that was asked for and that nobody waits for any more is ended when the answer comes (G-20).
//! - A link and a monitor are noted at the caller before anything that comes after the answer is acted on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::dist::{self, Control};
use crate::etf::{Atom, Encoded, Pid, Reference, Term};
use crate::node::inner::WeakNode;
use crate::node::peer::State;
use crate::node::spawning::SpawnReply;
use crate::node::{Node, SpawnFailure};
use crate::process::host::{Host, Slot};
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
                core.ties.link(self.caller, pid, self.number);
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
                    relations.linked_by(pid, self.number);
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
            core.ties.unlink(self.caller, pid);
            core.ties.monitors.remove(&self.number);
        }
    }

    fn kill(&self, pid: &Pid) {
        let Some(node) = self.node.upgrade() else {
            return;
        };
        tracing::debug!(%pid, "a process that nobody waits for any more is ended");
        // Without a connection there is nothing to end: it is told so itself.
        node.kill_there(pid);
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
    /// Where the output of what a process of this node starts goes, unless it is to go where the node's own does.
    pub(crate) fn leader_of(&self, caller: &Pid) -> Option<Pid> {
        let process = self.0.process(self.0.local_id(caller)?)?;
        process.heritage_of_children().group_leader().cloned()
    }

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
        let options = [(wanted.link, "link"), (wanted.monitor, "monitor")];
        let options = options.into_iter().filter(|(is_wanted, _)| *is_wanted);
        let request = self.spawn_request(
            number,
            wanted.caller,
            wanted.function.clone(),
            Term::list(options.map(|(_, word)| Term::atom(word))),
            wanted.group_leader.clone(),
        );
        self.submit_spawn(wanted.node, request, wanted.args, number);
    }

    /// The control message of a spawn request.
    pub(super) fn spawn_request(
        &self,
        number: u64,
        caller: u64,
        (module, function, arity): (Atom, Atom, u32),
        options: Term,
        group_leader: Option<Pid>,
    ) -> Control {
        let from = self.pid(caller);
        // What it prints comes to us.
        let leader = group_leader.or_else(|| self.whereis_pid("user"));
        Control::SpawnRequest(Box::new(dist::SpawnRequest {
            request: self.reference(number),
            group_leader: leader.unwrap_or_else(|| from.clone()),
            module,
            function,
            arity,
            options,
            from,
        }))
    }
}
