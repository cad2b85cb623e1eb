//! Dropping terms of any depth.

use super::Term;

/// Empties `elements` so that dropping the vector recurses no further than to containers of leaves.
#[inline]
pub(super) fn drop_elements(elements: &mut Vec<Term>) {
    if elements.iter().any(Term::is_branch) {
        drop_nested(std::mem::take(elements));
    }
}

fn drop_nested(elements: Vec<Term>) {
    let mut pending = Vec::new();
    drop_level(elements, &mut pending);
    while let Some(elements) = pending.pop() {
        drop_level(elements, &mut pending);
    }
}

/// Drops one level of terms and puts what they contain aside, unless that is leaves only.
fn drop_level(elements: Vec<Term>, pending: &mut Vec<Vec<Term>>) {
    for mut element in elements {
        let nested = element
            .children()
            .is_some_and(|mut children| children.any(Term::is_branch));
        if nested {
            pending.push(take_children(&mut element));
        }
    }
}

fn take_children(term: &mut Term) -> Vec<Term> {
    match term {
        Term::Tuple(elements) => elements.take(),
        Term::List(elements) => elements.take(),
        Term::ImproperList(list) => {
            let (mut elements, tail) = list.take();
            elements.push(tail);
            elements
        }
        Term::Map(map) => map
            .take()
            .into_iter()
            .flat_map(|(key, value)| [key, value])
            .collect(),
        Term::Record(record) => record.take(),
        _ => Vec::new(),
    }
}
