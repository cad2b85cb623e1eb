//! Counting what the node refuses because of a limit, and when that is worth a line in the log.

use crate::dist::ProtocolViolation;
use crate::dist::handshake::HandshakeError;
use crate::net::HandshakeFailure;
#[cfg(feature = "tls")]
use crate::net::TlsError;
use crate::node::Node;
use crate::process::CastError;
use crate::wire::{Limits, Refusals, Refused};

impl Node {
    /// How often this node has refused something because of a limit since it was started, its embedded EPMD included.
    /// The limits are set with [`NodeBuilder::limits`](crate::NodeBuilder::limits).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// # use ergo::Node;
    /// let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
    /// assert_eq!(node.refusals().wrong_cookie, 0);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn refusals(&self) -> Refusals {
        self.0.counters.refusals()
    }

    /// The limits that the node was started with.
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Counts a refusal; the number to log, if it is to be logged.
    pub(crate) fn refused(&self, kind: Refused) -> Option<u64> {
        let now = tokio::time::Instant::now().into_std();
        self.0.counters.refuse(kind, now)
    }

    /// As [`Node::refused`], for a peer that dialled this node and did not get in.
    pub(super) fn refused_handshake(&self, failure: &HandshakeFailure) -> Option<u64> {
        self.refused(match failure {
            HandshakeFailure::Protocol(error) => of_handshake(error),
            #[cfg(feature = "tls")]
            HandshakeFailure::Tls(TlsError::Timeout { .. }) => Refused::HandshakeTimeout,
            _ => Refused::HandshakeFailures,
        })
    }

    /// Counts what a node that was dialled has made the attempt fail by, if that is a limit. The log has it anyway.
    pub(super) fn refused_dialled(&self, failure: &HandshakeFailure) {
        let HandshakeFailure::Protocol(error) = failure else {
            return;
        };
        let kind = of_handshake(error);
        if kind != Refused::HandshakeFailures {
            let _ = self.refused(kind);
        }
    }

    /// Counts a message that was refused because too much waits for its node; its sender has the error.
    pub(super) fn count_full<T>(&self, submitted: Result<T, CastError>) -> Result<T, CastError> {
        if let Err(CastError::Full(_)) = &submitted
            && let Some(times) = self.refused(Refused::OutboundBytes)
        {
            tracing::warn!(node = %self.0.name, times, "a message was refused: too much waits for its node");
        }
        submitted
    }

    /// As [`Node::refused`], for a connection that ends because the peer broke the protocol.
    pub(super) fn refused_violation(&self, violation: &ProtocolViolation) -> Option<u64> {
        self.refused(match violation {
            ProtocolViolation::FrameTooLong { .. } => Refused::FrameBytes,
            ProtocolViolation::MessageTooLong { .. } => Refused::MessageBytes,
            ProtocolViolation::TooManySequences { .. } => Refused::FragmentSequences,
            ProtocolViolation::TooManyFragmentBytes { .. } => Refused::FragmentBytes,
            _ => Refused::ProtocolViolations,
        })
    }
}

fn of_handshake(error: &HandshakeError) -> Refused {
    match error {
        HandshakeError::Timeout { .. } => Refused::HandshakeTimeout,
        HandshakeError::TooLong { .. } => Refused::HandshakeBytes,
        HandshakeError::WrongCookie { .. } => Refused::WrongCookie,
        _ => Refused::HandshakeFailures,
    }
}
