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
mod asking;
mod attached;
mod authentication;
mod carrier;
mod connect;
mod contacts;
mod context;
mod delivery;
mod dynamic;
mod entrances;
mod env;
mod epmd_status;
mod errors;
mod events;
mod host;
mod inner;
mod listen;
mod loss;
mod membership;
mod monitors;
mod options;
mod options_epmd;
mod options_listen;
mod peer;
mod peers;
mod refusals;
mod registrar;
mod registry;
mod routes;
mod running;
mod signals;
mod spawn_policy;
mod spawn_rate;
mod spawned;
mod spawning;
mod stop;
mod table;
#[cfg(test)]
mod tests;
mod ticks;
mod timers;

pub(crate) use asking::{Asked, Wanted};
pub use authentication::{Admit, Authentication, Candidate};
#[cfg(feature = "testing")]
pub(crate) use carrier::{Carrier, Joined};
pub use contacts::NodeInfo;
pub use entrances::AcceptorOptions;
#[cfg(feature = "testing")]
pub(crate) use entrances::Entrance;
pub use errors::{AccessError, ConnectError, NoRandom, StartError, WhereisError};
pub use events::{NodeEvent, NodeEvents};
pub use inner::Node;
pub(crate) use inner::WeakNode;
pub use membership::{AutoConnect, Visibility};
pub use monitors::{MonitorNodes, NodeType};
pub use options::{NodeBuilder, Ports};
pub use registrar::{
    EpmdRegistrar, Registered, Registrar, RegistrarError, Registration, StaticRegistrar,
};
pub use routes::{Route, RouteError};
pub(crate) use running::{End, Run, Running};
pub use spawn_policy::{SpawnPolicy, SpawnTarget, SpawnWanted};
pub(crate) use spawned::Told;
pub(crate) use spawning::{SpawnFailure, SpawnRequest, SpawnService};
pub use ticks::TickTimeChange;
