//! Exit signals and the process they reach, wherever it is.

use ergo::prelude::*;
use ergo_exploration::{Log, explore};

use crate::probe::{Heard, Probe, a_while, ends_with};

/// An exit signal, two messages and a process that parks, receives and yields: it always ends of the signal.
///
/// Mutations: `Cell::act` leaves the waker of a process that is not parked; `ProcessTask::poll` returns `Pending`
/// without a last look at the flag.
#[test]
fn an_exit_signal_ends_a_process_that_receives() {
    explore(async |world| {
        let started = world.node.spawn_fn(async |mut cx| {
            while let Some(message) = cx.receive().await {
                drop(message);
                a_while().await;
            }
        });
        let pid = started.unwrap();
        let end = world.ended(&pid);
        let (node, to) = (world.node.clone(), pid.clone());
        let sender = world.meanwhile(async move {
            // It may have ended.
            let _ = node.try_send(&to, 1);
            let _ = node.try_send(&to, 2);
        });
        world.node.exit(&pid, ExitReason::from("now"));
        assert_eq!(end.await, ExitReason::from("now"));
        sender.await;
        world.assert_empty();
    });
}

/// An exit signal for a process that awaits something else than its mailbox, and never gets it.
///
/// Mutation: `Cell::end_poll` looks at the flag before it leaves the waker.
#[test]
fn an_exit_signal_ends_a_process_that_awaits_something_else() {
    explore(async |world| {
        let probe = world.node.spawn::<Probe>(Log::default()).await.unwrap();
        probe.hang().unwrap();
        let end = probe.as_ref().ended();
        let sender = probe.clone();
        let late = world.meanwhile(async move {
            let _ = sender.note(1);
        });
        probe.as_ref().exit(ExitReason::from("now"));
        assert_eq!(end.await, ExitReason::from("now"));
        late.await;
        world.assert_empty();
    });
}

/// A process that ends by itself while it is killed: everybody hears of one and the same reason.
///
/// Mutation: `Queue::close` takes the body's own reason although a signal has come, and `exit_reason` the signal's.
#[test]
fn a_kill_and_a_normal_end_have_one_reason() {
    explore(async |world| {
        let pid = ends_with(&world.node);
        let log = Log::default();
        let (noted, watched) = (log.clone(), pid.clone());
        let watcher = world.node.spawn_fn(async move |mut cx| {
            cx.monitor(&watched);
            match cx.receive().await {
                Some(Message::Down(down)) => noted.push(down.reason),
                other => panic!("{other:?}"),
            }
        });
        let watcher = world.ended(&watcher.unwrap());
        let (first, second) = (world.ended(&pid), world.ended(&pid));
        let (node, to) = (world.node.clone(), pid.clone());
        let sender = world.meanwhile(async move {
            let _ = node.try_send(&to, term!(done));
        });
        world.node.exit(&pid, ExitReason::Kill);
        let (first, second) = (first.await, second.await);
        assert_eq!(watcher.await, ExitReason::Normal);
        sender.await;
        let reported = log.take().remove(0);
        let own = ExitReason::from("done");
        assert!(first == ExitReason::Killed || first == own, "{first}");
        assert_eq!(first, second);
        assert!(reported == first || reported == ExitReason::NoProc);
        world.assert_empty();
    });
}

/// A process that starts to trap exits while a signal comes: it ends of it or gets it as a message.
///
/// Mutation: `Cell::act` pushes a trapped exit without waking.
#[test]
fn an_exit_is_trapped_or_ends_the_process() {
    explore(async |world| {
        let started = world.node.spawn_fn(async |mut cx| {
            cx.trap_exit(true);
            match cx.receive().await {
                Some(Message::Exit(exit)) => assert_eq!(exit.reason, ExitReason::from("now")),
                other => panic!("{other:?}"),
            }
        });
        let pid = started.unwrap();
        let end = world.ended(&pid);
        world.node.exit(&pid, ExitReason::from("now"));
        let reason = end.await;
        assert!(
            reason == ExitReason::Normal || reason == ExitReason::from("now"),
            "{reason}"
        );
        world.assert_empty();
    });
}

/// G-01: what one process sends to another, an exit signal among it that is trapped, arrives in the order sent, while
/// somebody else sends, too.
///
/// Mutation: `Cell::act` puts a trapped exit before the messages that wait.
#[test]
fn a_trapped_exit_keeps_its_place() {
    explore(async |world| {
        let log = Log::default();
        let options = SpawnOptions::default().trap_exit(true);
        let probe = world.node.spawn_with::<Probe>(log.clone(), options);
        let probe = probe.await.unwrap();
        let sender = |from: i64| {
            let (to, pid) = (probe.clone(), Handle::pid(&probe).unwrap());
            let sender = world.node.spawn_fn(async move |cx| {
                to.note(from).unwrap();
                cx.exit(&pid, ExitReason::from(Term::from(from)));
                cx.send(&pid, from).unwrap();
                to.note(from).unwrap();
            });
            world.ended(&sender.unwrap())
        };
        let (one, two) = (sender(1), sender(2));
        one.await;
        two.await;
        probe.stop(ExitReason::Normal).unwrap();
        probe.as_ref().ended().await;
        let heard = log.take();
        for from in [1, 2] {
            let of_one: Vec<&Heard> = heard.iter().filter(|heard| is_from(heard, from)).collect();
            let reason = ExitReason::from(Term::from(from));
            let sent = [
                Heard::Number(from),
                Heard::Exit(reason),
                Heard::Info(Term::from(from)),
                Heard::Number(from),
            ];
            assert_eq!(of_one, sent.iter().collect::<Vec<_>>());
        }
        world.assert_empty();
    });
}

fn is_from(heard: &Heard, from: i64) -> bool {
    match heard {
        Heard::Number(number) => *number == from,
        Heard::Exit(reason) => *reason == ExitReason::from(Term::from(from)),
        Heard::Info(term) => *term == Term::from(from),
        Heard::Down(_) | Heard::Terminated(_) => false,
    }
}
