//! G-12: truncated and flipped bytes of a real handshake, of a real connection, and of requests to EPMD, at the sockets of a
//! node. It serves the next one after each.

use ergo::dist::handshake::Initiator;
use ergo::epmd::Client;
use ergo::epmd::codec::{AliveName, NodeEntry, Request};
use ergo::wire::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{COOKIE, connect, dial, initiator, node, read_to_end};

/// The bytes with each bit flipped, one at a time, and cut after each byte.
fn variants(bytes: &[u8]) -> Vec<Vec<u8>> {
    let flipped = (0..bytes.len() * 8).map(|bit| {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    });
    let cut = (0..bytes.len()).map(|len| bytes[..len].to_vec());
    flipped.chain(cut).collect()
}

/// Says these bytes and nothing more, and waits until the node has enough.
async fn say(stream: &mut TcpStream, bytes: &[u8]) -> Vec<u8> {
    // It may be closed before all is sent.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    read_to_end(stream).await
}

fn name(initiator: &mut Initiator) -> Vec<u8> {
    initiator.poll_transmit().expect("it begins")
}

#[tokio::test]
async fn every_variant_of_the_name() {
    let (node, _) = node(Limits::default()).await;
    let port = node.port().unwrap();
    let golden = name(&mut initiator(node.name().as_str(), COOKIE));
    for bytes in variants(&golden) {
        say(&mut connect(port).await, &bytes).await;
    }
    assert!(dial(port, &node, COOKIE).await.is_ok());
    node.stop().await;
}

/// A correct name, and then a variant of what the challenge is answered with.
#[tokio::test]
async fn every_variant_of_the_answer_to_the_challenge() {
    let (node, _) = node(Limits::default()).await;
    let port = node.port().unwrap();
    let mut number = 0;
    loop {
        let mut initiator = initiator(node.name().as_str(), COOKIE);
        let mut stream = connect(port).await;
        stream.write_all(&name(&mut initiator)).await.unwrap();
        let reply = loop {
            let mut buffer = [0; 512];
            let count = stream.read(&mut buffer).await.unwrap();
            assert_ne!(count, 0, "closed in place of the challenge");
            // Each message of the node is small, and read to its end by the machine.
            initiator.handle_input(&buffer[..count]).unwrap();
            if let Some(reply) = initiator.poll_transmit() {
                break reply;
            }
        };
        let variants = variants(&reply);
        let Some(bytes) = variants.get(number) else {
            break;
        };
        let answered = say(&mut stream, bytes).await;
        // The challenge of the peer may be any number; its digest and everything else may not.
        let is_challenge = (3 * 8..7 * 8).contains(&number);
        assert_eq!(
            !answered.is_empty(),
            is_challenge,
            "variant {number}: {bytes:02x?}"
        );
        number += 1;
    }
    assert!(number > 200, "{number}");
    assert!(dial(port, &node, COOKIE).await.is_ok());
    node.stop().await;
}

#[tokio::test]
async fn every_variant_of_a_request_to_epmd() {
    let (node, epmd) = node(Limits::default()).await;
    let alive = NodeEntry::named("other", 5555).unwrap();
    for request in [
        Request::Alive(alive),
        Request::PortPlease(AliveName::new("other").unwrap()),
        Request::Names,
        Request::Dump,
        Request::Stop(AliveName::new("other").unwrap()),
    ] {
        for bytes in variants(&request.encode().unwrap()) {
            say(&mut connect(epmd).await, &bytes).await;
        }
    }
    let client = Client::new(([127, 0, 0, 1], epmd).into());
    let alive = node.name().as_str().split('@').next().unwrap();
    let found = client.port_please(&AliveName::new(alive).unwrap()).await;
    assert_eq!(found.unwrap().unwrap().port, node.port().unwrap());
    node.stop().await;
}
