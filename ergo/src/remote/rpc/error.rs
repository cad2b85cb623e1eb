//! Why a remote procedure call has no value.

use crate::etf::{Atom, AtomTooLong, DecodeError, EncodeError, Term};
use crate::node::SpawnFailure;
use crate::process::{CastError, ExitReason};

/// Why a remote procedure call has no value.
///
/// Source: <https://www.erlang.org/doc/apps/kernel/erpc.html#call/5>.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RpcError {
    /// The function raised an error, with this reason and stack.
    #[error("error: {reason}")]
    Error {
        /// The reason.
        reason: Term,
        /// Where, as Erlang shows it.
        stack: Term,
    },
    /// The function called `exit`.
    #[error("exit: {0}")]
    Exit(Term),
    /// The function threw.
    #[error("throw: {0}")]
    Throw(Term),
    /// No connection to the node, or it was lost while waiting.
    #[error("no connection to the node")]
    NoConnection,
    /// No answer in time; the function may still run there.
    #[error("no answer within the timeout")]
    Timeout,
    /// The node refused to run it, with this word of its erpc: `system_limit`, `notsup`, `badarg` and so on.
    #[error("the node refused: {0}")]
    Refused(Atom),
    /// The process that ran it was ended by an exit signal, with this reason.
    #[error("the call ended without a result: {0}")]
    Ended(ExitReason),
    /// An argument has no form as an Erlang term, or the arguments are no list.
    #[error("the arguments cannot be encoded")]
    Args(#[source] EncodeError),
    /// It was not sent: too much waits for the node already.
    #[error("the call was not sent")]
    NotSent(#[source] CastError),
    /// A name is longer than an atom can be.
    #[error(transparent)]
    BadName(#[from] AtomTooLong),
    /// The node here is stopping.
    #[error("the node is stopping")]
    Stopping,
    /// The value is of another shape.
    #[error("the value cannot be decoded")]
    BadValue(#[source] DecodeError),
}

impl From<SpawnFailure> for RpcError {
    fn from(failure: SpawnFailure) -> Self {
        match failure {
            SpawnFailure::Refused(word) => RpcError::Refused(word),
            SpawnFailure::NoConnection => RpcError::NoConnection,
        }
    }
}

impl From<CastError> for RpcError {
    fn from(error: CastError) -> Self {
        match error {
            CastError::Encode(error) => RpcError::Args(error),
            CastError::LocalOnly => RpcError::Args(EncodeError::LocalOnly),
            error => RpcError::NotSent(error),
        }
    }
}
