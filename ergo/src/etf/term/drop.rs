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
        match self {
            // Emptied in place: to move a term costs more than to look at it twice.
            Level::Elements(mut elements) => {
                for element in &mut elements {
                    Level::inside(element).map(&mut nested);
                }
            }
            Level::Pairs(mut pairs) => {
                for (key, value) in &mut pairs {
                    Level::inside(key).map(&mut nested);
                    Level::inside(value).map(&mut nested);
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
                return holds_branch(&pairs).then_some(Level::Pairs(pairs));
            }
            _ => return None,
        };
        elements
            .iter()
            .any(Term::is_branch)
            .then_some(Level::Elements(elements))
    }
}

/// Whether a key or a value has children.
#[inline]
pub(super) fn holds_branch(pairs: &[(Term, Term)]) -> bool {
    pairs
        .iter()
        .any(|(key, value)| key.is_branch() || value.is_branch())
}
