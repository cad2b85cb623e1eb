//! A node in the test itself, and the API of ergo used towards Erlang.

use ergo::prelude::*;
use ergo::{ConnectError, RpcError};
use ergo_tests::erlang::{Epmd, Node as Erl, Release, each_release};
use ergo_tests::{PATIENCE, deadline, unique_name, wait_until};

const SERVER: &str = "-module(stock).
-behaviour(gen_server).
-export([start/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).
start() -> {ok, P} = gen_server:start({local, stock}, ?MODULE, [], []), P.
init([]) -> {ok, #{}}.
handle_call({take, Id, N}, _, S) ->
    case S of
        #{Id := Left} when Left >= N -> {reply, {ok, Left - N}, S#{Id := Left - N}};
        #{Id := _} -> {reply, {error, short}, S};
        _ -> {reply, {error, unknown}, S}
    end;
handle_call(count, _, S) -> {reply, map_size(S), S};
handle_call(odd, _, S) -> {reply, {what, is, this}, S};
handle_call(silence, _, S) -> {noreply, S};
handle_call({crash, Why}, _, S) -> {stop, Why, S}.
handle_cast({restock, {order, Id, N}}, S) -> {noreply, maps:update_with(Id, fun(L) -> L + N end, N, S)}.
handle_info(_, S) -> {noreply, S}.
";

#[derive(Debug, Clone, Encode, Decode)]
#[etf(record = "order")]
struct Order {
    id: u64,
    qty: u32,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
enum StockError {
    Unknown,
    Short,
}

/// The shape of the Erlang server.
#[derive(Actor)]
struct Stock;

#[ergo::server]
impl Stock {
    fn init() -> Result<Self, ExitReason> {
        Ok(Stock)
    }
    #[call]
    fn take(&mut self, _id: u64, _n: u32) -> Result<u32, StockError> {
        Err(StockError::Unknown)
    }
    #[call]
    fn count(&self) -> usize {
        0
    }
    #[call]
    fn odd(&self) -> u64 {
        0
    }
    #[call]
    fn silence(&self) {}
    #[call]
    fn crash(&self, _why: Term) {}
    #[cast]
    fn restock(&mut self, _order: Order) {}
}

struct Pair {
    node: Node,
    erl: Erl,
    epmd: Epmd,
}

async fn pair(release: Release, prefix: &str) -> Pair {
    let epmd = Epmd::start().await.unwrap();
    let erl = Erl::builder(release, "m_erl", epmd.port())
        .start()
        .await
        .unwrap();
    let node = Node::builder(format!("{}@127.0.0.1", unique_name(prefix)))
        .cookie("ergo")
        .epmd_port(epmd.port())
        .visible()
        .start()
        .await
        .unwrap();
    let bind = format!("R = '{}', Me = self(), ok", node.name().as_str());
    assert_eq!(erl.eval(&bind).await.unwrap(), "ok");
    Pair { node, erl, epmd }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gen_server_through_a_typed_handle() {
    each_release(async |release| {
        let Pair {
            node,
            erl,
            epmd: _epmd,
        } = pair(release, "here").await;
        erl.load(SERVER).await.unwrap();
        erl.eval("stock:start()").await.unwrap();
        let stock: StockRef = node.at(("stock", erl.name()));
        stock.restock(Order { id: 1, qty: 9 }).unwrap();
        assert_eq!(stock.take(1, 2).await.unwrap(), Ok(7));
        assert_eq!(stock.take(1, 8).await.unwrap(), Err(StockError::Short));
        assert_eq!(stock.take(2, 1).await.unwrap(), Err(StockError::Unknown));
        assert_eq!(stock.count().await.unwrap(), 1);
        assert!(matches!(stock.odd().await, Err(CallError::BadReply(_))));
        assert_eq!(
            stock.silence().timeout(millis(50)).await,
            Err(CallError::Timeout)
        );
        assert_eq!(stock.count().await.unwrap(), 1);
        let crashed = stock.crash(Term::atom("on_purpose")).await;
        assert_eq!(
            crashed,
            Err(CallError::Exit(ExitReason::from(Term::atom("on_purpose"))))
        );
        assert_eq!(stock.count().await, Err(CallError::NoProcess));
        node.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pings_and_remote_procedure_calls() {
    each_release(async |release| {
        let Pair {
            node,
            erl,
            epmd: _epmd,
        } = pair(release, "here").await;
        let name = erl.name();
        assert!(node.ping(name).await);
        assert!(!node.ping("nobody@127.0.0.1").await);
        let sum: i64 = node
            .rpc(name)
            .call("lists", "sum", vec![vec![1, 2, 300]])
            .await
            .unwrap();
        assert_eq!(sum, 303);
        let failed = node
            .rpc(name)
            .call::<Term>("erlang", "error", vec![Term::atom("oops")])
            .await;
        assert!(
            matches!(&failed, Err(RpcError::Error { reason, .. }) if *reason == Term::atom("oops")),
            "{failed:?}"
        );
        let thrown = node
            .rpc(name)
            .call::<Term>("erlang", "throw", vec![Term::atom("ball")])
            .await;
        assert_eq!(thrown, Err(RpcError::Throw(Term::atom("ball"))));
        let ended = node
            .rpc(name)
            .call::<Term>("erlang", "exit", vec![Term::atom("over")])
            .await;
        assert_eq!(ended, Err(RpcError::Exit(Term::atom("over"))));
        let late = node
            .rpc(name)
            .timeout(millis(100))
            .call::<Term>("timer", "sleep", vec![60_000])
            .await;
        assert_eq!(late, Err(RpcError::Timeout));
        let nobody = node
            .rpc("nobody@127.0.0.1")
            .call::<Term>("erlang", "node", Vec::<Term>::new())
            .await;
        assert_eq!(nobody, Err(RpcError::NoConnection));
        let reply = node
            .call(("code_server", name), Term::atom("get_path"))
            .await;
        assert!(
            !matches!(reply, Err(CallError::NoConnection | CallError::NoProcess)),
            "{reply:?}"
        );
        let nobody = node.call(("x", "nobody@127.0.0.1"), Term::atom("y")).await;
        assert_eq!(nobody, Err(CallError::NoConnection));
        let refused = node.connect("nobody@127.0.0.1").await;
        assert!(
            matches!(refused, Err(ConnectError::Unknown { .. })),
            "{refused:?}"
        );
        node.stop().await;
        erl.eval_until("nodes(connected)", "[]").await.unwrap();
    })
    .await;
}

const COLLECT: &str = "Collect = fun Collect(_, 0) -> complete;
    Collect(Last, Left) -> receive {S, N, _} -> case maps:get(S, Last, 0) + 1 of
        N -> Collect(Last#{S => N}, Left - 1); M -> {out_of_order, S, N, M} end
        after 20000 -> {missing, Left} end end, register(collector, self()), ok";

/// Ten Rust processes send 50,000 messages to one Erlang process, large and small mixed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn order_is_kept_towards_erlang() {
    each_release(async |release| {
        let Pair {
            node,
            erl,
            epmd: _epmd,
        } = pair(release, "here").await;
        erl.eval(COLLECT).await.unwrap();
        let to = Destination::from(("collector", erl.name()));
        for sender in 1..=10i64 {
            let to = to.clone();
            node.spawn_fn(async move |cx| {
                for number in 1..=5000i64 {
                    let size = if number % 500 == 0 { 150_000 } else { 10 };
                    let bytes = ergo::etf::Term::binary(vec![7u8; size]);
                    cx.node().send(&to, (sender, number, bytes)).await.unwrap();
                }
            })
            .unwrap();
        }
        let all = erl
            .eval_within(secs(60), "Collect(#{}, 50000)")
            .await
            .unwrap();
        assert_eq!(all, "complete");
        node.stop().await;
    })
    .await;
}

/// Both sides connect at the same time, over and over: one connection stays, and what is sent over it arrives.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connecting_from_both_sides_at_once() {
    each_release(async |release| {
        // One name is less than that of the Erlang node, one greater: either side may have precedence.
        for prefix in ["a_here", "z_here"] {
            let Pair { node, erl, epmd: _epmd } = pair(release, prefix).await;
            let echo = node
                .spawn_fn_with(SpawnOptions::default().name("back"), async |mut cx| {
                    while let Some(message) = cx.receive().await {
                        if let Message::Term(Term::Tuple(pair)) = message
                            && let [Term::Pid(from), term] = &pair[..]
                        {
                            let _ = cx.send(Pid::clone(from), term.clone());
                        }
                    }
                })
                .unwrap();
            for round in 0..40 {
                let dial = format!(
                    "true = net_kernel:connect_node(R), {{back, R}} ! {{Me, {round}}}, receive {round} -> ok after 10000 -> lost end"
                );
                let (ours, theirs) = tokio::join!(node.connect(erl.name()), erl.eval(&dial));
                ours.unwrap();
                assert_eq!(theirs.unwrap(), "ok", "{prefix}, round {round}");
                assert_eq!(node.nodes(), [Atom::new(erl.name()).unwrap()]);
                assert!(node.ping(erl.name()).await, "{prefix}, round {round}");
                // Again if a late answer of either side has made another.
                wait_until(PATIENCE, "disconnected", async || {
                    erl.eval("erlang:disconnect_node(R)").await.unwrap();
                    node.nodes().is_empty()
                }).await.unwrap();
            }
            assert!(node.is_process_alive(&echo));
            node.stop().await;
        }
    })
    .await;
}

/// The connection is ended here; both sides see it, and the next message makes another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disconnected_from_here() {
    each_release(async |release| {
        let Pair { node, erl, epmd: _epmd } = pair(release, "here").await;
        erl.eval("register(me, self()), process_flag(trap_exit, true), net_kernel:monitor_nodes(true)").await.unwrap();
        let name = erl.name().to_owned();
        for round in 0..20 {
            node.send(("me", name.as_str()), Term::from(round)).await.unwrap();
            let up = format!("[receive {{nodeup, R}} -> up after 10000 -> late end, receive {round} -> {round} after 10000 -> late end]");
            assert_eq!(erl.eval(&up).await.unwrap(), format!("[up,{round}]"));
            assert!(node.disconnect(&name));
            assert!(!node.disconnect(&name));
            assert_eq!(erl.eval("receive {nodedown, R} -> down after 10000 -> late end").await.unwrap(), "down");
        }
        deadline(PATIENCE, node.stop()).await;
    })
    .await;
}
