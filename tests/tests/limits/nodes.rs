//! Limits that hold between nodes.

use ergo::prelude::*;
use ergo::testing::Network;
use ergo::wire::Limits;
use ergo::{CastError, ConnectError, Full, RpcError};

use crate::table::{Above, Seen};

pub(crate) fn limits(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits);
    limits
}

/// Runs `test` in virtual time, with a network in memory.
pub(crate) fn simulate<T>(test: impl AsyncFnOnce(Network) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(test(Network::new(1)))
}

pub(crate) fn peers() -> Seen {
    simulate(async |network| {
        let limits = limits(|limits| limits.peers_max = 2);
        let node = network
            .node("a@mem")
            .configure(|node| node.limits(limits))
            .start()
            .await
            .unwrap();
        let mut others = Vec::new();
        for name in ["b@mem", "c@mem", "d@mem"] {
            others.push(network.node(name).start().await.unwrap());
        }
        let within = async || {
            node.connect("b@mem").await?;
            others[1].connect("a@mem").await
        };
        let at_the_limit = within()
            .await
            .map_err(|error: ConnectError| error.to_string());
        let above = node.connect("d@mem").await;
        // A peer that comes by itself is refused as well.
        let refused = others[2].connect("a@mem").await;
        assert_eq!(node.nodes_of(Visibility::Connected).len(), 2, "{refused:?}");
        assert_eq!(node.refusals().peers, 2);
        Seen {
            at_the_limit,
            above: Above::of(above, &[3, 2]),
        }
    })
}

pub(crate) fn outbound_bytes() -> Seen {
    simulate(async |network| {
        // Nothing may wait beyond the first message that does.
        let limits = limits(|limits| limits.outbound_bytes_max = 0);
        let node = network
            .node("a@mem")
            .configure(|node| node.limits(limits))
            .start()
            .await
            .unwrap();
        let _far = network.node("b@mem").start().await.unwrap();
        network.stall("a@mem", "b@mem");
        let send = || node.try_send(("nobody", "b@mem"), 1);
        let at_the_limit = send().map_err(|error: CastError| error.to_string());
        let above = send();
        let Err(CastError::Full(Full::Connection { waiting, max: 0 })) = above else {
            panic!("{above:?}");
        };
        assert_eq!(node.refusals().outbound_bytes, 1);
        Seen {
            at_the_limit,
            above: Above::of(above, &[waiting as usize, 0]),
        }
    })
}

pub(crate) fn spawn_requests() -> Seen {
    simulate(async |network| {
        let limits = limits(|limits| limits.spawn_requests_per_second_max = 3);
        let served = network
            .node("a@mem")
            .configure(|node| node.limits(limits))
            .start()
            .await
            .unwrap();
        served
            .register_rpc("m", "f", async |_, (): ()| Ok::<_, Exception>(1))
            .await
            .unwrap();
        let peer = network.node("b@mem").start().await.unwrap();
        peer.connect("a@mem").await.unwrap();
        let call = async || {
            let answer = peer
                .rpc("a@mem")
                .timeout(secs(10))
                .call::<u8>("m", "f", Vec::<u8>::new())
                .await;
            answer.map_err(|error: RpcError| error.to_string())
        };
        let mut at_the_limit = Ok(());
        for _ in 0..3 {
            at_the_limit = at_the_limit.and(call().await.map(drop));
        }
        let above = call().await;
        assert_eq!(above, Err("the node refused: system_limit".to_owned()));
        assert_eq!(served.refusals().spawn_requests, 1);
        // Another peer, and the same one a second later, are served.
        let other = network.node("c@mem").start().await.unwrap();
        let answer = other
            .rpc("a@mem")
            .timeout(secs(10))
            .call::<u8>("m", "f", Vec::<u8>::new());
        assert_eq!(answer.await.unwrap(), 1);
        tokio::time::advance(secs(1)).await;
        assert_eq!(call().await, Ok(1));
        Seen {
            at_the_limit,
            above: Above::of(above, &[]),
        }
    })
}

/// `rex` and `net_kernel` start a process for a message, each of which was outside of the limit.
#[test]
fn the_old_ways_to_ask_for_a_process_count() {
    simulate(async |network| {
        let limits = limits(|limits| limits.spawn_requests_per_second_max = 5);
        let served = network
            .node("a@mem")
            .configure(|node| node.limits(limits))
            .start()
            .await
            .unwrap();
        served
            .register_rpc("m", "f", async |_, (): ()| Ok::<_, Exception>(1))
            .await
            .unwrap();
        let peer = network.node("b@mem").start().await.unwrap();
        let ask = async |from: &Node, to: &str, request: Term| -> String {
            let answer: Term = from.call((to, "a@mem"), request).await.unwrap();
            answer.to_string()
        };
        let call = || term!({call, m, f, [], user});
        let spawn = || term!({spawn, m, f, [], user});
        // A cast of a function that is not there is a process, too.
        let cast = term!({(Term::atom("$gen_cast")), {cast, no, no, [], user}});
        peer.try_send(("rex", "a@mem"), cast.clone()).unwrap();
        assert_eq!(ask(&peer, "rex", call()).await, "1");
        let block_call = term!({block_call, m, f, [], user});
        assert_eq!(ask(&peer, "rex", block_call).await, "1");
        assert!(ask(&peer, "net_kernel", spawn()).await.starts_with('<'));
        let far = peer.rpc("a@mem").timeout(secs(10));
        assert_eq!(far.call::<u8>("m", "f", args![]).await.unwrap(), 1);

        peer.try_send(("rex", "a@mem"), cast).unwrap();
        let system_limit = "{badrpc,{'EXIT',{system_limit,[]}}}";
        assert_eq!(ask(&peer, "rex", call()).await, system_limit);
        let exit = ask(&peer, "net_kernel", spawn()).await;
        assert_eq!(exit, "{'EXIT',{system_limit,[]}}");
        assert_eq!(served.refusals().spawn_requests, 3);

        let other = network.node("c@mem").start().await.unwrap();
        assert_eq!(ask(&other, "rex", call()).await, "1");
        tokio::time::advance(secs(1)).await;
        assert_eq!(ask(&peer, "rex", call()).await, "1");
        assert_eq!(served.refusals().spawn_requests, 3);
    });
}
