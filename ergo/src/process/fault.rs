//! What a test has go wrong in a process. With the feature `testing` alone.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::process::actor::Behavior;
use crate::process::host::AnyProcess;
use crate::process::mailbox::Cell;
use crate::process::turn::yield_now;
use crate::process::{Context, ExitReason};

/// What goes wrong at a message, which is then not handled unless it is only late.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// It is killed.
    Kill,
    /// It ends as if a callback had said so.
    Exit(ExitReason),
    /// It panics.
    Panic,
    /// It is busy for so long before it handles the message.
    Delay(Duration),
}

/// What goes wrong when a process starts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum InitFault {
    /// Its init refuses.
    Fail(ExitReason),
    /// Its init takes so much longer.
    Delay(Duration),
}

/// Decides what goes wrong.
pub(crate) trait FaultPlan: Send + Sync {
    /// Asked before each message.
    fn at_message(&self, process: &dyn AnyProcess) -> Option<Fault>;
    /// Asked before each init.
    fn at_init(&self, process: &dyn AnyProcess) -> Option<InitFault>;
}

/// Before a message of a behaviour is handled: the reason when it ends instead. Boxed, so that it makes no process
/// bigger.
#[cold]
pub(super) fn before_message<A: Behavior>(
    cx: &Context<A>,
) -> Pin<Box<dyn Future<Output = Option<ExitReason>> + Send + '_>> {
    Box::pin(async move {
        match strike(cx.cell())? {
            Fault::Exit(reason) => Some(reason),
            fault => {
                suffer(cx.cell(), fault).await;
                None
            }
        }
    })
}

/// Before a plain process receives a message. It has no callback that could end it, so an exit comes as a signal.
#[cold]
pub(super) fn before_receive<A: Behavior>(
    cell: &Cell<A>,
) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
    Box::pin(async move {
        if let Some(fault) = strike(cell) {
            suffer(cell, fault).await;
        }
    })
}

fn strike<A: Behavior>(cell: &Cell<A>) -> Option<Fault> {
    cell.host().faults()?.at_message(cell)
}

async fn suffer<A: Behavior>(cell: &Cell<A>, fault: Fault) {
    let reason = match fault {
        Fault::Delay(time) => return tokio::time::sleep(time).await,
        Fault::Panic => panic!("a fault that the test asked for"),
        Fault::Kill => ExitReason::Kill,
        Fault::Exit(reason) => reason,
    };
    cell.exit_signal(&cell.pid(), reason, false);
    // Where it ends.
    yield_now().await;
}

/// Before an init: the reason when it is to refuse.
pub(super) async fn before_init<A: Behavior>(cell: &Cell<A>) -> Option<ExitReason> {
    match cell.host().faults()?.at_init(cell)? {
        InitFault::Fail(reason) => Some(reason),
        InitFault::Delay(time) => {
            tokio::time::sleep(time).await;
            None
        }
    }
}
