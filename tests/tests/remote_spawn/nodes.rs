//! The nodes and the actors of these tests.

use ergo::RemoteSpawnError;
use ergo::prelude::*;
use ergo::testing::{Network, TestNode};

pub(crate) async fn node(network: &Network, name: &str) -> TestNode {
    network.node(name).start().await.unwrap()
}

/// A node `a@mem` that asks, and one `b@mem` that has the factory `worker`.
pub(crate) async fn two(network: &Network) -> (TestNode, TestNode) {
    let (a, b) = (node(network, "a@mem").await, node(network, "b@mem").await);
    b.enable_spawn("worker", Worker::factory()).await.unwrap();
    (a, b)
}

/// What [`Worker`] does in its init.
#[derive(Debug, Clone, Encode, Decode)]
pub(crate) enum Init {
    Works,
    Refuses(Term),
    Ignores,
    Panics,
    Hangs,
}

#[derive(Actor)]
pub(crate) struct Worker {
    id: u64,
}

#[ergo::server]
impl Worker {
    pub(crate) async fn init((id, what): (u64, Init)) -> Result<Self, ExitReason> {
        match what {
            Init::Works => {}
            Init::Refuses(reason) => return Err(ExitReason::from(reason)),
            Init::Ignores => return Err(ExitReason::Ignore),
            Init::Panics => panic!("init panics"),
            Init::Hangs => std::future::pending().await,
        }
        Ok(Worker { id })
    }

    #[call]
    pub(crate) fn id(&mut self) -> u64 {
        self.id
    }

    #[cast]
    pub(crate) fn crash(&mut self, reason: Term) -> Flow {
        Flow::Stop(ExitReason::from(reason))
    }
}

/// Starts a worker there.
pub(crate) async fn spawn(from: &Node, what: Init) -> Result<WorkerRef, RemoteSpawnError> {
    let far = from.remote("b@mem").await.unwrap();
    let options = SpawnOptions::default();
    far.spawn_as::<Worker>("worker", options, (7, what)).await
}

/// How many workers there are on a node, in init or beyond.
pub(crate) fn workers(node: &Node) -> usize {
    let of_worker = |pid: &Pid| {
        let info = node.process_info(pid);
        info.is_some_and(|info| info.initial_call.ends_with("Worker"))
    };
    node.processes().iter().filter(|pid| of_worker(pid)).count()
}
