//! `net_kernel`: what tells peers that this node is there.

use crate::behaviour::ChildSpec;
use crate::etf::Term;
use crate::process::{ExitReason, Message, PlainContext};

/// It answers `{is_auth, Node}` with `yes`, which is all that `net_adm:ping/1` needs.
pub(super) fn spec() -> ChildSpec {
    ChildSpec::from_fn("net_kernel", run).name("net_kernel")
}

async fn run(mut cx: PlainContext) -> ExitReason {
    loop {
        if let Some(Message::Term(term)) = cx.receive().await {
            handle(&cx, &term);
        }
    }
}

fn handle(cx: &PlainContext, message: &Term) {
    let Some([tag, from, request]) = message.as_tuple() else {
        tracing::debug!(%message, "net_kernel got something it does not understand");
        return;
    };
    if tag.as_atom() != Some("$gen_call") {
        return;
    }
    cx.reply(from, answer(cx, request));
}

fn answer(cx: &PlainContext, request: &Term) -> Term {
    match (request.as_atom(), request.as_tuple()) {
        (_, Some([tag, _])) if tag.as_atom() == Some("is_auth") => Term::atom("yes"),
        (Some("nodename"), _) => Term::Atom(cx.node().name().clone()),
        (Some("longnames"), _) => Term::from(cx.node().name().as_str().contains('.')),
        _ => {
            let unknown = Term::tuple([Term::atom("unknown_request"), request.clone()]);
            Term::tuple([Term::atom("error"), unknown])
        }
    }
}
