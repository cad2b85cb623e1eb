//! Nodes that register with a daemon of their own and never run one.

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline, ports, unique_name};

use crate::daemon::start;

async fn node(prefix: &str, host: &str, port: u16) -> Node {
    let name = format!("{}@{host}", unique_name(prefix));
    let builder = Node::builder(&name).cookie("epmd_cli").epmd_port(port);
    let address = host.parse().unwrap();
    let builder = builder.listen_address(address).epmd_address(address);
    let builder = builder.embedded_epmd(false);
    deadline(PATIENCE, builder.start()).await.unwrap()
}

#[tokio::test]
async fn nodes_meet_through_an_epmd_at_another_address() {
    let port = ports::free().to_string();
    let daemon = start(&["--port", &port, "--address", "127.0.0.2"], 2).await;
    let epmd = daemon.addresses[1];
    let (a, b) = (
        node("a", "127.0.0.2", epmd.port()).await,
        node("b", "127.0.0.2", epmd.port()).await,
    );
    deadline(PATIENCE, a.connect(b.name().as_str()))
        .await
        .unwrap();
    let listing = ergo::epmd::Client::new(epmd).names().await.unwrap();
    assert_eq!(listing.nodes.len(), 2);
    a.stop().await;
    b.stop().await;
}
