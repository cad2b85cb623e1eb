//! Nodes of Erlang with `ergo epmd` as their daemon.

use ergo::prelude::*;
use ergo_tests::erlang::{Node as Erlang, each_release};
use ergo_tests::{PATIENCE, deadline, ports, unique_name, wait_until};

use crate::tools::Whose;

const COOKIE: &str = "epmd_cli_real";

/// A node in Rust that never runs EPMD itself.
async fn rust_node(port: u16) -> Node {
    let builder = Node::builder(format!("{}@127.0.0.1", unique_name("rust")));
    let builder = builder.cookie(COOKIE).epmd_port(port).embedded_epmd(false);
    deadline(PATIENCE, builder.start()).await.unwrap()
}

#[tokio::test]
async fn nodes_of_both_kinds_meet_and_find_their_way_back() {
    each_release(async |release| {
        let port = ports::free();
        let daemon = Whose::Ours.daemon(port, false).await;
        let start = async |prefix: &str| {
            let builder = Erlang::builder(release, prefix, port).cookie(COOKIE);
            builder.start().await.unwrap()
        };
        let (a, b) = (start("a").await, start("b").await);
        let ping = format!("net_adm:ping('{}')", b.name());
        assert_eq!(a.eval(&ping).await.unwrap(), "pong");
        let rust = rust_node(port).await;
        deadline(PATIENCE, rust.connect(a.name())).await.unwrap();
        let ping = format!("net_adm:ping('{}')", rust.name().as_str());
        assert_eq!(b.eval(&ping).await.unwrap(), "pong");

        let refused = Whose::Ours.run(port, &["kill"]).await;
        assert_eq!(refused.status, Some(1), "{refused:?}");
        daemon.term();
        let status = daemon.wait_exit(PATIENCE).await.unwrap();
        assert_eq!(status.code(), Some(0));

        // A new daemon knows nobody, until each has registered again.
        let _daemon = Whose::Ours.daemon(port, false).await;
        let client = ergo::epmd::Client::new(([127, 0, 0, 1], port).into());
        let names = [a.name(), b.name(), rust.name().as_str()];
        let names = names.map(|name| name.split('@').next().unwrap().to_owned());
        let all = async || {
            let listing = client.names().await.unwrap_or_default();
            let listed = |name: &String| listing.nodes.iter().any(|node| node.name == *name);
            listing.nodes.len() == names.len() && names.iter().all(listed)
        };
        wait_until(PATIENCE, "all are registered again", all)
            .await
            .unwrap();
        rust.stop().await;
    })
    .await;
}
