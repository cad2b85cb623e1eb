//! The Erlang distribution protocol as state machines without sockets or clocks.
//!
//! Mirrors the chapter "Distribution Protocol" of the ERTS user's guide. Where the guide and running nodes of OTP 25, 27
//! and 29 differ, the nodes are followed. Bytes, time, challenges and creations are arguments; nothing here reads a
//! clock, a socket or a random generator.
//!
//! A connection begins with a [`handshake`] and ends it with [`Established`](handshake::Established), from which its two
//! halves are made: [`Inbound`] turns bytes into [`Control`] messages and payloads, [`Outbound`] turns these into bytes.
//! [`Ticker`] says when to tick, and when a silent peer is down.
//!
//! Invariants:
//! - Nothing a peer sends panics. Before it has proved the cookie it gets a [`HandshakeError`](handshake::HandshakeError),
//!   after that a [`ProtocolViolation`], and the connection is closed.
//! - What a peer can make a node keep is bounded by [`Limits`](crate::wire::Limits).
//! - A payload is an [`Encoded`](crate::etf::Encoded): who receives it decodes it.

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

mod atom_cache;
mod connection;
mod control;
mod creation;
mod digest;
mod flags;
mod fragment;
mod frame;
pub mod handshake;
mod node_name;
mod ticker;
mod violation;

pub use connection::{Event, Inbound, Outbound, Payload, Signals, Transmit};
pub use control::{
    AltactTarget, Control, Monitored, SendError, SpawnOptions, SpawnReply, SpawnRequest,
};
pub use creation::Creation;
pub use flags::Flags;
pub use node_name::{NodeName, NodeNameError};
pub use ticker::{TickAction, TickPlan, Ticker, Traffic};
pub use violation::ProtocolViolation;
