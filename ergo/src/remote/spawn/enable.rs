//! What a node lets others start: its factories, by name.

use crate::node::Node;
use crate::remote::access::{AccessChange, atom};
use crate::remote::spawn::factory::{Factories, IntoFactory};

impl Node {
    pub(crate) fn factories(&self) -> Factories {
        Factories::clone(&self.extension::<Factories>())
    }

    /// Lets other nodes start processes of a factory by this name: all nodes, or with
    /// [`only`](AccessChange::only) those in a list. Called again, nodes are added to the list.
    ///
    /// The processes are started with [`RemoteNode::spawn`](crate::remote::RemoteNode::spawn) from Rust, and from Erlang with
    /// `spawn(Node, ergo, spawn, [Name, Args])`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// use ergo::prelude::*;
    /// # #[derive(Actor)]
    /// # struct Stock { left: u32 }
    /// # #[ergo::server]
    /// # impl Stock {
    /// #     fn init(left: u32) -> Result<Self, ExitReason> { Ok(Stock { left }) }
    /// #     #[call] fn left(&mut self) -> u32 { self.left }
    /// # }
    /// let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
    /// node.enable_spawn("stock", Stock::factory()).await?;
    /// node.enable_spawn("timer", async |mut cx: PlainContext, (text,): (String,)| {
    ///     println!("{text}: {:?}", cx.receive().await);
    /// })
    /// .only(["front@10.0.0.1", "front@10.0.0.2"])
    /// .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The name is too long or belongs to another factory, or what is in the list is no node.
    pub fn enable_spawn<M>(&self, name: &str, factory: impl IntoFactory<M>) -> AccessChange<'_> {
        let (name, factory) = (atom(name), factory.into_factory());
        let factories = self.factories();
        AccessChange::new(move |nodes| factories.enable(name?, factory, nodes))
    }

    /// Closes a factory: for all nodes, or with [`only`](AccessChange::only) for those in a list, which are taken out of
    /// its list. A list that has become empty is open to all. Whoever asks for a factory that is closed is refused with
    /// [`NotAllowed`](crate::remote::RemoteSpawnError::NotAllowed). Processes that run go on running.
    ///
    /// # Errors
    /// There is no such factory, what is in the list is no node, or the factory is open to all nodes and there is no list
    /// to take nodes from.
    pub fn disable_spawn(&self, name: &str) -> AccessChange<'_> {
        let name = atom(name);
        let factories = self.factories();
        AccessChange::new(move |nodes| factories.disable(&name?, nodes.as_ref()))
    }
}
