//! Processes on threads of their own.

use std::sync::mpsc;
use std::thread::ThreadId;

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::oneshot;

use crate::probe::{Event, Probed, gone, node, stop};

#[tokio::test]
async fn it_runs_beside_the_runtime_and_ends_with_what_it_returns() {
    let node = node().await;
    let mut probe = Probed::trapping(&node).await;
    let (sender, thread) = oneshot::channel::<ThreadId>();
    let worker = probe.inside(move |cx| {
        let me = cx.handle();
        cx.spawn_blocking_link(move |cx| {
            let _ = sender.send(std::thread::current().id());
            assert_eq!(cx.ancestors().len(), 1);
            // A call from a thread that may block, and a cast whose sender is this process.
            assert_eq!(cx.block_on(me.sync()), Ok(()));
            me.number(1).unwrap();
            Err::<(), _>(ExitReason::from("done"))
        })
        .unwrap()
    });
    let worker = worker.await;
    let thread = deadline(PATIENCE, thread).await.unwrap();
    assert_ne!(thread, std::thread::current().id());
    assert_eq!(probe.next().await, Event::Cast(1));
    let exit = Event::Exit(worker, ExitReason::from("done"));
    assert_eq!(probe.next().await, exit);
    stop(node).await;
}

#[tokio::test]
async fn it_receives_without_a_task() {
    let node = node().await;
    let (sender, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let (started, has_started) = oneshot::channel();
    let worker = node.spawn_blocking(move |mut cx| {
        assert_eq!(cx.receive_timeout(millis(1)), None);
        let _ = started.send(());
        while let Some(Message::Term(term)) = cx.receive() {
            if term == term!(stop) {
                return;
            }
            sender.send(term).unwrap();
        }
    });
    let worker = worker.unwrap();
    let gone = gone(&node, &worker);
    deadline(PATIENCE, has_started).await.unwrap();
    for number in 0..100 {
        node.try_send(&worker, Term::from(number)).unwrap();
    }
    for number in 0..100 {
        assert_eq!(
            deadline(PATIENCE, seen.recv()).await,
            Some(Term::from(number))
        );
    }
    node.try_send(&worker, term!(stop)).unwrap();
    assert_eq!(gone.await, ExitReason::Normal);
    stop(node).await;
}

#[tokio::test]
async fn killed_it_is_gone_at_once_and_its_thread_looks() {
    let node = node().await;
    for reason in [ExitReason::Kill, ExitReason::from("enough")] {
        let (started, has_started) = oneshot::channel();
        let (go_on, waits) = mpsc::channel::<()>();
        let (ended, has_ended) = oneshot::channel();
        let options = SpawnOptions::default().name("worker");
        let worker = node.spawn_blocking_with(options, move |mut cx| {
            assert!(!cx.is_exiting());
            let _ = started.send(());
            // It works, and cannot be ended.
            let _ = waits.recv();
            assert!(cx.is_exiting());
            assert_eq!(cx.receive(), None);
            let _ = ended.send(());
        });
        let worker = worker.unwrap();
        deadline(PATIENCE, has_started).await.unwrap();
        let gone = gone(&node, &worker);
        node.exit(&worker, reason.clone());
        let expected = match reason {
            ExitReason::Kill => ExitReason::Killed,
            reason => reason,
        };
        assert_eq!(gone.await, expected);
        assert_eq!(node.whereis_pid("worker"), None);
        assert!(!node.is_process_alive(&worker));
        drop(go_on);
        deadline(PATIENCE, has_ended).await.unwrap();
    }
    stop(node).await;
}

#[tokio::test]
async fn an_exit_signal_ends_a_receive() {
    let node = node().await;
    for round in 0..50 {
        let (ended, has_ended) = oneshot::channel();
        let (started, has_started) = oneshot::channel();
        let worker = node.spawn_blocking(move |mut cx| {
            let _ = started.send(());
            assert_eq!(cx.receive(), None);
            let _ = ended.send(());
        });
        let worker = worker.unwrap();
        // Before it has started, while it starts to wait, or while it waits.
        if round % 2 == 0 {
            deadline(PATIENCE, has_started).await.unwrap();
        }
        let gone = gone(&node, &worker);
        node.exit(&worker, ExitReason::Shutdown);
        assert_eq!(gone.await, ExitReason::Shutdown);
        deadline(PATIENCE, has_ended).await.unwrap();
    }
    stop(node).await;
}

#[tokio::test]
async fn one_that_traps_gets_the_exit_as_a_message() {
    let node = node().await;
    let (started, has_started) = oneshot::channel();
    let options = SpawnOptions::default().trap_exit(true);
    let worker = node.spawn_blocking_with(options, move |mut cx| {
        let _ = started.send(());
        match cx.receive() {
            Some(Message::Exit(exit)) => exit.reason,
            other => panic!("{other:?}"),
        }
    });
    let worker = worker.unwrap();
    deadline(PATIENCE, has_started).await.unwrap();
    let gone = gone(&node, &worker);
    node.exit(&worker, ExitReason::from("please"));
    assert_eq!(gone.await, ExitReason::from("please"));
    stop(node).await;
}

#[tokio::test]
async fn a_panic_is_its_exit_reason() {
    let node = node().await;
    let mut probe = Probed::trapping(&node).await;
    probe
        .inside(|cx| {
            cx.spawn_blocking_link(|_| -> () { panic!("on a thread") })
                .unwrap()
        })
        .await;
    let Event::Exit(_, ExitReason::Panic(text)) = probe.next().await else {
        panic!("it panicked");
    };
    assert!(text.contains("on a thread"), "{text}");
    assert!(text.contains("blocking.rs:"), "{text}");
    stop(node).await;
}

#[tokio::test]
async fn it_ends_with_its_parent() {
    let node = node().await;
    let probe = Probed::start(&node).await;
    let worker = probe.inside(|cx| {
        cx.spawn_blocking_link(|mut cx| while cx.receive().is_some() {})
            .unwrap()
    });
    let worker = worker.await;
    let gone = gone(&node, &worker);
    node.exit(&probe.pid, ExitReason::from("boom"));
    assert_eq!(gone.await, ExitReason::from("boom"));
    stop(node).await;
}

/// A callback that computes gives way, and is ended there.
#[tokio::test(flavor = "current_thread")]
async fn yield_now_lets_others_run_and_exits_act() {
    let node = node().await;
    let busy = node.spawn_fn(async |cx| {
        while cx.queue_len() == 0 {
            ergo::yield_now().await;
        }
    });
    let busy = busy.unwrap();
    let mut probe = Probed::start(&node).await;
    assert_eq!(probe.heard().await, []);
    let gone = gone(&node, &busy);
    node.exit(&busy, ExitReason::Shutdown);
    assert_eq!(gone.await, ExitReason::Shutdown);
    stop(node).await;
}
