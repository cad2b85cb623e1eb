//! Waiting for the end of a process.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use crate::process::ExitReason;
use crate::process::host::AnyProcess;
use crate::process::queue::EndTicket;

/// Waits until nothing of a process is left, and gives the reason of its end.
///
/// Dropped before that, nothing of it is kept at the process.
#[must_use = "it waits when it is awaited"]
pub struct Ending<P>
where
    P: Deref<Target: AnyProcess>,
{
    process: P,
    ticket: EndTicket,
}

impl<P> Ending<P>
where
    P: Deref<Target: AnyProcess>,
{
    /// Of this process.
    pub fn of(process: P) -> Self {
        let ticket = EndTicket::None;
        Ending { process, ticket }
    }
}

impl<P> Future for Ending<P>
where
    P: Deref<Target: AnyProcess> + Unpin,
{
    type Output = ExitReason;

    fn poll(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<ExitReason> {
        let Ending { process, ticket } = &mut *self;
        process.poll_end(ticket, cx)
    }
}

impl<P> Drop for Ending<P>
where
    P: Deref<Target: AnyProcess>,
{
    fn drop(&mut self) {
        let ticket = std::mem::take(&mut self.ticket);
        if ticket != EndTicket::None {
            self.process.leave_end(ticket);
        }
    }
}
