//! What a topic is registered with.

use std::fmt;
use std::sync::Arc;

use crate::process::{Behavior, CastError, Context};

/// Whether anybody listens: what a producer is told that asked with [`TopicOptions::notify`], so that it need not make
/// events for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Audience {
    /// The first subscriber has come. All of another node are one.
    Present,
    /// The last subscriber has gone.
    Gone,
}

pub(super) type Notify = Arc<dyn Fn(Audience) -> Result<(), CastError> + Send + Sync>;

/// How a topic is registered.
#[derive(Clone, Default)]
pub struct TopicOptions {
    pub(super) buffer: usize,
    pub(super) mailbox: Option<u32>,
    pub(super) notify: Option<Notify>,
}

impl fmt::Debug for TopicOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TopicOptions")
            .field("buffer", &self.buffer)
            .field("mailbox", &self.mailbox)
            .finish_non_exhaustive()
    }
}

impl TopicOptions {
    /// No buffer, no bound, nobody is notified.
    pub fn new() -> Self {
        TopicOptions::default()
    }

    /// Keeps the last `events_max` events: whoever subscribes gets them first.
    pub fn buffer(mut self, events_max: usize) -> Self {
        self.buffer = events_max;
        self
    }

    /// Bounds how many events wait to be handed out; publishing more is refused with `Full`. Subscribing then is, too.
    pub fn mailbox(mut self, messages_max: u32) -> Self {
        self.mailbox = Some(messages_max.max(1));
        self
    }

    /// Tells the process that registers the topic when the first subscriber comes and when the last one goes, by a cast:
    /// `TopicOptions::new().notify(cx, ProducerRef::audience)`.
    pub fn notify<A: Behavior>(
        mut self,
        cx: &Context<A>,
        notify: impl Fn(&A::Handle, Audience) -> Result<(), CastError> + Send + Sync + 'static,
    ) -> Self {
        let me = cx.handle();
        self.notify = Some(Arc::new(move |audience| notify(&me, audience)));
        self
    }
}
