//! How a peer breaks the protocol.

use thiserror::Error;

use crate::etf::{Atom, DecodeError};

/// A peer sent what no node sends. The connection is closed, as OTP closes it in the same cases.
///
/// What is not a violation, also as in OTP: messages to unknown names and processes, and bytes after the payload.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProtocolViolation {
    /// A frame longer than the limit is announced.
    #[error("a frame of {len} bytes is longer than {max}")]
    FrameTooLong {
        /// The announced length in bytes.
        len: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// A frame that begins like none, or in the form that was not negotiated.
    #[error("a frame must not begin with the bytes {first} and {second}")]
    UnknownFrame {
        /// The first byte.
        first: u8,
        /// The second byte, 0 when there is none.
        second: u8,
    },
    /// A frame ends within its header.
    #[error("a frame ends within its header")]
    TruncatedHeader,
    /// A header refers to an entry of the atom cache that was never set.
    #[error("entry {index} of segment {segment} of the atom cache was never set")]
    EmptyCacheEntry {
        /// The segment, 0 to 7.
        segment: u8,
        /// The entry in the segment.
        index: u8,
    },
    /// A new entry of the atom cache is no atom: not UTF-8, or longer than 255 characters.
    #[error("a new entry of the atom cache is no atom")]
    BadCacheEntry,
    /// References to the atom cache, which was not negotiated.
    #[error("the atom cache is used without having been negotiated")]
    CacheNotNegotiated,
    /// A first fragment with an id of 0, or from 2^31 on.
    #[error("a fragmented message cannot begin with fragment {0}")]
    FragmentId(u64),
    /// A first fragment of a sequence that has begun already.
    #[error("fragment sequence {0:#x} has begun already")]
    DuplicateSequence(u64),
    /// A fragment of a sequence that has not begun.
    #[error("fragment sequence {0:#x} has not begun")]
    UnknownSequence(u64),
    /// A fragment that is not the next one of its sequence.
    #[error("fragment {found} of sequence {sequence:#x} in place of {expected}")]
    FragmentOrder {
        /// The sequence.
        sequence: u64,
        /// The id that was due.
        expected: u64,
        /// The id that came.
        found: u64,
    },
    /// More fragmented messages in progress than the limit.
    #[error("{count} fragmented messages in progress are more than {max}")]
    TooManySequences {
        /// How many there would be.
        count: usize,
        /// The limit.
        max: usize,
    },
    /// The fragmented messages in progress are longer than the limit, together.
    #[error("{len} bytes of fragmented messages in progress are more than {max}")]
    TooManyFragmentBytes {
        /// The bytes there would be.
        len: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// A message longer than the limit, put together from fragments.
    #[error("a message of {len} bytes is longer than {max}")]
    MessageTooLong {
        /// The bytes there would be.
        len: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// The control message is no tuple that begins with an operation.
    #[error("a control message is a tuple that begins with an operation")]
    NotAControl(#[source] DecodeError),
    /// A control message that is an empty tuple.
    #[error("an empty control message")]
    EmptyControl,
    /// An operation that does not exist.
    #[error("unknown operation {0}")]
    UnknownOperation(i64),
    /// An operation that no node sends any more: `NODE_LINK`, and `UNLINK` where `UNLINK_ID` was negotiated.
    #[error("operation {0} is obsolete")]
    ObsoleteOperation(i64),
    /// An operation with a wrong number of elements.
    #[error("operation {operation} with {arity} elements")]
    Arity {
        /// The operation.
        operation: i64,
        /// The number of elements of the tuple, the operation included.
        arity: usize,
    },
    /// An element of an operation is of the wrong kind.
    #[error("operation {operation} with an element of the wrong kind")]
    Element {
        /// The operation.
        operation: i64,
        /// What was wrong.
        source: DecodeError,
    },
    /// An element of an operation has a value that it must not have.
    #[error("operation {operation} with an impossible {element}")]
    Value {
        /// The operation.
        operation: i64,
        /// The element.
        element: &'static str,
    },
    /// The sender of an operation is not a process of the peer.
    #[error("operation {operation} from a process of {node}, which is not the peer")]
    ForeignSender {
        /// The operation.
        operation: i64,
        /// The node of the sender.
        node: Atom,
    },
    /// The receiver of an operation is not a process of this node.
    #[error("operation {operation} to a process of {node}, which is not this node")]
    ForeignReceiver {
        /// The operation.
        operation: i64,
        /// The node of the receiver.
        node: Atom,
    },
    /// The message or the reason is missing.
    #[error("operation {0} without its payload")]
    MissingPayload(i64),
}
