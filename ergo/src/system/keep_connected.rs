//! Connections that are made again whenever they are lost.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use crate::behaviour::supervisor::Backoff;
use crate::node::{Node, NodeEvent, NodeEvents, WeakNode};

/// How long a node that the builder keeps connected is waited for: half a second, then twice as long each time, up to
/// half a minute.
pub(super) const DEFAULT: Backoff =
    Backoff::exponential(Duration::from_millis(500), Duration::from_secs(30));

/// A node that is kept connected: [`Node::keep_connected`]. Dropping it changes nothing.
#[derive(Debug, Clone)]
pub struct KeptConnection {
    node: Node,
    name: String,
    task: AbortHandle,
    /// Closed once nothing of the task is left.
    running: watch::Receiver<()>,
}

impl KeptConnection {
    /// The node that is kept connected.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Ends it: the connection is closed, and not made again by this. True when there was one. An attempt that is under
    /// way is waited for.
    ///
    /// # Cancel safety
    /// It ends at the first poll; dropped later, a connection that comes about stays.
    pub async fn disconnect(mut self) -> bool {
        self.task.abort();
        // On another thread it may be in the middle of a turn, in which it can begin an attempt still.
        while self.running.changed().await.is_ok() {}
        self.node.attempt_settled(&self.name).await;
        self.node.disconnect(&self.name)
    }

    /// Ends it without closing the connection. An attempt that is under way goes on, and one may begin at this moment.
    pub fn release(self) {
        self.task.abort();
    }
}

/// The tasks that keep nodes connected.
#[derive(Default)]
struct Kept(Mutex<Vec<AbortHandle>>);

impl Kept {
    fn tasks(&self) -> MutexGuard<'_, Vec<AbortHandle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Node {
    /// Connects to a node, and again whenever the connection is lost or cannot be made, each time after the next delay of
    /// `backoff`. The first attempt is made at once.
    ///
    /// It ends with the node, or by [`KeptConnection::disconnect`]. A connection closed by [`Node::disconnect`] is made
    /// again. What was sent while there was none is lost, and so are links and monitors, as ever.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// use ergo::behaviour::supervisor::Backoff;
    /// use ergo::prelude::*;
    ///
    /// let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
    /// let backoff = Backoff::exponential(millis(100), secs(10));
    /// let kept = node.keep_connected("shop@127.0.0.1", backoff);
    /// kept.disconnect().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn keep_connected(&self, name: impl Into<String>, backoff: Backoff) -> KeptConnection {
        let name = name.into();
        let events = self.monitor_nodes();
        let (runs, running) = watch::channel(());
        let keeper = Keeper {
            name: name.clone(),
            backoff,
            events,
            lost: 0,
            _runs: runs,
        };
        let task = self
            .runtime()
            .spawn(keeper.run(self.downgrade()))
            .abort_handle();
        let kept: Arc<Kept> = self.extension();
        let mut tasks = kept.tasks();
        tasks.retain(|task| !task.is_finished());
        tasks.push(task.clone());
        KeptConnection {
            node: self.clone(),
            name,
            task,
            running,
        }
    }
}

struct Keeper {
    name: String,
    backoff: Backoff,
    /// From before the first attempt on: no end is missed.
    events: NodeEvents,
    /// How often in a row it was lost or not made.
    lost: u32,
    /// Dropped with everything else of the task.
    _runs: watch::Sender<()>,
}

impl Keeper {
    /// It holds no node while it waits: it would keep it alive for ever.
    async fn run(mut self, node: WeakNode) {
        loop {
            let begun = {
                let Some(node) = node.upgrade().filter(|node| !node.is_stopping()) else {
                    return;
                };
                let connected = node.connect(&self.name).await;
                connected.is_ok().then(Instant::now)
            };
            // Between the two a loss is in the stream already.
            if begun.is_some() && !self.lost(&node).await {
                return;
            }
            let lasted = begun.map(|begun| begun.elapsed());
            let delay = self.backoff.next(&mut self.lost, lasted);
            if !self.sleep(delay).await {
                return;
            }
        }
    }

    /// False when the node has ended meanwhile.
    async fn sleep(&mut self, delay: Duration) -> bool {
        let sleep = tokio::time::sleep(delay);
        tokio::pin!(sleep);
        loop {
            tokio::select! {
                biased;
                event = self.events.next() => {
                    if event.is_none() {
                        return false;
                    }
                }
                () = &mut sleep => return true,
            }
        }
    }

    /// Waits until the connection is lost; false when the node has ended.
    async fn lost(&mut self, node: &WeakNode) -> bool {
        loop {
            let Some(event) = self.events.next().await else {
                return false;
            };
            let NodeEvent::Down { node: lost, .. } = event else {
                continue;
            };
            // It may be the end of an earlier connection.
            let is_connected = |node: Node| node.is_connected(&lost);
            if lost == *self.name.as_str() && !node.upgrade().is_some_and(is_connected) {
                return true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A task that is told to end goes on to its next await: one that had just waited for its delay began another attempt,
    /// whose connection stayed.
    #[tokio::test]
    async fn nothing_of_it_runs_once_it_is_ended() {
        let builder = Node::builder("here@host").local_only();
        let node = builder.start().await.unwrap();
        for turns in 0..4 {
            let kept = node.keep_connected("far@host", DEFAULT);
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            let task = kept.task.clone();
            assert!(!kept.disconnect().await);
            assert!(task.is_finished(), "after {turns} turns");
        }
    }
}
