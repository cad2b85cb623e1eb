//! Starting a node with everything a node has.

use std::sync::Arc;
use std::time::Duration;

use crate::behaviour::Supervisor;
use crate::behaviour::application::ApplicationTerminated;
use crate::node::{Node, NodeBuilder, StartError};
use crate::process::SpawnError;
use crate::remote::{Spawner, register_spawn};
use crate::system::{applications, keep_connected, logger, net_kernel, overflow, rex, user};

impl Node {
    /// A node to be started: `Node::builder("shop@127.0.0.1").cookie("secret").start().await?`.
    pub fn builder(name: impl Into<String>) -> NodeBuilder {
        NodeBuilder::new(name)
    }
}

impl NodeBuilder {
    /// Starts the node: listens, registers at EPMD, and starts the processes every node has. When it returns, peers
    /// can connect.
    ///
    /// # Errors
    /// Why not, by cause; nothing of it is left behind.
    pub async fn start(self) -> Result<Node, StartError> {
        let kept = self.kept_connected.clone();
        let node = Node::launch(self).await?;
        match start_system(&node).await {
            Ok(()) => {
                node.accept();
                node.adopt_namer().await;
                for name in kept {
                    node.keep_connected(name, keep_connected::DEFAULT);
                }
                Ok(node)
            }
            Err(error) => {
                node.stop().await;
                Err(StartError::System(error))
            }
        }
    }
}

#[cfg(ergo_shuttle)]
impl NodeBuilder {
    /// Starts the node without the processes every node has, which would only make each schedule longer.
    ///
    /// # Errors
    /// As [`NodeBuilder::start`].
    pub async fn start_bare(self) -> Result<Node, StartError> {
        Node::launch(self).await
    }
}

/// The processes every node has, started again whatever ends them.
async fn start_system(node: &Node) -> Result<(), SpawnError> {
    let (functions, limits) = (node.functions(), node.limits());
    register_spawn(node);
    node.set_spawn_service(Arc::new(Spawner::new(functions.clone(), node.factories())));
    let supervisor = Supervisor::one_for_one()
        .name("kernel_sup")
        .intensity(100, Duration::from_secs(1))
        .child(net_kernel::spec(functions.clone()))
        .child(rex::spec(functions))
        .child(overflow::spec())
        .child(user::spec(limits.io_requests_max))
        .child(logger::spec(limits.log_events_max))
        .child(crate::behaviour::pubsub::spec());
    let kernel = supervisor.start(node).await?;
    applications::watch(node, kernel.as_ref().clone(), ApplicationTerminated::Kernel);
    applications::start(node).await
}
