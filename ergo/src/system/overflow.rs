//! `kernel_overflow`: gets what is too much for `user` and `logger_proxy`.
//!
//! Both work for other nodes, and may be slower than they are asked: whoever listens to `tracing` decides that. What waits
//! for them is bounded. A process that prints waits for its answer for as long as it takes, so it is told; a log event is
//! dropped, as OTP's handlers do it under load.

use crate::behaviour::ChildSpec;
use crate::etf::{Pid, Term};
use crate::process::{ExitReason, Message, PlainContext, SpawnOptions};
use crate::wire::Refused;

const NAME: &str = "kernel_overflow";

/// As many wait here to be refused; more are dead letters.
const MAILBOX: u32 = 10_000;

pub(super) fn spec() -> ChildSpec {
    let options = SpawnOptions::default().mailbox(MAILBOX);
    ChildSpec::from_fn(NAME, run).name(NAME).options(options)
}

/// The options of a process for which so many messages may wait: one at least.
pub(super) fn bounded(messages_max: u32) -> SpawnOptions {
    SpawnOptions::default()
        .mailbox(messages_max.max(1))
        .fallback(NAME)
}

async fn run(mut cx: PlainContext) -> ExitReason {
    loop {
        if let Some(Message::Term(term)) = cx.receive().await
            && let Some([_, _, message]) = term.as_tuple()
        {
            refuse(&cx, message);
        }
    }
}

fn refuse(cx: &PlainContext, message: &Term) {
    let (kind, what) = match asked(message) {
        Some((from, reply_as)) => {
            let error = Term::tuple([Term::atom("error"), Term::atom("system_limit")]);
            let reply = [Term::atom("io_reply"), reply_as.clone(), error];
            // Who has ended meanwhile needs no answer.
            let _ = cx.send(from, Term::tuple(reply));
            (Refused::IoRequests, "requests to print")
        }
        None => (Refused::LogEvents, "log events"),
    };
    if let Some(times) = cx.node().refused(kind) {
        tracing::warn!(node = %cx.node().name(), times, "{what} of other nodes were refused: too many wait");
    }
}

/// Who waits for an answer: `{io_request, From, ReplyAs, Request}`.
fn asked(message: &Term) -> Option<(&Pid, &Term)> {
    match message.as_tuple()? {
        [tag, Term::Pid(from), reply_as, _] if tag.as_atom() == Some("io_request") => {
            Some((from, reply_as))
        }
        _ => None,
    }
}
