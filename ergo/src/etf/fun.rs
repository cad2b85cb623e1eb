//! Funs of other nodes.

use std::cmp::Ordering;
use std::fmt;

use bytes::Bytes;

use super::Atom;

/// A function value of an Erlang node. Ergo cannot call it; it keeps it and sends it back unchanged.
///
/// Funs are equal when they were sent with the same bytes, which implies that Erlang takes them as equal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Fun(Box<Repr>);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Repr {
    Closure(Closure),
    Export(Export),
}

/// `fun() -> .. end`: code of a module together with the values it captured.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Closure {
    module: Atom,
    index: u32,
    unique: u32,
    arity: u8,
    /// The whole of NEW_FUN_EXT after its size field, without references into an atom cache.
    body: Bytes,
}

/// `fun Module:Function/Arity`: a function by name.
///
/// ```
/// use ergo::etf::{Atom, Export};
///
/// let map = Export::new(Atom::from_static("lists"), Atom::from_static("map"), 2);
/// assert_eq!(map.to_string(), "fun lists:map/2");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Export {
    module: Atom,
    function: Atom,
    arity: u32,
}

impl Fun {
    pub(crate) fn closure(closure: Closure) -> Fun {
        Fun(Box::new(Repr::Closure(closure)))
    }

    /// The function named, or `None` for a closure.
    pub fn as_export(&self) -> Option<&Export> {
        match &*self.0 {
            Repr::Export(export) => Some(export),
            Repr::Closure(_) => None,
        }
    }

    /// The closure, or `None` for a function by name.
    pub fn as_closure(&self) -> Option<&Closure> {
        match &*self.0 {
            Repr::Closure(closure) => Some(closure),
            Repr::Export(_) => None,
        }
    }

    /// How many arguments it takes.
    pub fn arity(&self) -> u32 {
        match &*self.0 {
            Repr::Closure(closure) => closure.arity.into(),
            Repr::Export(export) => export.arity,
        }
    }

    /// The module whose code it is.
    pub fn module(&self) -> &Atom {
        match &*self.0 {
            Repr::Closure(closure) => &closure.module,
            Repr::Export(export) => &export.module,
        }
    }
}

impl Closure {
    pub(crate) const fn new(
        module: Atom,
        index: u32,
        unique: u32,
        arity: u8,
        body: Bytes,
    ) -> Closure {
        Closure {
            module,
            index,
            unique,
            arity,
            body,
        }
    }

    /// The module whose code it is.
    pub const fn module(&self) -> &Atom {
        &self.module
    }

    /// How many arguments it takes.
    pub const fn arity(&self) -> u8 {
        self.arity
    }

    pub(crate) const fn body(&self) -> &Bytes {
        &self.body
    }
}

impl Export {
    /// The function `module:function/arity`.
    #[must_use]
    pub const fn new(module: Atom, function: Atom, arity: u32) -> Export {
        Export {
            module,
            function,
            arity,
        }
    }

    /// The module.
    pub const fn module(&self) -> &Atom {
        &self.module
    }

    /// The function.
    pub const fn function(&self) -> &Atom {
        &self.function
    }

    /// How many arguments it takes.
    pub const fn arity(&self) -> u32 {
        self.arity
    }
}

impl From<Export> for Fun {
    fn from(export: Export) -> Fun {
        Fun(Box::new(Repr::Export(export)))
    }
}

impl Ord for Fun {
    /// Erlang's order: closures before functions by name, then by their parts.
    fn cmp(&self, other: &Fun) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Fun {
    fn partial_cmp(&self, other: &Fun) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fun {}:{}/{}", self.module, self.function, self.arity)
    }
}

impl fmt::Display for Closure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "#Fun<{}.{}.{}>",
            self.module.as_str(),
            self.index,
            self.unique
        )
    }
}

impl fmt::Display for Fun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Repr::Closure(closure) => closure.fmt(f),
            Repr::Export(export) => export.fmt(f),
        }
    }
}

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Closure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Fun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
