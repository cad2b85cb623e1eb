//! The daemon as a handle inside this process.
//!
//! Mirrors `epmd` (erts). `session` holds the rules of one connection and does no I/O; `state` is
//! what all connections share, behind one lock that is never held across an await; `connection` and
//! `listener` move the bytes; `handle` is what the rest of the program sees.
//!
//! A node in the same process registers through [`Server::register`], without a socket: there is
//! nobody else whose end the socket would tell of, and it cannot be refused for want of a descriptor.

mod connection;
mod handle;
mod listener;
mod options;
mod session;
mod state;

pub use handle::{LocalRegistration, Server};
pub use options::ServerOptions;
