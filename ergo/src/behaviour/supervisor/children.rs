//! The children of a supervisor, in the order of start, found by id and by pid.

use std::collections::{BTreeMap, HashMap};

use crate::behaviour::supervisor::child::{Child, Status};
use crate::etf::{Pid, Term};

/// The place of a child: the order in which it was added. No two children of a supervisor ever have the same.
pub(super) type Place = u64;

/// The children. Its maps are changed together.
pub(super) struct Children {
    /// Of a template: they have no ids, and one that is restarting is still found by the pid it had.
    is_dynamic: bool,
    by_place: BTreeMap<Place, Child>,
    by_id: HashMap<Term, Place>,
    by_pid: HashMap<Pid, Place>,
    next: Place,
    restarting: usize,
}

impl Children {
    pub(super) fn new(is_dynamic: bool) -> Self {
        Children {
            is_dynamic,
            by_place: BTreeMap::new(),
            by_id: HashMap::new(),
            by_pid: HashMap::new(),
            next: 0,
            restarting: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.by_place.len()
    }

    pub(super) fn restarting(&self) -> usize {
        self.restarting
    }

    /// Adds one that does not run yet, after all others.
    pub(super) fn add(&mut self, child: Child) -> Place {
        let place = self.next;
        self.next += 1;
        if !self.is_dynamic {
            self.by_id.insert(child.spec.id.clone(), place);
        }
        self.by_place.insert(place, child);
        place
    }

    pub(super) fn get(&self, place: Place) -> Option<&Child> {
        self.by_place.get(&place)
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut Child> {
        self.by_place.get_mut(&place)
    }

    pub(super) fn place_of_id(&self, id: &Term) -> Option<Place> {
        self.by_id.get(id).copied()
    }

    pub(super) fn place_of_pid(&self, pid: &Pid) -> Option<Place> {
        self.by_pid.get(pid).copied()
    }

    /// The child that runs under this pid.
    pub(super) fn running(&self, pid: &Pid) -> Option<Place> {
        let place = self.place_of_pid(pid)?;
        (self.get(place)?.pid() == Some(pid)).then_some(place)
    }

    pub(super) fn set(&mut self, place: Place, status: Status) {
        let Some(child) = self.by_place.get_mut(&place) else {
            return;
        };
        let before = std::mem::replace(&mut child.status, status);
        let after = child.status.clone();
        self.forget(&before);
        match after {
            Status::Running(pid) => {
                self.by_pid.insert(pid, place);
            }
            Status::Restarting(pid) => {
                self.restarting += 1;
                if let Some(pid) = pid.filter(|_| self.is_dynamic) {
                    self.by_pid.insert(pid, place);
                }
            }
            Status::Stopped => {}
        }
    }

    fn forget(&mut self, status: &Status) {
        match status {
            Status::Running(pid) => {
                self.by_pid.remove(pid);
            }
            Status::Restarting(pid) => {
                self.restarting -= 1;
                if let Some(pid) = pid.as_ref().filter(|_| self.is_dynamic) {
                    self.by_pid.remove(pid);
                }
            }
            Status::Stopped => {}
        }
    }

    pub(super) fn remove(&mut self, place: Place) -> Option<Child> {
        let child = self.by_place.remove(&place)?;
        if !self.is_dynamic {
            self.by_id.remove(&child.spec.id);
        }
        self.forget(&child.status);
        Some(child)
    }

    /// In the order of start.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (Place, &Child)> {
        self.by_place.iter().map(|(place, child)| (*place, child))
    }

    /// The places from `first` on, in the order of start.
    pub(super) fn places_from(&self, first: Place) -> Vec<Place> {
        self.by_place
            .range(first..)
            .map(|(place, _)| *place)
            .collect()
    }
}
