//! What may wait for a peer: G-11.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::node::peer::Submitted;
use crate::process::{CastError, Full};

const KIB: usize = 1024;

fn limits() -> Limits {
    Limits {
        outbound_watermark_bytes: 16 * KIB,
        outbound_bytes_max: 64 * KIB,
        ..Limits::default()
    }
}

fn message() -> Control {
    Control::Send {
        from: Some(Pid::new(Atom::from_static("here@host"), 1, 0, 7)),
        to: stranger(1),
    }
}

/// Sends one KiB.
fn submit(peer: &Peer, is_refusable: bool) -> Result<Submitted, CastError> {
    let mut body = |encoder: &mut crate::etf::Encoder<'_>| encoder.write_binary(&[0; KIB]);
    peer.submit(&message(), Some(&mut body), is_refusable, |_| {})
}

fn is_ready(future: impl Future<Output = ()>) -> bool {
    let mut future = std::pin::pin!(future);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    future.as_mut().poll(&mut cx).is_ready()
}

/// While a node is being dialled nothing bounded what waited for it, and nobody waited.
#[tokio::test]
async fn what_waits_for_a_connection_is_bounded() {
    let peer = Arc::new(Peer::dialling(far(), &limits(), None));
    assert!(is_ready(peer.not_busy()));
    for _ in 0..16 {
        submit(&peer, true).unwrap();
    }
    assert!(!is_ready(peer.not_busy()));
    let waiting = tokio::spawn({
        let peer = peer.clone();
        async move { peer.not_busy().await }
    });
    let refused = (0..64).find_map(|_| submit(&peer, true).err());
    let Some(CastError::Full(Full::Connection {
        waiting: bytes,
        max,
    })) = refused
    else {
        panic!("{refused:?}");
    };
    assert!(max as usize == 64 * KIB && bytes > max, "{bytes} {max}");
    // Other signals are never refused.
    assert_eq!(submit(&peer, false), Ok(Submitted::Done));
    assert!(!waiting.is_finished());
    peer.lose(None);
    waiting.await.unwrap();
}

/// Those who waited for the connection go on when it is there, as far as the buffer has room.
#[tokio::test]
async fn a_connection_that_comes_about_wakes_those_who_wait() {
    let peer = Arc::new(Peer::dialling(far(), &limits(), None));
    for _ in 0..16 {
        submit(&peer, true).unwrap();
    }
    let mut waiting = std::pin::pin!(peer.not_busy());
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(waiting.as_mut().poll(&mut cx).is_pending());
    // Its own watermark is that of all nodes: 1 MiB.
    assert!(peer.establish(outbound(), false));
    assert!(waiting.as_mut().poll(&mut cx).is_ready());
}

/// A peer that asked and never took an answer had this node keep all of them.
#[tokio::test]
async fn a_peer_that_takes_no_answers_is_given_up() {
    let peer = Peer::connected(far(), outbound(), false, &limits());
    while submit(&peer, true).is_ok() {}
    assert!(matches!(submit(&peer, true), Err(CastError::Full(_))));
    let is_closed = || peer.closing.load(std::sync::atomic::Ordering::Acquire);
    let sent = (0..1000).take_while(|_| {
        assert_eq!(submit(&peer, false), Ok(Submitted::Done));
        !is_closed()
    });
    let sent = sent.count();
    assert!((32..=64).contains(&sent), "{sent}");
}

/// An `Encode` that sends to the same node locked the peer for ever; now it panics, and the connection is as it was.
#[tokio::test]
async fn an_encode_that_sends_to_the_same_node_panics() {
    let peer = Peer::connected(far(), outbound(), false, &limits());
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let mut body = |encoder: &mut crate::etf::Encoder<'_>| {
            encoder.write_atom("half")?;
            let _ = submit(&peer, true);
            Ok(())
        };
        peer.submit(&message(), Some(&mut body), true, |_| {})
    }));
    let panic = panicked.unwrap_err();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.contains("far@host"), "{text}");
    assert_eq!(submit(&peer, true), Ok(Submitted::Done));
}
