//! The right to publish.

use crate::behaviour::pubsub::{TopicEvent, TopicInfo, TopicMessage, TopicProcess};
use crate::etf::Pid;
use crate::process::{CallError, CastError, ExitReason, Ref};

/// The right to publish in a topic: whoever registered the topic has it, and those it gives a clone to.
///
/// It does not travel to other nodes. Dropping it ends nothing: a topic ends with its owner, or by [`Publisher::end`].
pub struct Publisher<T: TopicEvent>(pub(super) Ref<TopicProcess<T>>);

impl<T: TopicEvent> Clone for Publisher<T> {
    fn clone(&self) -> Self {
        Publisher(self.0.clone())
    }
}

impl<T: TopicEvent> std::fmt::Debug for Publisher<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Publisher").field(&self.0).finish()
    }
}

impl<T: TopicEvent> Publisher<T> {
    /// Publishes an event, without waiting: everyone who is subscribed by then gets it, after the events that this caller
    /// has published before.
    ///
    /// # Errors
    /// [`CastError::Closed`] when the topic has ended, [`CastError::Full`] when it has a bound that is reached.
    pub fn publish(&self, event: T) -> Result<(), CastError> {
        self.0.cast(TopicMessage::Publish(event))
    }

    /// As [`Publisher::publish`], and waits until the event has been handed to every subscriber; gives how many took it.
    /// A subscriber that is full misses it. The subscribers of another node are one.
    ///
    /// # Errors
    /// The topic has ended, or handing out took longer than 5 seconds.
    pub async fn sync_publish(&self, event: T) -> Result<usize, CallError> {
        self.0
            .call_local(|reply| TopicMessage::SyncPublish(event, reply))
            .await
    }

    /// How the topic does.
    ///
    /// # Errors
    /// The topic did not answer.
    pub async fn info(&self) -> Result<TopicInfo, CallError> {
        self.0.call_local(TopicMessage::Info).await
    }

    /// The process of the topic.
    pub fn pid(&self) -> Option<Pid> {
        self.0.pid()
    }

    /// Ends the topic: what was published before is handed out, then its subscribers hear of the end with this reason.
    pub fn end(&self, reason: ExitReason) {
        self.0
            .cast_until_taken(move || TopicMessage::End(reason.clone()));
    }
}
