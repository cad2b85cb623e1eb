//! What the network knows: nodes, what holds between them, connections.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc};

use crate::dist::{Creation, NodeName};
use crate::net::{Listener, Stream};
use crate::testing::network::rules::{Rules, Table};
use crate::testing::network::wire::Wire;
use crate::testing::{Random, Setup};

/// How many connections wait for a node to accept them.
const BACKLOG: usize = 128;

/// Where connections to a node are handed over.
pub(super) type Door = mpsc::Sender<(Stream, SocketAddr)>;

/// The network, shared by its nodes, its connections and the test.
pub(super) struct Shared {
    state: Mutex<State>,
    /// Notified when something that holds has changed. It wakes in order, which a `watch` channel does not.
    changed: Notify,
    /// The test it belongs to, which stops its nodes.
    pub(super) setup: Option<Setup>,
}

pub(super) struct State {
    pub(super) random: Random,
    pub(super) rules: Table,
    nodes: BTreeMap<String, (Door, SocketAddr)>,
    pub(super) wires: Vec<Arc<Wire>>,
    last_creation: u32,
    /// How often something that holds has changed.
    changes: u64,
}

impl Shared {
    pub(super) fn new(random: Random, setup: Option<Setup>) -> Arc<Shared> {
        Arc::new(Shared {
            state: Mutex::new(State {
                random,
                rules: Table::default(),
                nodes: BTreeMap::new(),
                wires: Vec::new(),
                last_creation: 0,
                changes: 0,
            }),
            changed: Notify::new(),
            setup,
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn rules(&self, from: &str, to: &str) -> Rules {
        self.state().rules.of(from, to).clone()
    }

    /// Changes what holds, and tells everyone who waits for it.
    pub(super) fn change(&self, change: impl FnOnce(&mut Table)) {
        {
            let mut state = self.state();
            change(&mut state.rules);
            state.changes += 1;
        }
        self.changed.notify_waiters();
    }

    /// How often something has changed.
    pub(super) fn changes(&self) -> u64 {
        self.state().changes
    }

    /// Waits for a change after so many.
    pub(super) async fn changed(&self, after: u64) {
        loop {
            let changed = self.changed.notified();
            if self.changes() > after {
                return;
            }
            changed.await;
        }
    }

    /// Takes a node in. An error is the address of one that runs under its name.
    pub(super) fn join(&self, name: &NodeName) -> Result<(Listener, Creation), SocketAddr> {
        if let Some((_, address)) = self.find(name.as_str()) {
            return Err(address);
        }
        let mut state = self.state();
        state.last_creation += 1;
        let number = state.last_creation;
        let port = u16::try_from(number).unwrap_or(u16::MAX);
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let creation = Creation::new(number).ok_or(address)?;
        let (door, streams) = mpsc::channel(BACKLOG);
        state
            .nodes
            .insert(name.as_str().to_owned(), (door, address));
        Ok((Listener::handed(address, streams), creation))
    }

    /// How to reach a node that runs.
    pub(super) fn find(&self, name: &str) -> Option<(Door, SocketAddr)> {
        let state = self.state();
        let known = state.nodes.get(name)?;
        (!known.0.is_closed()).then(|| known.clone())
    }

    /// Whether one of these is being ended as by `kill -9`.
    pub(super) fn has_crashed(&self, nodes: &[&str]) -> bool {
        let state = self.state();
        nodes.iter().any(|node| state.rules.crashed.contains(*node))
    }

    /// All that have joined, whether they run or not.
    pub(super) fn names(&self) -> Vec<String> {
        self.state().nodes.keys().cloned().collect()
    }
}
