//! The run loop of a behaviour: init, one message after the other, terminate.

use std::future::Future;

use tokio::sync::oneshot;

use crate::process::actor::Behavior;
#[cfg(feature = "testing")]
use crate::process::fault;
use crate::process::queue::Envelope;
use crate::process::task::Ended;
use crate::process::turn::{Handled, Next, Sorted, Turn, Woken, yield_now};
use crate::process::{Context, ExitReason, SpawnError, sys};

/// The body of a process whose state its synchronous init has made in the spawner.
#[allow(
    clippy::manual_async_fn,
    reason = "the task keeps what a block captures once, and the arguments of a function twice"
)]
pub(super) fn ready<A: Behavior>(
    cx: Context<A>,
    mut state: A,
) -> impl Future<Output = Ended> + Send {
    async move {
        let reason = {
            let mut turn = Turn::new(&cx, &mut state);
            let reason = serve(&mut turn).await;
            turn.ends(&reason);
            reason
        };
        state.stop(&reason, &cx).await;
        answer(&cx);
        reason.into()
    }
}

/// Sends the answers of a callback that has stopped the process: whoever gets one knows that `terminate` has run.
fn answer<A: Behavior>(cx: &Context<A>) {
    let asked = cx.cell().take_asked();
    for answer in asked.into_iter().flat_map(|asked| asked.answers) {
        (answer.0)();
    }
}

/// The body of a process that makes its state itself, while the spawner waits for it.
pub(super) fn starting<A: Behavior>(
    cx: Context<A>,
    args: A::Args,
    started: oneshot::Sender<Result<(), SpawnError>>,
) -> impl Future<Output = Ended> + Send {
    let of_init = cx.clone();
    // Boxed, so that the idle process does not go on paying for its init.
    let init = Box::pin(async move { A::start(args, &of_init).await });
    async move {
        match init.await {
            Ok(state) => {
                cx.cell().set_starting(false);
                // The starter may have given up waiting; the process lives all the same.
                let _ = started.send(Ok(()));
                ready(cx, state).await
            }
            Err(reason) => Ended {
                reason,
                refused: Some(started),
            },
        }
    }
}

async fn serve<A: Behavior>(turn: &mut Turn<'_, A>) -> ExitReason {
    let cx = turn.cx;
    let mut batch = Vec::new();
    // What init has asked for comes before any message.
    let mut next = Next::Message;
    if cx.cell().wants_attention() {
        next = Box::pin(turn.rare()).await;
    }
    loop {
        match next {
            Next::Stop(reason) => return reason,
            Next::Suspend => match Box::pin(sys::suspended(turn, Vec::new())).await {
                Ok(resumed) => batch = resumed,
                Err(reason) => return reason,
            },
            _ => {}
        }
        let woken = if batch.is_empty() {
            std::future::poll_fn(|task| turn.poll_next(&mut batch, task)).await
        } else {
            Woken::Messages
        };
        let mut left = batch.drain(..);
        while let Some(envelope) = left.next() {
            cx.cell().took_one();
            #[cfg(feature = "testing")]
            if cx.cell().is_faulty(&envelope)
                && let Some(reason) = fault::before_message(cx).await
            {
                return reason;
            }
            turn.left = left.len();
            let handled = match envelope {
                Envelope::Message(message) => {
                    turn.begin(&message);
                    Handled::Flow(turn.state.dispatch(message, cx).await)
                }
                Envelope::Other(other) => match turn.sort(*other) {
                    Sorted::Callback(callback) => Handled::Flow(callback.await),
                    Sorted::Handled(handled) => handled,
                },
            };
            let after = match turn.after(handled) {
                Next::Rare => Box::pin(turn.rare()).await,
                after => after,
            };
            match after {
                Next::Message | Next::Rare => {}
                Next::Yield => yield_now().await,
                Next::Stop(reason) => return reason,
                Next::Suspend => {
                    match Box::pin(sys::suspended(turn, left.collect())).await {
                        Ok(resumed) => batch = resumed,
                        Err(reason) => return reason,
                    }
                    left = batch.drain(..);
                }
            }
        }
        drop(left);
        next = without_message(turn, woken).await;
    }
}

/// What the loop woke up for beside messages.
async fn without_message<A: Behavior>(turn: &mut Turn<'_, A>, woken: Woken) -> Next {
    let next = match woken {
        Woken::Messages => return Next::Message,
        Woken::Idle => {
            let flow = turn.idle().await;
            turn.after(Handled::Flow(flow))
        }
        Woken::Rare => Next::Rare,
    };
    match next {
        Next::Yield => {
            yield_now().await;
            Next::Message
        }
        Next::Rare => Box::pin(turn.rare()).await,
        next => next,
    }
}
