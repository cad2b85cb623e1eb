//! Dropping terms of any depth.

use super::Term;

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
        let mut drop_term = |mut term: Term| {
            if let Some(inner) = Level::inside(&mut term) {
                nested(inner);
            }
        };
        match self {
            Level::Elements(elements) => elements.into_iter().for_each(drop_term),
            Level::Pairs(pairs) => pairs.into_iter().for_each(|(key, value)| {
                drop_term(key);
                drop_term(value);
            }),
        }
    }

    /// Takes out what is in a container, unless that is leaves only.
    #[inline]
    fn inside(term: &mut Term) -> Option<Level> {
        if !term.children()?.any(Term::is_branch) {
            return None;
        }
        Some(match term {
            Term::Tuple(elements) => Level::Elements(elements.take()),
            Term::List(elements) => Level::Elements(elements.take()),
            Term::Map(map) => Level::Pairs(map.take()),
            Term::Record(record) => Level::Elements(record.take()),
            Term::ImproperList(list) => Level::Elements(list.take()),
            _ => return None,
        })
    }
}
