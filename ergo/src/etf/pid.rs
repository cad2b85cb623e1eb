//! Process identifiers.

use std::cmp::Ordering;
use std::fmt;

use super::Atom;

/// The identifier of a process, of this node or another.
///
/// The creation tells apart the incarnations of a node: a pid of an earlier one equals none of the new one. Every
/// part is kept as received, so a foreign pid is sent back unchanged.
///
/// ```
/// use ergo::etf::{Atom, Pid};
///
/// let pid = Pid::new(Atom::from_static("shop@localhost"), 95, 0, 7);
/// assert_eq!(pid.to_string(), "<shop@localhost.95.0>");
/// assert_eq!(format!("{pid:?}"), "<shop@localhost.95.0/7>");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Pid {
    node: Atom,
    id: u32,
    serial: u32,
    creation: u32,
}

impl Pid {
    /// The pid of the given parts.
    #[inline]
    #[must_use]
    pub const fn new(node: Atom, id: u32, serial: u32, creation: u32) -> Pid {
        Pid {
            node,
            id,
            serial,
            creation,
        }
    }

    /// The name of the node the process runs on.
    #[inline]
    pub const fn node(&self) -> &Atom {
        &self.node
    }

    /// The number of the process on its node.
    #[inline]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// How often the numbers have been used up.
    #[inline]
    pub const fn serial(&self) -> u32 {
        self.serial
    }

    /// The incarnation of the node.
    #[inline]
    pub const fn creation(&self) -> u32 {
        self.creation
    }
}

impl Ord for Pid {
    /// Erlang's order: the number first, the node last.
    fn cmp(&self, other: &Pid) -> Ordering {
        (self.serial, self.id)
            .cmp(&(other.serial, other.id))
            .then_with(|| self.node.cmp(&other.node))
            .then_with(|| self.creation.cmp(&other.creation))
    }
}

impl PartialOrd for Pid {
    fn partial_cmp(&self, other: &Pid) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}.{}.{}>", self.node.as_str(), self.id, self.serial)
    }
}

impl fmt::Debug for Pid {
    /// With the node as an atom and the creation, as [`Term::parse`](super::Term::parse) reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pid {
            node,
            id,
            serial,
            creation,
        } = self;
        write!(f, "<{node}.{id}.{serial}/{creation}>")
    }
}
