//! A peer as the task that pumps its connection sees it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::Notify;

use crate::dist::{Control, Transmit};
use crate::etf::{Encoded, Pid};
use crate::net::Endpoint;
use crate::node::Node;
use crate::node::peer::{Peer, State};

/// A peer and the node it belongs to.
pub(super) struct Attached {
    pub(super) node: Node,
    pub(super) peer: Arc<Peer>,
}

impl Endpoint for Attached {
    fn signal(&self, control: Control, payload: Option<Encoded>) {
        if let Some(connection) = self.peer.connection.get() {
            connection.traffic.message_in();
        }
        self.peer
            .act(|| self.node.receive(&self.peer, control, payload));
    }

    fn message(&self, from: Option<Pid>, to: Pid, payload: Encoded) {
        if let Some(connection) = self.peer.connection.get() {
            connection.traffic.message_in();
        }
        self.peer
            .act(|| self.node.receive_message(&self.peer, from, to, payload));
    }

    fn reading<R>(&self, hand_out: impl FnOnce() -> R) -> R {
        self.peer.reading(hand_out)
    }

    fn answered(&self) -> bool {
        self.peer.answered()
    }

    fn received(&self, bytes: u64) {
        if let Some(connection) = self.peer.connection.get() {
            connection.traffic.bytes_in(bytes);
        }
    }

    fn take_transmit(&self, into: &mut Transmit) {
        if let State::Up(up) = &mut self.peer.core().state {
            up.outbound.take_transmit(into);
            up.is_idle = into.is_empty();
        }
        if let Some(connection) = self.peer.connection.get() {
            connection.traffic.bytes_out(into.len());
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
