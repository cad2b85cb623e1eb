//! What lies in the mailbox of a manager, and its form on the wire.

use std::fmt;

use crate::behaviour::event::flow::Replacement;
use crate::behaviour::event::handler::{AnyHandler, EventType};
use crate::behaviour::event::id::HandlerId;
use crate::etf::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Pid, Term};
use crate::process::{Label, Reply, ReplyTo};

/// What lies in the mailbox of a manager. What is answered is answered in the terms of gen_event.
#[non_exhaustive]
pub enum EventMessage<E: EventType> {
    /// `{notify, Event}`.
    Notify(E),
    /// `{sync_notify, Event}`.
    SyncNotify(E, Reply<Term>),
    /// `{call, Handler, Request}`.
    Call(HandlerId, Term, Reply<Term>),
    /// `{add_handler, Handler, Args}`, and with a supervisor `{add_sup_handler, Handler, Args, Pid}`.
    Add(HandlerId, Source<E>, Option<Pid>, Reply<Term>),
    /// `{delete_handler, Handler, Args}`.
    Delete(HandlerId, Term, Reply<Term>),
    /// `{swap_handler, Handler1, Args1, Handler2, Args2}`, and with a supervisor `{swap_sup_handler, .., Pid}`.
    Swap(Box<Swap<E>>, Reply<Term>),
    /// `which_handlers`.
    Which(Reply<Term>),
}

/// Where a new handler comes from.
pub enum Source<E: EventType> {
    #[doc(hidden)]
    Ready(Ready<E>),
    /// The arguments for a factory.
    Args(Term),
}

/// A handler that was made by whoever adds it.
pub struct Ready<E: EventType>(pub(super) Box<dyn AnyHandler<E>>);

/// One handler for another.
pub struct Swap<E: EventType> {
    pub(super) old: HandlerId,
    pub(super) args: Term,
    pub(super) new: HandlerId,
    pub(super) source: SwapSource<E>,
    pub(super) supervisor: Option<Pid>,
}

pub(super) enum SwapSource<E: EventType> {
    Make(Replacement<E>),
    Args(Term),
}

impl<E: EventType> EventMessage<E> {
    fn name(&self) -> &'static str {
        match self {
            EventMessage::Notify(_) => "notify",
            EventMessage::SyncNotify(..) => "sync_notify",
            EventMessage::Call(..) => "call",
            EventMessage::Add(_, _, None, _) => "add_handler",
            EventMessage::Add(..) => "add_sup_handler",
            EventMessage::Delete(..) => "delete_handler",
            EventMessage::Swap(swap, _) if swap.supervisor.is_none() => "swap_handler",
            EventMessage::Swap(..) => "swap_sup_handler",
            EventMessage::Which(_) => "which_handlers",
        }
    }

    pub(super) fn label(&self) -> Label {
        match self {
            EventMessage::Notify(_) => Label::cast(self.name()),
            _ => Label::call(self.name()),
        }
    }

    pub(super) fn write(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        let name = self.name();
        let mut start = |arguments: u32| {
            encoder.write_tuple(arguments as usize + 1)?;
            encoder.write_atom(name)
        };
        match self {
            EventMessage::Notify(event) | EventMessage::SyncNotify(event, _) => {
                start(1)?;
                event.encode(encoder)
            }
            EventMessage::Call(id, args, _) | EventMessage::Delete(id, args, _) => {
                start(2)?;
                id.encode(encoder)?;
                args.encode(encoder)
            }
            EventMessage::Add(id, Source::Args(args), supervisor, _) => {
                start(if supervisor.is_some() { 3 } else { 2 })?;
                id.encode(encoder)?;
                args.encode(encoder)?;
                supervisor.iter().try_for_each(|pid| pid.encode(encoder))
            }
            EventMessage::Add(_, Source::Ready(_), ..) => Err(EncodeError::LocalOnly),
            EventMessage::Swap(swap, _) => {
                let SwapSource::Args(args) = &swap.source else {
                    return Err(EncodeError::LocalOnly);
                };
                start(if swap.supervisor.is_some() { 5 } else { 4 })?;
                swap.old.encode(encoder)?;
                swap.args.encode(encoder)?;
                swap.new.encode(encoder)?;
                args.encode(encoder)?;
                swap.supervisor
                    .iter()
                    .try_for_each(|pid| pid.encode(encoder))
            }
            EventMessage::Which(_) => encoder.write_atom(name),
        }
    }

    pub(super) fn read(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<Self, DecodeError> {
        let (name, arguments) = decoder.read_method()?;
        if reply_to.is_none() {
            return match (&*name, arguments) {
                ("notify", 1) => E::decode(decoder).map(EventMessage::Notify),
                _ => Err(DecodeError::unknown_request()),
            };
        }
        let made: Box<dyn FnOnce(Reply<Term>) -> Self> = match (&*name, arguments) {
            ("sync_notify", 1) => {
                let event = E::decode(decoder)?;
                Box::new(|reply| EventMessage::SyncNotify(event, reply))
            }
            ("call", 2) => {
                let (id, request) = (HandlerId::decode(decoder)?, decoder.read_term()?);
                Box::new(|reply| EventMessage::Call(id, request, reply))
            }
            ("delete_handler", 2) => {
                let (id, args) = (HandlerId::decode(decoder)?, decoder.read_term()?);
                Box::new(|reply| EventMessage::Delete(id, args, reply))
            }
            ("add_handler", 2) | ("add_sup_handler", 3) => {
                let (id, args) = (HandlerId::decode(decoder)?, decoder.read_term()?);
                let supervisor = supervisor(decoder, arguments == 3)?;
                Box::new(|reply| EventMessage::Add(id, Source::Args(args), supervisor, reply))
            }
            ("swap_handler", 4) | ("swap_sup_handler", 5) => {
                let (old, args) = (HandlerId::decode(decoder)?, decoder.read_term()?);
                let (new, source) = (HandlerId::decode(decoder)?, decoder.read_term()?);
                let swap = Box::new(Swap {
                    old,
                    args,
                    new,
                    source: SwapSource::Args(source),
                    supervisor: supervisor(decoder, arguments == 5)?,
                });
                Box::new(|reply| EventMessage::Swap(swap, reply))
            }
            ("which_handlers", 0) => Box::new(EventMessage::Which),
            _ => return Err(DecodeError::unknown_request()),
        };
        let to = reply_to.take().ok_or_else(DecodeError::unknown_request)?;
        Ok(made(to.reply()))
    }
}

fn supervisor(decoder: &mut Decoder<'_>, is_there: bool) -> Result<Option<Pid>, DecodeError> {
    if is_there {
        decoder.read_pid().map(Some)
    } else {
        Ok(None)
    }
}

impl<E: EventType> fmt::Debug for EventMessage<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventMessage({})", self.name())
    }
}
