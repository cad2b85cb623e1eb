//! The Erlang Port Mapper Daemon: codec, client, embedded server, and the membership of a node.
//!
//! EPMD maps the alive name of a node (the part before the `@`) to the port its distribution
//! listener is bound to. Mirrors `epmd` (erts) and `erl_epmd` (kernel); the bytes are those of the
//! chapter "Distribution Protocol" of the ERTS user's guide, checked against the real daemon.
//!
//! # Layout
//!
//! - [`codec`]: requests and responses as values, and a reader for each side; no sockets, no clock.
//! - `registry`: which names are registered, in which order, with which creation; pure data.
//! - `server`: [`Server`], the daemon as a handle inside this process.
//! - `client`: [`Client`] and [`Registration`], one exchange at a time against any EPMD.
//! - `membership`: [`Membership`], which keeps one node registered for as long as it lives: it runs
//!   the server when nobody else does, and takes over when the one who did is gone.
//!
//! # Invariants
//!
//! - One server never holds a name twice, and a registration lives exactly as long as its socket
//!   (or, for the node that runs the server, as its handle).
//! - Every wait on a peer has a deadline and every buffer a bound; connections that are not
//!   registrations are dropped for new ones, registrations never are.
//!
//! # Where the server differs from the real one
//!
//! - A request may have 512 bytes by default (`epmd_request_bytes_max` of [`Limits`](crate::wire::Limits)); the real buffer
//!   is larger and has grown with the releases.
//! - A name of 255 characters can be looked up; the real daemon registers it and then closes every
//!   lookup of it.
//! - An empty name is never registered; the real daemon takes it when extra data follows.
//! - STOP for an unknown name answers `NOEXIST`, as documented; the real daemon sends `STOPPED` after
//!   it. STOP for bytes that can be no name closes.
//! - Bytes behind a request close the connection however they were cut; with the real daemon that
//!   depends on how they arrive.
//! - A connection whose registration was refused stays open until the idle timeout, not for ever.

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

pub mod codec;

mod client;
mod error;
mod membership;
mod registry;
mod server;

pub use client::{Client, Registration};
pub use error::EpmdError;
pub use membership::{Membership, MembershipOptions, MembershipStatus, Mode, Role};
pub use server::{LocalRegistration, Server, ServerOptions};

#[cfg(test)]
mod tests;
