//! Connections that are lost, by each of the ways there are.

use ergo::NodeEvent;
use ergo::prelude::*;
use ergo::testing::{self, Network, Probe, Random, TestNode};
use tokio::time::Instant;

use crate::connections::{Echo, EchoRef, node};

/// Two nodes, connected, and a probe at the first that monitors one at the second.
async fn watched(network: &Network) -> (TestNode, TestNode, Probe, Probe) {
    let (a, b) = (node(network, "a@mem").await, node(network, "b@mem").await);
    let (mut watching, watched) = (a.probe(), b.probe());
    watching.patience(secs(100));
    watching.monitor(&watched);
    watching.link(&watched);
    testing::run_until_idle().await;
    (a, b, watching, watched)
}

/// G-03: a silent peer is declared down within 1.25 x ticktime after its last byte and never before 0.75 x, and what
/// was tied by the connection hears of it once.
#[ergo::test(seed = 1, seeds = 20)]
async fn a_silent_peer_is_declared_down(network: Network, mut random: Random) {
    let (a, _b, mut watching, watched) = watched(&network).await;
    let mut events = a.monitor_nodes();
    testing::advance(random.duration(&(Duration::ZERO..=secs(40)))).await;
    network.partition(&["a@mem"], &["b@mem"]);
    let begun = Instant::now();
    assert_eq!(
        watching.expect_down(&watched).await.reason,
        ExitReason::NoConnection
    );
    assert_eq!(
        watching.expect_exit(&watched).await.reason,
        ExitReason::NoConnection
    );
    assert!(
        (secs(45)..=secs(75)).contains(&begun.elapsed()),
        "{:?}",
        begun.elapsed()
    );
    watching.expect_no(secs(100)).await;
    let event = events.next().await;
    assert!(matches!(event, Some(NodeEvent::Down { reason, .. }) if reason == "net_tick_timeout"));
}

/// The other end hears nothing either, until the network heals: it holds the connection for alive and is told then.
#[ergo::test]
async fn after_healing_no_end_keeps_a_dead_connection(network: Network) {
    let (a, b, mut watching, watched) = watched(&network).await;
    // Only what a says gets lost: b notices, a goes on until it is told.
    network.stall("a@mem", "b@mem");
    testing::advance(secs(80)).await;
    assert_eq!(b.nodes_of(Visibility::Connected), Vec::<Atom>::new());
    watching.expect_down(&watched).await;
    network.heal();
    testing::run_until_idle().await;
    assert_eq!(network.connections(), []);
    assert_eq!(a.nodes_of(Visibility::Connected), Vec::<Atom>::new());
    assert!(a.ping("b@mem").await && b.ping("a@mem").await);
}

/// A healthy connection is not lost, however long nothing is said.
#[ergo::test]
async fn ticks_keep_a_connection(network: Network) {
    let (_a, _b, mut watching, _watched) = watched(&network).await;
    network.delay("a@mem", "b@mem", secs(1)..=secs(4));
    watching.expect_no(secs(24 * 3600)).await;
    assert_eq!(network.connections().len(), 1);
}

#[ergo::test(seed = 5, seeds = 50)]
async fn a_cut_connection_loses_a_suffix_and_nothing_else(network: Network) -> ergo::Result {
    let (a, b, mut watching, mut watched) = watched(&network).await;
    network.delay("a@mem", "b@mem", millis(1)..=millis(50));
    network.pieces(1..=300);
    for n in 0..200_u32 {
        a.try_send(&watched, n)?;
    }
    testing::advance(millis(120)).await;
    assert!(network.cut("a@mem", "b@mem"));
    assert_eq!(
        watching.expect_down(&watched.pid()).await.reason,
        ExitReason::NoConnection
    );
    testing::run_until_idle().await;
    // G-01: what arrived is a prefix of what was sent.
    let arrived = watched.left();
    let numbers: Vec<Option<i64>> = arrived
        .iter()
        .filter_map(|arrived| match arrived {
            testing::Arrived::Info(term) => Some(term.as_integer()),
            _ => None,
        })
        .collect();
    let prefix: Vec<Option<i64>> = (0..numbers.len() as i64).map(Some).collect();
    assert_eq!(numbers, prefix);
    // The link breaks at the other end, too, and the next message makes a new connection.
    assert_eq!(arrived.len(), numbers.len() + 1);
    assert!(b.ping("a@mem").await);
    Ok(())
}

/// A connection that breaks after any number of bytes of its handshake is an error, and the next one works.
#[ergo::test]
async fn a_handshake_may_break_anywhere(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    b.spawn::<Echo>(()).await?;
    let far: EchoRef = a.at(("echo", "b@mem"));
    let mut failures = 0;
    for bytes in 0..600 {
        network.cut_next("a@mem", "b@mem", bytes);
        let answer = far.echo("still".to_owned()).await;
        match answer {
            Ok(answer) => assert_eq!(answer, "still"),
            Err(CallError::NoConnection) => failures += 1,
            Err(other) => panic!("after {bytes} bytes: {other}"),
        }
        network.cut("a@mem", "b@mem");
        testing::run_until_idle().await;
        assert_eq!(network.connections(), [], "after {bytes} bytes");
        assert_eq!(far.echo("well".to_owned()).await?, "well");
        network.cut("a@mem", "b@mem");
        testing::run_until_idle().await;
    }
    assert!((100..600).contains(&failures), "{failures}");
    Ok(())
}

/// G-04: a pid of the earlier incarnation does not reach the new one.
#[ergo::test]
async fn a_crashed_node_comes_back_as_another(network: Network) -> ergo::Result {
    let (a, b, mut watching, watched) = watched(&network).await;
    let old = watched.pid();
    network.crash(&b).await;
    let down = watching.expect_down(&old).await;
    assert_eq!(down.reason, ExitReason::NoConnection);
    let again = node(&network, "b@mem").await;
    assert_ne!(again.creation(), b.creation());
    let mut probe = again.probe();
    assert!(a.ping("b@mem").await);
    a.send(&old, term!(lost)).await?;
    a.send(&probe, term!(found)).await?;
    probe.expect_term(term!(found)).await;
    probe.expect_no(secs(1)).await;
    Ok(())
}

/// G-11: a peer that takes nothing fills its own buffer, and delays nobody else.
#[ergo::test]
async fn a_stalled_peer_delays_no_other(network: Network) -> ergo::Result {
    let (a, _b, mut watching, stalled) = watched(&network).await;
    let c = node(&network, "c@mem").await;
    c.spawn::<Echo>(()).await?;
    let far: EchoRef = a.at(("echo", "c@mem"));
    far.echo(String::new()).await?;
    network.stall("a@mem", "b@mem");
    let flood = async {
        let chunk = "x".repeat(100_000);
        for _ in 0..100 {
            a.send(&stalled, chunk.as_str()).await.unwrap();
        }
    };
    let others = async {
        for _ in 0..50 {
            let begun = Instant::now();
            far.echo("well".to_owned()).await.unwrap();
            assert_eq!(begun.elapsed(), Duration::ZERO);
            testing::advance(secs(1)).await;
        }
        network.heal();
    };
    tokio::join!(flood, others);
    watching.expect_no(secs(60)).await;
    Ok(())
}

/// What a test refuses stays refused, whoever crashes; and a cut lets nothing through a partition.
#[ergo::test]
async fn a_crash_and_a_cut_change_nothing_else(network: Network) {
    let a = network.node("a@mem").start().await.unwrap();
    let b = network.node("b@mem").start().await.unwrap();
    let mut server = b.probe_as("server");
    assert!(a.ping("b@mem").await);
    network.partition(&["a@mem"], &["b@mem"]);
    a.send(("server", "b@mem"), term!(lost)).await.unwrap();
    testing::run_until_idle().await;
    network.cut("a@mem", "b@mem");
    testing::run_until_idle().await;
    server.expect_no(secs(1)).await;
    network.heal();
    network.refuse("a@mem", "b@mem");
    network.crash(&a).await;
    let a = network.node("a@mem").start().await.unwrap();
    assert!(!a.ping("b@mem").await);
}
