//! Aliases, and messages on the way to them.

use ergo::prelude::*;
use ergo_exploration::{Log, explore};

/// Nothing that was sent to an alias arrives once `unalias` has returned, as in OTP, where the receiver looks.
///
/// Mutation: a sender looks the alias up, and delivers without asking the receiver whether it is still on.
#[test]
fn nothing_comes_by_an_alias_that_is_off() {
    explore(async |world| {
        let (aliases, seen) = (Log::default(), Log::default());
        let (given, noted) = (aliases.clone(), seen.clone());
        let started = world.node.spawn_fn(async move |mut cx| {
            let alias = cx.alias();
            given.push(alias.clone());
            cx.receive().await;
            assert!(cx.unalias(&alias));
            let then = cx.queue_len();
            cx.receive_match(|message| *message == Message::Term(term!(end)))
                .await;
            noted.push((then, cx.queue_len()));
        });
        let pid = started.unwrap();
        let end = world.ended(&pid);
        while aliases.is_empty() {
            shuttle::future::yield_now().await;
        }
        let alias = aliases.take().remove(0);
        let senders = [alias.clone(), alias].map(|alias| {
            let node = world.node.clone();
            world.meanwhile(async move {
                // Dropped when it comes too late.
                let _ = node.try_send(alias, 1);
            })
        });
        world.node.try_send(&pid, 0).unwrap();
        for sender in senders {
            sender.await;
        }
        world.node.try_send(&pid, term!(end)).unwrap();
        end.await;
        let (then, later) = seen.take().remove(0);
        assert_eq!(then, later, "a message by an alias that was off");
        world.assert_empty();
    });
}

/// An alias of a process that is killed while it makes it: none is left.
///
/// Mutation: `Context::alias` enters the alias at the node after it gave the lock of the process back.
#[test]
fn no_alias_outlives_its_process() {
    explore(async |world| {
        let started = world.node.spawn_fn(async |mut cx| {
            let me = (*cx).clone();
            cx.task(async move { drop(me.alias()) });
            cx.receive().await;
        });
        let pid = started.unwrap();
        let end = world.ended(&pid);
        world.node.exit(&pid, ExitReason::Kill);
        end.await;
        shuttle::future::yield_now().await;
        world.assert_empty();
    });
}
