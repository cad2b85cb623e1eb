//! Nodes that listen on IPv6.

use std::net::{Ipv6Addr, TcpListener};

use ergo::epmd::Client;

use super::*;

/// Whether this machine has IPv6 at all; a line says so where it has not.
fn has_ipv6() -> bool {
    let has = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if !has {
        println!("SKIPPED: this machine has no IPv6");
    }
    has
}

fn listening(prefix: &str, host: &str, epmd: u16) -> NodeBuilder {
    Node::builder(format!("{}@{host}", unique_name(prefix)))
        .cookie("ergo")
        .epmd_port(epmd)
        .visible()
        .listen_address(Ipv6Addr::LOCALHOST.into())
}

/// The EPMD of the first node is at ::1 too, and the second asks it there.
#[tokio::test]
async fn two_nodes_at_the_loopback_address() {
    if !has_ipv6() {
        return;
    }
    let epmd = ports::free();
    let a = start(listening("a", "::1", epmd)).await;
    let b = start(listening("b", "::1", epmd)).await;
    assert!(a.addresses()[0].is_ipv6());
    assert!(ping(&a, &b).await);
    part(&a, &b).await;
    assert!(ping(&b, &a).await);
    stop(a).await;
    stop(b).await;
}

/// The name of the host has two addresses, and the node listens at one of them.
#[tokio::test]
async fn one_node_has_ipv6_and_the_other_has_not() {
    if !has_ipv6() {
        return;
    }
    let epmd = ports::free();
    let six = start(listening("six", "localhost", epmd)).await;
    let four = Node::builder(format!("{}@localhost", unique_name("four")));
    let four = start(four.cookie("ergo").epmd_port(epmd).visible()).await;
    assert!(ping(&six, &four).await);
    part(&six, &four).await;
    let found = deadline(PATIENCE, four.connect(six.name().as_str())).await;
    // Where the name stands for the address of IPv4 alone, nobody answers there.
    let addresses = tokio::net::lookup_host("localhost:1").await.unwrap();
    if addresses.into_iter().any(|address| address.is_ipv6()) {
        assert_eq!(found, Ok(()));
    } else {
        assert!(matches!(found, Err(ConnectError::Refused { .. })));
    }
    stop(six).await;
    stop(four).await;
}

/// Somebody else holds the address at first: the node runs without it, and takes it when it is free.
#[tokio::test]
async fn epmd_takes_its_second_address_when_it_is_free() {
    if !has_ipv6() {
        return;
    }
    let epmd = ports::free();
    let holder = TcpListener::bind((Ipv6Addr::LOCALHOST, epmd)).unwrap();
    let node = start(builder("a", epmd)).await;
    drop(holder);
    let client = Client::new((Ipv6Addr::LOCALHOST, epmd).into());
    let answers = async || {
        let listing = client.names().await;
        listing.is_ok_and(|listing| listing.nodes.len() == 1)
    };
    ergo_tests::wait_until(PATIENCE, "EPMD at ::1", answers)
        .await
        .unwrap();
    stop(node).await;
}

/// An EPMD that another node runs is taken over at both addresses.
#[tokio::test]
async fn epmd_is_taken_over_at_both_addresses() {
    if !has_ipv6() {
        return;
    }
    let epmd = ports::free();
    let first = start(listening("first", "::1", epmd)).await;
    let second = start(listening("second", "::1", epmd)).await;
    let third = start(listening("third", "::1", epmd)).await;
    stop(first).await;
    let found = async || ping(&second, &third).await;
    ergo_tests::wait_until(PATIENCE, "the third node", found)
        .await
        .unwrap();
    stop(second).await;
    stop(third).await;
}
