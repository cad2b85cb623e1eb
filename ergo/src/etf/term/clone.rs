//! Cloning terms of any depth.

use super::{Children, ImproperList, List, Map, Term, Tuple};

impl Clone for Term {
    fn clone(&self) -> Term {
        match self.clone_leaf() {
            Some(leaf) => leaf,
            None => clone_branch(self),
        }
    }
}

impl Term {
    /// A clone of a term without children.
    #[inline]
    fn clone_leaf(&self) -> Option<Term> {
        Some(match self {
            Term::Integer(value) => Term::Integer(*value),
            Term::BigInteger(value) => Term::BigInteger(value.clone()),
            Term::Float(value) => Term::Float(*value),
            Term::Atom(value) => Term::Atom(value.clone()),
            Term::Binary(value) => Term::Binary(value.clone()),
            Term::BitString(value) => Term::BitString(value.clone()),
            Term::Pid(value) => Term::Pid(value.clone()),
            Term::Reference(value) => Term::Reference(value.clone()),
            Term::Port(value) => Term::Port(value.clone()),
            Term::Fun(value) => Term::Fun(value.clone()),
            Term::Tuple(elements) if elements.is_empty() => Term::Tuple(Tuple::EMPTY),
            Term::List(elements) if elements.is_empty() => Term::List(List::EMPTY),
            Term::Map(map) if map.is_empty() => Term::Map(Map::EMPTY),
            Term::Record(record) if record.values().is_empty() => {
                Term::Record(record.with_values(Vec::new()))
            }
            _ => return None,
        })
    }
}

/// The clones of `elements`.
pub(super) fn clone_elements(elements: &[Term]) -> Vec<Term> {
    clone_children(Children::elements(elements), elements.len())
}

fn clone_branch(term: &Term) -> Term {
    let (children, len) = children_of(term);
    rebuild(term, clone_children(children, len))
}

fn clone_children(children: Children<'_>, len: usize) -> Vec<Term> {
    // Each level: the term it is a clone of, what is left of its children, and their clones.
    let mut outer: Vec<(&Term, Children<'_>, Vec<Term>)> = Vec::new();
    let mut children = children;
    let mut clones = Vec::with_capacity(len);
    let mut parent: Option<&Term> = None;
    loop {
        let Some(child) = children.next() else {
            let (Some(finished), Some((grandparent, siblings, mut sibling_clones))) =
                (parent, pop(&mut outer))
            else {
                return clones;
            };
            sibling_clones.push(rebuild(finished, clones));
            (parent, children, clones) = (grandparent, siblings, sibling_clones);
            continue;
        };
        if let Some(leaf) = child.clone_leaf() {
            clones.push(leaf);
            continue;
        }
        let (inner, len) = children_of(child);
        let waiting = std::mem::replace(&mut clones, Vec::with_capacity(len));
        let siblings = std::mem::replace(&mut children, inner);
        // The outermost level has no term of its own; any term stands in for it, it is never rebuilt.
        outer.push((parent.unwrap_or(child), siblings, waiting));
        parent = Some(child);
    }
}

type Level<'a> = (Option<&'a Term>, Children<'a>, Vec<Term>);

fn pop<'a>(outer: &mut Vec<(&'a Term, Children<'a>, Vec<Term>)>) -> Option<Level<'a>> {
    let (parent, siblings, clones) = outer.pop()?;
    Some(((!outer.is_empty()).then_some(parent), siblings, clones))
}

fn children_of(term: &Term) -> (Children<'_>, usize) {
    match term {
        Term::Tuple(elements) => (Children::elements(elements), elements.len()),
        Term::List(elements) => (Children::elements(elements), elements.len()),
        Term::ImproperList(list) => (
            Children::improper(list.elements(), list.tail()),
            list.elements().len().saturating_add(1),
        ),
        Term::Map(map) => (Children::pairs(map.entries()), map.len().saturating_mul(2)),
        Term::Record(record) => (Children::elements(record.values()), record.values().len()),
        _ => (Children::elements(&[]), 0),
    }
}

/// A term like `model` with other children, of the same number and order.
fn rebuild(model: &Term, mut children: Vec<Term>) -> Term {
    match model {
        Term::ImproperList(_) => match children.pop() {
            Some(tail) => ImproperList::term(children, tail),
            None => Term::NIL,
        },
        Term::Tuple(_) => Term::Tuple(children.into()),
        Term::Map(_) => Term::Map(Map::from_sorted_flat(children)),
        Term::Record(record) => Term::Record(record.with_values(children)),
        _ => Term::List(children.into()),
    }
}

/// The clones of keys and values in turn.
pub(super) fn clone_pairs(pairs: &[(Term, Term)]) -> Vec<Term> {
    clone_children(Children::pairs(pairs), pairs.len().saturating_mul(2))
}
