//! The end of a node.

use ergo::prelude::*;
use ergo_exploration::explore;

/// A node that stops while processes are started on it: each start fails or is undone, and nothing is left.
///
/// Mutations: `Table::insert` looks whether the table is closed before it takes the lock; `Node::stop_everything` closes
/// the table after it told the processes.
#[test]
fn a_stop_and_a_start() {
    explore(async |world| {
        let starter = |name: &'static str| {
            let node = world.node.clone();
            world.meanwhile(async move {
                let options = SpawnOptions::default().name(name);
                let body = async |mut cx: PlainContext| while cx.receive().await.is_some() {};
                match node.spawn_fn_with(options, body) {
                    Ok(_) | Err(SpawnError::Stopping) => {}
                    Err(other) => panic!("{other}"),
                }
            })
        };
        let (one, two) = (starter("one"), starter("two"));
        world.node.stop().await;
        let then = (world.node.process_count(), world.node.registered());
        assert_eq!(then, (0, Vec::new()));
        one.await;
        two.await;
        world.assert_empty();
    });
}

/// A process that starts a linked child while the node stops: the parent is told first, and takes the child with it.
///
/// Mutation: `Node::shut_down` waits for processes it has not told.
#[test]
fn a_stop_and_a_tree() {
    explore(async |world| {
        let parent = world.node.spawn_fn(async |mut cx| {
            let child = async |mut cx: PlainContext| while cx.receive().await.is_some() {};
            for _ in 0..2 {
                // The node may be stopping.
                let _ = cx.spawn_fn_link(child);
            }
            while cx.receive().await.is_some() {}
        });
        parent.unwrap();
        let node = world.node.clone();
        let second = world.meanwhile(async move { node.stop().await });
        world.node.stop().await;
        assert_eq!(world.node.process_count(), 0);
        second.await;
        world.assert_empty();
    });
}
