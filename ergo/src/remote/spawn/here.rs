//! A factory of this node used on this node, and by peers through a remote procedure call: `ergo:spawn/2,3`.

use std::sync::Arc;
use std::time::Duration;

use crate::etf::{Atom, Encoded, Pid, Term};
use crate::node::Node;
use crate::process::host::{AnyProcess, AsHost, Ending};
use crate::process::{ExitReason, Inheritance, PlainContext, SpawnError, SpawnOptions, Tie};
use crate::remote::rpc::function::{FunctionName, erase};
use crate::remote::spawn::child::ChildOptions;
use crate::remote::spawn::factory::{Factory, Start};
use crate::remote::{Asker, Exception};

/// A process of this node whose init has not ended yet. Dropped, it is ended.
pub(in crate::remote) struct Starting {
    node: Node,
    process: Option<Arc<dyn AnyProcess>>,
    /// The process that is linked to it or monitors it, and the number of the monitor.
    tied: Option<(u64, u64)>,
    init: tokio::sync::oneshot::Receiver<Result<(), SpawnError>>,
}

impl Starting {
    pub(in crate::remote) fn begin(
        node: &Node,
        factory: &Factory,
        args: Encoded,
        options: &SpawnOptions,
        tie: &Tie<'_>,
        caller: Option<Atom>,
    ) -> Result<Starting, SpawnError> {
        let (started, init) = tokio::sync::oneshot::channel();
        let mut starting = Starting {
            node: node.clone(),
            process: None,
            tied: None,
            init,
        };
        let mut tied = |process: &Arc<dyn AnyProcess>| starting.process = Some(process.clone());
        factory.start(Start {
            host: &node.host(),
            args,
            options,
            tie,
            tied: &mut tied,
            started,
            caller,
        })?;
        Ok(starting)
    }

    /// Where this process is tied to it, under this number.
    pub(in crate::remote) fn tied_to(&mut self, caller: u64, number: u64) {
        self.tied = Some((caller, number));
    }

    /// The process once its init has ended.
    pub(in crate::remote) async fn ended(mut self) -> Result<Pid, SpawnError> {
        let init = (&mut self.init).await;
        let process = self.process.take().ok_or(SpawnError::Stopping)?;
        match init {
            Ok(Ok(())) => Ok(self.node.host().pid(process.id())),
            Ok(Err(error)) => Err(error),
            // Its init panicked, or it was killed in it.
            Err(_) => Err(SpawnError::Init(Ending::of(process).await)),
        }
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        let Some(process) = self.process.take() else {
            return;
        };
        // Nobody has heard of it: its end is nobody's.
        if let Some((id, number)) = self.tied
            && let Some(caller) = self.node.host().process(id)
        {
            caller.with_relations(&mut |relations| {
                relations.unlink(process.id());
                relations.demonitor(number);
            });
            process.with_relations(&mut |relations| {
                relations.unlink(id);
                relations.unwatch(number);
            });
        }
        process.exit_signal(&self.node.pid_of_node(), ExitReason::Kill, false);
    }
}

/// Registers `ergo:spawn/2` and `ergo:spawn/3` for remote procedure calls: `{ok, Pid}`, `ignore` or `{error, Reason}`, as
/// `gen_server:start` gives them. Who may start what is said by the factories.
pub(crate) fn register(node: &Node) {
    let name = |arity| FunctionName {
        module: Atom::from_static("ergo"),
        function: Atom::from_static("spawn"),
        arity,
    };
    let two = async |cx, (name, args): (Atom, Term)| spawn(cx, name, args, None).await;
    let three = async |cx, (name, args, options): (Atom, Term, Term)| {
        spawn(cx, name, args, Some(options)).await
    };
    node.functions().open(name(2), erase(two), None);
    node.functions().open(name(3), erase(three), None);
}

async fn spawn(
    cx: PlainContext,
    name: Atom,
    args: Term,
    options: Option<Term>,
) -> Result<Term, Exception> {
    Ok(match start(cx, &name, &args, options.as_ref()).await {
        Ok(pid) => Term::tuple([Term::atom("ok"), Term::from(pid)]),
        Err(Some(why)) => Term::tuple([Term::atom("error"), why]),
        Err(None) => Term::atom("ignore"),
    })
}

/// `None` is `ignore`.
async fn start(
    cx: PlainContext,
    name: &Atom,
    args: &Term,
    options: Option<&Term>,
) -> Result<Pid, Option<Term>> {
    let node = cx.node();
    let word = |word| Some(Term::atom(word));
    if args.as_list().is_none() {
        return Err(word("badarg"));
    }
    if !node.spawns_for_peers() && cx.caller() != Some(node.name()) {
        return Err(word("disabled"));
    }
    let caller = cx.caller().filter(|caller| *caller != node.name()).cloned();
    let asker = match cx.caller() {
        Some(caller) if caller == node.name() => Asker::This,
        caller => Asker::of(caller),
    };
    let factory = node.factories().find(&node, name, &asker);
    let factory = factory.map_err(|none| Some(Term::Atom(none.word())))?;
    let read = options.map_or_else(
        || Some(ChildOptions::default()),
        |options| ChildOptions::read(&Encoded::new(options).ok()?),
    );
    let read = read.filter(|options| options.ack.is_none());
    let options = read.ok_or_else(|| word("badopt"))?;
    let inheritance = Inheritance {
        group_leader: node.leader_of(&cx.pid()),
        ..Inheritance::from_parent(cx.spawner().unwrap_or_else(|| cx.pid()))
    };
    let timeout = options.timeout.unwrap_or(Duration::MAX);
    let options = options.inheriting(inheritance);
    let args = Encoded::new(args).map_err(|_| word("badarg"))?;
    let starting = Starting::begin(&node, &factory, args, &options, &Tie::default(), caller);
    let started = match starting {
        // Given up, it is ended.
        Ok(starting) => match tokio::time::timeout(timeout, starting.ended()).await {
            Ok(started) => started,
            Err(_) => return Err(word("timeout")),
        },
        Err(error) => Err(error),
    };
    started.map_err(|error| reason_of(&error))
}

fn reason_of(error: &SpawnError) -> Option<Term> {
    Some(match error {
        SpawnError::Ignored => return None,
        SpawnError::Init(reason) => reason.to_term(),
        SpawnError::NameTaken { holder, .. } => {
            Term::tuple([Term::atom("already_started"), Term::from(holder.clone())])
        }
        SpawnError::BadName(_) | SpawnError::BadOptions(_) => Term::atom("badopt"),
        SpawnError::Stopping => Term::atom("system_limit"),
    })
}
