//! Worker pools: one address, several processes of one actor behind it.
//!
//! A pool is a process with a supervisor of its own, under which the workers are. Callers of this node pick a worker by
//! themselves, without a message to the pool; whoever knows the pool by its pid or name alone, on another node or in
//! Erlang, uses it as one server, and the pool hands each request on.
//!
//! # Invariants
//!
//! - A request is handed to one worker, which answers the caller itself.
//! - A worker that starts again takes the place of the one that ended, before anyone can ask for it.
//! - The list of workers changes in one place, `workers`, under its lock alone.

mod builder;
mod message;
mod process;
mod reference;
mod workers;

pub use builder::Pool;
pub use message::{PoolMessage, WorkerInfo};
pub use process::PoolProcess;
pub use reference::PoolRef;
