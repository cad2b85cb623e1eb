//! The process table: id to process, in shards of slabs.

use std::cell::Cell;
use std::sync::{Arc, PoisonError};

use crate::process::host::AnyProcess;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Mutex, MutexGuard};

const SHARDS: usize = 16;
const SHARD_BITS: u32 = 4;
/// No slot: the end of the list of free ones.
const NONE: u32 = u32::MAX;
/// Slots of one shard: what is left of 32 bits beside the shard.
const SLOTS_MAX: usize = 1 << (32 - SHARD_BITS);

enum Entry {
    Free(u32),
    Busy(Arc<dyn AnyProcess>),
}

#[derive(Default)]
struct Slab {
    /// With the serial of its last process, so that no id is used twice.
    slots: Vec<(u32, Entry)>,
    free: Option<u32>,
    live: usize,
}

#[derive(Default)]
#[repr(align(128))]
struct Shard(Mutex<Slab>);

/// All processes of a node. An id is `serial << 32 | slot << 4 | shard`, and the serial is never 0, so ids below
/// 2^32 are free for other uses.
#[derive(Default)]
pub(crate) struct Table {
    shards: [Shard; SHARDS],
    closed: AtomicBool,
}

crate::sync::thread_local! {
    static NEXT: Cell<usize> = const { Cell::new(0) };
}

impl Table {
    fn slab(&self, shard: usize) -> MutexGuard<'_, Slab> {
        self.shards[shard % SHARDS]
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters what `make` makes of its id. `None` when the table is closed or full.
    pub(crate) fn insert(&self, make: &mut dyn FnMut(u64) -> Arc<dyn AnyProcess>) -> Option<u64> {
        let shard = NEXT.with(|next| next.replace(next.get().wrapping_add(1))) % SHARDS;
        let mut slab = self.slab(shard);
        // Under the lock: whoever closes the table and looks through it afterwards finds every process.
        if self.closed.load(Ordering::Acquire) {
            return None;
        }
        let slot = match slab.free {
            Some(slot) => slot,
            None if slab.slots.len() >= SLOTS_MAX => return None,
            None => {
                slab.slots.push((0, Entry::Free(NONE)));
                u32::try_from(slab.slots.len() - 1).ok()?
            }
        };
        let entry = slab.slots.get_mut(slot as usize)?;
        entry.0 = entry.0.checked_add(1).unwrap_or(1);
        let id = (u64::from(entry.0) << 32) | (u64::from(slot) << SHARD_BITS) | shard as u64;
        let next = match std::mem::replace(&mut entry.1, Entry::Busy(make(id))) {
            Entry::Free(NONE) | Entry::Busy(_) => None,
            Entry::Free(next) => Some(next),
        };
        slab.free = next;
        slab.live += 1;
        Some(id)
    }

    /// The process with this id.
    pub(crate) fn get(&self, id: u64) -> Option<Arc<dyn AnyProcess>> {
        let (serial, slot, shard) = parts(id);
        match self.slab(shard).slots.get(slot) {
            Some((current, Entry::Busy(process))) if *current == serial => Some(process.clone()),
            _ => None,
        }
    }

    /// Takes a process out.
    pub(crate) fn remove(&self, id: u64) -> Option<Arc<dyn AnyProcess>> {
        let (serial, slot, shard) = parts(id);
        let mut slab = self.slab(shard);
        let next = slab.free.unwrap_or(NONE);
        let entry = slab.slots.get_mut(slot).filter(|entry| entry.0 == serial)?;
        match std::mem::replace(&mut entry.1, Entry::Free(next)) {
            Entry::Busy(process) => {
                slab.free = u32::try_from(slot).ok();
                slab.live -= 1;
                Some(process)
            }
            free => {
                entry.1 = free;
                None
            }
        }
    }

    /// How many processes live.
    pub(crate) fn len(&self) -> usize {
        (0..SHARDS).map(|shard| self.slab(shard).live).sum()
    }

    /// Takes no more processes in.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// All processes that live now.
    pub(crate) fn all(&self) -> Vec<Arc<dyn AnyProcess>> {
        let mut all = Vec::new();
        for shard in 0..SHARDS {
            let slab = self.slab(shard);
            all.extend(slab.slots.iter().filter_map(|(_, entry)| match entry {
                Entry::Busy(process) => Some(process.clone()),
                Entry::Free(_) => None,
            }));
        }
        all
    }
}

fn parts(id: u64) -> (u32, usize, usize) {
    #[allow(clippy::cast_possible_truncation, reason = "the three fields of an id")]
    let (serial, low) = ((id >> 32) as u32, id as u32);
    (serial, (low >> SHARD_BITS) as usize, low as usize % SHARDS)
}
