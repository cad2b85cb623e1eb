//! How many restarts are too many: OTP's rule, with time passed in.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Counts restarts: `restarts_max` of them within `period` are allowed, the next one is too many.
///
/// Source: <https://www.erlang.org/doc/system/sup_princ.html#maximum-restart-intensity>.
#[derive(Debug, Clone)]
pub struct Intensity {
    restarts_max: usize,
    period: Duration,
    restarts: VecDeque<Instant>,
}

impl Intensity {
    /// Allows `restarts_max` restarts within any stretch of time as long as `period`.
    pub fn new(restarts_max: usize, period: Duration) -> Self {
        Intensity {
            restarts_max,
            period,
            restarts: VecDeque::new(),
        }
    }

    /// Counts a restart at `now`; false when it is one too many.
    pub fn allow(&mut self, now: Instant) -> bool {
        let period = self.period;
        while self
            .restarts
            .front()
            .is_some_and(|then| now.saturating_duration_since(*then) > period)
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

    fn allowed(restarts_max: usize, period: u64, at: &[u64]) -> Vec<bool> {
        let start = Instant::now();
        let mut intensity = Intensity::new(restarts_max, Duration::from_secs(period));
        at.iter()
            .map(|seconds| intensity.allow(start + Duration::from_secs(*seconds)))
            .collect()
    }

    #[test]
    fn the_restart_after_the_allowed_ones_is_too_many() {
        assert_eq!(allowed(1, 5, &[0, 0]), [true, false]);
        assert_eq!(allowed(3, 5, &[0, 1, 2, 3]), [true, true, true, false]);
        assert_eq!(allowed(0, 5, &[0]), [false]);
    }

    #[test]
    fn a_restart_counts_for_the_whole_period_and_no_longer() {
        assert_eq!(allowed(1, 5, &[0, 5]), [true, false]);
        assert_eq!(allowed(1, 5, &[0, 6]), [true, true]);
        assert_eq!(allowed(2, 5, &[0, 4, 6, 9]), [true, true, true, false]);
    }
}
