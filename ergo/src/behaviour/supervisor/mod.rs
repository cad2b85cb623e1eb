//! The supervisor behaviour: starts children, restarts them, stops them.
//!
//! Mirrors <https://www.erlang.org/doc/apps/stdlib/supervisor.html>. It is a behaviour on the public API: a process
//! that traps exits and is linked to its children.

mod intensity;
mod run;
mod spec;

pub use intensity::Intensity;
pub use run::{ChildCount, ChildInfo, SupervisorProcess, SupervisorRef};
pub use spec::{ChildKind, ChildSpec, Restart, Shutdown, Spec, Supervisor};
