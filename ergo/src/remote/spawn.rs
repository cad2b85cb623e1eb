//! Answers spawn requests of other nodes, remote procedure calls among them.

use crate::etf::Atom;
use crate::node::{Node, SpawnRequest, SpawnService};
use crate::process::host::AsHost;
use crate::process::{ExitReason, PlainContext, SpawnOptions, start_plain_tied};
use crate::remote::erpc;
use crate::remote::function::{Asker, Functions};

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
    let asker = Asker::Peer(request.peer);
    let (module, function, args) = (&request.module, &request.function, request.args);
    match (module.as_str(), function.as_str(), request.arity) {
        ("erpc", "execute_call", 4) => erpc::execute_call(&functions, cx, &asker, args).await,
        ("erpc", "execute_cast", 3) => erpc::execute_cast(&functions, cx, &asker, args).await,
        _ => functions.run(cx, &asker, module, function, args).await,
    }
}
