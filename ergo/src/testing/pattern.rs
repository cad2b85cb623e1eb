//! Terms with gaps.

use crate::etf::Term;

/// Whether a term is like a pattern: the same, where the atom `_` in the pattern stands for anything. Of a map in the
/// pattern all keys must be there, as in an Erlang match; others may be.
///
/// ```
/// use ergo::prelude::*;
/// use ergo::testing::matches;
///
/// assert!(matches(&pattern!({order, _, 3}), &term!({order, "a", 3})));
/// assert!(matches(&pattern!(#{id => 1}), &term!(#{id => 1, name => "a"})));
/// assert!(!matches(&pattern!({order, _}), &term!({order, "a", 3})));
/// ```
pub fn matches(pattern: &Term, term: &Term) -> bool {
    if pattern.as_atom() == Some("_") {
        return true;
    }
    let all = |patterns: &[Term], terms: &[Term]| {
        patterns.len() == terms.len()
            && patterns
                .iter()
                .zip(terms)
                .all(|(pattern, term)| matches(pattern, term))
    };
    match (pattern, term) {
        (Term::Tuple(patterns), Term::Tuple(terms)) => all(patterns, terms),
        (Term::List(patterns), Term::List(terms)) => all(patterns, terms),
        (Term::Map(patterns), Term::Map(terms)) => patterns.iter().all(|(key, pattern)| {
            let found = terms.iter().find(|(other, _)| *other == key);
            found.is_some_and(|(_, value)| matches(pattern, value))
        }),
        _ => pattern == term,
    }
}
