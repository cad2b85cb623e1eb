//! What the connections of a server share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::epmd::codec::{ListedNode, NodeEntry};
use crate::epmd::registry::{OwnerId, Registry, Taken};
use crate::epmd::server::session::{Session, Step, Then};
use crate::wire::{Counters, Refusals, Refused};

/// The registry and the table of connections, behind one lock that is never held across an await.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    clients_max: usize,
    counters: Arc<Counters>,
}

#[derive(Debug)]
struct State {
    registry: Registry,
    /// Connections that hold no registration.
    clients: HashMap<OwnerId, Slot>,
    /// Holders of registrations; nothing an outsider does removes one.
    nodes: HashMap<OwnerId, Slot>,
    next_owner: u64,
    closed: bool,
}

/// The right of a connection to live: when its slot is dropped, the connection's `Removed` resolves.
#[derive(Debug)]
struct Slot {
    /// `None` for a registration inside this process.
    stream: Option<Weak<TcpStream>>,
    last_input: Instant,
    _alive: oneshot::Sender<()>,
}

/// Resolves, with an error, when the slot has been removed.
pub(super) type Removed = oneshot::Receiver<()>;

impl Shared {
    pub(super) fn new(registry: Registry, clients_max: usize, counters: Arc<Counters>) -> Self {
        Self {
            state: Mutex::new(State {
                registry,
                clients: HashMap::new(),
                nodes: HashMap::new(),
                next_owner: 0,
                closed: false,
            }),
            clients_max,
            counters,
        }
    }

    /// A slot for a new connection; the one silent for longest loses its own when there are too many.
    pub(super) fn admit(&self, stream: Weak<TcpStream>, now: Instant) -> (OwnerId, Removed) {
        let (alive, removed) = oneshot::channel();
        let mut state = self.lock();
        if state.clients.len() >= self.clients_max {
            state.drop_idlest();
            self.refused(Refused::EpmdClients);
        }
        let owner = state.new_owner();
        let slot = Slot {
            stream: Some(stream),
            last_input: now,
            _alive: alive,
        };
        if !state.closed {
            state.clients.insert(owner, slot);
        }
        (owner, removed)
    }

    /// Counts a refusal, and logs it unless one of its kind was a moment ago.
    pub(super) fn refused(&self, kind: Refused) {
        if let Some(times) = self.counters.refuse(kind, Instant::now().into_std()) {
            tracing::warn!(limit = kind.name(), times, "EPMD has refused a client");
        }
    }

    /// How often what has been refused.
    pub(super) fn refusals(&self) -> Refusals {
        self.counters.refusals()
    }

    /// Closes the connection that has been silent for longest and holds no registration.
    pub(super) fn drop_idlest(&self) {
        self.lock().drop_idlest();
    }

    /// Runs the rules of a connection over its input and does what they say to the tables.
    pub(super) fn handle_input(&self, session: &mut Session, owner: OwnerId, bytes: &[u8]) -> Step {
        let mut guard = self.lock();
        let state = &mut *guard;
        let nodes = &mut state.nodes;
        let step = session.handle_input(bytes, &mut state.registry, |holder| {
            let alive = nodes.get(&holder).is_some_and(Slot::is_alive);
            if !alive {
                nodes.remove(&holder);
            }
            alive
        });
        match step.then {
            Then::KeepRegistered => {
                if let Some(slot) = state.clients.remove(&owner) {
                    state.nodes.insert(owner, slot);
                }
            }
            Then::KeepIdle => {
                if let Some(slot) = state.clients.get_mut(&owner) {
                    slot.last_input = Instant::now();
                }
            }
            Then::CloseAlso(other) => {
                state.nodes.remove(&other);
            }
            Then::Close | Then::Shutdown => {}
        }
        step
    }

    /// Registers a node of this process.
    pub(super) fn register(&self, entry: NodeEntry) -> Result<(OwnerId, u32, Removed), Refusal> {
        let (alive, removed) = oneshot::channel();
        let mut guard = self.lock();
        let state = &mut *guard;
        if state.closed {
            return Err(Refusal::Closed);
        }
        let owner = state.new_owner();
        let nodes = &state.nodes;
        let creation = state
            .registry
            .register(entry, owner, |holder| {
                nodes.get(&holder).is_some_and(Slot::is_alive)
            })
            .map_err(Refusal::Taken)?;
        let slot = Slot {
            stream: None,
            last_input: Instant::now(),
            _alive: alive,
        };
        state.nodes.insert(owner, slot);
        Ok((owner, creation, removed))
    }

    /// Forgets a connection and its registration.
    pub(super) fn remove(&self, owner: OwnerId) {
        let mut state = self.lock();
        state.registry.unregister(owner);
        state.clients.remove(&owner);
        state.nodes.remove(&owner);
    }

    /// The registered nodes, the newest first.
    pub(super) fn names(&self) -> Vec<ListedNode> {
        self.lock().registry.names()
    }

    /// Whether no connection and no registration is left.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        let state = self.lock();
        state.registry.is_empty() && state.clients.is_empty() && state.nodes.is_empty()
    }

    /// Closes every connection and takes no more.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.registry.clear();
        state.clients.clear();
        state.nodes.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while holding it; if something did, the tables are still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a node of this process was not registered.
#[derive(Debug)]
pub(super) enum Refusal {
    Taken(Taken),
    Closed,
}

impl State {
    fn new_owner(&mut self) -> OwnerId {
        self.next_owner += 1;
        OwnerId(self.next_owner)
    }

    fn drop_idlest(&mut self) {
        let idlest = self.clients.iter().min_by_key(|(_, slot)| slot.last_input);
        if let Some(owner) = idlest.map(|(owner, _)| *owner) {
            self.clients.remove(&owner);
        }
    }
}

impl Slot {
    /// Whether the peer of a registration is still there: its socket has nothing to read. The end
    /// of the connection may have arrived before its task has been woken for it.
    fn is_alive(&self) -> bool {
        let Some(stream) = &self.stream else {
            return true;
        };
        let unread = stream.upgrade().map(|stream| stream.try_read(&mut [0]));
        matches!(unread, Some(Err(error)) if error.kind() == std::io::ErrorKind::WouldBlock)
    }
}

#[cfg(test)]
mod tests;
