//! Who wants to know of nodes that come and go.

use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;

use crate::etf::Atom;

/// A node came or went, as `net_kernel:monitor_nodes/2` tells it.
///
/// Source: <https://www.erlang.org/doc/apps/kernel/net_kernel.html#monitor_nodes/2>.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeEvent {
    /// There is a connection to it.
    Up {
        /// The node.
        node: Atom,
        /// Whether it is a hidden node.
        hidden: bool,
    },
    /// The connection to it is lost.
    Down {
        /// The node.
        node: Atom,
        /// Whether it was a hidden node.
        hidden: bool,
        /// In the words of OTP: `connection_closed`, `net_tick_timeout`, `disconnect`, or what was violated.
        reason: String,
    },
}

/// Nodes coming and going, in order. Made by [`Node::monitor_nodes`](crate::Node::monitor_nodes).
#[derive(Debug)]
pub struct NodeEvents(mpsc::UnboundedReceiver<NodeEvent>);

impl NodeEvents {
    /// The next event; `None` once the node has stopped and all of them were taken.
    ///
    /// # Cancel safety
    /// No event is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<NodeEvent> {
        self.0.recv().await
    }
}

/// The receivers of events.
#[derive(Default)]
pub(super) struct Subscribers(Mutex<Senders>);

#[derive(Default)]
struct Senders {
    all: Vec<mpsc::UnboundedSender<NodeEvent>>,
    /// The node has stopped.
    is_over: bool,
}

impl Subscribers {
    pub(super) fn subscribe(&self) -> NodeEvents {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        senders.all.retain(|sender| !sender.is_closed());
        if !senders.is_over {
            senders.all.push(sender);
        }
        NodeEvents(receiver)
    }

    pub(super) fn tell(&self, event: &NodeEvent) {
        let mut senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        senders
            .all
            .retain(|sender| sender.send(event.clone()).is_ok());
    }

    /// There will be no more.
    pub(super) fn end(&self) {
        let mut senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        senders.is_over = true;
        senders.all.clear();
    }
}
