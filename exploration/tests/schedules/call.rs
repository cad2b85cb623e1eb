//! G-05: a call has exactly one outcome, and nothing of it comes later.

use ergo::prelude::*;
use ergo_exploration::{Log, World, explore};
use tokio::sync::oneshot;

use crate::probe::{Probe, ProbeRef};

async fn probe(world: &World) -> ProbeRef {
    world.node.spawn::<Probe>(Log::default()).await.unwrap()
}

fn boom() -> ExitReason {
    ExitReason::from("boom")
}

/// Two callers, one from outside and one a process, and an exit signal for the server: each gets the answer or the
/// exit, and finds nothing in its mailbox afterwards.
///
/// Mutations: `Cell::gone` wakes nobody; `Call::poll_dropped` does not send the fence.
#[test]
fn an_exit_during_a_call() {
    explore(async |world| {
        let probe = probe(&world).await;
        let (to, log) = (probe.clone(), Log::default());
        let noted = log.clone();
        let caller = world.process(async move |cx| {
            noted.push(to.add(1).timeout(Duration::MAX).await);
            assert_eq!(cx.queue_len(), 0);
        });
        let killer = probe.clone();
        let killed = world.meanwhile(async move { killer.as_ref().exit(boom()) });
        let outcome = probe.add(1).timeout(Duration::MAX).await;
        caller.await;
        killed.await;
        for outcome in log.take().into_iter().chain([outcome]) {
            let known = [
                Ok(2),
                Err(CallError::Exit(boom())),
                Err(CallError::NoProcess),
            ];
            assert!(known.contains(&outcome), "{outcome:?}");
        }
        probe.as_ref().ended().await;
        world.assert_empty();
    });
}

/// The same by pid and by name, with a request that is a term and an answer that comes by a slot of the node.
///
/// Mutations: `RemoteCall::start_local` delivers before it watches; `links::dissolve` leaves out the calls that watch.
#[test]
fn an_exit_during_a_call_by_term() {
    explore(async |world| {
        let options = SpawnOptions::default().name("probe");
        let probe = world.node.spawn_with::<Probe>(Log::default(), options);
        let probe = probe.await.unwrap();
        let node = world.node.clone();
        let by_name = world.meanwhile(async move {
            node.call_as::<i64>("probe", term!({add, 1}), Duration::MAX)
                .await
        });
        let killer = probe.clone();
        let killed = world.meanwhile(async move { killer.as_ref().exit(boom()) });
        let pid = Handle::pid(&probe).unwrap();
        let by_pid = world
            .node
            .call_as::<i64>(pid, term!({add, 1}), Duration::MAX)
            .await;
        for outcome in [by_pid, by_name.await] {
            let known = [
                Ok(2),
                Err(CallError::Exit(boom())),
                Err(CallError::NoProcess),
            ];
            assert!(known.contains(&outcome), "{outcome:?}");
        }
        killed.await;
        probe.as_ref().ended().await;
        world.assert_empty();
    });
}

/// A server that drops the `Reply` while it is told to end: the caller gets `NoReply` or the exit.
///
/// Mutation: `Call::poll_dropped` answers `NoReply` when the fence is gone without asking whether the server ends.
#[test]
fn a_dropped_reply_and_an_exit() {
    explore(async |world| {
        let probe = probe(&world).await;
        let other = probe.clone();
        let dropped = world.meanwhile(async move {
            // It may have ended.
            let _ = other.drop_reply();
            other.as_ref().exit(boom());
        });
        let outcome = probe.keep().timeout(Duration::MAX).await;
        dropped.await;
        let known = [
            Err(CallError::NoReply),
            Err(CallError::Exit(boom())),
            Err(CallError::NoProcess),
        ];
        assert!(known.contains(&outcome), "{outcome:?}");
        // Whoever hears of the end finds nothing left.
        if matches!(outcome, Err(CallError::Exit(_))) {
            assert_eq!(world.node.process_count(), 0);
        }
        probe.as_ref().ended().await;
        world.assert_empty();
    });
}

/// A `Reply` that somebody else holds, who answers or drops it while the server ends: an answer that was sent is
/// received, and a `Reply` that was dropped is the exit or `NoReply`.
///
/// Mutation: `Call::poll` looks for the end of the server before it looks for the answer.
#[test]
fn a_reply_that_somebody_else_holds() {
    explore(async |world| {
        let probe = probe(&world).await;
        for answers in [true, false] {
            let (give, given) = oneshot::channel();
            let answered = world.meanwhile(async move {
                let reply: Result<Reply<i64>, _> = given.await;
                match reply {
                    Ok(reply) if answers => reply.send(7),
                    _ => {}
                }
            });
            let killer = probe.clone();
            let killed = world.meanwhile(async move {
                if !answers {
                    killer.as_ref().exit(boom());
                }
            });
            let outcome = probe.give(give).timeout(Duration::MAX).await;
            let known = if answers {
                vec![Ok(7)]
            } else {
                vec![
                    Err(CallError::NoReply),
                    Err(CallError::Exit(boom())),
                    Err(CallError::NoProcess),
                ]
            };
            assert!(known.contains(&outcome), "{outcome:?}");
            answered.await;
            killed.await;
        }
        probe.as_ref().ended().await;
        world.assert_empty();
    });
}

/// A call that is given up while its answer comes, of a server and by term: nothing of it is left, and no answer
/// reaches the mailbox of the caller, which is a plain process.
///
/// Mutations: `RemoteCall::drop` leaves the slot; `Places::take` leaves it in the table.
#[test]
fn a_call_that_is_given_up() {
    explore(async |world| {
        let probe = probe(&world).await;
        let to = probe.clone();
        let caller = world.process(async move |cx| {
            let (give_up, given_up) = oneshot::channel::<()>();
            let node = cx.node();
            let pid = Handle::pid(&to).unwrap();
            cx.task(async move { drop(give_up) });
            let call = node.call_as::<i64>(pid, term!(keep), Duration::MAX);
            let outcome = first_of(call, given_up).await;
            if let Some(outcome) = outcome {
                assert_eq!(outcome, Ok(5));
            }
            // The answer of the call is underway, or comes after it was given up.
            to.add(1).await.unwrap();
            assert_eq!(cx.queue_len(), 0, "a late answer");
        });
        probe.answer(5).unwrap();
        probe.answer(5).unwrap();
        probe.add(1).timeout(Duration::MAX).await.unwrap();
        probe.answer(5).unwrap();
        caller.await;
        probe.stop(ExitReason::Normal).unwrap();
        probe.as_ref().ended().await;
        world.assert_empty();
    });
}

/// The outcome of `call`, unless the other is ready before.
async fn first_of<T>(call: impl Future<Output = T>, mut other: oneshot::Receiver<()>) -> Option<T> {
    let mut call = std::pin::pin!(call);
    std::future::poll_fn(|cx| {
        use std::task::Poll;
        if let Poll::Ready(outcome) = call.as_mut().poll(cx) {
            return Poll::Ready(Some(outcome));
        }
        std::pin::Pin::new(&mut other).poll(cx).map(|_| None)
    })
    .await
}

/// The time runs out while the answer comes: one of the two is the outcome, in a process and outside of one, where
/// deadlines are kept in a list of the node. The second answer finds nobody.
///
/// Mutations: `Deadlines::advance` stops without a second look; `Deadline::poll` does not leave the waker of a process.
#[test]
fn a_timeout_and_an_answer() {
    explore(async |world| {
        let probe = probe(&world).await;
        let outcomes = Log::default();
        let (to, noted) = (probe.clone(), outcomes.clone());
        let caller = world.process(async move |cx| {
            noted.push(to.keep().timeout(secs(2)).await);
            assert_eq!(cx.queue_len(), 0);
        });
        let (to, noted) = (probe.clone(), outcomes.clone());
        let outside = world.meanwhile(async move {
            noted.push(to.keep().timeout(secs(2)).await);
        });
        let to = probe.clone();
        let answers = world.meanwhile(async move {
            to.answer(1).unwrap();
            to.answer(2).unwrap();
        });
        // Ticks of the node's list are 50 ms; those of a process come when they come.
        while outcomes.len() < 2 {
            world.pass(millis(50));
            shuttle::future::yield_now().await;
        }
        outside.await;
        answers.await;
        caller.await;
        for outcome in outcomes.take() {
            let known = [
                Ok(1),
                Ok(2),
                Err(CallError::Timeout),
                Err(CallError::NoReply),
            ];
            assert!(known.contains(&outcome), "{outcome:?}");
        }
        probe.stop(ExitReason::Normal).unwrap();
        probe.as_ref().ended().await;
        world.assert_empty();
    });
}
