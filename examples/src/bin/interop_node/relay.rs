//! `relay`: does what a process can do to others, when it is told to.

use std::collections::HashMap;

use ergo::prelude::*;
use ergo::{NodeEvent, RemoteSpawnError, RpcError};

/// What the relay remembers.
#[derive(Default)]
struct Relay {
    /// Who is told of the exit of a linked process.
    links: HashMap<Pid, Destination>,
    /// What was monitored, and who is told of its end.
    monitors: Vec<(Reference, Term, Destination)>,
    /// Who is told of an exit of a process that linked to the relay.
    last: Option<Destination>,
}

/// The body of the process.
pub async fn run(mut cx: PlainContext) -> ExitReason {
    let mut relay = Relay::default();
    loop {
        match cx.receive().await {
            Some(Message::Term(term)) => {
                let understood = relay.act(&cx, &term);
                if understood.is_none() {
                    tracing::warn!(%term, "relay got something it does not understand");
                }
            }
            Some(Message::Exit(exit)) if exit.from == cx.parent() => return exit.reason,
            Some(Message::Exit(exit)) => relay.exited(&cx, exit),
            Some(Message::Down(down)) => relay.down(&cx, down),
            _ => {}
        }
    }
}

fn destination(term: &Term) -> Option<Destination> {
    match term {
        Term::Pid(pid) => Some(Pid::clone(pid).into()),
        Term::Reference(alias) => Some(Reference::clone(alias).into()),
        Term::Atom(name) => Some(name.clone().into()),
        Term::Tuple(pair) => match &pair[..] {
            [Term::Atom(name), Term::Atom(node)] => Some((name.clone(), node.clone()).into()),
            _ => None,
        },
        _ => None,
    }
}

fn tell(cx: &PlainContext, to: &Destination, what: impl IntoIterator<Item = Term>) {
    let message = Term::tuple(std::iter::once(Term::atom("relay")).chain(what));
    if let Err(error) = cx.send(to, message) {
        tracing::debug!(%to, %error, "relay could not tell");
    }
}

impl Relay {
    /// `None` when the message is none of those it knows.
    fn act(&mut self, cx: &PlainContext, message: &Term) -> Option<()> {
        let parts = message.as_tuple()?;
        match (parts.first()?.as_atom()?, &parts[1..]) {
            ("send", [to, term]) => drop(cx.send(destination(to)?, term.clone())),
            ("link", [Term::Pid(pid), to]) => self.link(cx, pid, destination(to)?),
            ("unlink", [Term::Pid(pid)]) => {
                cx.unlink(Pid::clone(pid));
                self.links.remove(pid);
            }
            ("monitor", [target, to]) => {
                let reference = cx.monitor(destination(target)?);
                self.monitors
                    .push((reference, target.clone(), destination(to)?));
            }
            ("demonitor", [target]) => self.demonitor(cx, target),
            ("exit", [Term::Pid(pid), reason]) => {
                cx.exit(Pid::clone(pid), ExitReason::from(reason.clone()))
            }
            ("call", [to, request, teller]) => {
                call(cx, destination(to)?, request.clone(), destination(teller)?)
            }
            ("rpc", [node, module, function, args, to]) => {
                remote(
                    cx,
                    Kind::Rpc,
                    [node, module, function],
                    args,
                    destination(to)?,
                )?;
            }
            ("spawn", [node, module, function, args, to]) => {
                remote(
                    cx,
                    Kind::Spawn,
                    [node, module, function],
                    args,
                    destination(to)?,
                )?;
            }
            ("nodes", [to]) => nodes(cx, &destination(to)?),
            ("monitor_nodes", [to]) => monitor_nodes(cx, destination(to)?),
            _ => return None,
        }
        Some(())
    }

    fn link(&mut self, cx: &PlainContext, pid: &Pid, to: Destination) {
        cx.trap_exit(true);
        self.last = Some(to.clone());
        self.links.insert(pid.clone(), to);
        cx.link(pid.clone());
    }

    fn demonitor(&mut self, cx: &PlainContext, target: &Term) {
        let (gone, kept) = std::mem::take(&mut self.monitors)
            .into_iter()
            .partition(|held| held.1 == *target);
        self.monitors = kept;
        let gone: Vec<(Reference, Term, Destination)> = gone;
        for (reference, ..) in gone {
            cx.demonitor(&reference);
        }
    }

    fn exited(&mut self, cx: &PlainContext, exit: Exit) {
        let told = self.links.remove(&exit.from).or_else(|| self.last.clone());
        if let Some(to) = told {
            tell(
                cx,
                &to,
                [
                    Term::atom("exit"),
                    Term::from(exit.from),
                    exit.reason.to_term(),
                ],
            );
        }
    }

    fn down(&mut self, cx: &PlainContext, down: Down) {
        let Some(index) = self
            .monitors
            .iter()
            .position(|held| held.0 == down.reference)
        else {
            return;
        };
        let (_, target, to) = self.monitors.swap_remove(index);
        tell(cx, &to, [Term::atom("down"), target, down.reason.to_term()]);
    }
}

/// In a process of its own, so that the relay goes on meanwhile.
fn call(cx: &PlainContext, to: Destination, request: Term, teller: Destination) {
    let spawned = cx.node().spawn_fn(async move |cx| {
        let answer: Result<Term, CallError> = cx.call(to, request, secs(5)).await;
        match answer {
            Ok(reply) => tell(&cx, &teller, [Term::atom("reply"), reply]),
            Err(why) => tell(&cx, &teller, [Term::atom("error"), call_error(&why)]),
        }
    });
    if let Err(error) = spawned {
        tracing::warn!(%error, "relay could not call");
    }
}

/// The error in OTP's words where it has some.
fn call_error(why: &CallError) -> Term {
    match why {
        CallError::Timeout => Term::atom("timeout"),
        CallError::NoProcess => Term::atom("noproc"),
        CallError::NoConnection => Term::atom("noconnection"),
        CallError::Exit(reason) => reason.to_term(),
        other => Term::from(other.to_string()),
    }
}

fn rpc_error(why: &RpcError) -> Term {
    match why {
        RpcError::Timeout => Term::atom("timeout"),
        RpcError::NoConnection => Term::atom("noconnection"),
        RpcError::Refused(word) => Term::Atom(word.clone()),
        other => Term::from(other.to_string()),
    }
}

enum Kind {
    Rpc,
    Spawn,
}

fn remote(
    cx: &PlainContext,
    kind: Kind,
    function: [&Term; 3],
    args: &Term,
    to: Destination,
) -> Option<()> {
    let [node, module, function] = function.map(|term| term.as_atom().map(str::to_owned));
    let (node, module, function, args) = (node?, module?, function?, args.clone());
    let spawned = cx.node().spawn_fn(async move |cx| {
        let here = cx.node();
        let outcome = match kind {
            Kind::Rpc => {
                let value: Result<Term, _> = here.rpc(&node).call(&module, &function, args).await;
                let value = value.map_err(|why| rpc_error(&why));
                value.map(|value| [Term::atom("rpc"), value])
            }
            Kind::Spawn => {
                let pid = spawn(&here, &node, &module, &function, args).await;
                pid.map(|pid| [Term::atom("spawned"), Term::from(pid)])
            }
        };
        let told = outcome.unwrap_or_else(|why| [Term::atom("error"), why]);
        tell(&cx, &to, told);
    });
    spawned.ok().map(drop)
}

async fn spawn(
    here: &Node,
    node: &str,
    module: &str,
    function: &str,
    args: Term,
) -> Result<Pid, Term> {
    let noconnection = |_| Term::atom("noconnection");
    let far = here.remote(node).await.map_err(noconnection)?;
    let pid = far.spawn_function(module, function, args).await;
    pid.map_err(|why| match why {
        RemoteSpawnError::Timeout { .. } => Term::atom("timeout"),
        RemoteSpawnError::NoConnection { .. } => Term::atom("noconnection"),
        RemoteSpawnError::Disabled { .. } => Term::atom("disabled"),
        RemoteSpawnError::NotAllowed { .. } => Term::atom("not_allowed"),
        RemoteSpawnError::Refused { word, .. } => Term::Atom(word),
        other => Term::from(other.to_string()),
    })
}

fn nodes(cx: &PlainContext, to: &Destination) {
    let list = |which| Term::list(cx.node().nodes_of(which).into_iter().map(Term::Atom));
    tell(
        cx,
        to,
        [
            Term::atom("nodes"),
            list(Visibility::Visible),
            list(Visibility::Hidden),
        ],
    );
}

fn monitor_nodes(cx: &PlainContext, to: Destination) {
    let (node, mut events) = (cx.node(), cx.node().monitor_nodes());
    cx.task(async move {
        while let Some(event) = events.next().await {
            let parts = match event {
                NodeEvent::Up { node, .. } => vec![Term::atom("nodeup"), Term::Atom(node)],
                NodeEvent::Down { node, reason, .. } => {
                    let reason = Atom::new(&reason).map_or_else(|_| Term::from(reason), Term::Atom);
                    vec![Term::atom("nodedown"), Term::Atom(node), reason]
                }
                _ => continue,
            };
            let message = Term::tuple(std::iter::once(Term::atom("relay")).chain(parts));
            if node.send(&to, message).await.is_err() {
                return;
            }
        }
    });
}
