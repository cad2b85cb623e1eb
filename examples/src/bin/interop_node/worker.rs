//! What other nodes may start by name: the factory `worker`.

use std::collections::BTreeMap;

use ergo::prelude::*;

/// Tells who it is and what it has inherited.
#[derive(Actor)]
pub struct Worker {
    id: Term,
}

#[ergo::server]
impl Worker {
    fn init(id: Term) -> Result<Self, ExitReason> {
        Ok(Worker { id })
    }

    #[call]
    fn id(&mut self) -> Term {
        self.id.clone()
    }

    /// The process that has started it, of whatever node.
    #[call]
    fn parent(&mut self, cx: &Context<Self>) -> Term {
        match cx.spawner() {
            Some(parent) => Term::from(parent),
            None => Term::atom("undefined"),
        }
    }

    #[call]
    fn env(&mut self, cx: &Context<Self>) -> BTreeMap<Atom, Term> {
        environment(cx)
    }

    #[call]
    fn log_level(&mut self, cx: &Context<Self>) -> Atom {
        Atom::new(cx.log_level().to_string()).unwrap_or(atom!(all))
    }

    #[call]
    fn application(&mut self, cx: &Context<Self>) -> Atom {
        cx.application().unwrap_or(atom!(undefined))
    }
}

/// What a process has in its environment, as a map.
pub fn environment<A: ergo::Behavior>(cx: &Context<A>) -> BTreeMap<Atom, Term> {
    let known =
        |(key, value): (String, ergo::EnvValue)| Some((Atom::new(key).ok()?, value.to_term()?));
    cx.info().dictionary.into_iter().filter_map(known).collect()
}
