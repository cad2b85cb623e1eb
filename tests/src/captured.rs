//! What is traced, kept for a test to look at.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Keeps the messages of some targets, once it is the subscriber of a thread or of the program.
///
/// A message that has arrived by itself, without an answer to whoever caused it, has to be waited for, as with
/// [`crate::wait_until`].
#[derive(Clone)]
pub struct Captured {
    targets: &'static [&'static str],
    messages: Arc<Mutex<Vec<(Level, String)>>>,
}

impl Captured {
    /// For events of exactly these targets.
    #[must_use]
    pub fn new(targets: &'static [&'static str]) -> Captured {
        Captured {
            targets,
            messages: Arc::default(),
        }
    }

    /// The messages since the last time, with their level.
    #[must_use]
    pub fn take(&self) -> Vec<(Level, String)> {
        std::mem::take(&mut *self.messages.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl Subscriber for Captured {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.targets.contains(&metadata.target())
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        let level = *event.metadata().level();
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.push((level, message.0));
    }
}
