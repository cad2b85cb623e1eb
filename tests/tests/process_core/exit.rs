//! Exit reasons, exit signals and links.

use std::sync::Arc;

use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline};

use crate::probe::{Event, Probed, ending, ends_with, gone, node, relations, stop};

#[test]
fn every_exit_reason_survives_the_way_through_a_term() {
    let cases = [
        (ExitReason::Normal, "normal"),
        (ExitReason::Shutdown, "shutdown"),
        (ExitReason::ShutdownWith(Arc::new(term!(5))), "{shutdown,5}"),
        (ExitReason::Kill, "kill"),
        (ExitReason::Killed, "killed"),
        (ExitReason::NoProc, "noproc"),
        (ExitReason::NoConnection, "noconnection"),
        (
            ExitReason::Panic("at a.rs:1".into()),
            "{panic,<<\"at a.rs:1\">>}",
        ),
        (
            ExitReason::Term(Arc::new(term!({badmatch, 1}))),
            "{badmatch,1}",
        ),
        (ExitReason::from("overloaded"), "overloaded"),
        (ExitReason::from(term!({shutdown, 1, 2})), "{shutdown,1,2}"),
        (
            ExitReason::from(term!({panic, not_a_text})),
            "{panic,not_a_text}",
        ),
    ];
    for (reason, text) in cases {
        assert_eq!(reason.to_term().to_string(), text);
        assert_eq!(ExitReason::from(reason.to_term()), reason);
        let bytes = ergo::etf::encode(&reason).unwrap();
        assert_eq!(ergo::etf::decode::<ExitReason>(&bytes), Ok(reason));
    }
    assert_eq!(ExitReason::from(term!(normal)), ExitReason::Normal);
    assert_eq!(
        ExitReason::from(term!({shutdown, x})),
        ExitReason::ShutdownWith(Arc::new(term!(x)))
    );
}

/// What a linked process gets.
#[derive(Debug, Clone)]
enum Gets {
    Nothing,
    Exit(ExitReason),
}

/// How a process ends: by itself with a reason, or by an exit signal.
#[derive(Debug, Clone)]
enum End {
    Itself(Term),
    Signal(ExitReason),
}

#[tokio::test]
async fn a_link_carries_the_reason() {
    let crash = || ExitReason::from("boom");
    let with = || ExitReason::ShutdownWith(Arc::new(term!(why)));
    let cases = [
        (
            End::Itself(term!(normal)),
            Gets::Nothing,
            ExitReason::Normal,
        ),
        (End::Itself(term!(boom)), Gets::Exit(crash()), crash()),
        (
            End::Itself(term!(shutdown)),
            Gets::Exit(ExitReason::Shutdown),
            ExitReason::Shutdown,
        ),
        (
            End::Itself(term!({shutdown, why})),
            Gets::Exit(with()),
            with(),
        ),
        // Its own `kill` is a reason like any other.
        (
            End::Itself(term!(kill)),
            Gets::Exit(ExitReason::Kill),
            ExitReason::Kill,
        ),
        (End::Signal(crash()), Gets::Exit(crash()), crash()),
        (
            End::Signal(ExitReason::Kill),
            Gets::Exit(ExitReason::Killed),
            ExitReason::Killed,
        ),
    ];
    for (end, gets, reason) in cases {
        for trapping in [false, true] {
            let node = node().await;
            let options = SpawnOptions::default().trap_exit(trapping);
            let mut probe = Probed::with(&node, options).await;
            let child = probe.inside(|cx| cx.spawn_fn_link(ending)).await.unwrap();
            match &end {
                End::Itself(reason) => node.send(&child, reason).await.unwrap(),
                End::Signal(reason) => node.exit(&child, reason.clone()),
            }
            assert_eq!(gone(&node, &child).await, reason);
            if trapping {
                let exit = Event::Exit(child, reason.clone());
                assert_eq!(probe.heard().await, [exit], "{end:?}");
            } else if let Gets::Exit(reason) = &gets {
                assert_eq!(probe.ended().await, *reason, "{end:?}");
                assert_eq!(probe.left(), [], "terminate must not run");
            } else {
                assert_eq!(probe.heard().await, [], "{end:?}");
            }
            stop(node).await;
        }
    }
}

#[tokio::test]
async fn a_panic_is_the_exit_reason_with_its_place() {
    let node = node().await;
    let mut probe = Probed::trapping(&node).await;
    let child = probe.inside(|cx| cx.spawn_fn_link(ending)).await.unwrap();
    node.send(&child, term!(panic)).await.unwrap();
    let Event::Exit(from, ExitReason::Panic(text)) = probe.next().await else {
        panic!("no exit with a panic");
    };
    assert_eq!(from, child);
    assert!(
        text.contains("on demand") && text.contains("probe.rs:"),
        "{text}"
    );
    stop(node).await;
}

#[tokio::test]
async fn exits_arrive_in_order_and_among_the_messages() {
    let node = node().await;
    let mut probe = Probed::trapping(&node).await;
    let children = probe.inside(|cx| {
        let child = || cx.spawn_fn_link(ending).unwrap();
        [child(), child(), child()]
    });
    let children = children.await;
    for (child, number) in children.iter().zip(1..) {
        probe.handle.number(number).unwrap();
        node.send(child, term!(boom)).await.unwrap();
        gone(&node, child).await;
    }
    let mut expected = Vec::new();
    for (child, number) in children.into_iter().zip(1..) {
        expected.push(Event::Cast(number));
        expected.push(Event::Exit(child, ExitReason::from("boom")));
    }
    assert_eq!(probe.heard().await, expected);
    stop(node).await;
}

#[tokio::test]
async fn exit_signals_to_one_process() {
    enum Then {
        Lives,
        Hears(ExitReason),
        Ends(ExitReason),
    }
    use Then::{Ends, Hears, Lives};
    let boom = || ExitReason::from("boom");
    // The reason, whether it traps exits, whether it sends the signal to itself.
    let cases = [
        (ExitReason::Normal, false, false, Lives),
        (ExitReason::Normal, true, false, Hears(ExitReason::Normal)),
        (ExitReason::Normal, false, true, Ends(ExitReason::Normal)),
        (ExitReason::Normal, true, true, Hears(ExitReason::Normal)),
        (
            ExitReason::Shutdown,
            false,
            false,
            Ends(ExitReason::Shutdown),
        ),
        (boom(), false, false, Ends(boom())),
        (boom(), false, true, Ends(boom())),
        (boom(), true, true, Hears(boom())),
        (ExitReason::Kill, false, false, Ends(ExitReason::Killed)),
        (ExitReason::Kill, true, false, Ends(ExitReason::Killed)),
        (ExitReason::Kill, true, true, Ends(ExitReason::Killed)),
        (ExitReason::Killed, false, false, Ends(ExitReason::Killed)),
        (ExitReason::Killed, true, false, Hears(ExitReason::Killed)),
    ];
    for (reason, trapping, to_itself, then) in cases {
        let node = node().await;
        let options = SpawnOptions::default().trap_exit(trapping);
        let mut probe = Probed::with(&node, options).await;
        let sender = Probed::start(&node).await;
        let (to, sent) = (probe.pid.clone(), reason.clone());
        let from = if to_itself { &probe } else { &sender };
        let from_pid = from.pid.clone();
        from.inside(move |cx| cx.exit(to, sent)).await;
        let what = format!("{reason}, trapping {trapping}, to itself {to_itself}");
        match then {
            Lives => assert_eq!(probe.heard().await, [], "{what}"),
            Ends(reason) => assert_eq!(probe.ended().await, reason, "{what}"),
            Hears(reason) => {
                let exit = Event::Exit(from_pid, reason);
                assert_eq!(probe.heard().await, [exit], "{what}");
            }
        }
        stop(node).await;
    }
}

/// As in Erlang, where `exit(self(), Reason)` does not return: whatever the callback says afterwards does not count.
#[tokio::test]
async fn an_exit_to_itself_decides_the_reason() {
    let node = node().await;
    let pid = node
        .spawn_fn(async |cx| {
            cx.exit(cx.pid(), ExitReason::from("first"));
            ExitReason::from("second")
        })
        .unwrap();
    assert_eq!(gone(&node, &pid).await, ExitReason::from("first"));
    stop(node).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exit_signal_does_not_wait_for_the_mailbox() {
    for reason in [ExitReason::from("now"), ExitReason::Kill] {
        let node = node().await;
        let mut probe = Probed::start(&node).await;
        probe.handle.number(0).unwrap();
        assert_eq!(probe.next().await, Event::Cast(0));
        probe.handle.hang().unwrap();
        for number in 1..10_000 {
            probe.handle.number(number).unwrap();
        }
        node.exit(&probe.pid, reason.clone());
        assert!(!node.is_process_alive(&probe.pid));
        let expected = if reason == ExitReason::Kill {
            ExitReason::Killed
        } else {
            reason
        };
        assert_eq!(probe.ended().await, expected);
        assert_eq!(probe.left(), []);
        stop(node).await;
    }
}

/// The process waits for something else than its mailbox, and no message wakes it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_exit_signal_reaches_a_callback_that_awaits() {
    for _ in 0..500 {
        let node = node().await;
        let probe = Probed::start(&node).await;
        probe.handle.hang().unwrap();
        let (started, starting) = tokio::sync::oneshot::channel();
        let plain = node.spawn_fn(async move |_| {
            let _ = started.send(());
            std::future::pending::<()>().await
        });
        let plain = plain.unwrap();
        deadline(PATIENCE, starting).await.unwrap();
        let end = gone(&node, &plain);
        node.exit(&plain, ExitReason::Kill);
        assert_eq!(end.await, ExitReason::Killed);
        node.exit(&probe.pid, ExitReason::from("now"));
        assert_eq!(probe.ended().await, ExitReason::from("now"));
    }
}

#[tokio::test]
async fn a_link_to_nobody_is_an_exit_noproc() {
    let node = node().await;
    let dead = ends_with(&node);
    node.send(&dead, term!(normal)).await.unwrap();
    gone(&node, &dead).await;
    let earlier = Pid::new(
        node.name().clone(),
        dead.id(),
        dead.serial(),
        node.creation() + 1,
    );
    for nobody in [dead, earlier] {
        let mut trapping = Probed::trapping(&node).await;
        let to = nobody.clone();
        trapping.inside(move |cx| cx.link(to)).await;
        let exit = Event::Exit(nobody.clone(), ExitReason::NoProc);
        assert_eq!(trapping.heard().await, [exit]);
        let plain = Probed::start(&node).await;
        plain.inside(move |cx| cx.link(nobody)).await;
        assert_eq!(plain.ended().await, ExitReason::NoProc);
    }
    stop(node).await;
}

#[tokio::test]
async fn links_count_once() {
    let node = node().await;
    let mut probe = Probed::trapping(&node).await;
    let other = ends_with(&node);
    let to = other.clone();
    probe
        .inside(move |cx| {
            cx.link(&to);
            cx.link(&to);
            cx.link(cx.pid());
        })
        .await;
    let links = |pid| relations(&node, pid, |relations| relations.link_count());
    assert_eq!((links(&probe.pid), links(&other)), (1, 1));
    node.send(&other, term!(boom)).await.unwrap();
    gone(&node, &other).await;
    let exit = Event::Exit(other, ExitReason::from("boom"));
    assert_eq!(probe.heard().await, [exit]);
    stop(node).await;
}

#[tokio::test]
async fn nothing_comes_of_a_link_that_was_taken_away() {
    let node = node().await;
    let mut probe = Probed::trapping(&node).await;
    let other = ends_with(&node);
    let to = other.clone();
    probe
        .inside(move |cx| {
            cx.link(&to);
            cx.unlink(&to);
            // Not linked: no effect.
            cx.unlink(&to);
        })
        .await;
    node.send(&other, term!(boom)).await.unwrap();
    gone(&node, &other).await;
    assert_eq!(probe.heard().await, []);
    stop(node).await;
}

#[tokio::test]
async fn the_exit_of_the_parent_stops_a_server_that_traps_exits() {
    for reason in [
        ExitReason::Shutdown,
        ExitReason::from("boom"),
        ExitReason::Killed,
    ] {
        let node = node().await;
        let parent = Probed::trapping(&node).await;
        let (log, mut events) = tokio::sync::mpsc::unbounded_channel();
        let options = SpawnOptions::default().trap_exit(true);
        let child = parent
            .inside_async(async move |cx| {
                cx.spawn_link_with::<crate::probe::Probe>(log, options)
                    .await
            })
            .await
            .unwrap();
        assert_eq!(
            child.as_ref().pid().map(|pid| node.is_process_alive(&pid)),
            Some(true)
        );
        if reason == ExitReason::Killed {
            node.exit(&parent.pid, ExitReason::Kill);
        } else {
            parent.handle.stop(reason.clone()).unwrap();
        }
        assert_eq!(parent.ended().await, reason);
        assert_eq!(deadline(PATIENCE, child.as_ref().ended()).await, reason);
        // Not as an exit for its handler.
        assert_eq!(events.recv().await, Some(Event::Terminated(reason)));
        assert_eq!(events.recv().await, None);
        stop(node).await;
    }
}
