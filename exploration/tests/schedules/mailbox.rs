//! Messages, and the process that waits for them.

use ergo::prelude::*;
use ergo_exploration::{Log, World, explore};

/// Receives `count` numbers and ends.
fn receiver(world: &World, count: usize, log: &Log<i64>) -> Pid {
    let log = log.clone();
    let started = world.node.spawn_fn(async move |mut cx| {
        for _ in 0..count {
            match cx.receive().await {
                Some(Message::Term(term)) => log.push(term.as_integer().unwrap()),
                other => panic!("{other:?}"),
            }
        }
    });
    started.unwrap()
}

/// Two senders and a receiver that parks between them: no wake-up is lost, nor any message, and each sender's keep
/// their order.
///
/// Fails when `Cell::park` is done after the lock was given back, or when `Queue::unpark` clears `parked` without
/// waking.
#[test]
fn no_wake_up_is_lost() {
    explore(async |world| {
        let log = Log::default();
        let pid = receiver(&world, 4, &log);
        let end = world.ended(&pid);
        let sender = |from: i64| {
            let (node, pid) = (world.node.clone(), pid.clone());
            world.meanwhile(async move {
                for number in 0..2i64 {
                    node.try_send(&pid, from + number).unwrap();
                }
            })
        };
        let (one, two) = (sender(10), sender(20));
        one.await;
        two.await;
        assert_eq!(end.await, ExitReason::Normal);
        let received = log.take();
        for from in [10, 20] {
            let mut of_one = received.iter().filter(|number| **number / 10 * 10 == from);
            assert_eq!(of_one.next(), Some(&from));
            assert_eq!(of_one.next(), Some(&(from + 1)));
        }
        assert_eq!(received.len(), 4);
    });
}
