//! What both machines have in common: messages with a length of two bytes, and the deadline.

use std::time::{Duration, Instant};

use super::error::{HandshakeError, Step};
use crate::wire::Limits;

/// The bytes in and out of a handshake, and the time it has.
#[derive(Debug)]
pub(super) struct Line {
    /// The message being received, with its length in front.
    partial: Vec<u8>,
    output: Vec<u8>,
    message_bytes_max: usize,
    timeout: Duration,
    deadline: Instant,
}

impl Line {
    /// A line whose handshake has all of [`Limits::handshake_timeout`] from `now` on.
    pub(super) fn new(limits: &Limits, now: Instant) -> Line {
        let patience = limits.handshake_timeout;
        let in_a_century = Duration::from_secs(3_155_760_000);
        Line {
            partial: Vec::new(),
            output: Vec::new(),
            message_bytes_max: limits.handshake_bytes_max,
            timeout: limits.handshake_timeout,
            deadline: now.checked_add(patience.min(in_a_century)).unwrap_or(now),
        }
    }

    /// Takes from the front of `input` what completes one message and returns its content, or takes everything.
    pub(super) fn receive(&mut self, input: &mut &[u8]) -> Result<Option<Vec<u8>>, HandshakeError> {
        if !self.fill(2, input) {
            return Ok(None);
        }
        let len = match self.partial.first_chunk::<2>() {
            Some(length) => usize::from(u16::from_be_bytes(*length)),
            None => return Ok(None),
        };
        if len > self.message_bytes_max {
            return Err(HandshakeError::TooLong {
                len,
                max: self.message_bytes_max,
            });
        }
        if !self.fill(len.saturating_add(2), input) {
            return Ok(None);
        }
        let mut message = std::mem::take(&mut self.partial);
        message.drain(..2);
        Ok(Some(message))
    }

    /// Moves bytes from `input` until `target` bytes are there; false when they ran out before.
    fn fill(&mut self, target: usize, input: &mut &[u8]) -> bool {
        let wanted = target.saturating_sub(self.partial.len()).min(input.len());
        let (taken, rest) = input.split_at_checked(wanted).unwrap_or((input, &[]));
        self.partial.extend_from_slice(taken);
        *input = rest;
        self.partial.len() >= target
    }

    /// Queues one message; `content` writes what follows the length.
    pub(super) fn send(&mut self, content: impl FnOnce(&mut Vec<u8>)) {
        let mut message = Vec::with_capacity(64);
        content(&mut message);
        // The longest message holds one name of at most 255 characters, so its length always fits.
        let len = u16::try_from(message.len()).unwrap_or(u16::MAX);
        self.output.extend_from_slice(&len.to_be_bytes());
        self.output.extend_from_slice(&message);
    }

    pub(super) fn take_output(&mut self) -> Option<Vec<u8>> {
        (!self.output.is_empty()).then(|| std::mem::take(&mut self.output))
    }

    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Fails when the deadline is reached.
    pub(super) fn check_deadline(
        &self,
        now: Instant,
        awaiting: Step,
    ) -> Result<(), HandshakeError> {
        if now >= self.deadline {
            let timeout = self.timeout;
            Err(HandshakeError::Timeout { awaiting, timeout })
        } else {
            Ok(())
        }
    }
}
