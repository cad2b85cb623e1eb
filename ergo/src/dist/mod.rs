//! The Erlang distribution protocol as state machines without sockets or clocks.
//!
//! Mirrors the chapter "Distribution Protocol" of the ERTS user's guide. Where the guide and running nodes of OTP 25, 27
//! and 29 differ, the nodes are followed. Bytes, time, challenges and creations are arguments; nothing here reads a
//! clock, a socket or a random generator.

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

pub mod creation;
pub mod flags;
pub mod handshake;
pub mod node_name;

mod digest;

pub use creation::Creation;
pub use flags::Flags;
pub use node_name::{NodeName, NodeNameError};
