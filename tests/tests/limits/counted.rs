//! What a node refuses is counted, each kind by itself.

use std::time::Duration;

use ergo::epmd::Client;
use ergo::epmd::codec::NodeEntry;
use ergo::prelude::*;
use ergo::wire::{Limits, Refusals, Refused};
use ergo_tests::{PATIENCE, deadline, ports, unique_name, wait_until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::peer::{COOKIE, frames, initiator, message, peer, socket};

/// A node with small limits and an EPMD of its own.
async fn node() -> (Node, u16) {
    let mut limits = Limits::default();
    limits.handshake_timeout = Duration::from_secs(2);
    limits.handshake_bytes_max = 200;
    limits.unauthenticated_connections_max = 4;
    limits.peers_max = 1;
    limits.frame_bytes_max = 100_000;
    limits.message_bytes_max = 100_000;
    limits.fragment_sequences_max = 3;
    limits.fragment_bytes_max = 150_000;
    limits.spawn_requests_per_second_max = 0;
    limits.epmd_request_bytes_max = 100;
    limits.epmd_clients_max = 2;
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
    say(&node, &[0, 5], Refused::HandshakeTimeout).await;

    let before = node.refusals();
    let wrong = initiator("evil@127.0.0.1", node.name().as_str(), "another cookie");
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
async fn connections() {
    let (node, _) = node().await;
    let name = "evil@127.0.0.1";
    let long = |len: usize| {
        let (local, _) = crate::peer::established();
        let mut outbound = ergo::dist::Outbound::new(&local, &Limits::default());
        move || message(&mut outbound, name, len)
    };
    let first = |mut message: Box<dyn FnMut() -> Vec<u8>>, count: usize| {
        let fragments = (0..count).map(|_| frames(&message()).swap_remove(0));
        fragments.collect::<Vec<_>>().concat()
    };
    let attacks = [
        (Refused::FrameBytes, vec![0xff; 4]),
        (Refused::ProtocolViolations, vec![0, 0, 0, 1, 7]),
        (Refused::MessageBytes, long(200_000)()),
        (Refused::FragmentSequences, first(Box::new(long(66_000)), 4)),
        (Refused::FragmentBytes, first(Box::new(long(140_000)), 3)),
    ];
    for (kind, bytes) in attacks {
        let before = node.refusals();
        let mut connected = peer(&node, name).await;
        connected.stream.write_all(&bytes).await.unwrap();
        one_more(&node, before, kind).await;
        let gone = async || node.nodes_of(Visibility::Connected).is_empty();
        wait_until(PATIENCE, "the end of the connection", gone)
            .await
            .unwrap();
    }

    let _connected = peer(&node, name).await;
    let before = node.refusals();
    let _another = peer(&node, "another@127.0.0.1").await;
    one_more(&node, before, Refused::Peers).await;
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
