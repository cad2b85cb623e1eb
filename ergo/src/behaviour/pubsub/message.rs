//! What topics and their registry are asked.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::behaviour::pubsub::fan_out::Sink;
use crate::behaviour::pubsub::{PubSub, TopicError, TopicEvent};
use crate::etf::{
    Atom, Decode, DecodeError, Decoder, Encode, EncodeError, Encoded, Encoder, Pid, Reference, Term,
};
use crate::process::{Context, ExitReason, Reply, ReplyTo, SpawnError};

/// How a topic does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[etf(crate = "crate")]
#[non_exhaustive]
pub struct TopicInfo {
    /// Its subscribers; all of another node are one.
    pub subscribers: usize,
    /// Events that were published.
    pub published: u64,
    /// Events that a subscriber did not take, for all of them.
    pub missed: u64,
}

/// What lies in the mailbox of a topic.
pub enum TopicMessage<T> {
    /// An event of someone who may publish.
    #[doc(hidden)]
    Publish(T),
    #[doc(hidden)]
    SyncPublish(T, Reply<usize>),
    /// An event of someone who knows the topic's name.
    #[doc(hidden)]
    PublishOpen(T),
    /// An event of the topic that this one is the relay of.
    #[doc(hidden)]
    Relayed(T),
    #[doc(hidden)]
    Subscribe(Option<Pid>, Sink<T>, Reply<Reference>),
    /// A process that gets its events as terms; the flag says that it is a relay.
    #[doc(hidden)]
    SubscribeTerm(Pid, bool, Reply<Term>),
    #[doc(hidden)]
    Unsubscribe(Reference),
    #[doc(hidden)]
    UnsubscribeTerm(Pid, Reply<Atom>),
    #[doc(hidden)]
    Info(Reply<TopicInfo>),
    /// To a relay: whoever had it made may have gone without subscribing.
    #[doc(hidden)]
    IfUnused,
    #[doc(hidden)]
    End(ExitReason),
}

impl<T: TopicEvent> TopicMessage<T> {
    pub(super) fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            TopicMessage::PublishOpen(event) => {
                encoder.write_tuple(2)?;
                encoder.write_atom("publish")?;
                event.encode(encoder)
            }
            TopicMessage::Info(_) => encoder.write_atom("info"),
            _ => Err(EncodeError::LocalOnly),
        }
    }

    pub(super) fn decode(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<Self, DecodeError> {
        let (name, arity) = decoder.read_method()?;
        match (&*name, arity, reply_to.is_some()) {
            ("publish", 1, false) => T::decode(decoder).map(TopicMessage::PublishOpen),
            ("event", 1, false) => T::decode(decoder).map(TopicMessage::Relayed),
            ("subscribe", 1 | 2, true) => {
                let pid = decoder.read_pid()?;
                if arity == 2 && decoder.read_atom_text()? != "relay" {
                    return Err(DecodeError::unknown_request());
                }
                let reply = answer(reply_to)?;
                Ok(TopicMessage::SubscribeTerm(pid, arity == 2, reply))
            }
            ("unsubscribe", 1, true) => {
                let pid = decoder.read_pid()?;
                Ok(TopicMessage::UnsubscribeTerm(pid, answer(reply_to)?))
            }
            ("info", 0, true) => Ok(TopicMessage::Info(answer(reply_to)?)),
            _ => Err(DecodeError::unknown_request()),
        }
    }
}

fn answer<R: Encode + 'static>(reply_to: &mut Option<ReplyTo>) -> Result<Reply<R>, DecodeError> {
    let to = reply_to.take().ok_or_else(DecodeError::unknown_request)?;
    Ok(to.reply())
}

/// A topic that runs, whatever its type.
#[derive(Clone, Debug)]
pub struct Found {
    pub(super) pid: Pid,
    /// A `Ref<TopicProcess<T>>`.
    pub(super) topic: Arc<dyn Any + Send + Sync>,
    pub(super) type_name: &'static str,
    pub(super) is_open: bool,
}

pub(super) type MakeFuture = Pin<Box<dyn Future<Output = Result<Found, SpawnError>> + Send>>;

/// Starts the process of a topic, linked to the registry: who asks knows the type.
pub struct Make(pub(super) Box<dyn FnOnce(Context<PubSub>) -> MakeFuture + Send>);

impl std::fmt::Debug for Make {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Make")
    }
}

/// Which topic: its name, and the node when it is a relay.
pub(super) type Key = (Atom, Option<Atom>);

/// What is asked for.
#[derive(Debug)]
pub enum Wanted {
    /// A topic that is there.
    Existing,
    /// A relay, made where there is none.
    Relay(Make),
    /// A topic without an owner, made where there is none.
    Open(Make),
    /// A topic that nobody has.
    New(Make),
}

/// What lies in the mailbox of a node's registry of topics.
#[derive(Debug)]
pub enum PubSubMessage {
    #[doc(hidden)]
    Get(
        (Atom, Option<Atom>),
        Wanted,
        Reply<Result<Found, TopicError>>,
    ),
    /// `{subscribe, Topic, Pid}` and such, for the topic of this name: a request, and who made it.
    #[doc(hidden)]
    ForTopic(Atom, Encoded, Option<ReplyTo>),
    #[doc(hidden)]
    WhichTopics(Reply<Vec<Atom>>),
}

impl PubSubMessage {
    pub(super) fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            PubSubMessage::WhichTopics(_) => encoder.write_atom("which_topics"),
            _ => Err(EncodeError::LocalOnly),
        }
    }

    /// `{subscribe, Topic, Pid}`, `{unsubscribe, Topic, Pid}`, `{info, Topic}`, `{publish, Topic, Value}`: the topic gets
    /// the same without its name.
    pub(super) fn decode(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<Self, DecodeError> {
        let (name, arity) = decoder.read_method()?;
        if (&*name, arity) == ("which_topics", 0) {
            return Ok(PubSubMessage::WhichTopics(answer(reply_to)?));
        }
        let known = match reply_to {
            Some(_) => matches!(
                (&*name, arity),
                ("subscribe", 2 | 3) | ("unsubscribe", 2) | ("info", 1)
            ),
            None => (&*name, arity) == ("publish", 2),
        };
        if !known {
            return Err(DecodeError::unknown_request());
        }
        let topic = decoder.read_atom()?;
        let mut rest = Vec::new();
        for _ in 1..arity {
            rest.push(decoder.read_encoded()?);
        }
        let request = request(&name, &rest).map_err(|_| DecodeError::unknown_request())?;
        Ok(PubSubMessage::ForTopic(topic, request, reply_to.take()))
    }
}

/// A request as its method's name and its arguments.
fn request(name: &str, arguments: &[Encoded]) -> Result<Encoded, EncodeError> {
    crate::process::encode(&mut |encoder| {
        if arguments.is_empty() {
            return encoder.write_atom(name);
        }
        encoder.write_tuple(arguments.len() + 1)?;
        encoder.write_atom(name)?;
        arguments
            .iter()
            .try_for_each(|argument| encoder.write_encoded(argument))
    })
}
