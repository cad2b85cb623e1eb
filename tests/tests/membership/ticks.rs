//! The tick time, at the start and while connections are up.

use ergo::TickTimeChange;
use ergo::prelude::*;
use ergo::testing::{self, Network, TestNode};
use tokio::time::Instant;

use crate::node;

/// How long after the last byte `a` takes `b` for lost.
async fn time_until_lost(network: &Network, a: &TestNode, b: &str) -> Duration {
    let mut probe = a.probe();
    probe.patience(secs(1000));
    let to = probe.pid();
    let name = b.to_owned();
    a.spawn_fn(async move |mut cx| {
        cx.monitor_node(&name);
        if let Some(Message::Term(term)) = cx.receive().await {
            let _ = cx.send(&to, term);
        }
    })
    .unwrap();
    testing::run_until_idle().await;
    network.partition(&[a.name().as_str()], &[b]);
    let begun = Instant::now();
    let down = probe.expect::<Term>().await;
    assert_eq!(down, term!({nodedown, (Atom::new(b).unwrap())}));
    network.heal();
    begun.elapsed()
}

#[ergo::test]
async fn the_tick_time_and_its_intervals(network: Network) -> ergo::Result {
    let a = network
        .node("a@mem")
        .configure(|node| node.tick_time(secs(100)).tick_intensity(100));
    let a = a.start().await?;
    let _b = node(&network, "b@mem").await;
    assert_eq!(a.tick_time(), Some(secs(100)));
    a.connect("b@mem").await?;
    let lost = time_until_lost(&network, &a, "b@mem").await;
    assert!((secs(99)..=secs(101)).contains(&lost), "{lost:?}");
    Ok(())
}

/// `net_kernel:set_net_ticktime/1,2`: what it answers is what OTP 25 to 29 answer.
#[ergo::test]
async fn a_shorter_tick_time_counts_after_the_transition(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    a.connect("b@mem").await?;
    assert_eq!(a.set_tick_time(secs(60)), TickTimeChange::Unchanged);
    assert_eq!(a.set_tick_time(secs(8)), TickTimeChange::Initiated);
    assert_eq!(a.tick_time(), Some(secs(8)));
    assert_eq!(a.set_tick_time(secs(30)), TickTimeChange::Ongoing(secs(8)));
    // In the transition it ticks for the shorter time already, and is as patient as before.
    let before = network.bytes("a@mem", "b@mem");
    testing::advance(secs(20)).await;
    let ticks = (network.bytes("a@mem", "b@mem") - before) / 4;
    assert!((9..=12).contains(&ticks), "{ticks} ticks in 20 s");
    assert_eq!(b.set_tick_time(secs(8)), TickTimeChange::Initiated);
    testing::advance(secs(60)).await;
    assert_eq!(a.set_tick_time(secs(8)), TickTimeChange::Unchanged);
    assert!(a.node_info("b@mem").unwrap().since >= secs(80));
    let lost = time_until_lost(&network, &a, "b@mem").await;
    assert!((secs(6)..=secs(10)).contains(&lost), "{lost:?}");
    // It counts for connections to come.
    a.connect("b@mem").await?;
    let lost = time_until_lost(&network, &a, "b@mem").await;
    assert!((secs(6)..=secs(10)).contains(&lost), "{lost:?}");
    Ok(())
}

#[ergo::test]
async fn a_longer_tick_time_counts_at_once(network: Network) -> ergo::Result {
    let (a, _b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    a.connect("b@mem").await?;
    let change = a.set_tick_time_within(secs(240), Duration::ZERO);
    assert_eq!(change, TickTimeChange::Initiated);
    testing::run_until_idle().await;
    assert_eq!(a.set_tick_time(secs(240)), TickTimeChange::Unchanged);
    let lost = time_until_lost(&network, &a, "b@mem").await;
    assert!((secs(180)..=secs(300)).contains(&lost), "{lost:?}");
    Ok(())
}

/// The node ends in the middle of a change; nothing of it goes on.
#[ergo::test]
async fn a_node_that_stops_ends_its_change(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    a.connect("b@mem").await?;
    assert_eq!(a.set_tick_time(secs(8)), TickTimeChange::Initiated);
    a.stop().await;
    b.stop().await;
    testing::advance(secs(600)).await;
    Ok(())
}
