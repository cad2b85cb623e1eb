//! When to send a tick, and when a silent peer is down.

use std::time::{Duration, Instant};

/// Watches one connection by OTP's rule: the tick time `T` is divided into intervals (4 by default). At the end of an
/// interval in which nothing was written a tick is sent; when nothing was read in 4 intervals in a row, the peer is down.
/// A dead peer is thus noticed between `T` and 1.25 `T` after its last byte.
///
/// A hidden peer is also ticked when nothing was read, because a C node sends ticks only in answer to ticks.
///
/// Source: `net_ticktime` and `net_tickintensity` of the `kernel` application.
#[derive(Clone, Debug)]
pub struct Ticker {
    plan: TickPlan,
    is_hidden: bool,
    next: Instant,
    /// What the last check saw.
    seen: Traffic,
    /// Intervals in a row in which nothing was read.
    silent: u32,
}

/// How a connection ticks: it can change while the connection is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TickPlan {
    /// After how long a silent peer is taken for lost.
    pub tick_time: Duration,
    /// Into how many intervals that is divided.
    pub intensity: u32,
}

impl TickPlan {
    /// `intensity` is held within 4 to 1000 as in OTP.
    pub fn new(tick_time: Duration, intensity: u32) -> TickPlan {
        TickPlan {
            tick_time,
            intensity: intensity.clamp(4, 1000),
        }
    }

    /// How often a tick is due. Never zero, so that a timer cannot spin.
    pub fn interval(&self) -> Duration {
        (self.tick_time / self.intensity).max(Duration::from_millis(1))
    }
}

/// What has gone over a connection since it was established.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes read, ticks included.
    pub received: u64,
    /// Frames or bytes handed to the socket, ticks not included: any count that grows with them will do.
    pub sent: u64,
    /// Whether bytes are waiting to be written.
    pub is_pending: bool,
}

/// What to do at the end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum TickAction {
    /// Nothing.
    Nothing,
    /// Send a tick.
    Tick,
    /// Close the connection: the peer has been silent for too long (`net_tick_timeout`).
    Down,
}

impl Ticker {
    /// OTP's `net_ticktime`.
    pub const DEFAULT_TICK_TIME: Duration = Duration::from_secs(60);

    /// OTP's `net_tickintensity`.
    pub const DEFAULT_INTENSITY: u32 = 4;

    /// Watches a connection established at `now`; `is_hidden` says that the peer is a hidden node.
    pub fn new(plan: TickPlan, is_hidden: bool, now: Instant) -> Ticker {
        Ticker {
            plan,
            is_hidden,
            next: now.checked_add(plan.interval()).unwrap_or(now),
            seen: Traffic::default(),
            silent: 0,
        }
    }

    /// Another plan: a new interval begins `now`, as in OTP. Silent intervals before it go on counting.
    pub fn change(&mut self, plan: TickPlan, now: Instant) {
        self.plan = plan;
        self.next = now.checked_add(plan.interval()).unwrap_or(now);
    }

    /// When the interval ends.
    pub fn poll_timeout(&self) -> Instant {
        self.next
    }

    /// Ends the interval when it is due. However late the call comes, it ends one interval and begins the next one at
    /// `now`, so that a node that was stopped for a while does not take its peers for silent.
    pub fn handle_timeout(&mut self, now: Instant, traffic: Traffic) -> TickAction {
        if now < self.next {
            return TickAction::Nothing;
        }
        self.next = now.checked_add(self.plan.interval()).unwrap_or(now);
        let is_silent = traffic.received == self.seen.received;
        let has_written = traffic.sent != self.seen.sent;
        self.seen = traffic;
        self.silent = if is_silent {
            self.silent.saturating_add(1)
        } else {
            0
        };
        if self.silent >= self.plan.intensity {
            TickAction::Down
        } else if (!has_written && !traffic.is_pending) || (self.is_hidden && is_silent) {
            TickAction::Tick
        } else {
            TickAction::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Watched {
        ticker: Ticker,
        now: Instant,
        traffic: Traffic,
    }

    impl Watched {
        fn new(is_hidden: bool) -> Watched {
            let now = Instant::now();
            let plan = TickPlan::new(Ticker::DEFAULT_TICK_TIME, 4);
            let ticker = Ticker::new(plan, is_hidden, now);
            Watched {
                ticker,
                now,
                traffic: Traffic::default(),
            }
        }

        /// One interval in which this much was read and written.
        fn interval(&mut self, received: u64, sent: u64) -> TickAction {
            self.traffic.received += received;
            self.traffic.sent += sent;
            self.now += Duration::from_secs(15);
            assert_eq!(self.ticker.poll_timeout(), self.now);
            self.ticker.handle_timeout(self.now, self.traffic)
        }
    }

    #[test]
    fn ticks_when_nothing_was_written() {
        let mut watched = Watched::new(false);
        assert_eq!(watched.interval(1, 0), TickAction::Tick);
        assert_eq!(watched.interval(1, 1), TickAction::Nothing);
        assert_eq!(watched.interval(0, 1), TickAction::Nothing);
        watched.traffic.is_pending = true;
        assert_eq!(watched.interval(1, 0), TickAction::Nothing);
    }

    #[test]
    fn a_hidden_peer_is_also_ticked_when_nothing_was_read() {
        let mut watched = Watched::new(true);
        assert_eq!(watched.interval(0, 1), TickAction::Tick);
        assert_eq!(watched.interval(1, 1), TickAction::Nothing);
    }

    /// G-03: down after 4 silent intervals, never after fewer.
    #[test]
    fn down_after_four_silent_intervals() {
        let mut watched = Watched::new(false);
        for _ in 0..3 {
            assert_eq!(watched.interval(0, 0), TickAction::Tick);
        }
        assert_eq!(
            watched.interval(4, 0),
            TickAction::Tick,
            "one byte is enough"
        );
        for _ in 0..3 {
            assert_eq!(watched.interval(0, 1), TickAction::Nothing);
        }
        assert_eq!(watched.interval(0, 1), TickAction::Down);
    }

    #[test]
    fn nothing_happens_before_the_end_of_the_interval() {
        let mut watched = Watched::new(false);
        let early = watched.now + Duration::from_millis(14_999);
        assert_eq!(
            watched.ticker.handle_timeout(early, watched.traffic),
            TickAction::Nothing
        );
        assert_eq!(watched.interval(0, 0), TickAction::Tick);
    }

    #[test]
    fn a_late_call_ends_one_interval() {
        let mut watched = Watched::new(false);
        watched.now += Duration::from_secs(3600);
        assert_eq!(
            watched.ticker.handle_timeout(watched.now, watched.traffic),
            TickAction::Tick
        );
        assert_eq!(watched.interval(0, 0), TickAction::Tick);
    }

    #[test]
    fn the_tick_time_can_change() {
        let mut watched = Watched::new(false);
        let plan = TickPlan::new(Duration::from_secs(8), 8);
        watched.ticker.change(plan, watched.now);
        let mut at = watched.now;
        for silent in 1..=8 {
            at += Duration::from_secs(1);
            assert_eq!(watched.ticker.poll_timeout(), at);
            let action = watched.ticker.handle_timeout(at, watched.traffic);
            let expect = if silent < 8 {
                TickAction::Tick
            } else {
                TickAction::Down
            };
            assert_eq!(action, expect, "after {silent} intervals");
        }
        let spinning = Ticker::new(TickPlan::new(Duration::ZERO, 0), false, watched.now);
        assert!(spinning.poll_timeout() > watched.now);
    }
}
