//! What a scenario has: a node, the clock, and eyes.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ergo::Node;
use ergo::etf::Pid;
use ergo::process::ExitReason;
use ergo::process::host::AsHost;
use tokio::runtime::Runtime;

/// One run of a scenario.
pub struct World {
    /// A node without distribution and without system processes.
    pub node: Node,
    time: Arc<Runtime>,
}

impl World {
    pub(crate) async fn start(time: Arc<Runtime>) -> World {
        let node = Node::builder("explored@127.0.0.1")
            .local_only()
            .start_bare();
        World {
            node: node.await.expect("a node without distribution"),
            time,
        }
    }

    /// Lets time pass, in one step: what is due by then wakes up.
    pub fn pass(&self, time: Duration) {
        self.time.block_on(tokio::time::advance(time));
    }

    /// Runs `act` concurrently with the rest of the scenario; the result has to be awaited.
    pub fn meanwhile<T, Fut>(&self, act: Fut) -> impl Future<Output = T> + use<T, Fut>
    where
        T: Send + 'static,
        Fut: Future<Output = T> + Send + 'static,
    {
        let task = shuttle::future::spawn(act);
        async move { task.await.expect("nobody cancels it") }
    }

    /// Waits for the end of a process, from now on; `noproc` when it has ended.
    pub fn ended(&self, pid: &Pid) -> impl Future<Output = ExitReason> + use<> {
        let host = self.node.host();
        let process = host.local_id(pid).and_then(|id| host.process(id));
        async move {
            match process {
                Some(process) => std::future::poll_fn(|cx| process.poll_gone(cx)).await,
                None => ExitReason::NoProc,
            }
        }
    }

    /// Nothing of all that was started is left.
    pub fn assert_empty(&self) {
        assert_eq!(self.node.process_count(), 0, "a process is left");
        assert!(self.node.registered().is_empty(), "a name is left");
    }
}

/// What processes note down for the scenario to look at.
#[derive(Debug)]
pub struct Log<T>(Arc<Mutex<Vec<T>>>);

impl<T> Clone for Log<T> {
    fn clone(&self) -> Self {
        Log(self.0.clone())
    }
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Log(Arc::default())
    }
}

impl<T> Log<T> {
    /// Notes something.
    pub fn push(&self, what: T) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(what);
    }

    /// What was noted since the last time.
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
