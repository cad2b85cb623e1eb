//! In which order applications start: pure data.

use std::collections::{BTreeMap, BTreeSet};

use crate::behaviour::application::ApplicationError;
use crate::etf::Atom;

/// What each loaded application depends on.
pub(super) type Dependencies = BTreeMap<Atom, Vec<String>>;

/// Everything that has to run for `wanted` to run, each after what it depends on; among several in the order given.
///
/// # Errors
/// One is not loaded, or they depend on each other in a circle.
pub(super) fn order(loaded: &Dependencies, wanted: &[Atom]) -> Result<Vec<Atom>, ApplicationError> {
    let mut search = Search {
        loaded,
        done: BTreeSet::new(),
        order: Vec::new(),
        path: Vec::new(),
    };
    for name in wanted {
        if !loaded.contains_key(name) {
            return Err(ApplicationError::NotLoaded(name.clone()));
        }
        search.visit(name)?;
    }
    Ok(search.order)
}

struct Search<'a> {
    loaded: &'a Dependencies,
    done: BTreeSet<Atom>,
    order: Vec<Atom>,
    /// From the one that was wanted to the one looked at, with how many of its dependencies have been looked at.
    path: Vec<(Atom, usize)>,
}

impl Search<'_> {
    /// Depth first, without recursion: the chain may be as long as there are applications.
    fn visit(&mut self, name: &Atom) -> Result<(), ApplicationError> {
        self.enter(name);
        while let Some((application, looked_at)) = self.path.last_mut() {
            let dependency = self
                .loaded
                .get(application)
                .and_then(|all| all.get(*looked_at));
            let Some(dependency) = dependency else {
                self.leave();
                continue;
            };
            *looked_at += 1;
            let next = self.loaded.keys().find(|name| **name == **dependency);
            let Some(next) = next else {
                return Err(ApplicationError::UnknownDependency {
                    application: application.clone(),
                    dependency: dependency.clone(),
                });
            };
            if let Some(start) = self.path.iter().position(|(name, _)| name == next) {
                return Err(self.cycle(start));
            }
            self.enter(next);
        }
        Ok(())
    }

    fn enter(&mut self, name: &Atom) {
        if !self.done.contains(name) {
            self.path.push((name.clone(), 0));
        }
    }

    fn leave(&mut self) {
        if let Some((name, _)) = self.path.pop() {
            self.done.insert(name.clone());
            self.order.push(name);
        }
    }

    fn cycle(&self, start: usize) -> ApplicationError {
        let circle = self.path.iter().skip(start).map(|(name, _)| name.clone());
        let first = self.path.get(start).map(|(name, _)| name.clone());
        ApplicationError::DependencyCycle(circle.chain(first).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(loaded: &[(&str, &[&str])], wanted: &[&str], expect: &str) {
        let atom = |name: &str| Atom::new(name).unwrap();
        let loaded: Dependencies = loaded
            .iter()
            .map(|(name, all)| {
                (
                    atom(name),
                    all.iter().map(|&name| name.to_owned()).collect(),
                )
            })
            .collect();
        let wanted: Vec<Atom> = wanted.iter().map(|name| atom(name)).collect();
        let found = match order(&loaded, &wanted) {
            Ok(order) => {
                let names: Vec<&str> = order.iter().map(Atom::as_str).collect();
                names.join(" ")
            }
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expect, "{loaded:?}");
    }

    #[test]
    fn orders() {
        check(&[("a", &[])], &["a"], "a");
        check(&[("a", &["b"]), ("b", &["c"]), ("c", &[])], &["a"], "c b a");
        check(
            &[("a", &["b"]), ("b", &["c"]), ("c", &[])],
            &["c", "a"],
            "c b a",
        );
        let diamond: &[(&str, &[&str])] = &[
            ("top", &["l", "r"]),
            ("l", &["base"]),
            ("r", &["base"]),
            ("base", &[]),
        ];
        check(diamond, &["top"], "base l r top");
        check(diamond, &["r", "top", "l"], "base r l top");
        check(diamond, &[], "");
    }

    #[test]
    fn what_cannot_be_ordered() {
        check(
            &[("a", &["a"])],
            &["a"],
            "applications depend on each other: a -> a",
        );
        check(
            &[("x", &["a"]), ("a", &["b"]), ("b", &["c"]), ("c", &["a"])],
            &["x"],
            "applications depend on each other: a -> b -> c -> a",
        );
        check(
            &[("a", &["b"])],
            &["a"],
            "the application a depends on b, which is not loaded",
        );
        check(&[("a", &[])], &["b"], "the application b is not loaded");
    }

    /// A long chain needs no stack.
    #[test]
    fn a_chain_of_a_thousand() {
        let atom = |at: u32| Atom::new(format!("a{at}")).unwrap();
        let loaded: Dependencies = (0..1_000)
            .map(|at| {
                (
                    atom(at),
                    if at == 999 {
                        vec![]
                    } else {
                        vec![format!("a{}", at + 1)]
                    },
                )
            })
            .collect();
        let order = order(&loaded, &[atom(0)]).unwrap();
        assert_eq!(
            (order.len(), &order[0], &order[999]),
            (1_000, &atom(999), &atom(0))
        );
    }
}
