//! The workers of a pool, as everyone on its node sees them.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::behaviour::pool::builder::Dispatch;
use crate::process::{Behavior, CastError, Ref};

/// One place in a pool. It keeps its number when its worker is started again.
pub(super) struct Slot<W: Behavior> {
    pub(super) number: u64,
    /// The worker that has it now, or had it last; none before the first.
    pub(super) worker: Option<Ref<W>>,
    pub(super) restarts: u64,
}

/// The places of a pool.
pub struct Workers<W: Behavior> {
    slots: RwLock<Vec<Slot<W>>>,
    dispatch: Dispatch,
    next: AtomicUsize,
}

impl<W: Behavior> std::fmt::Debug for Workers<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Workers({})", self.len())
    }
}

impl<W: Behavior> Workers<W> {
    pub(super) fn new(dispatch: Dispatch) -> Self {
        Workers {
            slots: RwLock::default(),
            dispatch,
            next: AtomicUsize::new(0),
        }
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, Vec<Slot<W>>> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vec<Slot<W>>> {
        self.slots.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn len(&self) -> usize {
        self.read().len()
    }

    /// A place for a worker that is about to be started.
    pub(super) fn add(&self, number: u64) {
        self.write().push(Slot {
            number,
            worker: None,
            restarts: 0,
        });
    }

    /// The worker of a place has started, or started again.
    pub(super) fn set(&self, number: u64, worker: Ref<W>) {
        let mut slots = self.write();
        if let Some(slot) = slots.iter_mut().find(|slot| slot.number == number) {
            slot.restarts += u64::from(slot.worker.is_some());
            slot.worker = Some(worker);
        }
    }

    /// Takes a place away, and whoever has it.
    pub(super) fn remove(&self, number: u64) -> Option<Slot<W>> {
        let mut slots = self.write();
        let at = slots.iter().position(|slot| slot.number == number)?;
        Some(slots.remove(at))
    }

    /// Whether there is this place.
    pub(super) fn has(&self, number: u64) -> bool {
        self.read().iter().any(|slot| slot.number == number)
    }

    /// The place that was added last.
    pub(super) fn last(&self) -> Option<u64> {
        self.read().last().map(|slot| slot.number)
    }

    /// Workers in the order in which a request is offered to them.
    pub(super) fn candidates(&self) -> Vec<Ref<W>> {
        let slots = self.read();
        if slots.is_empty() {
            return Vec::new();
        }
        let first = self.next.fetch_add(1, Ordering::Relaxed) % slots.len();
        // Among equals the turn decides.
        let (behind, ahead) = slots.split_at(first);
        let in_turn = ahead
            .iter()
            .chain(behind)
            .filter_map(|slot| slot.worker.clone());
        match self.dispatch {
            Dispatch::RoundRobin => in_turn.collect(),
            Dispatch::LeastLoaded => {
                let mut loads: Vec<(usize, Ref<W>)> = in_turn
                    .filter_map(|worker| Some((worker.waiting_here()?, worker)))
                    .collect();
                loads.sort_by_key(|(waiting, _)| *waiting);
                loads.into_iter().map(|(_, worker)| worker).collect()
            }
        }
    }

    /// The worker whose turn it is, among those that can take a message.
    pub(super) fn pick(&self) -> Result<Ref<W>, CastError> {
        match self.dispatch {
            Dispatch::RoundRobin => self.pick_in_turn(),
            Dispatch::LeastLoaded => first_with_room(self.candidates().into_iter()),
        }
    }

    /// Without a list: most often the first one takes it.
    fn pick_in_turn(&self) -> Result<Ref<W>, CastError> {
        let slots = self.read();
        let first = self.next.fetch_add(1, Ordering::Relaxed) % slots.len().max(1);
        let (behind, ahead) = slots.split_at(first.min(slots.len()));
        first_with_room(
            ahead
                .iter()
                .chain(behind)
                .filter_map(|slot| slot.worker.clone()),
        )
    }

    /// The worker of a key: the same one as long as it has its place, whoever else comes or goes.
    ///
    /// Rendezvous hashing: the place whose number gives the highest hash together with the key.
    pub(super) fn of_key(&self, key: &impl Hash) -> Result<Ref<W>, CastError> {
        let slots = self.read();
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let slot = slots
            .iter()
            // One that has not started yet has no part, and takes its keys over when it has.
            .filter(|slot| slot.worker.is_some())
            .max_by_key(|slot| hasher.hash_one((key, slot.number)));
        let worker = slot
            .and_then(|slot| slot.worker.clone())
            .ok_or(CastError::Closed)?;
        worker.takes_more()?;
        Ok(worker)
    }
}

/// The first that can take a message; [`CastError::Full`] when one lives, [`CastError::Closed`] when none does.
fn first_with_room<W: Behavior>(
    workers: impl Iterator<Item = Ref<W>>,
) -> Result<Ref<W>, CastError> {
    let mut refused = CastError::Closed;
    for worker in workers {
        match worker.takes_more() {
            Ok(()) => return Ok(worker),
            Err(error @ CastError::Full(_)) => refused = error,
            Err(_) => {}
        }
    }
    Err(refused)
}
