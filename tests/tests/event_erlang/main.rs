//! Event managers and real Erlang nodes: `gen_event` uses ours, and our handle uses a gen_event.
//!
//! Without `erl` these tests fail; with `ERGO_SKIP_ERLANG=1` they are skipped and say so.

mod here;
mod there;

use ergo::prelude::*;
use ergo_tests::erlang::{Epmd, Node as Erl, Release};
use ergo_tests::unique_name;

/// A node in the test itself, and an Erlang node where `R` is its name.
struct Pair {
    node: Node,
    erl: Erl,
    _epmd: Epmd,
}

async fn pair(release: Release) -> Pair {
    let epmd = Epmd::start().await.unwrap();
    let erl = Erl::builder(release, "event", epmd.port())
        .start()
        .await
        .unwrap();
    let node = Node::builder(format!("{}@127.0.0.1", unique_name("event")))
        .cookie("ergo")
        .epmd_port(epmd.port())
        .start()
        .await
        .unwrap();
    let bind = format!("R = '{}', M = {{alarms, R}}, ok", node.name().as_str());
    assert_eq!(erl.eval(&bind).await.unwrap(), "ok");
    Pair {
        node,
        erl,
        _epmd: epmd,
    }
}

impl Pair {
    async fn check(&self, expression: &str, expect: &str) {
        let value = self.erl.eval(expression).await.unwrap();
        assert_eq!(value, expect, "{expression} on OTP {}", self.erl.release());
    }
}
