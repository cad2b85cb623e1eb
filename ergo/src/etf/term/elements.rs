//! The terms inside a container.

use std::hash::{Hash, Hasher};

use super::drop::Holds;
use super::{Term, clone, compare, drop, hash};

/// Terms in a row, in an allocation of exactly their size; none when there are none.
///
/// Comparing, cloning, hashing and dropping them takes no stack, however deep they nest.
pub(super) struct Elements(Option<Box<[Term]>>);

impl Elements {
    pub(super) const EMPTY: Elements = Elements(None);

    #[inline]
    pub(super) fn as_slice(&self) -> &[Term] {
        self.0.as_deref().unwrap_or_default()
    }

    #[inline]
    pub(super) fn as_mut_slice(&mut self) -> &mut [Term] {
        self.0.as_deref_mut().unwrap_or_default()
    }

    /// Takes the terms out; none stay.
    pub(super) fn take(&mut self) -> Vec<Term> {
        self.0.take().map_or_else(Vec::new, <[Term]>::into_vec)
    }
}

impl From<Vec<Term>> for Elements {
    #[inline]
    fn from(elements: Vec<Term>) -> Elements {
        if elements.is_empty() {
            return Elements::EMPTY;
        }
        Elements(Some(elements.into_boxed_slice()))
    }
}

impl Drop for Elements {
    #[inline]
    fn drop(&mut self) {
        match drop::held_by(self.as_slice()) {
            Holds::Nothing => drop::forget(self.take()),
            Holds::Memory => {}
            Holds::Terms => drop::drop_elements(self.take()),
        }
    }
}

impl Clone for Elements {
    fn clone(&self) -> Elements {
        clone::clone_elements(self.as_slice()).into()
    }
}

impl PartialEq for Elements {
    fn eq(&self, other: &Elements) -> bool {
        compare::elements_equal(self.as_slice(), other.as_slice())
    }
}

impl Eq for Elements {}

impl Hash for Elements {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash::hash_elements(self.as_slice(), state);
    }
}
