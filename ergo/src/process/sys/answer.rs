//! The answers to system messages.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::etf::{Encoded, Term};
use crate::process::actor::{Behavior, short_type_name};
use crate::process::host::Origin;
use crate::process::sys::status;
use crate::process::turn::{self, Turn};
use crate::process::{ExitReason, ReplyTo, current, wire};

/// What becomes of the process.
pub(in crate::process) enum Then {
    /// It is as suspended or running as before.
    GoOn,
    Suspend,
    Resume,
    Stop(ExitReason),
}

/// Answers one that came `from` a connection, in a process that is `suspended` or not.
pub(in crate::process) fn answer<A: Behavior>(
    turn: &mut Turn<'_, A>,
    suspended: bool,
    to: &ReplyTo,
    request: &Encoded,
    from: Option<Origin>,
) -> Then {
    let request = match request.to_term() {
        Ok(request) => request,
        Err(error) => {
            turn::corrupt(turn.cx, &error, from);
            return Then::GoOn;
        }
    };
    let wraps = wraps_state(to);
    let (value, then) = carry_out(turn, suspended, wraps, request);
    to.answer(&mut wire::body_of(&value));
    then
}

/// Whether a state is answered as `{ok, State}`, as OTP does since release 26.1, or bare, as before: one cannot read the
/// other's answer. Who asks shows by the alias of its call, which has five words since release 26.
fn wraps_state(to: &ReplyTo) -> bool {
    to.alias().is_some_and(|alias| alias.ids().len() == 5)
}

fn carry_out<A: Behavior>(
    turn: &mut Turn<'_, A>,
    suspended: bool,
    wraps: bool,
    request: Term,
) -> (Term, Then) {
    let ok = Term::atom("ok");
    let value = match parts(&request) {
        ("suspend", []) => return (ok, Then::Suspend),
        ("resume", []) => return (ok, Then::Resume),
        ("terminate", [reason]) => {
            return (ok, Then::Stop(ExitReason::from(reason.clone())));
        }
        ("get_state", []) => answered(state(turn), wraps),
        ("replace_state", [change]) => answered(replace_state(turn, change), wraps),
        ("get_status", []) => status::status(turn, suspended),
        ("debug", [what]) => turn.debug_command(what),
        ("change_code", [_, _, _]) if suspended => {
            error(Term::atom("code_of_rust_cannot_be_changed"))
        }
        _ => error(Term::tuple([Term::atom("unknown_system_msg"), request])),
    };
    (value, Then::GoOn)
}

/// A request is an atom, or a tuple that starts with one.
fn parts(request: &Term) -> (&str, &[Term]) {
    match request.as_tuple() {
        Some([name, arguments @ ..]) => (name.as_atom().unwrap_or_default(), arguments),
        _ => (request.as_atom().unwrap_or_default(), &[]),
    }
}

/// `{error, Reason}`.
fn error(reason: Term) -> Term {
    Term::tuple([Term::atom("error"), reason])
}

/// A state, or the whole answer of what went wrong.
fn answered(state: Result<Term, Term>, wraps: bool) -> Term {
    match state {
        Ok(state) if wraps => Term::tuple([Term::atom("ok"), state]),
        Ok(state) => state,
        Err(answer) => answer,
    }
}

/// The state, or `{error, {no_snapshot, Type}}`.
fn state<A: Behavior>(turn: &Turn<'_, A>) -> Result<Term, Term> {
    let state = guarded::<A, _>("snapshot", || turn.state.snapshot())?;
    state.ok_or_else(|| error(no_snapshot::<A>()))
}

/// The state, or why it cannot be shown.
pub(in crate::process) fn state_or_reason<A: Behavior>(turn: &Turn<'_, A>) -> Term {
    match guarded::<A, _>("snapshot", || turn.state.snapshot()) {
        Ok(Some(state)) => state,
        Ok(None) => no_snapshot::<A>(),
        Err(failed) => failed,
    }
}

/// `{no_snapshot, Type}`.
pub(super) fn no_snapshot<A: Behavior>() -> Term {
    Term::tuple([Term::atom("no_snapshot"), type_atom::<A>()])
}

pub(super) fn type_atom<A: Behavior>() -> Term {
    Term::atom(short_type_name::<A>())
}

/// `{state, NewState}` is our own form: a fun of Erlang cannot run here.
fn replace_state<A: Behavior>(turn: &mut Turn<'_, A>, change: &Term) -> Result<Term, Term> {
    let refused = |why: &'static str, what: Term| error(Term::tuple([Term::atom(why), what]));
    let new = match change.as_tuple() {
        Some([tag, new]) if tag.as_atom() == Some("state") => new,
        _ if change.as_fun().is_some() => {
            return Err(refused("no_fun_runs_here", type_atom::<A>()));
        }
        _ => return Err(refused("bad_replacement", change.clone())),
    };
    let restored = guarded::<A, _>("restore", || turn.state.restore(new.clone()))?;
    match restored {
        Ok(()) => Ok(new.clone()),
        Err(error) => Err(failed::<A>("restore", "error", &error.to_string())),
    }
}

/// Runs code of the user; the answer when it panics.
pub(super) fn guarded<A: Behavior, R>(
    callback: &'static str,
    run: impl FnOnce() -> R,
) -> Result<R, Term> {
    catch_unwind(AssertUnwindSafe(run))
        .map_err(|payload| failed::<A>(callback, "panic", &current::panic_message(&*payload)))
}

/// `{error, {callback_failed, {Type, Callback}, {Class, Text}}}`, as `sys` answers.
fn failed<A: Behavior>(callback: &'static str, class: &'static str, text: &str) -> Term {
    error(Term::tuple([
        Term::atom("callback_failed"),
        Term::tuple([type_atom::<A>(), Term::atom(callback)]),
        Term::tuple([Term::atom(class), Term::from(text)]),
    ]))
}
