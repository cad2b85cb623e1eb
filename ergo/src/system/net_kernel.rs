//! `net_kernel`: what tells peers that this node is there, and starts processes for nodes that ask the old way.
//!
//! The requests are those of OTP 25 to 29 (<https://www.erlang.org/doc/apps/kernel/net_kernel.html>). What changes this node
//! is done for its own processes alone: in OTP any node that is connected may ask for it, and none does.

use std::time::Duration;

use crate::behaviour::ChildSpec;
use crate::etf::{Atom, Map, Pid, Term};
use crate::node::TickTimeChange;
use crate::process::{ExitReason, Message, PlainContext, SpawnOptions};
use crate::remote::Functions;

/// The process. What it is asked to spawn is one of these functions.
pub(super) fn spec(functions: Functions) -> ChildSpec {
    ChildSpec::from_fn("net_kernel", move |cx| run(cx, functions.clone())).name("net_kernel")
}

async fn run(mut cx: PlainContext, functions: Functions) -> ExitReason {
    loop {
        if let Some(Message::Term(term)) = cx.receive().await {
            handle(&cx, &functions, &term);
        }
    }
}

fn handle(cx: &PlainContext, functions: &Functions, message: &Term) {
    match message.as_tuple() {
        Some([tag, from, request]) if tag.as_atom() == Some("$gen_call") => {
            call(cx, functions, from, request);
        }
        Some([_, tag, Term::Atom(name), message]) if tag.as_atom() == Some("registered_send") => {
            // As in OTP, nobody hears when there is no such name.
            let _ = cx.send(name.clone(), message.clone());
        }
        Some([tag, _]) if tag.as_atom() == Some("$gen_cast") => {}
        _ => tracing::error!(%message, "net_kernel got something it does not understand"),
    }
}

fn call(cx: &PlainContext, functions: &Functions, from: &Term, request: &Term) {
    if let Some(answer) = told(cx, request) {
        cx.reply(from, answer);
    } else if let Some(spawn) = Spawn::parse(request) {
        spawn.start(cx, functions, from);
    } else if let Some(change) = Change::parse(request) {
        if is_of_this_node(cx, from) {
            change.make(cx, from);
        } else {
            let not_allowed = [Term::atom("error"), Term::atom("not_allowed")];
            cx.reply(from, Term::tuple(not_allowed));
        }
    } else {
        let unknown = Term::tuple([Term::atom("unknown_request"), request.clone()]);
        cx.reply(from, Term::tuple([Term::atom("error"), unknown]));
    }
}

fn is_of_this_node(cx: &PlainContext, from: &Term) -> bool {
    matches!(from.as_tuple(), Some([Term::Pid(pid), _]) if pid.node() == cx.node().name())
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
    fn start(self, cx: &PlainContext, functions: &Functions, from: &Term) {
        let options = SpawnOptions {
            group_leader: self.group_leader.cloned(),
            ..SpawnOptions::default()
        };
        let (module, function) = (self.module.clone(), self.function.clone());
        let (args, links) = (self.args.clone(), self.links);
        let (functions, caller) = (functions.clone(), from.clone());
        let started = cx.node().spawn_fn_with(options, move |cx| async move {
            if let (true, Some([Term::Pid(pid), _])) = (links, caller.as_tuple()) {
                cx.link(&**pid);
            }
            cx.reply(&caller, Term::from(&cx.pid()));
            functions.run(cx, &module, &function, &args).await
        });
        if started.is_err() {
            let reason = Term::tuple([Term::atom("system_limit"), Term::list([])]);
            cx.reply(from, Term::tuple([Term::atom("EXIT"), reason]));
        }
    }
}

/// What changes this node.
enum Change<'a> {
    Allow(&'a Term),
    Connect(&'a Atom),
    Disconnect(&'a Atom),
    TickTime(Duration, Duration),
}

impl<'a> Change<'a> {
    fn parse(request: &'a Term) -> Option<Change<'a>> {
        let parts = request.as_tuple()?;
        let (tag, rest) = parts.split_first()?;
        Some(match (tag.as_atom()?, rest) {
            ("allow", [nodes]) => Change::Allow(nodes),
            ("connect", [_, Term::Atom(node)]) | ("passive_cnct", [Term::Atom(node)]) => {
                Change::Connect(node)
            }
            ("disconnect", [Term::Atom(node)]) => Change::Disconnect(node),
            ("new_ticktime", [time, transition]) => {
                let read = |term: &Term| {
                    let milliseconds = u64::try_from(term.as_integer()?).ok()?;
                    Some(Duration::from_millis(milliseconds))
                };
                Change::TickTime(read(time)?, read(transition)?)
            }
            _ => return None,
        })
    }

    fn make(self, cx: &PlainContext, from: &Term) {
        let node = cx.node();
        let answer = match self {
            Change::Allow(nodes) => {
                let names = nodes.as_list().map(|nodes| nodes.iter().map(Term::as_atom));
                let names: Option<Vec<&str>> = names.and_then(Iterator::collect);
                let allowed = names.is_some_and(|names| node.allow(names).is_ok());
                Term::atom(if allowed { "ok" } else { "error" })
            }
            Change::Disconnect(name) => Term::from(node.disconnect(name.as_str())),
            Change::TickTime(time, transition) => {
                match node.set_tick_time_within(time, transition) {
                    TickTimeChange::Unchanged => Term::atom("unchanged"),
                    TickTimeChange::Initiated => Term::atom("change_initiated"),
                    TickTimeChange::Ongoing(time) => {
                        Term::tuple([Term::atom("ongoing_change_to"), milliseconds(time)])
                    }
                }
            }
            Change::Connect(name) => return connect(cx, name.clone(), from.clone()),
        };
        cx.reply(from, answer);
    }
}

/// In a process of its own: others are answered meanwhile.
fn connect(cx: &PlainContext, name: Atom, from: Term) {
    let started = cx.node().spawn_fn(move |cx| async move {
        let connected = cx.node().connect(name.as_str()).await.is_ok();
        cx.reply(&from, Term::from(connected));
    });
    if let Err(error) = started {
        tracing::debug!(%error, "net_kernel could not connect");
    }
}
