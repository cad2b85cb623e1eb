//! A node, applications that write down what happens to them, and the log.

use std::sync::{Arc, Mutex};

use ergo::Application;
use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline, unique_name};

pub(crate) async fn node() -> Node {
    started(Node::builder(name())).await
}

pub(crate) fn name() -> String {
    format!("{}@127.0.0.1", unique_name("application"))
}

pub(crate) async fn started(builder: ergo::NodeBuilder) -> Node {
    deadline(PATIENCE, builder.local_only().start())
        .await
        .unwrap()
}

pub(crate) async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
    assert_eq!(node.process_count(), 0);
}

/// What happened, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn note(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    /// Everything since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A worker that writes down its start and its stop, and ends as it is told.
#[derive(Actor)]
#[actor(trap_exit)]
pub(crate) struct Worker {
    name: &'static str,
    log: Log,
}

#[ergo::server]
impl Worker {
    fn init(args: (&'static str, Log)) -> Result<Self, ExitReason> {
        let (name, log) = args;
        log.note(format!("{name} worker starts"));
        Ok(Worker { name, log })
    }

    #[call]
    fn application(&self, cx: &Context<Self>) -> Option<Atom> {
        cx.application()
    }

    #[call(local)]
    fn number(&self, key: &'static str, cx: &Context<Self>) -> Option<u32> {
        cx.env(key)
    }

    #[cast]
    fn end(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    async fn terminate(self, _reason: &ExitReason) {
        self.log.note(format!("{} worker stops", self.name));
    }
}

/// An application with one worker, registered under the name of the application; a worker that ends takes it along.
pub(crate) fn application(name: &'static str, log: &Log) -> Application {
    let (at_start, at_prep, at_stop) = (log.clone(), log.clone(), log.clone());
    Application::new(name)
        .start(move |cx| {
            let log = at_start.clone();
            async move {
                log.note(format!("{} starts", cx.name()));
                Supervisor::one_for_one()
                    .intensity(0, secs(1))
                    .child(Worker::spec((name, log)).name(name))
            }
        })
        .prep_stop(move |cx| {
            at_prep.note(format!("{} prepares to stop", cx.name()));
            async {}
        })
        .stop(move |cx| {
            at_stop.note(format!("{} has stopped", cx.name()));
            async {}
        })
}

/// The names of those that run.
pub(crate) async fn running(node: &Node) -> Vec<String> {
    let running = deadline(PATIENCE, node.which_applications()).await;
    running.iter().map(|info| info.name.to_string()).collect()
}
