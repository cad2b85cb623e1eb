//! What a node refuses is counted, each kind by itself.

use std::time::Duration;

use ergo::dist::Outbound;
use ergo::epmd::Client;
use ergo::epmd::codec::NodeEntry;
use ergo::prelude::*;
use ergo::wire::{Limits, Refusals, Refused};
use ergo_tests::{PATIENCE, deadline, ports, unique_name, wait_until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::peer::{COOKIE, established, frames, initiator, message, peer, socket};

const EVIL: &str = "evil@127.0.0.1";

/// A node with small limits and an EPMD of its own.
async fn node() -> (Node, u16) {
    node_with(|_| {}).await
}

async fn node_with(change: impl FnOnce(&mut Limits)) -> (Node, u16) {
    let mut limits = Limits::default();
    // Nothing here is to take long enough by accident.
    limits.handshake_timeout = Duration::from_secs(60);
    limits.handshake_bytes_max = 200;
    limits.unauthenticated_connections_max = 4;
    limits.peers_max = 1;
    limits.frame_bytes_max = 100_000;
    limits.message_bytes_max = 100_000;
    limits.fragment_sequences_max = 3;
    limits.spawn_requests_per_second_max = 0;
    limits.epmd_request_bytes_max = 100;
    limits.epmd_clients_max = 2;
    change(&mut limits);
    let port = ports::free();
    let builder = Node::builder(format!("{}@127.0.0.1", unique_name("counted")));
    let builder = builder.cookie(COOKIE).epmd_port(port).limits(limits);
    let node = deadline(PATIENCE, builder.start()).await.unwrap();
    (node, port)
}

/// Waits until exactly one more of this kind has been refused, and nothing else.
async fn one_more(node: &Node, before: Refusals, kind: Refused) {
    let counted = async || node.refusals().of(kind) > before.of(kind);
    wait_until(PATIENCE, kind.name(), counted).await.unwrap();
    let now = node.refusals();
    for other in Refused::ALL {
        let expect = before.of(*other) + u64::from(*other == kind);
        assert_eq!(
            now.of(*other),
            expect,
            "{} after {}",
            other.name(),
            kind.name()
        );
    }
}

async fn closed(stream: &mut TcpStream) {
    let drained = async {
        let mut buffer = [0; 1024];
        while matches!(stream.read(&mut buffer).await, Ok(count) if count > 0) {}
    };
    deadline(PATIENCE, drained).await;
}

/// Sends bytes of its own to a node that awaits a handshake.
async fn say(node: &Node, bytes: &[u8], kind: Refused) {
    let before = node.refusals();
    let mut stream = socket(node).await;
    stream.write_all(bytes).await.unwrap();
    one_more(node, before, kind).await;
    closed(&mut stream).await;
}

#[tokio::test]
async fn handshakes() {
    let (node, _) = node().await;
    say(&node, &[0, 201], Refused::HandshakeBytes).await;
    say(&node, b"GET / HTTP/1.1\r\n", Refused::HandshakeBytes).await;
    say(&node, &[0, 2, b'N', 1], Refused::HandshakeFailures).await;

    let before = node.refusals();
    let wrong = initiator(EVIL, node.name().as_str(), "another cookie");
    let dialled = ergo::net::dial(socket(&node).await, wrong);
    assert!(deadline(PATIENCE, dialled).await.is_err());
    one_more(&node, before, Refused::WrongCookie).await;

    let before = node.refusals();
    let mut silent = Vec::new();
    for _ in 0..5 {
        silent.push(socket(&node).await);
    }
    one_more(&node, before, Refused::UnauthenticatedConnections).await;
    node.stop().await;
}

#[tokio::test]
async fn a_handshake_that_takes_too_long() {
    let short = |limits: &mut Limits| limits.handshake_timeout = Duration::from_millis(100);
    let (node, _) = node_with(short).await;
    say(&node, &[0, 5], Refused::HandshakeTimeout).await;
    node.stop().await;
}

/// The fragments of messages with this many bytes: only the first of each message.
fn first_fragments(len: usize, count: usize) -> Vec<u8> {
    let fragments = (0..count).zip(long_messages(len));
    fragments
        .flat_map(|(_, message)| frames(&message).swap_remove(0))
        .collect()
}

/// Messages with this many bytes, one after the other.
fn long_messages(len: usize) -> impl Iterator<Item = Vec<u8>> {
    let mut outbound = Outbound::new(&established().0, &Limits::default());
    std::iter::repeat_with(move || message(&mut outbound, EVIL, len))
}

/// A peer past the handshake sends these bytes, which end the connection.
async fn attack(node: &Node, bytes: &[u8], kind: Refused) {
    let before = node.refusals();
    let mut connected = peer(node, EVIL).await;
    // It may be closed before all is sent.
    let _ = connected.stream.write_all(bytes).await;
    one_more(node, before, kind).await;
    let gone = async || node.nodes_of(Visibility::Connected).is_empty();
    wait_until(PATIENCE, "the end of the connection", gone)
        .await
        .unwrap();
}

#[tokio::test]
async fn connections() {
    let (node, _) = node().await;
    attack(&node, &[0xff; 4], Refused::FrameBytes).await;
    attack(&node, &[0, 0, 0, 1, 7], Refused::ProtocolViolations).await;
    let long = long_messages(200_000).next().unwrap();
    attack(&node, &long, Refused::MessageBytes).await;
    let four = first_fragments(140_000, 4);
    attack(&node, &four, Refused::FragmentSequences).await;

    let _connected = peer(&node, EVIL).await;
    let before = node.refusals();
    let _another = peer(&node, "another@127.0.0.1").await;
    one_more(&node, before, Refused::Peers).await;
    node.stop().await;
}

#[tokio::test]
async fn fragments_together() {
    let small = |limits: &mut Limits| limits.fragment_bytes_max = 100_000;
    let (node, _) = node_with(small).await;
    let three = first_fragments(140_000, 3);
    attack(&node, &three, Refused::FragmentBytes).await;
    node.stop().await;
}

/// The EPMD that a node runs counts with the node.
#[tokio::test]
async fn clients_of_epmd() {
    let (node, port) = node().await;
    let address = ("127.0.0.1", port);
    let before = node.refusals();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&[0, 101]).await.unwrap();
    one_more(&node, before, Refused::EpmdRequestBytes).await;
    closed(&mut stream).await;

    let gone = Client::new(([127, 0, 0, 1], port).into());
    let entry = NodeEntry::named("another", 1).unwrap();
    let _registration = deadline(PATIENCE, gone.register(&entry)).await.unwrap();
    let before = node.refusals();
    let mut silent = Vec::new();
    for _ in 0..3 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    one_more(&node, before, Refused::EpmdClients).await;
    closed(&mut silent[0]).await;
    node.stop().await;
}
