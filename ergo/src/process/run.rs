//! The run loop of a behaviour: init, one message after the other, terminate.

use std::future::{Future, poll_fn};

use tokio::sync::oneshot;

use crate::process::actor::Behavior;
#[cfg(feature = "testing")]
use crate::process::fault;
use crate::process::queue::Envelope;
use crate::process::task::Ended;
use crate::process::turn::{Found, Handled, Next, Turn, Woken, yield_now};
use crate::process::{Context, ExitReason, Plain, PlainContext, SpawnError, sys};

/// Who waits for a process to have started.
pub(crate) type Started = oneshot::Sender<Result<(), SpawnError>>;

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
    started: Started,
) -> impl Future<Output = Ended> + Send {
    let of_init = cx.clone();
    // Boxed, so that the idle process does not go on paying for its init.
    let init = Box::pin(async move { A::start(args, &of_init).await });
    initialised(cx, init, started)
}

/// As [`starting`] for a spawner on another node: nothing but the process itself runs code of the user's, and what its
/// arguments are is part of its init.
pub(super) fn starting_there<A: Behavior>(
    cx: Context<A>,
    args: impl FnOnce() -> Result<A::Args, ExitReason> + Send + 'static,
    started: Started,
) -> impl Future<Output = Ended> + Send {
    let of_init = cx.clone();
    let init = Box::pin(async move {
        #[cfg(feature = "testing")]
        if let Some(reason) = fault::before_init(of_init.cell()).await {
            return Err(reason);
        }
        A::start(args()?, &of_init).await
    });
    initialised(cx, init, started)
}

#[allow(
    clippy::manual_async_fn,
    reason = "the task keeps what a block captures once, and the arguments of a function twice"
)]
fn initialised<A: Behavior>(
    cx: Context<A>,
    init: impl Future<Output = Result<A, ExitReason>> + Send + Unpin,
    started: Started,
) -> impl Future<Output = Ended> + Send {
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

/// The body of a plain process that a spawner on another node waits for until its arguments have been read.
pub(super) async fn plain_there<T, F, Fut>(
    cell: std::sync::Arc<crate::process::mailbox::Cell<Plain>>,
    args: impl FnOnce() -> Result<T, ExitReason> + Send + 'static,
    body: F,
    started: Started,
) -> Ended
where
    F: FnOnce(PlainContext, T) -> Fut + Send,
    T: Send,
    Fut: Future<Output = ExitReason> + Send,
{
    match args() {
        Ok(args) => {
            cell.set_starting(false);
            // As above.
            let _ = started.send(Ok(()));
            body(PlainContext::new(Context::new(cell)), args)
                .await
                .into()
        }
        Err(reason) => Ended {
            reason,
            refused: Some(started),
        },
    }
}

/// The loop. What lives across an await is part of every idle process, so it is little: a message is made into a future
/// before that is waited for, and what is rare waits in a box.
#[allow(
    clippy::manual_async_fn,
    reason = "the task keeps what a block captures once, and the arguments of a function twice"
)]
fn serve<A: Behavior>(turn: &mut Turn<'_, A>) -> impl Future<Output = ExitReason> + Send {
    async move {
        // What init has asked for comes before any message.
        if turn.cx.cell().wants_attention()
            && let Some(reason) = Box::pin(aside(turn, Next::Rare)).await
        {
            return reason;
        }
        'turns: loop {
            #[cfg(feature = "testing")]
            if let Some(envelope) = turn.batch.front()
                && turn.cx.cell().is_faulty(envelope)
                && let Some(reason) = fault::before_message(turn.cx).await
            {
                return reason;
            }
            let handled = 'handled: {
                let dispatch = match turn.batch.pop_front() {
                    Some(Envelope::Message(message)) => {
                        let message = turn.take(message);
                        turn.dispatch(message)
                    }
                    Some(Envelope::Other(other)) => match turn.sort(*other) {
                        Found::Message(message) => turn.dispatch(message),
                        Found::Other(other) => break 'handled turn.call_back(other).await,
                        Found::Handled(handled) => break 'handled handled,
                    },
                    None => match poll_fn(|task| turn.poll_next(task)).await {
                        Woken::Messages => continue 'turns,
                        woken => break 'handled turn.woken(woken).await,
                    },
                };
                Handled::Flow(dispatch.await)
            };
            match turn.after(handled) {
                Next::Message => {}
                Next::Yield => yield_now().await,
                Next::Stop(reason) => return reason,
                next => {
                    if let Some(reason) = Box::pin(aside(turn, next)).await {
                        return reason;
                    }
                }
            }
        }
    }
}

/// Does what comes before the next message. The reason when the process is to stop.
async fn aside<A: Behavior>(turn: &mut Turn<'_, A>, next: Next) -> Option<ExitReason> {
    let next = match next {
        Next::Rare => turn.rare().await,
        next => next,
    };
    match next {
        Next::Message | Next::Rare => None,
        Next::Yield => {
            yield_now().await;
            None
        }
        Next::Stop(reason) => Some(reason),
        Next::Suspend => sys::suspended(turn).await,
    }
}
