//! G-21: when the node that runs EPMD is killed, another takes over and all are registered again.

use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use ergo::epmd::codec::NodeEntry;
use ergo::epmd::{Client, Membership, MembershipOptions, MembershipStatus, Role};

use crate::daemon::{Daemon, Process};
use crate::member;
use crate::programs::{name, start_erl};
use crate::wait::{erlang_is_wanted, eventually, free_address};

async fn join(address: SocketAddr, text: &str) -> Membership {
    let entry = NodeEntry::new(name(text), 5555);
    let options = MembershipOptions::at(address);
    Membership::join(entry, options).await.expect("registered")
}

async fn start_member(text: &str, address: SocketAddr) -> Process {
    let process = member::start(text, address, None);
    port_of(&Client::new(address), text).await;
    process
}

/// The port of a node once it is registered.
async fn port_of(client: &Client, text: &str) -> u16 {
    let ask = async || client.port_please(&name(text)).await.ok().flatten();
    eventually(text, ask).await.port
}

fn role(membership: &Membership) -> Option<Role> {
    match membership.status() {
        MembershipStatus::Registered { role, .. } => Some(role),
        _ => None,
    }
}

/// Waits until all are registered and gives how long that took.
async fn all_again(client: &Client, names: &[&str]) -> Duration {
    let started = Instant::now();
    let all = async || {
        let listing = client.names().await.ok()?;
        let listed = |text: &&str| listing.nodes.iter().any(|node| node.name == *text);
        names.iter().all(listed).then_some(())
    };
    eventually("all are registered again", all).await;
    started.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_survivors_of_a_killed_server_and_an_erlang_node() {
    if !erlang_is_wanted(&["erl"]) {
        return;
    }
    let address = free_address();
    let client = Client::new(address);
    let mut server = start_member("server", address).await;
    let (a, b) = (join(address, "a").await, join(address, "b").await);
    let _c = start_member("c", address).await;
    let _erlang = start_erl(address, "erlang");
    let port = port_of(&client, "erlang").await;
    assert_eq!([role(&a), role(&b)], [Some(Role::Client); 2]);
    let creations = [a.creation(), b.creation()];

    server.kill();
    let rust = all_again(&client, &["a", "b", "c"]).await;
    let erlang = all_again(&client, &["a", "b", "c", "erlang"]).await;
    // Erlang's own nodes try again every two seconds.
    println!("Rust nodes again after {rust:?}, and Erlang's after {erlang:?} more");
    assert_eq!(port_of(&client, "erlang").await, port);
    assert_eq!([a.creation(), b.creation()], creations);
    assert_eq!(client.names().await.expect("names").nodes.len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_of_the_real_daemon_take_over_when_it_is_killed() {
    if !erlang_is_wanted(&["epmd", "erl"]) {
        return;
    }
    let mut daemon = Daemon::real(false);
    let address = daemon.address();
    let client = Client::new(address);
    let (a, b) = (join(address, "a").await, join(address, "b").await);
    assert_eq!([role(&a), role(&b)], [Some(Role::Client); 2]);
    let _erlang = start_erl(address, "erlang");
    let port = port_of(&client, "erlang").await;

    let Daemon::Real { process, .. } = &mut daemon else {
        unreachable!("it is the real one");
    };
    process.kill();
    let rust = all_again(&client, &["a", "b"]).await;
    let erlang = all_again(&client, &["erlang"]).await;
    // Erlang's own nodes try again every two seconds.
    println!("Rust nodes again after {rust:?}, and Erlang's after {erlang:?} more");
    assert_eq!(port_of(&client, "erlang").await, port);
    let servers = [&a, &b]
        .into_iter()
        .filter(|member| role(member) == Some(Role::Server));
    assert_eq!(servers.count(), 1);
}

/// The server may open 40 files, fewer than connect: registered nodes notice nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_out_of_descriptors_keeps_its_nodes() {
    let address = free_address();
    let client = Client::new(address);
    let _server = member::start("server", address, Some(40));
    port_of(&client, "server").await;
    let entry = NodeEntry::new(name("foo"), 1);
    let mut registration = client.register(&entry).await.expect("registered");

    let flood: Vec<_> = (0..200)
        .filter_map(|_| TcpStream::connect(address).ok())
        .collect();
    assert!(flood.len() > 40);
    let lost = tokio::time::timeout(Duration::from_millis(300), registration.lost());
    assert!(lost.await.is_err(), "the registration was lost");
    assert_eq!(port_of(&client, "foo").await, 1, "answered in the flood");
    drop(flood);
    assert_eq!(port_of(&client, "server").await, 5555, "and after it");
}
