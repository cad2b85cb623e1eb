//! The mailbox of a process: one queue of its own message type under one lock.
//!
//! A send locks, pushes, takes the parked waker, unlocks and wakes. A receive locks once when its local batch is
//! empty and swaps the whole buffer, so the lock is taken once per batch and not once per message.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use crate::etf::{Atom, Pid, Reference};
use crate::process::actor::{Behavior, Options};
use crate::process::asked::Asked;
use crate::process::host::HostRef;
use crate::process::overflow::{Policy, Sent};
use crate::process::queue::{Closed, Envelope, Extra, Other, Queue};
use crate::process::{CastError, Exit, ExitReason, Full};
use crate::process::{current, wire};
use crate::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use crate::sync::{Mutex, MutexGuard};

const TRAP_EXIT: u8 = 1;
const EXITING: u8 = 2;
const STARTING: u8 = 4;
/// A callback has asked for something through its context.
const ASKED: u8 = 8;
/// Senders wait for room.
pub(super) const QUEUED: u8 = 16;
/// Messages with priority wait.
const URGENT: u8 = 32;
/// It has a log level.
pub(super) const LEVELLED: u8 = 64;

/// How many system messages a full mailbox still takes.
const SYSTEM_MESSAGES: u64 = 16;

/// A process, as its own task and its handles see it.
pub(super) struct Cell<A: Behavior> {
    queue: Mutex<Queue<A::Message>>,
    flags: AtomicU8,
    /// Whether the poll in progress has parked. For the process's own task alone.
    has_parked: AtomicBool,
    policy: Policy,
    /// Messages of the batch in progress that wait, so that a bound is exact. Kept only when there is a bound.
    pub(super) batch_left: AtomicU32,
    /// Whether its node has faults in store.
    #[cfg(feature = "testing")]
    faulty: bool,
    pub(super) id: u64,
    host: HostRef,
}

impl<A: Behavior> Cell<A> {
    pub(super) fn new(id: u64, host: HostRef, options: Options, parent: Option<u64>) -> Arc<Self> {
        Arc::new(Cell {
            queue: Mutex::new(Queue::new(options.mailbox, parent)),
            flags: AtomicU8::new(if options.trap_exit { TRAP_EXIT } else { 0 }),
            has_parked: AtomicBool::new(false),
            policy: options.overflow.into(),
            batch_left: AtomicU32::new(0),
            #[cfg(feature = "testing")]
            faulty: host.faults().is_some(),
            id,
            host,
        })
    }

    /// Whether it is to be asked what goes wrong at its messages.
    #[cfg(feature = "testing")]
    #[inline]
    pub(super) fn has_faults(&self) -> bool {
        self.faulty
    }

    /// The same for one message; a fence is none.
    #[cfg(feature = "testing")]
    #[inline]
    pub(super) fn is_faulty(&self, envelope: &Envelope<A::Message>) -> bool {
        self.faulty
            && !matches!(envelope, Envelope::Other(other) if matches!(**other, Other::Fence(_)))
    }

    pub(super) fn host(&self) -> &HostRef {
        &self.host
    }

    pub(super) fn pid(&self) -> Pid {
        self.host.pid(self.id)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Queue<A::Message>> {
        // A panic cannot happen while it is held, except for memory running out, and the queue is whole then too.
        self.queue
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Puts a message in. A refused one comes back with the error.
    #[inline]
    pub(super) fn push(
        &self,
        envelope: Envelope<A::Message>,
    ) -> Result<(), (CastError, Envelope<A::Message>)> {
        self.push_if(envelope, |_| true)
    }

    /// As [`Cell::push`], when `gate` lets it in, which looks in the same step.
    #[inline]
    pub(super) fn push_if(
        &self,
        envelope: Envelope<A::Message>,
        gate: impl FnOnce(&mut Queue<A::Message>) -> bool,
    ) -> Result<(), (CastError, Envelope<A::Message>)> {
        let waker = {
            let mut queue = self.lock();
            if !queue.is_open() {
                return Err((CastError::Closed, envelope));
            }
            if queue.bound != u32::MAX && (queue.has_line() || !self.has_room(&queue)) {
                return Err((self.full(&queue), envelope));
            }
            if !gate(&mut queue) {
                return Err((CastError::Closed, envelope));
            }
            queue.messages.push_back(envelope);
            queue.unpark()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    fn waiting(&self, queue: &Queue<A::Message>) -> u64 {
        queue.messages.len() as u64 + u64::from(self.batch_left.load(Ordering::SeqCst))
    }

    pub(super) fn has_room(&self, queue: &Queue<A::Message>) -> bool {
        self.waiting(queue) < u64::from(queue.bound)
    }

    fn full(&self, queue: &Queue<A::Message>) -> CastError {
        Full::mailbox(self.waiting(queue), queue.bound).into()
    }

    pub(super) fn policy(&self) -> Policy {
        self.policy
    }

    pub(super) fn flags(&self) -> &AtomicU8 {
        &self.flags
    }

    /// Looks at what few mailboxes have.
    pub(super) fn extra<R>(&self, look: impl FnOnce(&mut Extra<A::Message>) -> R) -> Option<R> {
        self.lock().known_extra().map(look)
    }

    /// Who gets what is too much for it; for a process that does not run yet.
    pub(super) fn set_fallback(&self, name: Atom) {
        self.lock().extra_mut().fallback = Some(name);
    }

    /// Whether a message would be taken now, and why not.
    pub(super) fn takes_more(&self) -> Result<(), CastError> {
        let queue = self.lock();
        if !queue.is_open() || self.is_exiting() {
            Err(CastError::Closed)
        } else if queue.bound != u32::MAX && (queue.has_line() || !self.has_room(&queue)) {
            Err(self.full(&queue))
        } else {
            Ok(())
        }
    }

    /// A typed message from this node.
    #[inline]
    pub(super) fn send(&self, message: A::Message) -> Result<(), CastError> {
        // What a refused message drops may run code of the user: not under the lock.
        match self.push(Envelope::Message(message)) {
            Ok(()) => Ok(()),
            Err((error, envelope)) => self.not_taken(error, envelope, Sent::Cast),
        }
    }

    /// Puts a message in before all others but those that came the same way. The bound of the mailbox holds for them by
    /// themselves, so that they get through when it is full.
    pub(super) fn push_urgent_if(
        &self,
        envelope: Envelope<A::Message>,
        gate: impl FnOnce(&mut Queue<A::Message>) -> bool,
    ) -> Result<(), (CastError, Envelope<A::Message>)> {
        let waker = {
            let mut queue = self.lock();
            if !queue.is_open() {
                return Err((CastError::Closed, envelope));
            }
            let bound = queue.bound as usize;
            let waiting = queue.extra_mut().urgent.len();
            if waiting >= bound {
                let full = Full::mailbox(waiting as u64, queue.bound);
                return Err((full.into(), envelope));
            }
            if !gate(&mut queue) {
                return Err((CastError::Closed, envelope));
            }
            queue.extra_mut().urgent.push_back(envelope);
            self.flags.fetch_or(URGENT, Ordering::Release);
            queue.unpark()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// Whether messages wait that are to be taken before all others.
    #[inline]
    pub(super) fn has_urgent(&self) -> bool {
        self.flags.load(Ordering::Acquire) & URGENT != 0
    }

    /// Takes the first of the messages with priority.
    #[inline]
    pub(super) fn take_urgent(&self) -> Option<Envelope<A::Message>> {
        if self.has_urgent() {
            self.take_first_urgent()
        } else {
            None
        }
    }

    #[cold]
    fn take_first_urgent(&self) -> Option<Envelope<A::Message>> {
        let mut queue = self.lock();
        let urgent = &mut queue.known_extra()?.urgent;
        let first = urgent.pop_front();
        if urgent.is_empty() {
            *urgent = VecDeque::new();
            self.flags.fetch_and(!URGENT, Ordering::Relaxed);
        }
        first
    }

    /// A signal: exits, downs and fences are not subject to the bound, as nothing may get lost of them.
    pub(super) fn push_signal(&self, other: Other) -> bool {
        let waker = {
            let mut queue = self.lock();
            if !queue.is_open() {
                return false;
            }
            queue.push_other(other)
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }

    /// Puts in what came as a term. A full mailbox has some room left for system messages: a suspended process could never
    /// be resumed otherwise.
    pub(super) fn push_term(
        &self,
        envelope: Envelope<A::Message>,
    ) -> Result<(), (CastError, Envelope<A::Message>)> {
        let (full, envelope) = match self.push(envelope) {
            Err((error @ CastError::Full(_), envelope)) => (error, envelope),
            pushed => return pushed,
        };
        let is_system = matches!(&envelope, Envelope::Other(other)
            if matches!(&**other, Other::Wire(encoded, _) if wire::is_system(&self.host, encoded)));
        let waker = {
            let mut queue = self.lock();
            let bound = u64::from(queue.bound) + SYSTEM_MESSAGES;
            if !is_system || !queue.is_open() || self.waiting(&queue) >= bound {
                return Err((full, envelope));
            }
            queue.messages.push_back(envelope);
            queue.unpark()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// Takes the next batch in exchange for the empty `batch`, or parks.
    pub(super) fn poll_batch(
        &self,
        batch: &mut VecDeque<Envelope<A::Message>>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<()> {
        self.take_or_park(&mut self.lock(), batch, cx)
    }

    #[inline]
    fn take_or_park(
        &self,
        queue: &mut Queue<A::Message>,
        batch: &mut VecDeque<Envelope<A::Message>>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<()> {
        if queue.messages.is_empty() {
            self.park(queue, batch, cx);
            return Poll::Pending;
        }
        std::mem::swap(&mut queue.messages, batch);
        if queue.bound != u32::MAX {
            // A plain process may still hold some of the last one.
            let taken = u32::try_from(batch.len()).unwrap_or(u32::MAX);
            let left = self.batch_left.load(Ordering::Relaxed);
            self.batch_left
                .store(left.saturating_add(taken), Ordering::Relaxed);
        }
        Poll::Ready(())
    }

    /// As [`Cell::poll_batch`], on another thread than that of the process's own task, which still has to be woken by an
    /// exit signal.
    pub(super) fn poll_batch_elsewhere(
        &self,
        batch: &mut VecDeque<Envelope<A::Message>>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<()> {
        let mut queue = self.lock();
        if !queue.messages.is_empty() || !queue.is_open() {
            return self.take_or_park(&mut queue, batch, cx);
        }
        queue.keep_own_waker();
        queue.waker = Some(cx.waker().clone());
        queue.parked = true;
        Poll::Pending
    }

    fn park(
        &self,
        queue: &mut Queue<A::Message>,
        batch: &mut VecDeque<Envelope<A::Message>>,
        cx: &mut TaskContext<'_>,
    ) {
        queue.park_buffers(batch);
        if !queue.is_open() {
            // Nobody would ever take the waker out again, and it may hold what holds this process.
            return;
        }
        // A context can be handed to another task, which the process's own then waits for.
        let is_own = current::id_on(&self.host) == self.id;
        match &queue.waker {
            Some(waker) if waker.will_wake(cx.waker()) => {}
            _ => {
                if !is_own {
                    queue.keep_own_waker();
                }
                queue.waker = Some(cx.waker().clone());
            }
        }
        queue.parked = true;
        if let Some(relations) = queue.known_relations() {
            // What they were to pass over has been: there is no batch in progress.
            relations.flushed.clear();
        }
        if is_own {
            self.has_parked.store(true, Ordering::Relaxed);
        }
    }

    /// The process's task polls its body next.
    #[inline]
    pub(super) fn begin_poll(&self) {
        self.has_parked.store(false, Ordering::Relaxed);
    }

    /// The body waits. Sees to it that an exit signal wakes the process, wherever it waits; true when one has come
    /// already.
    #[inline]
    pub(super) fn end_poll(&self, cx: &TaskContext<'_>) -> bool {
        if !self.has_parked.load(Ordering::Relaxed) {
            self.wake_on_exit(cx);
        }
        self.is_exiting()
    }

    fn wake_on_exit(&self, cx: &TaskContext<'_>) {
        let mut queue = self.lock();
        let parked = queue.parked;
        match &mut queue.waker {
            Some(waker) if waker.will_wake(cx.waker()) => {}
            // A receive that a part of the body polls with a waker of its own goes on waiting beside it.
            Some(_) if parked => {
                if let Some(relations) = queue.relations() {
                    relations.waker = Some(cx.waker().clone());
                }
            }
            waker => *waker = Some(cx.waker().clone()),
        }
    }

    /// One message of the batch in progress has been taken.
    #[inline]
    pub(super) fn took_one(&self) {
        let left = self.batch_left.load(Ordering::Relaxed);
        if left == 0 {
            return;
        }
        if self.policy != Policy::Wait {
            return self.batch_left.store(left - 1, Ordering::Relaxed);
        }
        // Noted before the flag is looked at: see `push_or_wait`.
        self.batch_left.store(left - 1, Ordering::SeqCst);
        if self.flags.load(Ordering::SeqCst) & QUEUED != 0 {
            self.admit();
        }
    }

    /// Takes the `Down` of a monitor that was taken back out of the mailbox, or has it passed over.
    pub(super) fn flush_down(&self, reference: &Reference) {
        let mut queue = self.lock();
        let is_it = |envelope: &Envelope<A::Message>| {
            matches!(envelope, Envelope::Other(other)
                if matches!(&**other, Other::Down(down) if down.reference == *reference))
        };
        if let Some(urgent) = queue.known_extra().map(|extra| &mut extra.urgent)
            && let Some(index) = urgent.iter().position(is_it)
        {
            let flushed = urgent.remove(index);
            drop(queue);
            return drop(flushed);
        }
        let found = queue.messages.iter().position(is_it);
        if let Some(index) = found {
            let flushed = queue.messages.remove(index);
            let has_line = queue.has_line();
            drop(queue);
            drop(flushed);
            if has_line {
                self.admit();
            }
        } else if let Some(relations) = queue.relations() {
            relations.flushed.push(reference.clone());
        }
    }

    /// Whether a `Down` of the batch in progress is one that was flushed.
    pub(super) fn is_flushed(&self, reference: &Reference) -> bool {
        let mut queue = self.lock();
        let relations = queue.known_relations();
        relations.is_some_and(|relations| relations.flushed.contains(reference))
    }

    /// How many messages nobody has taken out yet.
    pub(super) fn untaken(&self) -> usize {
        let mut queue = self.lock();
        let urgent = queue.known_extra().map_or(0, |extra| extra.urgent.len());
        queue.messages.len() + urgent
    }

    /// Gives back what memory an idle process can do without.
    pub(super) fn shrink(&self) {
        let mut queue = self.lock();
        if queue.messages.is_empty() {
            queue.messages = VecDeque::new();
        }
    }

    #[inline]
    pub(super) fn is_exiting(&self) -> bool {
        self.flags.load(Ordering::Acquire) & EXITING != 0
    }

    /// Whether anything rare wants to be seen to between two messages: one load, whatever there may be.
    #[inline]
    pub(super) fn wants_attention(&self) -> bool {
        self.flags.load(Ordering::Acquire) & (EXITING | ASKED | URGENT) != 0
    }

    /// Notes what is to be done after the callback in progress, and wakes a process that waits.
    pub(super) fn ask(&self, note: impl FnOnce(&mut Asked)) {
        let waker = {
            let mut queue = self.lock();
            let Some(relations) = queue.relations() else {
                return;
            };
            note(relations.asked.get_or_insert_default());
            self.flags.fetch_or(ASKED, Ordering::Release);
            queue.unpark()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn is_asked(&self) -> bool {
        self.flags.load(Ordering::Acquire) & ASKED != 0
    }

    /// Takes what was asked for.
    pub(super) fn take_asked(&self) -> Option<Box<Asked>> {
        if !self.is_asked() {
            return None;
        }
        let mut queue = self.lock();
        self.flags.fetch_and(!ASKED, Ordering::Relaxed);
        queue.known_relations()?.asked.take()
    }

    /// Marks a process whose init has not ended yet.
    pub(super) fn set_starting(&self, on: bool) {
        if on {
            self.flags.fetch_or(STARTING, Ordering::Relaxed);
        } else {
            self.flags.fetch_and(!STARTING, Ordering::Relaxed);
        }
    }

    /// Whether its init has not ended yet: the starter learns of its end by the error, not by an exit signal.
    pub(super) fn is_starting(&self) -> bool {
        self.flags.load(Ordering::Relaxed) & STARTING != 0
    }

    pub(super) fn traps_exit(&self) -> bool {
        self.flags.load(Ordering::Relaxed) & TRAP_EXIT != 0
    }

    pub(super) fn set_trap_exit(&self, on: bool) -> bool {
        let before = if on {
            self.flags.fetch_or(TRAP_EXIT, Ordering::Relaxed)
        } else {
            self.flags.fetch_and(!TRAP_EXIT, Ordering::Relaxed)
        };
        before & TRAP_EXIT != 0
    }

    /// Puts a signal in before all messages but those that came with priority.
    pub(super) fn push_urgent_signal(
        &self,
        queue: &mut Queue<A::Message>,
        other: Other,
    ) -> Option<Waker> {
        let envelope = Envelope::Other(Box::new(other));
        queue.extra_mut().urgent.push_back(envelope);
        self.flags.fetch_or(URGENT, Ordering::Release);
        queue.unpark()
    }

    /// Acts on an exit signal under the lock; what is to be woken is woken after it.
    pub(super) fn act(
        &self,
        queue: &mut Queue<A::Message>,
        exit: Exit,
        linked: bool,
        urgent: bool,
    ) -> [Option<Waker>; 2] {
        let killed = exit.reason == ExitReason::Kill && !linked;
        if self.traps_exit() && !killed {
            let exit = Other::Exit(exit);
            let waker = if urgent {
                self.push_urgent_signal(queue, exit)
            } else {
                queue.push_other(exit)
            };
            return [waker, None];
        }
        let to_itself = !linked && self.host.local_id(&exit.from) == Some(self.id);
        if exit.reason == ExitReason::Normal && !to_itself {
            return [None, None];
        }
        let Some(relations) = queue.relations() else {
            return [None, None];
        };
        let reason = if killed {
            ExitReason::Killed
        } else {
            exit.reason
        };
        relations.exit.get_or_insert(reason);
        // It ends at its next await.
        self.flags.fetch_or(EXITING, Ordering::Release);
        let inner = relations.waker.take();
        queue.parked = false;
        [queue.waker.take(), inner]
    }

    pub(super) fn take_exit(&self, from: &Pid, reason: ExitReason, linked: bool, urgent: bool) {
        let exit = Exit {
            from: from.clone(),
            reason,
        };
        let wakers = {
            let mut queue = self.lock();
            if !queue.is_open() {
                return;
            }
            self.act(&mut queue, exit, linked, urgent)
        };
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    /// Closes the mailbox. What was in it is handed out so that it is dropped outside of the lock.
    ///
    /// An exit signal that has come before the body ended by itself decides the reason, as in OTP; `reason` is the
    /// body's own.
    ///
    /// The name is freed in the same step: whoever is told that the process has ended, also by a monitor, a link or a
    /// message that comes while it is taken apart, finds its name free.
    pub(super) fn close(&self, reason: Option<ExitReason>) -> Closed<A::Message> {
        let mut queue = self.lock();
        let name = queue
            .known_relations()
            .and_then(|known| known.name.as_ref());
        if let Some(name) = name {
            self.host.unregister(name, self.id);
        }
        let (reason, signalled, mut tied) = queue.close(reason);
        let mut messages = std::mem::take(&mut queue.messages);
        let mut senders = Vec::new();
        if let Some(extra) = queue.known_extra() {
            messages.extend(extra.urgent.drain(..));
            let (refused, waiting) = extra.line.dissolve();
            messages.extend(refused);
            senders = waiting;
        }
        let relations = tied.relations.as_mut();
        let inner = relations.and_then(|relations| relations.waker.take());
        let wakers = [queue.waker.take(), inner];
        drop(queue);
        drop(wakers);
        senders.into_iter().for_each(Waker::wake);
        Closed {
            reason,
            signalled,
            tied,
            messages,
        }
    }

    /// Nothing of the process is left: whoever waits for its end is woken.
    pub(super) fn gone(&self) {
        let (waiter, more) = self.lock().gone();
        waiter.into_iter().chain(more).for_each(Waker::wake);
    }
}
