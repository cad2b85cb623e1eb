//! Subscribers that are slow, outside of processes, by terms, and many.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::*;

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
    assert!(deadline(PATIENCE, told.recv()).await.is_some());
    // Asked for again, as after a timeout, it is still one.
    let request = Term::tuple([term!(subscribe), term!(prices), Term::from(plain.clone())]);
    deadline(PATIENCE, node.call("ergo_pubsub", request))
        .await
        .unwrap();
    assert_eq!(
        deadline(PATIENCE, prices.info()).await.unwrap().subscribers,
        1
    );
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
    assert!(matches!(refused, Some(CastError::Full(_))));
    stop(node).await;
}

/// As many as a busy topic has.
#[tokio::test]
async fn ten_thousand_subscribers() {
    const MANY: usize = 10_000;
    let node = node().await;
    let prices = open(&node, TopicOptions::new()).await;
    let mut watchers = Vec::new();
    let start = std::time::Instant::now();
    for _ in 0..MANY {
        watchers.push(watcher(&node, Tie::Subscribe).await);
    }
    println!("{MANY} subscribed in {:?}", start.elapsed());
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
    let before = std::time::Instant::now();
    stop(node).await;
    println!("stopped in {:?}", before.elapsed());
}
