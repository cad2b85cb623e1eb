//! Why a process was not started on another node.

use std::time::Duration;

use crate::etf::{Atom, EncodeError};
use crate::node::{ConnectError, SpawnFailure};
use crate::process::{EnvError, ExitReason, SpawnError};

/// Why a process was not started on another node. Nothing of it is left there.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteSpawnError {
    /// The node has no factory of this name.
    #[error("{node} has no factory {name}")]
    UnknownName {
        /// The node that was asked.
        node: Atom,
        /// The name.
        name: Atom,
    },
    /// The node has the factory, but not for this node, or for none any more.
    #[error("{node} does not let this node start {name}")]
    NotAllowed {
        /// The node that was asked.
        node: Atom,
        /// The name of the factory.
        name: Atom,
    },
    /// The node does not start processes for others.
    #[error("{node} starts no processes for other nodes")]
    Disabled {
        /// The node that was asked.
        node: Atom,
    },
    /// The name to register is taken there.
    #[error("the name {name} is taken on {node}")]
    NameTaken {
        /// The node that was asked.
        node: Atom,
        /// The name.
        name: String,
    },
    /// Its `init` refused or panicked, with this reason, or its arguments were no arguments of it.
    #[error("init failed: {0}")]
    Init(ExitReason),
    /// Its `init` returned [`ExitReason::Ignore`]: there is nothing for it to do, which is no failure.
    #[error("init ignored the start")]
    Ignored,
    /// There is no connection to the node, or it was lost before the process had started.
    #[error("no connection to {node}")]
    NoConnection {
        /// The node.
        node: Atom,
        /// Why the last attempt to connect has failed, where one has.
        #[source]
        cause: Option<Box<ConnectError>>,
    },
    /// Its init has not ended in time. It is ended.
    #[error("{node} did not start the process within {after:?}")]
    Timeout {
        /// The node.
        node: Atom,
        /// How long was waited.
        after: Duration,
    },
    /// The node refused for another reason, with this word.
    #[error("{node} refused: {word}")]
    Refused {
        /// The node.
        node: Atom,
        /// Such as `system_limit`, or `badopt` for options it does not know.
        word: Atom,
    },
    /// A value of the environment cannot be sent: nothing was. The error says which.
    #[error(transparent)]
    Env(#[from] EnvError),
    /// An argument has no form as an Erlang term, or they are no list of terms: nothing was sent.
    #[error("the arguments cannot be encoded: {0}")]
    Args(EncodeError),
    /// The options contradict each other, or cannot be: nothing was sent.
    #[error("bad options: {0}")]
    BadOptions(String),
    /// A link or a monitor needs a process, and this was awaited outside of one: nothing was sent.
    #[error("a link or a monitor needs a process that awaits the spawn")]
    NoProcess,
    /// This node is stopping.
    #[error("the node is stopping")]
    Stopping,
}

/// A request, for the words of its refusal.
pub(in crate::remote) struct About<'a> {
    pub(in crate::remote) node: &'a Atom,
    pub(in crate::remote) name: &'a Atom,
    pub(in crate::remote) register: Option<&'a str>,
}

impl About<'_> {
    /// What a word of the other node says.
    pub(in crate::remote) fn refused(&self, word: Atom) -> RemoteSpawnError {
        let (node, name) = (self.node.clone(), self.name.clone());
        match (word.as_str(), self.register) {
            ("unknown_name", _) => RemoteSpawnError::UnknownName { node, name },
            ("not_allowed", _) => RemoteSpawnError::NotAllowed { node, name },
            // What a node says that cannot, as C nodes do.
            ("disabled" | "notsup", _) => RemoteSpawnError::Disabled { node },
            ("name_taken", Some(name)) => RemoteSpawnError::NameTaken {
                node,
                name: name.to_owned(),
            },
            _ => RemoteSpawnError::Refused { node, word },
        }
    }

    pub(in crate::remote) fn failed(
        &self,
        failure: SpawnFailure,
        cause: Option<ConnectError>,
    ) -> RemoteSpawnError {
        match failure {
            SpawnFailure::Refused(word) => self.refused(word),
            _ => RemoteSpawnError::NoConnection {
                node: self.node.clone(),
                cause: cause.map(Box::new),
            },
        }
    }

    /// What a spawn on this very node says.
    pub(in crate::remote) fn here(&self, error: SpawnError) -> RemoteSpawnError {
        match error {
            SpawnError::Init(reason) => RemoteSpawnError::Init(reason),
            SpawnError::Ignored => RemoteSpawnError::Ignored,
            SpawnError::NameTaken { name, .. } => RemoteSpawnError::NameTaken {
                node: self.node.clone(),
                name: name.as_str().to_owned(),
            },
            SpawnError::Stopping => RemoteSpawnError::Stopping,
            bad => RemoteSpawnError::BadOptions(bad.to_string()),
        }
    }
}
