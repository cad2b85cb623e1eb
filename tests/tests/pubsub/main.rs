//! Publish and subscribe on one node: order, late subscribers, ends, who may publish, slow subscribers, streams.

mod owner;
mod slow;

use ergo::prelude::*;
use ergo::{Audience, Publisher, Subscription, Topic, TopicOptions};
use ergo_tests::{PATIENCE, deadline, unique_name};

const PRICES: Topic<u64> = Topic::new("prices");

async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("pubsub"));
    deadline(PATIENCE, Node::builder(name).local_only().start())
        .await
        .unwrap()
}

async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
    assert_eq!(node.process_count(), 0);
}

/// How a watcher is tied to the topic.
#[derive(Clone, Copy)]
enum Tie {
    Subscribe,
    Monitor,
    Link,
}

/// Remembers what it has seen.
#[derive(Actor)]
#[actor(trap_exit)]
struct Watcher {
    seen: Vec<u64>,
    ends: Vec<ExitReason>,
    subscription: Option<Subscription<u64>>,
}

#[ergo::server]
impl Watcher {
    async fn init(tie: Tie, cx: &Context<Self>) -> Result<Self, ExitReason> {
        let subscribed = match tie {
            Tie::Subscribe => PRICES.subscribe(cx, WatcherRef::price).await,
            Tie::Monitor => PRICES.monitor(cx, WatcherRef::price).await,
            Tie::Link => PRICES.link(cx, WatcherRef::price).await,
        };
        let subscription =
            subscribed.map_err(|error| ExitReason::from(Term::from(error.to_string())))?;
        Ok(Watcher {
            seen: Vec::new(),
            ends: Vec::new(),
            subscription: Some(subscription),
        })
    }

    #[cast]
    fn price(&mut self, price: u64) {
        self.seen.push(price);
    }

    #[call]
    fn seen(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.seen)
    }

    #[call]
    fn unsubscribe(&mut self, cx: &Context<Self>) {
        if let Some(subscription) = self.subscription.take() {
            subscription.unsubscribe(cx);
        }
    }

    #[call]
    fn ends(&mut self) -> Vec<ExitReason> {
        self.ends.clone()
    }

    #[down]
    fn down(&mut self, down: Down) {
        let expected = self.subscription.as_ref().and_then(Subscription::reference);
        assert_eq!(expected, Some(&down.reference));
        self.ends.push(down.reason);
    }

    #[exit]
    fn exit(&mut self, exit: Exit) {
        self.ends.push(exit.reason);
    }
}

async fn watcher(node: &Node, tie: Tie) -> WatcherRef {
    deadline(PATIENCE, node.spawn::<Watcher>(tie))
        .await
        .unwrap()
}

async fn open(node: &Node, options: TopicOptions) -> Publisher<u64> {
    deadline(PATIENCE, PRICES.open(node, options))
        .await
        .unwrap()
}

async fn seen(watcher: &WatcherRef) -> Vec<u64> {
    deadline(PATIENCE, watcher.seen()).await.unwrap()
}

#[tokio::test]
async fn everyone_sees_everything_in_order() {
    let node = node().await;
    let prices = open(&node, TopicOptions::new()).await;
    assert_eq!(deadline(PATIENCE, prices.sync_publish(0)).await, Ok(0));
    let (first, second) = (
        watcher(&node, Tie::Subscribe).await,
        watcher(&node, Tie::Subscribe).await,
    );
    for price in 1..100 {
        prices.publish(price).unwrap();
    }
    assert_eq!(deadline(PATIENCE, prices.sync_publish(100)).await, Ok(2));
    for watcher in [&first, &second] {
        assert_eq!(seen(watcher).await, (1..=100).collect::<Vec<_>>());
    }
    deadline(PATIENCE, first.unsubscribe()).await.unwrap();
    assert_eq!(deadline(PATIENCE, prices.sync_publish(101)).await, Ok(1));
    node.exit(second.pid().unwrap(), ExitReason::Kill);
    deadline(PATIENCE, second.as_ref().ended()).await;
    assert_eq!(deadline(PATIENCE, prices.sync_publish(102)).await, Ok(0));
    assert_eq!(seen(&first).await, [0; 0]);
    let info = deadline(PATIENCE, prices.info()).await.unwrap();
    assert_eq!((info.subscribers, info.published, info.missed), (0, 103, 0));
    stop(node).await;
}

#[tokio::test]
async fn late_subscribers_get_the_last_events_first() {
    let node = node().await;
    let prices = open(&node, TopicOptions::new().buffer(3)).await;
    for price in 0..10 {
        prices.publish(price).unwrap();
    }
    let watcher = watcher(&node, Tie::Subscribe).await;
    deadline(PATIENCE, prices.sync_publish(10)).await.unwrap();
    assert_eq!(seen(&watcher).await, [7, 8, 9, 10]);
    stop(node).await;
}

/// Makes prices for as long as somebody wants them.
#[derive(Actor)]
struct Producer {
    prices: Publisher<u64>,
    audience: Vec<String>,
}

#[ergo::server]
impl Producer {
    async fn init(cx: &Context<Self>) -> Result<Self, ExitReason> {
        let options = TopicOptions::new().notify(cx, ProducerRef::audience);
        let registered = PRICES.register(cx, options).await;
        let prices = registered.map_err(|error| ExitReason::from(Term::from(error.to_string())))?;
        Ok(Producer {
            prices,
            audience: Vec::new(),
        })
    }

    #[cast(local)]
    fn audience(&mut self, audience: Audience) {
        self.audience.push(format!("{audience:?}"));
    }

    #[call]
    fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.audience)
    }

    #[call(local)]
    fn publisher(&self) -> Publisher<u64> {
        self.prices.clone()
    }

    #[cast]
    fn end(&mut self, reason: ExitReason) -> Flow {
        Flow::Stop(reason)
    }
}

async fn producer(node: &Node) -> (ProducerRef, Publisher<u64>) {
    let producer = deadline(PATIENCE, node.spawn::<Producer>(()))
        .await
        .unwrap();
    let publisher = deadline(PATIENCE, producer.publisher()).await.unwrap();
    (producer, publisher)
}
