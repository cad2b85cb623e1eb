//! What holds between two nodes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Duration;

/// One direction between two nodes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rules {
    /// How long bytes are on their way.
    pub(super) delay: RangeInclusive<Duration>,
    /// How many bytes arrive at a time, at most.
    pub(super) piece: RangeInclusive<u64>,
    /// Nothing arrives; what is sent waits.
    pub(super) stalled: bool,
    /// Attempts to connect are refused.
    pub(super) refused: bool,
    /// After how many bytes the next connection breaks.
    pub(super) fuse: Option<u64>,
}

/// At once, in pieces of up to 16 KiB.
impl Default for Rules {
    fn default() -> Self {
        Rules {
            delay: Duration::ZERO..=Duration::ZERO,
            piece: 16 * 1024..=16 * 1024,
            stalled: false,
            refused: false,
            fuse: None,
        }
    }
}

impl Rules {
    pub(super) fn heal(&mut self) {
        self.stalled = false;
        self.refused = false;
    }
}

/// Everything that holds, by from and to.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Nodes that are being ended as by `kill -9`: nobody reaches them, and they reach nobody.
    pub(super) crashed: BTreeSet<String>,
    general: Rules,
    own: BTreeMap<(String, String), Rules>,
}

impl Table {
    pub(super) fn of(&self, from: &str, to: &str) -> &Rules {
        let key = (from.to_owned(), to.to_owned());
        self.own.get(&key).unwrap_or(&self.general)
    }

    /// Changes one direction.
    pub(super) fn change(&mut self, from: &str, to: &str, change: impl FnOnce(&mut Rules)) {
        let key = (from.to_owned(), to.to_owned());
        let general = &self.general;
        change(self.own.entry(key).or_insert_with(|| general.clone()));
    }

    /// Takes what is in store for the next connection.
    pub(super) fn take_fuse(&mut self, from: &str, to: &str) -> Option<u64> {
        let key = (from.to_owned(), to.to_owned());
        self.own.get_mut(&key)?.fuse.take()
    }

    /// Changes all directions, those of nodes that do not exist yet included.
    pub(super) fn change_all(&mut self, change: impl Fn(&mut Rules)) {
        change(&mut self.general);
        self.own.values_mut().for_each(change);
    }
}
