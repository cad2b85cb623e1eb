//! `rex`: remote procedure calls of old peers and C nodes, and the question which features a node has.
//!
//! The shapes are those of `rpc` (<https://www.erlang.org/doc/apps/kernel/rpc.html>) before it used erpc.

use crate::behaviour::ChildSpec;
use crate::etf::{Atom, Encode, Encoded, Pid, Term};
use crate::process::{ExitReason, Message, PlainContext, SpawnOptions};
use crate::remote::{Asker, Exception, FunctionCall, Functions};

/// The process, which calls these functions.
pub(super) fn spec(functions: Functions) -> ChildSpec {
    ChildSpec::from_fn("rex", move |cx| run(cx, functions.clone())).name("rex")
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
            call(cx, functions, asker, from, request)
        }
        Some([tag, request]) if tag.as_atom() == Some("$gen_cast") => {
            cast(cx, functions, asker, request)
        }
        Some([Term::Pid(from), request]) => ask(cx, functions, asker, from, request),
        _ => tracing::debug!(%message, "rex got something it does not understand"),
    }
}

/// `{call, M, F, A, GroupLeader}`, and `{block_call, ..}`, which does not block here.
fn call(cx: &PlainContext, functions: &Functions, asker: Asker, from: &Term, request: &Term) {
    let Some(call) = Call::parse(request, &["call", "block_call"]) else {
        let unknown = Term::tuple([Term::atom("unknown_request"), request.clone()]);
        cx.reply(from, Term::tuple([Term::atom("error"), unknown]));
        return;
    };
    let from = from.clone();
    call.start(cx, functions, asker, move |cx, value| {
        cx.reply(&from, value);
    });
}

fn cast(cx: &PlainContext, functions: &Functions, asker: Asker, request: &Term) {
    match Call::parse(request, &["cast"]) {
        Some(call) => call.start(cx, functions, asker, |_, _| ()),
        None => tracing::debug!(%request, "rex got a cast it does not understand"),
    }
}

/// What comes as `{From, Request}`: from a peer that has just connected, and from C nodes.
fn ask(cx: &PlainContext, functions: &Functions, asker: Asker, from: &Pid, request: &Term) {
    if request.as_atom() == Some("features_request") {
        // Sent by every node that connects: one that is gone is not to be connected to for the answer.
        if !cx.node().is_connected(from.node()) {
            return;
        }
        let features = Term::list([Term::atom("erpc")]);
        let node = Term::Atom(cx.node().name().clone());
        tell(
            cx,
            from,
            Term::tuple([Term::atom("features_reply"), node, features]),
        );
    } else if let Some(call) = Call::parse(request, &["call"]) {
        let from = from.clone();
        call.start(cx, functions, asker, move |cx, value| {
            tell(cx, &from, Term::tuple([Term::atom("rex"), value]));
        });
    } else if let Some([Term::Atom(tag), Term::Atom(name), message]) = request.as_tuple()
        && matches!(tag.as_str(), "sbcast" | "send")
    {
        send(cx, from, tag, name, message);
    } else {
        tracing::debug!(%request, "rex got a request it does not understand");
    }
}

/// `{sbcast, Name, Message}` and `{send, ..}`: the message goes to a name here, that of a `send` as `{From, Message}`. Whoever
/// asks hears when there is no such name; that there is one only of an `sbcast`, since a `send` is answered by its receiver.
fn send(cx: &PlainContext, from: &Pid, tag: &Atom, name: &Atom, message: &Term) {
    let node = Term::Atom(cx.node().name().clone());
    let is_send = tag.as_str() == "send";
    let is_there = if is_send {
        cx.pass_on(name, &Term::tuple([Term::from(from), message.clone()]))
    } else {
        cx.pass_on(name, message)
    };
    let told = match (is_there, is_send) {
        (true, true) => return,
        (true, false) => node.clone(),
        (false, _) => Term::tuple([Term::atom("nonexisting_name"), Term::Atom(name.clone())]),
    };
    tell(cx, from, Term::tuple([Term::atom("rex"), node, told]));
}

fn tell(cx: &PlainContext, to: &Pid, message: Term) {
    if let Err(error) = cx.send(to, message) {
        tracing::debug!(%to, %error, "rex could not answer");
    }
}

struct Call {
    module: Atom,
    function: Atom,
    args: Term,
    /// Where what it prints goes: a pid, or the atom `user`.
    group_leader: Term,
}

/// Where the result of a call goes. Dropped before, which is when its process is ended, it tells so.
struct Answer<F: FnOnce(&PlainContext, Term)> {
    cx: PlainContext,
    give: Option<F>,
}

impl<F: FnOnce(&PlainContext, Term)> Answer<F> {
    fn give(mut self, value: Term) {
        if let Some(give) = self.give.take() {
            give(&self.cx, value);
        }
    }
}

impl<F: FnOnce(&PlainContext, Term)> Drop for Answer<F> {
    fn drop(&mut self) {
        if let Some(give) = self.give.take() {
            let reason = self.cx.exit_reason().unwrap_or(ExitReason::Killed);
            give(&self.cx, badrpc(exit(reason.to_term())));
        }
    }
}

impl Call {
    /// `{Tag, Module, Function, Args, GroupLeader}`.
    fn parse(request: &Term, tags: &[&str]) -> Option<Call> {
        let [tag, module, function, args, group_leader] = request.as_tuple()? else {
            return None;
        };
        if !tags.contains(&tag.as_atom()?) {
            return None;
        }
        args.as_list()?;
        let atom = |term: &Term| Atom::new(term.as_atom()?).ok();
        Some(Call {
            module: atom(module)?,
            function: atom(function)?,
            args: args.clone(),
            group_leader: group_leader.clone(),
        })
    }

    /// Runs the call in a process of its own, so that one does not wait for another.
    fn start(
        self,
        cx: &PlainContext,
        functions: &Functions,
        asker: Asker,
        done: impl FnOnce(&PlainContext, Term) + Send + 'static,
    ) {
        if !cx.node().may_spawn_for(cx.origin()) {
            let limit = Term::tuple([Term::atom("system_limit"), Term::list([])]);
            return done(cx, badrpc(exit(limit)));
        }
        let functions = functions.clone();
        let options = SpawnOptions {
            group_leader: match &self.group_leader {
                Term::Pid(leader) => Some(Pid::clone(leader)),
                _ => cx.node().whereis_pid("user"),
            },
            ..SpawnOptions::default()
        };
        let started = cx.node().spawn_fn_with(options, move |cx| {
            // From here on: it may be ended before it has run.
            let answer = Answer {
                cx: cx.answering(),
                give: Some(done),
            };
            async move { answer.give(self.run(&functions, &asker, cx).await) }
        });
        if let Err(error) = started {
            tracing::debug!(%error, "a remote procedure call could not be started");
        }
    }

    async fn run(self, functions: &Functions, asker: &Asker, cx: PlainContext) -> Term {
        let Ok(args) = crate::process::encode(&mut |encoder| self.args.encode(encoder)) else {
            return badrpc(Term::atom("badarg"));
        };
        let call = FunctionCall {
            module: self.module,
            function: self.function,
            args,
        };
        let (outcome, call) = functions.apply(cx, asker, call).await;
        match outcome {
            Ok(value) => caught(decoded(&value)),
            Err(Exception::Throw(value)) => caught(value),
            Err(Exception::Exit(reason)) => badrpc(exit(reason)),
            Err(Exception::Error(reason)) => badrpc(exit(Term::tuple([reason, call.stack()]))),
        }
    }
}

fn decoded(value: &Encoded) -> Term {
    value
        .to_term()
        .unwrap_or_else(|_| badrpc(Term::atom("badarg")))
}

/// What looks like an exit that was caught is one, as in OTP.
fn caught(value: Term) -> Term {
    match value.as_tuple() {
        Some([tag, _]) if tag.as_atom() == Some("EXIT") => badrpc(value),
        _ => value,
    }
}

/// `{'EXIT', Reason}`.
fn exit(reason: Term) -> Term {
    Term::tuple([Term::atom("EXIT"), reason])
}

fn badrpc(reason: Term) -> Term {
    Term::tuple([Term::atom("badrpc"), reason])
}
