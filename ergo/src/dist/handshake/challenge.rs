//! Challenges, and the book of those that are open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The challenges that a node has open in all its handshakes.
///
/// The protocol has a weakness: a stranger that has to answer a node's challenge can send the same challenge back, in
/// this or in another handshake, and let the node compute the answer. Therefore a node keeps one book, hands a clone
/// of it to each handshake, and no handshake answers a challenge that is in the book.
#[derive(Clone, Debug, Default)]
pub struct OpenChallenges(Arc<Mutex<Vec<u32>>>);

impl OpenChallenges {
    /// Opens a challenge with this value, which must come from the operating system's random generator. It stays in
    /// the book until the [`Challenge`] is dropped.
    pub fn open(&self, value: u32) -> Challenge {
        self.values().push(value);
        Challenge {
            value,
            book: self.clone(),
        }
    }

    /// The number of challenges that are open.
    pub fn len(&self) -> usize {
        self.values().len()
    }

    /// Whether no challenge is open.
    pub fn is_empty(&self) -> bool {
        self.values().is_empty()
    }

    fn values(&self) -> MutexGuard<'_, Vec<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A challenge for one handshake, open until dropped.
#[derive(Debug)]
pub struct Challenge {
    value: u32,
    book: OpenChallenges,
}

impl Challenge {
    /// The number the peer has to answer.
    pub(super) fn value(&self) -> u32 {
        self.value
    }

    /// Whether a challenge from a peer is one that this node has open, in this or in another handshake.
    pub(super) fn is_reflected(&self, received: u32) -> bool {
        self.book.values().contains(&received)
    }
}

impl Drop for Challenge {
    fn drop(&mut self) {
        let mut values = self.book.values();
        if let Some(position) = values.iter().position(|value| *value == self.value) {
            values.swap_remove(position);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_until_dropped() {
        let book = OpenChallenges::default();
        let (first, second) = (book.open(7), book.open(7));
        assert!(first.is_reflected(7) && !first.is_reflected(8));
        drop(first);
        assert!(second.is_reflected(7));
        assert_eq!(book.len(), 1);
        drop(second);
        assert!(book.is_empty());
    }
}
