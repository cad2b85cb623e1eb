//! `rex`: remote procedure calls of old peers and C nodes, and the question which features a node has.
//!
//! The shapes are those of `rpc` (<https://www.erlang.org/doc/apps/kernel/rpc.html>) before it used erpc.

use crate::behaviour::ChildSpec;
use crate::etf::{Atom, Encoded, Pid, Term};
use crate::process::{ExitReason, Message, PlainContext};
use crate::remote::{Asker, Exception, Functions};

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

/// `{call, M, F, A, GroupLeader}` and `{block_call, ..}`.
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
    } else if let Some([tag, Term::Atom(name), message]) = request.as_tuple()
        && tag.as_atom() == Some("sbcast")
    {
        broadcast(cx, from, name, message);
    } else {
        tracing::debug!(%request, "rex got a request it does not understand");
    }
}

/// `rpc:sbcast/3`: the message goes to a name here, and whoever asks waits to hear whether there was one.
fn broadcast(cx: &PlainContext, from: &Pid, name: &Atom, message: &Term) {
    let node = Term::Atom(cx.node().name().clone());
    let told = match cx.send(name.clone(), message.clone()) {
        Ok(()) => node.clone(),
        Err(_) => Term::tuple([Term::atom("nonexisting_name"), node.clone()]),
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
}

impl Call {
    /// `{Tag, Module, Function, Args, GroupLeader}`.
    fn parse(request: &Term, tags: &[&str]) -> Option<Call> {
        let [tag, module, function, args, _] = request.as_tuple()? else {
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
            let exit = Term::tuple([Term::atom("EXIT"), limit]);
            return done(cx, badrpc(exit));
        }
        let functions = functions.clone();
        let started = cx.node().spawn_fn(move |cx| async move {
            let answer = cx.answering();
            let value = self.run(&functions, &asker, cx).await;
            done(&answer, value);
        });
        if let Err(error) = started {
            tracing::debug!(%error, "a remote procedure call could not be started");
        }
    }

    async fn run(&self, functions: &Functions, asker: &Asker, cx: PlainContext) -> Term {
        let args =
            crate::process::encode(&mut |encoder| crate::etf::Encode::encode(&self.args, encoder));
        let Ok(args) = args else {
            return badrpc(Term::atom("badarg"));
        };
        match functions
            .apply(cx, asker, &self.module, &self.function, args)
            .await
        {
            Ok(value) => decoded(&value),
            Err(Exception::Throw(value)) => value,
            Err(Exception::Exit(reason)) => badrpc(Term::tuple([Term::atom("EXIT"), reason])),
            Err(Exception::Error(reason)) => {
                let entry = [
                    Term::Atom(self.module.clone()),
                    Term::Atom(self.function.clone()),
                    self.args.clone(),
                    Term::list([]),
                ];
                let stack = Term::list([Term::tuple(entry)]);
                badrpc(Term::tuple([
                    Term::atom("EXIT"),
                    Term::tuple([reason, stack]),
                ]))
            }
        }
    }
}

fn decoded(value: &Encoded) -> Term {
    value
        .to_term()
        .unwrap_or_else(|_| badrpc(Term::atom("badarg")))
}

fn badrpc(reason: Term) -> Term {
    Term::tuple([Term::atom("badrpc"), reason])
}
