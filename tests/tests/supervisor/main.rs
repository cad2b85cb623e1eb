//! The supervisor: restarts, intensity, failing starts, the order of stops, dynamic and significant children. G-06, G-07.
//!
//! What is expected was compared with OTP; `supervisor_erlang` does it side by side.

mod backoff;
mod dynamic;
mod report;
mod restart;
mod shutdown;
mod start;
mod stop;
mod tree;

use std::future::Future;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use ergo::behaviour::supervisor::{ChildCount, ChildInfo, ChildKind};
use ergo::behaviour::{Restart, Shutdown};
use ergo::prelude::*;
use ergo::process::host::AsHost;
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::{Notify, mpsc};
use tokio::time::Instant;

async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("supervisor"));
    deadline(PATIENCE, Node::builder(name).local_only().start())
        .await
        .unwrap()
}

async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
    assert_eq!(node.process_count(), 0);
}

/// The end of a process that lives now.
#[track_caller]
fn end(node: &Node, pid: &Pid) -> impl Future<Output = ExitReason> + use<> {
    let host = node.host();
    let process = host.process(host.local_id(pid).unwrap()).expect("it lives");
    deadline(PATIENCE, async move {
        ergo::process::host::Ending::of(process).await
    })
}

/// What happened to children, in order.
#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn note(&self, text: impl Into<String>) {
        self.0.lock().unwrap().push(text.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A child that notes its start and its stop, and ends as it is told.
#[derive(Actor)]
#[actor(trap_exit)]
struct Child {
    id: String,
    journal: Journal,
}

#[derive(Clone)]
struct Start {
    id: String,
    journal: Journal,
    /// Says whether the start succeeds.
    init: Arc<dyn Fn() -> Result<(), ExitReason> + Send + Sync>,
}

impl Start {
    fn good(id: &str, journal: &Journal) -> Start {
        Start::with(id, journal, || Ok(()))
    }

    fn with(
        id: &str,
        journal: &Journal,
        init: impl Fn() -> Result<(), ExitReason> + Send + Sync + 'static,
    ) -> Start {
        Start {
            id: id.to_owned(),
            journal: journal.clone(),
            init: Arc::new(init),
        }
    }
}

#[ergo::server]
impl Child {
    async fn init(start: Start) -> Result<Self, ExitReason> {
        (start.init)()?;
        start.journal.note(format!("start {}", start.id));
        Ok(Child {
            id: start.id,
            journal: start.journal,
        })
    }

    #[call]
    fn sync(&self) {}

    #[cast]
    fn stop(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }

    #[cast]
    fn crash(&mut self) {
        panic!("on demand")
    }

    async fn terminate(self, _reason: &ExitReason) {
        self.journal.note(format!("stop {}", self.id));
    }
}

fn child(id: &str, journal: &Journal) -> ChildSpec {
    Child::spec(Start::good(id, journal)).id(id)
}

/// The pid of the only child.
async fn only(supervisor: &SupervisorRef) -> Option<Pid> {
    let infos = deadline(PATIENCE, supervisor.which_children())
        .await
        .unwrap();
    infos.into_iter().next().and_then(|info| info.pid)
}

async fn infos(supervisor: &SupervisorRef) -> Vec<(String, bool)> {
    let infos = deadline(PATIENCE, supervisor.which_children())
        .await
        .unwrap();
    infos
        .iter()
        .map(|info: &ChildInfo| (info.id.to_string(), info.pid.is_some()))
        .collect()
}
