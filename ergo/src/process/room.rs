//! Senders that wait for room in a mailbox.
//!
//! They wait in line: their messages lie beside the mailbox, and the process itself moves the first one in whenever it
//! takes a message out, so nobody overtakes and nobody has to ask again. Whoever stops waiting takes the message back.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use crate::process::actor::Behavior;
use crate::process::host::AnyProcess;
use crate::process::mailbox::{Cell, QUEUED};
use crate::process::overflow::Policy;
use crate::process::queue::{Envelope, Queue};
use crate::process::{CastError, current};
use crate::sync::atomic::Ordering;

/// The line of those who wait.
pub(super) struct Line<M> {
    /// In order of their tickets.
    waiting: VecDeque<Waiting<M>>,
    next_ticket: u64,
    /// Tickets below are done: their messages are in the mailbox, or were taken back.
    admitted: u64,
}

struct Waiting<M> {
    ticket: u64,
    envelope: Envelope<M>,
    waker: Waker,
}

impl<M> Default for Line<M> {
    fn default() -> Self {
        Line {
            waiting: VecDeque::new(),
            next_ticket: 0,
            admitted: 0,
        }
    }
}

impl<M> Line<M> {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn join(&mut self, envelope: Envelope<M>, waker: Waker) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.waiting.push_back(Waiting {
            ticket,
            envelope,
            waker,
        });
        ticket
    }

    fn admit(&mut self) -> Option<(Envelope<M>, Waker)> {
        let first = self.waiting.pop_front()?;
        self.admitted = first.ticket + 1;
        Some((first.envelope, first.waker))
    }

    fn place(&self, ticket: u64) -> Option<usize> {
        self.waiting
            .binary_search_by_key(&ticket, |waiting| waiting.ticket)
            .ok()
    }

    /// Everyone in it, to be woken, and their messages, to be dropped.
    pub(super) fn dissolve(&mut self) -> (Vec<Envelope<M>>, Vec<Waker>) {
        let waiting = std::mem::take(&mut self.waiting);
        let pair = |waiting: Waiting<M>| (waiting.envelope, waiting.waker);
        waiting.into_iter().map(pair).unzip()
    }
}

impl<A: Behavior> Cell<A> {
    /// Puts a message in, or into the line when the policy is to wait. A refused one comes back with the error.
    pub(super) fn push_or_wait(
        &self,
        envelope: Envelope<A::Message>,
        waker: &Waker,
    ) -> Result<Option<u64>, (CastError, Envelope<A::Message>)> {
        let (envelope, error) = match self.push(envelope) {
            Ok(()) => return Ok(None),
            Err((error, envelope)) => (envelope, error),
        };
        // A process that waited for itself would wait for ever.
        let itself = current::id_on(self.host()) == self.id();
        let is_full = matches!(error, CastError::Full(_));
        if !is_full || self.policy() != Policy::Wait || itself {
            return Err((error, envelope));
        }
        let mut queue = self.lock();
        if !queue.is_open() {
            drop(queue);
            return Err((CastError::Closed, envelope));
        }
        let ticket = queue.extra_mut().line.join(envelope, waker.clone());
        // The process notes what it took before it looks at this flag, and we set the flag before we look at what it
        // took: one of the two sees the room.
        self.flags().fetch_or(QUEUED, Ordering::SeqCst);
        drop(queue);
        self.admit();
        Ok(Some(ticket))
    }

    /// Moves messages of those who wait into the mailbox while there is room.
    #[cold]
    pub(super) fn admit(&self) {
        loop {
            let (sender, process) = {
                let mut queue = self.lock();
                match self.admit_one(&mut queue) {
                    Some(wakers) => wakers,
                    None => return,
                }
            };
            sender.wake();
            if let Some(process) = process {
                process.wake();
            }
        }
    }

    fn admit_one(&self, queue: &mut Queue<A::Message>) -> Option<(Waker, Option<Waker>)> {
        if !queue.is_open() || !self.has_room(queue) {
            return None;
        }
        let line = &mut queue.known_extra()?.line;
        let admitted = line.admit();
        if line.is_empty() {
            self.flags().fetch_and(!QUEUED, Ordering::SeqCst);
        }
        let (envelope, sender) = admitted?;
        queue.messages.push_back(envelope);
        Some((sender, queue.unpark()))
    }

    /// Whether the message with this ticket is in.
    pub(super) fn poll_ticket(
        &self,
        ticket: u64,
        cx: &TaskContext<'_>,
    ) -> Poll<Result<(), CastError>> {
        let mut queue = self.lock();
        let is_open = queue.is_open();
        let Some(extra) = queue.known_extra() else {
            return Poll::Ready(Err(CastError::Closed));
        };
        if ticket < extra.line.admitted {
            return Poll::Ready(Ok(()));
        }
        let place = extra.line.place(ticket);
        match place.and_then(|place| extra.line.waiting.get_mut(place)) {
            Some(waiting) if is_open => {
                waiting.waker.clone_from(cx.waker());
                Poll::Pending
            }
            _ => Poll::Ready(Err(CastError::Closed)),
        }
    }

    /// Gives a place in the line up; nothing happens when the message is in.
    pub(super) fn take_back(&self, ticket: u64) {
        let taken = {
            let mut queue = self.lock();
            let Some(extra) = queue.known_extra() else {
                return;
            };
            let place = extra.line.place(ticket);
            let taken = place.and_then(|place| extra.line.waiting.remove(place));
            if extra.line.is_empty() {
                self.flags().fetch_and(!QUEUED, Ordering::SeqCst);
            }
            taken
        };
        // It may run code of the user: not under the lock.
        drop(taken);
    }
}

/// A place in the line of a mailbox. Ready once the message is in; dropped before, the message is taken back.
pub(crate) struct Admission {
    process: Arc<dyn AnyProcess>,
    ticket: u64,
}

impl Admission {
    pub(super) fn new(process: Arc<dyn AnyProcess>, ticket: u64) -> Self {
        Admission { process, ticket }
    }
}

impl Future for Admission {
    type Output = Result<(), CastError>;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Self::Output> {
        self.process.poll_admitted(self.ticket, cx)
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.process.withdraw(self.ticket);
    }
}
