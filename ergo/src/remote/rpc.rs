//! Functions of other nodes, called from here: erpc.

use std::time::Duration;

use tokio::sync::oneshot;

use crate::etf::{Atom, DecodeOwned, Encode, Encoded, Reference, Term};
use crate::node::{Node, SpawnFailure};
use crate::process::ExitReason;
use crate::remote::exception::stack;
use crate::remote::{Asker, Exception};

/// Why a remote procedure call has no value.
///
/// Source: <https://www.erlang.org/doc/apps/kernel/erpc.html#call/5>.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RpcError {
    /// The function raised an error, with this reason and stack.
    #[error("error: {reason}")]
    Error {
        /// The reason.
        reason: Term,
        /// Where, as Erlang shows it.
        stack: Term,
    },
    /// The function called `exit`.
    #[error("exit: {0}")]
    Exit(Term),
    /// The function threw.
    #[error("throw: {0}")]
    Throw(Term),
    /// No connection to the node, or it was lost while waiting.
    #[error("no connection to the node")]
    NoConnection,
    /// No answer in time; the function may still run there.
    #[error("no answer within the timeout")]
    Timeout,
    /// The node refused to run it, with this word.
    #[error("the node refused: {0}")]
    Refused(Atom),
    /// The process that ran it ended in a way that is no result.
    #[error("the call ended without a result: {0}")]
    Ended(ExitReason),
    /// An argument has no form as an Erlang term.
    #[error("the arguments cannot be encoded")]
    Encode(#[from] crate::etf::EncodeError),
    /// The value is of another shape.
    #[error("the value cannot be decoded")]
    BadValue(#[source] crate::etf::DecodeError),
}

impl From<SpawnFailure> for RpcError {
    fn from(failure: SpawnFailure) -> Self {
        match failure {
            SpawnFailure::Refused(word) => RpcError::Refused(word),
            SpawnFailure::NoConnection => RpcError::NoConnection,
            SpawnFailure::Timeout => RpcError::Timeout,
        }
    }
}

impl Node {
    /// `erpc:call/5`: calls a function on another node and waits for its value. `args` are the list of arguments.
    ///
    /// # Errors
    /// The exception it raised, with class, reason and stack, or why there is no result.
    pub async fn rpc_call<R: DecodeOwned>(
        &self,
        node: &str,
        module: &str,
        function: &str,
        args: impl Encode,
        timeout: Duration,
    ) -> Result<R, RpcError> {
        if node == self.name().as_str() {
            let args = crate::process::encode(&mut |encoder| args.encode(encoder))?;
            return self.call_here(module, function, args, timeout).await;
        }
        let result = self.new_reference();
        let args = crate::process::encode(&mut |encoder| {
            encoder.write_list(4)?;
            encoder.write_reference(&result)?;
            encoder.write_atom(module)?;
            encoder.write_atom(function)?;
            args.encode(encoder)?;
            encoder.write_nil();
            Ok(())
        })?;
        let node = Atom::new(node).map_err(|_| RpcError::NoConnection)?;
        let function = (
            Atom::from_static("erpc"),
            Atom::from_static("execute_call"),
            4,
        );
        let reason = self.run_there(&node, function, &args, timeout).await?;
        read_result(reason, &result)
    }
}

impl Node {
    /// A function of this node itself, which may call what is closed to others.
    async fn call_here<R: DecodeOwned>(
        &self,
        module: &str,
        function: &str,
        args: Encoded,
        timeout: Duration,
    ) -> Result<R, RpcError> {
        let atom = |text: &str| {
            Atom::new(text).map_err(|_| RpcError::Refused(Atom::from_static("badarg")))
        };
        let (module, function) = (atom(module)?, atom(function)?);
        let (functions, (done, outcome)) = (self.functions(), oneshot::channel());
        let (name, list) = ((module.clone(), function.clone()), args.clone());
        // A process of its own, as for a peer: what goes wrong in the function ends nothing else.
        let run = async move |cx| {
            let outcome = functions.apply(cx, &Asker::This, &name.0, &name.1, list);
            // Whoever asked may have given up.
            let _ = done.send(outcome.await);
        };
        let started = self.spawn_fn(run);
        if started.is_err() {
            return Err(RpcError::NoConnection);
        }
        match tokio::time::timeout(timeout, outcome).await {
            Err(_) => Err(RpcError::Timeout),
            Ok(Err(_)) => Err(RpcError::Ended(ExitReason::Killed)),
            Ok(Ok(Ok(value))) => value.decode().map_err(RpcError::BadValue),
            Ok(Ok(Err(Exception::Exit(reason)))) => Err(RpcError::Exit(reason)),
            Ok(Ok(Err(Exception::Throw(value)))) => Err(RpcError::Throw(value)),
            Ok(Ok(Err(Exception::Error(reason)))) => {
                let args = args.to_term().unwrap_or_else(|_| Term::list([]));
                let stack = stack(&module, &function, args);
                Err(RpcError::Error { reason, stack })
            }
        }
    }
}

fn read_result<R: DecodeOwned>(reason: ExitReason, reference: &Reference) -> Result<R, RpcError> {
    let term = match reason {
        ExitReason::NoConnection => return Err(RpcError::NoConnection),
        ExitReason::Term(term) => term,
        reason => return Err(RpcError::Ended(reason)),
    };
    let parts = term.as_tuple().unwrap_or_default();
    let [tag, class, rest @ ..] = parts else {
        return Err(RpcError::Ended(ExitReason::Term(term.clone())));
    };
    if tag.as_reference() != Some(reference) {
        return Err(RpcError::Ended(ExitReason::Term(term.clone())));
    }
    match (class.as_atom(), rest) {
        (Some("return"), [value]) => decode(value),
        (Some("throw"), [value]) => Err(RpcError::Throw(value.clone())),
        (Some("exit"), [reason]) => Err(RpcError::Exit(reason.clone())),
        (Some("error"), [reason]) => Err(RpcError::Error {
            reason: reason.clone(),
            stack: Term::list([]),
        }),
        (Some("error"), [reason, stack]) => Err(RpcError::Error {
            reason: reason.clone(),
            stack: stack.clone(),
        }),
        _ => Err(RpcError::Ended(ExitReason::Term(term.clone()))),
    }
}

fn decode<R: DecodeOwned>(value: &Term) -> Result<R, RpcError> {
    let encoded = crate::process::encode(&mut |encoder| value.encode(encoder))?;
    encoded.decode().map_err(RpcError::BadValue)
}
