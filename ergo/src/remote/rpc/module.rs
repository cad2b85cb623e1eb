//! Functions of one module that peers may call, registered together.

use std::future::Future;
use std::sync::Arc;

use crate::etf::Atom;
use crate::node::Node;
use crate::process::PlainContext;
use crate::remote::access::atom;
use crate::remote::rpc::function::{FunctionName, Handler, erase};
use crate::remote::{AccessChange, AccessListError, FunctionArgs, IntoOutcome};

/// Functions of one module that peers may call, to be registered together: what `#[ergo::rpc(module = "..")]` writes.
#[must_use = "it is registered by `Node::register_rpc_module`"]
pub struct RpcModule {
    name: String,
    functions: Vec<(String, u32, Arc<Handler>)>,
}

impl RpcModule {
    /// A module without functions.
    pub fn new(name: impl Into<String>) -> RpcModule {
        RpcModule {
            name: name.into(),
            functions: Vec::new(),
        }
    }

    /// Adds a function with as many arguments as its tuple has, as [`Node::register_rpc`] takes it.
    pub fn function<A, F, Fut>(mut self, name: &str, handler: F) -> RpcModule
    where
        A: FunctionArgs,
        F: Fn(PlainContext, A) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: IntoOutcome,
    {
        let function = (name.to_owned(), A::ARITY, erase(handler));
        self.functions.push(function);
        self
    }

    fn parse(self) -> Result<Vec<(FunctionName, Arc<Handler>)>, AccessListError> {
        let module = atom(&self.name)?;
        let functions = self.functions.into_iter().map(|(name, arity, handler)| {
            let name = FunctionName {
                module: module.clone(),
                function: atom(&name)?,
                arity,
            };
            Ok((name, handler))
        });
        functions.collect()
    }
}

impl std::fmt::Debug for RpcModule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.functions.iter();
        f.debug_struct("RpcModule")
            .field("name", &self.name)
            .field(
                "functions",
                &names
                    .map(|(name, arity, _)| (name, arity))
                    .collect::<Vec<_>>(),
            )
            .finish()
    }
}

impl Node {
    /// Lets peers call and spawn all functions of a module, as [`Node::register_rpc`] does with one: at once, for the same
    /// nodes. Those of the module that are registered already keep their lists, to which the nodes are added. What is said
    /// is who may call any of them.
    ///
    /// # Errors
    /// A name is longer than the 255 characters of an atom, or one in the list is not the name of a node. Nothing is
    /// registered then.
    pub fn register_rpc_module(&self, module: RpcModule) -> AccessChange<'_> {
        let functions = module.parse();
        AccessChange::new(move |nodes| Ok(self.functions().open_all(functions?, nodes)))
    }

    /// Takes all functions of a module out of what peers may call and spawn, as [`Node::unregister_rpc`] does with one.
    ///
    /// # Errors
    /// There is no function of this module, or one is open to all nodes, so that none can be taken out. Nothing has
    /// changed then.
    pub fn unregister_rpc_module(&self, module: &str) -> AccessChange<'_> {
        let module: Result<Atom, AccessListError> = atom(module);
        AccessChange::new(move |nodes| self.functions().close_all(&module?, nodes.as_ref()))
    }
}
