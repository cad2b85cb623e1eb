//! A network in memory: nodes of one test that are connected without sockets, and what can happen to connections.

mod carrier;
mod control;
mod rules;
mod state;
mod wire;

pub use carrier::TestNodeBuilder;
pub use control::Network;
