//! Functions of other nodes, called from here as erpc does.

use std::time::Duration;

use crate::etf::{Atom, Encode, EncodeError, Encoded, Encoder};
use crate::node::{Node, Run};
use crate::process::host::AsHost;
use crate::process::{PlainContext, polled_on};
use crate::remote::rpc::applied::FunctionCall;
use crate::remote::{Asker, Multicall, RpcCall, RpcError};

/// How long a call waits that does not say otherwise.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The functions of another node, to be called from here: `erpc` of Erlang, and `register_rpc` of ergo.
///
/// Made by [`Node::rpc`]. Source: <https://www.erlang.org/doc/apps/kernel/erpc.html>.
#[derive(Debug, Clone)]
pub struct Rpc<'a> {
    node: &'a Node,
    name: String,
    timeout: Duration,
}

impl Node {
    /// The functions of another node, or of this one: `node.rpc("b@h").call(m, f, args![..])`.
    ///
    /// Nothing is done before something is called; the connection is made when there is none. A name that is not a node's
    /// is no connection.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// use ergo::prelude::*;
    /// let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
    /// node.register_rpc("math", "double", async |_, (n,): (i64,)| Ok(2 * n)).await?;
    ///
    /// let rpc = node.rpc("doc@127.0.0.1").timeout(secs(1));
    /// let six: i64 = rpc.call("math", "double", args![3]).await?;
    /// assert_eq!(six, 6);
    /// # Ok(())
    /// # }
    /// ```
    pub fn rpc(&self, node: impl Into<String>) -> Rpc<'_> {
        Rpc {
            node: self,
            name: node.into(),
            timeout: TIMEOUT,
        }
    }

    /// `erpc:multicall/5`: calls a function on several nodes at once, and waits for all of them, 5 seconds in all unless
    /// [`Multicall::timeout`] says otherwise. `args` is the list of its arguments.
    ///
    /// The results are in the order of the nodes, each for itself; one that has not answered in time is
    /// [`RpcError::Timeout`]. A node that is there twice is called twice.
    pub fn multicall<R>(
        &self,
        nodes: impl IntoIterator<Item = impl AsRef<str>>,
        module: &str,
        function: &str,
        args: impl Encode,
    ) -> Multicall<R> {
        let request = function_call(module, function, &args);
        let calls = nodes.into_iter().map(|node| {
            let name = Atom::new(node.as_ref()).map_err(RpcError::from);
            RpcCall::new(self, name, request.clone(), Duration::MAX)
        });
        Multicall::new(self, calls.collect(), TIMEOUT)
    }
}

impl Rpc<'_> {
    /// Gives calls this long instead of 5 seconds; [`Duration::MAX`] is OTP's `infinity`.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// `erpc:call/5`: calls a function there and waits for its value. `args` is the list of its arguments, as
    /// [`args!`](crate::args) makes it.
    ///
    /// It is a named future: it is sent when it is first polled, and abandoned when it is dropped or its time is over; the
    /// function may run on there. The process being polled is the one that calls, else the node is.
    pub fn call<R>(&self, module: &str, function: &str, args: impl Encode) -> RpcCall<R> {
        let name = Atom::new(&self.name).map_err(RpcError::from);
        let request = function_call(module, function, &args);
        RpcCall::new(self.node, name, request, self.timeout)
    }

    /// `erpc:send_request/4`: as [`Rpc::call`], and sent already when it returns. Its time counts from when it is awaited.
    pub fn send_request<R>(&self, module: &str, function: &str, args: impl Encode) -> RpcCall<R> {
        let mut call = self.call(module, function, args);
        call.start();
        call
    }

    /// `erpc:cast/4`: calls a function there; nobody hears what becomes of it, nor whether there is a connection.
    ///
    /// # Errors
    /// It was not sent: the arguments cannot be encoded or are no list, too much waits for the node already, or this node
    /// is stopping.
    pub fn cast(&self, module: &str, function: &str, args: impl Encode) -> Result<(), RpcError> {
        let node = Atom::new(&self.name)?;
        let request = function_call(module, function, &args)?;
        if node == *self.node.name() {
            let functions = self.node.functions();
            // A process of its own, as for a peer: what goes wrong in the function ends nothing else.
            let run = async move |cx: PlainContext| functions.run(cx, &Asker::This, request).await;
            let started = self.node.spawn_fn(run);
            return started.map(drop).map_err(|_| RpcError::Stopping);
        }
        let run = Run {
            node: &node,
            function: (
                Atom::from_static("erpc"),
                Atom::from_static("execute_cast"),
                3,
            ),
            caller: polled_on(&self.node.host()),
        };
        let mut args = |encoder: &mut Encoder<'_>| {
            encoder.write_list(3)?;
            request.write(encoder)
        };
        Ok(self.node.cast_there(run, &mut args)?)
    }
}

/// What is to be called; `args` is the list of the arguments.
fn function_call(
    module: &str,
    function: &str,
    args: &impl Encode,
) -> Result<FunctionCall, RpcError> {
    let (module, function) = (Atom::new(module)?, Atom::new(function)?);
    let args = Encoded::new(args).map_err(RpcError::Args)?;
    if args.decoder().read_list().is_err() {
        return Err(RpcError::Args(EncodeError::custom("they are no list")));
    }
    Ok(FunctionCall {
        module,
        function,
        args,
    })
}

impl FunctionCall {
    /// The last three elements of a list of arguments, and its end.
    pub(in crate::remote) fn write(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_atom(self.module.as_str())?;
        encoder.write_atom(self.function.as_str())?;
        encoder.write_encoded(&self.args)?;
        encoder.write_nil();
        Ok(())
    }
}
