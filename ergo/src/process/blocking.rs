//! Processes that block: a closure on a thread of its own, with a mailbox, links and an exit reason.

use std::future::Future;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Poll, Waker};
use std::time::Duration;

use crate::etf::Pid;
use crate::process::current::{self, Current};
use crate::process::host::{AnyProcess, HostRef};
use crate::process::plain::{self, IntoExit, Message, Plain, PlainContext};
use crate::process::spawn::Tie;
use crate::process::{Context, ExitReason, SpawnError, SpawnOptions};

/// A process that may block its thread, from inside: everything of [`Context`], and its mailbox.
///
/// It runs on one of the threads that tokio keeps for blocking work; when all of them are taken (512 unless the runtime
/// says otherwise) the process exists and waits for one.
///
/// A thread cannot be ended from outside. A process of this kind that is killed, or gets an exit signal it does not
/// trap, is gone at once for everybody else: its name is free, its links and monitors hear of the end. Its thread goes
/// on until the closure returns, so one that works for long looks at [`BlockingContext::is_exiting`] now and then; a
/// receive ends with `None`. What it sends after its end still arrives.
#[derive(Debug)]
pub struct BlockingContext {
    context: PlainContext,
    runtime: tokio::runtime::Handle,
}

impl Deref for BlockingContext {
    type Target = Context<Plain>;

    fn deref(&self) -> &Context<Plain> {
        &self.context
    }
}

impl BlockingContext {
    /// Whether the process has been ended from outside: the closure has nothing more to do.
    pub fn is_exiting(&self) -> bool {
        self.cell().is_exiting()
    }

    /// Waits for the next message; `None` once the process has been ended from outside.
    pub fn receive(&mut self) -> Option<Message> {
        let runtime = self.runtime.clone();
        runtime.block_on(self.receive_or_end())
    }

    /// As [`BlockingContext::receive`], but waits no longer than `timeout`.
    pub fn receive_timeout(&mut self, timeout: Duration) -> Option<Message> {
        let runtime = self.runtime.clone();
        runtime.block_on(async {
            let received = tokio::time::timeout(timeout, self.receive_or_end());
            received.await.ok().flatten()
        })
    }

    /// Waits for a future, a call for example. An exit signal does not end this wait.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    async fn receive_or_end(&mut self) -> Option<Message> {
        let cell = self.cell().clone();
        let mut received = pin!(self.context.receive());
        std::future::poll_fn(|cx| {
            if cell.is_exiting() {
                return Poll::Ready(None);
            }
            match received.as_mut().poll(cx) {
                // Looked at after the receive has parked: a signal that comes later wakes it.
                Poll::Pending if cell.is_exiting() => Poll::Ready(None),
                polled => polled,
            }
        })
        .await
    }
}

/// Starts a process around a closure that may block.
pub(crate) fn spawn<F, R>(
    host: &HostRef,
    options: &SpawnOptions,
    tie: &Tie<'_>,
    body: F,
) -> Result<Pid, SpawnError>
where
    F: FnOnce(BlockingContext) -> R + Send + 'static,
    R: IntoExit + 'static,
{
    let runtime = host.runtime().clone();
    plain::spawn(host, options, tie, move |cx| {
        let context = BlockingContext {
            context: cx.on_another_thread(),
            runtime: runtime.clone(),
        };
        let thread = runtime.spawn_blocking(move || run(context, body));
        async move {
            // An error is a runtime that shuts down: panics are caught where they happen.
            thread.await.unwrap_or(ExitReason::Killed)
        }
    })
}

/// Runs the closure as the process, on this thread.
fn run<R: IntoExit>(cx: BlockingContext, body: impl FnOnce(BlockingContext) -> R) -> ExitReason {
    let current = Current::new(cx.cell().id(), cx.cell().host(), Waker::noop());
    let outer = current.enter();
    let _gate = cx.cell().gate();
    let done = catch_unwind(AssertUnwindSafe(|| body(cx).into_exit()));
    Current::leave(outer);
    done.unwrap_or_else(|payload| ExitReason::Panic(current::panic_message(&*payload).into()))
}
