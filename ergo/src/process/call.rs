//! A call: the request, its deadline, and its one outcome.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::etf::{DecodeOwned, Decoder, Encoded};
use crate::process::actor::{Behavior, CALL_TIMEOUT};
use crate::process::handle::{Place, Ref};
use crate::process::host::{AnyProcess, Host, HostRef, Slot};
use crate::process::mailbox::Other;
use crate::process::send::{RemoteCall, call_error};
use crate::process::{CallError, ExitReason, Reply, current};

/// What a caller gets.
pub(super) enum Answer<T> {
    Value(T),
    Wire(Encoded),
    Down(ExitReason),
}

struct OneSlot<T>(Mutex<Option<oneshot::Sender<Answer<T>>>>);

impl<T: Send> OneSlot<T> {
    fn fill(&self, answer: Answer<T>) {
        let sender = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        if let Some(sender) = sender {
            // The caller has given up waiting.
            let _ = sender.send(answer);
        }
    }
}

impl<T: Send> Slot for OneSlot<T> {
    fn answer(&self, value: Encoded) {
        self.fill(Answer::Wire(value));
    }

    fn down(&self, reason: ExitReason) {
        self.fill(Answer::Down(reason));
    }
}

/// Reads the value out of `{Tag, Value}`.
type DecodeAnswer<R> = fn(&Encoded, &HostRef) -> Result<R, CallError>;

fn decode_answer<R: DecodeOwned>(encoded: &Encoded, host: &HostRef) -> Result<R, CallError> {
    let mut decoder: Decoder<'_> = encoded.decoder().with_extension(host);
    let read = |decoder: &mut Decoder<'_>| {
        decoder.expect_tuple(2)?;
        decoder.skip()?;
        R::decode(decoder)
    };
    read(&mut decoder).map_err(CallError::BadReply)
}

/// A call that is sent when it is first polled, and given up when it is dropped.
///
/// It ends within its timeout, 5 seconds unless [`Call::timeout`] says otherwise, with the answer or the reason
/// why there is none; a late answer reaches nobody.
///
/// # Cancel safety
/// Dropping it after the first poll gives the answer up; the server may still do the work.
#[must_use = "a call is sent when it is awaited"]
pub struct Call<'a, A: Behavior, R> {
    to: &'a Ref<A>,
    message: Option<A::Message>,
    receiver: oneshot::Receiver<Answer<R>>,
    /// The other end of the receiver while the call goes by destination.
    sender: Option<oneshot::Sender<Answer<R>>>,
    remote: Option<RemoteCall>,
    decode: Option<DecodeAnswer<R>>,
    fence: Option<oneshot::Receiver<()>>,
    deadline: Deadline,
}

impl<A: Behavior, R> Unpin for Call<'_, A, R> {}

impl<'a, A: Behavior, R: Send + 'static> Call<'a, A, R> {
    #[inline]
    pub(super) fn new(
        to: &'a Ref<A>,
        decode: Option<DecodeAnswer<R>>,
        make: impl FnOnce(Reply<R>) -> A::Message,
    ) -> Self {
        let (sender, receiver) = oneshot::channel();
        let (reply, sender) = match &to.0 {
            Place::Local(_) => (Reply::local(sender), None),
            Place::Remote(_) => (Reply::nowhere(), Some(sender)),
        };
        let deadline = Deadline::new(CALL_TIMEOUT);
        Call {
            to,
            message: Some(make(reply)),
            receiver,
            sender,
            remote: None,
            decode,
            fence: None,
            deadline,
        }
    }

    #[inline]
    pub(super) fn by_term(to: &'a Ref<A>, make: impl FnOnce(Reply<R>) -> A::Message) -> Self
    where
        R: DecodeOwned,
    {
        Call::new(to, Some(decode_answer::<R>), make)
    }

    /// Gives the call this long instead of 5 seconds; [`Duration::MAX`] is OTP's `infinity`.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.deadline.length = timeout;
        self
    }

    fn start(&mut self, message: A::Message) -> Result<(), CallError> {
        match &self.to.0 {
            Place::Local(cell) => {
                if current::id_on(cell.host()) == cell.id() {
                    return Err(CallError::CallsItself);
                }
                cell.send(message).map_err(CallError::from)
            }
            Place::Remote(remote) => {
                let sender = self.sender.take();
                let slot = Arc::new(OneSlot(Mutex::new(sender)));
                if self.decode.is_none() {
                    return Err(CallError::LocalOnly);
                }
                let from = current::id_on(&remote.host);
                let call =
                    RemoteCall::start(&remote.host, from, &remote.to, slot, &mut |encoder| {
                        A::encode_message(&message, encoder)
                    })?;
                self.remote = Some(call);
                Ok(())
            }
        }
    }

    fn outcome(&mut self, answer: Answer<R>) -> Result<R, CallError> {
        match answer {
            Answer::Value(value) => Ok(value),
            Answer::Down(reason) => Err(call_error(reason)),
            Answer::Wire(encoded) => match self.decode {
                Some(decode) => decode(&encoded, self.to.host()),
                None => Err(CallError::LocalOnly),
            },
        }
    }

    /// The `Reply` is gone: the server has ended, or lives and dropped it, which a fence through its mailbox tells.
    fn poll_dropped(&mut self, cx: &mut TaskContext<'_>) -> Poll<CallError> {
        let Place::Local(cell) = &self.to.0 else {
            return Poll::Ready(CallError::NoReply);
        };
        if self.fence.is_none() {
            let (fence, receiver) = oneshot::channel();
            cell.push_signal(Other::Fence(fence));
            self.fence = Some(receiver);
        }
        let Some(fence) = &mut self.fence else {
            return Poll::Ready(CallError::NoReply);
        };
        let closed = fence.is_terminated()
            || match Pin::new(fence).poll(cx) {
                Poll::Ready(Ok(())) => return Poll::Ready(CallError::NoReply),
                Poll::Ready(Err(_)) => true,
                Poll::Pending => false,
            };
        // Its end is told when nothing of it is left, as by a monitor: whoever hears of it finds its name free.
        let ending = if closed { cell.exit_reason() } else { None };
        match ending {
            None if closed => return Poll::Ready(CallError::NoReply),
            None => {}
            Some(_) => {
                if let Poll::Ready(reason) = cell.poll_gone(cx) {
                    return Poll::Ready(call_error_of_exit(reason));
                }
            }
        }
        let late = ending.map_or(CallError::NoReply, call_error_of_exit);
        self.deadline.poll(self.to.host(), cx).map(|()| late)
    }
}

/// A server that ended while it had the request: also `noproc` and `noconnection` are its own reasons here.
fn call_error_of_exit(reason: ExitReason) -> CallError {
    CallError::Exit(reason)
}

impl<A: Behavior, R: Send + 'static> Future for Call<'_, A, R> {
    type Output = Result<R, CallError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Some(message) = this.message.take() {
            // Registered before it is sent: the answer finds a waker, and the second look is not needed.
            let _ = Pin::new(&mut this.receiver).poll(cx);
            if let Err(error) = this.start(message) {
                return Poll::Ready(Err(error));
            }
            return this
                .deadline
                .poll(this.to.host(), cx)
                .map(|()| Err(CallError::Timeout));
        }
        if this.fence.is_some() {
            return this.poll_dropped(cx).map(Err);
        }
        match Pin::new(&mut this.receiver).poll(cx) {
            Poll::Ready(Ok(answer)) => Poll::Ready(this.outcome(answer)),
            Poll::Ready(Err(_)) => this.poll_dropped(cx).map(Err),
            Poll::Pending => this
                .deadline
                .poll(this.to.host(), cx)
                .map(|()| Err(CallError::Timeout)),
        }
    }
}

impl<A: Behavior, R> Drop for Call<'_, A, R> {
    fn drop(&mut self) {
        if let Some(entry) = self.deadline.entry.take() {
            self.to.host().deadlines().remove(entry);
        }
    }
}

/// The deadline of one call, at the least cost: inside a process its one timer, elsewhere an entry in the node's
/// list that a coarse tick goes through; a timer of its own only for short ones.
struct Deadline {
    length: Duration,
    at: Option<Instant>,
    due_tick: u64,
    entry: Option<Entry>,
    sleep: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Deadline {
    fn new(length: Duration) -> Self {
        Deadline {
            length,
            at: None,
            due_tick: 0,
            entry: None,
            sleep: None,
        }
    }

    fn poll(&mut self, host: &HostRef, cx: &mut TaskContext<'_>) -> Poll<()> {
        if self.length == Duration::MAX {
            return Poll::Pending;
        }
        if self.at.is_none() && self.length >= COARSE_MIN && !current::polls_with(cx.waker()) {
            return self.poll_coarse(host, cx);
        }
        let now = tokio::time::Instant::now().into_std();
        let at = match self.at {
            Some(at) => at,
            // A deadline too far to be a point in time is none.
            None => match now.checked_add(self.length) {
                Some(at) => *self.at.insert(at),
                None => return Poll::Pending,
            },
        };
        if now >= at {
            return Poll::Ready(());
        }
        if self.sleep.is_none() && current::wake_at(at, cx.waker()) {
            return Poll::Pending;
        }
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(at.into())));
        sleep.as_mut().poll(cx)
    }

    fn poll_coarse(&mut self, host: &HostRef, cx: &mut TaskContext<'_>) -> Poll<()> {
        let deadlines = host.deadlines();
        let now = deadlines.tick.load(Ordering::Relaxed);
        if self.due_tick == 0 {
            let ticks =
                u64::try_from(self.length.as_millis() / TICK.as_millis()).unwrap_or(u64::MAX / 2);
            // The tick in progress is not counted, so a call never has less time than it was given.
            self.due_tick = now.saturating_add(ticks).saturating_add(2);
        }
        if now >= self.due_tick {
            return Poll::Ready(());
        }
        match &self.entry {
            Some(entry) => deadlines.renew(*entry, cx.waker()),
            None => self.entry = Some(deadlines.add(host, self.due_tick, cx.waker().clone())),
        }
        Poll::Pending
    }
}

/// Calls with a shorter timeout keep exact time.
const COARSE_MIN: Duration = Duration::from_secs(1);
/// How often the list is gone through while there is anything in it.
const TICK: Duration = Duration::from_millis(50);
const SHARDS: usize = 8;

#[derive(Clone, Copy)]
struct Entry {
    shard: usize,
    index: usize,
}

/// Deadlines of calls made outside of processes: accurate to a tick of 50 ms, and nearly free.
#[derive(Default)]
pub struct Deadlines {
    shards: [Shard; SHARDS],
    running: AtomicBool,
    tick: AtomicU64,
}

#[derive(Default)]
#[repr(align(64))]
struct Shard(Mutex<Slab>);

#[derive(Default)]
struct Slab {
    entries: Vec<Option<(u64, Waker)>>,
    free: Vec<usize>,
}

thread_local! {
    static SHARD: usize = {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed) as usize % SHARDS
    };
}

impl Deadlines {
    fn slab(&self, shard: usize) -> std::sync::MutexGuard<'_, Slab> {
        self.shards[shard]
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn add(&self, host: &HostRef, due: u64, waker: Waker) -> Entry {
        let shard = SHARD.with(|shard| *shard);
        let index = {
            let mut slab = self.slab(shard);
            match slab.free.pop() {
                Some(index) => {
                    slab.entries[index] = Some((due, waker));
                    index
                }
                None => {
                    slab.entries.push(Some((due, waker)));
                    slab.entries.len() - 1
                }
            }
        };
        if !self.running.load(Ordering::SeqCst) && !self.running.swap(true, Ordering::SeqCst) {
            drop(host.runtime().spawn(tick(Arc::downgrade(host))));
        }
        Entry { shard, index }
    }

    fn renew(&self, entry: Entry, waker: &Waker) {
        if let Some(Some((_, kept))) = self.slab(entry.shard).entries.get_mut(entry.index) {
            kept.clone_from(waker);
        }
    }

    fn remove(&self, entry: Entry) {
        let waker = {
            let mut slab = self.slab(entry.shard);
            slab.free.push(entry.index);
            slab.entries.get_mut(entry.index).and_then(Option::take)
        };
        drop(waker);
    }

    fn is_empty(&self) -> bool {
        (0..SHARDS).all(|shard| {
            let slab = self.slab(shard);
            slab.entries.len() == slab.free.len()
        })
    }

    fn wake_due(&self, now: u64) {
        for shard in 0..SHARDS {
            let due: Vec<Waker> = {
                let slab = self.slab(shard);
                slab.entries
                    .iter()
                    .flatten()
                    .filter(|entry| entry.0 <= now)
                    .map(|entry| entry.1.clone())
                    .collect()
            };
            for waker in due {
                waker.wake();
            }
        }
    }

    /// Goes through the list once; false when it is empty and the ticking stops.
    fn advance(&self) -> bool {
        let now = self.tick.fetch_add(1, Ordering::Relaxed) + 1;
        self.wake_due(now);
        if !self.is_empty() {
            return true;
        }
        self.running.store(false, Ordering::SeqCst);
        // Whoever came in between this look and the last saw it running: go on for them.
        !self.is_empty() && !self.running.swap(true, Ordering::SeqCst)
    }
}

async fn tick(host: Weak<dyn Host>) {
    loop {
        tokio::time::sleep(TICK).await;
        let Some(host) = host.upgrade() else { return };
        if !host.deadlines().advance() {
            return;
        }
    }
}
