//! Timers of a process.

use std::time::Duration;

use tokio::task::AbortHandle;
use tokio::time::Instant;

/// A timer that was started with `send_after`, `after` or `every`. Dropping it lets the timer run.
///
/// It ends with the process that started it, as OTP's do.
///
/// Source: <https://www.erlang.org/doc/apps/erts/erlang.html#send_after/4>.
#[derive(Debug, Clone)]
pub struct Timer {
    task: AbortHandle,
    due: Option<Instant>,
}

impl Timer {
    pub(super) fn new(task: AbortHandle, due: Option<Instant>) -> Self {
        Timer { task, due }
    }

    /// Stops the timer, and says how much time was left; `None` when it has fired, or was stopped before.
    ///
    /// What it has put into the mailbox already stays there. A repeating timer gives zero.
    pub fn cancel(&self) -> Option<Duration> {
        if self.task.is_finished() {
            return None;
        }
        self.task.abort();
        match self.due {
            Some(due) => due
                .checked_duration_since(Instant::now())
                .filter(|left| !left.is_zero()),
            None => Some(Duration::ZERO),
        }
    }
}
