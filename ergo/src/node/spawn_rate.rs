//! How many processes a peer may ask for in a second.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::etf::Atom;
use crate::node::Node;
use crate::wire::Refused;

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

impl Node {
    /// Whether one more process may be started for a message that has come from `peer`; counted and logged when not.
    /// What proves no peer that is connected counts together.
    pub(crate) fn may_spawn_for(&self, peer: Option<&Atom>) -> bool {
        match peer.and_then(|name| self.0.peers.get(name)) {
            Some(of_peer) => self.is_within(&of_peer.spawn_rate, peer),
            None => self.is_within(&self.0.peers.others_spawn_rate, peer),
        }
    }

    /// The same, for requests that count at `rate`.
    pub(super) fn is_within(&self, rate: &SpawnRate, peer: Option<&Atom>) -> bool {
        let max = self.0.limits.spawn_requests_per_second_max;
        let is_within = rate.allows(max, tokio::time::Instant::now().into_std());
        if !is_within && let Some(times) = self.refused(Refused::SpawnRequests) {
            let peer = peer.map(tracing::field::display);
            tracing::warn!(
                peer,
                max,
                times,
                "requests to spawn were refused: too many in a second"
            );
        }
        is_within
    }
}

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
