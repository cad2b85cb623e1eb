//! Hashing terms of any depth, in agreement with `=:=`.

use std::hash::{Hash, Hasher};

use super::{Children, Term};

impl Hash for Term {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_node(self, state);
        if let Some(children) = self.children() {
            hash_children(children, state);
        }
    }
}

/// Hashes a list of elements.
pub(super) fn hash_elements<H: Hasher>(elements: &[Term], state: &mut H) {
    state.write_usize(elements.len());
    hash_children(Children::elements(elements), state);
}

/// Hashes the pairs of a map.
pub(super) fn hash_pairs<H: Hasher>(pairs: &[(Term, Term)], state: &mut H) {
    state.write_usize(pairs.len());
    hash_children(Children::pairs(pairs), state);
}

fn hash_children<H: Hasher>(mut children: Children<'_>, state: &mut H) {
    let mut outer = Vec::new();
    loop {
        let Some(child) = children.next() else {
            match outer.pop() {
                Some(siblings) => children = siblings,
                None => return,
            }
            continue;
        };
        hash_node(child, state);
        if let Some(inner) = child.children() {
            outer.push(std::mem::replace(&mut children, inner));
        }
    }
}

/// Hashes a term but for its children.
fn hash_node<H: Hasher>(term: &Term, state: &mut H) {
    if let Term::BigInteger(value) = term {
        // One that fits a small integer equals it.
        return match i64::try_from(&**value) {
            Ok(value) => hash_node(&Term::Integer(value), state),
            Err(_) => (1_u8, value).hash(state),
        };
    }
    match term {
        Term::Integer(value) => (0_u8, value).hash(state),
        Term::BigInteger(_) => {}
        Term::Float(value) => (2_u8, value.to_bits()).hash(state),
        Term::Atom(value) => (3_u8, value).hash(state),
        Term::Binary(value) => (4_u8, value).hash(state),
        Term::BitString(value) => (5_u8, value).hash(state),
        Term::Tuple(elements) => (6_u8, elements.len()).hash(state),
        Term::List(elements) => (7_u8, elements.len()).hash(state),
        Term::ImproperList(list) => (8_u8, list.elements().len()).hash(state),
        Term::Map(map) => (9_u8, map.len()).hash(state),
        Term::Pid(value) => (10_u8, value).hash(state),
        Term::Reference(value) => (11_u8, value).hash(state),
        Term::Port(value) => (12_u8, value).hash(state),
        Term::Fun(value) => (13_u8, value).hash(state),
        Term::Record(record) => (14_u8, record.kind()).hash(state),
    }
}
