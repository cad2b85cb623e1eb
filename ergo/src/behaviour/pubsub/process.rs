//! The process of a topic.

use crate::behaviour::pubsub::fan_out::{FanOut, Sink};
use crate::behaviour::pubsub::options::Notify;
use crate::behaviour::pubsub::{
    Audience, TopicEvent, TopicInfo, TopicMessage, TopicOptions, relay,
};
use crate::etf::{Atom, DecodeError, Decoder, EncodeError, Encoder, Pid, Reference, Term};
use crate::process::{
    Actor, Behavior, Context, Down, Exit, ExitReason, Flow, Handle, Options, Ref, ReplyTo,
};

/// The handle of a topic's process.
pub struct TopicRef<T: TopicEvent>(Ref<TopicProcess<T>>);

impl<T: TopicEvent> Clone for TopicRef<T> {
    fn clone(&self) -> Self {
        TopicRef(self.0.clone())
    }
}

impl<T: TopicEvent> std::fmt::Debug for TopicRef<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("TopicRef").field(&self.0).finish()
    }
}

impl<T: TopicEvent> From<Ref<TopicProcess<T>>> for TopicRef<T> {
    fn from(reference: Ref<TopicProcess<T>>) -> Self {
        TopicRef(reference)
    }
}

impl<T: TopicEvent> AsRef<Ref<TopicProcess<T>>> for TopicRef<T> {
    fn as_ref(&self) -> &Ref<TopicProcess<T>> {
        &self.0
    }
}

impl<T: TopicEvent> Handle for TopicRef<T> {
    type Actor = TopicProcess<T>;
}

/// Where the events of a topic come from.
pub(super) enum Source {
    /// Whoever knows its name.
    Open,
    /// Those that its owner lets publish; it ends with the owner.
    Owned(Option<Pid>),
    /// The topic of the same name on this node.
    Relay(Atom),
}

/// What a topic is started with.
pub struct TopicArgs {
    pub(super) name: Atom,
    pub(super) source: Source,
    pub(super) options: TopicOptions,
}

/// The state of a topic's process; [`Topic`](crate::Topic) starts one.
pub struct TopicProcess<T> {
    pub(super) name: Atom,
    pub(super) source: Source,
    pub(super) fan_out: FanOut<T>,
    notify: Option<Notify>,
    /// The monitor of the owner, or of the topic that this is the relay of.
    pub(super) origin: Option<Reference>,
}

impl<T: TopicEvent> Actor for TopicProcess<T> {
    type Handle = TopicRef<T>;
    const OPTIONS: Options = Options::DEFAULT.trap_exit();
}

impl<T: TopicEvent> Behavior for TopicProcess<T> {
    type Args = TopicArgs;
    type Message = TopicMessage<T>;
    /// A relay subscribes: its starter does not wait for another node.
    type Continue = ();
    const SYNC_INIT: bool = true;

    async fn start(args: TopicArgs, cx: &Context<Self>) -> Result<Self, ExitReason> {
        Self::start_now(args, cx)
    }

    fn start_now(args: TopicArgs, cx: &Context<Self>) -> Result<Self, ExitReason> {
        let origin = match &args.source {
            Source::Owned(Some(owner)) => Some(cx.monitor(owner)),
            Source::Relay(_) => {
                cx.continue_with(());
                None
            }
            Source::Open | Source::Owned(None) => None,
        };
        Ok(TopicProcess {
            fan_out: FanOut::new(args.name.clone(), args.options.buffer),
            name: args.name,
            source: args.source,
            notify: args.options.notify,
            origin,
        })
    }

    async fn on_continue(&mut self, (): (), cx: &Context<Self>) -> Flow {
        relay::connect(self, cx).await
    }

    async fn dispatch(&mut self, message: TopicMessage<T>, cx: &Context<Self>) -> Flow {
        match message {
            TopicMessage::Publish(event) => drop(self.publish(event, cx).await),
            TopicMessage::SyncPublish(event, reply) => reply.send(self.publish(event, cx).await),
            TopicMessage::PublishOpen(event) if matches!(self.source, Source::Open) => {
                self.publish(event, cx).await;
            }
            TopicMessage::PublishOpen(_) => {
                tracing::warn!(topic = %self.name, "an event of someone who does not own the topic was dropped");
            }
            TopicMessage::Relayed(event) if matches!(self.source, Source::Relay(_)) => {
                self.publish(event, cx).await;
            }
            TopicMessage::Relayed(_) => {
                tracing::warn!(topic = %self.name, "a relayed event came to a topic that is no relay");
            }
            TopicMessage::Subscribe(..) => return self.subscribe(message, cx),
            TopicMessage::SubscribeTerm(pid, is_relay, reply) => {
                let sink = if is_relay {
                    Sink::Relay(pid.clone())
                } else {
                    Sink::Term(pid.clone())
                };
                // A process has one subscription of this kind: a peer that asks again, after a timeout say, has the last.
                let before = self.fan_out.terms_of(&pid);
                // Before the last events, which the subscriber gets next.
                reply.send(relay::answer(cx.pid(), self.fan_out.buffer_max));
                self.add(Some(pid), sink, cx);
                return self.remove(&before, cx);
            }
            TopicMessage::Unsubscribe(reference) => return self.remove(&[reference], cx),
            TopicMessage::UnsubscribeTerm(pid, reply) => {
                reply.send(Atom::from_static("ok"));
                let all = self.fan_out.of_pid(&pid);
                return self.remove(&all, cx);
            }
            TopicMessage::Info(reply) => reply.send(self.info()),
            TopicMessage::IfUnused if self.is_unused_relay() => {
                return Flow::Stop(ExitReason::Normal);
            }
            TopicMessage::IfUnused => {}
            TopicMessage::End(reason) => return Flow::Stop(reason),
        }
        Flow::Continue
    }

    async fn on_down(&mut self, down: Down, _: &Context<Self>) -> Flow {
        if self.origin.as_ref() == Some(&down.reference) {
            return Flow::Stop(down.reason);
        }
        self.remove_subscriber(&down.reference)
    }

    /// A subscriber that is linked has ended: its monitor tells as well.
    async fn on_exit(&mut self, _: Exit, _: &Context<Self>) -> Flow {
        Flow::Continue
    }

    async fn on_info(&mut self, message: Term, _: &Context<Self>) -> Flow {
        tracing::warn!(topic = %self.name, %message, "something that is no event of this topic was dropped");
        Flow::Continue
    }

    /// As `info`.
    fn snapshot(&self) -> Option<Term> {
        Term::from_value(&self.info()).ok()
    }

    fn encode_message(
        message: &TopicMessage<T>,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        message.encode(encoder)
    }

    fn decode_message(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<TopicMessage<T>, DecodeError> {
        TopicMessage::decode(decoder, reply_to)
    }
}

impl<T: TopicEvent> TopicProcess<T> {
    async fn publish(&mut self, event: T, cx: &Context<Self>) -> usize {
        let (taken, gone) = self.fan_out.publish(event, cx).await;
        let before = self.fan_out.len();
        self.fan_out.sweep(&gone);
        self.tell(before);
        taken
    }

    /// Whoever gave up waiting for the answer would never unsubscribe: nothing is kept for it.
    fn subscribe(&mut self, message: TopicMessage<T>, cx: &Context<Self>) -> Flow {
        let TopicMessage::Subscribe(pid, sink, reply) = message else {
            return Flow::Continue;
        };
        if reply.is_abandoned() {
            return Flow::Continue;
        }
        let reference = self.add(pid, sink, cx);
        match reply.arrives(reference.clone()) {
            true => Flow::Continue,
            false => self.remove(&[reference], cx),
        }
    }

    fn is_unused_relay(&self) -> bool {
        matches!(self.source, Source::Relay(_)) && self.fan_out.len() == 0
    }

    fn add(&mut self, pid: Option<Pid>, sink: Sink<T>, cx: &Context<Self>) -> Reference {
        let before = self.fan_out.len();
        let reference = self.fan_out.add(pid, sink, cx);
        self.tell(before);
        reference
    }

    /// Takes subscriptions away that still stand.
    fn remove(&mut self, references: &[Reference], cx: &Context<Self>) -> Flow {
        for reference in references {
            cx.demonitor_flush(reference);
            let flow = self.remove_subscriber(reference);
            if flow != Flow::Continue {
                return flow;
            }
        }
        Flow::Continue
    }

    fn remove_subscriber(&mut self, reference: &Reference) -> Flow {
        let before = self.fan_out.len();
        let was_there = self.fan_out.remove(reference);
        self.tell(before);
        match self.source {
            // Nobody here wants its events any more.
            Source::Relay(_) if was_there && self.fan_out.len() == 0 => {
                Flow::Stop(ExitReason::Normal)
            }
            _ => Flow::Continue,
        }
    }

    /// Tells the producer, if it wants to know, when there is somebody, or nobody any more.
    fn tell(&self, before: usize) {
        let audience = match (before, self.fan_out.len()) {
            (0, now) if now > 0 => Audience::Present,
            (before, 0) if before > 0 => Audience::Gone,
            _ => return,
        };
        if let Some(notify) = &self.notify
            && let Err(error) = notify(audience)
        {
            tracing::warn!(topic = %self.name, ?audience, %error, "the producer could not be told");
        }
    }

    fn info(&self) -> TopicInfo {
        TopicInfo {
            subscribers: self.fan_out.len(),
            published: self.fan_out.published,
            missed: self.fan_out.missed,
        }
    }
}
