//! Timers of code outside of processes.

use std::time::Duration;

use crate::etf::Encode;
use crate::node::Node;
use crate::process::host::NODE_ID;
use crate::process::{
    Destination, MissPolicy, Timer, TimerOwner, timer_after, timer_every, timer_send,
};
use crate::sync::{AbortHandle, Mutex};

/// What runs until the node ends.
#[derive(Default)]
pub(super) struct Timers(Mutex<Vec<AbortHandle>>);

impl Timers {
    fn own(&self, task: AbortHandle) {
        let mut owned = self.lock();
        if owned.len() == owned.capacity() {
            owned.retain(|task| !task.is_finished());
        }
        owned.push(task);
    }

    /// Ends them all.
    pub(super) fn end(&self) {
        for task in self.lock().drain(..) {
            task.abort();
        }
    }

    fn lock(&self) -> crate::sync::MutexGuard<'_, Vec<AbortHandle>> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// These timers belong to the node and end with it, also inside of a process: there
/// [`Context`](crate::Context) has timers that end with the process.
impl Node {
    fn timer(&self, start: impl FnOnce(TimerOwner<'_>) -> Timer) -> Timer {
        let timer = start(TimerOwner::Node(&mut |task| self.0.timers.own(task)));
        if self.is_stopping() {
            self.0.timers.end();
        }
        timer
    }

    /// `send_after/3`: sends a message from the node when the time is over.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#send_after/3>
    pub fn send_after(
        &self,
        delay: Duration,
        to: impl Into<Destination>,
        message: impl Encode + Send + 'static,
    ) -> Timer {
        let (host, to) = (self.host_ref(), to.into());
        self.timer(|owner| timer_send(&host, owner, NODE_ID, delay, to, message))
    }

    /// Does something when the time is over.
    pub fn after(&self, delay: Duration, act: impl FnOnce() + Send + 'static) -> Timer {
        let host = self.host_ref();
        self.timer(|owner| timer_after(&host, owner, delay, act))
    }

    /// Does something again and again, first after one period; missed turns are left out.
    pub fn every(&self, period: Duration, act: impl FnMut() + Send + 'static) -> Timer {
        self.every_with(period, MissPolicy::Skip, act)
    }

    /// As [`Node::every`], and says what happens to missed turns. A period of less than a millisecond is one.
    pub fn every_with(
        &self,
        period: Duration,
        missed: MissPolicy,
        act: impl FnMut() + Send + 'static,
    ) -> Timer {
        let host = self.host_ref();
        self.timer(|owner| timer_every(&host, owner, period, missed, act))
    }
}
