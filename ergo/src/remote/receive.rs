//! Answers spawn requests of other nodes, remote procedure calls among them.

use std::sync::Arc;

use crate::etf::{Atom, Encoded};
use crate::node::{Node, SpawnRequest, SpawnService};
use crate::process::host::{AnyProcess, AsHost};
use crate::process::{
    ExitReason, Inheritance, PlainContext, SpawnError, SpawnOptions, Tie, start_plain_tied,
};
use crate::remote::rpc::applied::FunctionCall;
use crate::remote::rpc::erpc;
use crate::remote::rpc::function::{Asker, FunctionName, Functions, Permit, elements, is_list};
use crate::remote::spawn::child::ChildOptions;
use crate::remote::spawn::factory::{Factories, NoFactory, Start};
use crate::remote::spawn::lease::{Lease, watch_init};

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
        let is_function = || self.functions.has(&name_of(request));
        (self.factories.has(module) && !is_function()).then(|| {
            let ordered = Ordered {
                name: module.clone(),
                args: args.clone(),
                options: ChildOptions::default(),
            };
            is_list(args).then_some(ordered).ok_or("badarg")
        })
    }

    fn start_factory(&self, node: &Node, request: SpawnRequest, ordered: Ordered) {
        let Ordered {
            name,
            args,
            options,
        } = ordered;
        let factory = match self
            .factories
            .find(node, &name, &Asker::Peer(request.peer.clone()))
        {
            Ok(factory) => factory,
            Err(none) => return node.answer_spawn(&request, Err(none.word())),
        };
        let lease = match options.ack.clone() {
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
        let timeout = options.timeout;
        let spawn = options.inheriting(inheritance(&request));
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
            caller: Some(request.peer.clone()),
        };
        match factory.start(start) {
            Ok(()) => match (lease, started_as) {
                (Some(lease), Some(process)) => lease.attend(request, process, init),
                (None, Some(process)) => watch_init(node, name, process, init, timeout),
                (_, None) => {}
            },
            Err(error) => node.answer_spawn(&request, Err(word_of(&error))),
        }
    }

    /// Whether a peer may spawn a function.
    fn permit(&self, node: &Node, request: &SpawnRequest) -> Permit {
        let name = name_of(request);
        let asker = Asker::Peer(request.peer.clone());
        match self.functions.permit(&asker, &name) {
            Permit::Granted(_) if !name.is_admitted(node, &asker) => Permit::NotAllowed,
            permit => permit,
        }
    }

    /// One that does not exist starts, and ends with `undef`, as in OTP.
    fn start_function(&self, node: &Node, request: SpawnRequest) {
        if matches!(self.permit(node, &request), Permit::NotAllowed) {
            return node.answer_spawn(&request, Err(NoFactory::NotAllowed.word()));
        }
        let host = node.host();
        let spawn_options = SpawnOptions::default().inheriting(inheritance(&request));
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
        if !is_list(&args) {
            return Err("badarg");
        }
        let options = match next() {
            Ok(options) => ChildOptions::read(&options).ok_or("badopt")?,
            Err(_) => ChildOptions::default(),
        };
        Ok(Ordered {
            name,
            args,
            options,
        })
    }
}

fn name_of(request: &SpawnRequest) -> FunctionName {
    FunctionName {
        module: request.module.clone(),
        function: request.function.clone(),
        arity: request.arity,
    }
}

/// What every process has that a peer has asked for.
fn inheritance(request: &SpawnRequest) -> Inheritance {
    Inheritance {
        linked: request.link,
        group_leader: Some(request.group_leader.clone()),
        ..Inheritance::from_parent(request.from.clone())
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
    let asker = Asker::Peer(request.peer);
    let (module, function, args) = (&request.module, &request.function, request.args);
    match (module.as_str(), function.as_str(), request.arity) {
        ("erpc", "execute_call", 4) => erpc::execute_call(&functions, cx, &asker, args).await,
        ("erpc", "execute_cast", 3) => erpc::execute_cast(&functions, cx, &asker, args).await,
        _ => {
            let call = FunctionCall {
                module: module.clone(),
                function: function.clone(),
                args,
            };
            functions.run(cx, &asker, call).await
        }
    }
}
