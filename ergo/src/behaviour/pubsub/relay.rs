//! A topic of another node, here.

use std::time::Duration;

use crate::behaviour::pubsub::process::Source;
use crate::behaviour::pubsub::{TopicEvent, TopicMessage, TopicProcess};
use crate::etf::{Atom, Pid, Term};
use crate::process::{CallError, Context, ExitReason, Flow};

/// How long the other node has to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// When a relay that nobody has subscribed to ends: later than anyone waits who asked for it.
const UNUSED_MAX: Duration = Duration::from_secs(15);

/// What a topic answers to a subscriber that gets terms: `{ok, Topic, Buffer}`, the process to monitor and how many of its
/// last events it keeps.
pub(super) fn answer(topic: Pid, buffer_max: usize) -> Term {
    let buffer_max = u64::try_from(buffer_max).unwrap_or(u64::MAX);
    Term::tuple([Term::atom("ok"), Term::from(topic), Term::from(buffer_max)])
}

/// Subscribes to the topic on its own node; ends with the reason why that is not possible.
pub(super) async fn connect<T: TopicEvent>(
    relay: &mut TopicProcess<T>,
    cx: &Context<TopicProcess<T>>,
) -> Flow {
    let Source::Relay(node) = &relay.source else {
        return Flow::Continue;
    };
    let word = Atom::from_static;
    let request = (
        word("subscribe"),
        relay.name.clone(),
        cx.pid(),
        word("relay"),
    );
    let registry = (word("ergo_pubsub"), node.clone());
    match cx.call::<Term>(registry, request, TIMEOUT).await {
        Ok(answer) => match read(&answer) {
            Some((topic, buffer_max)) => {
                relay.origin = Some(cx.monitor(topic));
                relay.fan_out.buffer_max = buffer_max;
                drop(cx.after(UNUSED_MAX, |me| {
                    me.as_ref().cast_until_taken(|| TopicMessage::IfUnused);
                }));
                Flow::Continue
            }
            None => Flow::Stop(refusal(&answer)),
        },
        Err(error) => Flow::Stop(reason(error)),
    }
}

fn read(answer: &Term) -> Option<(Pid, usize)> {
    let [ok, Term::Pid(topic), buffer_max] = answer.as_tuple()? else {
        return None;
    };
    let buffer_max = usize::try_from(buffer_max.as_integer()?).ok()?;
    (ok.as_atom() == Some("ok")).then(|| (Pid::clone(topic), buffer_max))
}

/// `{error, Reason}`, or an answer that is none of ours.
fn refusal(answer: &Term) -> ExitReason {
    match answer.as_tuple() {
        Some([tag, reason]) if tag.as_atom() == Some("error") => ExitReason::from(reason.clone()),
        _ => ExitReason::from(Term::tuple([Term::atom("bad_reply"), answer.clone()])),
    }
}

fn reason(error: CallError) -> ExitReason {
    match error {
        CallError::NoProcess => ExitReason::NoProc,
        CallError::NoConnection => ExitReason::NoConnection,
        CallError::Exit(reason) => reason,
        CallError::Timeout => ExitReason::from("timeout"),
        error => ExitReason::from(Term::from(error.to_string())),
    }
}
