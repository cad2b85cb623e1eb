//! The process that knows the topics of a node.

use std::collections::BTreeMap;

use crate::behaviour::pubsub::message::{Found, Key, Make, Wanted};
use crate::behaviour::pubsub::{PubSubMessage, TopicError};
use crate::behaviour::supervisor::{ChildSpec, Spec};
use crate::etf::{Atom, DecodeError, Decoder, EncodeError, Encoded, Encoder, Pid};
use crate::process::host::Incoming;
use crate::process::{
    Actor, Behavior, Context, Exit, ExitReason, Flow, Handle, Options, Ref, ReplyTo, forwarded_cast,
};

/// The handle of a node's registry of topics.
#[derive(Clone, Debug)]
pub struct PubSubRef(Ref<PubSub>);

impl From<Ref<PubSub>> for PubSubRef {
    fn from(reference: Ref<PubSub>) -> Self {
        PubSubRef(reference)
    }
}

impl AsRef<Ref<PubSub>> for PubSubRef {
    fn as_ref(&self) -> &Ref<PubSub> {
        &self.0
    }
}

impl Handle for PubSubRef {
    type Actor = PubSub;
}

/// The state of the process `ergo_pubsub`, which each node has: its topics, and its relays of topics elsewhere.
///
/// From Erlang: `gen_server:call({ergo_pubsub, Node}, {subscribe, Topic, self()})` answers `{ok, Pid, Buffer}` or
/// `{error, no_topic}`; events then come as `{event, {Topic, Node}, Event}`, and the end of the topic is the `DOWN` of
/// that pid. `{unsubscribe, Topic, Pid}` ends it, `{info, Topic}` and `which_topics` tell, and
/// `gen_server:cast({ergo_pubsub, Node}, {publish, Topic, Event})` publishes in a topic that is open.
#[derive(Default)]
pub struct PubSub {
    topics: BTreeMap<Key, Found>,
}

impl Actor for PubSub {
    type Handle = PubSubRef;
    const OPTIONS: Options = Options::DEFAULT.name("ergo_pubsub").trap_exit();
}

impl Behavior for PubSub {
    type Args = ();
    type Message = PubSubMessage;
    type Continue = std::convert::Infallible;
    const SYNC_INIT: bool = true;

    async fn start((): (), cx: &Context<Self>) -> Result<Self, ExitReason> {
        Self::start_now((), cx)
    }

    fn start_now((): (), _: &Context<Self>) -> Result<Self, ExitReason> {
        Ok(PubSub::default())
    }

    async fn dispatch(&mut self, message: PubSubMessage, cx: &Context<Self>) -> Flow {
        match message {
            PubSubMessage::Get(key, wanted, reply) => {
                let found = self.get(key, wanted, cx).await;
                reply.send(found);
            }
            PubSubMessage::ForTopic(name, request, reply_to) => {
                self.for_topic(name, &request, reply_to, cx);
            }
            PubSubMessage::WhichTopics(reply) => {
                let own = self.topics.keys().filter(|(_, node)| node.is_none());
                reply.send(own.map(|(name, _)| name.clone()).collect());
            }
        }
        Flow::Continue
    }

    async fn on_exit(&mut self, exit: Exit, _: &Context<Self>) -> Flow {
        self.topics.retain(|_, found| found.pid != exit.from);
        Flow::Continue
    }

    fn encode_message(
        message: &PubSubMessage,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        message.encode(encoder)
    }

    fn decode_message(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<PubSubMessage, DecodeError> {
        PubSubMessage::decode(decoder, reply_to)
    }
}

impl PubSub {
    /// The topic, if its process lives: of its end others may know before this process does.
    fn living(&self, key: &Key, cx: &Context<Self>) -> Option<&Found> {
        self.topics.get(key).filter(|found| {
            let id = cx.host().local_id(&found.pid);
            let process = id.and_then(|id| cx.host().process(id));
            process.is_some_and(|process| process.exit_reason().is_none())
        })
    }

    async fn get(
        &mut self,
        key: Key,
        wanted: Wanted,
        cx: &Context<Self>,
    ) -> Result<Found, TopicError> {
        let make = match (self.living(&key, cx), wanted) {
            (Some(found), Wanted::Existing | Wanted::Relay(_)) => return Ok(found.clone()),
            (Some(found), Wanted::Open(_)) if found.is_open => return Ok(found.clone()),
            (Some(_), Wanted::Open(_) | Wanted::New(_)) => return Err(TopicError::Taken(key.0)),
            (None, Wanted::Existing) => return Err(TopicError::NotFound(key.0)),
            (None, Wanted::Relay(make) | Wanted::Open(make) | Wanted::New(make)) => make,
        };
        let Make(make) = make;
        // Its init does not wait for anything.
        let made = make(cx.clone()).await?;
        self.topics.insert(key, made.clone());
        Ok(made)
    }

    /// The topic answers itself.
    fn for_topic(
        &self,
        name: Atom,
        request: &Encoded,
        reply_to: Option<ReplyTo>,
        cx: &Context<Self>,
    ) {
        let message = match &reply_to {
            Some(reply_to) => reply_to.forwarded(request),
            None => forwarded_cast(request),
        };
        let Some(topic) = self.living(&(name, None), cx) else {
            return reply_to.into_iter().for_each(|to| to.refuse("no_topic"));
        };
        let delivered = message.is_ok_and(|message| deliver(&topic.pid, message, cx));
        if let Some(reply_to) = reply_to.filter(|_| !delivered) {
            reply_to.refuse("full");
        }
    }
}

fn deliver(to: &Pid, message: Encoded, cx: &Context<PubSub>) -> bool {
    let id = cx.host().local_id(to);
    let process = id.and_then(|id| cx.host().process(id));
    process.is_some_and(|process| process.deliver(Incoming::Wire(message, None)).is_ok())
}

/// The process, as a child of the node's own supervisor.
pub(crate) fn spec() -> ChildSpec {
    PubSub::spec(())
}
