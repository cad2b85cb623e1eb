//! What can go wrong with topics, by cause.

use crate::etf::Atom;
use crate::process::{CallError, ExitReason, SpawnError};

/// Why a topic was not registered or subscribed to.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TopicError {
    /// The name given is not one a topic can have: empty, or longer than 255 characters.
    #[error("{0:?} is not a name a topic can have")]
    BadName(String),
    /// There is a topic of this name, and it belongs to somebody.
    #[error("the topic {0} is registered already")]
    Taken(Atom),
    /// There is no such topic.
    #[error("there is no topic {0}")]
    NotFound(Atom),
    /// The topic has events of another type.
    #[error("the topic {name} has events of the type {found}, not {wanted}")]
    WrongType {
        /// The topic.
        name: Atom,
        /// The type it has.
        found: &'static str,
        /// The type that was asked for.
        wanted: &'static str,
    },
    /// The topic of another node cannot be reached, or has ended meanwhile.
    #[error("the topic cannot be reached: {0}")]
    Unreachable(ExitReason),
    /// The topic did not answer.
    #[error("the topic did not answer")]
    Call(#[from] CallError),
    /// The process of the topic did not start.
    #[error("the topic did not start")]
    Spawn(#[from] SpawnError),
}
