//! Erlang nodes that are killed, stopped, or out of reach: G-03 and G-11.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::task::{Context as TaskContext, Waker};

use ergo::epmd::Client;
use ergo::epmd::codec::{AliveName, NodeEntry};
use ergo::prelude::*;
use ergo::{NodeEvent, node::NodeEvents};
use ergo_tests::erlang::{Epmd, Node as Erl, Release, each_release};
use ergo_tests::{PATIENCE, deadline, unique_name};

use crate::proxy::Proxy;
use crate::world::{Heard, SHORT_TICK_SECONDS, World, erl, rust_ticking, start_ticking};

/// The pid of the evaluating process, and a process of ours that is linked to it and monitors it.
async fn tied(world: &World) -> (Pid, Heard) {
    let mut first = Heard::start(&world.rust, Some("first"));
    let first_of_all = "process_flag(trap_exit, true), {first, R} ! Me";
    world.erl.eval(first_of_all).await.unwrap();
    let pid = first.pid().await;
    let to = pid.clone();
    let tied = Heard::with(&world.rust, None, move |cx| {
        cx.link(&to);
        cx.monitor(&to);
    });
    let there = "process_info(Me, monitored_by) =/= {monitored_by, []}";
    world.erl.eval_until(there, "true").await.unwrap();
    (pid, tied)
}

/// Both are told once, whichever comes first, and the node is gone.
async fn hears_of_the_loss(
    world: &World,
    tied: &mut Heard,
    of: &Pid,
    events: &mut NodeEvents,
) -> String {
    let (mut exits, mut downs) = (0, 0);
    for _ in 0..2 {
        match tied.next().await {
            Message::Exit(exit) if exit.from == *of => {
                assert_eq!(exit.reason, ExitReason::NoConnection);
                exits += 1;
            }
            Message::Down(down) => {
                assert_eq!(down.object, Destination::from(of));
                assert_eq!(down.reason, ExitReason::NoConnection);
                downs += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((exits, downs), (1, 1));
    let reason = loop {
        match deadline(PATIENCE, events.next()).await {
            Some(NodeEvent::Down { reason, .. }) => break reason,
            Some(_) => {}
            None => panic!("the node is gone"),
        }
    };
    assert!(world.rust.nodes_of(Visibility::Connected).is_empty());
    // Nothing more comes of it.
    world.rust.send(&tied.pid, term!(last)).await.unwrap();
    assert_eq!(tied.term().await, term!(last));
    reason
}

#[tokio::test]
async fn a_killed_node_is_noticed_at_once() {
    each_release(async |release| {
        let world = World::start(release).await;
        let (pid, mut tied) = tied(&world).await;
        let mut events = world.rust.monitor_nodes();
        world.erl.kill9();
        let reason = hears_of_the_loss(&world, &mut tied, &pid, &mut events).await;
        assert_eq!(reason, "connection_closed");
        world.stop().await;
    })
    .await;
}

/// Its sockets stay open: only ticks tell. When it goes on it hears that it was given up, and is welcome again.
#[tokio::test]
async fn a_stopped_node_is_declared_down() {
    each_release(async |release| {
        let world = World::start_ticking(release, SHORT_TICK_SECONDS).await;
        let (pid, mut tied) = tied(&world).await;
        let mut events = world.rust.monitor_nodes();
        world.erl.stop();
        let reason = hears_of_the_loss(&world, &mut tied, &pid, &mut events).await;
        assert_eq!(reason, "net_tick_timeout");
        world.erl.cont();
        world
            .erl
            .eval_until("nodes(connected)", "[]")
            .await
            .unwrap();
        let pong = world.erl.eval("net_adm:ping(R)").await.unwrap();
        assert_eq!(pong, "pong");
        world.stop().await;
    })
    .await;
}

/// An Erlang node that is reached through a proxy, as another EPMD says.
async fn through_a_proxy(release: Release) -> (World, Proxy, Epmd) {
    let epmd = Epmd::start().await.unwrap();
    let there = Erl::builder(release, "erl", epmd.port());
    let there = start_ticking(there, SHORT_TICK_SECONDS).await;
    let alive = AliveName::new(there.name().split('@').next().unwrap()).unwrap();
    let asked = Client::new(SocketAddr::from((Ipv4Addr::LOCALHOST, epmd.port())));
    let port = asked.port_please(&alive).await.unwrap().unwrap().port;
    let proxy = Proxy::before(port).await;
    let ours = Epmd::start().await.unwrap();
    let asked = Client::new(SocketAddr::from((Ipv4Addr::LOCALHOST, ours.port())));
    let entry = NodeEntry::named(alive.as_str(), proxy.port).unwrap();
    // Registered as long as the test runs.
    let registered = asked.register(&entry).await.unwrap();
    tokio::spawn(async move {
        let mut registered = registered;
        registered.lost().await;
    });
    let name = format!("{}@127.0.0.1", unique_name("rust"));
    let node = rust_ticking(&name, ours.port(), SHORT_TICK_SECONDS).await;
    there
        .eval(&format!("R = '{name}', Me = self()"))
        .await
        .unwrap();
    let world = World {
        rust: node,
        erl: there,
        epmd,
    };
    (world, proxy, ours)
}

/// Nothing comes through any more, and nothing says so: both sides find out, and tell everyone who was tied.
#[tokio::test]
async fn a_hole_in_the_network_is_noticed_by_both() {
    each_release(async |release| {
        let (world, proxy, _epmd) = through_a_proxy(release).await;
        deadline(PATIENCE, world.rust.connect(world.there())).await.unwrap();
        let (pid, mut tied) = tied(&world).await;
        let _named = Heard::start(&world.rust, Some("named"));
        let monitor = "M = monitor(process, {named, R}), monitor_node(R, true), ok";
        world.erl.eval(monitor).await.unwrap();
        let mut events = world.rust.monitor_nodes();
        proxy.open(false);
        let reason = hears_of_the_loss(&world, &mut tied, &pid, &mut events).await;
        assert_eq!(reason, "net_tick_timeout");
        let heard = "receive {'DOWN', M, process, {named, R}, noconnection} -> receive {nodedown, R} -> both end end";
        let heard = world.erl.eval_within(4 * PATIENCE, heard).await.unwrap();
        assert_eq!(heard, "both");
        proxy.open(true);
        assert!(deadline(PATIENCE, world.rust.ping(world.there())).await);
        world.stop().await;
    })
    .await;
}

fn is_pending(future: impl Future) -> bool {
    let mut cx = TaskContext::from_waker(Waker::noop());
    pin!(future).poll(&mut cx).is_pending()
}

/// A peer that takes nothing makes those who send to it wait, and nobody else; afterwards all of it arrives.
#[tokio::test]
async fn a_stalled_node_delays_no_other() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let name = format!("{}@127.0.0.1", unique_name("rust"));
        let builder = Node::builder(&name).cookie("ergo").epmd_port(epmd.port());
        let rust = deadline(PATIENCE, builder.start()).await.unwrap();
        let stalled = ergo_tests::erlang::Node::builder(release, "stalled", epmd.port());
        let stalled = stalled.start().await.unwrap();
        let busy = erl(release, epmd.port()).await;
        stalled.eval("register(box, self())").await.unwrap();
        deadline(PATIENCE, rust.connect(stalled.name()))
            .await
            .unwrap();
        deadline(PATIENCE, rust.connect(busy.name())).await.unwrap();

        stalled.stop();
        let chunk = Term::binary(vec![7; 100_000]);
        let mut sent = 0;
        while !is_pending(rust.send(
            ("box", stalled.name()),
            Term::tuple([sent.into(), chunk.clone()]),
        )) {
            sent += 1_u64;
            assert!(sent < 2_000, "nobody waits");
            // The task that writes has its turn.
            tokio::task::yield_now().await;
        }
        for _ in 0..100 {
            assert!(deadline(PATIENCE, rust.ping(busy.name())).await);
        }
        stalled.cont();
        let rest = rust.send(("box", stalled.name()), term!(last));
        deadline(4 * PATIENCE, rest).await.unwrap();
        let counted = "(fun L(N) -> receive {N, _} -> L(N + 1); last -> N end end)(0)";
        let counted = stalled.eval_within(4 * PATIENCE, counted).await.unwrap();
        assert_eq!(counted, sent.to_string());
        deadline(PATIENCE, rust.stop()).await;
    })
    .await;
}
