//! What a scenario has: a node, the clock, and eyes.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ergo::Node;
use ergo::etf::Pid;
use ergo::process::host::{AsHost, Ending};
use ergo::process::{ExitReason, PlainContext, Relations};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

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

    /// Starts a plain process, whose body has to return, and waits for its end.
    ///
    /// # Panics
    /// When it is awaited and the body panicked, or was ended by a signal.
    pub fn process<F, Fut>(&self, body: F) -> impl Future<Output = ()> + use<F, Fut>
    where
        F: FnOnce(PlainContext) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let (done, is_done) = oneshot::channel();
        let started = self.node.spawn_fn(move |cx| {
            let body = body(cx);
            async move {
                body.await;
                let _ = done.send(());
            }
        });
        let ended = self.ended(&started.expect("a process without a name"));
        async move {
            is_done.await.expect("its body has returned");
            ended.await;
        }
    }

    /// Waits for the end of a process, from now on; `noproc` when it has ended.
    pub fn ended(&self, pid: &Pid) -> impl Future<Output = ExitReason> + use<> {
        let host = self.node.host();
        let process = host.local_id(pid).and_then(|id| host.process(id));
        async move {
            match process {
                Some(process) => Ending::of(process).await,
                None => ExitReason::NoProc,
            }
        }
    }

    /// How many links a living process has.
    ///
    /// # Panics
    /// When it has ended.
    pub fn links(&self, pid: &Pid) -> usize {
        self.relations(pid, |relations| relations.link_count())
    }

    /// Looks at what ties a living process, or changes it.
    ///
    /// # Panics
    /// When it has ended.
    pub fn relations<R>(&self, pid: &Pid, mut look: impl FnMut(&mut Relations) -> R) -> R {
        let host = self.node.host();
        let process = host.local_id(pid).and_then(|id| host.process(id));
        let mut seen = None;
        process
            .expect("it lives")
            .with_relations(&mut |relations| seen = Some(look(relations)));
        seen.expect("it lives")
    }

    /// Nothing of all that was started is left: no process, no name, no alias, and no place for an answer.
    ///
    /// # Panics
    /// When something is.
    pub fn assert_empty(&self) {
        assert_eq!(self.node.process_count(), 0, "a process is left");
        assert!(self.node.registered().is_empty(), "a name is left");
        let host = self.node.host();
        for number in 1..host.next_number() {
            assert_eq!(host.alias(number), None, "alias {number} is left");
            let slot = host.take_slot(number);
            assert!(slot.is_none(), "a place for an answer, {number}, is left");
        }
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

    /// How much was noted since the last [`Log::take`].
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nothing was.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Waits until so much was noted. A schedule in which it never is fails as one of too many steps.
    pub async fn reach(&self, len: usize) {
        while self.len() < len {
            shuttle::future::yield_now().await;
        }
    }

    /// What was noted since the last time.
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
