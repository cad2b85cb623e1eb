//! Starting a node with everything a node has.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::behaviour::Supervisor;
use crate::behaviour::application::ApplicationTerminated;
use crate::etf::Atom;
use crate::node::{Node, NodeBuilder, StartError};
use crate::process::{PlainContext, SpawnError};
use crate::remote::{FunctionArgs, Functions, IntoOutcome, Spawner};
use crate::system::{applications, keep_connected, logger, net_kernel, rex, user};

impl Node {
    /// A node to be started: `Node::builder("shop@127.0.0.1").cookie("secret").start().await?`.
    pub fn builder(name: impl Into<String>) -> NodeBuilder {
        NodeBuilder::new(name)
    }

    /// Lets peers spawn and call an async function under `module:function`, with as many arguments as its tuple has.
    /// One that is registered already under this name and arity gives way.
    ///
    /// From Erlang: `rpc:call('shop@127.0.0.1', math, add, [1, 2])` and
    /// `spawn('shop@127.0.0.1', math, add, [1, 2])`. The access is open to all peers, which all know the cookie.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// use ergo::prelude::*;
    /// let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
    /// node.register_function("math", "add", async |_, (a, b): (i64, i64)| {
    ///     a.checked_add(b).ok_or(Exception::Error(term!(overflow)))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A name is longer than the 255 characters of an atom.
    pub fn register_function<A, F, Fut>(
        &self,
        module: &str,
        function: &str,
        handler: F,
    ) -> Result<(), crate::etf::AtomTooLong>
    where
        A: FunctionArgs,
        F: Fn(PlainContext, A) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: IntoOutcome,
    {
        let functions = self.functions();
        functions.register(Atom::new(module)?, Atom::new(function)?, handler);
        Ok(())
    }

    pub(crate) fn functions(&self) -> Functions {
        Functions::clone(&self.extension::<Functions>())
    }

    /// Takes a function out of what peers may spawn and call; false when there was none.
    pub fn unregister_function(&self, module: &str, function: &str, arity: u32) -> bool {
        match (Atom::new(module), Atom::new(function)) {
            (Ok(module), Ok(function)) => self.functions().unregister(&module, &function, arity),
            _ => false,
        }
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
    let functions = node.functions();
    node.set_spawn_service(Arc::new(Spawner::new(
        functions.clone(),
        node.factories(),
    )));
    let supervisor = Supervisor::one_for_one()
        .name("kernel_sup")
        .intensity(100, Duration::from_secs(1))
        .child(net_kernel::spec(functions.clone()))
        .child(rex::spec(functions))
        .child(user::spec())
        .child(logger::spec())
        .child(crate::behaviour::pubsub::spec());
    let kernel = supervisor.start(node).await?;
    applications::watch(node, kernel.as_ref().clone(), ApplicationTerminated::Kernel);
    applications::start(node).await
}
