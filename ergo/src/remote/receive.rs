//! Answers spawn requests of other nodes, remote procedure calls among them.

use std::sync::Arc;

use crate::etf::{Atom, Encode, Encoded, Reference, Term};
use crate::node::{Node, SpawnRequest, SpawnService};
use crate::process::host::{AnyProcess, AsHost};
use crate::process::{
    ExitReason, PlainContext, SpawnError, SpawnOptions, Tie, start_plain_tied,
};
use crate::remote::Exception;
use crate::remote::child::ChildOptions;
use crate::remote::exception::stack;
use crate::remote::factory::{Factories, NoFactory, Start};
use crate::remote::function::{Functions, Outcome, elements};
use crate::remote::lease::Lease;

/// Starts what is registered at a node for its peers.
#[derive(Clone)]
pub(crate) struct Spawner {
    functions: Functions,
    factories: Factories,
}

/// A factory and what it is given.
struct Ordered {
    name: Atom,
    args: Encoded,
    options: ChildOptions,
}

impl Spawner {
    /// Answers for these functions and factories.
    pub(crate) fn new(functions: Functions, factories: Factories) -> Self {
        Spawner {
            functions,
            factories,
        }
    }

    /// What a request orders of a factory: `ergo:spawn/2,3`, or a factory's name in place of a module. `None` when it is
    /// about a function; an error is the word of the refusal.
    fn ordered(&self, request: &SpawnRequest) -> Option<Result<Ordered, &'static str>> {
        let SpawnRequest {
            module,
            function,
            arity,
            args,
            ..
        } = request;
        if let ("ergo", "spawn", 2 | 3) = (module.as_str(), function.as_str(), *arity) {
            return Some(Ordered::read(args, *arity));
        }
        let is_function = self.functions.find(module, function, *arity).is_some();
        (!is_function && self.factories.has(module)).then(|| {
            Ok(Ordered {
                name: module.clone(),
                args: args.clone(),
                options: ChildOptions::default(),
            })
        })
    }

    fn start_factory(&self, node: &Node, request: SpawnRequest, ordered: Ordered) {
        let Ordered {
            name,
            args,
            options,
        } = ordered;
        let factory = match self.factories.find(&name, Some(&request.peer)) {
            Ok(factory) => factory,
            Err(none) => return node.answer_spawn(&request, Err(none.word())),
        };
        let lease = match options.ack {
            Some(alias) if *alias.node() != request.peer => {
                return node.answer_spawn(&request, Err(Atom::from_static("badopt")));
            }
            Some(alias) => match Lease::new(node, &request, alias, options.timeout) {
                Some(lease) => Some(lease),
                // The connection is being lost: nobody hears of anything.
                None => return,
            },
            None => None,
        };
        let host = node.host();
        let mut spawn = options.spawn;
        spawn.group_leader = Some(request.group_leader.clone());
        let mut started_as = None;
        let mut tied = |process: &Arc<dyn AnyProcess>| {
            if lease.is_some() {
                process.with_relations(&mut |relations| {
                    relations.set_remote_starter(request.from.clone(), request.request.clone());
                });
            }
            node.tie_spawned(&**process, &request);
            node.answer_spawn(&request, Ok(host.pid(process.id())));
            started_as = Some(process.clone());
        };
        let (started, init) = tokio::sync::oneshot::channel();
        let start = Start {
            host: &host,
            args,
            options: &spawn,
            tie: &Tie::default(),
            tied: &mut tied,
            started,
        };
        match factory.start(start) {
            Ok(()) => {
                if let (Some(lease), Some(process)) = (lease, started_as) {
                    lease.attend(request, process, init);
                }
            }
            Err(error) => node.answer_spawn(&request, Err(word_of(&error))),
        }
    }

    fn start_function(&self, node: &Node, request: SpawnRequest) {
        let host = node.host();
        let spawn_options = SpawnOptions {
            group_leader: Some(request.group_leader.clone()),
            ..SpawnOptions::default()
        };
        let functions = self.functions.clone();
        let asked = request.clone();
        let body = move |cx: PlainContext| run(functions, cx, request);
        let tie = |process: &dyn AnyProcess| {
            node.tie_spawned(process, &asked);
            node.answer_spawn(&asked, Ok(host.pid(process.id())));
        };
        if let Err(error) = start_plain_tied(&host, &spawn_options, tie, body) {
            node.answer_spawn(&asked, Err(word_of(&error)));
        }
    }
}

impl SpawnService for Spawner {
    fn spawn(&self, node: &Node, request: SpawnRequest) {
        match self.ordered(&request) {
            Some(Ok(ordered)) => self.start_factory(node, request, ordered),
            Some(Err(word)) => node.answer_spawn(&request, Err(Atom::from_static(word))),
            None => self.start_function(node, request),
        }
    }
}

impl Ordered {
    /// `[Name, Args]` or `[Name, Args, Options]`.
    fn read(args: &Encoded, arity: u32) -> Result<Ordered, &'static str> {
        let elements = elements(args, arity).map_err(|_| "badarg")?;
        let mut elements = elements.into_iter();
        let mut next = || elements.next().ok_or("badarg");
        let name = next()?.decoder().read_atom().map_err(|_| "badarg")?;
        let args = next()?;
        // A list and nothing else.
        args.decoder().read_list().map_err(|_| "badarg")?;
        let options = match next() {
            Ok(options) => {
                let options = options.to_term().map_err(|_| "badarg")?;
                ChildOptions::read(&options).ok_or("badopt")?
            }
            Err(_) => ChildOptions::default(),
        };
        Ok(Ordered {
            name,
            args,
            options,
        })
    }
}

impl NoFactory {
    pub(super) fn word(self) -> Atom {
        Atom::from_static(match self {
            NoFactory::Unknown => "unknown_name",
            NoFactory::NotAllowed => "not_allowed",
        })
    }
}

/// The word that a peer is refused with.
pub(super) fn word_of(error: &SpawnError) -> Atom {
    Atom::from_static(match error {
        SpawnError::NameTaken { .. } => "name_taken",
        SpawnError::BadName(_) | SpawnError::BadOptions(_) => "badopt",
        _ => "system_limit",
    })
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
