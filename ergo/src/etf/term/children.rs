//! The terms directly inside a term.

use std::slice;

use super::Term;
use super::drop::Holds;

/// Walks the children of one term from first to last; the tail of an improper list comes last, each key of a map
/// before its value.
#[derive(Clone)]
pub(crate) enum Children<'a> {
    /// Of a tuple, a proper list or a record.
    Elements(slice::Iter<'a, Term>),
    /// Of an improper list: its elements, then its tail.
    Cells(slice::Iter<'a, Term>, Option<&'a Term>),
    /// Of a map: the value whose key came last, and the pairs after it.
    Pairs(Option<&'a Term>, slice::Iter<'a, (Term, Term)>),
}

impl<'a> Children<'a> {
    pub(crate) fn elements(elements: &'a [Term]) -> Self {
        Children::Elements(elements.iter())
    }

    pub(crate) fn improper(elements: &'a [Term], tail: &'a Term) -> Self {
        Children::Cells(elements.iter(), Some(tail))
    }

    pub(crate) fn pairs(pairs: &'a [(Term, Term)]) -> Self {
        Children::Pairs(None, pairs.iter())
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = &'a Term;

    #[inline]
    fn next(&mut self) -> Option<&'a Term> {
        match self {
            Children::Elements(elements) => elements.next(),
            Children::Cells(elements, tail) => elements.next().or_else(|| tail.take()),
            Children::Pairs(value, pairs) => value.take().or_else(|| {
                let (key, after) = pairs.next()?;
                *value = Some(after);
                Some(key)
            }),
        }
    }
}

impl Term {
    /// The children of a term that has some, `None` for every other.
    #[inline]
    pub(crate) fn children(&self) -> Option<Children<'_>> {
        match self {
            Term::Tuple(elements) if !elements.is_empty() => Some(Children::elements(elements)),
            Term::List(elements) if !elements.is_empty() => Some(Children::elements(elements)),
            Term::ImproperList(list) => Some(Children::improper(list.elements(), list.tail())),
            Term::Map(map) if !map.is_empty() => Some(Children::pairs(map.entries())),
            Term::Record(record) if !record.values().is_empty() => {
                Some(Children::elements(record.values()))
            }
            _ => None,
        }
    }

    /// What the term holds besides itself.
    #[inline]
    pub(super) fn holds(&self) -> Holds {
        let is_empty = match self {
            Term::Integer(_) | Term::Float(_) => return Holds::Nothing,
            Term::Atom(atom) if atom.inline().is_some() => return Holds::Nothing,
            Term::Binary(binary) if binary.is_inline() => return Holds::Nothing,
            Term::Tuple(elements) => elements.is_empty(),
            Term::List(elements) => elements.is_empty(),
            Term::Map(map) => map.is_empty(),
            Term::ImproperList(_) | Term::Record(_) => false,
            _ => return Holds::Memory,
        };
        if is_empty {
            Holds::Nothing
        } else {
            Holds::Terms
        }
    }
}
