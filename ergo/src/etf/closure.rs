//! Closures of other nodes.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use bytes::Bytes;

use super::term::compare_closures;
use super::{Atom, Decoder, Term};

/// How many bytes tell the versions of a module apart.
pub(crate) const DIGEST_BYTES: usize = 16;

/// Down to this depth closures that capture closures are compared by what they captured, and may capture maps. To
/// compare and to check them is to decode them and to recurse, and how deep they are is up to the peer.
pub(crate) const CLOSURES_NESTED_MAX: usize = 16;

/// `fun() -> .. end`: code of a module together with the values it captured.
///
/// Closures are equal as in Erlang, whichever process made them. Two of them with more than 16 closures inside each
/// other are equal when what they captured was sent with the same bytes.
#[derive(Clone)]
pub struct Closure {
    parts: Parts,
    /// The whole of NEW_FUN_EXT after its size field, without references into an atom cache.
    body: Bytes,
    /// Where the captured values are in it.
    captured_at: usize,
    /// How many closures are inside each other here, this one included.
    nesting: usize,
}

/// What tells which function it is. The process that made it is no part of that, as in Erlang.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Parts {
    pub(crate) module: Atom,
    pub(crate) index: u32,
    pub(crate) unique: u32,
    pub(crate) arity: u8,
    pub(crate) digest: [u8; DIGEST_BYTES],
    pub(crate) captured: u32,
}

impl Parts {
    /// The order of Erlang's `<`.
    fn cmp_standard(&self, other: &Parts) -> Ordering {
        self.module
            .cmp(&other.module)
            .then_with(|| self.index.cmp(&other.index))
            .then_with(|| self.unique.cmp(&other.unique))
            .then_with(|| self.captured.cmp(&other.captured))
    }

    fn cmp_rest(&self, other: &Parts) -> Ordering {
        (self.digest, self.arity).cmp(&(other.digest, other.arity))
    }
}

impl Closure {
    pub(crate) const fn new(
        parts: Parts,
        body: Bytes,
        captured_at: usize,
        nesting: usize,
    ) -> Closure {
        Closure {
            parts,
            body,
            captured_at,
            nesting,
        }
    }

    /// The module whose code it is.
    pub const fn module(&self) -> &Atom {
        &self.parts.module
    }

    /// How many arguments it takes.
    pub const fn arity(&self) -> u8 {
        self.parts.arity
    }

    pub(crate) const fn body(&self) -> &Bytes {
        &self.body
    }

    fn captured_bytes(&self) -> &[u8] {
        self.body.get(self.captured_at..).unwrap_or_default()
    }

    /// The captured values; `None` for what is too deep or malformed, which is compared byte by byte.
    fn captured(&self) -> Option<Vec<Term>> {
        if self.nesting > CLOSURES_NESTED_MAX {
            return None;
        }
        let mut decoder = Decoder::new(self.captured_bytes());
        (0..self.parts.captured)
            .map(|_| decoder.read_term().ok())
            .collect()
    }

    /// The order of two closures of which `elements` compares the captured values. `exact` tells all apart that are
    /// not equal by `=:=`.
    pub(crate) fn compare(
        &self,
        other: &Closure,
        exact: bool,
        elements: impl FnOnce(&[Term], &[Term]) -> Ordering,
    ) -> Ordering {
        let rest = || {
            if exact {
                self.parts.cmp_rest(&other.parts)
            } else {
                Ordering::Equal
            }
        };
        self.parts
            .cmp_standard(&other.parts)
            .then_with(|| self.compare_captured(other, elements))
            .then_with(rest)
    }

    fn compare_captured(
        &self,
        other: &Closure,
        elements: impl FnOnce(&[Term], &[Term]) -> Ordering,
    ) -> Ordering {
        let (a, b) = (self.captured_bytes(), other.captured_bytes());
        if a == b {
            return Ordering::Equal;
        }
        match (self.captured(), other.captured()) {
            (Some(a), Some(b)) => elements(&a, &b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => a.cmp(b),
        }
    }
}

impl PartialEq for Closure {
    fn eq(&self, other: &Closure) -> bool {
        compare_closures(self, other).is_eq()
    }
}

impl Eq for Closure {}

impl Ord for Closure {
    /// Erlang's order: by the function, then by what it captured.
    fn cmp(&self, other: &Closure) -> Ordering {
        compare_closures(self, other)
    }
}

impl PartialOrd for Closure {
    fn partial_cmp(&self, other: &Closure) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Closure {
    /// By the function alone: equal captured values may be encoded in different ways.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts.hash(state);
    }
}

impl fmt::Display for Closure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts {
            module,
            index,
            unique,
            ..
        } = &self.parts;
        write!(f, "#Fun<{}.{index}.{unique}>", module.as_str())
    }
}

impl fmt::Debug for Closure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
