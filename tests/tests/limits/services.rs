//! What may wait for the processes that print and log for other nodes.

use ergo::prelude::*;
use ergo::testing::TestNode;
use ergo::wire::Limits;

use crate::nodes::{limits, simulate};
use crate::table::{Above, Seen};

/// A node with these limits, and a peer of it.
async fn pair(network: &ergo::testing::Network, limits: Limits) -> (TestNode, TestNode) {
    let node = network.node("a@mem").configure(|node| node.limits(limits));
    let node = node.start().await.unwrap();
    let peer = network.node("b@mem").start().await.unwrap();
    peer.connect("a@mem").await.unwrap();
    (node, peer)
}

/// Sends messages that arrive together, before the process that they are for has its turn.
fn send_all(peer: &Node, to: &str, messages: impl Iterator<Item = Term>) {
    for message in messages {
        peer.try_send((to, "a@mem"), message).unwrap();
    }
}

pub(crate) fn io_requests() -> Seen {
    simulate(async |network| {
        let limits = limits(|limits| limits.io_requests_max = 3);
        let (node, peer) = pair(&network, limits).await;
        let mut probe = peer.probe();
        let me = Term::from(probe.pid());
        let request =
            |number: u64| term!({io_request, (me.clone()), (number), {put_chars, unicode, "x"}});
        let mut print = async |requests: u64| {
            send_all(&peer, "user", (0..requests).map(request));
            let mut answers = Vec::new();
            for _ in 0..requests {
                answers.push(probe.expect::<Term>().await.to_string());
            }
            answers.sort();
            answers
        };
        let within = print(3).await;
        assert_eq!(within, [0, 1, 2].map(|n| format!("{{io_reply,{n},ok}}")));
        let at_the_limit = match node.refusals().io_requests {
            0 => Ok(()),
            refused => Err(format!("{refused} were refused")),
        };
        // Nobody waits for ever.
        let above = print(4).await;
        let refused = "{io_reply,3,{error,system_limit}}";
        assert_eq!(above.last().map(String::as_str), Some(refused));
        Seen {
            at_the_limit,
            above: Above::Counted(node.refusals().io_requests),
        }
    })
}

pub(crate) fn log_events() -> Seen {
    simulate(async |network| {
        let limits = limits(|limits| limits.log_events_max = 3);
        let (node, peer) = pair(&network, limits).await;
        let event = |_| term!({log, error, "text", #{}});
        let log = async |events: u64| {
            send_all(&peer, "logger_proxy", (0..events).map(event));
            // Virtual time, in which all that can happen does.
            tokio::time::sleep(secs(1)).await;
            node.refusals().log_events
        };
        let at_the_limit = match log(3).await {
            0 => Ok(()),
            refused => Err(format!("{refused} were refused")),
        };
        Seen {
            at_the_limit,
            above: Above::Counted(log(4).await),
        }
    })
}
