//! Connections that are made again: `keep_connected`.

use ergo::behaviour::supervisor::Backoff;
use ergo::prelude::*;
use ergo::testing::{self, Network};
use ergo::{ConnectError, NodeEvent};
use tokio::time::Instant;

use crate::node;

const BACKOFF: Backoff = Backoff::exponential(secs(1), secs(8)).reset_after(secs(60));

#[ergo::test]
async fn a_connection_is_made_again(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let mut events = a.monitor_nodes();
    let kept = a.keep_connected("b@mem", BACKOFF);
    assert_eq!(kept.name(), "b@mem");
    for end in 0..3 {
        let up = events.next().await;
        assert!(matches!(up, Some(NodeEvent::Up { .. })), "{up:?}");
        match end {
            0 => drop(a.disconnect("b@mem")),
            1 => drop(b.disconnect("a@mem")),
            _ => drop(network.cut("a@mem", "b@mem")),
        }
        let down = events.next().await;
        assert!(matches!(down, Some(NodeEvent::Down { .. })), "{down:?}");
        let begun = Instant::now();
        testing::run_until_idle().await;
        assert_eq!(a.nodes_of(Visibility::Connected), Vec::<Atom>::new());
        testing::advance(secs(1 << end)).await;
        assert_eq!(a.nodes_of(Visibility::Connected), [b.name().clone()]);
        assert_eq!(begun.elapsed(), secs(1 << end));
    }
    // Once it has held for long enough, the delays begin anew.
    testing::advance(secs(61)).await;
    network.cut("a@mem", "b@mem");
    testing::advance(secs(1)).await;
    assert_eq!(a.nodes_of(Visibility::Connected), [b.name().clone()]);
    // The end of it.
    assert!(kept.disconnect().await);
    testing::advance(secs(1000)).await;
    assert_eq!(a.nodes_of(Visibility::Connected), Vec::<Atom>::new());
    Ok(())
}

#[ergo::test]
async fn a_node_that_is_not_there_yet(network: Network) -> ergo::Result {
    let a = network
        .node("a@mem")
        .configure(|node| node.keep_connected(["b@mem", "c@mem"]))
        .start()
        .await?;
    testing::advance(secs(100)).await;
    let unknown = a.last_error("b@mem");
    assert!(
        matches!(unknown, Some(ConnectError::Unknown { .. })),
        "{unknown:?}"
    );
    let (b, c) = (node(&network, "b@mem").await, node(&network, "c@mem").await);
    testing::advance(secs(30)).await;
    assert_eq!(
        a.nodes_of(Visibility::Connected),
        [b.name().clone(), c.name().clone()]
    );
    // A node that stops ends it, at once and while an attempt waits.
    network.crash(&b).await;
    testing::run_until_idle().await;
    a.stop().await;
    testing::advance(secs(1000)).await;
    assert_eq!(network.connections(), []);
    Ok(())
}

/// It is not taken for lost again by the end of an earlier connection, and the other node may make it too.
#[ergo::test]
async fn the_other_node_connects_first(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let kept = a.keep_connected("b@mem", Backoff::fixed(secs(10)));
    testing::run_until_idle().await;
    network.cut("a@mem", "b@mem");
    testing::advance(secs(3)).await;
    b.connect("a@mem").await?;
    testing::advance(secs(3)).await;
    b.disconnect("a@mem");
    testing::advance(secs(2)).await;
    b.connect("a@mem").await?;
    let first = a.node_info("b@mem").unwrap().connection_id;
    testing::advance(secs(1000)).await;
    assert_eq!(a.node_info("b@mem").unwrap().connection_id, first);
    network.cut("a@mem", "b@mem");
    testing::advance(secs(10)).await;
    assert_eq!(a.nodes_of(Visibility::Connected), [b.name().clone()]);
    // Released, it stays as it is.
    kept.release();
    assert_eq!(a.nodes_of(Visibility::Connected), [b.name().clone()]);
    network.cut("a@mem", "b@mem");
    testing::advance(secs(1000)).await;
    assert_eq!(a.nodes_of(Visibility::Connected), Vec::<Atom>::new());
    Ok(())
}

/// The attempt that is under way does not outlive it.
#[ergo::test]
async fn it_ends_in_the_middle_of_an_attempt(network: Network) -> ergo::Result {
    let (a, _b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    network.delay("a@mem", "b@mem", secs(1)..=secs(1));
    let kept = a.keep_connected("b@mem", BACKOFF);
    testing::advance(millis(500)).await;
    assert!(kept.disconnect().await, "there was one for a moment");
    testing::advance(secs(1000)).await;
    assert_eq!(network.connections(), []);
    assert_eq!(a.nodes_of(Visibility::Connected), Vec::<Atom>::new());
    Ok(())
}
