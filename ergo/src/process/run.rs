//! The run loop of a behaviour: init, one message after the other, terminate.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use tokio::sync::oneshot;

use crate::etf::{Atom, Encoded};
use crate::process::actor::{Behavior, Flow};
use crate::process::queue::{Envelope, Other};
use crate::process::task::Ended;
use crate::process::wire::{self, Wrapped};
use crate::process::{Context, Exit, ExitReason};

/// How many messages a process handles before it lets others run.
const BUDGET: u32 = 256;

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
        let reason = serve(&cx, &mut state).await;
        state.stop(&reason, &cx).await;
        reason.into()
    }
}

/// The body of a process that makes its state itself, while the spawner waits for it.
pub(super) fn starting<A: Behavior>(
    cx: Context<A>,
    args: A::Args,
    started: oneshot::Sender<Result<(), ExitReason>>,
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

async fn serve<A: Behavior>(cx: &Context<A>, state: &mut A) -> ExitReason {
    let mut batch = Vec::new();
    let mut budget = BUDGET;
    loop {
        std::future::poll_fn(|task| cx.cell().poll_batch(&mut batch, task)).await;
        for envelope in batch.drain(..) {
            cx.cell().took_one();
            let flow = match envelope {
                Envelope::Message(message) => state.dispatch(message, cx).await,
                Envelope::Other(other) => handle_other(cx, state, *other).await,
            };
            match flow {
                Flow::Continue => {}
                Flow::Hibernate => cx.cell().shrink(),
                Flow::Stop(reason) => return reason,
            }
            budget -= 1;
            if budget == 0 || cx.cell().is_exiting() {
                budget = BUDGET;
                yield_now().await;
            }
        }
    }
}

/// Everything that is not a typed message. Boxed, so that the rare path does not make every idle process bigger.
fn handle_other<'a, A: Behavior>(
    cx: &'a Context<A>,
    state: &'a mut A,
    other: Other,
) -> Pin<Box<dyn Future<Output = Flow> + Send + 'a>> {
    match other {
        Other::Down(down) if cx.cell().is_flushed(&down.reference) => {
            Box::pin(std::future::ready(Flow::Continue))
        }
        Other::Down(down) => Box::pin(state.on_down(down, cx)),
        Other::Exit(exit) => handle_exit(cx, state, exit),
        Other::Wire(encoded, from) => handle_wire(cx, state, encoded, from),
        Other::Fence(fence) => {
            // Nobody waits when the caller's deadline has passed.
            let _ = fence.send(());
            Box::pin(std::future::ready(Flow::Continue))
        }
    }
}

/// The exit of the parent stops a behaviour, whatever it does with other exits.
fn handle_exit<'a, A: Behavior>(
    cx: &'a Context<A>,
    state: &'a mut A,
    exit: Exit,
) -> Pin<Box<dyn Future<Output = Flow> + Send + 'a>> {
    if cx.parent() == exit.from {
        Box::pin(std::future::ready(Flow::Stop(exit.reason)))
    } else {
        Box::pin(state.on_exit(exit, cx))
    }
}

/// A term from the wire: a call, a cast, a system message, or anything else.
fn handle_wire<'a, A: Behavior>(
    cx: &'a Context<A>,
    state: &'a mut A,
    encoded: Encoded,
    from: Option<Atom>,
) -> Pin<Box<dyn Future<Output = Flow> + Send + 'a>> {
    let (wrapped, request) = wire::unwrap(cx.host(), &encoded);
    let mut reply_to = match wrapped {
        Wrapped::Call(reply_to) => Some(reply_to),
        Wrapped::Cast => None,
        Wrapped::System(reply_to) => return Box::pin(handle_system(reply_to, request)),
        Wrapped::Info => return handle_info(cx, state, encoded, from),
    };
    let decoded = A::decode_message(
        &mut request.decoder().with_extension(cx.host()),
        &mut reply_to,
    );
    match (decoded, reply_to) {
        (Ok(message), _) => Box::pin(state.dispatch(message, cx)),
        (Err(error), Some(reply_to)) => {
            tracing::warn!(pid = %cx.pid(), actor = std::any::type_name::<A>(), %error, "unknown request");
            reply_to.unknown_request(&request);
            Box::pin(std::future::ready(Flow::Continue))
        }
        (Err(error), None) => {
            tracing::warn!(pid = %cx.pid(), actor = std::any::type_name::<A>(), %error, "unknown cast");
            handle_info(cx, state, encoded, from)
        }
    }
}

fn handle_info<'a, A: Behavior>(
    cx: &'a Context<A>,
    state: &'a mut A,
    encoded: Encoded,
    from: Option<Atom>,
) -> Pin<Box<dyn Future<Output = Flow> + Send + 'a>> {
    match encoded.to_term() {
        Ok(term) => Box::pin(state.on_info(term, cx)),
        Err(error) => {
            corrupt(cx, &error, from);
            Box::pin(std::future::ready(Flow::Continue))
        }
    }
}

/// What came is no term at all: not the process's fault, but the connection's.
pub(super) fn corrupt<A: Behavior>(
    cx: &Context<A>,
    error: &crate::etf::DecodeError,
    from: Option<Atom>,
) {
    tracing::warn!(pid = %cx.pid(), %error, "a message is not a valid Erlang term");
    if let Some(node) = from {
        cx.host().corrupt(&node);
    }
}

/// System messages of `sys`: every one of them is answered.
async fn handle_system(reply_to: crate::process::ReplyTo, request: Encoded) -> Flow {
    reply_to.unknown_system_message(&request);
    Flow::Continue
}

/// Lets other tasks run.
pub(super) async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
