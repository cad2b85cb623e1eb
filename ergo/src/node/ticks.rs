//! The tick time of a node, which can change while its connections are up.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::dist::TickPlan;
use crate::node::Node;

/// What became of a wish for another tick time, as `net_kernel:set_net_ticktime/2` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TickTimeChange {
    /// It was so already.
    Unchanged,
    /// The change has begun.
    Initiated,
    /// Nothing was changed: a change to this time is under way.
    Ongoing(Duration),
}

/// How long a change takes unless it is said, as in OTP.
pub(super) const TRANSITION: Duration = Duration::from_secs(60);

/// The shortest tick time.
pub(super) const SHORTEST: Duration = Duration::from_secs(1);

/// The ticks of all connections of a node.
pub(super) struct Ticks {
    state: Mutex<State>,
    plan: watch::Sender<TickPlan>,
}

struct State {
    tick_time: Duration,
    changing: Option<AbortHandle>,
}

impl Ticks {
    pub(super) fn new(tick_time: Duration, intensity: u32) -> Ticks {
        let plan = TickPlan::new(tick_time, intensity);
        Ticks {
            state: Mutex::new(State {
                tick_time,
                changing: None,
            }),
            plan: watch::Sender::new(plan),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How a connection ticks, now and whenever it changes.
    pub(super) fn plan(&self) -> watch::Receiver<TickPlan> {
        self.plan.subscribe()
    }

    /// Ends a change that is under way, with the node.
    pub(super) fn end(&self) {
        if let Some(changing) = self.state().changing.take() {
            changing.abort();
        }
    }
}

impl Node {
    /// `net_kernel:get_net_ticktime/0`: after how long a silent peer is taken for lost, or will be when the change that is
    /// under way is over. `None` without distribution.
    pub fn tick_time(&self) -> Option<Duration> {
        let distribution = self.0.distribution.as_ref()?;
        Some(distribution.ticks.state().tick_time)
    }

    /// Whether a change of the tick time is under way.
    pub(crate) fn is_tick_time_changing(&self) -> bool {
        let distribution = self.0.distribution.as_ref();
        distribution.is_some_and(|distribution| distribution.ticks.state().changing.is_some())
    }

    /// `net_kernel:set_net_ticktime/1`: another tick time, within a minute in which ticks go out as often as the shorter of
    /// the two times wants, and nobody is taken for lost before the longer one is over. So the other nodes can be told
    /// in that minute, and no connection is lost by it.
    ///
    /// <https://www.erlang.org/doc/apps/kernel/net_kernel.html#set_net_ticktime/2>
    pub fn set_tick_time(&self, tick_time: Duration) -> TickTimeChange {
        self.set_tick_time_within(tick_time, TRANSITION)
    }

    /// `net_kernel:set_net_ticktime/2`: as [`Node::set_tick_time`], within another time than a minute.
    pub fn set_tick_time_within(
        &self,
        tick_time: Duration,
        transition: Duration,
    ) -> TickTimeChange {
        let tick_time = tick_time.max(SHORTEST);
        let Some(distribution) = &self.0.distribution else {
            return TickTimeChange::Unchanged;
        };
        let ticks = &distribution.ticks;
        let mut state = ticks.state();
        if state.changing.is_some() {
            return TickTimeChange::Ongoing(state.tick_time);
        }
        if state.tick_time == tick_time {
            return TickTimeChange::Unchanged;
        }
        let old = std::mem::replace(&mut state.tick_time, tick_time);
        let intensity = ticks.plan.borrow().intensity;
        if tick_time > old {
            ticks.plan.send_replace(TickPlan::new(tick_time, intensity));
        }
        let often = TickPlan::new(tick_time.min(old), intensity).interval();
        // The task holds no node: it would keep it alive for as long as the change takes.
        let node = Arc::downgrade(&self.0);
        let changing = self.0.runtime.spawn(async move {
            let end = tokio::time::Instant::now() + transition;
            loop {
                let Some(node) = node.upgrade().map(Node) else {
                    return;
                };
                node.tick_all();
                if tokio::time::Instant::now() >= end {
                    node.end_of_transition();
                    return;
                }
                drop(node);
                tokio::time::sleep(often).await;
            }
        });
        state.changing = Some(changing.abort_handle());
        TickTimeChange::Initiated
    }

    fn tick_all(&self) {
        for peer in self.0.peers.all() {
            peer.tick();
        }
    }

    fn end_of_transition(&self) {
        let Some(distribution) = &self.0.distribution else {
            return;
        };
        let ticks = &distribution.ticks;
        let mut state = ticks.state();
        state.changing = None;
        let intensity = ticks.plan.borrow().intensity;
        let plan = TickPlan::new(state.tick_time, intensity);
        ticks
            .plan
            .send_if_modified(|old| std::mem::replace(old, plan) != plan);
    }
}
