//! `net_kernel`: what tells peers that this node is there, and starts processes for nodes that ask the old way.
//!
//! The requests are those of OTP 25 to 29 (<https://www.erlang.org/doc/apps/kernel/net_kernel.html>). What changes this node
//! is refused: in OTP any node that is connected may ask for it, and none does. The pid in a request proves nothing, since
//! whoever sends it writes it; programs of this node use the methods of [`Node`](crate::Node).

use std::time::Duration;

use crate::behaviour::ChildSpec;
use crate::etf::{Atom, Encode, Map, Pid, Term};
use crate::process::{ExitReason, Message, PlainContext, SpawnOptions, encode};
use crate::remote::{Asker, FunctionCall, Functions};

/// The process. What it is asked to spawn is one of these functions.
pub(super) fn spec(functions: Functions) -> ChildSpec {
    ChildSpec::from_fn("net_kernel", move |cx| run(cx, functions.clone())).name("net_kernel")
}

async fn run(mut cx: PlainContext, functions: Functions) -> ExitReason {
    loop {
        if let Some(Message::Term(term)) = cx.receive().await {
            let asker = Asker::of(cx.origin());
            handle(&cx, &functions, asker, &term);
        }
    }
}

fn handle(cx: &PlainContext, functions: &Functions, asker: Asker, message: &Term) {
    match message.as_tuple() {
        Some([tag, from, request]) if tag.as_atom() == Some("$gen_call") => {
            call(cx, functions, asker, from, request);
        }
        Some([_, tag, Term::Atom(name), message]) if tag.as_atom() == Some("registered_send") => {
            // As in OTP, nobody hears when there is no such name.
            cx.pass_on(name, message);
        }
        Some([tag, _]) if tag.as_atom() == Some("$gen_cast") => {}
        _ => tracing::error!(%message, "net_kernel got something it does not understand"),
    }
}

fn call(cx: &PlainContext, functions: &Functions, asker: Asker, from: &Term, request: &Term) {
    if let Some(answer) = told(cx, request) {
        cx.reply(from, answer);
    } else if let Some(spawn) = Spawn::parse(request) {
        spawn.start(cx, functions, asker, from);
    } else if changes_the_node(request) {
        let not_allowed = [Term::atom("error"), Term::atom("not_allowed")];
        cx.reply(from, Term::tuple(not_allowed));
    } else {
        let unknown = Term::tuple([Term::atom("unknown_request"), request.clone()]);
        cx.reply(from, Term::tuple([Term::atom("error"), unknown]));
    }
}

/// `allow`, `connect`, `passive_cnct`, `disconnect` and `new_ticktime`.
fn changes_the_node(request: &Term) -> bool {
    let Some([tag, rest @ ..]) = request.as_tuple() else {
        return false;
    };
    matches!(
        (tag.as_atom(), rest.len()),
        (Some("allow" | "passive_cnct" | "disconnect"), 1) | (Some("connect" | "new_ticktime"), 2)
    )
}

/// What everybody is told.
fn told(cx: &PlainContext, request: &Term) -> Option<Term> {
    let node = cx.node();
    let name = || Term::Atom(node.name().clone());
    if let Some([tag, _]) = request.as_tuple() {
        return (tag.as_atom()? == "is_auth").then(|| Term::atom("yes"));
    }
    Some(match request.as_atom()? {
        "nodename" => name(),
        "longnames" => Term::from(is_long(node.name())),
        "allowed" => {
            let allowed = node.allowed().into_iter().map(Term::Atom);
            Term::tuple([Term::atom("ok"), Term::list(allowed)])
        }
        "ticktime" => {
            let time = milliseconds(node.tick_time()?);
            if node.is_tick_time_changing() {
                Term::tuple([Term::atom("ongoing_change_to"), time])
            } else {
                time
            }
        }
        "get_state" => {
            let domain = if is_long(node.name()) {
                "longnames"
            } else {
                "shortnames"
            };
            let name_type = if node.has_dynamic_name() {
                "dynamic"
            } else {
                "static"
            };
            let state = [
                ("name", name()),
                ("name_domain", Term::atom(domain)),
                ("name_type", Term::atom(name_type)),
                ("started", Term::atom("static")),
            ];
            let state = state.map(|(key, value)| (Term::atom(key), value));
            Term::Map(Map::from(state))
        }
        _ => return None,
    })
}

fn is_long(name: &Atom) -> bool {
    let host = name.as_str().split_once('@');
    host.is_some_and(|(_, host)| host.contains(['.', ':']))
}

fn milliseconds(time: Duration) -> Term {
    Term::from(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// `spawn`, `spawn_link` and `spawn_opt` of nodes that have no requests for it in the protocol.
struct Spawn<'a> {
    module: &'a Atom,
    function: &'a Atom,
    args: &'a Term,
    group_leader: Option<&'a Pid>,
    links: bool,
}

impl<'a> Spawn<'a> {
    fn parse(request: &'a Term) -> Option<Spawn<'a>> {
        let parts = request.as_tuple()?;
        let (tag, rest) = parts.split_first()?;
        let (parts, links, group_leader) = match (tag.as_atom()?, rest) {
            ("spawn", [module, function, args, leader]) => {
                ([module, function, args], false, leader)
            }
            ("spawn_link", [module, function, args, leader]) => {
                ([module, function, args], true, leader)
            }
            // The options are about memory and priority, which processes have in another way here.
            ("spawn_opt", [module, function, args, _, link, leader]) => {
                let links = link.as_atom() == Some("link");
                ([module, function, args], links, leader)
            }
            _ => return None,
        };
        let [Term::Atom(module), Term::Atom(function), args] = parts else {
            return None;
        };
        args.as_list()?;
        let group_leader = match group_leader {
            Term::Pid(pid) => Some(&**pid),
            _ => None,
        };
        Some(Spawn {
            module,
            function,
            args,
            group_leader,
            links,
        })
    }

    /// The link comes before the pid, and both before the function, so that the caller hears of its end.
    fn start(self, cx: &PlainContext, functions: &Functions, asker: Asker, from: &Term) {
        if !cx.node().may_spawn_for(cx.origin()) {
            return refuse(cx, from, "system_limit");
        }
        if !cx.node().spawns_for_peers() {
            return refuse(cx, from, "disabled");
        }
        // Nobody else speaks for a process of a third node.
        let is_of = |pid: &Pid| match &asker {
            Asker::Peer(peer) => pid.node() == peer,
            Asker::This | Asker::Unproven => pid.node() == cx.node().name(),
        };
        let caller = from.as_tuple().and_then(|from| from.first()?.as_pid());
        if self.links && !caller.is_some_and(is_of) {
            return refuse(cx, from, "badarg");
        }
        let options = SpawnOptions {
            group_leader: self.group_leader.cloned(),
            ..SpawnOptions::default()
        };
        let links = self.links;
        let Ok(args) = encode(&mut |encoder| self.args.encode(encoder)) else {
            return refuse(cx, from, "badarg");
        };
        let call = FunctionCall {
            module: self.module.clone(),
            function: self.function.clone(),
            args,
        };
        let (functions, caller) = (functions.clone(), from.clone());
        let started = cx.node().spawn_fn_with(options, move |cx| async move {
            if let (true, Some([Term::Pid(pid), _])) = (links, caller.as_tuple()) {
                cx.link(&**pid);
            }
            cx.reply(&caller, Term::from(&cx.pid()));
            functions.run(cx, &asker, call).await
        });
        if started.is_err() {
            refuse(cx, from, "system_limit");
        }
    }
}

/// `{'EXIT', {Word, []}}`, which the caller raises.
fn refuse(cx: &PlainContext, from: &Term, word: &'static str) {
    let reason = Term::tuple([Term::atom(word), Term::list([])]);
    cx.reply(from, Term::tuple([Term::atom("EXIT"), reason]));
}
