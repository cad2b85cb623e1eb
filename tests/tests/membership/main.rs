//! Who may be a peer, which peers there are, and who is told that they come and go: two or more nodes in memory.

#![deny(warnings, clippy::all)]

mod access;
mod automatic;
mod dynamic;
mod kept;
mod messages;
mod ticks;

use ergo::testing::{Network, TestNode};

pub(crate) async fn node(network: &Network, name: &str) -> TestNode {
    network.node(name).start().await.unwrap()
}

pub(crate) async fn visible(network: &Network, name: &str) -> TestNode {
    let node = network.node(name).configure(|node| node.visible());
    node.start().await.unwrap()
}
