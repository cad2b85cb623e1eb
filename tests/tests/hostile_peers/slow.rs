//! G-16: before the cookie is proved a peer has one total time, however it spends it.

use std::time::Duration;

use ergo::ConnectError;
use ergo::dist::handshake::HandshakeError;
use ergo::epmd::Client;
use ergo::epmd::codec::NodeEntry;
use ergo::wire::Limits;
use ergo_tests::{PATIENCE, deadline};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use crate::world::{COOKIE, connect, dial, node, read_to_end};

/// Long enough for a handshake that means well, on a busy machine too.
const HANDSHAKE: Duration = Duration::from_secs(5);

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.handshake_timeout = HANDSHAKE;
    limits
}

/// Sends one byte after the other, with pauses much shorter than the time for the handshake, until nobody takes them.
async fn drip(stream: &mut TcpStream, bytes: &[u8]) {
    let (mut reader, mut writer) = stream.split();
    let dripping = async {
        let mut pause = tokio::time::interval(Duration::from_millis(100));
        for byte in bytes.iter().cycle() {
            pause.tick().await;
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    };
    let closed = async {
        let mut sink = tokio::io::sink();
        let _ = tokio::io::copy(&mut reader, &mut sink).await;
    };
    let either = async {
        tokio::select! {
            () = dripping => {}
            () = closed => {}
        }
    };
    deadline(PATIENCE, either).await;
}

/// A name message that is longer than anybody waits.
fn endless_name() -> Vec<u8> {
    let mut bytes = vec![0x0f, 0xff, b'N', 0, 0, 0, 0x0d, 0x07, 0xdf, 0x7f, 0xbd];
    bytes.extend([0, 0, 0, 1, 0, 14]);
    bytes.extend(b"peer@127.0.0.1");
    bytes.extend([0; 4096]);
    bytes
}

#[tokio::test]
async fn a_slow_peer_that_dials_is_closed_and_others_are_served_meanwhile() {
    let (node, _) = node(limits()).await;
    let port = node.port().unwrap();
    let mut slow = connect(port).await;
    let bytes = endless_name();
    let slowly = async {
        drip(&mut slow, &bytes).await;
        read_to_end(&mut slow).await;
    };
    let meanwhile = async {
        let connected = dial(port, &node, COOKIE).await.unwrap();
        drop(connected);
    };
    tokio::join!(slowly, meanwhile);
    assert_eq!(node.refusals().handshake_timeout, 1);
    node.stop().await;
}

#[tokio::test]
async fn a_slow_peer_that_is_dialled_is_given_up() {
    let (node, epmd) = node(limits()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let client = Client::new(([127, 0, 0, 1], epmd).into());
    let entry = NodeEntry::named("slow", port).unwrap();
    let _registration = client.register(&entry).await.unwrap();
    let accept = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        drip(&mut stream, &[0x0f, 0xff, b's', b'o']).await;
    };
    let (connected, ()) = tokio::join!(node.connect("slow@127.0.0.1"), accept);
    assert!(
        matches!(
            &connected,
            Err(ConnectError::Handshake {
                source: HandshakeError::Timeout { .. },
                ..
            })
        ),
        "{connected:?}"
    );
    assert_eq!(node.refusals().handshake_timeout, 1);
    node.stop().await;
}
