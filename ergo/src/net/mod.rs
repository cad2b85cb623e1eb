//! The only sockets of the distribution: accepting, handshakes, and the task that pumps a connection.
//!
//! # Invariants
//!
//! - The protocol is in [`dist`](crate::dist); here are bytes, deadlines and tasks.
//! - With the feature `tls` a connection may run inside of TLS; nothing above the stream differs by that but the length of
//!   the handshake's messages.
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
mod looking;
mod packets;
mod security;
#[cfg(unix)]
mod socket;
#[cfg(feature = "tls")]
mod tls;
mod transport;

pub use acceptor::{Listener, Slots};
pub use driver::{Endpoint, LossReason, drive, prepare};
pub use handshake::{Connected, HandshakeFailure, accept, dial};
pub(crate) use security::Security;
#[cfg(feature = "tls")]
pub use tls::{TlsError, TlsOptions};
pub use transport::{ByteStream, Stream};
