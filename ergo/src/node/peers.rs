//! All the other nodes this one has, or is making, a connection to.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak,
};

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

type Map = HashMap<Atom, Arc<Peer>, BuildHasherDefault<NameHasher>>;

/// Peers by name, each name once.
#[derive(Default)]
pub(super) struct Peers {
    map: RwLock<Map>,
    /// Another number after each change of the map, which no other map ever has.
    version: AtomicU64,
    /// Held while it is decided which of two connections between the same nodes stays.
    deciding: Mutex<()>,
    /// What is asked for in messages that prove no peer that is connected.
    pub(super) others_spawn_rate: SpawnRate,
}

/// The peer that a thread has asked for last, which most likely is the next one too.
struct Last {
    /// What the map was then.
    version: u64,
    name: Atom,
    peer: Weak<Peer>,
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

/// The last version of any map; 0 is that of empty ones.
static VERSIONS: AtomicU64 = AtomicU64::new(0);

/// The map, while it is changed.
struct Changing<'a> {
    map: RwLockWriteGuard<'a, Map>,
    version: &'a AtomicU64,
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        let version = VERSIONS.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        self.version.store(version, Ordering::Release);
    }
}

impl Peers {
    pub(super) fn get(&self, name: &Atom) -> Option<Arc<Peer>> {
        let version = self.version.load(Ordering::Acquire);
        let last = LAST.try_with(|last| {
            let last = last.try_borrow().ok()?;
            let is_it = |last: &&Last| last.version == version && last.name == *name;
            last.as_ref().filter(is_it)?.peer.upgrade()
        });
        if let Ok(Some(peer)) = last {
            return Some(peer);
        }
        let found = self.read().get(name).cloned()?;
        // The number from before the look: a later change makes it look again.
        let now = Last {
            version,
            name: name.clone(),
            peer: Arc::downgrade(&found),
        };
        let _ = LAST.try_with(|last| last.try_borrow_mut().map(|mut last| last.replace(now)));
        Some(found)
    }

    fn read(&self) -> RwLockReadGuard<'_, Map> {
        self.map.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> Changing<'_> {
        Changing {
            map: self.map.write().unwrap_or_else(PoisonError::into_inner),
            version: &self.version,
        }
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
        let mut changing = self.change();
        let map = &mut changing.map;
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
        let mut changing = self.change();
        let map = &mut changing.map;
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
        let mut changing = self.change();
        let map = &mut changing.map;
        if map
            .get(&peer.name)
            .is_some_and(|held| Arc::ptr_eq(held, peer))
        {
            map.remove(&peer.name);
        }
    }

    /// In the order of their names, so that what is done to all of them is done in the same order each time.
    pub(super) fn all(&self) -> Vec<Arc<Peer>> {
        let map = self.read();
        let mut all: Vec<_> = map.values().cloned().collect();
        all.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        all
    }

    pub(super) fn decide(&self) -> MutexGuard<'_, ()> {
        self.deciding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
