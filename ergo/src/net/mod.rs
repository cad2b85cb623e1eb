//! The only sockets of the distribution: accepting, handshakes, and the task that pumps a connection.
//!
//! # Invariants
//!
//! - The protocol is in [`dist`](crate::dist); here are bytes, deadlines and tasks.
//! - Every wait on a peer that has not proved itself has a deadline, and there is a bound on how many such peers.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::as_conversions
    )
)]

mod acceptor;
mod driver;
mod handshake;
mod transport;

pub use acceptor::Listener;
pub use driver::{Endpoint, LossReason, drive, prepare};
pub use handshake::{Connected, HandshakeFailure, accept, dial};
pub use transport::{ByteStream, Stream};
