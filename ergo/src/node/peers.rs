//! All the other nodes this one has, or is making, a connection to.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::etf::Atom;
use crate::node::peer::Peer;
use crate::node::spawn_rate::SpawnRate;
use crate::process::host::Origin;

/// Hashes names of nodes fast, as each signal to another node asks for its peer. There are few, and only nodes that have
/// the cookie, or that this node wants to reach, are among them.
#[derive(Default)]
struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word.iter_mut()
                .zip(chunk)
                .for_each(|(to, from)| *to = *from);
            let mixed = self.0.rotate_left(5) ^ u64::from_le_bytes(word);
            self.0 = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

/// Peers by name, each name once.
#[derive(Default)]
pub(super) struct Peers {
    map: RwLock<HashMap<Atom, Arc<Peer>, BuildHasherDefault<NameHasher>>>,
    /// Held while it is decided which of two connections between the same nodes stays.
    deciding: Mutex<()>,
    /// What is asked for in messages that prove no peer that is connected.
    pub(super) others_spawn_rate: SpawnRate,
}

impl Peers {
    pub(super) fn get(&self, name: &Atom) -> Option<Arc<Peer>> {
        self.map
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    /// The peer of a connection, while it is there.
    pub(super) fn origin(&self, origin: &Origin) -> Option<Arc<Peer>> {
        let peer = self.get(&origin.node)?;
        (peer.connection_id() == Some(origin.connection_id)).then_some(peer)
    }

    /// The peer of this name, or a new one entered by `make` in the place of one that is being lost, which it gets; true
    /// when it is new. `None` when there are as many as allowed.
    pub(super) fn get_or_insert(
        &self,
        name: &Atom,
        peers_max: usize,
        make: impl FnOnce(Option<Arc<Peer>>) -> Peer,
    ) -> Option<(Arc<Peer>, bool)> {
        let lives = |peer: &&Arc<Peer>| !peer.is_down();
        if let Some(peer) = self.get(name).as_ref().filter(lives) {
            return Some((peer.clone(), false));
        }
        let mut map = self.map.write().unwrap_or_else(PoisonError::into_inner);
        let before = map.get(name);
        if let Some(peer) = before.filter(lives) {
            return Some((peer.clone(), false));
        }
        if before.is_none() && map.len() >= peers_max {
            return None;
        }
        let peer = Arc::new(make(before.cloned()));
        map.insert(name.clone(), peer.clone());
        Some((peer, true))
    }

    /// Enters a peer, whose name nobody else must have; an error when there are as many as allowed.
    pub(super) fn enter(&self, peer: &Arc<Peer>, peers_max: usize) -> Result<bool, ()> {
        let mut map = self.map.write().unwrap_or_else(PoisonError::into_inner);
        let len = map.len();
        match map.entry(peer.name.clone()) {
            Entry::Occupied(_) => Ok(false),
            Entry::Vacant(_) if len >= peers_max => Err(()),
            Entry::Vacant(place) => {
                place.insert(peer.clone());
                Ok(true)
            }
        }
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

    pub(super) fn decide(&self) -> MutexGuard<'_, ()> {
        self.deciding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
