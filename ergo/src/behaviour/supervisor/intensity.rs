//! How many restarts are too many: OTP's rule, with time passed in.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Counts restarts: `restarts_max` of them within `period` are allowed, the next one is too many.
///
/// The rule is the one of OTP's `supervisor:add_restart`: time is counted in whole seconds of a clock (rounded down, so
/// 0.9 s and 1.1 s are a second apart), a restart counts as long as it is at most `period` of them old, and one more
/// than `restarts_max` that count is too many. OTP 29 drops old restarts later than OTP 25 does, which nobody can see:
/// the verdict asks for those that count only. A period that is not a whole number of seconds, which OTP does not have,
/// is counted in whole milliseconds.
///
/// Source: <https://www.erlang.org/doc/system/sup_princ.html#maximum-restart-intensity>.
#[derive(Debug, Clone)]
pub struct Intensity {
    restarts_max: usize,
    /// The length of the period in ticks.
    period: u128,
    /// The length of a tick, in milliseconds.
    tick_ms: u128,
    /// When the clock began.
    origin: Instant,
    restarts: VecDeque<u128>,
}

impl Intensity {
    /// Allows `restarts_max` restarts within any stretch of time as long as `period`, by a clock that begins at `origin`.
    pub fn new(restarts_max: usize, period: Duration, origin: Instant) -> Self {
        let tick_ms = if period.subsec_nanos() == 0 { 1000 } else { 1 };
        Intensity {
            restarts_max,
            period: period.as_millis() / tick_ms,
            tick_ms,
            origin,
            restarts: VecDeque::new(),
        }
    }

    /// Counts a restart at `now`; false when it is one too many.
    pub fn allow(&mut self, now: Instant) -> bool {
        let now = now.saturating_duration_since(self.origin).as_millis() / self.tick_ms;
        let period = self.period;
        while self
            .restarts
            .front()
            .is_some_and(|then| then + period < now)
        {
            self.restarts.pop_front();
        }
        self.restarts.push_back(now);
        self.restarts.len() <= self.restarts_max
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(restarts_max: usize, period_ms: u64, at_ms: &[u64]) -> Vec<bool> {
        let start = Instant::now();
        let mut intensity = Intensity::new(restarts_max, Duration::from_millis(period_ms), start);
        at_ms
            .iter()
            .map(|at| intensity.allow(start + Duration::from_millis(*at)))
            .collect()
    }

    #[test]
    fn the_restart_after_the_allowed_ones_is_too_many() {
        assert_eq!(allowed(1, 5000, &[0, 0]), [true, false]);
        assert_eq!(
            allowed(3, 5000, &[0, 1000, 2000, 3000]),
            [true, true, true, false]
        );
        assert_eq!(allowed(0, 5000, &[0]), [false]);
    }

    #[test]
    fn a_restart_counts_for_the_whole_period_and_no_longer() {
        assert_eq!(allowed(1, 5000, &[0, 5000]), [true, false]);
        assert_eq!(allowed(1, 5000, &[0, 6000]), [true, true]);
        assert_eq!(
            allowed(2, 5000, &[0, 4000, 6000, 9000]),
            [true, true, true, false]
        );
    }

    /// Whole seconds: what matters is how many boundaries of seconds lie between two restarts.
    #[test]
    fn seconds_are_counted_whole() {
        assert_eq!(allowed(1, 5000, &[0, 5999]), [true, false]);
        assert_eq!(allowed(1, 5000, &[999, 6000]), [true, true]);
        assert_eq!(allowed(1, 5000, &[999, 5999]), [true, false]);
    }

    #[test]
    fn a_period_with_a_fraction_is_counted_in_milliseconds() {
        assert_eq!(allowed(1, 500, &[0, 500]), [true, false]);
        assert_eq!(allowed(1, 500, &[0, 501]), [true, true]);
        assert_eq!(allowed(1, 1500, &[999, 2500]), [true, true]);
    }
}
