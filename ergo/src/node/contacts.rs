//! What a node remembers of other nodes: the connections there are, and those there were.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::dist::handshake::Established;
use crate::dist::{Creation, Flags};
use crate::etf::Atom;
use crate::net::Stream;
use crate::node::ConnectError;

/// So many nodes are remembered; the oldest that was never connected is forgotten for a new one.
const REMEMBERED_MAX: usize = 1024;

/// A connection to another node, as `net_kernel:node_info/1` shows it.
///
/// <https://www.erlang.org/doc/apps/kernel/net_kernel.html#node_info/1>
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeInfo {
    /// The address at the other end; `None` where the connection has none, or it is not known.
    pub address: Option<SocketAddr>,
    /// Whether it is a hidden connection: one of the two nodes is hidden.
    pub hidden: bool,
    /// The incarnation of the other node; `None` when it does not say.
    pub creation: Option<Creation>,
    /// What both nodes announced, and therefore may use.
    pub flags: Flags,
    /// What tells this connection from others to the same node, as `connection_id` of `net_kernel:monitor_nodes/2`.
    pub connection_id: u64,
    /// Messages and other signals received.
    pub messages_in: u64,
    /// Messages and other signals sent, each fragment of a long one counted, ticks not.
    pub messages_out: u64,
    /// Bytes received since the handshake.
    pub bytes_in: u64,
    /// Bytes sent since the handshake.
    pub bytes_out: u64,
    /// For how long it has been connected.
    pub since: Duration,
    /// Whether it is encrypted.
    pub tls: bool,
}

/// A connection that is up.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) id: u64,
    pub(super) hidden: bool,
    /// The address at the other end and whether it is encrypted, once it is in use.
    carrier: OnceLock<(Option<SocketAddr>, bool)>,
    creation: Option<Creation>,
    pub(super) flags: Flags,
    begun: Instant,
    pub(super) traffic: Traffic,
}

/// What has gone over a connection, as far as nothing below counts it.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    messages_in: AtomicU64,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
}

impl Traffic {
    pub(super) fn message_in(&self) {
        self.messages_in.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn bytes_in(&self, bytes: u64) {
        self.bytes_in.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn bytes_out(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.bytes_out.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Connection {
    /// What carries it.
    pub(super) fn carried_by(&self, stream: &Stream) {
        // It is carried by one stream.
        let _ = self
            .carrier
            .set((stream.peer_address(), stream.is_encrypted()));
    }

    /// `messages_out` is what the connection itself has counted.
    pub(super) fn info(&self, messages_out: u64) -> NodeInfo {
        let (address, tls) = self.carrier.get().copied().unwrap_or_default();
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        NodeInfo {
            address,
            hidden: self.hidden,
            creation: self.creation,
            flags: self.flags,
            connection_id: self.id,
            messages_in: read(&self.traffic.messages_in),
            messages_out,
            bytes_in: read(&self.traffic.bytes_in),
            bytes_out: read(&self.traffic.bytes_out),
            since: self.begun.elapsed(),
            tls,
        }
    }
}

/// What is remembered, by name.
#[derive(Default)]
pub(super) struct Contacts(Mutex<Table>);

#[derive(Default)]
struct Table {
    remembered: HashMap<Atom, Remembered>,
    /// The names in it, oldest first.
    order: VecDeque<Atom>,
    last_id: u64,
}

#[derive(Default)]
struct Remembered {
    was_connected: bool,
    error: Option<ConnectError>,
}

impl Contacts {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is a connection to `node`.
    pub(super) fn up(&self, node: &Atom, established: &Established) -> Connection {
        let mut table = self.table();
        table.last_id += 1;
        let connection = Connection {
            id: table.last_id,
            hidden: established.is_hidden(),
            carrier: OnceLock::new(),
            creation: established.peer_creation,
            flags: established.flags,
            begun: Instant::now(),
            traffic: Traffic::default(),
        };
        let remembered = table.remember(node);
        remembered.was_connected = true;
        remembered.error = None;
        connection
    }

    /// There is no connection to `node`, and this is why.
    pub(super) fn failed(&self, node: &Atom, error: &ConnectError) {
        self.table().remember(node).error = Some(error.clone());
    }

    pub(super) fn last_error(&self, node: &Atom) -> Option<ConnectError> {
        self.table().remembered.get(node)?.error.clone()
    }

    pub(super) fn was_connected(&self, node: &Atom) -> bool {
        let table = self.table();
        let remembered = table.remembered.get(node);
        remembered.is_some_and(|remembered| remembered.was_connected)
    }

    /// Those that were or are connected, in the order in which they were met.
    pub(super) fn once_connected(&self) -> Vec<Atom> {
        let table = self.table();
        let met = table.order.iter();
        met.filter(|name| {
            let remembered = table.remembered.get(*name);
            remembered.is_some_and(|remembered| remembered.was_connected)
        })
        .cloned()
        .collect()
    }
}

impl Table {
    fn remember(&mut self, node: &Atom) -> &mut Remembered {
        if !self.remembered.contains_key(node) {
            if self.order.len() >= REMEMBERED_MAX {
                self.forget();
            }
            self.order.push_back(node.clone());
        }
        self.remembered.entry(node.clone()).or_default()
    }
}

impl Table {
    /// Forgets the oldest of those that were never connected, or else the oldest.
    fn forget(&mut self) {
        let was_never = |name: &Atom| {
            let remembered = self.remembered.get(name);
            remembered.is_none_or(|remembered| !remembered.was_connected)
        };
        let index = self.order.iter().position(was_never).unwrap_or_default();
        if let Some(name) = self.order.remove(index) {
            self.remembered.remove(&name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(text: &str) -> Atom {
        Atom::new(text).unwrap()
    }

    /// A peer that makes this node dial one name after the other does not make it remember them all.
    #[test]
    fn the_oldest_is_forgotten() {
        let contacts = Contacts::default();
        let error = |node: &Atom| ConnectError::NameLength { node: node.clone() };
        for number in 0..=REMEMBERED_MAX {
            let node = atom(&format!("n{number}@h"));
            contacts.failed(&node, &error(&node));
        }
        let (first, second) = (atom("n0@h"), atom("n1@h"));
        assert_eq!(contacts.last_error(&first), None);
        assert_eq!(contacts.last_error(&second), Some(error(&second)));
        assert_eq!(contacts.table().remembered.len(), REMEMBERED_MAX);
        assert!(contacts.once_connected().is_empty());
        assert!(!contacts.was_connected(&second));
    }
}
