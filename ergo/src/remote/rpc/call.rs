//! A call of a function of another node that is under way.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::etf::{Atom, DecodeError, DecodeOwned, Encoded, Encoder, Reference, Term};
use crate::node::{End, Node, Run, Running};
use crate::process::host::AsHost;
use crate::process::{Deadline, ExitReason, polled_on};
use crate::remote::rpc::applied::FunctionCall;
use crate::remote::rpc::function::Outcome;
use crate::remote::{Asker, Exception, RpcError};

/// A call of a function of another node, from [`Rpc::call`](crate::remote::Rpc::call): a future of its value.
///
/// # Cancel safety
/// Dropping it abandons the call: what it ends with reaches nobody. The function may run on there.
#[must_use = "a call is sent when it is awaited"]
pub struct RpcCall<R> {
    node: Node,
    there: Result<Atom, RpcError>,
    state: State,
    deadline: Deadline,
    value: PhantomData<fn() -> R>,
}

enum State {
    Unsent(Result<FunctionCall, RpcError>),
    There(Running, Reference),
    Here(oneshot::Receiver<(Outcome, FunctionCall)>),
    Failed(RpcError),
    Over,
}

impl<R> RpcCall<R> {
    pub(in crate::remote) fn new(
        node: &Node,
        there: Result<Atom, RpcError>,
        request: Result<FunctionCall, RpcError>,
        timeout: Duration,
    ) -> Self {
        RpcCall {
            node: node.clone(),
            there,
            state: State::Unsent(request),
            deadline: Deadline::new(timeout),
            value: PhantomData,
        }
    }

    /// Sends it, if it has not been sent.
    pub(in crate::remote) fn start(&mut self) {
        let State::Unsent(_) = self.state else { return };
        let State::Unsent(request) = std::mem::replace(&mut self.state, State::Over) else {
            return;
        };
        let sent = match (self.there.clone(), request) {
            (Ok(there), Ok(request)) if there == *self.node.name() => self.start_here(request),
            (Ok(there), Ok(request)) => self.start_there(&there, &request),
            (Err(error), _) | (_, Err(error)) => Err(error),
        };
        self.state = sent.unwrap_or_else(State::Failed);
    }

    fn start_there(&self, there: &Atom, request: &FunctionCall) -> Result<State, RpcError> {
        let result = self.node.new_reference();
        let run = Run {
            node: there,
            function: (
                Atom::from_static("erpc"),
                Atom::from_static("execute_call"),
                4,
            ),
            caller: polled_on(&self.node.host()),
        };
        let mut args = |encoder: &mut Encoder<'_>| {
            encoder.write_list(4)?;
            encoder.write_reference(&result)?;
            request.write(encoder)
        };
        let running = self.node.run_there(run, &mut args)?;
        Ok(State::There(running, result))
    }

    /// A function of this node itself, in a process of its own, as for a peer: what goes wrong in it ends nothing else.
    fn start_here(&self, request: FunctionCall) -> Result<State, RpcError> {
        let functions = self.node.functions();
        let (done, outcome) = oneshot::channel();
        let run = async move |cx| {
            // Whoever asked may have given up.
            let _ = done.send(functions.apply(cx, &Asker::This, request).await);
        };
        let started = self.node.spawn_fn(run);
        started.map_err(|_| RpcError::Stopping)?;
        Ok(State::Here(outcome))
    }
}

impl<R: DecodeOwned> RpcCall<R> {
    /// The result, once there is one; no look at the time is taken.
    pub(in crate::remote) fn poll_result(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<R, RpcError>> {
        self.start();
        match &mut self.state {
            State::There(running, _) => {
                let end = std::task::ready!(Pin::new(running).poll(cx));
                let State::There(_, result) = std::mem::replace(&mut self.state, State::Over)
                else {
                    return Poll::Pending;
                };
                Poll::Ready(self.read(end, &result))
            }
            State::Here(outcome) => {
                let outcome = std::task::ready!(Pin::new(outcome).poll(cx));
                let read = match outcome {
                    Ok((outcome, call)) => read_outcome(&self.node, &call, outcome),
                    Err(_) => Err(RpcError::Ended(ExitReason::Killed)),
                };
                self.state = State::Over;
                Poll::Ready(read)
            }
            State::Failed(error) => {
                let error = error.clone();
                self.state = State::Over;
                Poll::Ready(Err(error))
            }
            State::Unsent(_) | State::Over => Poll::Ready(Err(RpcError::Timeout)),
        }
    }

    fn read(&self, end: End, result: &Reference) -> Result<R, RpcError> {
        let (reason, from) = end?;
        match read_return(&self.node, &reason, result) {
            Some(Ok(value)) => Ok(value),
            not_read => {
                let Ok(reason) = reason.to_term() else {
                    // It is no term at all: the connection it came over is at fault.
                    if let Some(from) = from {
                        self.node.host().corrupt(&from);
                    }
                    return Err(RpcError::NoConnection);
                };
                Err(match not_read {
                    Some(Err(error)) => RpcError::BadValue(error),
                    _ => failure(reason, result),
                })
            }
        }
    }
}

/// The value, straight into its type, when it is `{Result, return, Value}`.
fn read_return<R: DecodeOwned>(
    node: &Node,
    reason: &Encoded,
    result: &Reference,
) -> Option<Result<R, DecodeError>> {
    let host = node.host();
    let mut decoder = reason.decoder().with_extension(&host);
    decoder.expect_tuple(3).ok()?;
    if decoder.read_reference().ok()? != *result {
        return None;
    }
    decoder.expect_atom("return").ok()?;
    Some(R::decode(&mut decoder))
}

/// What an exit reason means that is no value.
fn failure(reason: Term, result: &Reference) -> RpcError {
    let parts = match reason.as_tuple() {
        Some([tag, rest @ ..]) if tag.as_reference() == Some(result) => rest,
        _ => {
            return match ExitReason::from(reason) {
                ExitReason::NoConnection => RpcError::NoConnection,
                reason => RpcError::Ended(reason),
            };
        }
    };
    let class = parts.first().and_then(Term::as_atom);
    match (class, parts.get(1..).unwrap_or_default()) {
        (Some("throw"), [value]) => RpcError::Throw(value.clone()),
        (Some("exit"), [reason]) => RpcError::Exit(reason.clone()),
        (Some("error"), [reason, stack]) => RpcError::Error {
            reason: reason.clone(),
            stack: stack.clone(),
        },
        (Some("error"), [reason]) => match reason.as_tuple() {
            Some([tag, Term::Atom(word)]) if tag.as_atom() == Some("erpc") => {
                RpcError::Refused(word.clone())
            }
            _ => RpcError::Error {
                reason: reason.clone(),
                stack: Term::list([]),
            },
        },
        _ => RpcError::Ended(ExitReason::from(reason)),
    }
}

fn read_outcome<R: DecodeOwned>(
    node: &Node,
    call: &FunctionCall,
    outcome: Outcome,
) -> Result<R, RpcError> {
    match outcome {
        Ok(value) => value.decode_with(&node.host()).map_err(RpcError::BadValue),
        Err(Exception::Exit(reason)) => Err(RpcError::Exit(reason)),
        Err(Exception::Throw(value)) => Err(RpcError::Throw(value)),
        Err(Exception::Error(reason)) => Err(RpcError::Error {
            reason,
            stack: call.stack(),
        }),
    }
}

impl<R: DecodeOwned> Future for RpcCall<R> {
    type Output = Result<R, RpcError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let Poll::Ready(result) = this.poll_result(cx) {
            return Poll::Ready(result);
        }
        std::task::ready!(this.deadline.poll(&this.node.host(), cx));
        // Abandoned here and now, however long this future is kept.
        this.state = State::Over;
        Poll::Ready(Err(RpcError::Timeout))
    }
}

impl<R> Drop for RpcCall<R> {
    fn drop(&mut self) {
        self.deadline.end(&self.node.host());
    }
}

impl<R> std::fmt::Debug for RpcCall<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = match &self.state {
            State::Unsent(_) => "unsent",
            State::There(..) | State::Here(..) => "sent",
            State::Failed(_) | State::Over => "over",
        };
        f.debug_struct("RpcCall")
            .field("node", &self.there)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}
