//! Remote procedure calls of peers, as `erpc` makes them: a process that calls a function and ends with its result.
//!
//! The shapes are those of `erpc:execute_call/4` and `erpc:execute_cast/3` of OTP 25 to 29.

use std::sync::Arc;

use crate::etf::{Atom, Encoded, Reference, Term};
use crate::process::{ExitReason, PlainContext};
use crate::remote::Exception;
use crate::remote::rpc::applied::FunctionCall;
use crate::remote::rpc::function::{Asker, Functions, elements};

/// `erpc:execute_call/4`: its exit reason is the result, `{ResRef, return, Value}` and so on.
pub(in crate::remote) async fn execute_call(
    functions: &Functions,
    cx: PlainContext,
    asker: &Asker,
    args: Encoded,
) -> ExitReason {
    let Some((result, call)) = parse_with_reference(&args) else {
        return function_clause("execute_call", args);
    };
    let (outcome, call) = functions.apply(cx, asker, call).await;
    let mut parts = vec![Term::from(result)];
    match outcome {
        Ok(value) => parts.extend([Term::atom("return"), term_of(&value)]),
        Err(Exception::Throw(value)) => parts.extend([Term::atom("throw"), value]),
        Err(Exception::Exit(reason)) => parts.extend([Term::atom("exit"), reason]),
        Err(Exception::Error(reason)) => {
            parts.extend([Term::atom("error"), reason, call.stack()]);
        }
    }
    ExitReason::Term(Arc::new(Term::tuple(parts)))
}

/// `erpc:execute_cast/3`: nobody hears of the result.
pub(in crate::remote) async fn execute_cast(
    functions: &Functions,
    cx: PlainContext,
    asker: &Asker,
    args: Encoded,
) -> ExitReason {
    match parse(&args) {
        Some(call) => functions.run(cx, asker, call).await,
        None => function_clause("execute_cast", args),
    }
}

impl Functions {
    /// The body of a process that runs this function, with its exit reason.
    pub(crate) async fn run(
        &self,
        cx: PlainContext,
        asker: &Asker,
        call: FunctionCall,
    ) -> ExitReason {
        let (outcome, call) = self.apply(cx, asker, call).await;
        let Err(exception) = outcome else {
            return ExitReason::Normal;
        };
        if let Exception::Error(reason) = &exception {
            let FunctionCall {
                module, function, ..
            } = &call;
            tracing::error!(%module, %function, %reason, "a process that a peer has spawned ended with an error");
        }
        exception.into_exit(call.stack())
    }
}

fn function_clause(function: &'static str, args: Encoded) -> ExitReason {
    let error = Exception::Error(Term::atom("function_clause"));
    let call = FunctionCall {
        module: Atom::from_static("erpc"),
        function: Atom::from_static(function),
        args,
    };
    error.into_exit(call.stack())
}

fn term_of(encoded: &Encoded) -> Term {
    encoded.to_term().unwrap_or_else(|_| Term::list([]))
}

/// `[ResRef, Module, Function, Args]`.
fn parse_with_reference(args: &Encoded) -> Option<(Reference, FunctionCall)> {
    let mut parts = elements(args, 4).ok()?.into_iter();
    let result = parts.next()?.decoder().read_reference().ok()?;
    Some((result, read(parts)?))
}

/// `[Module, Function, Args]`.
fn parse(args: &Encoded) -> Option<FunctionCall> {
    read(elements(args, 3).ok()?.into_iter())
}

fn read(mut parts: impl Iterator<Item = Encoded>) -> Option<FunctionCall> {
    Some(FunctionCall {
        module: parts.next()?.decoder().read_atom().ok()?,
        function: parts.next()?.decoder().read_atom().ok()?,
        args: parts.next()?,
    })
}
