//! Funs of other nodes.

use std::fmt;

use super::{Atom, Closure};

/// A function value of an Erlang node. Ergo cannot call it; it keeps it and sends it back unchanged.
///
/// Funs are equal as in Erlang: see [`Closure`] and [`Export`].
///
/// ```
/// use ergo::etf::Term;
///
/// let term = Term::parse("fun lists:map/2")?;
/// let fun = term.as_fun().expect("a fun");
/// assert_eq!((fun.module().as_str(), fun.arity()), ("lists", 2));
/// assert!(fun.as_closure().is_none());
/// # Ok::<(), ergo::etf::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fun(Box<Repr>);

/// In Erlang's order: closures before functions by name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Repr {
    Closure(Closure),
    Export(Export),
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
            Repr::Closure(closure) => closure.arity().into(),
            Repr::Export(export) => export.arity,
        }
    }

    /// The module whose code it is.
    pub fn module(&self) -> &Atom {
        match &*self.0 {
            Repr::Closure(closure) => closure.module(),
            Repr::Export(export) => &export.module,
        }
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

impl fmt::Display for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fun {}:{}/{}", self.module, self.function, self.arity)
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

impl fmt::Debug for Fun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
