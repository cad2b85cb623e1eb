//! The handshake that turns a socket into a connection between two nodes that know each other's cookie.
//!
//! Mirrors the chapter "Distribution Handshake" of the ERTS user's guide; where the guide and running nodes of OTP 25,
//! 27 and 29 differ, the nodes are followed.
//!
//! [`Initiator`] dials, [`Acceptor`] listens. Both are machines without a socket or a clock: feed them with
//! `handle_input` and `handle_timeout`, write what `poll_transmit` yields, wait until `poll_timeout` at the latest, and
//! take what happened from `poll_event`. After an error write what `poll_transmit` still yields (the status that tells
//! the peer), then close.
//!
//! Invariants:
//! - Before the peer has proved that it knows the cookie it can make a machine keep one message of at most
//!   [`Limits::handshake_bytes_max`](crate::wire::Limits) bytes, for one total deadline.
//! - The side that dialled proves itself first; the acceptor's proof is checked in turn.
//! - A challenge that this node has open itself is never answered: see [`OpenChallenges`].
//! - Nothing after the last handshake message is consumed: `handle_input` says how much it took.

mod acceptor;
mod challenge;
mod error;
mod established;
mod initiator;
mod line;
mod messages;
#[cfg(test)]
mod tests;

pub use acceptor::{Acceptor, AcceptorEvent, Admission, Introduced, Introduction, Refusal};
pub use challenge::{Challenge, OpenChallenges};
pub use error::{HandshakeError, Step};
pub use established::{Established, Identity};
pub use initiator::Initiator;
