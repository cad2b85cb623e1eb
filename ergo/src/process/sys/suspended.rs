//! The loop of a suspended process.

use std::collections::VecDeque;

use crate::etf::Encoded;
use crate::process::actor::Behavior;
use crate::process::host::Origin;
use crate::process::queue::{Envelope, Other};
use crate::process::sys::{Then, answer};
use crate::process::turn::{Turn, yield_now};
use crate::process::{ExitReason, ReplyTo, wire};

/// What a process waits for.
type Messages<A> = VecDeque<Envelope<<A as Behavior>::Message>>;

/// What came for a suspended process.
enum Came<M> {
    System(ReplyTo, Encoded, Option<Origin>),
    ParentExit(ExitReason),
    /// It waits.
    Else(Envelope<M>),
}

/// Handles system messages alone until one of them resumes the process: all others are then in the batch, in order. Or
/// gives the reason it is to stop with.
pub(in crate::process) async fn suspended<A: Behavior>(
    turn: &mut Turn<'_, A>,
) -> Option<ExitReason> {
    let mut waiting: Messages<A> = std::mem::take(&mut turn.batch);
    // Once the process waits, nothing is passed over any more.
    waiting.retain(|envelope| !is_flushed(turn, envelope));
    let mut held: Messages<A> = VecDeque::new();
    loop {
        let mut left = waiting.into_iter();
        while let Some(envelope) = left.next() {
            match sort(turn, envelope) {
                Came::Else(envelope) => held.push_back(envelope),
                Came::ParentExit(reason) => return Some(reason),
                Came::System(to, request, from) => match answer(turn, true, &to, &request, from) {
                    Then::GoOn | Then::Suspend => {}
                    Then::Stop(reason) => return Some(reason),
                    Then::Resume => {
                        held.extend(left);
                        turn.batch = held;
                        return None;
                    }
                },
            }
        }
        yield_now().await;
        waiting = VecDeque::new();
        std::future::poll_fn(|task| turn.cx.cell().poll_batch(&mut waiting, task)).await;
    }
}

fn sort<A: Behavior>(turn: &Turn<'_, A>, envelope: Envelope<A::Message>) -> Came<A::Message> {
    let Envelope::Other(other) = &envelope else {
        return Came::Else(envelope);
    };
    let came = match &**other {
        Other::Exit(exit) if turn.cx.parent() == exit.from => Came::ParentExit(exit.reason.clone()),
        Other::Wire(encoded, from) => match wire::unwrap(turn.cx.host(), encoded, A::PROTOCOL) {
            (wire::Wrapped::System(to), request) => {
                Came::System(to, encoded.last_element(request), from.clone())
            }
            _ => return Came::Else(envelope),
        },
        _ => return Came::Else(envelope),
    };
    turn.cx.cell().took_one();
    came
}

fn is_flushed<A: Behavior>(turn: &Turn<'_, A>, envelope: &Envelope<A::Message>) -> bool {
    let cell = turn.cx.cell();
    let flushed = matches!(envelope, Envelope::Other(other)
        if matches!(&**other, Other::Down(down) if cell.is_flushed(&down.reference)));
    if flushed {
        cell.took_one();
    }
    flushed
}
