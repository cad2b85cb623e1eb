//! The end of a node.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::etf::{Atom, Pid};
use crate::node::Node;
use crate::process::ExitReason;
use crate::process::host::{AnyProcess, Ending};
use crate::sync::atomic::Ordering;
use crate::sync::spawn_detached;

/// Stops what is to end while everything else still runs.
pub(crate) type FirstToStop = dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send;

/// How long processes have to stop before they are killed, once the applications have.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the last signals of the processes may take to reach the sockets.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);
/// How long the killed ones are waited for: one that never awaits cannot be ended.
const KILL_TIMEOUT: Duration = Duration::from_secs(1);

impl Node {
    pub(crate) fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Acquire)
    }

    /// Stops the node: its applications first, one by one in the reverse order of their start; then nothing is started on
    /// it any more, its processes are told to shut down, all at once, and killed if they take longer than 5 seconds; its
    /// connections are closed, and it leaves EPMD.
    ///
    /// All of it ends within [`NodeBuilder::shutdown_timeout`](crate::NodeBuilder::shutdown_timeout), and two seconds in
    /// which processes are killed and their last signals leave. Children are stopped by their supervisors, in order,
    /// within that time. Whoever calls it again waits for the same end. A process may stop its own node, and ends with it.
    ///
    /// # Cancel safety
    /// Once polled, the node stops also when the future is dropped.
    pub async fn stop(&self) {
        if !self.0.stopping.swap(true, Ordering::AcqRel) {
            let node = self.clone();
            // A task of its own, as the caller may be one of the processes that end.
            spawn_detached(&self.0.runtime, async move {
                node.stop_everything().await;
                // It is set here alone.
                let _ = node.0.stopped.set(());
            });
        }
        self.0.stopped.wait().await;
    }

    /// Waits until the node has stopped, whoever stops it.
    pub(crate) async fn wait_stopped(&self) {
        self.0.stopped.wait().await;
    }

    /// Says what is to stop before everything else.
    pub(crate) fn stops_first(&self, first: Box<FirstToStop>) {
        *self.first_to_stop() = Some(first);
    }

    fn first_to_stop(&self) -> MutexGuard<'_, Option<Box<FirstToStop>>> {
        let first = self.0.first_to_stop.lock();
        first.unwrap_or_else(PoisonError::into_inner)
    }

    /// The processes of an application that live.
    pub(crate) fn processes_of(&self, application: &Atom) -> Vec<Pid> {
        let all = self.0.table.all();
        let its = all.iter().filter(|process| {
            let heritage = process.heritage();
            heritage.is_some_and(|heritage| heritage.application() == Some(application))
        });
        its.map(|process| self.pid(process.id())).collect()
    }

    async fn stop_everything(&self) {
        let deadline = Instant::now().checked_add(self.0.shutdown_timeout);
        self.stop_applications(deadline).await;
        self.stop_listening();
        self.0.timers.end();
        self.stop_tick_change();
        self.0.table.close();
        self.stop_processes(deadline).await;
        self.flush_peers().await;
        for peer in self.0.peers.all() {
            let hidden = peer.up().unwrap_or(true);
            self.lose(&peer, hidden, "disconnect", None);
        }
        self.0.subscribers.end();
        if let Some(registered) = self.take_registered() {
            registered.leave().await;
        }
    }

    /// The last signals of the processes still reach those that were linked to them or monitored them.
    async fn flush_peers(&self) {
        let flushed = async {
            for peer in self.0.peers.all() {
                peer.flushed().await;
            }
        };
        if tokio::time::timeout(FLUSH_TIMEOUT, flushed).await.is_err() {
            tracing::debug!(node = %self.0.name, "a peer did not take the last signals in time");
        }
    }

    fn stop_tick_change(&self) {
        if let Some(distribution) = &self.0.distribution {
            distribution.ticks.end();
        }
    }

    async fn stop_applications(&self, deadline: Option<Instant>) {
        let first = self.first_to_stop().take();
        let Some(first) = first else {
            return;
        };
        let is_late = match deadline {
            Some(deadline) => tokio::time::timeout_at(deadline, first()).await.is_err(),
            None => {
                first().await;
                false
            }
        };
        if is_late {
            let timeout = self.0.shutdown_timeout;
            tracing::error!(node = %self.0.name, ?timeout, "the applications did not stop in time and are killed");
        }
    }

    async fn stop_processes(&self, deadline: Option<Instant>) {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let timeout = left.map_or(SHUTDOWN_TIMEOUT, |left| left.min(SHUTDOWN_TIMEOUT));
        if tokio::time::timeout(timeout, self.shut_down())
            .await
            .is_ok()
        {
            return;
        }
        let from = self.pid_of_node();
        let left = self.0.table.all();
        for process in &left {
            process.exit_signal(&from, ExitReason::Kill, false);
        }
        if tokio::time::timeout(KILL_TIMEOUT, all_gone(&left))
            .await
            .is_err()
        {
            let left = self.process_count();
            tracing::error!(node = %self.0.name, left, "processes that never await have outlived their node");
        }
    }

    /// Tops of the trees first: what has a parent is stopped by it, or is a top in the next round.
    async fn shut_down(&self) {
        let from = self.pid_of_node();
        let mut told = HashSet::new();
        loop {
            let mut tops = self.0.table.all();
            if tops.is_empty() {
                return;
            }
            tops.retain(|process| !self.has_parent(&**process));
            for process in &tops {
                if told.insert(process.id()) {
                    process.exit_signal(&from, ExitReason::Shutdown, false);
                }
            }
            all_gone(&tops).await;
            tokio::task::yield_now().await;
        }
    }

    /// Whether a process that still lives takes it down when it ends.
    fn has_parent(&self, process: &dyn AnyProcess) -> bool {
        let mut parent = None;
        process.with_relations(&mut |relations| parent = relations.linked_parent());
        parent.is_some_and(|parent| self.0.table.get(parent).is_some())
    }
}

async fn all_gone(processes: &[Arc<dyn AnyProcess>]) {
    for process in processes {
        Ending::of(process.clone()).await;
    }
}
