//! G-18: attempts of both sides at once, of which some break.

use ergo::prelude::*;
use ergo::testing::{self, Network, Random};

/// Whatever becomes of the two attempts, whoever waits for a connection hears of it, and both are of one opinion.
#[ergo::test(seed = 1, seeds = 200)]
async fn nobody_waits_for_a_broken_attempt_for_ever(
    network: Network,
    mut random: Random,
) -> ergo::Result {
    network.delay_all(Duration::ZERO..=millis(30));
    network.pieces(1..=60);
    let (a, b) = (
        network.node("a@mem").start().await?,
        network.node("b@mem").start().await?,
    );
    let (mut at_a, mut at_b) = (a.probe_as("probe"), b.probe_as("probe"));
    if random.chance(0.7) {
        network.cut_next("a@mem", "b@mem", random.within(0..=450));
    }
    if random.chance(0.7) {
        network.cut_next("b@mem", "a@mem", random.within(0..=450));
    }
    let watching = a.probe();
    watching.monitor(("probe", "b@mem"));
    let both = async { tokio::join!(a.connect("b@mem"), b.connect("a@mem")) };
    let ended = tokio::time::timeout(secs(60), both).await;
    assert!(ended.is_ok(), "an attempt without an end");
    // Attempts that broke are over, and the next one works.
    testing::advance(secs(30)).await;
    let see = |node: &ergo::testing::TestNode| node.nodes_of(Visibility::Connected).len();
    assert_eq!(see(&a), see(&b));
    assert_eq!(network.connections().len(), see(&a));
    // The connection there is may be one that breaks soon.
    for (from, to) in [("a@mem", "b@mem"), ("b@mem", "a@mem")] {
        network.cut_next(from, to, u64::MAX);
    }
    network.cut("a@mem", "b@mem");
    testing::advance(secs(1)).await;
    a.connect("b@mem").await?;
    a.send(("probe", "b@mem"), 1).await?;
    b.send(("probe", "a@mem"), 2).await?;
    assert_eq!(at_b.expect::<u8>().await, 1);
    assert_eq!(at_a.expect::<u8>().await, 2);
    assert_eq!(network.connections().len(), 1);
    Ok(())
}
