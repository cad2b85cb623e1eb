//! Answers spawn requests of other nodes, remote procedure calls among them.

use std::sync::Arc;

use crate::etf::{Atom, Encode, Encoded, Reference, Term};
use crate::node::{Node, SpawnRequest, SpawnService};
use crate::process::host::AsHost;
use crate::process::{ExitReason, PlainContext, SpawnOptions, start_plain_tied};
use crate::remote::Exception;
use crate::remote::exception::stack;
use crate::remote::function::{Functions, Outcome, elements};

/// Starts the registered functions of a node for its peers.
#[derive(Debug, Clone)]
pub(crate) struct Spawner {
    functions: Functions,
}

impl Spawner {
    /// Answers for this set of functions.
    pub(crate) fn new(functions: Functions) -> Self {
        Spawner { functions }
    }

    fn start(&self, node: &Node, request: SpawnRequest) {
        let host = node.host();
        let spawn_options = SpawnOptions {
            group_leader: Some(request.group_leader.clone()),
            ..SpawnOptions::default()
        };
        let functions = self.functions.clone();
        let (reference, from) = (request.request.clone(), request.from.clone());
        let (link, monitor) = (request.link, request.monitor);
        let body = move |cx: PlainContext| run(functions, cx, request);
        let tie = |process: &dyn crate::process::host::AnyProcess| {
            node.tie_spawned(process, &from, &reference, link, monitor);
            let pid = host.pid(process.id());
            node.answer_spawn(&reference, &from, link, monitor, Ok(pid));
        };
        if start_plain_tied(&host, &spawn_options, tie, body).is_err() {
            let limit = Atom::from_static("system_limit");
            node.answer_spawn(&reference, &from, false, false, Err(limit));
        }
    }
}

impl SpawnService for Spawner {
    fn spawn(&self, node: &Node, request: SpawnRequest) {
        self.start(node, request);
    }
}

/// The body of a process that a peer has asked for.
async fn run(functions: Functions, cx: PlainContext, request: SpawnRequest) -> ExitReason {
    let name = (
        request.module.as_str(),
        request.function.as_str(),
        request.arity,
    );
    match name {
        ("erpc", "execute_call", 4) => match Call::parse(&request.args, true) {
            Some(call) => call.execute(&functions, cx).await,
            None => function_clause(&request),
        },
        ("erpc", "execute_cast", 3) => match Call::parse(&request.args, false) {
            Some(call) => {
                let (module, function, args) = (
                    call.module.clone(),
                    call.function.clone(),
                    call.args.clone(),
                );
                let outcome = functions.apply(cx, &module, &function, args.clone()).await;
                ended(outcome, &module, &function, &args)
            }
            None => function_clause(&request),
        },
        _ => {
            let outcome = functions
                .apply(cx, &request.module, &request.function, request.args.clone())
                .await;
            ended(outcome, &request.module, &request.function, &request.args)
        }
    }
}

impl Functions {
    /// The body of a process that runs this function, with its exit reason.
    pub(crate) async fn run(
        &self,
        cx: PlainContext,
        module: &Atom,
        function: &Atom,
        args: &Term,
    ) -> ExitReason {
        match crate::process::encode(&mut |encoder| args.encode(encoder)) {
            Ok(args) => {
                let outcome = self.apply(cx, module, function, args.clone()).await;
                ended(outcome, module, function, &args)
            }
            Err(_) => Exception::Error(Term::atom("badarg")).into_exit(stack(
                module,
                function,
                args.clone(),
            )),
        }
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

fn function_clause(request: &SpawnRequest) -> ExitReason {
    let error = Exception::Error(Term::atom("function_clause"));
    error.into_exit(stack(
        &request.module,
        &request.function,
        term_of(&request.args),
    ))
}

fn term_of(encoded: &Encoded) -> Term {
    encoded.to_term().unwrap_or_else(|_| Term::list([]))
}

/// `[ResRef, Module, Function, Args]`, or without the reference.
struct Call {
    result: Option<Reference>,
    module: Atom,
    function: Atom,
    args: Encoded,
}

impl Call {
    fn parse(args: &Encoded, has_reference: bool) -> Option<Call> {
        let mut elements = elements(args, if has_reference { 4 } else { 3 })
            .ok()?
            .into_iter();
        let result = if has_reference {
            Some(elements.next()?.decoder().read_reference().ok()?)
        } else {
            None
        };
        let module = elements.next()?.decoder().read_atom().ok()?;
        let function = elements.next()?.decoder().read_atom().ok()?;
        Some(Call {
            result,
            module,
            function,
            args: elements.next()?,
        })
    }

    /// The result is the exit reason of this process: `{ResRef, return, Value}` and so on.
    async fn execute(self, functions: &Functions, cx: PlainContext) -> ExitReason {
        let outcome = functions
            .apply(cx, &self.module, &self.function, self.args.clone())
            .await;
        let mut result: Vec<Term> = self.result.clone().map(Term::from).into_iter().collect();
        match outcome {
            Ok(value) => result.extend([Term::atom("return"), term_of(&value)]),
            Err(Exception::Throw(value)) => result.extend([Term::atom("throw"), value]),
            Err(Exception::Exit(reason)) => result.extend([Term::atom("exit"), reason]),
            Err(Exception::Error(reason)) => {
                let stack = stack(&self.module, &self.function, term_of(&self.args));
                result.extend([Term::atom("error"), reason, stack]);
            }
        }
        ExitReason::Term(Arc::new(Term::tuple(result)))
    }
}
