//! Dropping terms of any depth.

use std::mem;

use super::Term;

/// What was taken out of a container that is being dropped.
enum Level {
    Elements(Vec<Term>),
    Pairs(Vec<(Term, Term)>),
}

/// Empties `elements` unless they are leaves, so that dropping the vector does not recurse.
#[inline]
pub(super) fn drop_elements(elements: &mut Vec<Term>) {
    if elements.iter().any(Term::is_branch) {
        drop_levels(Level::Elements(mem::take(elements)));
    }
}

/// The same for the pairs of a map.
#[inline]
pub(super) fn drop_pairs(pairs: &mut Vec<(Term, Term)>) {
    if pairs
        .iter()
        .any(|(key, value)| key.is_branch() || value.is_branch())
    {
        drop_levels(Level::Pairs(mem::take(pairs)));
    }
}

fn drop_levels(first: Level) {
    let mut pending = Vec::new();
    drop_level(first, &mut pending);
    while let Some(level) = pending.pop() {
        drop_level(level, &mut pending);
    }
}

fn drop_level(level: Level, pending: &mut Vec<Level>) {
    match level {
        Level::Elements(elements) => elements
            .into_iter()
            .for_each(|element| drop_term(element, pending)),
        Level::Pairs(pairs) => pairs.into_iter().for_each(|(key, value)| {
            drop_term(key, pending);
            drop_term(value, pending);
        }),
    }
}

/// Drops a leaf or a container of leaves; of any other container the content is put aside.
#[inline]
fn drop_term(mut term: Term, pending: &mut Vec<Level>) {
    if !term
        .children()
        .is_some_and(|mut children| children.any(Term::is_branch))
    {
        return;
    }
    pending.push(match &mut term {
        Term::Tuple(elements) => Level::Elements(elements.take()),
        Term::List(elements) => Level::Elements(elements.take()),
        Term::Map(map) => Level::Pairs(map.take()),
        Term::Record(record) => Level::Elements(record.take()),
        Term::ImproperList(list) => {
            let (mut elements, tail) = list.take();
            elements.push(tail);
            Level::Elements(elements)
        }
        _ => return,
    });
}
