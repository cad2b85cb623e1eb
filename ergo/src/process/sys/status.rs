//! `sys:get_status`, in the shape that OTP's behaviours give it.

use crate::etf::{Atom, Pid, Term};
use crate::process::Destination;
use crate::process::actor::Behavior;
use crate::process::host::AnyProcess;
use crate::process::sys::answer::{guarded, no_snapshot, type_atom};
use crate::process::turn::Turn;

/// `{status, Pid, {module, Module}, [Dictionary, SysState, Parent, Debug, Misc]}`.
pub(super) fn status<A: Behavior>(turn: &Turn<'_, A>, suspended: bool) -> Term {
    let sys_state = Term::atom(if suspended { "suspended" } else { "running" });
    let parent = Term::from(&parent_or_self(turn));
    let name = registered_name(turn);
    let debug = turn.debug();
    let misc = [
        pair("header", header::<A>(name.as_ref(), &turn.cx.pid())),
        data([
            ("Status", sys_state.clone()),
            ("Parent", parent.clone()),
            (
                "Logged events",
                debug.map_or_else(empty, |debug| debug.events()),
            ),
        ]),
    ];
    let own = guarded::<A, _>("snapshot", || turn.state.status())
        .unwrap_or_else(|failed| vec![data([("State", failed)])]);
    let own = if own.is_empty() {
        vec![data([("State", no_snapshot::<A>())])]
    } else {
        own
    };
    Term::tuple([
        Term::atom("status"),
        Term::from(&turn.cx.pid()),
        pair("module", Term::atom(A::MODULE)),
        Term::list([
            dictionary(turn),
            sys_state,
            parent,
            debug.map_or_else(empty, |debug| debug.options(&subject(turn))),
            Term::list(misc.into_iter().chain(own)),
        ]),
    ])
}

/// Who it is, in the texts of `sys`: its name, or its pid.
pub(in crate::process) fn subject<A: Behavior>(turn: &Turn<'_, A>) -> Term {
    match registered_name(turn) {
        Some(name) => Term::Atom(name),
        None => Term::from(&turn.cx.pid()),
    }
}

fn registered_name<A: Behavior>(turn: &Turn<'_, A>) -> Option<Atom> {
    let mut name = None;
    turn.cx
        .cell()
        .with_relations(&mut |relations| name = relations.name.clone());
    name
}

/// A process that nobody has started with a link is its own parent, as in OTP.
fn parent_or_self<A: Behavior>(turn: &Turn<'_, A>) -> Pid {
    let parent = turn.cx.parent();
    if parent == turn.cx.host().node_pid() {
        turn.cx.pid()
    } else {
        parent
    }
}

fn header<A: Behavior>(name: Option<&Atom>, pid: &Pid) -> Term {
    let who = name.map_or_else(|| pid.to_string(), ToString::to_string);
    Term::charlist(&format!("{} {who}", A::STATUS_HEADER))
}

/// What a process of OTP has in its dictionary.
fn dictionary<A: Behavior>(turn: &Turn<'_, A>) -> Term {
    let ancestors = turn.cx.ancestors();
    let ancestors = ancestors.iter().map(Destination::to_term);
    let init = Term::tuple([type_atom::<A>(), Term::atom("init"), Term::from(1)]);
    Term::list([
        pair("$ancestors", Term::list(ancestors)),
        pair("$initial_call", init),
    ])
}

fn empty() -> Term {
    Term::list([])
}

fn pair(key: &'static str, value: Term) -> Term {
    Term::tuple([Term::atom(key), value])
}

/// `{data, [{"Key", Value}]}`.
pub(in crate::process) fn data<const N: usize>(entries: [(&str, Term); N]) -> Term {
    let entries = entries
        .into_iter()
        .map(|(key, value)| Term::tuple([Term::charlist(key), value]));
    pair("data", Term::list(entries))
}
