//! Publish and subscribe on one node: order, late subscribers, ends, who may publish, slow subscribers, streams.

use std::sync::Arc;

use ergo::prelude::*;
use ergo::{Audience, Publisher, Subscription, Topic, TopicError, TopicOptions};
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::Semaphore;

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
    node.exit(&second.pid().unwrap(), ExitReason::Kill);
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

#[tokio::test]
async fn the_topic_ends_with_its_owner() {
    for reason in [ExitReason::Normal, ExitReason::from("boom")] {
        let node = node().await;
        let (producer, prices) = producer(&node).await;
        let monitoring = watcher(&node, Tie::Monitor).await;
        let linked = watcher(&node, Tie::Link).await;
        let neither = watcher(&node, Tie::Subscribe).await;
        prices.publish(1).unwrap();
        producer.end(reason.clone()).unwrap();
        deadline(PATIENCE, async {
            for watcher in [&monitoring, &linked] {
                while watcher.ends().await.unwrap().is_empty() {
                    tokio::task::yield_now().await;
                }
            }
        })
        .await;
        for (watcher, expected) in [(&monitoring, 1), (&linked, 1), (&neither, 0)] {
            let ends = deadline(PATIENCE, watcher.ends()).await.unwrap();
            assert_eq!(ends, vec![reason.clone(); expected]);
            assert_eq!(seen(watcher).await, [1]);
        }
        assert_eq!(prices.publish(2), Err(CastError::Closed));
        // Whoever hears of the end finds the name free.
        producer_again(&node).await;
        stop(node).await;
    }
}

async fn producer_again(node: &Node) {
    producer(node).await;
}

#[tokio::test]
async fn the_producer_is_told_of_its_audience() {
    let node = node().await;
    let (producer, prices) = producer(&node).await;
    let told = async || deadline(PATIENCE, producer.told()).await.unwrap();
    assert_eq!(told().await, [""; 0]);
    let (first, second) = (
        watcher(&node, Tie::Monitor).await,
        watcher(&node, Tie::Subscribe).await,
    );
    assert_eq!(told().await, ["Present"]);
    deadline(PATIENCE, first.unsubscribe()).await.unwrap();
    deadline(PATIENCE, prices.info()).await.unwrap();
    assert_eq!(told().await, [""; 0]);
    node.exit(&second.pid().unwrap(), ExitReason::Kill);
    deadline(PATIENCE, second.as_ref().ended()).await;
    deadline(PATIENCE, prices.info()).await.unwrap();
    assert_eq!(told().await, ["Gone"]);
    let stream = deadline(PATIENCE, PRICES.stream(&node, 1)).await.unwrap();
    assert_eq!(told().await, ["Present"]);
    drop(stream);
    deadline(PATIENCE, prices.info()).await.unwrap();
    assert_eq!(told().await, ["Gone"]);
    stop(node).await;
}

#[tokio::test]
async fn who_may_publish() {
    let node = node().await;
    let (_producer, prices) = producer(&node).await;
    let watcher = watcher(&node, Tie::Subscribe).await;
    let opened = deadline(PATIENCE, PRICES.open(&node, TopicOptions::new())).await;
    assert_eq!(opened.unwrap_err(), TopicError::Taken(atom!("prices")));
    let registered = deadline(PATIENCE, PRICES.register_on(&node, TopicOptions::new())).await;
    assert_eq!(registered.unwrap_err(), TopicError::Taken(atom!("prices")));
    let second = deadline(PATIENCE, node.spawn::<Producer>(())).await;
    assert!(
        second
            .unwrap_err()
            .to_string()
            .contains("the topic prices is registered already")
    );
    // By name and by pid: dropped, with a warning.
    node.cast("ergo_pubsub", term!({publish, prices, 7}))
        .unwrap();
    node.cast(prices.pid().unwrap(), term!({publish, 7}))
        .unwrap();
    node.cast(prices.pid().unwrap(), term!({event, 7})).unwrap();
    deadline(PATIENCE, prices.sync_publish(8)).await.unwrap();
    assert_eq!(seen(&watcher).await, [8]);
    prices.end(ExitReason::Normal);

    let open_prices = Topic::<u64>::new("open");
    let first = deadline(PATIENCE, open_prices.open(&node, TopicOptions::new()))
        .await
        .unwrap();
    let second = deadline(PATIENCE, open_prices.open(&node, TopicOptions::new()))
        .await
        .unwrap();
    let mut stream = deadline(PATIENCE, open_prices.stream(&node, 10))
        .await
        .unwrap();
    first.publish(1).unwrap();
    second.publish(2).unwrap();
    node.cast("ergo_pubsub", term!({publish, open, 3})).unwrap();
    for expected in 1..=3 {
        assert_eq!(deadline(PATIENCE, stream.next()).await, Some(expected));
    }
    stop(node).await;
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let node = node().await;
    let subscribed = async |topic: Topic<u64>| {
        let stream = deadline(PATIENCE, topic.stream(&node, 1)).await;
        stream.map(drop).unwrap_err()
    };
    assert_eq!(
        subscribed(PRICES).await,
        TopicError::NotFound(atom!("prices"))
    );
    assert_eq!(
        subscribed(Topic::named("")).await,
        TopicError::BadName(String::new())
    );
    let long = "x".repeat(256);
    assert_eq!(
        subscribed(Topic::named(&*long)).await,
        TopicError::BadName(long)
    );
    let texts = Topic::<String>::new("prices");
    let publisher = deadline(PATIENCE, texts.open(&node, TopicOptions::new()))
        .await
        .unwrap();
    let wrong = TopicError::WrongType {
        name: atom!("prices"),
        found: "alloc::string::String",
        wanted: "u64",
    };
    assert_eq!(subscribed(PRICES).await, wrong);
    let opened = deadline(PATIENCE, PRICES.open(&node, TopicOptions::new())).await;
    assert_eq!(opened.unwrap_err(), wrong);
    // What is no event of its type is dropped.
    node.cast("ergo_pubsub", term!({publish, prices, 7}))
        .unwrap();
    let mut stream = deadline(PATIENCE, texts.stream(&node, 1)).await.unwrap();
    publisher.publish("seven".to_owned()).unwrap();
    assert_eq!(
        deadline(PATIENCE, stream.next()).await.as_deref(),
        Some("seven")
    );
    let answer = deadline(
        PATIENCE,
        node.call("ergo_pubsub", term!({subscribe, nothing, 1})),
    )
    .await;
    assert_eq!(answer, Ok(term!({error, no_topic})));
    stop(node).await;
}

/// Takes one event, and then no more until it may.
#[derive(Actor)]
#[actor(mailbox = 2)]
struct Slow {
    gate: Arc<Semaphore>,
    seen: u64,
}

#[ergo::server]
impl Slow {
    async fn init(gate: Arc<Semaphore>, cx: &Context<Self>) -> Result<Self, ExitReason> {
        PRICES
            .subscribe(cx, SlowRef::price)
            .await
            .map_err(|_| "no_prices")?;
        Ok(Slow { gate, seen: 0 })
    }

    #[cast]
    async fn price(&mut self, _price: u64) {
        self.gate.acquire().await.unwrap().forget();
        self.seen += 1;
    }

    #[call]
    fn seen(&self) -> u64 {
        self.seen
    }
}

#[tokio::test]
async fn a_slow_subscriber_keeps_nobody_waiting() {
    let node = node().await;
    let prices = open(&node, TopicOptions::new()).await;
    let gate = Arc::new(Semaphore::new(0));
    let slow = deadline(PATIENCE, node.spawn::<Slow>(gate.clone()))
        .await
        .unwrap();
    let watcher = watcher(&node, Tie::Subscribe).await;
    let mut taken = Vec::new();
    for price in 0..10 {
        taken.push(
            deadline(PATIENCE, prices.sync_publish(price))
                .await
                .unwrap(),
        );
        tokio::task::yield_now().await;
    }
    assert_eq!(seen(&watcher).await, (0..10).collect::<Vec<_>>());
    // One in progress and two that wait.
    assert_eq!(taken.iter().sum::<usize>(), 13);
    assert_eq!(deadline(PATIENCE, prices.info()).await.unwrap().missed, 7);
    gate.add_permits(10);
    deadline(PATIENCE, async {
        while slow.seen().await != Ok(3) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    stop(node).await;
}

#[tokio::test]
async fn a_stream() {
    let node = node().await;
    let prices = open(&node, TopicOptions::new()).await;
    let mut stream = deadline(PATIENCE, PRICES.stream(&node, 3)).await.unwrap();
    for price in 0..5 {
        deadline(PATIENCE, prices.sync_publish(price))
            .await
            .unwrap();
    }
    assert_eq!(stream.missed(), 2);
    for price in 0..3 {
        assert_eq!(deadline(PATIENCE, stream.next()).await, Some(price));
    }
    prices.publish(5).unwrap();
    prices.end(ExitReason::from("closed"));
    assert_eq!(deadline(PATIENCE, stream.next()).await, Some(5));
    assert_eq!(deadline(PATIENCE, stream.next()).await, None);
    assert_eq!(
        deadline(PATIENCE, stream.ended()).await,
        ExitReason::from("closed")
    );
    stop(node).await;
}

/// A plain process gets terms, as one in Erlang does.
#[tokio::test]
async fn events_as_terms() {
    let node = node().await;
    let prices = open(&node, TopicOptions::new().buffer(1)).await;
    prices.publish(1).unwrap();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let plain = node
        .spawn_fn(async move |mut cx| {
            while let Some(Message::Term(term)) = cx.receive().await {
                let _ = tell.send(term);
            }
        })
        .unwrap();
    let request = Term::tuple([term!(subscribe), term!(prices), Term::from(plain.clone())]);
    let answer = deadline(PATIENCE, node.call("ergo_pubsub", request))
        .await
        .unwrap();
    let topic = Term::from(prices.pid().unwrap());
    assert_eq!(answer, Term::tuple([term!(ok), topic, term!(1)]));
    prices.publish(2).unwrap();
    for price in [1, 2_u64] {
        let name = Term::tuple([term!(prices), Term::Atom(node.name().clone())]);
        let expected = Term::tuple([term!(event), name, Term::from(price)]);
        assert_eq!(deadline(PATIENCE, told.recv()).await, Some(expected));
    }
    let request = Term::tuple([term!(unsubscribe), term!(prices), Term::from(plain)]);
    assert_eq!(
        deadline(PATIENCE, node.call("ergo_pubsub", request)).await,
        Ok(term!(ok))
    );
    assert_eq!(deadline(PATIENCE, prices.sync_publish(3)).await, Ok(0));
    let topics = deadline(PATIENCE, node.call("ergo_pubsub", term!(which_topics))).await;
    assert_eq!(topics, Ok(Term::list([term!(prices)])));
    stop(node).await;
}

/// A topic with a bound refuses what would wait too long.
#[tokio::test]
async fn a_bound() {
    let node = node().await;
    let prices = open(&node, TopicOptions::new().mailbox(2)).await;
    let refused = (0..10).find_map(|price| prices.publish(price).err());
    assert_eq!(refused, Some(CastError::Full));
    stop(node).await;
}

/// As many as a busy topic has.
#[tokio::test]
async fn ten_thousand_subscribers() {
    const MANY: usize = 10_000;
    let node = node().await;
    let prices = open(&node, TopicOptions::new()).await;
    let mut watchers = Vec::new();
    for _ in 0..MANY {
        watchers.push(watcher(&node, Tie::Subscribe).await);
    }
    let before = std::time::Instant::now();
    assert_eq!(deadline(PATIENCE, prices.sync_publish(7)).await, Ok(MANY));
    let handed_out = before.elapsed();
    for watcher in &watchers {
        assert_eq!(seen(watcher).await, [7]);
    }
    println!(
        "handed to {MANY} in {handed_out:?}, seen by all in {:?}",
        before.elapsed()
    );
    stop(node).await;
}
