//! Port identifiers.

use std::cmp::Ordering;
use std::fmt;

use super::Atom;

/// The identifier of an Erlang port. Ergo has none of its own; it keeps those of others and sends them back unchanged.
///
/// ```
/// use ergo::etf::{Atom, Port};
///
/// let port = Port::new(Atom::from_static("shop@localhost"), 5, 7);
/// assert_eq!(port.to_string(), "#Port<shop@localhost.5>");
/// assert_eq!(format!("{port:?}"), "#Port<shop@localhost.5/7>");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Port {
    node: Atom,
    id: u64,
    creation: u32,
}

impl Port {
    /// The port of the given parts.
    #[inline]
    #[must_use]
    pub const fn new(node: Atom, id: u64, creation: u32) -> Port {
        Port { node, id, creation }
    }

    /// The name of the node that opened the port.
    #[inline]
    pub const fn node(&self) -> &Atom {
        &self.node
    }

    /// The number of the port on its node.
    #[inline]
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// The incarnation of the node.
    #[inline]
    pub const fn creation(&self) -> u32 {
        self.creation
    }
}

impl Ord for Port {
    /// Erlang's order: the node first, the number last.
    fn cmp(&self, other: &Port) -> Ordering {
        self.node
            .cmp(&other.node)
            .then_with(|| self.creation.cmp(&other.creation))
            .then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for Port {
    fn partial_cmp(&self, other: &Port) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#Port<{}.{}>", self.node.as_str(), self.id)
    }
}

impl fmt::Debug for Port {
    /// With the node as an atom and the creation, as [`Term::parse`](super::Term::parse) reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Port { node, id, creation } = self;
        write!(f, "#Port<{node}.{id}/{creation}>")
    }
}
