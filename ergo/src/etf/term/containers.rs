//! Tuples and lists.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem;
use std::ops::{Deref, DerefMut};

use super::{Term, clone, compare, display, drop, hash};

/// What a container is to its parent: the variant, the elements, and the trait impls that walk them without recursion.
macro_rules! sequence {
    ($name:ident) => {
        impl $name {
            /// Without elements.
            pub const EMPTY: $name = $name(Vec::new());

            /// The elements.
            pub fn into_vec(mut self) -> Vec<Term> {
                mem::take(&mut self.0)
            }

            pub(super) fn take(&mut self) -> Vec<Term> {
                mem::take(&mut self.0)
            }
        }

        impl From<Vec<Term>> for $name {
            fn from(elements: Vec<Term>) -> $name {
                $name(elements)
            }
        }

        impl FromIterator<Term> for $name {
            fn from_iter<I: IntoIterator<Item = Term>>(elements: I) -> $name {
                $name(elements.into_iter().collect())
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
                self.0.iter()
            }
        }

        impl Deref for $name {
            type Target = [Term];

            #[inline]
            fn deref(&self) -> &[Term] {
                &self.0
            }
        }

        impl DerefMut for $name {
            #[inline]
            fn deref_mut(&mut self) -> &mut [Term] {
                &mut self.0
            }
        }

        impl Drop for $name {
            #[inline]
            fn drop(&mut self) {
                drop::drop_elements(&mut self.0);
            }
        }

        impl Clone for $name {
            fn clone(&self) -> $name {
                $name(clone::clone_elements(&self.0))
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &$name) -> bool {
                self.0.len() == other.0.len() && compare::elements_equal(&self.0, &other.0)
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &$name) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                hash::hash_elements(&self.0, state);
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
/// let tuple = Tuple::from(vec![Term::atom("ok"), 1.into()]);
/// assert_eq!(tuple.len(), 2);
/// assert_eq!(tuple.to_string(), "{ok,1}");
/// ```
pub struct Tuple(Vec<Term>);

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
        display::write_elements(f, '{', self, '}')
    }
}

/// A proper list, which derefs to its elements.
///
/// ```
/// use ergo::etf::List;
///
/// let list: List = [1.into(), 2.into()].into_iter().collect();
/// assert_eq!(list.to_string(), "[1,2]");
/// ```
pub struct List(Vec<Term>);

sequence!(List);

impl List {
    /// Appends an element.
    pub fn push(&mut self, element: Term) {
        self.0.push(element);
    }
}

impl Extend<Term> for List {
    fn extend<I: IntoIterator<Item = Term>>(&mut self, elements: I) {
        self.0.extend(elements);
    }
}

impl Ord for List {
    /// Erlang's order: element by element, the shorter one first when it is the start of the other.
    fn cmp(&self, other: &List) -> Ordering {
        compare::compare_elements(self, other)
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        display::write_elements(f, '[', self, ']')
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
pub struct ImproperList {
    /// Never empty.
    elements: Vec<Term>,
    /// Never a list.
    tail: Box<Term>,
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
                elements.append(&mut tail.elements);
                let tail = mem::replace(&mut tail.tail, Box::new(Term::NIL));
                Term::ImproperList(ImproperList { elements, tail })
            }
            tail => Term::ImproperList(ImproperList {
                elements,
                tail: Box::new(tail),
            }),
        }
    }

    /// The elements before the tail; there is at least one.
    pub fn elements(&self) -> &[Term] {
        &self.elements
    }

    /// The tail, which is no list.
    pub fn tail(&self) -> &Term {
        &self.tail
    }

    /// The elements and the tail.
    pub fn into_parts(mut self) -> (Vec<Term>, Term) {
        self.take()
    }

    pub(super) fn take(&mut self) -> (Vec<Term>, Term) {
        (
            mem::take(&mut self.elements),
            mem::replace(&mut *self.tail, Term::NIL),
        )
    }
}

impl Drop for ImproperList {
    fn drop(&mut self) {
        if self.tail.is_branch() {
            self.elements.push(mem::replace(&mut *self.tail, Term::NIL));
        }
        drop::drop_elements(&mut self.elements);
    }
}

impl Clone for ImproperList {
    fn clone(&self) -> ImproperList {
        let elements = clone::clone_elements(&self.elements);
        ImproperList {
            elements,
            tail: self.tail.clone(),
        }
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
        hash::hash_elements(&self.elements, state);
        self.tail.hash(state);
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
