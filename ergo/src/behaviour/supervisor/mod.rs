//! The supervisor behaviour: starts children, restarts them, stops them.
//!
//! Mirrors <https://www.erlang.org/doc/apps/stdlib/supervisor.html>. It is a behaviour on the public API: a process
//! that traps exits and is linked to its children.
//!
//! # Layout
//!
//! - What is told to a supervisor: `builder` (strategy, limits, children), `spec` (one child), `start` (how a child and
//!   its extra arguments become a process), `backoff`, `wire_spec` (a specification that comes as a term).
//! - What it keeps: `child`, `children`, `intensity`.
//! - What it does: `process` (the callbacks), `restart`, `stop`, `requests`, `report`.
//! - What its users see: `reference`, `message`, `info`, `error`, `tree`.
//!
//! # Invariants
//!
//! - The order of children is the order in which they were added; a restart does not change it. They are started in this
//!   order and stopped in the reverse one.
//! - A child is found by its id, its pid and its place in O(log n) at most, whatever the strategy.
//! - Every restart, also one that fails, is counted by `intensity`, once.

mod backoff;
mod builder;
mod child;
mod children;
mod error;
mod info;
mod intensity;
mod message;
mod process;
mod reference;
mod report;
mod requests;
mod restart;
mod spec;
mod start;
mod stop;
mod tree;
mod wire_spec;

pub use backoff::Backoff;
pub use builder::{AutoShutdown, Strategy, Supervisor};
pub use error::ChildError;
pub use info::{ChildCount, ChildInfo, ChildSpecInfo};
pub use intensity::Intensity;
pub use message::SupervisorMessage;
pub use process::SupervisorProcess;
pub use reference::SupervisorRef;
pub use spec::{ChildId, ChildKind, ChildSpec, Restart, Shutdown};
pub use start::{ChildArgs, NewChild, Spec};
pub use tree::{ChildStatus, Tree};
