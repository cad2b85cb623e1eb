//! Pumps one connection: reads frames, writes batches, ticks, and notices a silent peer.

use std::io::{self, IoSlice};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::dist::{
    Control, Inbound, ProtocolViolation, Signals, TickAction, TickPlan, Ticker, Traffic, Transmit,
};
use crate::etf::{Encoded, Pid};
use crate::net::looking::Looking;
use crate::net::transport::{Reader, Stream, Writer};

/// The node's side of a connection, as the task that pumps it sees it.
pub trait Endpoint: Send + Sync {
    /// A message to a process has come.
    fn message(&self, from: Option<Pid>, to: Pid, payload: Encoded);
    /// Another signal has come.
    fn signal(&self, control: Control, payload: Option<Encoded>);
    /// Runs what hands out signals that have come. [`Endpoint::writable`] is not notified of what is sent meanwhile.
    fn reading<R>(&self, hand_out: impl FnOnce() -> R) -> R;
    /// Whether something was sent meanwhile.
    fn answered(&self) -> bool;
    /// So many bytes have come.
    fn received(&self, bytes: u64);
    /// Swaps what is to be written next with `into`, which has been written.
    fn take_transmit(&self, into: &mut Transmit);
    /// Frames handed out so far, ticks not counted, and whether more wait.
    fn sent(&self) -> (u64, bool);
    /// Puts a tick into the outbound buffer.
    fn tick(&self);
    /// Notified when there is something to write.
    fn writable(&self) -> &Notify;
    /// Resolves when the node wants the connection closed.
    fn closed(&self) -> impl Future<Output = ()> + Send;
}

/// Why a connection ended, in the words of `net_kernel:monitor_nodes`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LossReason {
    /// The peer closed it, or the socket broke.
    #[error("connection_closed")]
    ConnectionClosed,
    /// This node closed it.
    #[error("disconnect")]
    Disconnect,
    /// The peer has been silent for too long.
    #[error("net_tick_timeout")]
    NetTickTimeout,
    /// The peer broke the protocol.
    #[error("protocol violation: {0}")]
    Violation(ProtocolViolation),
}

/// Pumps a connection until it ends, and says why it did.
///
/// Reading and writing are two tasks, so that neither waits for the other.
pub async fn drive<E: Endpoint + 'static>(
    stream: Stream,
    rest: Vec<u8>,
    inbound: Inbound,
    ticker: Ticker,
    plan: watch::Receiver<TickPlan>,
    endpoint: Arc<E>,
) -> LossReason {
    let received = AtomicU64::new(0);
    let Ok((reader, writer)) = stream.split() else {
        return LossReason::ConnectionClosed;
    };
    let mut writing = Writing(tokio::spawn(write(writer, endpoint.clone())));
    // In order, so that a run in virtual time is the same each time.
    tokio::select! {
        biased;
        reason = read(reader, rest, inbound, &received, &*endpoint) => reason,
        reason = &mut writing.0 => reason.unwrap_or(LossReason::ConnectionClosed),
        reason = tick(ticker, plan, &received, &*endpoint) => reason,
        () = endpoint.closed() => LossReason::Disconnect,
    }
}

/// The task that writes, which ends with the one that reads.
struct Writing(JoinHandle<LossReason>);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// So many reads in a row leave the budget of the task to the ticks too.
const READS_MAX: u32 = 32;

async fn read(
    mut reader: Reader,
    rest: Vec<u8>,
    mut inbound: Inbound,
    received: &AtomicU64,
    endpoint: &impl Endpoint,
) -> LossReason {
    inbound.handle_input(&rest);
    let mut looking = Looking::default();
    let mut reads: u32 = 0;
    loop {
        if let Err(violation) = endpoint.reading(|| dispatch(&mut inbound, endpoint)) {
            return LossReason::Violation(violation);
        }
        if endpoint.answered() {
            // After those who have been woken: what they answer is written with it.
            tokio::task::yield_now().await;
            let (_, is_pending) = endpoint.sent();
            if is_pending {
                endpoint.writable().notify_one();
            }
        }
        match looking.read(&mut reader, &mut inbound, endpoint).await {
            Ok(0) | Err(_) => return LossReason::ConnectionClosed,
            Ok(bytes) => {
                let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
                received.fetch_add(bytes, Ordering::Relaxed);
                endpoint.received(bytes);
            }
        }
        reads = reads.wrapping_add(1);
        if reads.is_multiple_of(READS_MAX) {
            tokio::task::yield_now().await;
        }
    }
}

/// The endpoint, as it is told what comes.
struct Told<'a, E>(&'a E);

impl<E: Endpoint> Signals for Told<'_, E> {
    #[inline]
    fn message(&mut self, from: Option<Pid>, to: Pid, payload: Encoded) {
        self.0.message(from, to, payload);
    }

    fn signal(&mut self, control: Control, payload: Option<Encoded>) {
        self.0.signal(control, payload);
    }
}

fn dispatch(inbound: &mut Inbound, endpoint: &impl Endpoint) -> Result<(), ProtocolViolation> {
    let mut told = Told(endpoint);
    while inbound.poll(&mut told)? {}
    Ok(())
}

async fn write(mut writer: Writer, endpoint: Arc<impl Endpoint>) -> LossReason {
    let mut batch = Transmit::default();
    let mut gathering = Gathering::default();
    loop {
        let more = endpoint.writable().notified();
        endpoint.take_transmit(&mut batch);
        if batch.is_empty() {
            more.await;
            gathering.wait(&*endpoint).await;
            continue;
        }
        // TLS keeps what the socket did not take until it is flushed; over TCP there is nothing to do then.
        if write_all(&mut writer, &batch).await.is_err() || writer.flush().await.is_err() {
            return LossReason::ConnectionClosed;
        }
    }
}

/// Lets others run before a batch is written, where that is known to make it larger: many that are about to send then
/// cost one call of the operating system.
#[derive(Default)]
struct Gathering {
    /// For how many batches not to wait.
    left_out: u32,
    /// How many were left out last.
    last: u32,
}

/// As many batches are left out at most, so that waiting costs next to nothing where it is in vain.
const LEFT_OUT_MAX: u32 = 64;

impl Gathering {
    async fn wait(&mut self, endpoint: &impl Endpoint) {
        if self.left_out > 0 {
            self.left_out -= 1;
            return;
        }
        let (before, _) = endpoint.sent();
        tokio::task::yield_now().await;
        if endpoint.sent().0 == before {
            self.last = self.last.saturating_mul(2).clamp(1, LEFT_OUT_MAX);
            self.left_out = self.last;
        } else {
            self.last = 0;
        }
    }
}

/// Writes all pieces of a batch, with as few calls of the operating system as can be.
async fn write_all(writer: &mut Writer, batch: &Transmit) -> io::Result<()> {
    let mut pieces = batch.slices();
    if let (Some(all), None) = (pieces.next(), pieces.next()) {
        return writer.write_all(all).await;
    }
    if !writer.is_write_vectored() {
        return writer.write_all(&batch.to_vec()).await;
    }
    let mut pieces: Vec<IoSlice<'_>> = batch.slices().map(IoSlice::new).collect();
    let mut left = pieces.as_mut_slice();
    while !left.is_empty() {
        match writer.write_vectored(left).await? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => IoSlice::advance_slices(&mut left, written),
        }
    }
    Ok(())
}

async fn tick(
    mut ticker: Ticker,
    mut plan: watch::Receiver<TickPlan>,
    received: &AtomicU64,
    endpoint: &impl Endpoint,
) -> LossReason {
    loop {
        let at: Instant = ticker.poll_timeout();
        tokio::select! {
            biased;
            () = changed(&mut plan) => {
                let new = *plan.borrow_and_update();
                ticker.change(new, tokio::time::Instant::now().into_std());
                continue;
            }
            () = tokio::time::sleep_until(at.into()) => {}
        }
        let (sent, is_pending) = endpoint.sent();
        let traffic = Traffic {
            received: received.load(Ordering::Relaxed),
            sent,
            is_pending,
        };
        match ticker.handle_timeout(tokio::time::Instant::now().into_std(), traffic) {
            TickAction::Nothing => {}
            TickAction::Tick => endpoint.tick(),
            TickAction::Down => return LossReason::NetTickTimeout,
        }
    }
}

/// Another tick time was set; never, once nobody can set it.
async fn changed(plan: &mut watch::Receiver<TickPlan>) {
    if plan.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Sets what every connection between nodes has: no delay of small frames, and keep-alive off, as ticks do that.
///
/// # Errors
/// What the operating system said.
pub fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)
}

/// How long an accept loop pauses when the operating system has no more descriptors.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
