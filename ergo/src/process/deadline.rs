//! Deadlines of calls, at the least cost.
//!
//! Inside a process a call uses the one timer of the process. Elsewhere it enters itself in a list of the node that a
//! coarse tick goes through, and only a short one has a timer of its own.

use std::pin::Pin;
use std::sync::{Arc, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::process::current;
use crate::process::host::{Host, HostRef};
use crate::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::sync::{Mutex, MutexGuard, spawn_detached};

/// The deadline of one call, set by its first poll.
pub(crate) struct Deadline {
    length: Duration,
    at: Option<Instant>,
    due_tick: u64,
    entry: Option<Entry>,
    sleep: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Deadline {
    pub(crate) fn new(length: Duration) -> Self {
        Deadline {
            length,
            at: None,
            due_tick: 0,
            entry: None,
            sleep: None,
        }
    }

    /// Ready when the time is over; until then the waker is woken by that time.
    pub(crate) fn poll(&mut self, host: &HostRef, cx: &mut Context<'_>) -> Poll<()> {
        if self.length == Duration::MAX {
            return Poll::Pending;
        }
        if self.at.is_none()
            && self.length >= COARSE_MIN
            && !current::polls_with(cx.waker())
            && !host.deadlines().is_exact()
        {
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

    fn poll_coarse(&mut self, host: &HostRef, cx: &Context<'_>) -> Poll<()> {
        let deadlines = host.deadlines();
        let now = deadlines.tick.load(Ordering::Relaxed);
        if self.due_tick == 0 {
            // The tick in progress is not counted, so a call never has less time than it was given.
            self.due_tick = now.saturating_add(ticks_of(self.length)).saturating_add(2);
        }
        if now >= self.due_tick {
            return Poll::Ready(());
        }
        match &self.entry {
            Some(entry) => deadlines.renew(*entry, cx.waker()),
            None => self.entry = Some(deadlines.add(host, self.due_tick, cx.waker())),
        }
        Poll::Pending
    }

    /// The call is over, one way or another.
    #[inline]
    pub(crate) fn end(&mut self, host: &HostRef) {
        if let Some(entry) = self.entry.take() {
            host.deadlines().remove(entry);
        }
    }
}

/// Calls with a shorter timeout keep exact time.
const COARSE_MIN: Duration = Duration::from_secs(1);
/// How often the list is gone through while there is anything in it.
const TICK: Duration = Duration::from_millis(1000 / TICKS_PER_SECOND);
const TICKS_PER_SECOND: u64 = 20;

fn ticks_of(length: Duration) -> u64 {
    let part = u64::from(length.subsec_millis()) * TICKS_PER_SECOND / 1000;
    length
        .as_secs()
        .saturating_mul(TICKS_PER_SECOND)
        .saturating_add(part)
}

const SHARDS: usize = 64;

#[derive(Clone, Copy)]
struct Entry {
    shard: usize,
    index: usize,
}

/// Deadlines of calls made outside of processes: accurate to a tick of 50 ms, and nearly free.
pub struct Deadlines {
    shards: [Shard; SHARDS],
    running: AtomicBool,
    tick: AtomicU64,
    #[cfg(feature = "testing")]
    exact: bool,
}

impl Default for Deadlines {
    fn default() -> Self {
        Deadlines {
            shards: std::array::from_fn(|_| Shard::default()),
            running: AtomicBool::new(false),
            tick: AtomicU64::new(0),
            #[cfg(feature = "testing")]
            exact: false,
        }
    }
}

/// The deadlines of a few tasks. A task always uses the same shard, whatever thread it is on, so that the shard moves
/// between threads only when the task does.
#[derive(Default)]
#[repr(align(64))]
struct Shard(Mutex<Slab>);

#[derive(Default)]
struct Slab {
    slots: Vec<Slot>,
    free: Vec<usize>,
}

/// The waker stays when a call is over, until the next tick: most often the next call is made by the same task.
#[derive(Default)]
struct Slot {
    /// 0 when it is free.
    due: u64,
    waker: Option<Waker>,
}

impl Slot {
    fn set_waker(&mut self, waker: &Waker) -> Option<Waker> {
        match &self.waker {
            Some(kept) if kept.will_wake(waker) => None,
            _ => self.waker.replace(waker.clone()),
        }
    }
}

fn shard_of(waker: &Waker) -> usize {
    // Tasks are aligned to 128 bytes and more, and neighbours in memory are often of one size.
    let address = waker.data().addr() as u64 >> 7;
    let mixed = address.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58;
    usize::try_from(mixed).unwrap_or_default() % SHARDS
}

impl Deadlines {
    /// Deadlines that are kept exactly, each by a timer of its own: for virtual time, which goes by nothing else.
    #[cfg(feature = "testing")]
    pub(crate) fn exact() -> Deadlines {
        Deadlines {
            exact: true,
            ..Deadlines::default()
        }
    }

    #[cfg(feature = "testing")]
    fn is_exact(&self) -> bool {
        self.exact
    }

    #[cfg(not(feature = "testing"))]
    #[inline(always)]
    #[allow(clippy::unused_self, reason = "it is one with the feature")]
    fn is_exact(&self) -> bool {
        false
    }

    fn slab(&self, shard: usize) -> MutexGuard<'_, Slab> {
        let Shard(slab) = &self.shards[shard];
        slab.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, host: &HostRef, due: u64, waker: &Waker) -> Entry {
        let shard = shard_of(waker);
        let (index, replaced) = {
            let mut slab = self.slab(shard);
            let index = slab.free.pop().unwrap_or(slab.slots.len());
            if index == slab.slots.len() {
                slab.slots.push(Slot::default());
            }
            let slot = &mut slab.slots[index];
            slot.due = due;
            (index, slot.set_waker(waker))
        };
        drop(replaced);
        if !self.running.load(Ordering::SeqCst) && !self.running.swap(true, Ordering::SeqCst) {
            spawn_detached(host.runtime(), tick(Arc::downgrade(host)));
        }
        Entry { shard, index }
    }

    fn renew(&self, entry: Entry, waker: &Waker) {
        let replaced = {
            let mut slab = self.slab(entry.shard);
            slab.slots
                .get_mut(entry.index)
                .and_then(|slot| slot.set_waker(waker))
        };
        drop(replaced);
    }

    fn remove(&self, entry: Entry) {
        let mut slab = self.slab(entry.shard);
        slab.free.push(entry.index);
        if let Some(slot) = slab.slots.get_mut(entry.index) {
            slot.due = 0;
        }
    }

    /// Wakes what is due and forgets the wakers of calls that are over. True when any deadline is left.
    fn go_through(&self, now: u64) -> bool {
        let mut left = false;
        for shard in 0..SHARDS {
            let (mut due, mut over) = (Vec::new(), Vec::new());
            {
                let mut slab = self.slab(shard);
                for slot in &mut slab.slots {
                    left |= slot.due != 0;
                    if slot.due == 0 {
                        over.extend(slot.waker.take());
                    } else if slot.due <= now {
                        due.extend(slot.waker.clone());
                    }
                }
            }
            due.into_iter().for_each(Waker::wake);
            // A waker may be the last thing that holds a task.
            drop(over);
        }
        left
    }

    /// Goes through the list once; false when it is empty and the ticking stops.
    fn advance(&self) -> bool {
        let now = self.tick.fetch_add(1, Ordering::Relaxed) + 1;
        if self.go_through(now) {
            return true;
        }
        self.running.store(false, Ordering::SeqCst);
        // Whoever came in between this look and the last saw it running: go on for them.
        self.go_through(now) && !self.running.swap(true, Ordering::SeqCst)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_cut_to_whole_ticks() {
        assert_eq!(ticks_of(Duration::from_millis(5_049)), 100);
        assert_eq!(ticks_of(Duration::from_millis(5_050)), 101);
        assert_eq!(ticks_of(Duration::MAX), u64::MAX);
    }

    #[test]
    fn the_waker_of_a_call_that_is_over_is_kept_until_the_next_tick() {
        let deadlines = Deadlines::default();
        let woken = Arc::new(Woken);
        let waker = Waker::from(woken.clone());
        let mut slot = Slot::default();
        assert!(slot.set_waker(&waker).is_none());
        assert!(slot.set_waker(&waker).is_none());
        let shard = shard_of(&waker);
        deadlines.slab(shard).slots.push(slot);
        deadlines.slab(shard).slots[0].due = 7;
        assert!(deadlines.go_through(6));
        deadlines.remove(Entry { shard, index: 0 });
        assert_eq!(Arc::strong_count(&woken), 3);
        assert!(!deadlines.go_through(7));
        assert_eq!(Arc::strong_count(&woken), 2);
        assert_eq!(deadlines.slab(shard).free, [0]);
    }

    struct Woken;

    impl std::task::Wake for Woken {
        fn wake(self: Arc<Self>) {}
    }
}
