//! The handle of a manager.

use std::fmt;
use std::time::Duration;

use crate::behaviour::event::flow::Replacement;
use crate::behaviour::event::handler::{EventHandler, EventType};
use crate::behaviour::event::id::HandlerId;
use crate::behaviour::event::message::{EventMessage, Ready, Source, Swap, SwapSource};
use crate::behaviour::event::process::EventManagerProcess;
use crate::etf::{
    Decode, DecodeError, DecodeOwned, Decoder, Encode, EncodeError, Encoder, Pid, Term, decode,
    encode,
};
use crate::process::{CallError, CastError, Handle, Ref, Reply};

/// A handle of an event manager, here or on another node, in Rust or a gen_event of Erlang.
pub struct EventManagerRef<E: EventType>(Ref<EventManagerProcess<E>>);

/// Why an event manager did not do something.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// The manager did not answer.
    #[error("the event manager did not answer")]
    Call(#[from] CallError),
    /// `bad_module`, `module_not_found`: it has no such handler.
    #[error("the event manager has no handler {0}")]
    NoHandler(HandlerId),
    /// The handler has failed while it handled the call, and is removed.
    #[error("the handler failed: {0}")]
    Failed(Term),
    /// The new handler refused to start, with this.
    #[error("the handler was not added: {0}")]
    Refused(Term),
}

impl<E: EventType> EventManagerRef<E> {
    /// `notify/2`: gives an event to all handlers, and does not wait.
    ///
    /// # Errors
    /// As for a cast.
    pub fn notify(&self, event: E) -> Result<(), CastError> {
        self.0.cast(EventMessage::Notify(event))
    }

    /// `sync_notify/2`: gives an event to all handlers, and waits until they have handled it.
    ///
    /// # Errors
    /// The manager did not answer; also when the event is none of its kind.
    pub async fn sync_notify(&self, event: E) -> Result<(), EventError> {
        let answer = self.ask(|reply| EventMessage::SyncNotify(event, reply));
        added(answer.await?)
    }

    /// `call/3`: asks one handler, and waits 5 seconds at most for its answer.
    ///
    /// # Errors
    /// There is no such handler, it has failed, or the answer has another shape than `R`.
    pub async fn call<R: DecodeOwned>(
        &self,
        handler: impl Into<HandlerId>,
        request: impl Encode,
    ) -> Result<R, EventError> {
        self.call_within(handler, request, Duration::from_secs(5))
            .await
    }

    /// `call/4`: as [`EventManagerRef::call`], with a time of its own; [`Duration::MAX`] is `infinity`.
    ///
    /// # Errors
    /// As there.
    pub async fn call_within<R: DecodeOwned>(
        &self,
        handler: impl Into<HandlerId>,
        request: impl Encode,
        timeout: Duration,
    ) -> Result<R, EventError> {
        let (handler, request) = (handler.into(), term_of(&request)?);
        let id = handler.clone();
        let call = self
            .0
            .call(|reply| EventMessage::Call(handler, request, reply));
        let answer: Term = call.timeout(timeout).await?;
        let bytes = encode(&answer).map_err(CallError::Encode)?;
        match (decode(&bytes), error_of(&answer)) {
            (_, Some(why)) if why.as_atom() == Some("bad_module") => Err(EventError::NoHandler(id)),
            (Ok(answer), _) => Ok(answer),
            (Err(_), Some(why)) => Err(EventError::Failed(why.clone())),
            (Err(error), None) => Err(EventError::Call(CallError::BadReply(error))),
        }
    }

    /// `add_handler/3`: adds a handler of this node, under the name of its type.
    ///
    /// # Errors
    /// The manager did not answer, or is on another node.
    pub async fn add_handler<H: EventHandler<E>>(&self, handler: H) -> Result<(), EventError> {
        self.add_handler_as(HandlerId::of::<H>(), handler).await
    }

    /// As [`EventManagerRef::add_handler`], under a name of its own.
    ///
    /// # Errors
    /// As there.
    pub async fn add_handler_as<H: EventHandler<E>>(
        &self,
        id: impl Into<HandlerId>,
        handler: H,
    ) -> Result<(), EventError> {
        self.add(id.into(), ready(handler), None).await
    }

    /// `add_sup_handler/3`: adds a handler that `supervisor` is told of when it goes, with `{gen_event_EXIT, Handler,
    /// Reason}`. The two are linked: the handler goes when the supervisor ends.
    ///
    /// # Errors
    /// As [`EventManagerRef::add_handler`].
    pub async fn add_sup_handler<H: EventHandler<E>>(
        &self,
        supervisor: impl Into<Pid>,
        id: impl Into<HandlerId>,
        handler: H,
    ) -> Result<(), EventError> {
        self.add(id.into(), ready(handler), Some(supervisor.into()))
            .await
    }

    /// `add_handler/3` by name: the manager makes the handler, wherever it is. In Rust it needs a
    /// [`factory`](crate::EventManager::factory) for that.
    ///
    /// # Errors
    /// The manager did not answer, or the handler refused to start.
    pub async fn make_handler(
        &self,
        id: impl Into<HandlerId>,
        args: impl Into<Term>,
    ) -> Result<(), EventError> {
        self.add(id.into(), Source::Args(args.into()), None).await
    }

    /// `add_sup_handler/3` by name.
    ///
    /// # Errors
    /// As [`EventManagerRef::make_handler`].
    pub async fn make_sup_handler(
        &self,
        supervisor: impl Into<Pid>,
        id: impl Into<HandlerId>,
        args: impl Into<Term>,
    ) -> Result<(), EventError> {
        let supervisor = Some(supervisor.into());
        self.add(id.into(), Source::Args(args.into()), supervisor)
            .await
    }

    async fn add(
        &self,
        id: HandlerId,
        source: Source<E>,
        supervisor: Option<Pid>,
    ) -> Result<(), EventError> {
        let answer = self.ask(|reply| EventMessage::Add(id, source, supervisor, reply));
        added(answer.await?)
    }

    /// `delete_handler/3`: removes a handler; gives what its `terminate` returns.
    ///
    /// # Errors
    /// There is no such handler.
    pub async fn delete_handler(
        &self,
        id: impl Into<HandlerId>,
        args: impl Into<Term>,
    ) -> Result<Term, EventError> {
        let (id, args) = (id.into(), args.into());
        let gone = id.clone();
        let answer = self
            .ask(|reply| EventMessage::Delete(id, args, reply))
            .await?;
        match error_of(&answer).and_then(Term::as_atom) {
            Some("module_not_found") => Err(EventError::NoHandler(gone)),
            _ => Ok(answer),
        }
    }

    /// `swap_handler/3`: the old handler's `terminate` gets the arguments of the replacement, and what it returns makes
    /// the new one. Without an old one that is `error`. A supervised handler stays supervised.
    ///
    /// # Errors
    /// The new handler refused to start; the old one is gone all the same.
    pub async fn swap_handler(
        &self,
        old: impl Into<HandlerId>,
        new: Replacement<E>,
    ) -> Result<(), EventError> {
        self.swap(old.into(), new, None).await
    }

    /// `swap_sup_handler/3`: as [`EventManagerRef::swap_handler`], and the new one is supervised.
    ///
    /// # Errors
    /// As there.
    pub async fn swap_sup_handler(
        &self,
        supervisor: impl Into<Pid>,
        old: impl Into<HandlerId>,
        new: Replacement<E>,
    ) -> Result<(), EventError> {
        self.swap(old.into(), new, Some(supervisor.into())).await
    }

    async fn swap(
        &self,
        old: HandlerId,
        new: Replacement<E>,
        supervisor: Option<Pid>,
    ) -> Result<(), EventError> {
        let swap = Box::new(Swap {
            old,
            args: new.args.clone(),
            new: new.id.clone(),
            source: SwapSource::Make(new),
            supervisor,
        });
        let answer = self.ask(|reply| EventMessage::Swap(swap, reply));
        added(answer.await?)
    }

    /// `which_handlers/1`: the handlers, the one added last first.
    ///
    /// # Errors
    /// The manager did not answer.
    pub async fn which_handlers(&self) -> Result<Vec<HandlerId>, EventError> {
        let answer = self.ask(EventMessage::Which).await?;
        let bytes = encode(&answer).map_err(CallError::Encode)?;
        let ids = decode(&bytes).map_err(CallError::BadReply)?;
        Ok(ids)
    }

    /// As OTP's own functions these wait for as long as it takes.
    async fn ask(
        &self,
        make: impl FnOnce(Reply<Term>) -> EventMessage<E>,
    ) -> Result<Term, CallError> {
        self.0.call(make).timeout(Duration::MAX).await
    }
}

fn ready<E: EventType>(handler: impl EventHandler<E>) -> Source<E> {
    Source::Ready(Ready(Box::new(handler)))
}

fn term_of(value: &impl Encode) -> Result<Term, CallError> {
    let bytes = encode(value).map_err(CallError::Encode)?;
    decode(&bytes).map_err(CallError::BadReply)
}

/// `ok`, or what a handler said instead.
fn added(answer: Term) -> Result<(), EventError> {
    match answer.as_atom() {
        Some("ok") => Ok(()),
        _ => Err(EventError::Refused(answer)),
    }
}

/// `Why` of `{error, Why}`.
fn error_of(answer: &Term) -> Option<&Term> {
    match answer.as_tuple()? {
        [tag, why] if tag.as_atom() == Some("error") => Some(why),
        _ => None,
    }
}

impl<E: EventType> Clone for EventManagerRef<E> {
    fn clone(&self) -> Self {
        EventManagerRef(self.0.clone())
    }
}

impl<E: EventType> fmt::Debug for EventManagerRef<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EventManagerRef").field(&self.0).finish()
    }
}

impl<E: EventType> From<Ref<EventManagerProcess<E>>> for EventManagerRef<E> {
    fn from(reference: Ref<EventManagerProcess<E>>) -> Self {
        EventManagerRef(reference)
    }
}

impl<E: EventType> AsRef<Ref<EventManagerProcess<E>>> for EventManagerRef<E> {
    fn as_ref(&self) -> &Ref<EventManagerProcess<E>> {
        &self.0
    }
}

impl<E: EventType> Handle for EventManagerRef<E> {
    type Actor = EventManagerProcess<E>;
}

impl<E: EventType> Encode for EventManagerRef<E> {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        self.0.encode(encoder)
    }
}

impl<'de, E: EventType> Decode<'de> for EventManagerRef<E> {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        Ref::decode(decoder).map(EventManagerRef)
    }
}
