//! The terms directly inside a term.

use std::slice;

use super::Term;

/// Walks the children of one term from first to last; the tail of an improper list comes last, each key of a map
/// before its value.
#[derive(Clone)]
pub(crate) struct Children<'a> {
    elements: slice::Iter<'a, Term>,
    tail: Option<&'a Term>,
    pairs: slice::Iter<'a, (Term, Term)>,
    value: Option<&'a Term>,
}

impl<'a> Children<'a> {
    pub(crate) fn elements(elements: &'a [Term]) -> Self {
        Children {
            elements: elements.iter(),
            tail: None,
            pairs: [].iter(),
            value: None,
        }
    }

    pub(crate) fn improper(elements: &'a [Term], tail: &'a Term) -> Self {
        Children {
            tail: Some(tail),
            ..Children::elements(elements)
        }
    }

    pub(crate) fn pairs(pairs: &'a [(Term, Term)]) -> Self {
        Children {
            pairs: pairs.iter(),
            ..Children::elements(&[])
        }
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = &'a Term;

    #[inline]
    fn next(&mut self) -> Option<&'a Term> {
        if let Some(element) = self.elements.next() {
            return Some(element);
        }
        if let Some(value) = self.value.take() {
            return Some(value);
        }
        if let Some((key, value)) = self.pairs.next() {
            self.value = Some(value);
            return Some(key);
        }
        self.tail.take()
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

    /// Whether the term has children.
    #[inline]
    pub(crate) fn is_branch(&self) -> bool {
        match self {
            Term::Tuple(elements) => !elements.is_empty(),
            Term::List(elements) => !elements.is_empty(),
            Term::ImproperList(_) => true,
            Term::Map(map) => !map.is_empty(),
            Term::Record(record) => !record.values().is_empty(),
            _ => false,
        }
    }
}
