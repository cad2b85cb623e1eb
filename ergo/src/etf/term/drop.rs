//! Dropping terms of any depth.

use std::mem;

use super::Term;

/// What terms hold besides themselves.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Nothing: there is nothing to drop.
    Nothing,
    /// Memory, but no other terms.
    Memory,
    /// Other terms.
    Terms,
}

/// What was taken out of a container that is being dropped.
enum Level {
    Elements(Vec<Term>),
    Pairs(Vec<(Term, Term)>),
}

/// Levels that are dropped by recursion, which is faster; what is deeper has a stack of its own.
const RECURSION_MAX: u8 = 16;

/// Drops elements some of which have children.
pub(super) fn drop_elements(elements: Vec<Term>) {
    drop_level(Level::Elements(elements), RECURSION_MAX);
}

/// Drops the pairs of a map some of which have children.
pub(super) fn drop_pairs(pairs: Vec<(Term, Term)>) {
    drop_level(Level::Pairs(pairs), RECURSION_MAX);
}

/// Drops a level of which what is inside may recurse so many times more.
fn drop_level(level: Level, recursion: u8) {
    let Some(below) = recursion.checked_sub(1) else {
        return drop_deep(level);
    };
    level.drop_each(|inner| drop_level(inner, below));
}

/// Drops a level of any depth without recursion.
fn drop_deep(first: Level) {
    let mut pending = vec![first];
    while let Some(level) = pending.pop() {
        level.drop_each(|inner| pending.push(inner));
    }
}

impl Level {
    /// Drops the leaves and the containers of leaves; the content of every other container goes to `nested`.
    #[inline]
    fn drop_each(self, mut nested: impl FnMut(Level)) {
        let mut is_empty = true;
        let mut visit = |term: &mut Term| {
            Level::inside(term).map(&mut nested);
            is_empty &= term.holds() == Holds::Nothing;
        };
        // Emptied in place: to move a term costs more than to look at it twice.
        match self {
            Level::Elements(mut elements) => {
                elements.iter_mut().for_each(visit);
                if is_empty {
                    forget(elements);
                }
            }
            Level::Pairs(mut pairs) => {
                for (key, value) in &mut pairs {
                    visit(key);
                    visit(value);
                }
                if is_empty {
                    forget(pairs);
                }
            }
        }
    }

    /// Empties a container: of leaves by dropping them, else by taking out what is in it.
    #[inline]
    fn inside(term: &mut Term) -> Option<Level> {
        let elements = match term {
            Term::Tuple(elements) => elements.take(),
            Term::List(elements) => elements.take(),
            Term::ImproperList(list) => list.take(),
            Term::Record(record) => record.take(),
            Term::Map(map) => {
                let pairs = map.take();
                return match held_by_pairs(&pairs) {
                    Holds::Nothing => {
                        forget(pairs);
                        None
                    }
                    Holds::Memory => None,
                    Holds::Terms => Some(Level::Pairs(pairs)),
                };
            }
            _ => return None,
        };
        match held_by(&elements) {
            Holds::Nothing => {
                forget(elements);
                None
            }
            Holds::Memory => None,
            Holds::Terms => Some(Level::Elements(elements)),
        }
    }
}

/// Frees the memory of values that hold nothing, without looking at each of them again as dropping them would.
#[inline]
pub(super) fn forget<T>(values: Vec<T>) {
    values.into_iter().for_each(mem::forget);
}

/// What the elements hold.
#[inline]
pub(super) fn held_by(elements: &[Term]) -> Holds {
    let mut held = Holds::Nothing;
    for element in elements {
        match element.holds() {
            Holds::Nothing => {}
            Holds::Memory => held = Holds::Memory,
            Holds::Terms => return Holds::Terms,
        }
    }
    held
}

/// What the keys and values hold.
#[inline]
pub(super) fn held_by_pairs(pairs: &[(Term, Term)]) -> Holds {
    let mut held = Holds::Nothing;
    for (key, value) in pairs {
        match (key.holds(), value.holds()) {
            (Holds::Nothing, Holds::Nothing) => {}
            (Holds::Terms, _) | (_, Holds::Terms) => return Holds::Terms,
            _ => held = Holds::Memory,
        }
    }
    held
}
