//! `echo`: gives every term back.

use ergo::prelude::*;
use ergo::{Snapshot, TermCall, etf};

// ANCHOR: echo
/// A server whose requests are terms.
#[derive(Actor, ServerBehavior)]
#[actor(name = "echo", snapshot)]
pub struct Echo;

/// `sys:get_state` shows that there is nothing in it.
impl Snapshot for Echo {
    fn snapshot(&self) -> Term {
        Term::NIL
    }
}

impl Server for Echo {
    type Args = ();

    async fn init((): (), _: &Context<Self>) -> Result<Self, ExitReason> {
        Ok(Echo)
    }

    async fn handle_call(&mut self, call: TermCall, _: &Context<Self>) -> Flow {
        call.reply.send(call.request);
        Flow::Continue
    }

    async fn handle_cast(&mut self, cast: Term, cx: &Context<Self>) -> Flow {
        send_back(&cast, cx);
        Flow::Continue
    }

    async fn handle_info(&mut self, info: Term, cx: &Context<Self>) -> Flow {
        send_back(&info, cx);
        Flow::Continue
    }
}
// ANCHOR_END: echo

/// `{From, T}` is answered with `{echo, T}`, where From is a pid or an alias.
fn send_back(message: &Term, cx: &Context<Echo>) {
    let Some([from, term]) = message.as_tuple() else {
        tracing::warn!(%message, "echo got something that is not {{From, T}}");
        return;
    };
    let to = match from {
        Term::Pid(pid) => Destination::from(etf::Pid::clone(pid)),
        Term::Reference(alias) => Destination::from(etf::Reference::clone(alias)),
        _ => return,
    };
    let answer = Term::tuple([Term::atom("echo"), term.clone()]);
    if let Err(error) = cx.send(to, answer) {
        tracing::debug!(%error, "an echo could not be sent");
    }
}
