//! Units of time on the wire.

use std::time::{Duration, SystemTime};

/// The unit of a [`Duration`] or [`SystemTime`] on the wire, where it is an integer. Without a choice: milliseconds.
///
/// ```
/// use std::time::Duration;
///
/// use ergo::etf::TimeUnit;
///
/// let time = Duration::from_millis(1500);
/// assert_eq!(TimeUnit::Second.count(time), 1);
/// assert_eq!(TimeUnit::Millisecond.duration(1500), Some(time));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum TimeUnit {
    /// Seconds.
    Second,
    /// Milliseconds.
    #[default]
    Millisecond,
    /// Microseconds.
    Microsecond,
    /// Nanoseconds.
    Nanosecond,
}

impl TimeUnit {
    const fn nanoseconds(self) -> u128 {
        match self {
            TimeUnit::Second => 1_000_000_000,
            TimeUnit::Millisecond => 1_000_000,
            TimeUnit::Microsecond => 1_000,
            TimeUnit::Nanosecond => 1,
        }
    }

    /// How many whole units a duration has.
    pub const fn count(self, duration: Duration) -> u128 {
        duration.as_nanos() / self.nanoseconds()
    }

    /// The duration of so many units; `None` beyond the longest one.
    pub fn duration(self, count: u128) -> Option<Duration> {
        let per_second = 1_000_000_000 / self.nanoseconds();
        let seconds = u64::try_from(count / per_second).ok()?;
        let nanoseconds = u32::try_from((count % per_second) * self.nanoseconds()).ok()?;
        Some(Duration::new(seconds, nanoseconds))
    }

    /// How many units lie between 1970-01-01 00:00 UTC and a point in time; negative before it, rounded down.
    pub fn since_epoch(self, time: SystemTime) -> i128 {
        let unit = i128::try_from(self.nanoseconds()).unwrap_or(1);
        let nanoseconds = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
            Err(before) => i128::try_from(before.duration().as_nanos())
                .map_or(i128::MIN, |nanoseconds| -nanoseconds),
        };
        nanoseconds.div_euclid(unit)
    }

    /// The point in time so many units after 1970-01-01 00:00 UTC; `None` where the system has none.
    pub fn system_time(self, count: i128) -> Option<SystemTime> {
        let distance = self.duration(count.unsigned_abs())?;
        if count < 0 {
            SystemTime::UNIX_EPOCH.checked_sub(distance)
        } else {
            SystemTime::UNIX_EPOCH.checked_add(distance)
        }
    }
}
