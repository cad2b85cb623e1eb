//! What lies under the lock of a process: its messages, its life, and who waits for its end.

use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Waker;

use crate::etf::{Atom, Encoded};
use crate::process::host::Origin;
use crate::process::relations::Ties;
use crate::process::room::Line;
use crate::process::{Down, Exit, ExitReason, Heritage, Relations};

/// What lies in a mailbox: a message inline, or a pointer to anything rarer.
pub(super) enum Envelope<M> {
    Message(M),
    Other(Box<Other>),
}

impl<M> Envelope<M> {
    /// Whether it is a message of another node.
    pub(super) fn is_of_peer(&self) -> bool {
        matches!(self, Envelope::Other(other) if matches!(**other, Other::Wire(_, Some(_))))
    }
}

/// What is not a typed message.
pub(super) enum Other {
    /// A term, and the connection it came over.
    Wire(Encoded, Option<Origin>),
    Down(Down),
    Exit(Exit),
    /// Proves to someone that everything before it has been handled and the process still lives.
    Fence(tokio::sync::oneshot::Sender<()>),
}

/// Memory that the buffer of an idle mailbox may keep; a larger one is given back after a burst.
const IDLE_BYTES_MAX: usize = 4096;

/// How far a process has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// It lives, and its mailbox takes messages.
    Open,
    /// It has ended and is being taken apart: its name and links may still be there.
    Closing,
    /// Nothing of it is left.
    Gone,
}

/// What there is to remember of an end, beyond that it was `normal` and nobody waits for it.
#[derive(Default)]
struct End {
    reason: ExitReason,
    /// Others than the first that wait for it, by number.
    waiters: Vec<(NonZeroU64, Waker)>,
    last: u64,
}

/// What one who waits for the end of a process is known by, from the first look on.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum EndTicket {
    /// It has not looked yet.
    #[default]
    None,
    /// It was the only one.
    First,
    /// There were others.
    Other(NonZeroU64),
}

/// What few mailboxes ever have.
pub(super) struct Extra<M> {
    /// Senders that wait for room.
    pub(super) line: Line<M>,
    /// Messages with priority, which the process takes before all others.
    pub(super) urgent: VecDeque<Envelope<M>>,
    /// Who gets what is too much.
    pub(super) fallback: Option<Atom>,
}

impl<M> Default for Extra<M> {
    fn default() -> Self {
        Extra {
            line: Line::default(),
            urgent: VecDeque::new(),
            fallback: None,
        }
    }
}

/// One process's own memory is a matter of bytes: what most processes never have is behind a pointer.
pub(super) struct Queue<M> {
    pub(super) messages: VecDeque<Envelope<M>>,
    /// Wakes the process for an exit signal, and when it is parked for a message.
    pub(super) waker: Option<Waker>,
    relations: Option<Box<Relations>>,
    /// Who has started it with a link, while there is nothing else to remember: most children never have relations.
    child_of: Option<NonZeroU64>,
    /// Who waits for its end: the first.
    waiter: Option<Waker>,
    end: Option<Box<End>>,
    pub(super) heritage: Option<Arc<Heritage>>,
    extra: Option<Box<Extra<M>>>,
    pub(super) bound: u32,
    /// Whether the process waits for messages, and not for something a callback awaits.
    pub(super) parked: bool,
    life: Life,
}

impl<M> Queue<M> {
    pub(super) fn new(bound: u32, parent: Option<u64>) -> Self {
        Queue {
            messages: VecDeque::new(),
            waker: None,
            relations: None,
            child_of: parent.and_then(NonZeroU64::new),
            waiter: None,
            end: None,
            heritage: None,
            extra: None,
            bound,
            parked: false,
            life: Life::Open,
        }
    }

    #[inline]
    pub(super) fn is_open(&self) -> bool {
        self.life == Life::Open
    }

    /// The waker to wake for something new in the mailbox: that of a parked process.
    #[inline]
    pub(super) fn unpark(&mut self) -> Option<Waker> {
        if std::mem::take(&mut self.parked) {
            self.waker.take()
        } else {
            None
        }
    }

    /// Puts in what is no typed message.
    pub(super) fn push_other(&mut self, other: Other) -> Option<Waker> {
        self.messages.push_back(Envelope::Other(Box::new(other)));
        self.unpark()
    }

    /// Its relations, made if there are none yet; `None` when it has ended.
    pub(super) fn relations(&mut self) -> Option<&mut Relations> {
        if !self.is_open() {
            return None;
        }
        let child_of = self.child_of.take();
        let make =
            || child_of.map_or_else(Box::default, |parent| Relations::of_child(parent.get()));
        Some(&mut **self.relations.get_or_insert_with(make))
    }

    /// Its relations, if it lives and has any.
    pub(super) fn all_relations(&mut self) -> Option<&mut Relations> {
        match self.child_of {
            Some(_) => self.relations(),
            None => self.known_relations(),
        }
    }

    /// Its relations, if it lives and has more than the link to its parent.
    pub(super) fn known_relations(&mut self) -> Option<&mut Relations> {
        self.relations.as_deref_mut()
    }

    /// What few mailboxes have, if this one has any of it.
    pub(super) fn known_extra(&mut self) -> Option<&mut Extra<M>> {
        self.extra.as_deref_mut()
    }

    /// What few mailboxes have, made if there is none of it yet.
    pub(super) fn extra_mut(&mut self) -> &mut Extra<M> {
        self.extra.get_or_insert_default()
    }

    /// Whether senders wait for room: whoever comes now has to wait behind them.
    pub(super) fn has_line(&self) -> bool {
        self.extra
            .as_ref()
            .is_some_and(|extra| !extra.line.is_empty())
    }

    /// What the children of this process, whose id is `id`, have from it: made once for all of them.
    pub(super) fn heritage_of_children(&mut self, id: u64) -> Arc<Heritage> {
        let own = self.heritage.clone();
        let Some(relations) = self.relations() else {
            return Arc::new(Heritage::of_children(id, None, own.as_deref(), None));
        };
        if let Some(made) = &relations.heritage_of_children {
            return made.clone();
        }
        let (name, leader) = (relations.name.as_ref(), relations.group_leader.as_ref());
        let made = Arc::new(Heritage::of_children(id, name, own.as_deref(), leader));
        relations.heritage_of_children = Some(made.clone());
        made
    }

    /// Leaves small buffers to a process that parks, and one at least, if it has had any. `spare` is empty.
    pub(super) fn park_buffers(&mut self, spare: &mut VecDeque<Envelope<M>>) {
        let capacity_max = IDLE_BYTES_MAX / size_of::<Envelope<M>>().max(1);
        if spare.capacity() > capacity_max {
            *spare = VecDeque::new();
        } else if self.messages.capacity() == 0 {
            std::mem::swap(&mut self.messages, spare);
        }
        if self.messages.capacity() > capacity_max {
            self.messages = VecDeque::new();
        }
    }

    /// Why it ended, or is about to; `None` while it lives.
    pub(super) fn exit_reason(&self) -> Option<ExitReason> {
        if self.is_open() {
            return self.relations.as_ref()?.exit.clone();
        }
        Some(self.reason_of_end())
    }

    fn reason_of_end(&self) -> ExitReason {
        let end = self.end.as_ref();
        end.map(|end| end.reason.clone()).unwrap_or_default()
    }

    /// Ends it, and gives the reason and what it was tied to. An exit signal that has come before decides the reason.
    /// True when that or nothing else did.
    pub(super) fn close(&mut self, own: Option<ExitReason>) -> (ExitReason, bool, Tied) {
        self.life = Life::Closing;
        let mut tied = Tied {
            relations: self.relations.take(),
            child_of: self.child_of.take(),
        };
        let relations = tied.relations.as_mut();
        let signalled = relations.and_then(|relations| relations.exit.take());
        let is_signalled = signalled.is_some() || own.is_none();
        let reason = signalled.or(own).unwrap_or(ExitReason::Killed);
        if reason != ExitReason::Normal {
            self.end.get_or_insert_default().reason = reason.clone();
        }
        (reason, is_signalled, tied)
    }

    /// Nothing is left of it: gives whoever is to be woken.
    pub(super) fn gone(&mut self) -> (Option<Waker>, Vec<Waker>) {
        self.life = Life::Gone;
        let mut end = self.end.take();
        let more = match &mut end {
            Some(end) => std::mem::take(&mut end.waiters),
            None => Vec::new(),
        };
        let more = more.into_iter().map(|(_, waker)| waker).collect();
        self.end = end.filter(|end| end.reason != ExitReason::Normal);
        (self.waiter.take(), more)
    }

    /// The reason once nothing is left of it; until then `waker` is kept under `ticket`.
    pub(super) fn wait_for_end(
        &mut self,
        ticket: &mut EndTicket,
        waker: &Waker,
    ) -> Option<ExitReason> {
        if self.life == Life::Gone {
            return Some(self.reason_of_end());
        }
        let kept = match ticket {
            EndTicket::None if self.waiter.is_none() => {
                *ticket = EndTicket::First;
                &mut self.waiter.insert(waker.clone())
            }
            EndTicket::None => {
                *ticket = EndTicket::Other(self.wait_in_line(waker));
                return None;
            }
            EndTicket::First => self.waiter.as_mut()?,
            EndTicket::Other(number) => {
                let waiters = &mut self.end.as_mut()?.waiters;
                let place = waiters.iter().position(|(held, _)| held == number)?;
                &mut waiters.get_mut(place)?.1
            }
        };
        kept.clone_from(waker);
        None
    }

    fn wait_in_line(&mut self, waker: &Waker) -> NonZeroU64 {
        let end = self.end.get_or_insert_default();
        end.last += 1;
        let number = NonZeroU64::new(end.last).unwrap_or(NonZeroU64::MIN);
        end.waiters.push((number, waker.clone()));
        number
    }

    /// One who waited for the end does not any more.
    pub(super) fn leave_end(&mut self, ticket: EndTicket) -> Option<Waker> {
        match ticket {
            EndTicket::None => None,
            EndTicket::First => self.waiter.take(),
            EndTicket::Other(number) => {
                let waiters = &mut self.end.as_mut()?.waiters;
                let place = waiters.iter().position(|(held, _)| *held == number)?;
                Some(waiters.swap_remove(place).1)
            }
        }
    }

    /// Keeps the waker of the process's own task for exit signals, as a part of its body that is polled elsewhere is
    /// about to wait with its own.
    pub(super) fn keep_own_waker(&mut self) {
        if self.parked {
            return;
        }
        let own = self.waker.take();
        if let (Some(own), Some(relations)) = (own, self.relations()) {
            relations.waker = Some(own);
        }
    }
}

/// What a process was tied to when it ended.
pub(super) struct Tied {
    pub(super) relations: Option<Box<Relations>>,
    child_of: Option<NonZeroU64>,
}

impl Tied {
    /// What is left to tell others, if there is anything.
    pub(super) fn into_ties(self) -> Option<Ties> {
        match (self.relations, self.child_of) {
            (Some(relations), _) => Some(relations.dissolve()),
            (None, Some(parent)) => Some(Ties::of_child(parent.get())),
            (None, None) => None,
        }
    }
}

/// What a mailbox held when it was closed.
pub(super) struct Closed<M> {
    pub(super) reason: ExitReason,
    /// Whether the reason is that of an exit signal, and not what the body ended with.
    pub(super) signalled: bool,
    pub(super) tied: Tied,
    pub(super) messages: VecDeque<Envelope<M>>,
}

impl<M> Closed<M> {
    /// How many messages nobody has taken out.
    pub(super) fn waiting(&self) -> usize {
        self.messages.len()
    }

    /// Drops the messages, which may run code of the user, and gives the ties, if there are any.
    pub(super) fn into_ties(self) -> Option<Ties> {
        // A panic in a destructor must not take the ties with it: everyone still has to hear of the end.
        if !self.messages.is_empty()
            && catch_unwind(AssertUnwindSafe(|| drop(self.messages))).is_err()
        {
            tracing::error!("a destructor of a message panicked while its process ended");
        }
        self.tied.into_ties()
    }
}
