//! A node: its processes, its names, its peers.
//!
//! Mirrors the chapter on distributed Erlang (<https://www.erlang.org/doc/system/distributed.html>).
//!
//! # Invariants
//!
//! - The node implements [`process::host::Host`](crate::process::host::Host), and is all that processes know of it.
//! - A pid of an earlier incarnation of this node reaches nobody: the creation is compared first.
//! - What crosses a connection is noted at its peer in the same step as the signal is handed over; when the
//!   connection is lost each of it is told `noconnection` once.
//! - It does not know which system processes there are; [`system`](crate::system) starts them.

mod accept;
mod api;
mod attached;
mod carrier;
mod connect;
mod context;
mod delivery;
mod env;
mod errors;
mod events;
mod host;
mod inner;
mod loss;
mod options;
mod peer;
mod peers;
mod registry;
mod signals;
mod spawned;
mod spawning;
mod stop;
mod table;
#[cfg(test)]
mod tests;
mod timers;

pub use api::Visibility;
#[cfg(feature = "testing")]
pub(crate) use carrier::{Carrier, Joined};
pub use errors::{ConnectError, NoRandom, StartError, WhereisError};
pub use events::{NodeEvent, NodeEvents};
pub use inner::Node;
pub use options::{NodeBuilder, Ports};
pub use spawning::SpawnFailure;
pub(crate) use spawning::{SpawnRequest, SpawnService};
