//! Timers, of a process or of the node.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};

use crate::etf::Encode;
use crate::process::actor::Behavior;
use crate::process::gate::Gated;
use crate::process::host::{AnyProcess, HostRef};
use crate::process::{Context, Destination, send, wire};
use crate::sync::AbortHandle;
use crate::sync::atomic::{AtomicU64, Ordering};

/// What a repeating timer does about turns it missed, because its process or the machine was busy.
///
/// Turns are one period apart, counted from the start of the timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum MissPolicy {
    /// They are left out, and the next one is on time.
    #[default]
    Skip,
    /// They are made up for at once, one after the other: there are as many turns as there were periods.
    Burst,
    /// The next one comes one period after the late one, and all later ones with it.
    Delay,
}

impl From<MissPolicy> for MissedTickBehavior {
    fn from(policy: MissPolicy) -> Self {
        match policy {
            MissPolicy::Skip => MissedTickBehavior::Skip,
            MissPolicy::Burst => MissedTickBehavior::Burst,
            MissPolicy::Delay => MissedTickBehavior::Delay,
        }
    }
}

/// A timer that was started with `send_after`, `after` or `every`. Dropping it lets the timer run.
///
/// It ends with the process that started it, or with the node, as OTP's do.
///
/// Source: <https://www.erlang.org/doc/apps/erts/erlang.html#send_after/4>.
#[derive(Debug, Clone)]
pub struct Timer {
    task: AbortHandle,
    state: Arc<State>,
}

/// When a timer is due next.
#[derive(Debug)]
struct State {
    start: Instant,
    /// Nanoseconds from the start to the next turn, or one of the values below.
    next: AtomicU64,
}

/// It has fired, or was stopped.
const OVER: u64 = u64::MAX;
/// It is a task, or due further away than a clock can count.
const NEVER: u64 = u64::MAX - 1;

impl State {
    fn new(delay: Option<Duration>) -> Arc<Self> {
        Arc::new(State {
            start: Instant::now(),
            next: AtomicU64::new(delay.map_or(NEVER, nanos)),
        })
    }

    /// The point in time of its first turn.
    fn due(&self) -> Option<Instant> {
        let next = self.next.load(Ordering::Acquire);
        if next >= NEVER {
            return None;
        }
        self.start.checked_add(Duration::from_nanos(next))
    }

    /// What is left until `next`; zero for what is never due.
    fn left(&self, next: u64) -> Option<Duration> {
        match next {
            OVER => None,
            NEVER => Some(Duration::ZERO),
            next => Some(Duration::from_nanos(next).saturating_sub(self.start.elapsed())),
        }
    }

    /// Notes that it is over; false when it was.
    fn end(&self) -> bool {
        self.next.swap(OVER, Ordering::AcqRel) != OVER
    }

    /// Notes the next turn; false when it was stopped meanwhile.
    fn turn(&self, next: Instant) -> bool {
        let next = nanos(next.saturating_duration_since(self.start));
        let update = |now: u64| (now != OVER).then_some(next);
        let updated = self
            .next
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, update);
        updated.is_ok()
    }
}

/// Nanoseconds, up to what is never due: 584 years.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).map_or(NEVER, |nanos| nanos.min(NEVER))
}

impl Timer {
    /// `cancel_timer/1`: stops the timer, and says how much time was left until it was due; `None` when it has fired, or
    /// was stopped before.
    ///
    /// Nothing comes of it after a cancel that found it running; what it has put into the mailbox before stays there.
    /// A repeating timer says how much was left until its next turn; a task gives zero.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#cancel_timer/2>
    pub fn cancel(&self) -> Option<Duration> {
        if self.task.is_finished() {
            return None;
        }
        let left = self
            .state
            .left(self.state.next.swap(OVER, Ordering::AcqRel));
        if left.is_some() {
            self.task.abort();
        }
        left
    }

    /// `read_timer/1`: how much time is left until it is due, zero for a task; `None` when it has fired, or was stopped.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#read_timer/2>
    pub fn remaining(&self) -> Option<Duration> {
        if self.task.is_finished() {
            return None;
        }
        self.state.left(self.state.next.load(Ordering::Acquire))
    }
}

/// Who a timer belongs to, and ends with.
pub(crate) enum Owner<'a> {
    Process(&'a dyn AnyProcess),
    /// Whoever has this ends it.
    Node(&'a mut dyn FnMut(AbortHandle)),
}

impl Owner<'_> {
    fn run<F>(self, host: &HostRef, state: Arc<State>, future: F) -> Timer
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let level = match &self {
            Owner::Process(process) => process.log_level(),
            Owner::Node(_) => None,
        };
        let task = match level {
            None => crate::sync::spawn(host.runtime(), future),
            Some(level) => {
                let (host, future) = (host.clone(), Box::pin(future));
                let runtime = host.runtime().clone();
                let gated = Gated {
                    host,
                    level,
                    future,
                };
                crate::sync::spawn(&runtime, gated)
            }
        };
        match self {
            Owner::Process(process) => {
                if !process.with_relations(&mut |relations| relations.own(task.clone())) {
                    task.abort();
                }
            }
            Owner::Node(own) => own(task.clone()),
        }
        Timer { task, state }
    }
}

/// Does something once the time is over.
pub(crate) fn after(
    host: &HostRef,
    owner: Owner<'_>,
    delay: Duration,
    act: impl FnOnce() + Send + 'static,
) -> Timer {
    let state = State::new(Some(delay));
    let (due, running) = (state.due(), state.clone());
    owner.run(host, state, async move {
        match due {
            Some(due) => tokio::time::sleep_until(due).await,
            // Further away than a clock can count: never.
            None => std::future::pending().await,
        }
        if running.end() {
            act();
        }
    })
}

/// Does something again and again, first after one period.
pub(crate) fn every(
    host: &HostRef,
    owner: Owner<'_>,
    period: Duration,
    missed: MissPolicy,
    mut act: impl FnMut() + Send + 'static,
) -> Timer {
    let period = period.max(Duration::from_millis(1));
    let state = State::new(Some(period));
    let (first, running) = (state.due(), state.clone());
    owner.run(host, state, async move {
        let Some(first) = first else {
            return std::future::pending().await;
        };
        let mut interval = tokio::time::interval_at(first, period);
        interval.set_missed_tick_behavior(missed.into());
        loop {
            let due = interval.tick().await;
            let next = next_turn(due, Instant::now(), period, missed);
            if !running.turn(next) {
                return;
            }
            act();
        }
    })
}

/// When the turn after the one that was due at `due` comes, and is taken now.
fn next_turn(due: Instant, now: Instant, period: Duration, missed: MissPolicy) -> Instant {
    let next = due + period;
    match missed {
        MissPolicy::Burst => next,
        MissPolicy::Delay => next.max(now + period),
        MissPolicy::Skip if next > now => next,
        MissPolicy::Skip => {
            let late = nanos(now.saturating_duration_since(due)) % nanos(period).max(1);
            now + period.saturating_sub(Duration::from_nanos(late))
        }
    }
}

/// Sends a message once the time is over.
pub(crate) fn send_after(
    host: &HostRef,
    owner: Owner<'_>,
    from: u64,
    delay: Duration,
    to: Destination,
    message: impl Encode + Send + 'static,
) -> Timer {
    let of_host = host.clone();
    after(host, owner, delay, move || {
        // A receiver that is gone is no error for a timer.
        let _ = send::body(&of_host, from, &to, &mut wire::body_of(&message));
    })
}

impl<A: Behavior> Context<A> {
    fn owner(&self) -> Owner<'_> {
        Owner::Process(&**self.cell())
    }

    /// Runs a future that belongs to this process: it is cancelled when the process ends.
    pub fn task<F>(&self, future: F) -> Timer
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.owner().run(self.host(), State::new(None), future)
    }

    /// `send_after/3`: sends a message when the time is over.
    ///
    /// Nothing is sent when the process ends before.
    pub fn send_after(
        &self,
        delay: Duration,
        to: impl Into<Destination>,
        message: impl Encode + Send + 'static,
    ) -> Timer {
        let (from, to) = (self.cell().id(), to.into());
        send_after(self.host(), self.owner(), from, delay, to, message)
    }

    /// Uses the handle of this process when the time is over: `cx.after(secs(1), |me| { let _ = me.sweep(); })`.
    pub fn after(&self, delay: Duration, act: impl FnOnce(&A::Handle) + Send + 'static) -> Timer {
        let me = self.handle();
        after(self.host(), self.owner(), delay, move || act(&me))
    }

    /// Uses the handle of this process again and again, first after one period. When the process is behind, missed
    /// turns are left out and not made up for.
    pub fn every(&self, period: Duration, act: impl FnMut(&A::Handle) + Send + 'static) -> Timer {
        self.every_with(period, MissPolicy::Skip, act)
    }

    /// As [`Context::every`], and says what happens to missed turns. A period of less than a millisecond is one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// use ergo::MissPolicy;
    /// use ergo::prelude::*;
    /// # let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
    /// node.spawn_fn(async |cx| {
    ///     let timer = cx.every_with(secs(60), MissPolicy::Delay, |_| println!("a minute"));
    ///     assert!(timer.remaining() <= Some(secs(60)));
    ///     assert!(timer.cancel().is_some());
    ///     assert_eq!(timer.cancel(), None);
    /// })?;
    /// # node.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn every_with(
        &self,
        period: Duration,
        missed: MissPolicy,
        mut act: impl FnMut(&A::Handle) + Send + 'static,
    ) -> Timer {
        let me = self.handle();
        every(self.host(), self.owner(), period, missed, move || act(&me))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_turn_is_as_the_policy_says() {
        let (start, millis) = (Instant::now(), Duration::from_millis);
        let check = |late: u64, missed, next: u64| {
            let due = start + millis(100);
            let seen = next_turn(due, due + millis(late), millis(10), missed);
            assert_eq!(seen, start + millis(next), "{missed:?}, {late} ms late");
        };
        check(0, MissPolicy::Skip, 110);
        check(0, MissPolicy::Burst, 110);
        check(0, MissPolicy::Delay, 110);
        check(35, MissPolicy::Skip, 140);
        check(35, MissPolicy::Burst, 110);
        check(35, MissPolicy::Delay, 145);
    }
}
