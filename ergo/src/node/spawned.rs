//! Spawn requests of other nodes: what is tied, and what is answered.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::dist::{self, Control};
use crate::etf::{Atom, Encoded, Pid, Reference};
use crate::node::Node;
use crate::node::peer::State;
use crate::node::spawning::SpawnRequest;
use crate::process::host::{AnyProcess, Host, Slot};
use crate::process::{ExitReason, RemoteWatcher};

impl Node {
    /// Ties a process that a peer has asked for to it, before the process runs.
    pub(crate) fn tie_spawned(&self, process: &dyn AnyProcess, request: &SpawnRequest) {
        let SpawnRequest {
            peer,
            from,
            request: reference,
            link,
            monitor,
            ..
        } = request;
        let (link, monitor) = (*link, *monitor);
        let made = self.0.next_number();
        let mut taken_over = None;
        let noted = self.0.peers.get(peer).is_some_and(|peer| {
            let mut core = peer.core();
            if matches!(core.state, State::Down) {
                return false;
            }
            if link {
                core.ties.link(process.id(), from, made);
            }
            if monitor {
                let watched = &mut core.ties.watched;
                taken_over = watched.insert(reference.clone(), process.id());
            }
            true
        });
        // Where it uses the reference of a monitor that there is, that one ends.
        if let Some(other) = taken_over.and_then(|other| self.0.process(other)) {
            other.with_relations(&mut |relations| {
                relations.unwatch_remote(reference);
            });
        }
        if !noted {
            // As when the connection had been lost right after: it would have been linked by then.
            if link {
                process.exit_signal(from, ExitReason::NoConnection, true);
            }
            return;
        }
        process.with_relations(&mut |relations| {
            if link {
                relations.linked_by(from, made);
            }
            if monitor {
                let watcher = RemoteWatcher {
                    pid: from.clone(),
                    name: None,
                };
                relations.watch_remote(reference.clone(), watcher);
            }
        });
    }

    /// Takes back what [`Node::tie_spawned`] has noted, of a process whose init has failed: it has told nobody.
    pub(crate) fn untie_spawned(&self, id: u64, request: &SpawnRequest) {
        if let Some(peer) = self.0.peers.get(&request.peer) {
            let mut core = peer.core();
            core.ties.unlink(id, &request.from);
            if core.ties.watched.get(&request.request) == Some(&id) {
                core.ties.watched.remove(&request.request);
            }
        }
    }

    /// Answers a spawn request: SPAWN_REPLY.
    pub(crate) fn answer_spawn(&self, request: &SpawnRequest, result: Result<Pid, Atom>) {
        let Some(peer) = self.0.peers.get(&request.peer) else {
            return;
        };
        let is_started = result.is_ok();
        let reply = dist::SpawnReply {
            request: request.request.clone(),
            to: request.from.clone(),
            link: request.link && is_started,
            monitor: request.monitor && is_started,
            result,
        };
        peer.submit_encoded(&Control::SpawnReply(Box::new(reply)), None);
    }

    /// Whether processes are started here for other nodes.
    pub(crate) fn spawns_for_peers(&self) -> bool {
        let distribution = self.0.distribution.as_ref();
        distribution
            .is_some_and(|distribution| distribution.identity.flags.contains(dist::Flags::SPAWN))
    }

    /// Whether a node has said that it starts no processes for others. False of one that is not connected.
    pub(crate) fn refuses_spawns(&self, peer: &Atom) -> bool {
        let peer = self.0.peers.get(peer);
        let connection = peer.as_ref().and_then(|peer| peer.connection.get());
        connection.is_some_and(|connection| !connection.flags.contains(dist::Flags::SPAWN))
    }

    /// A reference that no other call of this node has.
    pub fn new_reference(&self) -> Reference {
        self.reference(self.0.next_number())
    }

    /// A place that somebody on another node can send one message to, for as long as the connection that there is now
    /// lasts. `None` without a connection.
    pub(crate) fn told_by(&self, peer: &Atom) -> Option<Told> {
        let (sender, message) = oneshot::channel();
        let slot = Arc::new(ToldSlot(Mutex::new(Some(sender))));
        let number = self.0.open_slot(slot);
        let told = Told {
            node: self.clone(),
            peer: peer.clone(),
            number,
            message: Some(message),
        };
        let peer = self.0.peers.get(peer)?;
        let mut core = peer.core();
        if matches!(core.state, State::Down) {
            return None;
        }
        core.ties.slots.insert(number);
        Some(told)
    }
}

/// One message of a process on another node, through an alias that is good for it. Dropped, it is switched off.
pub(crate) struct Told {
    node: Node,
    peer: Atom,
    number: u64,
    message: Option<oneshot::Receiver<Encoded>>,
}

impl Told {
    /// Where to send the message to.
    pub(crate) fn alias(&self) -> Reference {
        self.node.0.long_reference(self.number)
    }

    /// The message; `None` once the connection is lost, and when it has been given already.
    ///
    /// Cancel safety: nothing is lost.
    pub(crate) async fn message(&mut self) -> Option<Encoded> {
        let told = self.message.as_mut()?.await.ok();
        self.message = None;
        told
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.node.0.take_slot(self.number);
        if let Some(peer) = self.node.0.peers.get(&self.peer) {
            peer.core().ties.slots.remove(&self.number);
        }
    }
}

struct ToldSlot(Mutex<Option<oneshot::Sender<Encoded>>>);

impl ToldSlot {
    fn take(&self) -> Option<oneshot::Sender<Encoded>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Slot for ToldSlot {
    fn answer(&self, value: Encoded) {
        if let Some(sender) = self.take() {
            // It may have given up.
            let _ = sender.send(value);
        }
    }

    fn down(&self, _: ExitReason) {
        drop(self.take());
    }
}
