//! Limits that hold before a peer has proved itself.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ergo::dist::Flags;
use ergo::net::{Listener, Slots};
use ergo::wire::{Counters, Limits, Refusals, Refused};
use ergo_tests::{PATIENCE, deadline};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::peer::acceptor;
use crate::table::{Above, Seen};

pub(crate) fn timeout() -> Seen {
    let mut limits = Limits::default();
    limits.handshake_timeout = Duration::from_secs(7);
    let now = Instant::now();
    let mut acceptor = acceptor(&limits, now);
    let nearly = now + limits.handshake_timeout - Duration::from_nanos(1);
    let in_time = acceptor.handle_timeout(nearly);
    let late = acceptor.handle_timeout(now + limits.handshake_timeout);
    Seen {
        at_the_limit: in_time.map_err(|error| error.to_string()),
        above: Above::of(late, &[7]),
    }
}

/// A name message of this many bytes: what comes after the name does not count, but for its length.
fn name_message(len: usize) -> Vec<u8> {
    let name = b"a@127.0.0.1";
    let mut message = vec![b'N'];
    message.extend(Flags::VISIBLE.bits().to_be_bytes());
    message.extend(7_u32.to_be_bytes());
    message.extend(u16::try_from(name.len()).unwrap().to_be_bytes());
    message.extend(name);
    message.resize(len, 0);
    let mut bytes = u16::try_from(len).unwrap().to_be_bytes().to_vec();
    bytes.extend(message);
    bytes
}

pub(crate) fn bytes() -> Seen {
    let mut limits = Limits::default();
    limits.handshake_bytes_max = 64;
    let handle = |len| {
        let mut acceptor = acceptor(&limits, Instant::now());
        let handled = acceptor.handle_input(&name_message(len));
        handled.map(drop).map_err(|error| error.to_string())
    };
    Seen {
        at_the_limit: handle(64),
        above: Above::of(handle(65), &[64, 65]),
    }
}

/// Lets connections come from these addresses, one after the other; nobody says anything. How many are still held before
/// and after the last, and what was refused by then.
async fn flood(limits: Limits, from: &[IpAddr]) -> (usize, usize, Refusals) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (hand, handed) = mpsc::channel(1);
    let counters = Arc::new(Counters::default());
    let (greeted, mut greetings) = mpsc::unbounded_channel();
    let held = Arc::new(());
    let (in_greeting, counted) = (Arc::downgrade(&held), counters.clone());
    let greet = move |stream, peer: SocketAddr| {
        let held = in_greeting.upgrade();
        greeted.send(peer).unwrap();
        async move {
            let _held = (held, stream);
            std::future::pending().await
        }
    };
    let accepting =
        tokio::spawn(Listener::handed(address, handed).run(Slots::new(&limits, counted), greet));
    let mut counts = Vec::new();
    for ip in from {
        let _client = TcpStream::connect(address).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        hand.send((stream.into(), SocketAddr::new(*ip, 1)))
            .await
            .unwrap();
        deadline(PATIENCE, greetings.recv()).await.unwrap();
        counts.push(Arc::strong_count(&held) - 1);
    }
    let dropped = async {
        while Arc::strong_count(&held) > counts[counts.len() - 2] + 1 {
            tokio::task::yield_now().await;
        }
    };
    deadline(PATIENCE, dropped).await;
    let after = Arc::strong_count(&held) - 1;
    accepting.abort();
    (counts[counts.len() - 2], after, counters.refusals())
}

fn flooded(limits: Limits, from: &[&str], expect: usize, kind: Refused) -> Seen {
    let from: Vec<IpAddr> = from.iter().map(|ip| ip.parse().unwrap()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (before, after, refusals) = runtime.block_on(flood(limits, &from));
    let at_the_limit = if (before, after) == (expect, expect) {
        Ok(())
    } else {
        Err(format!("{before} were held, then {after}"))
    };
    Seen {
        at_the_limit,
        above: Above::Counted(refusals.of(kind)),
    }
}

pub(crate) fn connections() -> Seen {
    let mut limits = Limits::default();
    limits.unauthenticated_connections_max = 3;
    let from = ["127.0.0.1", "192.0.2.1", "127.0.0.1", "192.0.2.2"];
    flooded(limits, &from, 3, Refused::UnauthenticatedConnections)
}

pub(crate) fn connections_of_an_address() -> Seen {
    let mut limits = Limits::default();
    limits.unauthenticated_connections_per_address_max = 2;
    let from = [
        "192.0.2.2",
        "127.0.0.1",
        "192.0.2.1",
        "127.0.0.1",
        "127.0.0.1",
        "192.0.2.1",
        "192.0.2.1",
    ];
    flooded(
        limits,
        &from,
        6,
        Refused::UnauthenticatedConnectionsPerAddress,
    )
}
