//! A node's own rule about what is started here for others.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::etf::Atom;
use crate::node::{Node, NodeBuilder};

/// A node's own rule about what it starts for its peers, beside the lists of nodes of what is registered.
///
/// It is asked for every factory and function that a peer wants, once it is known that there is one and that it is open
/// to the peer; rpc and erpc ask for functions, too. What it refuses is refused with `not_allowed`, as by a list. The
/// connection waits for the answer: answer at once, and do not block. A policy that panics refuses.
///
/// A closure will do:
///
/// ```
/// let builder = ergo::Node::builder("shop@127.0.0.1")
///     .spawn_policy(|wanted: &ergo::SpawnWanted<'_>| !wanted.node.as_str().starts_with("guest"));
/// ```
pub trait SpawnPolicy: Send + Sync + 'static {
    /// Whether the peer may have this.
    fn admits(&self, wanted: &SpawnWanted<'_>) -> bool;
}

impl<F: Fn(&SpawnWanted<'_>) -> bool + Send + Sync + 'static> SpawnPolicy for F {
    fn admits(&self, wanted: &SpawnWanted<'_>) -> bool {
        self(wanted)
    }
}

/// What a peer wants to be started.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SpawnWanted<'a> {
    /// The peer, by the name it has proved.
    pub node: &'a Atom,
    /// What it wants.
    pub what: SpawnTarget<'a>,
}

/// What can be started for a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpawnTarget<'a> {
    /// A process of the factory of this name.
    Factory(&'a Atom),
    /// A function, to be spawned or called.
    Function {
        /// Its module.
        module: &'a Atom,
        /// Its name.
        function: &'a Atom,
        /// How many arguments it takes.
        arity: u32,
    },
}

/// The rule of a node.
#[derive(Clone)]
pub(crate) struct SpawnRule(Arc<dyn SpawnPolicy>);

impl std::fmt::Debug for SpawnRule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SpawnRule")
    }
}

impl NodeBuilder {
    /// The node's own rule about what it starts for its peers: [`SpawnPolicy`].
    pub fn spawn_policy(mut self, policy: impl SpawnPolicy) -> Self {
        self.spawn_rule = Some(SpawnRule(Arc::new(policy)));
        self
    }
}

impl Node {
    /// Whether the node's own rule lets a peer have this. One that has not proved its name has nothing that there is a
    /// rule for.
    pub(crate) fn spawn_admitted(&self, node: Option<&Atom>, what: SpawnTarget<'_>) -> bool {
        let Some(rule) = &self.0.spawn_rule else {
            return true;
        };
        let Some(node) = node else { return false };
        let wanted = SpawnWanted { node, what };
        let admitted = catch_unwind(AssertUnwindSafe(|| rule.0.admits(&wanted)));
        admitted.unwrap_or_else(|_| {
            tracing::error!(?wanted, "the spawn policy panicked, which refuses");
            false
        })
    }
}
