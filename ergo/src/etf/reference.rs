//! References.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use thiserror::Error;

use super::Atom;

/// The most words that a reference has; OTP's aliases of priority messages have as many.
pub(crate) const REFERENCE_WORDS_MAX: usize = 5;

/// A unique value made by a node: the identity of a call, a monitor, a timer or an alias.
///
/// ```
/// use ergo::etf::{Atom, Reference};
///
/// let reference = Reference::new(Atom::from_static("shop@localhost"), 7, &[1, 2, 3])?;
/// assert_eq!(reference.to_string(), "#Ref<shop@localhost.3.2.1>");
/// assert!(Reference::new(Atom::from_static("shop@localhost"), 7, &[0; 6]).is_err());
/// # Ok::<(), ergo::etf::ReferenceWords>(())
/// ```
#[derive(Clone)]
pub struct Reference {
    node: Atom,
    creation: u32,
    /// Words beyond `len` are 0.
    words: [u32; REFERENCE_WORDS_MAX],
    len: u8,
}

/// A reference has 1 to 5 words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a reference has 1 to 5 words, not {words}")]
pub struct ReferenceWords {
    /// How many there were.
    pub words: usize,
}

impl Reference {
    /// The reference of the given parts, the least significant word first.
    ///
    /// # Errors
    /// [`ReferenceWords`] without a word and above 5.
    #[inline]
    pub fn new(node: Atom, creation: u32, ids: &[u32]) -> Result<Reference, ReferenceWords> {
        let mut words = [0; REFERENCE_WORDS_MAX];
        match (u8::try_from(ids.len()), words.get_mut(..ids.len())) {
            (Ok(len @ 1..), Some(slots)) => {
                slots.copy_from_slice(ids);
                Ok(Reference {
                    node,
                    creation,
                    words,
                    len,
                })
            }
            _ => Err(ReferenceWords { words: ids.len() }),
        }
    }

    /// The name of the node that made it.
    #[inline]
    pub const fn node(&self) -> &Atom {
        &self.node
    }

    /// The incarnation of the node.
    #[inline]
    pub const fn creation(&self) -> u32 {
        self.creation
    }

    /// The words, the least significant first.
    #[inline]
    pub fn ids(&self) -> &[u32] {
        self.words
            .get(..usize::from(self.len))
            .unwrap_or(&self.words)
    }
}

impl Reference {
    /// The words, each after a `.`, the most significant first.
    fn write_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = self.ids().iter().rev();
        words.try_for_each(|word| write!(f, ".{word}"))
    }
}

impl PartialEq for Reference {
    /// As in Erlang: words of 0 that one has beyond the other do not count.
    fn eq(&self, other: &Reference) -> bool {
        self.node == other.node && self.creation == other.creation && self.words == other.words
    }
}

impl Eq for Reference {}

impl Hash for Reference {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.node, self.creation, self.words).hash(state);
    }
}

impl Ord for Reference {
    /// Erlang's order: the node first, then the words from the most significant one, absent ones counting as 0.
    fn cmp(&self, other: &Reference) -> Ordering {
        self.node
            .cmp(&other.node)
            .then_with(|| self.creation.cmp(&other.creation))
            .then_with(|| self.words.iter().rev().cmp(other.words.iter().rev()))
    }
}

impl PartialOrd for Reference {
    fn partial_cmp(&self, other: &Reference) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#Ref<{}", self.node.as_str())?;
        self.write_words(f)?;
        f.write_str(">")
    }
}

impl fmt::Debug for Reference {
    /// With the node as an atom and the creation, as [`Term::parse`](super::Term::parse) reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#Ref<{}", self.node)?;
        self.write_words(f)?;
        write!(f, "/{}>", self.creation)
    }
}
