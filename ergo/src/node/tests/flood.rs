//! A peer that sends without a pause: ticks still go out, or it would take this node for lost.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;

use super::*;
use crate::dist::{Inbound, TickPlan, Ticker};
use crate::net::{self, Stream};

/// So many reads find something. The flood ends then, so that a test without a tick ends.
const READS_MAX: u64 = 200_000;

#[derive(Default)]
struct Seen {
    reads: AtomicU64,
    written: AtomicU64,
}

/// Always has a tick of the peer to read, and takes whatever is written. As a socket, a read takes its share of what the
/// task may do before others have their turn.
struct Flood(Arc<Seen>);

impl AsyncRead for Flood {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let share = std::pin::pin!(tokio::task::coop::consume_budget());
        ready!(share.poll(cx));
        if self.0.reads.fetch_add(1, Ordering::Relaxed) < READS_MAX {
            buffer.put_slice(&[0; 4]);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Flood {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = u64::try_from(bytes.len()).unwrap();
        self.0.written.fetch_add(written, Ordering::Relaxed);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Reads used up the share of the task, and what comes after them in it, the ticks, never had a turn.
#[tokio::test(start_paused = true)]
async fn a_tick_goes_out_under_a_flood() {
    let node = node().await;
    let (_peer, attached) = connect(&node);
    let seen = Arc::new(Seen::default());
    let plan = TickPlan::new(Duration::from_secs(60), 4);
    let (_plan, plans) = watch::channel(plan);
    let ticker = Ticker::new(plan, false, tokio::time::Instant::now().into_std());
    let driving = tokio::spawn(net::drive(
        Stream::other(Flood(seen.clone())),
        Vec::new(),
        Inbound::new(&established(), &Limits::default()),
        ticker,
        plans,
        Arc::new(attached),
    ));
    let reads = || seen.reads.load(Ordering::Relaxed);
    let written = || seen.written.load(Ordering::Relaxed);
    while reads() == 0 {
        tokio::task::yield_now().await;
    }
    tokio::time::advance(plan.interval()).await;
    while written() == 0 && !driving.is_finished() {
        tokio::task::yield_now().await;
    }
    assert!(reads() < READS_MAX, "the flood ended first");
    assert_eq!(written(), 4, "one tick");
    driving.abort();
}
