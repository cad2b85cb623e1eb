//! What can go wrong between processes, by cause.

use crate::etf::{DecodeError, EncodeError};
use crate::process::ExitReason;

/// Why a call has no answer.
///
/// A call has exactly one outcome, and an answer that comes later reaches nobody.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The deadline passed; the server may still do the work, its answer will be dropped.
    #[error("no answer within the call's timeout")]
    Timeout,
    /// There is no such process.
    #[error("no such process")]
    NoProcess,
    /// The other node could not be reached, or the connection was lost while waiting.
    #[error("no connection to the process's node")]
    NoConnection,
    /// The server ended, with this reason, before it answered.
    #[error("the process exited before it answered: {0}")]
    Exit(ExitReason),
    /// The server lives, but dropped the `Reply` without an answer.
    #[error("the process dropped the request without an answer")]
    NoReply,
    /// The mailbox has a bound and is full, or too much waits for the connection.
    #[error(transparent)]
    Full(Full),
    /// The method is marked `local` and the process is on another node.
    #[error("a local method cannot be called on another node")]
    LocalOnly,
    /// A process called itself, which could only time out.
    #[error("a process cannot call itself: it would wait for its own answer")]
    CallsItself,
    /// An argument has no form as an Erlang term.
    #[error("the request cannot be encoded")]
    Encode(#[source] EncodeError),
    /// The answer does not have the shape this call expects.
    #[error("the answer cannot be decoded")]
    BadReply(#[source] DecodeError),
}

/// Why a message was not handed over.
///
/// As in Erlang, success means handed over, not handled: a message to another node may still be lost with the
/// connection.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CastError {
    /// The process has ended, or the name is not registered.
    #[error("no such process")]
    Closed,
    /// The mailbox has a bound and is full, or too much waits for the connection.
    #[error(transparent)]
    Full(Full),
    /// The method is marked `local` and the process is on another node.
    #[error("a local method cannot be cast to another node")]
    LocalOnly,
    /// An argument has no form as an Erlang term.
    #[error("the message cannot be encoded")]
    Encode(#[source] EncodeError),
}

/// What is full, with what waits there and how much may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Full {
    /// The mailbox has a bound: [`SpawnOptions::mailbox`](crate::SpawnOptions::mailbox), or the attribute of the actor.
    #[error("the mailbox is full: {waiting} messages wait, and {max} may")]
    Mailbox {
        /// How many messages wait.
        waiting: u32,
        /// How many may.
        max: u32,
    },
    /// As much waits to be written to the other node, or for the connection to it, as
    /// [`Limits::outbound_bytes_max`](crate::wire::Limits::outbound_bytes_max) allows.
    #[error(
        "the connection is full: {waiting} bytes wait to be written, and {max} may (outbound_bytes_max)"
    )]
    Connection {
        /// How many bytes wait, `u32::MAX` for more.
        waiting: u32,
        /// The limit in bytes, likewise.
        max: u32,
    },
}

impl Full {
    /// A mailbox with so many messages.
    #[cold]
    pub(crate) fn mailbox(waiting: u64, max: u32) -> Full {
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        Full::Mailbox { waiting, max }
    }

    /// A connection with so many bytes.
    #[cold]
    pub(crate) fn connection(waiting: usize, max: usize) -> Full {
        let short = |bytes| u32::try_from(bytes).unwrap_or(u32::MAX);
        Full::Connection {
            waiting: short(waiting),
            max: short(max),
        }
    }
}

impl From<Full> for CastError {
    fn from(full: Full) -> Self {
        CastError::Full(full)
    }
}

impl From<EncodeError> for CastError {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::LocalOnly => CastError::LocalOnly,
            other => CastError::Encode(other),
        }
    }
}

impl From<CastError> for CallError {
    fn from(error: CastError) -> Self {
        match error {
            CastError::Closed => CallError::NoProcess,
            CastError::Full(full) => CallError::Full(full),
            CastError::LocalOnly => CallError::LocalOnly,
            CastError::Encode(error) => CallError::Encode(error),
        }
    }
}

impl From<EncodeError> for CallError {
    fn from(error: EncodeError) -> Self {
        CallError::from(CastError::from(error))
    }
}

/// Why a process did not start. Nothing of it is left behind: no name, no table entry, no timer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpawnError {
    /// Its `init` refused or panicked, with this reason.
    #[error("init failed: {0}")]
    Init(ExitReason),
    /// Its `init` returned [`ExitReason::Ignore`]: there is nothing for it to do, which is no failure.
    #[error("init ignored the start")]
    Ignored,
    /// The name is held by another process of this node.
    #[error("the name {name} is taken by {holder}")]
    NameTaken {
        /// The name that was asked for.
        name: crate::etf::Atom,
        /// Who has it.
        holder: crate::etf::Pid,
    },
    /// The name given is not one a process can have: empty, longer than 255 characters, or `undefined`.
    #[error("{0:?} is not a name a process can have")]
    BadName(String),
    /// The options contradict each other, or cannot be.
    #[error("bad options: {0}")]
    BadOptions(String),
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopping,
}

/// Why a name was not registered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// The name is held by another process of this node.
    #[error("the name {name} is taken by {holder}")]
    Taken {
        /// The name that was asked for.
        name: crate::etf::Atom,
        /// Who has it.
        holder: crate::etf::Pid,
    },
    /// The process already has a name; as in OTP it can have one.
    #[error("the process is already registered as {0}")]
    AlreadyNamed(crate::etf::Atom),
    /// The name given is not one a process can have: empty, longer than 255 characters, or `undefined`.
    #[error("{0:?} is not a name a process can have")]
    BadName(String),
    /// The process has ended.
    #[error("no such process")]
    NoProcess,
}
