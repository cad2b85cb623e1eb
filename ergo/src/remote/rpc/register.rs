//! Which functions of this node peers may call and spawn.

use std::future::Future;

use crate::node::Node;
use crate::process::PlainContext;
use crate::remote::access::atom;
use crate::remote::rpc::function::{FunctionName, erase};
use crate::remote::{AccessChange, AccessListError, FunctionArgs, Functions, IntoOutcome};

impl Node {
    /// Lets peers call and spawn an async function under `module:function`, with as many arguments as its tuple has. It
    /// takes effect when it is awaited, for all nodes, or with [`AccessChange::only`] for those in a list.
    ///
    /// A function that is registered already under this name and arity gives way; nodes are added to the list it has.
    /// The handler is called in a process of its own, whose context it gets: [`PlainContext::caller`] says which node
    /// asks. A panic of the handler is an error to the caller.
    ///
    /// From Erlang: `rpc:call('shop@127.0.0.1', math, add, [1, 2])`, the same with `erpc`, and
    /// `spawn('shop@127.0.0.1', math, add, [1, 2])`. A node that is not in the list gets an error
    /// `{not_allowed, {math, add, 2}}`, whichever way it asks.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// use ergo::prelude::*;
    /// let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
    /// let add = async |_, (a, b): (i64, i64)| a.checked_add(b).ok_or(Exception::Error(term!(overflow)));
    /// node.register_rpc("math", "add", add).only(["shop@127.0.0.1", "till@127.0.0.1"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A name is longer than the 255 characters of an atom, or one in the list is not the name of a node.
    pub fn register_rpc<A, F, Fut>(
        &self,
        module: &str,
        function: &str,
        handler: F,
    ) -> AccessChange<'_>
    where
        A: FunctionArgs,
        F: Fn(PlainContext, A) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: IntoOutcome,
    {
        let name = function_name(module, function, A::ARITY);
        let handler = erase(handler);
        AccessChange::new(move |nodes| Ok(self.functions().open(name?, handler, nodes)))
    }

    /// Takes a function out of what peers may call and spawn: to them it does not exist any more. With
    /// [`AccessChange::only`] it is closed for those nodes, and stays open for the others in its list.
    ///
    /// Where the last node of a list is taken out it is open to all.
    ///
    /// # Errors
    /// There is no such function, or it is open to all nodes, so that none can be taken out.
    pub fn unregister_rpc(&self, module: &str, function: &str, arity: u32) -> AccessChange<'_> {
        let name = function_name(module, function, arity);
        AccessChange::new(move |nodes| self.functions().close(&name?, nodes.as_ref()))
    }

    /// The functions of this node.
    pub(crate) fn functions(&self) -> Functions {
        Functions::clone(&self.extension::<Functions>())
    }
}

fn function_name(
    module: &str,
    function: &str,
    arity: u32,
) -> Result<FunctionName, AccessListError> {
    Ok(FunctionName {
        module: atom(module)?,
        function: atom(function)?,
        arity,
    })
}
