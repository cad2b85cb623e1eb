//! Where nodes listen and how they find each other: acceptors, routes, registrars, IPv6.

mod acceptors;
mod ipv6;
mod listening;
mod registrars;
mod ways;

use ergo::prelude::*;
use ergo::{ConnectError, NodeBuilder};
use ergo_tests::{PATIENCE, deadline, ports, unique_name};

/// A node to be started, with an EPMD of its own or that of others at this port.
fn builder(prefix: &str, epmd_port: u16) -> NodeBuilder {
    Node::builder(format!("{}@127.0.0.1", unique_name(prefix)))
        .cookie("ergo")
        .epmd_port(epmd_port)
        .visible()
}

async fn start(builder: NodeBuilder) -> Node {
    deadline(PATIENCE, builder.start()).await.unwrap()
}

async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
}

async fn ping(from: &Node, to: &Node) -> bool {
    deadline(PATIENCE, from.ping(to.name().as_str())).await
}

/// Why `from` does not get to `to`.
async fn failure(from: &Node, to: &str) -> ConnectError {
    deadline(PATIENCE, from.connect(to)).await.unwrap_err()
}

/// The end of the connection of two nodes, as both see it.
async fn part(a: &Node, b: &Node) {
    assert!(a.disconnect(b.name().as_str()));
    let parted = async || a.nodes().is_empty() && b.nodes().is_empty();
    ergo_tests::wait_until(PATIENCE, "the end of the connection", parted)
        .await
        .unwrap();
}
