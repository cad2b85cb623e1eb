//! Tuples and lists.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

use super::elements::Elements;
use super::{Term, compare, display};

/// What tuples and proper lists have in common.
macro_rules! sequence {
    ($name:ident) => {
        impl $name {
            /// Without elements.
            pub const EMPTY: $name = $name(Elements::EMPTY);

            /// The elements.
            pub fn into_vec(mut self) -> Vec<Term> {
                self.0.take()
            }

            pub(super) fn take(&mut self) -> Vec<Term> {
                self.0.take()
            }
        }

        impl From<Vec<Term>> for $name {
            #[inline]
            fn from(elements: Vec<Term>) -> $name {
                $name(elements.into())
            }
        }

        impl<const N: usize> From<[Term; N]> for $name {
            fn from(elements: [Term; N]) -> $name {
                Vec::from(elements).into()
            }
        }

        impl Default for $name {
            fn default() -> $name {
                $name::EMPTY
            }
        }

        impl FromIterator<Term> for $name {
            fn from_iter<I: IntoIterator<Item = Term>>(elements: I) -> $name {
                Vec::from_iter(elements).into()
            }
        }

        impl IntoIterator for $name {
            type Item = Term;
            type IntoIter = std::vec::IntoIter<Term>;

            fn into_iter(self) -> Self::IntoIter {
                self.into_vec().into_iter()
            }
        }

        impl<'a> IntoIterator for &'a $name {
            type Item = &'a Term;
            type IntoIter = std::slice::Iter<'a, Term>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        impl Deref for $name {
            type Target = [Term];

            #[inline]
            fn deref(&self) -> &[Term] {
                self.0.as_slice()
            }
        }

        impl DerefMut for $name {
            #[inline]
            fn deref_mut(&mut self) -> &mut [Term] {
                self.0.as_mut_slice()
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &$name) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

/// A tuple: a fixed number of elements, which it derefs to.
///
/// ```
/// use ergo::etf::{Term, Tuple};
///
/// let tuple = Tuple::from([Term::atom("ok"), 1.into()]);
/// assert_eq!(tuple.len(), 2);
/// assert_eq!(tuple.to_string(), "{ok,1}");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Tuple(Elements);

sequence!(Tuple);

impl Ord for Tuple {
    /// Erlang's order: the smaller number of elements first, then element by element.
    fn cmp(&self, other: &Tuple) -> Ordering {
        self.len()
            .cmp(&other.len())
            .then_with(|| compare::compare_elements(self, other))
    }
}

impl fmt::Display for Tuple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display::write_elements(f, "{", self, '}')
    }
}

/// A proper list, which derefs to its elements. It takes exactly their room, so to append, take them out with
/// [`List::into_vec`] and make a new one.
///
/// ```
/// use ergo::etf::List;
///
/// let list: List = [1.into(), 2.into()].into_iter().collect();
/// assert_eq!(list.to_string(), "[1,2]");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct List(Elements);

sequence!(List);

impl Ord for List {
    /// Erlang's order: element by element, the shorter one first when it is the start of the other.
    fn cmp(&self, other: &List) -> Ordering {
        compare::compare_elements(self, other)
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display::write_elements(f, "[", self, ']')
    }
}

/// A list that ends in a term other than a list: `[alias | Reference]`.
///
/// ```
/// use ergo::etf::{ImproperList, Term};
///
/// let list = ImproperList::term(vec![Term::atom("a")], Term::atom("b"));
/// assert_eq!(list.to_string(), "[a|b]");
/// assert_eq!(ImproperList::term(vec![Term::atom("a")], Term::NIL).to_string(), "[a]");
/// ```
#[derive(Clone)]
pub struct ImproperList {
    /// The elements, at least one, and then the tail, which is no list.
    cells: Elements,
}

impl ImproperList {
    /// `[Elements.. | Tail]`: what it is depends on the tail and on whether there are elements; only with some and with
    /// a tail that is no list it is an improper list.
    pub fn term(mut elements: Vec<Term>, tail: Term) -> Term {
        if elements.is_empty() {
            return tail;
        }
        match tail {
            Term::List(tail) => {
                elements.extend(tail);
                Term::List(elements.into())
            }
            Term::ImproperList(mut tail) => {
                elements.append(&mut tail.cells.take());
                Term::ImproperList(ImproperList {
                    cells: elements.into(),
                })
            }
            tail => {
                elements.reserve_exact(1);
                elements.push(tail);
                Term::ImproperList(ImproperList {
                    cells: elements.into(),
                })
            }
        }
    }

    /// The elements before the tail; there is at least one.
    pub fn elements(&self) -> &[Term] {
        self.parts().1
    }

    /// The tail, which is no list.
    pub fn tail(&self) -> &Term {
        self.parts().0
    }

    fn parts(&self) -> (&Term, &[Term]) {
        const NIL: &Term = &Term::NIL;
        self.cells.as_slice().split_last().unwrap_or((NIL, &[]))
    }

    /// The elements and the tail.
    pub fn into_parts(mut self) -> (Vec<Term>, Term) {
        let mut elements = self.cells.take();
        let tail = elements.pop().unwrap_or(Term::NIL);
        (elements, tail)
    }

    /// Takes out the elements and, after them, the tail.
    pub(super) fn take(&mut self) -> Vec<Term> {
        self.cells.take()
    }
}

impl PartialEq for ImproperList {
    fn eq(&self, other: &ImproperList) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for ImproperList {}

impl Ord for ImproperList {
    /// Erlang's order, as of [`Term`].
    fn cmp(&self, other: &ImproperList) -> Ordering {
        compare::compare_improper(self, other)
    }
}

impl PartialOrd for ImproperList {
    fn partial_cmp(&self, other: &ImproperList) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for ImproperList {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.cells.hash(state);
    }
}

impl fmt::Display for ImproperList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display::write_improper(f, self)
    }
}

impl fmt::Debug for ImproperList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
