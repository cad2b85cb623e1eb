//! Messages, and the process that waits for them.

use std::future::Future;

use ergo::prelude::*;
use ergo::process::{AliasOptions, Overflow};
use ergo_exploration::{Log, World, explore};

use crate::probe::{integer, refused};

/// Receives `count` numbers and ends.
fn receiver(world: &World, count: usize, options: SpawnOptions, log: &Log<i64>) -> Pid {
    let log = log.clone();
    let started = world.node.spawn_fn_with(options, async move |mut cx| {
        for _ in 0..count {
            log.push(integer(cx.receive().await));
        }
    });
    started.unwrap()
}

/// Two senders and a receiver that parks between them: no wake-up is lost, nor any message, and each sender's keep
/// their order.
///
/// Mutation: `Cell::poll_batch` gives the lock back before it parks. Seen.
#[test]
fn no_wake_up_is_lost() {
    explore(async |world| {
        let log = Log::default();
        let pid = receiver(&world, 4, SpawnOptions::default(), &log);
        let end = world.ended(&pid);
        let sender = |from: i64| {
            let (node, pid) = (world.node.clone(), pid.clone());
            world.meanwhile(async move {
                for number in [from, from + 1] {
                    node.try_send(&pid, number).unwrap();
                }
            })
        };
        let (one, two) = (sender(10), sender(20));
        one.await;
        two.await;
        assert_eq!(end.await, ExitReason::Normal);
        let received = log.take();
        for from in [10, 20] {
            let of_one = received.iter().filter(|number| **number / 10 * 10 == from);
            assert_eq!(of_one.collect::<Vec<_>>(), [&from, &(from + 1)]);
        }
        assert_eq!(received.len(), 4);
    });
}

/// Three senders, a bound of two, and a receiver that starts when it likes: never more than two wait, each message is
/// received or refused, and none both.
///
/// Mutations: `Cell::push` counts outside of the lock; `Cell::waiting` leaves out the batch in progress (seen).
#[test]
fn a_bound_is_exact() {
    explore(async |world| {
        let log = Log::default();
        let waiting = Log::default();
        let options = SpawnOptions::default().mailbox(2);
        let (noted, seen) = (log.clone(), waiting.clone());
        let receiver = world.node.spawn_fn_with(options, async move |mut cx| {
            loop {
                seen.push(cx.queue_len());
                match integer(cx.receive().await) {
                    0 => return,
                    number => noted.push(number),
                }
            }
        });
        let pid = receiver.unwrap();
        let end = world.ended(&pid);
        let sender = |from: i64| {
            let (node, pid) = (world.node.clone(), pid.clone());
            world.meanwhile(async move {
                let sent = [from, from + 1].map(|number| node.try_send(&pid, number));
                sent.iter().filter(|sent| !refused(sent)).count()
            })
        };
        let senders = [sender(10), sender(20), sender(30)];
        let mut accepted = 0;
        for sender in senders {
            accepted += sender.await;
        }
        while refused(&world.node.try_send(&pid, 0)) {
            shuttle::future::yield_now().await;
        }
        end.await;
        assert_eq!(log.take().len(), accepted);
        assert!(accepted >= 2, "the first two find room");
        assert!(waiting.take().iter().all(|waiting| *waiting <= 2));
    });
}

/// Three senders that wait for room in a mailbox of one, and a receiver that takes all: each gets in, in its own order,
/// and no wake-up is lost, neither of a sender nor of the receiver.
///
/// Mutations: `Cell::took_one` looks at the flag before it notes what it took; `Cell::push_or_wait` does not look for
/// room once it is in line.
#[test]
fn senders_that_wait_get_in() {
    explore(async |world| {
        let log = Log::default();
        let options = SpawnOptions::default().mailbox(1).overflow(Overflow::Wait);
        let noted = log.clone();
        let receiver = world.node.spawn_fn_with(options, async move |mut cx| {
            for _ in 0..6 {
                assert!(cx.queue_len() <= 1, "{}", cx.queue_len());
                noted.push(integer(cx.receive().await));
            }
        });
        let pid = receiver.unwrap();
        let end = world.ended(&pid);
        let sender = |from: i64| {
            let (node, pid) = (world.node.clone(), pid.clone());
            world.meanwhile(async move {
                node.send(&pid, from).await.unwrap();
                node.send(&pid, from + 1).await.unwrap();
            })
        };
        for sender in [sender(10), sender(20), sender(30)] {
            sender.await;
        }
        assert_eq!(end.await, ExitReason::Normal);
        let received = log.take();
        for from in [10, 20, 30] {
            let of_one = received.iter().filter(|number| **number / 10 * 10 == from);
            assert_eq!(of_one.collect::<Vec<_>>(), [&from, &(from + 1)]);
        }
        world.assert_empty();
    });
}

/// A sender that stops waiting, one that goes on, and a receiver that is killed or not: who waits is let in or told
/// that the process has ended, and who gave up has sent its message or not.
///
/// Mutations: `Cell::take_back` leaves the message in line; `Queue::close` forgets the line.
#[test]
fn senders_that_give_up_and_a_receiver_that_ends() {
    explore(async |world| {
        let log = Log::default();
        let options = SpawnOptions::default().mailbox(1).overflow(Overflow::Wait);
        let noted = log.clone();
        let receiver = world.node.spawn_fn_with(options, async move |mut cx| {
            loop {
                match integer(cx.receive().await) {
                    0 => return,
                    number => noted.push(number),
                }
            }
        });
        let pid = receiver.unwrap();
        let end = world.ended(&pid);
        let gives_up = {
            let (node, pid) = (world.node.clone(), pid.clone());
            world.meanwhile(async move {
                // The other one may have ended the receiver already.
                if let Err(error) = node.send(&pid, 1).await {
                    return Some(Err(error));
                }
                let send = std::pin::pin!(node.send(&pid, 2));
                first_poll(send).await
            })
        };
        let goes_on = {
            let (node, pid) = (world.node.clone(), pid.clone());
            world.meanwhile(async move {
                let sent = [node.send(&pid, 11).await, node.send(&pid, 0).await];
                // There may be room again, and the receiver may have ended.
                (sent, node.send(&pid, 12).await)
            })
        };
        let sent = gives_up.await;
        let (before, _) = goes_on.await;
        assert_eq!(before, [Ok(()), Ok(())]);
        assert_eq!(end.await, ExitReason::Normal);
        let received = log.take();
        let of_one: Vec<i64> = received
            .iter()
            .copied()
            .filter(|number| *number < 10)
            .collect();
        // What waits in the mailbox of a receiver that ends goes with it, what was given up may have got in before.
        assert!([1, 2].starts_with(&of_one), "{received:?}");
        if let Some(Err(error)) = sent {
            assert_eq!(error, CastError::Closed);
        }
        assert!(received.contains(&11));
        world.assert_empty();
    });
}

/// What a future gives at its first poll.
async fn first_poll<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|cx| {
        std::task::Poll::Ready(match future.as_mut().poll(cx) {
            std::task::Poll::Ready(output) => Some(output),
            std::task::Poll::Pending => None,
        })
    })
    .await
}

/// A `Down` fills a mailbox of one, a sender waits behind it, and the receiver takes the monitor back with flush: there
/// is room, and the sender gets in although nothing else is taken out.
///
/// Mutation: `Cell::flush_down` does not let anybody in.
#[test]
fn a_flush_makes_room() {
    explore(async |world| {
        let other = crate::probe::ends_with(&world.node);
        let end = world.ended(&other);
        let (ready, watched) = (Log::default(), other.clone());
        let noted = ready.clone();
        let options = SpawnOptions::default().mailbox(1).overflow(Overflow::Wait);
        let receiver = world.node.spawn_fn_with(options, async move |mut cx| {
            let host = ergo::process::host::AsHost::host(&*cx);
            let ending = host.process(host.local_id(&watched).unwrap()).unwrap();
            let reference = cx.monitor(&watched);
            noted.push(cx.pid());
            ergo::process::host::Ending::of(ending).await;
            crate::probe::a_while().await;
            cx.demonitor_flush(&reference);
            assert_eq!(integer(cx.receive().await), 1);
        });
        receiver.unwrap();
        ready.reach(1).await;
        let pid = ready.take().remove(0);
        let done = world.ended(&pid);
        world.node.try_send(&other, term!(boom)).unwrap();
        end.await;
        world.node.send(&pid, 1).await.unwrap();
        assert_eq!(done.await, ExitReason::Normal);
        world.assert_empty();
    });
}

/// Messages with priority among others, for a process that parks between them: none is lost, each kind keeps its
/// order, and one with priority is never behind another message that was there with it.
///
/// Mutation: `Cell::push_urgent_if` does not wake; the receiver parks without a look at the flag.
#[test]
fn messages_with_priority() {
    explore(async |world| {
        let (given, log) = (Log::default(), Log::default());
        let (gives, noted) = (given.clone(), log.clone());
        let receiver = world.process(async move |mut cx| {
            gives.push((cx.pid(), cx.alias_with(AliasOptions::new().priority())));
            for _ in 0..4 {
                noted.push(integer(cx.receive().await));
            }
        });
        given.reach(1).await;
        let (pid, alias) = given.take().remove(0);
        let urgent = world.process(async move |cx| {
            cx.send_priority(alias.clone(), 11).unwrap();
            cx.send_priority(alias, 12).unwrap();
        });
        world.node.try_send(&pid, 1).unwrap();
        world.node.try_send(&pid, 2).unwrap();
        urgent.await;
        receiver.await;
        let received = log.take();
        for part in [1..10_i64, 10..20] {
            let of_one: Vec<_> = received
                .iter()
                .filter(|number| part.contains(*number))
                .collect();
            assert!(of_one.len() == 2 && of_one[0] < of_one[1], "{received:?}");
        }
        world.assert_empty();
    });
}
