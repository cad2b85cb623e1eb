//! Applications, pools and topics across nodes: between two nodes of ours in one program, and with Erlang.

use ergo::prelude::*;
use ergo::{
    Application, Audience, Pool, PoolRef, Publisher, StartType, Subscription, Topic, TopicError,
    TopicOptions,
};
use ergo_tests::erlang::{Epmd, Node as Erl, each_release};
use ergo_tests::{PATIENCE, deadline, ports, unique_name};
use tokio::sync::mpsc;

const PRICES: Topic<u64> = Topic::new("prices");

async fn node(prefix: &str, epmd_port: u16) -> Node {
    let builder = Node::builder(format!("{}@127.0.0.1", unique_name(prefix)));
    let builder = builder.cookie("ergo").epmd_port(epmd_port);
    deadline(PATIENCE, builder.start()).await.unwrap()
}

async fn two_nodes() -> (Node, Node) {
    let port = ports::free();
    (node("a", port).await, node("b", port).await)
}

async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
    assert_eq!(node.process_count(), 0);
}

/// Watches the prices of another node, and tells what it sees.
#[derive(Actor)]
struct Watcher {
    tell: mpsc::UnboundedSender<String>,
    subscription: Option<Subscription<u64>>,
}

#[ergo::server]
impl Watcher {
    async fn init(
        args: (Atom, mpsc::UnboundedSender<String>),
        cx: &Context<Self>,
    ) -> Result<Self, ExitReason> {
        let (node, tell) = args;
        let subscribed = PRICES.on(node).monitor(cx, WatcherRef::price).await;
        let subscription =
            subscribed.map_err(|error| ExitReason::from(Term::from(error.to_string())))?;
        Ok(Watcher {
            tell,
            subscription: Some(subscription),
        })
    }

    #[cast]
    fn price(&mut self, price: u64) {
        let _ = self.tell.send(price.to_string());
    }

    #[call]
    fn unsubscribe(&mut self, cx: &Context<Self>) {
        if let Some(subscription) = self.subscription.take() {
            subscription.unsubscribe(cx);
        }
    }

    #[down]
    fn down(&mut self, down: Down) {
        let _ = self.tell.send(format!("down {}", down.reason));
    }
}

/// Owns the prices.
#[derive(Actor)]
struct Producer {
    prices: Publisher<u64>,
    tell: mpsc::UnboundedSender<Audience>,
}

#[ergo::server]
impl Producer {
    async fn init(
        tell: mpsc::UnboundedSender<Audience>,
        cx: &Context<Self>,
    ) -> Result<Self, ExitReason> {
        let options = TopicOptions::new()
            .buffer(2)
            .notify(cx, ProducerRef::audience);
        let prices = PRICES.register(cx, options).await.map_err(|_| "taken")?;
        Ok(Producer { prices, tell })
    }

    #[call(local)]
    fn publisher(&self) -> Publisher<u64> {
        self.prices.clone()
    }

    #[cast(local)]
    fn audience(&mut self, audience: Audience) {
        let _ = self.tell.send(audience);
    }
}

struct World {
    here: Node,
    there: Node,
    producer: ProducerRef,
    prices: Publisher<u64>,
    audience: mpsc::UnboundedReceiver<Audience>,
}

impl World {
    /// A producer on one node; the watchers will be on the other.
    async fn start() -> World {
        let (here, there) = two_nodes().await;
        let (tell, audience) = mpsc::unbounded_channel();
        let producer = deadline(PATIENCE, here.spawn::<Producer>(tell))
            .await
            .unwrap();
        let prices = deadline(PATIENCE, producer.publisher()).await.unwrap();
        World {
            here,
            there,
            producer,
            prices,
            audience,
        }
    }

    async fn watcher(&self) -> (WatcherRef, mpsc::UnboundedReceiver<String>) {
        let (tell, told) = mpsc::unbounded_channel();
        let args = (self.here.name().clone(), tell);
        let watcher = deadline(PATIENCE, self.there.spawn::<Watcher>(args)).await;
        (watcher.unwrap(), told)
    }
}

async fn expect(told: &mut mpsc::UnboundedReceiver<String>, lines: &[&str]) {
    for line in lines {
        assert_eq!(
            deadline(PATIENCE, told.recv()).await.as_deref(),
            Some(*line)
        );
    }
}

/// However many subscribers another node has, it is one to the topic: one message for each event.
#[tokio::test]
async fn one_message_for_each_node() {
    let mut world = World::start().await;
    for price in 1..=3 {
        world.prices.publish(price).unwrap();
    }
    // The first connects, and gets what the topic keeps; so does one that comes later, from the relay.
    let (first, mut told_first) = world.watcher().await;
    expect(&mut told_first, &["2", "3"]).await;
    let (second, mut told_second) = world.watcher().await;
    expect(&mut told_second, &["2", "3"]).await;
    assert_eq!(
        deadline(PATIENCE, world.audience.recv()).await,
        Some(Audience::Present)
    );
    for price in 4..100 {
        assert_eq!(
            deadline(PATIENCE, world.prices.sync_publish(price)).await,
            Ok(1)
        );
    }
    for told in [&mut told_first, &mut told_second] {
        let expected: Vec<String> = (4..100).map(|price| price.to_string()).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        expect(told, &expected).await;
    }
    assert_eq!(
        deadline(PATIENCE, world.prices.info())
            .await
            .unwrap()
            .subscribers,
        1
    );
    // The relay goes with the last one, and comes again with the next.
    deadline(PATIENCE, first.unsubscribe()).await.unwrap();
    deadline(PATIENCE, second.unsubscribe()).await.unwrap();
    assert_eq!(
        deadline(PATIENCE, world.audience.recv()).await,
        Some(Audience::Gone)
    );
    let (_third, mut told_third) = world.watcher().await;
    expect(&mut told_third, &["98", "99"]).await;
    assert_eq!(
        deadline(PATIENCE, world.audience.recv()).await,
        Some(Audience::Present)
    );
    stop(world.there).await;
    assert_eq!(
        deadline(PATIENCE, world.audience.recv()).await,
        Some(Audience::Gone)
    );
    stop(world.here).await;
}

#[tokio::test]
async fn the_end_of_a_topic_elsewhere() {
    // The owner ends, with its reason; then its node.
    let world = World::start().await;
    let (_watcher, mut told) = world.watcher().await;
    world.prices.publish(1).unwrap();
    world
        .here
        .exit(world.producer.pid().unwrap(), ExitReason::from("boom"));
    expect(&mut told, &["1", "down boom"]).await;

    let prices = deadline(PATIENCE, PRICES.open(&world.here, TopicOptions::new()))
        .await
        .unwrap();
    let (_watcher, mut told) = world.watcher().await;
    prices.publish(2).unwrap();
    expect(&mut told, &["2"]).await;
    world.there.disconnect(world.here.name().as_str());
    expect(&mut told, &["down noconnection"]).await;
    stop(world.here).await;
    stop(world.there).await;
}

#[tokio::test]
async fn topics_that_are_not_there() {
    let (here, there) = two_nodes().await;
    let topic = PRICES.on(there.name());
    let missing = deadline(PATIENCE, topic.stream(&here, 1))
        .await
        .unwrap_err();
    assert_eq!(missing, TopicError::NotFound(atom!("prices")));
    let nowhere = PRICES.on("nobody@127.0.0.1");
    let unreachable = deadline(PATIENCE, nowhere.stream(&here, 1))
        .await
        .unwrap_err();
    assert_eq!(
        unreachable,
        TopicError::Unreachable(ExitReason::NoConnection)
    );
    // By the name of the node itself it is the topic, without a relay.
    let own = PRICES.on(here.name());
    let prices = deadline(PATIENCE, PRICES.open(&here, TopicOptions::new()))
        .await
        .unwrap();
    let mut stream = deadline(PATIENCE, own.stream(&here, 1)).await.unwrap();
    prices.publish(7).unwrap();
    assert_eq!(deadline(PATIENCE, stream.next()).await, Some(7));
    stop(here).await;
    stop(there).await;
}

#[derive(Actor)]
struct Squarer;

#[ergo::server]
impl Squarer {
    fn init() -> Result<Self, ExitReason> {
        Ok(Squarer)
    }

    #[call]
    fn square(&self, n: u64) -> u64 {
        n * n
    }

    /// Who answers.
    #[call]
    fn who(&self, cx: &Context<Self>) -> Pid {
        cx.pid()
    }
}

#[tokio::test]
async fn a_pool_of_another_node() {
    let (here, there) = two_nodes().await;
    let pool = Pool::<Squarer>::new(())
        .size(3)
        .name("squares")
        .start(&there);
    deadline(PATIENCE, pool).await.unwrap();
    let far: PoolRef<Squarer> = here.at(("squares", there.name().as_str()));
    let far = deadline(PATIENCE, far.resolved()).await;
    let mut answered = std::collections::BTreeSet::new();
    for n in 0..6 {
        let worker = far.worker().unwrap();
        assert_eq!(deadline(PATIENCE, worker.square(n)).await, Ok(n * n));
        answered.insert(deadline(PATIENCE, worker.who()).await.unwrap());
    }
    let infos = deadline(PATIENCE, far.which_workers()).await.unwrap();
    let workers: std::collections::BTreeSet<Pid> =
        infos.into_iter().filter_map(|info| info.pid).collect();
    assert_eq!(answered, workers);
    assert_eq!(deadline(PATIENCE, far.add_workers(1)).await, Ok(4));
    assert_eq!(deadline(PATIENCE, far.remove_workers(2)).await, Ok(2));
    assert_eq!(far.worker_for(&1).map(drop), Err(CastError::LocalOnly));
    stop(here).await;
    stop(there).await;
}

/// What Erlang sees of all three.
#[tokio::test]
async fn from_erlang() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let node = node("rust", epmd.port()).await;
        let application = Application::new("shop")
            .description("Sells things")
            .vsn("1.2")
            .top(Supervisor::one_for_one().child(Pool::<Squarer>::new(()).size(3).name("squares").spec()));
        deadline(PATIENCE, node.start_application(application, StartType::Permanent)).await.unwrap();
        let options = TopicOptions::new().buffer(1);
        let prices = deadline(PATIENCE, PRICES.open(&node, options)).await.unwrap();
        prices.publish(1).unwrap();
        let mut stream = deadline(PATIENCE, PRICES.stream(&node, 10)).await.unwrap();
        assert_eq!(deadline(PATIENCE, stream.next()).await, Some(1));

        let erl = Erl::builder(release, "erl", epmd.port()).start().await.unwrap();
        let name = node.name().as_str();
        for (expression, expected) in [
            (format!("R = '{name}', ok"), "ok"),
            // Applications.
            ("rpc:call(R, application, which_applications, [])".into(), "[{shop,\"Sells things\",\"1.2\"}]"),
            ("gen_server:call({application_controller, R}, loaded_applications)".into(), "[{shop,\"Sells things\",\"1.2\"}]"),
            // A pool as one server.
            ("[gen_server:call({squares, R}, {square, N}) || N <- [1, 2, 3, 4]]".into(), "[1,4,9,16]"),
            ("length(lists:usort([gen_server:call({squares, R}, who) || _ <- lists:seq(1, 9)]))".into(), "3"),
            ("gen_server:call({squares, R}, {cube, 2})".into(), "{error,{unknown_request,{cube,2}}}"),
            ("[{N, is_pid(P), W, S} || {N, P, W, S} <- gen_server:call({squares, R}, {'$pool', which_workers})]".into(), "[{1,true,0,0},{2,true,0,0},{3,true,0,0}]"),
            ("gen_server:call({squares, R}, {'$pool', {add_workers, 2}})".into(), "{ok,5}"),
            // Topics.
            ("gen_server:call({ergo_pubsub, R}, {subscribe, nothing, self()})".into(), "{error,no_topic}"),
            ("{ok, T, 1} = gen_server:call({ergo_pubsub, R}, {subscribe, prices, self()}), M = monitor(process, T), ok".into(), "ok"),
            ("gen_server:cast({ergo_pubsub, R}, {publish, prices, 2})".into(), "ok"),
            ("[receive {event, {prices, R}, V} -> V after 10000 -> nothing end || _ <- [1, 2]]".into(), "[1,2]"),
            ("gen_server:call({ergo_pubsub, R}, which_topics)".into(), "[prices]"),
        ] {
            assert_eq!(erl.eval(&expression).await.unwrap(), expected, "{expression}");
        }
        assert_eq!(deadline(PATIENCE, stream.next()).await, Some(2));
        prices.end(ExitReason::from("closed"));
        let down = "receive {'DOWN', M, process, T, Why} -> Why after 10000 -> nothing end";
        assert_eq!(erl.eval(down).await.unwrap(), "closed");
        stop(node).await;
    })
    .await;
}
