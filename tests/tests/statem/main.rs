//! The state machine behaviour, in virtual time: what gen_statem does (`table`), and what Rust adds.

mod lock;
mod order;
mod script;
mod table;

use ergo::prelude::*;
use ergo_tests::unique_name;

async fn node() -> Node {
    let name = format!("{}@127.0.0.1", unique_name("statem"));
    Node::builder(name).local_only().start().await.unwrap()
}

async fn stop(node: Node) {
    node.stop().await;
    assert_eq!(node.process_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn machines_leave_the_traces_of_gen_statem() {
    let node = node().await;
    let mut wrong = Vec::new();
    for row in table::ROWS {
        let run = tokio::time::timeout(secs(60), script::run(&node, row.script));
        let trace = run.await.map_or(Term::atom("no_end"), Term::from);
        println!("{}: {trace}", row.name);
        let expect: Term = row.trace.parse().unwrap();
        if trace != expect {
            wrong.push(format!("{}\n     got {trace}\n  expect {expect}", row.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    stop(node).await;
}
