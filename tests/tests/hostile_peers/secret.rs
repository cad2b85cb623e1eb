//! G-17: the cookie is in no byte that a node sends and in no line that it logs, whatever fails.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use ergo::node::Route;
use ergo::wire::Limits;
use ergo_tests::{PATIENCE, deadline, wait_until};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::world::{COOKIE, dial, node};

const ANOTHER: &str = "QUITEANOTHERCOOKIEOFTHEPEER";

/// Everything that is logged, at every level, with every field.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.push_str(&format!("{}={value:?} ", field.name()));
    }
}

impl Everything {
    fn add(&self, record: impl FnOnce(&mut Line)) {
        let mut line = Line(String::new());
        record(&mut line);
        let mut text = self.0.lock().unwrap();
        text.push_str(&line.0);
        text.push('\n');
    }
}

impl Subscriber for Everything {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("ergo")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        self.add(|line| attributes.record(line));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, record: &Record<'_>) {
        self.add(|line| record.record(line));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.add(|line| event.record(line));
    }
}

/// Passes connections on to a port, and keeps every byte of both directions.
async fn tap(to: u16) -> (u16, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let bytes = Arc::new(Mutex::new(Vec::new()));
    let kept = bytes.clone();
    tokio::spawn(async move {
        while let Ok((from, _)) = listener.accept().await {
            let to = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
            let (read_from, write_from) = from.into_split();
            let (read_to, write_to) = to.into_split();
            tokio::spawn(pass(read_from, write_to, kept.clone()));
            tokio::spawn(pass(read_to, write_from, kept.clone()));
        }
    });
    (port, bytes)
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    kept: Arc<Mutex<Vec<u8>>>,
) {
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        kept.lock().unwrap().extend(&buffer[..count]);
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

fn contains(bytes: &[u8], secret: &str) -> bool {
    let secret = secret.as_bytes();
    bytes.windows(secret.len()).any(|window| window == secret)
}

/// On one thread, so that the log of everything is that of this test.
#[tokio::test]
async fn the_cookie_is_neither_sent_nor_logged() {
    let log = Everything::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    let (node, _) = node(Limits::default()).await;
    let (port, bytes) = tap(node.port().unwrap()).await;

    let mut connected = dial(port, &node, COOKIE).await.unwrap();
    // What ends the connection, so that this is logged too.
    connected.stream.write_all(&[0, 0, 0, 1, 7]).await.unwrap();
    let ended = async || node.refusals().protocol_violations == 1;
    wait_until(PATIENCE, "the end of the connection", ended)
        .await
        .unwrap();

    let wrong = dial(port, &node, ANOTHER).await.unwrap_err();
    let refused = async || node.refusals().wrong_cookie == 1;
    wait_until(PATIENCE, "the refusal", refused).await.unwrap();
    // The other way round: this node dials, with another cookie and then with the right one.
    let (other, _) = crate::world::node(Limits::default()).await;
    let (way, dialled) = tap(other.port().unwrap()).await;
    let name = other.name().as_str();
    let through_the_tap = Route::to(format!("127.0.0.1:{way}"));
    node.add_route(name, through_the_tap.clone().cookie(ANOTHER))
        .unwrap();
    let unknown = deadline(PATIENCE, node.connect(name)).await;
    assert!(unknown.is_err());
    node.add_route(name, through_the_tap).unwrap();
    deadline(PATIENCE, node.connect(name)).await.unwrap();
    node.stop().await;
    other.stop().await;

    let (bytes, log) = (bytes.lock().unwrap().clone(), log.0.lock().unwrap().clone());
    let dialled = dialled.lock().unwrap().clone();
    for (bytes, name) in [(&bytes, "peer@127.0.0.1"), (&dialled, node.name().as_str())] {
        assert!(contains(bytes, name), "the tap saw the handshake");
    }
    assert!(
        log.contains("has another cookie"),
        "the log has the refusal: {log}"
    );
    let said = format!("{wrong:?} {wrong} {unknown:?} {node:?}");
    for secret in [COOKIE, ANOTHER] {
        assert!(!contains(&bytes, secret), "on the wire");
        assert!(!contains(&dialled, secret), "on the wire, dialling");
        assert!(!log.contains(secret), "in the log: {log}");
        assert!(!said.contains(secret), "in an error: {said}");
    }
}
