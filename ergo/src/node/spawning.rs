//! Spawn requests between nodes, as far as the node itself is concerned.

use std::sync::Arc;

use crate::etf::{Atom, Encoded, Pid, Reference};
use crate::node::Node;

/// Somebody on another node wants a process here: SPAWN_REQUEST.
#[derive(Debug, Clone)]
pub(crate) struct SpawnRequest {
    /// What the answer refers to, and the reference of a monitor that was asked for.
    pub(crate) request: Reference,
    /// The node that asks: the one at the other end of the connection.
    pub(crate) peer: Atom,
    /// The process that asks, as that node says.
    pub(crate) from: Pid,
    /// Where the output of the new process goes.
    pub(crate) group_leader: Pid,
    /// The module.
    pub(crate) module: Atom,
    /// The function.
    pub(crate) function: Atom,
    /// How many arguments it takes.
    pub(crate) arity: u32,
    /// Whether the new process is linked to the one that asks.
    pub(crate) link: bool,
    /// Whether the one that asks monitors the new process.
    pub(crate) monitor: bool,
    /// The arguments: a list.
    pub(crate) args: Encoded,
}

/// Starts what other nodes ask for. The node itself does not know what may be started.
pub(crate) trait SpawnService: Send + Sync {
    /// Starts the process, or refuses, and answers with [`Node::answer_spawn`] in either case.
    fn spawn(&self, node: &Node, request: SpawnRequest);
}

/// Why a process was not started on another node.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SpawnFailure {
    /// The other node refused, with this word: `badopt`, `notsup`, `system_limit` and so on.
    Refused(Atom),
    /// There is no connection.
    NoConnection,
}

/// The answer to a spawn request: the pid, or why there is none.
pub(crate) type SpawnReply = Result<Pid, SpawnFailure>;

impl Node {
    /// Installs what answers spawn requests. The first one stays.
    pub(crate) fn set_spawn_service(&self, service: Arc<dyn SpawnService>) {
        // A second one is a mistake of ours, and harmless.
        let _ = self.0.spawns.set(service);
    }
}
