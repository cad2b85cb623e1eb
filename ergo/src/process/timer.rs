//! Timers of a process.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::sync::AbortHandle;
use crate::sync::atomic::{AtomicBool, Ordering};

/// A timer that was started with `send_after`, `after` or `every`. Dropping it lets the timer run.
///
/// It ends with the process that started it, as OTP's do.
///
/// Source: <https://www.erlang.org/doc/apps/erts/erlang.html#send_after/4>.
#[derive(Debug, Clone)]
pub struct Timer {
    task: AbortHandle,
    /// Set by whoever comes first: the timer that fires, or a cancel.
    over: Arc<AtomicBool>,
    due: Option<Instant>,
}

impl Timer {
    pub(super) fn new(task: AbortHandle, over: Arc<AtomicBool>, due: Option<Instant>) -> Self {
        Timer { task, over, due }
    }

    /// Stops the timer, and says how much time was left; `None` when it has fired, or was stopped before.
    ///
    /// Nothing comes of it after a cancel that found it running; what it has put into the mailbox before stays there.
    /// A repeating timer and a task give zero.
    pub fn cancel(&self) -> Option<Duration> {
        if self.task.is_finished() || self.over.swap(true, Ordering::AcqRel) {
            return None;
        }
        self.task.abort();
        let left = |due: Instant| due.saturating_duration_since(Instant::now());
        Some(self.due.map_or(Duration::ZERO, left))
    }
}
