//! A topic, as publishers and subscribers name it.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;

use crate::behaviour::pubsub::fan_out::{NotTaken, Sink};
use crate::behaviour::pubsub::message::{Found, Key, Make, Wanted};
use crate::behaviour::pubsub::process::{Source, TopicArgs};
use crate::behaviour::pubsub::{
    EventStream, PubSub, PubSubMessage, Publisher, TopicError, TopicMessage, TopicOptions,
    TopicProcess,
};
use crate::etf::{Atom, DecodeOwned, Encode, Pid, Reference};
use crate::process::host::{AsHost, HostRef};
use crate::process::{
    Behavior, CallError, CastError, Context, Destination, ExitReason, Handle, Ref, SpawnOptions,
};

/// What can be published: anything that travels, and can be given to many. A [`Term`](crate::etf::Term) is an event of no
/// certain type.
pub trait TopicEvent: Encode + DecodeOwned + Clone + Send + Sync + 'static {}

impl<T: Encode + DecodeOwned + Clone + Send + Sync + 'static> TopicEvent for T {}

/// The name of a topic with events of the type `T`, on this node or on another.
///
/// ```
/// use ergo::prelude::*;
/// use ergo::{Topic, TopicOptions};
///
/// const PRICES: Topic<u64> = Topic::new("prices");
///
/// #[derive(Actor)]
/// struct Watcher {
///     last: u64,
/// }
///
/// #[ergo::server]
/// impl Watcher {
///     async fn init(cx: &Context<Self>) -> Result<Self, ExitReason> {
///         PRICES.subscribe(cx, WatcherRef::price).await.map_err(|_| "no_prices")?;
///         Ok(Watcher { last: 0 })
///     }
///
///     #[cast]
///     fn price(&mut self, price: u64) {
///         self.last = price;
///     }
///
///     #[call]
///     fn last(&self) -> u64 {
///         self.last
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
/// let prices = PRICES.open(&node, TopicOptions::new()).await?;
/// let watcher = node.spawn::<Watcher>(()).await?;
/// assert_eq!(prices.sync_publish(42).await?, 1);
/// assert_eq!(watcher.last().await?, 42);
/// # node.stop().await;
/// # Ok(())
/// # }
/// ```
pub struct Topic<T> {
    name: Cow<'static, str>,
    node: Option<Cow<'static, str>>,
    event: PhantomData<fn() -> T>,
}

impl<T> Clone for Topic<T> {
    fn clone(&self) -> Self {
        Topic {
            name: self.name.clone(),
            node: self.node.clone(),
            event: PhantomData,
        }
    }
}

impl<T> std::fmt::Debug for Topic<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.node {
            Some(node) => write!(f, "Topic({}, {node})", self.name),
            None => write!(f, "Topic({})", self.name),
        }
    }
}

/// A subscription of a process. It ends with the process, with the topic, or by [`Subscription::unsubscribe`]; dropping
/// it ends nothing.
#[derive(Clone, Debug)]
pub struct Subscription<T: TopicEvent> {
    topic: Ref<TopicProcess<T>>,
    reference: Reference,
    monitor: Option<Reference>,
    /// The process that it is linked to by this subscription.
    link: Option<Pid>,
}

/// What a subscriber has to do with a topic besides its events.
#[derive(Clone, Copy, PartialEq)]
enum Tie {
    None,
    Monitor,
    Link,
}

impl<T: TopicEvent> Subscription<T> {
    /// The process to monitor or to link to: the topic, or its relay on this node, which ends when the topic does.
    pub fn pid(&self) -> Option<Pid> {
        self.topic.pid()
    }

    /// The reference that a [`Down`](crate::Down) of the topic carries, for one made by [`Topic::monitor`].
    pub fn reference(&self) -> Option<&Reference> {
        self.monitor.as_ref()
    }

    /// Ends the subscription; events that are in the mailbox already stay there.
    pub fn unsubscribe<A: Behavior>(self, cx: &Context<A>) {
        if let Some(monitor) = &self.monitor {
            cx.demonitor_flush(monitor);
        }
        if let Some(link) = &self.link {
            cx.unlink(link);
        }
        let reference = self.reference;
        self.topic
            .cast_until_taken(move || TopicMessage::Unsubscribe(reference.clone()));
    }
}

impl<T> Topic<T> {
    /// A topic of this name on the node where it is used.
    pub const fn new(name: &'static str) -> Self {
        Topic {
            name: Cow::Borrowed(name),
            node: None,
            event: PhantomData,
        }
    }

    /// As [`Topic::new`], with a name made at run time.
    pub fn named(name: impl Into<String>) -> Self {
        Topic {
            name: Cow::Owned(name.into()),
            node: None,
            event: PhantomData,
        }
    }

    /// The topic of this name on another node, `PRICES.on("shop@10.0.0.2")` or `PRICES.on(pid.node())`.
    pub fn on(&self, node: impl AsRef<str>) -> Self {
        Topic {
            node: Some(Cow::Owned(node.as_ref().to_owned())),
            ..self.clone()
        }
    }
}

impl<T: TopicEvent> Topic<T> {
    /// Registers the topic for a process, its owner: only who has the [`Publisher`] publishes. The topic ends when its
    /// owner does, with the same reason.
    ///
    /// # Errors
    /// The name is taken, or no name.
    pub async fn register<A: Behavior>(
        &self,
        cx: &Context<A>,
        options: TopicOptions,
    ) -> Result<Publisher<T>, TopicError> {
        let source = Source::Owned(Some(cx.pid()));
        let host = AsHost::host(cx);
        let topic = self.make(&host, source, options, Wanted::New).await?;
        Ok(Publisher(topic))
    }

    /// Registers the topic for the program: only who has the [`Publisher`] publishes. It ends with the node, or by
    /// [`Publisher::end`].
    ///
    /// # Errors
    /// As [`Topic::register`].
    pub async fn register_on(
        &self,
        node: &impl AsHost,
        options: TopicOptions,
    ) -> Result<Publisher<T>, TopicError> {
        let source = Source::Owned(None);
        let topic = self
            .make(&node.host(), source, options, Wanted::New)
            .await?;
        Ok(Publisher(topic))
    }

    /// The topic as an open one: whoever knows its name publishes, also from Erlang. It is made when it is not there; the
    /// options of the first count. It ends with the node, or by [`Publisher::end`].
    ///
    /// # Errors
    /// The topic has an owner, has events of another type, or its name is none.
    pub async fn open(
        &self,
        node: &impl AsHost,
        options: TopicOptions,
    ) -> Result<Publisher<T>, TopicError> {
        let topic = self
            .make(&node.host(), Source::Open, options, Wanted::Open)
            .await?;
        Ok(Publisher(topic))
    }

    /// From now on every event becomes a message of this process: `deliver` uses the handle of the process, as a rule one
    /// of its casts, `PRICES.subscribe(cx, WatcherRef::price)`. The last events that the topic keeps come first.
    ///
    /// An event that the mailbox has no room for is missed. The subscription ends with the process; of the end of the
    /// topic it hears nothing, unlike with [`Topic::monitor`] and [`Topic::link`]. Subscribing twice gives every event
    /// twice.
    ///
    /// # Errors
    /// There is no such topic, it has events of another type, or its node cannot be reached.
    pub async fn subscribe<A: Behavior>(
        &self,
        cx: &Context<A>,
        deliver: impl Fn(&A::Handle, T) -> Result<(), CastError> + Send + Sync + 'static,
    ) -> Result<Subscription<T>, TopicError> {
        self.tie(cx, deliver, Tie::None).await
    }

    /// As [`Topic::subscribe`], with a monitor: the process gets one [`Down`](crate::Down) when the topic ends, with the
    /// reason of its owner, or `noconnection` when its node is lost.
    ///
    /// # Errors
    /// As there.
    pub async fn monitor<A: Behavior>(
        &self,
        cx: &Context<A>,
        deliver: impl Fn(&A::Handle, T) -> Result<(), CastError> + Send + Sync + 'static,
    ) -> Result<Subscription<T>, TopicError> {
        self.tie(cx, deliver, Tie::Monitor).await
    }

    /// As [`Topic::subscribe`], with a link: the process gets an exit signal when the topic ends, with the reason of its
    /// owner. As with any link, `normal` ends nobody.
    ///
    /// # Errors
    /// As there.
    pub async fn link<A: Behavior>(
        &self,
        cx: &Context<A>,
        deliver: impl Fn(&A::Handle, T) -> Result<(), CastError> + Send + Sync + 'static,
    ) -> Result<Subscription<T>, TopicError> {
        self.tie(cx, deliver, Tie::Link).await
    }

    async fn tie<A: Behavior>(
        &self,
        cx: &Context<A>,
        deliver: impl Fn(&A::Handle, T) -> Result<(), CastError> + Send + Sync + 'static,
        tie: Tie,
    ) -> Result<Subscription<T>, TopicError> {
        let (host, deliver) = (AsHost::host(cx), Arc::new(deliver));
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            let topic = self.find(&host).await?;
            let (me, deliver) = (cx.handle(), deliver.clone());
            let sink = Sink::Typed(Box::new(move |event: &T| Ok(deliver(&me, event.clone())?)));
            // Before it subscribes: an end between the two is not missed, nor the reason lost.
            let pid = topic.pid();
            let monitor = pid.as_ref().filter(|_| tie == Tie::Monitor);
            let monitor = monitor.map(|topic| cx.monitor(topic));
            match subscribe_to(&topic, Some(cx.pid()), sink).await {
                Ok(reference) => {
                    let link = pid.filter(|_| tie == Tie::Link);
                    return Ok(Subscription {
                        topic,
                        reference,
                        monitor,
                        link: link.inspect(|topic| cx.link(topic)),
                    });
                }
                Err(error) => {
                    if let Some(monitor) = &monitor {
                        cx.demonitor_flush(monitor);
                    }
                    self.again(error, attempts)?;
                }
            }
        }
    }

    /// The events as a stream, for code that is no process. As many as `events_max` wait to be taken; beyond that they are
    /// missed, and counted.
    ///
    /// # Errors
    /// As [`Topic::subscribe`].
    pub async fn stream(
        &self,
        node: &impl AsHost,
        events_max: usize,
    ) -> Result<EventStream<T>, TopicError> {
        let host = node.host();
        let mut attempts = ATTEMPTS;
        loop {
            attempts -= 1;
            let topic = self.find(&host).await?;
            let (sender, events) = mpsc::channel(events_max.max(1));
            let missed = Arc::new(AtomicU64::new(0));
            let sink = stream_sink(sender, missed.clone());
            match subscribe_to(&topic, None, sink).await {
                Ok(reference) => {
                    return Ok(EventStream {
                        events,
                        missed,
                        topic,
                        reference,
                    });
                }
                Err(error) => self.again(error, attempts)?,
            }
        }
    }

    /// A relay that ends since nobody is subscribed to it may be met on its way out: another is made then.
    fn again(&self, error: CallError, attempts: u32) -> Result<(), TopicError> {
        match error {
            CallError::NoProcess | CallError::Exit(ExitReason::Normal) if attempts > 0 => Ok(()),
            CallError::Exit(reason) if reason == ExitReason::from("no_topic") => {
                Err(TopicError::NotFound(self.parse_name()?))
            }
            CallError::Exit(reason) => Err(TopicError::Unreachable(reason)),
            error => Err(TopicError::Call(error)),
        }
    }

    fn parse_name(&self) -> Result<Atom, TopicError> {
        Atom::new(&self.name)
            .ok()
            .filter(|name| !name.as_str().is_empty())
            .ok_or_else(|| TopicError::BadName(self.name.clone().into_owned()))
    }

    /// The process of the topic, or of its relay.
    async fn find(&self, host: &HostRef) -> Result<Ref<TopicProcess<T>>, TopicError> {
        let node = match &self.node {
            Some(node) if **node != *host.name().as_str() => Some(node),
            _ => None,
        };
        let Some(node) = node else {
            return self.get(host, None, Wanted::Existing).await;
        };
        let node = Atom::new(node).map_err(|_| TopicError::BadName(node.clone().into_owned()))?;
        let source = Source::Relay(node.clone());
        let make = make::<T>(self.parse_name()?, source, TopicOptions::new());
        self.get(host, Some(node), Wanted::Relay(make)).await
    }

    async fn make(
        &self,
        host: &HostRef,
        source: Source,
        options: TopicOptions,
        wanted: fn(Make) -> Wanted,
    ) -> Result<Ref<TopicProcess<T>>, TopicError> {
        let make = make::<T>(self.parse_name()?, source, options);
        self.get(host, None, wanted(make)).await
    }

    async fn get(
        &self,
        host: &HostRef,
        node: Option<Atom>,
        wanted: Wanted,
    ) -> Result<Ref<TopicProcess<T>>, TopicError> {
        let name = self.parse_name()?;
        let key: Key = (name.clone(), node);
        let registry = Destination::Name(Atom::from_static("ergo_pubsub"));
        let registry = Ref::<PubSub>::at(host, registry).resolved();
        let got = registry.call_local(|reply| PubSubMessage::Get(key, wanted, reply));
        let Found {
            topic, type_name, ..
        } = got.await??;
        let typed = topic.downcast_ref::<Ref<TopicProcess<T>>>().cloned();
        typed.ok_or(TopicError::WrongType {
            name,
            found: type_name,
            wanted: std::any::type_name::<T>(),
        })
    }
}

/// How often a subscriber looks for a topic again that has just ended.
const ATTEMPTS: u32 = 5;

async fn subscribe_to<T: TopicEvent>(
    topic: &Ref<TopicProcess<T>>,
    pid: Option<Pid>,
    sink: Sink<T>,
) -> Result<Reference, CallError> {
    // A relay waits for its topic for as long as a call takes by itself.
    let subscribed = topic.call_local(|reply| TopicMessage::Subscribe(pid, sink, reply));
    subscribed.timeout(std::time::Duration::from_secs(10)).await
}

fn stream_sink<T: TopicEvent>(sender: mpsc::Sender<T>, missed: Arc<AtomicU64>) -> Sink<T> {
    Sink::Typed(Box::new(move |event: &T| {
        sender.try_send(event.clone()).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                missed.fetch_add(1, Ordering::Relaxed);
                NotTaken::Missed
            }
            mpsc::error::TrySendError::Closed(_) => NotTaken::Gone,
        })
    }))
}

/// How the registry starts the process of a topic.
fn make<T: TopicEvent>(name: Atom, source: Source, options: TopicOptions) -> Make {
    Make(Box::new(move |cx| {
        Box::pin(async move {
            let is_open = matches!(source, Source::Open);
            let spawn = match options.mailbox {
                Some(bound) => SpawnOptions::default().mailbox(bound),
                None => SpawnOptions::default(),
            };
            let args = TopicArgs {
                name,
                source,
                options,
            };
            let topic = cx.spawn_link_with::<TopicProcess<T>>(args, spawn).await?;
            let pid = topic.pid().unwrap_or_else(|| cx.pid());
            Ok(Found {
                pid,
                topic: Arc::new(topic.as_ref().clone()),
                type_name: std::any::type_name::<T>(),
                is_open,
            })
        })
    }))
}
