//! Topics with an owner: their end, who may publish, who listens; and what is refused.

use ergo::TopicError;

use super::*;

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
    node.exit(second.pid().unwrap(), ExitReason::Kill);
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

/// What ends a subscription or a topic is not lost in a topic that is full.
#[tokio::test]
async fn a_full_topic_hears_of_ends() {
    let node = node().await;
    let prices = open(&node, TopicOptions::new().mailbox(2)).await;
    let watcher = watcher(&node, Tie::Link).await;
    let stream = deadline(PATIENCE, PRICES.stream(&node, 10)).await.unwrap();
    while prices.publish(1).is_ok() {}
    drop(stream);
    deadline(PATIENCE, watcher.unsubscribe()).await.unwrap();
    deadline(PATIENCE, async {
        while prices.info().await.map(|info| info.subscribers) != Ok(0) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    while prices.publish(1).is_ok() {}
    let topic = prices.pid().unwrap();
    prices.end("sold_out".into());
    deadline(PATIENCE, async {
        while node.is_process_alive(&topic) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    // It has unsubscribed, and is not linked any more.
    assert_eq!(deadline(PATIENCE, watcher.ends()).await.unwrap(), []);
    stop(node).await;
}

/// Whoever gives up waiting for its subscription has none.
#[tokio::test]
async fn a_subscription_given_up() {
    let node = node().await;
    let prices = open(&node, TopicOptions::new()).await;
    let name = PRICES;
    for _ in 0..20 {
        tokio::select! {
            biased;
            stream = name.stream(&node, 10) => drop(stream),
            () = tokio::task::yield_now() => {}
        }
    }
    deadline(PATIENCE, async {
        while prices.info().await.map(|info| info.subscribers) != Ok(0) {
            tokio::task::yield_now().await;
        }
    })
    .await;
    stop(node).await;
}

/// A panic in a subscriber's own code is that subscriber's loss.
#[tokio::test]
async fn a_subscriber_that_panics() {
    #[derive(Actor)]
    struct Clumsy;
    #[ergo::server]
    impl Clumsy {
        async fn init(cx: &Context<Self>) -> Result<Self, ExitReason> {
            let deliver = |_: &ClumsyRef, _: u64| panic!("over a price");
            PRICES
                .subscribe(cx, deliver)
                .await
                .map_err(|_| "no_prices")?;
            Ok(Clumsy)
        }
    }
    let node = node().await;
    let prices = open(&node, TopicOptions::new()).await;
    deadline(PATIENCE, node.spawn::<Clumsy>(())).await.unwrap();
    let watcher = watcher(&node, Tie::Subscribe).await;
    assert_eq!(deadline(PATIENCE, prices.sync_publish(7)).await, Ok(1));
    assert_eq!(seen(&watcher).await, [7]);
    assert_eq!(deadline(PATIENCE, prices.info()).await.unwrap().missed, 1);
    stop(node).await;
}
