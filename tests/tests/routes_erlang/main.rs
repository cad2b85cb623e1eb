//! Acceptors, routes and IPv6 with real Erlang nodes.

use std::net::{Ipv6Addr, TcpListener};

use ergo::NodeBuilder;
use ergo::epmd::Client;
use ergo::epmd::codec::NodeEntry;
use ergo::node::{AcceptorOptions, Route, StaticRegistrar};
use ergo::prelude::*;
use ergo_tests::erlang::{Epmd, Node as Erl, each_release};
use ergo_tests::{PATIENCE, deadline, ports, unique_name};

/// Whether this machine has IPv6 at all; a line says so where it has not.
fn has_ipv6() -> bool {
    let has = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if !has {
        println!("SKIPPED: this machine has no IPv6");
    }
    has
}

fn builder(prefix: &str, host: &str, epmd: u16) -> NodeBuilder {
    Node::builder(format!("{}@{host}", unique_name(prefix)))
        .cookie("ergo")
        .epmd_port(epmd)
        .visible()
}

async fn start(builder: NodeBuilder) -> Node {
    deadline(PATIENCE, builder.start()).await.unwrap()
}

async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
}

async fn ping_from(erl: &Erl, node: &Node) -> String {
    let ping = format!("net_adm:ping('{}')", node.name().as_str());
    erl.eval(&ping).await.unwrap()
}

/// Erlang ends the connection, and both have seen that when this returns.
async fn part(erl: &Erl, node: &Node) {
    let name = node.name().as_str();
    let parted = format!(
        "net_kernel:monitor_nodes(true), erlang:disconnect_node('{name}'), receive {{nodedown, '{name}'}} -> ok end"
    );
    assert_eq!(erl.eval(&parted).await.unwrap(), "ok");
    let gone = async || !node.nodes().iter().any(|node| node.as_str() == erl.name());
    ergo_tests::wait_until(PATIENCE, "the end of the connection", gone)
        .await
        .unwrap();
}

/// An Erlang node without IPv4, and an EPMD that our node runs: it registers there at ::1, finds our node there, and
/// is found.
#[tokio::test]
async fn erlang_with_ipv6_alone_and_our_epmd() {
    if !has_ipv6() {
        return;
    }
    each_release(async |release| {
        let epmd = ports::free();
        let node = builder("ergo", "::1", epmd);
        let node = start(node.listen_address(Ipv6Addr::LOCALHOST.into())).await;
        let erl = Erl::builder(release, "six", epmd)
            .ipv6("inet6_tcp")
            .start()
            .await;
        let erl = erl.unwrap();
        assert_eq!(ping_from(&erl, &node).await, "pong");
        part(&erl, &node).await;
        deadline(PATIENCE, node.connect(erl.name())).await.unwrap();
        let names = "lists:sort([N || {N, _} <- element(2, erl_epmd:names({0,0,0,0,0,0,0,1}))])";
        let listed = erl.eval(names).await.unwrap();
        for name in [node.name().as_str(), erl.name()] {
            let alive = name.split('@').next().unwrap();
            assert!(listed.contains(alive), "{listed}");
        }
        stop(node).await;
    })
    .await;
}

/// The EPMD is OTP's; one node of ours listens on IPv6 and the other not, and Erlang of either kind finds its own.
#[tokio::test]
async fn erlang_of_both_kinds_and_the_real_epmd() {
    if !has_ipv6() {
        return;
    }
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let six = builder("ergo6", "::1", epmd.port());
        let six = start(six.listen_address(Ipv6Addr::LOCALHOST.into())).await;
        let four = start(builder("ergo4", "127.0.0.1", epmd.port())).await;
        let erl6 = Erl::builder(release, "six", epmd.port()).ipv6("inet6_tcp");
        let erl6 = erl6.start().await.unwrap();
        let erl4 = Erl::builder(release, "four", epmd.port());
        let erl4 = erl4.start().await.unwrap();
        assert_eq!(ping_from(&erl6, &six).await, "pong");
        assert_eq!(ping_from(&erl4, &four).await, "pong");
        part(&erl6, &six).await;
        part(&erl4, &four).await;
        deadline(PATIENCE, six.connect(erl6.name())).await.unwrap();
        deadline(PATIENCE, four.connect(erl4.name())).await.unwrap();
        // Which family a connection has is its own affair.
        deadline(PATIENCE, four.connect(erl6.name())).await.unwrap();
        stop(six).await;
        stop(four).await;
    })
    .await;
}

/// An Erlang node whose cookie is that of the second acceptor, and nodes of ours without EPMD that reach Erlang by a
/// route or a table.
#[tokio::test]
async fn erlang_by_the_second_acceptor_and_by_routes() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let guests = AcceptorOptions::new().cookie("guests");
        let node = builder("ergo", "127.0.0.1", epmd.port()).acceptor(guests);
        let node = start(node).await;
        // To the guests another EPMD tells where the second acceptor is.
        let other = Epmd::start().await.unwrap();
        let alive = node.name().as_str().split('@').next().unwrap();
        let entry = NodeEntry::named(alive, node.addresses()[1].port()).unwrap();
        let client = Client::new(([127, 0, 0, 1], other.port()).into());
        let _registration = deadline(PATIENCE, client.register(&entry)).await.unwrap();
        let guest = Erl::builder(release, "guest", other.port()).cookie("guests");
        let guest = guest.start().await;
        let friend = Erl::builder(release, "friend", epmd.port()).start().await;
        let (guest, friend) = (guest.unwrap(), friend.unwrap());
        assert_eq!(ping_from(&guest, &node).await, "pong");
        assert_eq!(ping_from(&friend, &node).await, "pong");

        let port = "element(2, erl_epmd:port_please(hd(string:split(atom_to_list(node()), \"@\")), \"127.0.0.1\"))";
        let port: u16 = friend.eval(port).await.unwrap().parse().unwrap();
        let route = Route::to(format!("127.0.0.1:{port}"));
        let dialler = builder("dialler", "127.0.0.1", ports::free())
            .dist_listen(false)
            .route(friend.name(), route);
        let dialler = start(dialler).await;
        deadline(PATIENCE, dialler.connect(friend.name()))
            .await
            .unwrap();
        let table = StaticRegistrar::new().node(friend.name(), ([127, 0, 0, 1], port));
        let tabled = builder("tabled", "127.0.0.1", ports::free()).registrar(table);
        let tabled = start(tabled).await;
        deadline(PATIENCE, tabled.connect(friend.name()))
            .await
            .unwrap();
        for node in [node, dialler, tabled] {
            stop(node).await;
        }
    })
    .await;
}
