//! Remote procedure calls of peers, as `erpc` makes them: a process that calls a function and ends with its result.
//!
//! The shapes are those of `erpc:execute_call/4` and `erpc:execute_cast/3` of OTP 25 to 29.

use std::sync::Arc;

use crate::etf::{Atom, Encoded, Reference, Term};
use crate::process::{ExitReason, PlainContext};
use crate::remote::Exception;
use crate::remote::exception::stack;
use crate::remote::function::{Asker, Functions, Outcome, elements};

/// `erpc:execute_call/4`: its exit reason is the result, `{ResRef, return, Value}` and so on.
pub(super) async fn execute_call(
    functions: &Functions,
    cx: PlainContext,
    asker: &Asker,
    args: Encoded,
) -> ExitReason {
    let Some((result, call)) = Call::parse_with_reference(&args) else {
        return function_clause("execute_call", &args);
    };
    let outcome = call.apply(functions, cx, asker).await;
    let mut parts = vec![Term::from(result)];
    match outcome {
        Ok(value) => parts.extend([Term::atom("return"), term_of(&value)]),
        Err(Exception::Throw(value)) => parts.extend([Term::atom("throw"), value]),
        Err(Exception::Exit(reason)) => parts.extend([Term::atom("exit"), reason]),
        Err(Exception::Error(reason)) => {
            let stack = stack(&call.module, &call.function, term_of(&call.args));
            parts.extend([Term::atom("error"), reason, stack]);
        }
    }
    ExitReason::Term(Arc::new(Term::tuple(parts)))
}

/// `erpc:execute_cast/3`: nobody hears of the result.
pub(super) async fn execute_cast(
    functions: &Functions,
    cx: PlainContext,
    asker: &Asker,
    args: Encoded,
) -> ExitReason {
    match Call::parse(&args) {
        Some(call) => {
            let outcome = call.apply(functions, cx, asker).await;
            ended(outcome, &call.module, &call.function, &call.args)
        }
        None => function_clause("execute_cast", &args),
    }
}

impl Functions {
    /// The body of a process that runs this function, with its exit reason.
    pub(crate) async fn run(
        &self,
        cx: PlainContext,
        asker: &Asker,
        module: &Atom,
        function: &Atom,
        args: Encoded,
    ) -> ExitReason {
        let outcome = self.apply(cx, asker, module, function, args.clone()).await;
        ended(outcome, module, function, &args)
    }
}

/// The exit reason of a process that ran a function.
fn ended(outcome: Outcome, module: &Atom, function: &Atom, args: &Encoded) -> ExitReason {
    match outcome {
        Ok(_) => ExitReason::Normal,
        Err(exception) => {
            if let Exception::Error(reason) = &exception {
                tracing::error!(%module, %function, %reason, "a process that a peer has spawned ended with an error");
            }
            exception.into_exit(stack(module, function, term_of(args)))
        }
    }
}

fn function_clause(function: &'static str, args: &Encoded) -> ExitReason {
    let error = Exception::Error(Term::atom("function_clause"));
    let (module, function) = (Atom::from_static("erpc"), Atom::from_static(function));
    error.into_exit(stack(&module, &function, term_of(args)))
}

fn term_of(encoded: &Encoded) -> Term {
    encoded.to_term().unwrap_or_else(|_| Term::list([]))
}

/// `Module, Function, Args`.
struct Call {
    module: Atom,
    function: Atom,
    args: Encoded,
}

impl Call {
    /// `[ResRef, Module, Function, Args]`.
    fn parse_with_reference(args: &Encoded) -> Option<(Reference, Call)> {
        let mut parts = elements(args, 4).ok()?.into_iter();
        let result = parts.next()?.decoder().read_reference().ok()?;
        Some((result, Call::read(parts)?))
    }

    fn parse(args: &Encoded) -> Option<Call> {
        Call::read(elements(args, 3).ok()?.into_iter())
    }

    fn read(mut parts: impl Iterator<Item = Encoded>) -> Option<Call> {
        Some(Call {
            module: parts.next()?.decoder().read_atom().ok()?,
            function: parts.next()?.decoder().read_atom().ok()?,
            args: parts.next()?,
        })
    }

    async fn apply(&self, functions: &Functions, cx: PlainContext, asker: &Asker) -> Outcome {
        let args = self.args.clone();
        functions
            .apply(cx, asker, &self.module, &self.function, args)
            .await
    }
}
