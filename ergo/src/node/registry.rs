//! Registered names, and the places answers go to.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, PoisonError};

use crate::etf::Atom;
use crate::process::Alias;
use crate::process::host::Slot;
use crate::sync::{Mutex, MutexGuard, RwLock};

/// Names of this node: one process each.
#[derive(Default)]
pub(crate) struct Registry {
    names: RwLock<HashMap<Atom, u64>>,
}

impl Registry {
    pub(crate) fn whereis(&self, name: &str) -> Option<u64> {
        let name = Atom::new(name).ok()?;
        self.names
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&name)
            .copied()
    }

    /// Enters a name; an error is the id that holds it.
    pub(crate) fn register(&self, name: &Atom, id: u64) -> Result<(), u64> {
        match self
            .names
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(name.clone())
        {
            Entry::Occupied(held) => Err(*held.get()),
            Entry::Vacant(free) => {
                free.insert(id);
                Ok(())
            }
        }
    }

    /// Frees a name if this id holds it.
    pub(crate) fn unregister(&self, name: &Atom, id: u64) {
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        if names.get(name) == Some(&id) {
            names.remove(name);
        }
    }

    /// All names, in no order.
    pub(crate) fn names(&self) -> Vec<Atom> {
        self.names
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .keys()
            .cloned()
            .collect()
    }
}

const SHARDS: u64 = 16;

/// What a number of this node stands for, beside a monitor.
enum Place {
    /// The answer to a call.
    Slot(Arc<dyn Slot>),
    /// An alias of a process.
    Alias(Alias),
}

/// Slots of calls and aliases of processes, by number.
#[derive(Default)]
pub(crate) struct Places {
    shards: [Mutex<HashMap<u64, Place>>; SHARDS as usize],
}

impl Places {
    fn shard(&self, number: u64) -> MutexGuard<'_, HashMap<u64, Place>> {
        let index = usize::try_from(number % SHARDS).unwrap_or(0);
        self.shards[index]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let shards = self.shards.iter();
        shards
            .map(|shard| shard.lock().map_or(0, |places| places.len()))
            .sum()
    }

    pub(crate) fn open(&self, number: u64, slot: Arc<dyn Slot>) {
        self.shard(number).insert(number, Place::Slot(slot));
    }

    pub(crate) fn slot(&self, number: u64) -> Option<Arc<dyn Slot>> {
        match self.shard(number).get(&number)? {
            Place::Slot(slot) => Some(slot.clone()),
            Place::Alias(_) => None,
        }
    }

    pub(crate) fn take(&self, number: u64) -> Option<Arc<dyn Slot>> {
        let mut shard = self.shard(number);
        match shard.remove(&number)? {
            Place::Slot(slot) => Some(slot),
            alias => {
                shard.insert(number, alias);
                None
            }
        }
    }

    pub(crate) fn set_alias(&self, number: u64, alias: Option<Alias>) {
        let mut shard = self.shard(number);
        match alias {
            Some(alias) => drop(shard.insert(number, Place::Alias(alias))),
            None => drop(shard.remove(&number)),
        }
    }

    pub(crate) fn alias(&self, number: u64) -> Option<Alias> {
        match self.shard(number).get(&number)? {
            Place::Alias(alias) => Some(*alias),
            Place::Slot(_) => None,
        }
    }
}
