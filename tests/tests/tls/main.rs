//! Distribution over TLS between nodes of ours: certificates, their replacement, and what is said when it fails.

mod book;
#[path = "../tls_erlang/certificates.rs"]
mod certificates;
mod failures;
#[path = "../tls_erlang/log.rs"]
mod log;
mod replaced;

use ergo::NodeBuilder;
use ergo::net::{TlsError, TlsOptions};
use ergo::node::{AcceptorOptions, Route};
use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline, ports, unique_name};

use self::certificates::Authority;

/// A node to be started with an EPMD at this port.
fn builder(prefix: &str, epmd_port: u16) -> NodeBuilder {
    Node::builder(format!("{}@127.0.0.1", unique_name(prefix)))
        .cookie("ergo")
        .epmd_port(epmd_port)
        .visible()
}

async fn start(builder: NodeBuilder) -> Node {
    deadline(PATIENCE, builder.start()).await.unwrap()
}

async fn secure(prefix: &str, epmd_port: u16, options: TlsOptions) -> Node {
    start(builder(prefix, epmd_port).tls(options)).await
}

async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
}

/// Waits until the nodes do not see each other any more.
async fn part(a: &Node, b: &Node) {
    assert!(a.disconnect(b.name().as_str()));
    let parted = async || a.nodes().is_empty() && b.nodes().is_empty();
    ergo_tests::wait_until(PATIENCE, "the end of the connection", parted)
        .await
        .unwrap();
}

#[tokio::test]
async fn two_nodes_meet_in_either_direction() {
    let (port, authority) = (ports::free(), Authority::new("one"));
    let a = secure("a", port, authority.sign("a").options()).await;
    let b = secure("b", port, authority.sign("b").options()).await;
    assert!(deadline(PATIENCE, a.ping(b.name().as_str())).await);
    assert_eq!(b.nodes(), [a.name().clone()]);
    assert!(a.node_info(b.name().as_str()).unwrap().tls);
    part(&a, &b).await;
    assert!(deadline(PATIENCE, b.ping(a.name().as_str())).await);
    stop(a).await;
    stop(b).await;
}

/// Larger than what a socket and a TLS record take at once.
#[tokio::test]
async fn large_messages_pass() {
    let (port, authority) = (ports::free(), Authority::new("one"));
    let a = secure("a", port, authority.sign("a").options()).await;
    let b = secure("b", port, authority.sign("b").options()).await;
    b.register_rpc("test", "twice", async |_, (numbers,): (Vec<u64>,)| {
        Ok(numbers.iter().map(|number| 2 * number).collect::<Vec<_>>())
    })
    .await
    .unwrap();
    let numbers: Vec<u64> = (1_000_000..1_400_000).collect();
    let twice: Vec<u64> = numbers.iter().map(|number| 2 * number).collect();
    let call = a
        .rpc(b.name().as_str())
        .timeout(PATIENCE)
        .call("test", "twice", vec![numbers]);
    let result: Result<Vec<u64>, _> = deadline(PATIENCE, call).await;
    assert!(result.is_ok_and(|result| result == twice));
    stop(a).await;
    stop(b).await;
}
