//! How long a child waits before it is started again.

use std::time::Duration;

/// A delay before each restart of a child, an addition to OTP: without one a child is started again at once.
///
/// While it waits the child is shown as `restarting`. The restart is counted by the intensity when the child ends, not
/// when it is started, so an intensity that suits the delays goes with it. With `one_for_all` and `rest_for_one` the
/// children that go down with it are stopped at once and wait, too. There is no chance in it: the same ends at the same
/// times give the same starts.
///
/// ```
/// use ergo::behaviour::supervisor::Backoff;
/// use ergo::prelude::*;
///
/// // 100 ms, 200 ms, 400 ms and so on up to 10 s; from 100 ms again once it has run for a minute.
/// let backoff = Backoff::exponential(millis(100), secs(10)).reset_after(secs(60));
/// # let _ = backoff;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    max: Duration,
    reset_after: Duration,
}

impl Backoff {
    /// The same delay before each restart.
    pub const fn fixed(delay: Duration) -> Backoff {
        Backoff::exponential(delay, delay)
    }

    /// `first` before the first restart, then twice as long before each next one, up to `max`.
    ///
    /// It begins again with `first` when the child has run for `max`, or what [`Backoff::reset_after`] says.
    pub const fn exponential(first: Duration, max: Duration) -> Backoff {
        Backoff {
            first,
            max,
            reset_after: max,
        }
    }

    /// How long the child has to run for the delays to begin again with the first.
    pub const fn reset_after(mut self, running: Duration) -> Backoff {
        self.reset_after = running;
        self
    }

    /// The delay before the restart that `restarts` others have come before, the last of which it survived for `ran`.
    pub(crate) fn next(&self, restarts: &mut u32, ran: Option<Duration>) -> Duration {
        if ran.is_some_and(|ran| ran >= self.reset_after) {
            *restarts = 0;
        }
        let factor = 1_u32.checked_shl(*restarts).unwrap_or(u32::MAX);
        *restarts = restarts.saturating_add(1);
        self.first.saturating_mul(factor).min(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(backoff: Backoff, ran_ms: &[u64]) -> Vec<u128> {
        let mut restarts = 0;
        ran_ms
            .iter()
            .map(|ran| backoff.next(&mut restarts, Some(Duration::from_millis(*ran))))
            .map(|delay| delay.as_millis())
            .collect()
    }

    #[test]
    fn delays_double_up_to_the_largest_and_begin_again() {
        let ms = Duration::from_millis;
        let backoff = Backoff::exponential(ms(100), ms(500));
        assert_eq!(
            delays(backoff, &[0, 0, 0, 0, 500, 0]),
            [100, 200, 400, 500, 100, 200]
        );
        let backoff = backoff.reset_after(ms(1000));
        assert_eq!(delays(backoff, &[0, 500, 999, 1000]), [100, 200, 400, 100]);
        assert_eq!(delays(Backoff::fixed(ms(7)), &[0, 0, 0]), [7, 7, 7]);
        assert_eq!(delays(Backoff::fixed(ms(7)), &[0; 70])[69], 7);
    }
}
