//! The end of a node.

use std::sync::{Arc, Mutex};

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline};
use tokio::time::Instant;

use crate::probe::{Event, Probed, ending, node, stop};

#[tokio::test]
async fn everything_is_told_to_shut_down() {
    let node = node().await;
    let (mut trapping, mut plain) = (Probed::trapping(&node).await, Probed::start(&node).await);
    let child = plain.inside(|cx| cx.spawn_fn_link(ending)).await.unwrap();
    stop(node.clone()).await;
    assert_eq!(trapping.ended().await, ExitReason::Shutdown);
    assert_eq!(plain.ended().await, ExitReason::Shutdown);
    assert_eq!(trapping.left(), [Event::Terminated(ExitReason::Shutdown)]);
    assert_eq!(plain.left(), []);
    assert!(!node.is_process_alive(&child));
    // Again, it has nothing to do.
    stop(node).await;
}

#[tokio::test]
async fn nothing_starts_on_a_node_that_stops() {
    let node = node().await;
    let (log, _events) = tokio::sync::mpsc::unbounded_channel();
    let slow = node
        .spawn_fn_with(SpawnOptions::default().trap_exit(true), async |mut cx| {
            cx.receive().await;
            let (log, _events) = tokio::sync::mpsc::unbounded_channel();
            let node = cx.node();
            assert_eq!(node.spawn_fn(async |_| ()), Err(SpawnError::Stopping));
            assert_eq!(cx.spawn_fn_link(async |_| ()), Err(SpawnError::Stopping));
            let spawned = node.spawn::<crate::probe::Probe>(log).await.map(drop);
            ExitReason::from(if spawned == Err(SpawnError::Stopping) {
                "refused"
            } else {
                "started"
            })
        })
        .unwrap();
    let probe = Probed::trapping(&node).await;
    let reference = Arc::new(Mutex::new(None));
    let seen = reference.clone();
    probe
        .inside(move |cx| *seen.lock().unwrap() = Some(cx.monitor(slow)))
        .await;
    stop(node.clone()).await;
    assert_eq!(node.spawn_fn(async |_| ()), Err(SpawnError::Stopping));
    let spawned = node.spawn::<crate::probe::Probe>(log).await.map(drop);
    assert_eq!(spawned, Err(SpawnError::Stopping));
}

#[tokio::test(start_paused = true)]
async fn what_ignores_the_shutdown_is_killed_after_five_seconds() {
    let node = node().await;
    let options = SpawnOptions::default().trap_exit(true);
    node.spawn_fn_with(
        options,
        async |mut cx| {
            while cx.receive().await.is_some() {}
        },
    )
    .unwrap();
    let begun = Instant::now();
    stop(node).await;
    assert!(
        (secs(5)..secs(6)).contains(&begun.elapsed()),
        "{:?}",
        begun.elapsed()
    );
}

/// Its parent has ended normally, or they have been unlinked: nobody else tells it.
#[tokio::test(start_paused = true)]
async fn an_orphan_is_told_too() {
    let node = node().await;
    let options = || SpawnOptions::default().trap_exit(true);
    let parent = Probed::trapping(&node).await;
    let unlinked = parent.inside(move |cx| {
        let child = cx
            .spawn_fn_link_with(options(), async |mut cx| drop(cx.receive().await))
            .unwrap();
        cx.unlink(&child);
        child
    });
    unlinked.await;
    // A parent that answers a shutdown with a normal end.
    node.spawn_fn_with(options(), async move |mut cx| {
        cx.spawn_fn_link(async |mut cx| drop(cx.receive().await))
            .unwrap();
        cx.receive().await;
    })
    .unwrap();
    let begun = Instant::now();
    stop(node).await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test]
async fn a_process_stops_its_own_node() {
    let node = node().await;
    let stopping = node.clone();
    let pid = node.spawn_fn(async move |_| stopping.stop().await).unwrap();
    deadline(PATIENCE, node.stop()).await;
    assert!(!node.is_process_alive(&pid));
    assert_eq!(node.process_count(), 0);
}

#[tokio::test]
async fn supervised_children_stop_in_reverse_order() {
    let node = node().await;
    let stopped = Arc::new(Mutex::new(Vec::new()));
    let mut supervisor = Supervisor::one_for_one();
    for id in ["first", "second", "third"] {
        let stopped = stopped.clone();
        let body = move |mut cx: PlainContext| {
            let stopped = stopped.clone();
            async move {
                cx.trap_exit(true);
                cx.receive().await;
                stopped.lock().unwrap().push(id);
                ExitReason::Shutdown
            }
        };
        supervisor = supervisor.child(ChildSpec::from_fn(id, body));
    }
    let supervisor = deadline(PATIENCE, supervisor.start(&node)).await.unwrap();
    deadline(PATIENCE, supervisor.count_children())
        .await
        .unwrap();
    // Each has to be in its receive: one that ends before it has run has nothing to say.
    tokio::task::yield_now().await;
    stop(node).await;
    assert_eq!(*stopped.lock().unwrap(), ["third", "second", "first"]);
}
