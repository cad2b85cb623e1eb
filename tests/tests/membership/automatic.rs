//! Connections that a node makes by itself: `dist_auto_connect`.

use ergo::prelude::*;
use ergo::testing::{self, Network, TestNode};
use ergo::{AutoConnect, ConnectError};

use crate::node;

async fn policy(network: &Network, name: &str, policy: AutoConnect) -> TestNode {
    let node = network
        .node(name)
        .configure(|node| node.auto_connect(policy));
    node.start().await.unwrap()
}

fn not_automatic(node: &TestNode) -> Option<ConnectError> {
    let node = node.name().clone();
    Some(ConnectError::NotAutomatic { node })
}

#[ergo::test]
async fn never(network: Network) -> ergo::Result {
    let a = policy(&network, "a@mem", AutoConnect::Never).await;
    let b = node(&network, "b@mem").await;
    let mut at_b = b.probe_as("probe");
    a.send(("probe", "b@mem"), 1).await?;
    let call = a.call(("probe", "b@mem"), term!(hello)).await;
    assert!(matches!(call, Err(CallError::NoConnection)), "{call:?}");
    assert_eq!(a.last_error("b@mem"), not_automatic(&b));
    assert_eq!(network.connections(), []);
    // Monitors are told at once.
    let mut at_a = a.probe();
    at_a.monitor(("probe", "b@mem"));
    let down = at_a.expect_down(("probe", "b@mem")).await;
    assert_eq!(down.reason, ExitReason::NoConnection);
    a.connect("b@mem").await?;
    assert_eq!(a.last_error("b@mem"), None);
    a.send(("probe", "b@mem"), 2).await?;
    assert_eq!(at_b.expect::<u8>().await, 2);
    Ok(())
}

#[ergo::test]
async fn once(network: Network) -> ergo::Result {
    let a = policy(&network, "a@mem", AutoConnect::Once).await;
    let b = node(&network, "b@mem").await;
    let mut at_b = b.probe_as("probe");
    a.send(("probe", "b@mem"), 1).await?;
    assert_eq!(at_b.expect::<u8>().await, 1);
    assert!(a.disconnect("b@mem"));
    testing::run_until_idle().await;
    a.send(("probe", "b@mem"), 2).await?;
    assert_eq!(a.last_error("b@mem"), not_automatic(&b));
    assert_eq!(network.connections(), []);
    // The other node is not bound by it.
    b.connect("a@mem").await?;
    a.send(("probe", "b@mem"), 3).await?;
    assert_eq!(at_b.expect::<u8>().await, 3);
    assert!(b.disconnect("a@mem"));
    testing::run_until_idle().await;
    a.connect("b@mem").await?;
    a.send(("probe", "b@mem"), 4).await?;
    assert_eq!(at_b.expect::<u8>().await, 4);
    Ok(())
}
