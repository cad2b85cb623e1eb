//! An established connection, in halves that live in different tasks.
//!
//! [`Inbound`] turns bytes into signals, [`Outbound`] turns signals into bytes; [`Ticker`](super::Ticker) says when to
//! tick and when the peer is down. The halves share nothing.
//!
//! Invariants:
//! - Signals of one sender leave in the order in which they were sent, whatever their length, and arrive in that
//!   order. Those of others go past the fragments of a long one.
//! - A signal that cannot be sent leaves no trace, neither in the bytes nor in the atom cache.
//! - What a peer can make [`Inbound`] keep is bounded by [`Limits`](crate::wire::Limits).
//! - A payload is neither decoded nor copied on the way in, unless it came in fragments.

mod framing;
mod inbound;
mod lanes;
mod outbound;
#[cfg(test)]
mod tests;
mod transmit;

pub use inbound::{Event, Inbound, Signals};
pub use outbound::{Outbound, Payload};
pub use transmit::Transmit;
