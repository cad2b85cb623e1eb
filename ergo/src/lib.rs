//! Supervised actors in Rust that are full members of an Erlang cluster.
//!
//! # Layout
//!
//! Modules in dependency order, lowest first: a module uses only those above it.

pub mod wire;

pub mod etf;

pub mod epmd;

pub mod dist;

#[doc(hidden)]
pub mod __private;

pub use ergo_macros::{
    Actor, Decode, Encode, Request, ServerBehavior, args, atom, main, server, term,
};
pub use etf::{Decode, Encode};
