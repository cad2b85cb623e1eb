//! What a node has refused because of a limit, counted.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long a kind of refusal is not logged after it has been.
const LOG_PAUSE: Duration = Duration::from_secs(1);

macro_rules! refusals {
    ($($(#[doc = $doc:literal])+ $kind:ident => $field:ident,)+) => {
        /// Kinds of refusals, each of which has a counter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Refused {
            $($(#[doc = $doc])+ $kind,)+
        }

        /// How often a node has refused something since it was started: one number for each limit that can be met.
        ///
        /// The limits are those of [`Limits`](crate::wire::Limits). Each kind is logged at most once a second, with how
        /// often it has happened since the last time.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Refusals {
            $($(#[doc = $doc])+ pub $field: u64,)+
        }

        impl Refused {
            /// Every kind, in the order of the fields of [`Refusals`].
            pub const ALL: &'static [Refused] = &[$(Refused::$kind,)+];

            /// The name of the field of [`Refusals`].
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Refused::$kind => stringify!($field),)+
                }
            }
        }

        impl Refusals {
            /// The number of one kind.
            #[must_use]
            pub fn of(&self, kind: Refused) -> u64 {
                match kind {
                    $(Refused::$kind => self.$field,)+
                }
            }
        }

        /// The counters themselves, shared by whoever refuses.
        #[derive(Debug, Default)]
        pub struct Counters {
            begun: OnceLock<Instant>,
            $($field: Counter,)+
        }

        impl Counters {
            fn counter(&self, kind: Refused) -> &Counter {
                match kind {
                    $(Refused::$kind => &self.$field,)+
                }
            }

            /// The numbers now.
            #[must_use]
            pub fn refusals(&self) -> Refusals {
                Refusals {
                    $($field: self.$field.count.load(Ordering::Relaxed),)+
                }
            }
        }
    };
}

refusals! {
    /// Handshakes, from either side, that took longer than `handshake_timeout`.
    HandshakeTimeout => handshake_timeout,
    /// Handshake messages longer than `handshake_bytes_max`.
    HandshakeBytes => handshake_bytes,
    /// Connections dropped before they had proved the cookie: there were more than `unauthenticated_connections_max`.
    UnauthenticatedConnections => unauthenticated_connections,
    /// The same for `unauthenticated_connections_per_address_max`.
    UnauthenticatedConnectionsPerAddress => unauthenticated_connections_per_address,
    /// Peers with another cookie.
    WrongCookie => wrong_cookie,
    /// Attempts to connect, in either direction, that the list of allowed nodes or a policy of this node refused.
    NotAllowed => not_allowed,
    /// Handshakes of peers that failed in any other way: they closed it, or sent what is no handshake.
    HandshakeFailures => handshake_failures,
    /// Connections that would have been more than `peers_max`.
    Peers => peers,
    /// Frames longer than `frame_bytes_max`; each has ended a connection.
    FrameBytes => frame_bytes,
    /// Messages in fragments longer than `message_bytes_max`; each has ended a connection.
    MessageBytes => message_bytes,
    /// More fragmented messages in progress than `fragment_sequences_max`; each has ended a connection.
    FragmentSequences => fragment_sequences,
    /// More bytes of fragmented messages in progress than `fragment_bytes_max`; each has ended a connection.
    FragmentBytes => fragment_bytes,
    /// Connections ended because the peer broke the protocol in any other way.
    ProtocolViolations => protocol_violations,
    /// Messages to a peer refused as `Full`: more than `outbound_bytes_max` waited already.
    OutboundBytes => outbound_bytes,
    /// Requests to spawn beyond `spawn_requests_per_second_max`; each was answered with `system_limit`.
    SpawnRequests => spawn_requests,
    /// Requests to print beyond `io_requests_max`; each was answered with an error.
    IoRequests => io_requests,
    /// Log events of other nodes dropped beyond `log_events_max`.
    LogEvents => log_events,
    /// Requests to the embedded EPMD longer than `epmd_request_bytes_max`.
    EpmdRequestBytes => epmd_request_bytes,
    /// Clients of the embedded EPMD that said nothing for `epmd_idle_timeout`.
    EpmdIdleTimeout => epmd_idle_timeout,
    /// Clients of the embedded EPMD that gave way to new ones: there were `epmd_clients_max` already.
    EpmdClients => epmd_clients,
}

/// One kind.
#[derive(Debug, Default)]
struct Counter {
    count: AtomicU64,
    /// The count at the last line in the log.
    logged: AtomicU64,
    /// When that was, in milliseconds, and one more; 0 before the first.
    logged_at: AtomicU64,
}

impl Counters {
    /// Counts one refusal at `now`. The number to be logged, with what has not been since the last line; `None` when a
    /// line of this kind was written less than a second ago.
    #[must_use = "it says whether to log the refusal"]
    pub fn refuse(&self, kind: Refused, now: Instant) -> Option<u64> {
        let begun = *self.begun.get_or_init(|| now);
        let elapsed = now.saturating_duration_since(begun).as_millis();
        let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX - 1);
        let counter = self.counter(kind);
        let count = counter
            .count
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_add(1);
        let last = counter.logged_at.load(Ordering::Relaxed);
        let pause = u64::try_from(LOG_PAUSE.as_millis()).unwrap_or(u64::MAX);
        if last != 0 && elapsed < (last - 1).saturating_add(pause) {
            return None;
        }
        let next = elapsed.saturating_add(1);
        // Who comes second leaves the line to the one who came first.
        counter
            .logged_at
            .compare_exchange(last, next, Ordering::Relaxed, Ordering::Relaxed)
            .ok()?;
        let logged = counter.logged.swap(count, Ordering::Relaxed);
        Some(count.saturating_sub(logged))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    #[test]
    fn every_kind_has_a_counter_of_its_own() {
        let (counters, now) = (Counters::default(), Instant::now());
        for (index, kind) in Refused::ALL.iter().enumerate() {
            for _ in 0..=index {
                let _ = counters.refuse(*kind, now);
            }
        }
        let refusals = counters.refusals();
        for (index, kind) in Refused::ALL.iter().enumerate() {
            assert_eq!(refusals.of(*kind), index as u64 + 1, "{}", kind.name());
        }
        assert_eq!(refusals.epmd_clients, Refused::ALL.len() as u64);
    }

    #[test]
    fn a_kind_is_logged_once_a_second_with_how_often_it_was() {
        let (counters, start) = (Counters::default(), Instant::now());
        let refuse = |millis| counters.refuse(Refused::Peers, after(start, millis));
        assert_eq!(refuse(0), Some(1));
        assert_eq!(refuse(1), None);
        assert_eq!(refuse(999), None);
        assert_eq!(refuse(1_000), Some(3));
        assert_eq!(refuse(1_001), None);
        let other = counters.refuse(Refused::WrongCookie, after(start, 1_001));
        assert_eq!(other, Some(1), "kinds do not silence each other");
        assert_eq!(refuse(60_000), Some(2));
        assert_eq!(counters.refusals().peers, 6);
    }
}
