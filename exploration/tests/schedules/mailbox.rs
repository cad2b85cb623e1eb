//! Messages, and the process that waits for them.

use ergo::prelude::*;
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
/// Mutation: `Cell::poll_batch` gives the lock back before it parks.
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
/// Mutations: `Cell::push` counts outside of the lock; `Cell::waiting` leaves out the batch in progress.
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
