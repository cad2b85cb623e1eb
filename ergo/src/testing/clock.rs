//! Time that stands still while anything can run.

use std::cell::RefCell;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

thread_local! {
    static IDLE: RefCell<Option<Arc<Idle>>> = const { RefCell::new(None) };
}

/// Who waits until nothing can run any more.
#[derive(Default)]
pub(super) struct Idle(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    /// How often nothing could run.
    times: u64,
    wakers: Vec<Waker>,
}

impl Idle {
    /// Makes it the one of this thread, until the returned guard is dropped.
    pub(super) fn enter(self: &Arc<Idle>) -> Entered {
        Entered(IDLE.replace(Some(self.clone())))
    }

    /// Called by the runtime when it has nothing to run and is about to wait for a timer.
    pub(super) fn nothing_runs(&self) {
        let wakers = {
            let mut waiting = self.waiting();
            waiting.times += 1;
            std::mem::take(&mut waiting.wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until nothing has been able to run once more.
    async fn next(&self) {
        let before = self.waiting().times;
        poll_fn(|cx| {
            let mut waiting = self.waiting();
            if waiting.times > before {
                return Poll::Ready(());
            }
            waiting.wakers.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// Gives the thread back the one it had.
pub(super) struct Entered(Option<Arc<Idle>>);

impl Drop for Entered {
    fn drop(&mut self) {
        IDLE.set(self.0.take());
    }
}

/// Lets this much virtual time pass: every timer that is due in it fires at its time, in order, and whatever each of
/// them sets going comes to rest before the next. Whatever is due at its very end has come to rest, too.
///
/// ```
/// use ergo::prelude::*;
/// use ergo::testing::{self, TestNode};
/// # mod tests {
/// # use super::*;
/// #[ergo::test]
/// async fn a_day_takes_no_time(_node: TestNode) {
///     let before = tokio::time::Instant::now();
///     testing::advance(secs(24 * 60 * 60)).await;
///     assert_eq!(before.elapsed(), secs(24 * 60 * 60));
/// }
/// # pub fn run() { a_day_takes_no_time() }
/// # }
/// # fn main() { tests::run() }
/// ```
///
/// # Panics
/// Outside of `#[ergo::test]` and [`run`](super::run).
#[track_caller]
pub fn advance(time: Duration) -> impl Future<Output = ()> {
    let idle = here();
    async move {
        if !time.is_zero() {
            tokio::time::sleep(time).await;
        }
        rest(&idle).await;
    }
}

/// Lets everything run until nothing can without time passing: every message that was sent has been handled, and all
/// wait for a timer, for each other, or for the test.
///
/// Work on other threads (`spawn_blocking`) is not waited for.
///
/// # Panics
/// Outside of `#[ergo::test]` and [`run`](super::run).
#[track_caller]
pub fn run_until_idle() -> impl Future<Output = ()> {
    let idle = here();
    async move { rest(&idle).await }
}

/// The test itself may have something to do besides waiting here, so it counts only when it has been asked in between.
async fn rest(idle: &Idle) {
    idle.next().await;
    idle.next().await;
}

#[track_caller]
fn here() -> Arc<Idle> {
    IDLE.with_borrow(Clone::clone).expect(
        "virtual time is that of a test: write `#[ergo::test]` in place of `#[tokio::test]`, or use `ergo::testing::run`",
    )
}
