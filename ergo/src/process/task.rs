//! The task of a process: polls its body, catches panics, acts on exit signals, and takes it apart at the end.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Instant;

use crate::process::actor::Behavior;
use crate::process::crash;
use crate::process::current::{self, Current};
use crate::process::host::AnyProcess;
use crate::process::mailbox::Cell;
use crate::process::{ExitReason, SpawnError, links};

/// How the body of a process ended by itself.
pub(super) struct Ended {
    pub(super) reason: ExitReason,
    /// Told once nothing of the process is left: the starter of one whose init failed.
    pub(super) refused: Option<tokio::sync::oneshot::Sender<Result<(), SpawnError>>>,
}

impl From<ExitReason> for Ended {
    fn from(reason: ExitReason) -> Self {
        Ended {
            reason,
            refused: None,
        }
    }
}

pin_project_lite::pin_project! {
    /// The future that runs a process.
    pub(super) struct ProcessTask<A: Behavior, F> {
        cell: Arc<Cell<A>>,
        timer: Option<Pin<Box<tokio::time::Sleep>>>,
        #[pin]
        body: Option<F>,
    }
}

impl<A: Behavior, F> ProcessTask<A, F> {
    pub(super) fn new(cell: Arc<Cell<A>>, body: F) -> Self {
        ProcessTask {
            cell,
            timer: None,
            body: Some(body),
        }
    }
}

impl<A: Behavior, F: Future<Output = Ended>> Future for ProcessTask<A, F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<()> {
        let mut this = self.project();
        let _gate = this.cell.gate();
        if this.cell.is_exiting() {
            finish(this.cell, this.body, None);
            return Poll::Ready(());
        }
        let Some(body) = this.body.as_mut().as_pin_mut() else {
            return Poll::Ready(());
        };
        this.cell.begin_poll();
        let outer = Current::new(this.cell.id(), this.cell.host(), cx.waker()).enter();
        let polled = catch_unwind(AssertUnwindSafe(|| body.poll(cx)));
        let wanted = Current::leave(outer);
        match polled {
            Ok(Poll::Pending) => {
                if let Some(deadline) = wanted {
                    arm(this.timer, deadline, cx);
                }
                if !this.cell.end_poll(cx) {
                    return Poll::Pending;
                }
                finish(this.cell, this.body, None);
            }
            Ok(Poll::Ready(ended)) => finish(this.cell, this.body, Some(ended)),
            Err(payload) => {
                let message = current::panic_message(&*payload);
                finish(
                    this.cell,
                    this.body,
                    Some(ExitReason::Panic(message.into()).into()),
                );
            }
        }
        Poll::Ready(())
    }
}

/// Wakes the process at `deadline` at the latest.
///
/// A process owns one timer and a later deadline does not touch it, so a sequence of answered calls arms it once
/// in the length of a timeout.
fn arm(
    timer: &mut Option<Pin<Box<tokio::time::Sleep>>>,
    deadline: Instant,
    cx: &mut TaskContext<'_>,
) {
    let deadline = tokio::time::Instant::from_std(deadline);
    let sleep = match timer {
        Some(sleep) if !sleep.is_elapsed() && sleep.deadline() <= deadline => return,
        Some(sleep) => {
            sleep.as_mut().reset(deadline);
            sleep
        }
        None => timer.insert(Box::pin(tokio::time::sleep_until(deadline))),
    };
    if sleep.as_mut().poll(cx).is_ready() {
        cx.waker().wake_by_ref();
    }
}

/// Takes a process apart: its name and its mailbox, its state, its place in the table, its links and monitors, in this
/// order, so that a name is free before anyone hears of the end.
fn finish<A: Behavior, F>(
    cell: &Arc<Cell<A>>,
    mut body: Pin<&mut Option<F>>,
    ended: Option<Ended>,
) {
    let (own, refused) = match ended {
        Some(ended) => (Some(ended.reason), ended.refused),
        None => (None, None),
    };
    if cell.is_starting() {
        links::untie_starter(cell.host(), &**cell);
    }
    // A process whose init ignored the start ends `normal` for everybody but its starter.
    let ignored = refused.is_some() && own == Some(ExitReason::Ignore);
    let own = if ignored {
        Some(ExitReason::Normal)
    } else {
        own
    };
    let closed = cell.close(own);
    // An exit signal decides also when the body ended by itself in the same moment.
    let signalled = closed.signalled;
    let reason = closed.reason.clone();
    // Destructors are the user's code: a panic in one must not take the rest of the clean-up with it.
    if catch_unwind(AssertUnwindSafe(|| body.set(None))).is_err() {
        tracing::error!(pid = %cell.pid(), "a destructor panicked while the process ended");
    }
    let waiting = closed.waiting();
    let ties = closed.into_ties();
    if refused.is_none() && !cell.is_starting() {
        crash::report(
            cell,
            &crash::End {
                reason: &reason,
                signalled,
                waiting,
                ties: ties.as_ref(),
            },
        );
    }
    links::dissolve(cell.host(), cell.id(), ties, &reason);
    cell.gone();
    if let Some(starter) = refused {
        // The starter may have given up; nobody else needs to know.
        let _ = starter.send(Err(match reason {
            ExitReason::Normal if ignored => SpawnError::Ignored,
            reason => SpawnError::Init(reason),
        }));
    }
}
