//! Both sides connect at once, again and again: G-18.

use ergo::prelude::*;
use ergo_tests::erlang::{Epmd, each_release};
use ergo_tests::{PATIENCE, deadline, unique_name};

use crate::world::{Heard, erl, rust};

const ROUNDS: u64 = 15;

/// With a name before and after that of the Erlang node: the one with the greater name has precedence.
#[tokio::test]
async fn of_two_connections_one_stays_and_nothing_is_lost() {
    each_release(async |release| {
        for prefix in ["a_rust", "z_rust"] {
            let epmd = Epmd::start().await.unwrap();
            let name = format!("{}@127.0.0.1", unique_name(prefix));
            let node = rust(&name, epmd.port()).await;
            let there = erl(release, epmd.port()).await;
            let register = format!("R = '{name}', register(me, self())");
            there.eval(&register).await.unwrap();
            let mut heard = Heard::start(&node, Some("heard"));
            for round in 0..ROUNDS {
                let theirs = format!("{{heard, R}} ! {round}, receive {round} -> ok end");
                let ours = node.send(("me", there.name()), Term::from(round));
                let (ours, theirs) = tokio::join!(ours, there.eval(&theirs));
                assert_eq!((ours, theirs.unwrap().as_str()), (Ok(()), "ok"));
                assert_eq!(heard.term().await, Term::from(round));
                let connected = format!("['{name}']");
                assert_eq!(there.eval("nodes(connected)").await.unwrap(), connected);
                assert_eq!(node.nodes_of(Visibility::Connected), [there.name()]);
                // The two take turns.
                if round % 2 == 0 {
                    assert!(node.disconnect(there.name()));
                } else {
                    there.eval("erlang:disconnect_node(R)").await.unwrap();
                }
                let apart = async {
                    while !node.nodes_of(Visibility::Connected).is_empty() {
                        tokio::task::yield_now().await;
                    }
                };
                deadline(PATIENCE, apart).await;
                there.eval_until("nodes(connected)", "[]").await.unwrap();
            }
            deadline(PATIENCE, node.stop()).await;
        }
    })
    .await;
}
