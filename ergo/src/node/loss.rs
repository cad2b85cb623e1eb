//! What happens when the way to another node is lost.

use std::sync::Arc;

use crate::node::peer::{Peer, Ties};
use crate::node::{ConnectError, Node};
use crate::process::host::Broken;
use crate::process::{Exit, ExitReason, down};
use crate::wire::Refused;

impl Node {
    /// A connection is lost, or could not be made: everything tied by it hears `noconnection`, once.
    ///
    /// The peer keeps its place until everyone has heard of it, so that whoever makes the next connection knows what it
    /// comes after.
    pub(super) fn lose(
        &self,
        peer: &Arc<Peer>,
        hidden: bool,
        why: &str,
        error: Option<&ConnectError>,
    ) {
        let Some((ties, was_up)) = peer.lose(error) else {
            return;
        };
        let _telling = Telling { node: self, peer };
        self.break_ties(ties);
        if was_up {
            tracing::info!(node = %self.0.name, peer = %peer.name, reason = why, "nodedown");
        }
        if let Some(error) = error {
            self.0.contacts.failed(&peer.name, error);
        }
        self.tell_down(peer, was_up.then_some(hidden), why);
    }

    /// A peer has sent something that is no Erlang term: its connection ends, as in OTP.
    pub(super) fn corrupted(&self, peer: &Arc<Peer>) {
        let Some(hidden) = peer.up() else { return };
        if let Some(times) = self.refused(Refused::ProtocolViolations) {
            tracing::error!(node = %self.0.name, peer = %peer.name, times, "closing the connection: it carried something that is no Erlang term");
        }
        self.lose(peer, hidden, "connection_closed", None);
    }

    pub(super) fn break_ties(&self, ties: Ties) {
        let host = self.host_ref();
        // Sorted, so that everyone hears of it in the same order each time.
        for ((id, pid), made) in sorted(ties.links) {
            let Some(process) = host.process(id) else {
                continue;
            };
            process.settle(&mut |relations| {
                let (from, reason) = (pid.clone(), ExitReason::NoConnection);
                relations
                    .break_lost(&from, made)
                    .then_some(Broken::Link(Exit { from, reason }))
            });
        }
        for (number, id) in sorted(ties.monitors) {
            if let Some(process) = host.process(id) {
                down(&host, &*process, number, ExitReason::NoConnection);
            }
        }
        for number in sorted(ties.slots) {
            if let Some(slot) = host.take_slot(number) {
                slot.down(ExitReason::NoConnection);
            }
        }
        for (reference, id) in ties.watched {
            if let Some(process) = host.process(id) {
                process.with_relations(&mut |relations| {
                    relations.unwatch_remote(&reference);
                });
            }
        }
    }
}

/// Ends the telling of a loss, also when code of the user's that is called in it panics.
struct Telling<'a> {
    node: &'a Node,
    peer: &'a Arc<Peer>,
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.node.0.peers.remove(self.peer);
        self.peer.set_gone();
    }
}

fn sorted<T: Ord>(ties: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut sorted: Vec<T> = ties.into_iter().collect();
    sorted.sort_unstable();
    sorted
}
