//! What receivers report to, and what they count with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;

/// Waits for a number of arrivals and adds up what they bring.
pub(crate) struct Latch {
    left: AtomicU64,
    sum: AtomicU64,
    all: Notify,
}

impl Latch {
    /// A latch for this many arrivals.
    pub(crate) fn new(arrivals: u64) -> Arc<Latch> {
        Arc::new(Latch {
            left: AtomicU64::new(arrivals),
            sum: AtomicU64::new(0),
            all: Notify::new(),
        })
    }

    /// One has arrived.
    #[inline]
    pub(crate) fn arrive(&self, value: u64) {
        self.sum.fetch_add(value, Ordering::Relaxed);
        if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.all.notify_one();
        }
    }

    /// Waits for all of them and gives the sum of what they brought since the beginning.
    pub(crate) async fn wait(&self) -> u64 {
        self.all.notified().await;
        self.sum.load(Ordering::Relaxed)
    }

    /// Waits for this many more. Only after [`Latch::wait`].
    pub(crate) fn again(&self, arrivals: u64) {
        self.left.store(arrivals, Ordering::Release);
    }
}

/// The state of a process that counts what it gets.
pub(crate) struct Tally {
    count: u64,
    sum: u64,
    handled: u64,
    goal: u64,
    reached: Arc<Latch>,
    ended: Arc<Latch>,
}

impl Tally {
    /// Reports to `reached` after each `goal` numbers, and to `ended` what it has handled when it is dropped.
    pub(crate) fn new(goal: u64, reached: &Arc<Latch>, ended: &Arc<Latch>) -> Tally {
        Tally {
            count: 0,
            sum: 0,
            handled: 0,
            goal,
            reached: reached.clone(),
            ended: ended.clone(),
        }
    }

    /// Counts a number.
    #[inline]
    pub(crate) fn add(&mut self, number: u64) {
        self.handled += 1;
        self.count += 1;
        self.sum = self.sum.wrapping_add(number);
        if self.count == self.goal {
            self.reached.arrive(self.sum);
            (self.count, self.sum) = (0, 0);
        }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.ended.arrive(self.handled);
    }
}
