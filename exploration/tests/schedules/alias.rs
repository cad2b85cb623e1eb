//! Aliases, and messages on the way to them.

use ergo::prelude::*;
use ergo::process::{AliasMode, AliasOptions, MonitorOptions};
use ergo_exploration::{Log, explore};

use crate::probe::inside_out;

/// Nothing that was sent to an alias arrives once `unalias` has returned, as in OTP, where the receiver looks.
///
/// Mutation: a sender looks the alias up, and delivers without asking the receiver whether it is still on. Seen.
#[test]
fn nothing_comes_by_an_alias_that_is_off() {
    explore(async |world| {
        let (given, off) = (Log::default(), Log::default());
        let (gives, notes) = (given.clone(), off.clone());
        let aliased = world.process(async move |mut cx| {
            let alias = cx.alias();
            gives.push((cx.pid(), alias.clone()));
            cx.receive_match(|message| *message == Message::Term(term!(off)))
                .await;
            assert!(cx.unalias(&alias));
            let then = cx.queue_len();
            notes.push(());
            cx.receive_match(|message| *message == Message::Term(term!(end)))
                .await;
            let later = cx.queue_len();
            assert_eq!(then, later, "a message by an alias that was off");
        });
        given.reach(1).await;
        let (pid, alias) = given.take().remove(0);
        let senders = [alias.clone(), alias].map(|alias| {
            let node = world.node.clone();
            world.meanwhile(async move {
                // Dropped when it comes too late.
                let _ = node.try_send(alias, 1);
            })
        });
        world.node.try_send(&pid, term!(off)).unwrap();
        off.reach(1).await;
        for sender in senders {
            sender.await;
        }
        world.node.try_send(&pid, term!(end)).unwrap();
        aliased.await;
        world.assert_empty();
    });
}

/// An alias of a process that is killed while it makes it: none is left.
///
/// Mutation: `Context::alias` enters the alias at the node after it gave the lock of the process back. Seen.
#[test]
fn no_alias_outlives_its_process() {
    explore(async |world| {
        let (pid, context) = inside_out(&world);
        let end = world.ended(&pid);
        let maker = world.meanwhile(async move { drop(context.alias()) });
        world.node.exit(&pid, ExitReason::Kill);
        end.await;
        maker.await;
        world.assert_empty();
    });
}

/// Two answers by an alias for one message: one of them arrives.
///
/// Mutation: `Cell::push_through` leaves an alias for one message on.
#[test]
fn an_alias_for_one_reply_takes_one() {
    explore(async |world| {
        let (given, heard) = (Log::default(), Log::default());
        let (gives, notes) = (given.clone(), heard.clone());
        let asking = world.process(async move |mut cx| {
            gives.push((cx.pid(), cx.alias_with(AliasOptions::new().reply())));
            loop {
                match cx.receive().await {
                    Some(Message::Term(term)) if term == term!(end) => return,
                    Some(message) => notes.push(message),
                    None => return,
                }
            }
        });
        given.reach(1).await;
        let (pid, alias) = given.take().remove(0);
        let senders = [1, 2].map(|number| {
            let (node, alias) = (world.node.clone(), alias.clone());
            world.meanwhile(async move { node.try_send(alias, number) })
        });
        let mut accepted = 0;
        for sender in senders {
            accepted += usize::from(sender.await.is_ok());
        }
        world.node.try_send(&pid, term!(end)).unwrap();
        asking.await;
        assert_eq!((accepted, heard.take().len()), (1, 1));
        world.assert_empty();
    });
}

/// A request by a monitor that is an alias for its answer: the answer or the `Down` arrives, never both, and the
/// answer of a server that answers and ends is not lost.
///
/// Mutations: `alias::pass` does not take the monitor back, or does so after the message is in.
#[test]
fn an_answer_or_a_down() {
    explore(async |world| {
        let (given, heard) = (Log::default(), Log::default());
        let (gives, notes) = (given.clone(), heard.clone());
        let server = world.node.spawn_fn(async move |mut cx| {
            let alias = match cx.receive().await {
                Some(Message::Term(Term::Reference(alias))) => alias,
                other => panic!("{other:?}"),
            };
            let _ = cx.send(*alias, 7);
        });
        let server = server.unwrap();
        let (end, to) = (world.ended(&server), server.clone());
        let asking = world.process(async move |mut cx| {
            let options = MonitorOptions::new().alias(AliasMode::ReplyDemonitor);
            let request = cx.monitor_with(&to, options);
            // It may have been killed.
            let _ = cx.send(&to, request);
            gives.push(cx.pid());
            loop {
                match cx.receive().await {
                    Some(Message::Term(term)) if term == term!(end) => return,
                    Some(message) => notes.push(message),
                    None => return,
                }
            }
        });
        let (node, victim) = (world.node.clone(), server);
        let killer = world.meanwhile(async move {
            crate::probe::a_while().await;
            crate::probe::a_while().await;
            node.exit(&victim, ExitReason::Kill);
        });
        given.reach(1).await;
        end.await;
        killer.await;
        let pid = given.take().remove(0);
        world.node.try_send(&pid, term!(end)).unwrap();
        asking.await;
        let heard = heard.take();
        let one = match &heard[..] {
            [Message::Term(term)] => *term == Term::from(7),
            // A server that ended by itself has answered.
            [Message::Down(down)] => down.reason != ExitReason::Normal,
            _ => false,
        };
        assert!(one, "{heard:?}");
        world.assert_empty();
    });
}
