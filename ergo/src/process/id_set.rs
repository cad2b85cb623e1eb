//! A set of process ids that costs nothing while it holds one.

use std::collections::BTreeSet;

/// Most processes are linked to one other, the one that started them.
#[derive(Debug, Default)]
pub(crate) struct IdSet {
    first: Option<u64>,
    /// The others; `first` is not among them.
    more: BTreeSet<u64>,
}

impl IdSet {
    /// Puts an id in; false when it was there.
    pub(super) fn insert(&mut self, id: u64) -> bool {
        if self.contains(id) {
            return false;
        }
        if self.first.is_none() {
            self.first = Some(id);
            return true;
        }
        self.more.insert(id)
    }

    /// Takes an id out; false when it was not there.
    pub(super) fn remove(&mut self, id: u64) -> bool {
        if self.first == Some(id) {
            self.first = None;
            return true;
        }
        self.more.remove(&id)
    }

    pub(super) fn contains(&self, id: u64) -> bool {
        self.first == Some(id) || self.more.contains(&id)
    }

    pub(super) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.more.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        self.first.into_iter().chain(self.more.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_in_it_once() {
        let mut set = IdSet::default();
        assert!(set.insert(1) && set.insert(2));
        assert!(!set.insert(1) && !set.insert(2));
        assert!(set.remove(1) && !set.remove(1));
        // The place of the first is free, and the second is not put into it again.
        assert!(!set.insert(2) && set.insert(3));
        assert_eq!((set.len(), set.iter().collect::<Vec<_>>()), (2, vec![3, 2]));
    }
}
