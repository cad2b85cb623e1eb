//! What becomes of a message that does not get into a mailbox.

use crate::etf::{Atom, Encoded};
use crate::process::actor::Behavior;
use crate::process::dead_letter::{self, DeadLetterReason};
use crate::process::host::{AnyProcess, Incoming};
use crate::process::mailbox::Cell;
use crate::process::queue::{Envelope, Other};
use crate::process::{CastError, Destination, current, wire};

/// What happens to a message for a mailbox that has a bound and is full.
///
/// Signals (exits, `Down`s) are never held up by a bound. A message of a peer cannot wait, since that would hold up
/// everything else on its connection: where others wait, it is a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Overflow {
    /// The sender gets `Full`.
    #[default]
    Refuse,
    /// A sender that can wait waits, first come first served: calls, [`Node::send`](crate::Node::send),
    /// [`Ref::cast_wait`](crate::Ref::cast_wait) and methods marked `#[cast(wait)]`. Any other gets `Full`.
    Wait,
    /// The message becomes a dead letter, and the sender does not notice. A call is refused with `Full`.
    DropNewest,
    /// The message goes as `{fallback, To, Message}` to the process registered under this name on the same node;
    /// `Message` has the form it has on the wire, so a call can be answered from there. What has no such form, and
    /// everything while nobody has the name or its mailbox is full, is refused with `Full`.
    Fallback(&'static str),
}

/// An [`Overflow`] without what it takes: one byte of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    Refuse,
    Wait,
    DropNewest,
    Fallback,
}

impl From<Overflow> for Policy {
    fn from(overflow: Overflow) -> Self {
        match overflow {
            Overflow::Refuse => Policy::Refuse,
            Overflow::Wait => Policy::Wait,
            Overflow::DropNewest => Policy::DropNewest,
            Overflow::Fallback(_) => Policy::Fallback,
        }
    }
}

/// Whether somebody waits for an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    Cast,
    Call,
}

impl<A: Behavior> Cell<A> {
    /// A message was not taken: what the sender is to hear of it.
    #[cold]
    pub(super) fn not_taken(
        &self,
        error: CastError,
        envelope: Envelope<A::Message>,
        sent: Sent,
    ) -> Result<(), CastError> {
        let reason = match (&error, self.policy()) {
            (CastError::Full(_), Policy::DropNewest) if sent == Sent::Cast => {
                self.bury(&envelope, DeadLetterReason::Dropped);
                return Ok(());
            }
            (CastError::Full(_), Policy::Fallback) if self.fall_back(&envelope, sent) => {
                return Ok(());
            }
            (CastError::Full(_), _) => DeadLetterReason::Full,
            _ => DeadLetterReason::NoProcess,
        };
        // Whoever delivers for a peer knows more about it.
        if !envelope.is_of_peer() {
            self.bury(&envelope, reason);
        }
        Err(error)
    }

    /// Makes a dead letter of a message.
    pub(super) fn bury(&self, envelope: &Envelope<A::Message>, reason: DeadLetterReason) {
        let host = self.host();
        let from = (!envelope.is_of_peer()).then(|| host.pid(current::id_on(host)));
        let to = || Destination::Pid(self.pid());
        host.dead_letters()
            .post(reason, to, from, || match envelope {
                Envelope::Message(message) => {
                    let encoded = wire::encode(&mut |encoder| A::encode_message(message, encoder));
                    encoded.ok()?.to_term().ok()
                }
                Envelope::Other(other) => match &**other {
                    Other::Wire(encoded, _) => dead_letter::request_of(host, encoded),
                    _ => None,
                },
            });
    }

    /// Gives a message to the fallback process; false when it cannot be.
    fn fall_back(&self, envelope: &Envelope<A::Message>, sent: Sent) -> bool {
        let Some(name) = self.fallback() else {
            return false;
        };
        let Some(message) = self.as_on_the_wire(envelope, sent) else {
            return false;
        };
        let host = self.host();
        let process = host.whereis(name.as_str()).and_then(|id| host.process(id));
        // Its own fallback, were it the process itself, would be as full as it is.
        let Some(process) = process.filter(|process| process.id() != self.id()) else {
            return false;
        };
        let wrapped = wire::encode(&mut |encoder| {
            encoder.write_tuple(3)?;
            encoder.write_atom("fallback")?;
            encoder.write_pid(&self.pid())?;
            encoder.write_encoded(&message)
        });
        wrapped.is_ok_and(|wrapped| process.deliver(Incoming::Fallback(wrapped)).is_ok())
    }

    fn as_on_the_wire(&self, envelope: &Envelope<A::Message>, sent: Sent) -> Option<Encoded> {
        match envelope {
            Envelope::Message(message) if self.is_plain() => {
                wire::encode(&mut |encoder| A::encode_message(message, encoder)).ok()
            }
            // A call that waits for a typed answer is made again by whoever calls, as one by pid.
            Envelope::Message(_) if sent == Sent::Call => None,
            Envelope::Message(message) => {
                wire::encode(&mut |encoder| wire::write_message::<A>(encoder, message)).ok()
            }
            Envelope::Other(other) => match &**other {
                Other::Wire(encoded, _) => Some(encoded.clone()),
                _ => None,
            },
        }
    }

    /// Who gets what is too much for this process.
    fn fallback(&self) -> Option<Atom> {
        self.extra(|extra| extra.fallback.clone()).flatten()
    }
}
