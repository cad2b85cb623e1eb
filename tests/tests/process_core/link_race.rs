//! Races between an end and an unlink, a demonitor or a registration, on two threads.

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline, unique_name};

use crate::probe::{ends_with, node, stop};

const ROUNDS: u32 = 3_000;

/// The kind of race: what is taken back while the other process ends.
#[derive(Clone, Copy)]
enum Race {
    Unlink,
    Demonitor,
}

/// Once an unlink or a demonitor has returned, what it took away is either in the mailbox or never comes.
async fn rounds(mut cx: PlainContext, race: Race) -> (u32, u32) {
    cx.trap_exit(true);
    let node = cx.node();
    let (mut before, mut after) = (0, 0);
    for _ in 0..ROUNDS {
        let other = ends_with(&node);
        let reference = match race {
            Race::Unlink => {
                cx.link(&other);
                None
            }
            Race::Demonitor => Some(cx.monitor(&other)),
        };
        cx.send(&other, term!(boom)).unwrap();
        std::thread::yield_now();
        let none_comes = match &reference {
            None => {
                cx.unlink(&other);
                false
            }
            Some(reference) => cx.demonitor(reference),
        };
        let flushed = cx.receive_timeout(Duration::ZERO).await.is_some();
        assert!(
            !(none_comes && flushed),
            "a Down came of a monitor that was taken back"
        );
        assert!(
            none_comes || flushed || reference.is_none(),
            "the Down is not in the mailbox yet"
        );
        *(if flushed { &mut before } else { &mut after }) += 1;
        while node.is_process_alive(&other) {
            tokio::task::yield_now().await;
        }
        crate::probe::gone(&node, &other).await;
        assert_eq!(
            cx.receive_timeout(Duration::ZERO).await,
            None,
            "it came late"
        );
    }
    (before, after)
}

async fn race(race: Race) {
    let node = node().await;
    let (done, outcome) = tokio::sync::oneshot::channel();
    node.spawn_fn(async move |cx| {
        let _ = done.send(rounds(cx, race).await);
    })
    .unwrap();
    let (before, after) = deadline(PATIENCE * 3, outcome)
        .await
        .expect("the process has ended");
    assert_eq!(before + after, ROUNDS);
    stop(node).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unlink_races_with_the_end() {
    race(Race::Unlink).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn demonitor_races_with_the_end() {
    race(Race::Demonitor).await;
}

/// G-08: a name is free before anyone sees the end of its owner.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_free_before_the_down_is_seen() {
    let node = node().await;
    let name = unique_name("relay");
    let (done, outcome) = tokio::sync::oneshot::channel();
    node.spawn_fn(async move |mut cx| {
        let node = cx.node();
        cx.trap_exit(true);
        for round in 0..ROUNDS {
            let options = SpawnOptions::default().name(&*name);
            let owner = cx.spawn_fn_link_with(options, crate::probe::ending);
            let owner = owner.expect("the name is free");
            assert_eq!(node.whereis_pid(&name), Some(owner.clone()));
            cx.monitor(&owner);
            match round % 2 {
                0 => cx.send(&*name, term!(boom)).unwrap(),
                _ => cx.exit(&owner, ExitReason::Kill),
            }
            let first = cx.receive().await;
            assert!(
                matches!(first, Some(Message::Exit(_) | Message::Down(_))),
                "{first:?}"
            );
            assert_eq!(node.whereis_pid(&name), None);
            if round % 3 == 0 {
                cx.register(&name).unwrap();
                assert!(cx.unregister());
            }
            let second = cx.receive().await;
            assert!(
                matches!(second, Some(Message::Exit(_) | Message::Down(_))),
                "{second:?}"
            );
        }
        let _ = done.send(());
    })
    .unwrap();
    deadline(PATIENCE * 3, outcome)
        .await
        .expect("the process has ended");
    stop(node).await;
}

/// Between two messages, before the first, while it parks: the signal is never lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exit_signal_wakes_a_process_at_any_moment() {
    let node = node().await;
    for round in 0..ROUNDS {
        let pid = node
            .spawn_fn(async |mut cx| {
                while let Some(message) = cx.receive().await {
                    drop(message);
                    tokio::task::yield_now().await;
                }
            })
            .unwrap();
        if round % 2 == 0 {
            node.try_send(&pid, term!(wake)).unwrap();
        }
        if round % 3 == 0 {
            tokio::task::yield_now().await;
        }
        let end = crate::probe::gone(&node, &pid);
        node.exit(&pid, ExitReason::from("now"));
        assert_eq!(end.await, ExitReason::from("now"));
    }
    stop(node).await;
}
