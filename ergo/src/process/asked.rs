//! What a callback asks of its process beyond what it returns.

use std::any::Any;
use std::collections::VecDeque;
use std::time::Duration;

use crate::process::ExitReason;

/// Acted on after the callback, and forgotten then.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// `cx.stop(..)`: the first one counts.
    pub(super) stop: Option<ExitReason>,
    /// `cx.hibernate()`.
    pub(super) hibernate: bool,
    /// `cx.set_log_level(..)`: it holds from the next poll on.
    pub(super) yields: bool,
    /// `cx.idle_timeout(..)`: the last one counts.
    pub(super) idle_timeout: Option<Duration>,
    /// `cx.continue_with(..)`, in order; each is a `Behavior::Continue` of the process's own actor.
    pub(super) continues: VecDeque<Box<dyn Any + Send>>,
    /// Answers of a callback that has asked for a stop: they are sent after `terminate`.
    pub(super) answers: Vec<Answer>,
}

/// An answer to a call that waits to be sent.
pub(super) struct Answer(pub(super) Box<dyn FnOnce() + Send>);

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer")
    }
}
