//! Timers that are cancelled while they fire, and that end with their process.

use ergo::prelude::*;
use ergo_exploration::{Log, explore};

/// A timer that is cancelled while it fires: what `cancel` says is what happens.
///
/// Mutation: `Timer::cancel` does not set the flag, or the timer does not look at it.
#[test]
fn a_cancel_and_the_time() {
    explore(async |world| {
        let log = Log::default();
        let noted = log.clone();
        let started = world.node.spawn_fn(async move |mut cx| {
            let timer = cx.send_after(millis(10), cx.pid(), term!(fired));
            cx.receive_match(|message| *message == Message::Term(term!(cancel)))
                .await;
            let left = timer.cancel();
            noted.push(left.is_some());
            cx.receive_match(|message| *message == Message::Term(term!(end)))
                .await;
            noted.push(cx.queue_len() == 0);
        });
        let pid = started.unwrap();
        let end = world.ended(&pid);
        let (node, to) = (world.node.clone(), pid.clone());
        let canceller = world.meanwhile(async move { node.try_send(&to, term!(cancel)).unwrap() });
        world.pass(millis(20));
        canceller.await;
        while log.is_empty() {
            shuttle::future::yield_now().await;
        }
        world.pass(millis(20));
        for _ in 0..3 {
            shuttle::future::yield_now().await;
        }
        world.node.try_send(&pid, term!(end)).unwrap();
        end.await;
        let seen = log.take();
        assert!(!seen[0] || seen[1], "a timer fired that was cancelled");
        world.assert_empty();
    });
}

/// A timer that fires while its process ends sends nothing to others afterwards.
///
/// Mutation: `Relations::dissolve` does not end what the process owns.
#[test]
fn a_timer_ends_with_its_process() {
    explore(async |world| {
        let log = Log::default();
        let noted = log.clone();
        let other = world.node.spawn_fn(async move |mut cx| {
            while let Some(message) = cx.receive().await {
                noted.push(message);
            }
        });
        let other = other.unwrap();
        let to = other.clone();
        let owner = world.node.spawn_fn(async move |mut cx| {
            cx.send_after(millis(10), &to, term!(fired));
            cx.receive().await;
        });
        let owner = owner.unwrap();
        let end = world.ended(&owner);
        world.node.exit(&owner, ExitReason::Kill);
        end.await;
        world.pass(millis(20));
        for _ in 0..3 {
            shuttle::future::yield_now().await;
        }
        assert_eq!(log.take(), [], "the timer outlived its process");
        let end = world.ended(&other);
        world.node.exit(&other, ExitReason::Kill);
        end.await;
        world.assert_empty();
    });
}
