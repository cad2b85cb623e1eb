//! Casts that must not be lost, of those who cannot wait.

use std::time::Duration;

use crate::process::CastError;
use crate::process::actor::Behavior;
use crate::process::handle::Ref;

/// How long the next attempt waits while the mailbox is full.
const PAUSE: Duration = Duration::from_millis(10);

impl<A: Behavior> Ref<A> {
    /// Casts, and goes on trying in a task of its own while the mailbox is full, until the message is in or the process has
    /// ended. For the few messages that keep the books of a behaviour: no one's data goes this way.
    pub(crate) fn cast_until_taken(&self, make: impl Fn() -> A::Message + Send + 'static) {
        if !matches!(self.cast(make()), Err(CastError::Full(_))) {
            return;
        }
        // Without a runtime there is no process that could make room either.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let to = self.clone();
        drop(runtime.spawn(async move {
            while let Err(CastError::Full(_)) = to.cast(make()) {
                tokio::time::sleep(PAUSE).await;
            }
        }));
    }
}
