//! Every bound on what a peer can make a node keep or do.

use std::sync::{PoisonError, RwLock};
use std::time::Duration;

const MEBIBYTE: usize = 1024 * 1024;

/// The bounds of a node. Each accepts its value and refuses one more, with an error that names the limit and both numbers;
/// what is refused is counted: [`Refusals`](crate::wire::Refusals).
///
/// ```
/// use ergo::wire::Limits;
///
/// let mut limits = Limits::default();
/// limits.frame_bytes_max = 1024 * 1024;
/// assert_eq!(limits.term_depth_max, 512);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How long a handshake may take from the first byte to the last, in total. Default 7 s, as OTP's `net_setuptime`.
    pub handshake_timeout: Duration,
    /// The longest handshake message, in bytes. Default 4 KiB.
    pub handshake_bytes_max: usize,
    /// Connections that have not proved the cookie yet; the oldest is dropped for a new one. Default 64.
    pub unauthenticated_connections_max: usize,
    /// The same for one address that is not loopback. Default 8.
    pub unauthenticated_connections_per_address_max: usize,
    /// Connected nodes. Default 1,024.
    pub peers_max: usize,
    /// The longest frame on a connection, in bytes. Default 64 MiB.
    pub frame_bytes_max: usize,
    /// The longest message put together from fragments, in bytes. Default 64 MiB.
    pub message_bytes_max: usize,
    /// Fragmented messages in progress on one connection. Default 256.
    pub fragment_sequences_max: usize,
    /// Bytes kept for fragmented messages in progress on one connection. Default 64 MiB.
    pub fragment_bytes_max: usize,
    /// How deep typed values may nest; a [`Term`](crate::etf::Term) has no such limit, it is read without recursion. Default 512.
    pub term_depth_max: usize,
    /// What one decoded [`Term`](crate::etf::Term) may take in memory besides its binaries, in bytes. Default 1 GiB.
    ///
    /// Counted are 24 bytes for each element, of which a pair of a map and a field of a native record are two, 80 for
    /// each container, and the bytes of a closure that has atoms of the frame's header spelled out. The cheapest element
    /// on the wire is one byte, so this bounds the growth from a frame to its term. Not counted is what a leaf holds
    /// besides, such as an integer beyond 64 bits or a pid: a few times its bytes on the wire.
    pub term_bytes_max: usize,
    /// The longest integer, in bytes of its magnitude. Default 512 KiB, or 4,194,304 bits.
    pub integer_bytes_max: usize,
    /// What a compressed term may inflate to, in bytes. Default 64 MiB.
    pub inflate_bytes_max: usize,
    /// How many times longer than its compressed form a term may be. Default 1,000.
    pub inflate_ratio_max: usize,
    /// Bytes waiting to be written to one peer from which on senders wait. Default 1 MiB, as OTP's `+zdbbl`.
    pub outbound_watermark_bytes: usize,
    /// Bytes waiting to be written to one peer, or for the connection to it, from which on messages are refused as
    /// [`Full`](crate::CastError::Full). Other signals never are: at twice as many the connection is closed. Counted is what
    /// is sent: a long binary that waits keeps the memory it is a slice of, which for one of a message that has come is at
    /// most 16 times as much. Default 64 MiB.
    pub outbound_bytes_max: usize,
    /// Requests to spawn a process that one peer may make in a second, from its first one on; more are answered with
    /// `system_limit`. Each `erpc` and `rpc` of OTP 23 and later is one, and so is what comes to `rex` and `net_kernel` in the
    /// old ways. Default 100,000: far above what a connection carries in calls, and what keeps a flood from filling the
    /// memory with processes.
    pub spawn_requests_per_second_max: u32,
    /// Requests to print that wait for `user`, where the output of processes goes that run on other nodes for this one; more
    /// are answered with `{error, system_limit}`, and `io:format/2` raises it. One at least. Default 10,000.
    pub io_requests_max: u32,
    /// Log events of other nodes that wait for `logger_proxy`; more are dropped. One at least. Default 1,000, as OTP's
    /// handlers flush.
    pub log_events_max: u32,
    /// The longest request to the embedded EPMD, in bytes. Default 512.
    pub epmd_request_bytes_max: usize,
    /// How long a client of the embedded EPMD may say nothing before it is dropped; registered nodes may. Default 60 s.
    pub epmd_idle_timeout: Duration,
    /// Clients of the embedded EPMD besides registered nodes; an idle one is dropped for a new one. Default 256.
    pub epmd_clients_max: usize,
}

impl Limits {
    /// The default of every limit.
    pub const DEFAULT: Limits = Limits {
        handshake_timeout: Duration::from_secs(7),
        handshake_bytes_max: 4096,
        unauthenticated_connections_max: 64,
        unauthenticated_connections_per_address_max: 8,
        peers_max: 1024,
        frame_bytes_max: 64 * MEBIBYTE,
        message_bytes_max: 64 * MEBIBYTE,
        fragment_sequences_max: 256,
        fragment_bytes_max: 64 * MEBIBYTE,
        term_depth_max: 512,
        term_bytes_max: 1024 * MEBIBYTE,
        integer_bytes_max: MEBIBYTE / 2,
        inflate_bytes_max: 64 * MEBIBYTE,
        inflate_ratio_max: 1000,
        outbound_watermark_bytes: MEBIBYTE,
        outbound_bytes_max: 64 * MEBIBYTE,
        spawn_requests_per_second_max: 100_000,
        io_requests_max: 10_000,
        log_events_max: 1_000,
        epmd_request_bytes_max: 512,
        epmd_idle_timeout: Duration::from_secs(60),
        epmd_clients_max: 256,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::DEFAULT
    }
}

/// The limits of terms that a program uses, by number. What is read later, in the task of a receiver, carries the number.
///
/// Each different set is kept for the life of the program. There are as many as nodes were given different ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct KeptLimits(u32);

/// Number 0 are the default ones, which are not in here.
static KEPT: RwLock<Vec<&'static Limits>> = RwLock::new(Vec::new());

static DEFAULT: Limits = Limits::DEFAULT;

impl KeptLimits {
    /// The number of the limits of terms among these.
    pub(crate) fn of(limits: &Limits) -> KeptLimits {
        let of_terms = Limits {
            term_depth_max: limits.term_depth_max,
            term_bytes_max: limits.term_bytes_max,
            integer_bytes_max: limits.integer_bytes_max,
            inflate_bytes_max: limits.inflate_bytes_max,
            inflate_ratio_max: limits.inflate_ratio_max,
            ..Limits::DEFAULT
        };
        if of_terms == DEFAULT {
            return KeptLimits(0);
        }
        let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|known| **known == of_terms);
        let place = place.unwrap_or_else(|| {
            kept.push(Box::leak(Box::new(of_terms)));
            kept.len().saturating_sub(1)
        });
        KeptLimits(u32::try_from(place.saturating_add(1)).unwrap_or_default())
    }

    /// The limits themselves.
    #[inline]
    pub(crate) fn limits(self) -> &'static Limits {
        match self.0.checked_sub(1) {
            None => &DEFAULT,
            Some(place) => Self::other(place),
        }
    }

    #[cold]
    fn other(place: u32) -> &'static Limits {
        let kept = KEPT.read().unwrap_or_else(PoisonError::into_inner);
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        kept.get(place).copied().unwrap_or(&DEFAULT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_limits_of_terms_are_kept_once() {
        let limits = |term_depth_max, peers_max| Limits {
            term_depth_max,
            peers_max,
            ..Limits::DEFAULT
        };
        assert_eq!(KeptLimits::of(&Limits::DEFAULT), KeptLimits::default());
        assert_eq!(KeptLimits::of(&limits(512, 7)), KeptLimits::default());
        let (one, other) = (limits(7_771, 1), limits(7_772, 1));
        let numbers = [KeptLimits::of(&one), KeptLimits::of(&other)];
        assert_ne!(numbers[0], numbers[1]);
        assert_eq!(KeptLimits::of(&limits(7_771, 2)), numbers[0]);
        assert_eq!(
            numbers.map(|number| number.limits().term_depth_max),
            [7_771, 7_772]
        );
        assert_eq!(KeptLimits::default().limits(), &Limits::DEFAULT);
    }
}
