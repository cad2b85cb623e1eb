//! Nodes that are given their name by another one, in memory.

use ergo::prelude::*;
use ergo::testing::{self, Network};

use crate::{node, visible};

#[ergo::test]
async fn several_are_named_by_one(network: Network) -> ergo::Result {
    let shop = visible(&network, "shop@mem").await;
    let c = visible(&network, "c@mem").await;
    let mut names = Vec::new();
    let mut guests = Vec::new();
    for _ in 0..3 {
        let guest = network
            .node("undefined@mem")
            .configure(|node| node.visible().named_by("shop@mem"))
            .start()
            .await?;
        names.push(guest.name().clone());
        guests.push(guest);
    }
    names.sort();
    testing::run_until_idle().await;
    assert_eq!(shop.nodes_of(Visibility::Hidden), names);
    names.dedup();
    assert_eq!(names.len(), 3);
    assert!(guests[0].creation() != guests[1].creation());
    for guest in &guests {
        assert_eq!(guest.port(), None);
        assert!(guest.ping("shop@mem").await && guest.ping("c@mem").await);
        let mut probe = guest.probe_as("probe");
        let name = guest.name().as_str();
        c.send(("probe", name), term!(hello)).await?;
        probe.expect_term(term!(hello)).await;
        // What is tied to it hears when it goes.
        let mut watching = c.probe();
        watching.monitor(&probe);
        testing::run_until_idle().await;
        guest.stop().await;
        watching.expect_down(&probe).await;
    }
    testing::run_until_idle().await;
    assert_eq!(shop.nodes_of(Visibility::Connected), Vec::<Atom>::new());
    Ok(())
}

/// It connects to others while its processes start, and the one that named it is gone by then.
#[ergo::test]
async fn the_one_that_named_it_is_gone(network: Network) -> ergo::Result {
    let shop = node(&network, "shop@mem").await;
    let _c = node(&network, "c@mem").await;
    let guest = network
        .node("undefined@mem")
        .configure(|node| node.named_by("shop@mem"))
        .start()
        .await?;
    let name = guest.name().clone();
    network.crash(&shop).await;
    testing::run_until_idle().await;
    assert!(!guest.ping("shop@mem").await);
    assert!(guest.ping("c@mem").await);
    let shop = node(&network, "shop@mem").await;
    assert!(guest.ping("shop@mem").await);
    assert_eq!(shop.nodes_of(Visibility::Hidden), [name]);
    Ok(())
}
