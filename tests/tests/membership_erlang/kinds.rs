//! Visible and hidden nodes, as each kind sees each other.

use ergo::prelude::*;
use ergo::{AutoConnect, NodeBuilder};
use ergo_tests::erlang::each_release;

use crate::world::{Here, World};

fn names(node: &Here, which: Visibility) -> Vec<String> {
    let nodes = node.nodes_of(which);
    nodes.iter().map(|node| node.as_str().to_owned()).collect()
}

/// A connection is visible when both ends are.
#[tokio::test]
async fn visible_and_hidden() {
    each_release(async |release| {
        let world = World::start(release).await;
        let hidden = world.another(|erl| erl.hidden()).await;
        // It does not connect for an answer that is late.
        let passive = |node: NodeBuilder| node.auto_connect(AutoConnect::Never);
        for (is_hidden, rust) in [
            (false, world.node(passive).await),
            (true, world.node(|node| passive(node).hidden()).await),
        ] {
            let both = [world.erl.name(), hidden.name()];
            for erl in both {
                rust.connect(erl).await.unwrap();
            }
            let (visible, concealed): (Vec<&str>, Vec<&str>) = if is_hidden {
                (vec![], both.to_vec())
            } else {
                (vec![both[0]], vec![both[1]])
            };
            let mut concealed = concealed;
            concealed.sort_unstable();
            let mut all = both.to_vec();
            all.sort_unstable();
            assert_eq!(names(&rust, Visibility::Visible), visible);
            assert_eq!(names(&rust, Visibility::Hidden), concealed);
            assert_eq!(names(&rust, Visibility::Connected), all);
            assert_eq!(names(&rust, Visibility::This), [rust.text()]);
            let known = names(&rust, Visibility::Known);
            assert_eq!(known.len(), 3, "{known:?}");
            for (erl, erl_is_hidden) in [(&world.erl, false), (&hidden, true)] {
                let kinds = format!(
                    "[lists:member('{}', nodes(K)) || K <- [visible, hidden, connected, this, known]]",
                    rust.text()
                );
                let seen = if is_hidden || erl_is_hidden {
                    "[false,true,true,false,true]"
                } else {
                    "[true,false,true,false,true]"
                };
                erl.eval_until(&kinds, seen).await.unwrap();
                let disconnect = format!("erlang:disconnect_node('{}')", rust.text());
                assert_eq!(erl.eval(&disconnect).await.unwrap(), "true");
                assert_eq!(erl.eval(&disconnect).await.unwrap(), "false");
            }
            // Erlang has closed them, which this node hears of.
            let gone = ergo_tests::wait_until(ergo_tests::PATIENCE, "both ends", async || {
                names(&rust, Visibility::Connected).is_empty()
            });
            gone.await.unwrap();
            assert!(!rust.disconnect(world.erl.name()));
            assert_eq!(names(&rust, Visibility::Known).len(), 3);
        }
    })
    .await;
}
