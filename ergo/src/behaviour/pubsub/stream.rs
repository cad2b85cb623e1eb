//! Events for code that is no process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use crate::behaviour::pubsub::{TopicEvent, TopicMessage, TopicProcess};
use crate::etf::Reference;
use crate::process::{ExitReason, Ref};

/// The events of a topic, for code that is no process. Dropping it ends the subscription.
pub struct EventStream<T: TopicEvent> {
    pub(super) events: mpsc::Receiver<T>,
    pub(super) missed: Arc<AtomicU64>,
    pub(super) topic: Ref<TopicProcess<T>>,
    pub(super) reference: Reference,
}

impl<T: TopicEvent> std::fmt::Debug for EventStream<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("EventStream").field(&self.topic).finish()
    }
}

impl<T: TopicEvent> EventStream<T> {
    /// The next event; `None` when the topic has ended and all its events have been taken.
    ///
    /// # Cancel safety
    /// No event is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<T> {
        self.events.recv().await
    }

    /// How many events were missed because too many waited to be taken.
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    /// Waits until the topic has ended, and says why: the reason of its owner, `noconnection` when its node is lost.
    pub async fn ended(&self) -> ExitReason {
        self.topic.ended().await
    }
}

impl<T: TopicEvent> Drop for EventStream<T> {
    fn drop(&mut self) {
        let reference = self.reference.clone();
        self.topic
            .cast_until_taken(move || TopicMessage::Unsubscribe(reference.clone()));
    }
}
