//! Promises of the book's guarantees chapter, each held against what users do at scale: G-01, G-05, G-09 and G-11 on one
//! node. The races behind them are explored one by one by `scripts/explore`.

mod calls;
mod flood;
mod history;
mod starts;

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline, unique_name};

/// A node of its own, without distribution.
async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("promises"));
    let node = Node::builder(name).local_only().start();
    deadline(PATIENCE, node).await.unwrap()
}

/// Stops a node: nothing is left of it.
async fn stop(node: Node) {
    deadline(PATIENCE, node.stop()).await;
    assert_eq!(node.process_count(), 0);
    assert_eq!(node.registered(), Vec::<Atom>::new());
}
