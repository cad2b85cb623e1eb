//! How many processes a peer may ask for in a second.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What one peer has asked for in the second that began with a request of its.
#[derive(Debug, Default)]
pub(super) struct SpawnRate(Mutex<Option<Window>>);

#[derive(Debug)]
struct Window {
    begun: Instant,
    requests: u32,
}

impl SpawnRate {
    /// Whether one more request is within `max` a second.
    pub(super) fn allows(&self, max: u32, now: Instant) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = window
            .as_mut()
            .filter(|window| now.saturating_duration_since(window.begun) < SECOND);
        let requests = match open {
            Some(window) => &mut window.requests,
            None => {
                &mut window
                    .insert(Window {
                        begun: now,
                        requests: 0,
                    })
                    .requests
            }
        };
        if *requests >= max {
            return false;
        }
        *requests += 1;
        true
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_allowed_in_each_second() {
        let (rate, start) = (SpawnRate::default(), Instant::now());
        let allowed = |millis: u64, count: u32| {
            let now = start + Duration::from_millis(millis);
            (0..count).filter(|_| rate.allows(3, now)).count()
        };
        assert_eq!(allowed(0, 2), 2);
        assert_eq!(allowed(999, 5), 1);
        assert_eq!(allowed(1_000, 5), 3);
        assert_eq!(allowed(1_999, 1), 0);
        assert_eq!(allowed(9_000, 1), 1);
        assert!(!SpawnRate::default().allows(0, start), "none at all");
    }
}
