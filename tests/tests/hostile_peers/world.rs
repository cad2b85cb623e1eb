//! A node with an EPMD of its own, and peers made by hand.

use std::time::Instant;

use ergo::dist::handshake::{Identity, Initiator, OpenChallenges};
use ergo::dist::{Creation, Flags, NodeName};
use ergo::net::{self, Connected, HandshakeFailure};
use ergo::prelude::*;
use ergo::wire::{Cookie, Limits};
use ergo_tests::{PATIENCE, deadline, ports, unique_name};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

pub(crate) const COOKIE: &str = "XWRPLKAVTHISISTHESECRET";

/// A node within these limits, and the port of its EPMD.
pub(crate) async fn node(limits: Limits) -> (Node, u16) {
    let epmd = ports::free();
    let builder = Node::builder(format!("{}@127.0.0.1", unique_name("victim")));
    let builder = builder.cookie(COOKIE).epmd_port(epmd).limits(limits);
    (deadline(PATIENCE, builder.start()).await.unwrap(), epmd)
}

pub(crate) fn identity(name: &str) -> Identity {
    let name = NodeName::parse(name).unwrap();
    Identity::new(name, Creation::new(7).unwrap(), Flags::VISIBLE)
}

/// What dials `node` as `peer@127.0.0.1`.
pub(crate) fn initiator(node: &str, cookie: &str) -> Initiator {
    Initiator::new(
        &identity("peer@127.0.0.1"),
        NodeName::parse(node).unwrap(),
        Cookie::new(cookie).unwrap(),
        OpenChallenges::default().open(12_345),
        &Limits::default(),
        Instant::now(),
    )
}

/// Dials whatever listens at the port.
pub(crate) async fn dial(
    port: u16,
    node: &Node,
    cookie: &str,
) -> Result<Connected, HandshakeFailure> {
    let stream = connect(port).await;
    deadline(
        PATIENCE,
        net::dial(stream, initiator(node.name().as_str(), cookie)),
    )
    .await
}

pub(crate) async fn connect(port: u16) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

/// What comes until the other side closes, which it has to.
pub(crate) async fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    // A reset is an end as well.
    let _ = deadline(PATIENCE, stream.read_to_end(&mut bytes)).await;
    bytes
}
