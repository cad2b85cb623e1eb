//! All the other nodes this one has, or is making, a connection to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::etf::Atom;
use crate::node::peer::Peer;

/// Peers by name, each name once.
#[derive(Default)]
pub(super) struct Peers {
    map: RwLock<HashMap<Atom, Arc<Peer>>>,
    /// Held while it is decided which of two connections between the same nodes stays.
    deciding: Mutex<()>,
}

impl Peers {
    pub(super) fn get(&self, name: &Atom) -> Option<Arc<Peer>> {
        self.map
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    /// The peer of this name, or a new one entered by `make`; true when it is new. `None` when there are as many as
    /// allowed.
    pub(super) fn get_or_insert(
        &self,
        name: &Atom,
        peers_max: usize,
        make: impl FnOnce() -> Peer,
    ) -> Option<(Arc<Peer>, bool)> {
        if let Some(peer) = self.get(name) {
            return Some((peer, false));
        }
        let mut map = self.map.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(peer) = map.get(name) {
            return Some((peer.clone(), false));
        }
        if map.len() >= peers_max {
            return None;
        }
        let peer = Arc::new(make());
        map.insert(name.clone(), peer.clone());
        Some((peer, true))
    }

    /// Enters a peer; the one that had its place is handed out.
    pub(super) fn insert(&self, peer: Arc<Peer>) -> Option<Arc<Peer>> {
        self.map
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(peer.name.clone(), peer)
    }

    /// Takes this very peer out; another one of its name stays.
    pub(super) fn remove(&self, peer: &Arc<Peer>) {
        let mut map = self.map.write().unwrap_or_else(PoisonError::into_inner);
        if map
            .get(&peer.name)
            .is_some_and(|held| Arc::ptr_eq(held, peer))
        {
            map.remove(&peer.name);
        }
    }

    /// In the order of their names, so that what is done to all of them is done in the same order each time.
    pub(super) fn all(&self) -> Vec<Arc<Peer>> {
        let map = self.map.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = map.values().cloned().collect();
        all.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        all
    }

    pub(super) fn len(&self) -> usize {
        self.map
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    pub(super) fn decide(&self) -> MutexGuard<'_, ()> {
        self.deciding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
