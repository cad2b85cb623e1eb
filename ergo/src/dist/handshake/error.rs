//! Why a handshake failed.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::dist::flags::Flags;
use crate::dist::node_name::{NodeName, NodeNameError};

/// Why a handshake did not end in a connection, by cause.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The peer does not know the cookie: its digest is wrong.
    #[error("{} has another cookie", .peer.as_str().escape_debug())]
    WrongCookie {
        /// The name the peer gave, which is thereby not proved.
        peer: NodeName,
    },
    /// The peer refused this node (`not_allowed`): by its list of allowed nodes, or because it lacks flags of ours.
    #[error("{} does not allow this node", .peer.as_str().escape_debug())]
    NotAllowed {
        /// The node that was dialled.
        peer: NodeName,
    },
    /// This node refused the peer, and told it so with `not_allowed` or `nok`.
    #[error("{} was refused", .peer.as_str().escape_debug())]
    Refused {
        /// The name or the host the peer gave.
        peer: String,
    },
    /// The peer gave up for a connection that it is setting up itself (`nok`): wait for that one.
    #[error("{} is connecting to this node itself", .peer.as_str().escape_debug())]
    Nok {
        /// The node that was dialled.
        peer: NodeName,
    },
    /// The peer has a connection to this node already (`alive`), and it was kept.
    #[error("{} is connected to this node already", .peer.as_str().escape_debug())]
    Alive {
        /// The node that was dialled.
        peer: NodeName,
    },
    /// Told that a connection to it is still open (`alive`), the peer chose to keep that one.
    #[error("{} keeps its present connection", .peer.as_str().escape_debug())]
    AliveRefused {
        /// The name the peer gave.
        peer: NodeName,
    },
    /// The peer lacks flags that this node requires.
    #[error("{} lacks the distribution flags {missing}", .peer.as_str().escape_debug())]
    MissingFlags {
        /// The name or the host the peer gave.
        peer: String,
        /// What is missing.
        missing: Flags,
    },
    /// The node that answered is not the one that was dialled.
    #[error("dialled {expected} and reached {found}")]
    NameMismatch {
        /// The node that was dialled.
        expected: String,
        /// The name in the answer.
        found: String,
    },
    /// The peer uses the name of this node.
    #[error("the peer uses the name of this node")]
    OwnName,
    /// The peer's name is no node name.
    #[error("the name of the peer is no node name")]
    BadName(#[source] NodeNameError),
    /// The peer sent a challenge that this node has open itself: somebody lets the node answer its own question.
    #[error("{} reflects a challenge of this node", .peer.as_str().escape_debug())]
    ReflectedChallenge {
        /// The name the peer gave.
        peer: NodeName,
    },
    /// A message that is not what the protocol has in this place.
    #[error("malformed message in place of {0}")]
    Malformed(Step),
    /// A message longer than the limit.
    #[error("a handshake message of {len} bytes is longer than {max}")]
    TooLong {
        /// The announced length in bytes.
        len: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// The peer closed before the handshake was complete.
    #[error("closed by the peer in place of {0}{hint}", hint = .0.hint())]
    Closed(Step),
    /// The handshake was not complete at its deadline.
    #[error("not complete within {timeout:?}: waited for {awaiting}")]
    Timeout {
        /// What was waited for at the end.
        awaiting: Step,
        /// [`Limits::handshake_timeout`](crate::wire::Limits::handshake_timeout).
        timeout: Duration,
    },
    /// [`Acceptor::admit`](super::Acceptor::admit) or [`Acceptor::refuse`](super::Acceptor::refuse) without a question,
    /// or with an answer that does not belong to it. A mistake of the caller; the machine is unchanged.
    #[error("the answer does not belong to a question of the handshake")]
    NoQuestion,
}

/// What a side of the handshake waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The peer's name (`N` or `n`).
    Name,
    /// The decision of this node about the peer; nothing is expected from the peer.
    Decision,
    /// The status (`s`).
    Status,
    /// `true` or `false` after the status `alive`.
    AliveAnswer,
    /// The challenge (`N`).
    Challenge,
    /// The upper flags and the creation (`c`) of a peer that began with `n`.
    Complement,
    /// The answer to the challenge, with the peer's own one (`r`).
    ChallengeReply,
    /// The answer to this node's challenge (`a`).
    ChallengeAck,
    /// Nothing: the handshake is complete.
    Nothing,
}

impl Step {
    /// What a peer that closes in this place most often means by it.
    fn hint(self) -> &'static str {
        match self {
            Step::ChallengeAck => " (do both nodes have the same cookie?)",
            Step::Status => " (does it accept names of this form?)",
            _ => "",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Step::Name => "the name",
            Step::Decision => "the decision of this node",
            Step::Status => "the status",
            Step::AliveAnswer => "the answer to alive",
            Step::Challenge => "the challenge",
            Step::Complement => "the complement",
            Step::ChallengeReply => "the challenge reply",
            Step::ChallengeAck => "the challenge acknowledgement",
            Step::Nothing => "nothing",
        })
    }
}
