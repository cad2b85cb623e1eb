//! Where a message goes.

use std::fmt;

use crate::etf::{Atom, Pid, Reference, Term};
use crate::process::Handle;

/// Where a message, a call or a monitor goes: a pid, a name here or on another node, or an alias.
///
/// Everything that takes a destination takes `impl Into<Destination>`: a [`Pid`], a name as `&str`, a
/// `(name, node)` pair of `&str`, or a [`Reference`] that is an alias. A name or node of more than 255 characters,
/// which no node can have, is cut to a name nobody has, so that it fails as `noproc` like any other unknown name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Destination {
    /// One process, here or anywhere.
    Pid(Pid),
    /// A process registered on this node.
    Name(Atom),
    /// A process registered as the first on the node named by the second.
    NameNode(Atom, Atom),
    /// A process alias (OTP 24): reaches the process that made it, until it is switched off.
    Alias(Reference),
}

impl Destination {
    /// What Erlang writes for it: a pid, a name, `{Name, Node}` or an alias.
    pub fn to_term(&self) -> Term {
        match self {
            Destination::Pid(pid) => Term::from(pid),
            Destination::Name(name) => Term::Atom(name.clone()),
            Destination::NameNode(name, node) => {
                Term::tuple([Term::Atom(name.clone()), Term::Atom(node.clone())])
            }
            Destination::Alias(alias) => Term::from(alias),
        }
    }

    /// The node it lives on, or `None` for a name on this node.
    pub fn node(&self) -> Option<&Atom> {
        match self {
            Destination::Pid(pid) => Some(pid.node()),
            Destination::Name(_) => None,
            Destination::NameNode(_, node) => Some(node),
            Destination::Alias(alias) => Some(alias.node()),
        }
    }
}

fn name(text: &str) -> Atom {
    Atom::new(text).unwrap_or_else(|_| Atom::from_static(""))
}

impl From<Pid> for Destination {
    fn from(pid: Pid) -> Self {
        Destination::Pid(pid)
    }
}

impl From<&Pid> for Destination {
    fn from(pid: &Pid) -> Self {
        Destination::Pid(pid.clone())
    }
}

/// Whatever takes `impl Into<Pid>` takes a borrowed one, too.
impl From<&Pid> for Pid {
    fn from(pid: &Pid) -> Self {
        pid.clone()
    }
}

impl From<&str> for Destination {
    fn from(text: &str) -> Self {
        Destination::Name(name(text))
    }
}

impl From<Atom> for Destination {
    fn from(atom: Atom) -> Self {
        Destination::Name(atom)
    }
}

impl From<(&str, &str)> for Destination {
    fn from((text, node): (&str, &str)) -> Self {
        Destination::NameNode(name(text), name(node))
    }
}

impl From<(Atom, Atom)> for Destination {
    fn from((text, node): (Atom, Atom)) -> Self {
        Destination::NameNode(text, node)
    }
}

impl From<Reference> for Destination {
    fn from(alias: Reference) -> Self {
        Destination::Alias(alias)
    }
}

/// A handle leads where its messages go: to its pid, or the name it was made from.
impl<H: Handle> From<&H> for Destination {
    fn from(handle: &H) -> Self {
        handle.as_ref().destination()
    }
}

impl From<&Destination> for Destination {
    fn from(destination: &Destination) -> Self {
        destination.clone()
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Destination::Pid(pid) => write!(f, "{pid}"),
            Destination::Name(name) => write!(f, "{name}"),
            Destination::NameNode(name, node) => write!(f, "{{{name},{node}}}"),
            Destination::Alias(alias) => write!(f, "{alias}"),
        }
    }
}
