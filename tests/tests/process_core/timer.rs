//! Timers and tasks of a process, on a clock that the test turns.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ergo::MissPolicy;
use ergo::prelude::*;
use tokio::time::{advance, sleep};

use crate::probe::{Event, Probed, node, stop};

#[tokio::test(start_paused = true)]
async fn send_after_sends_when_the_time_is_over() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let timer = probe
        .inside(|cx| cx.send_after(secs(10), cx.pid(), term!({time, up})))
        .await;
    sleep(millis(9_990)).await;
    assert_eq!(probe.heard().await, []);
    sleep(millis(20)).await;
    assert_eq!(probe.heard().await, [Event::Info(term!({time, up}))]);
    assert_eq!(timer.cancel(), None);
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn cancel_says_what_is_left() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let (one, other) = probe
        .inside(|cx| {
            let message = cx.send_after(secs(10), cx.pid(), term!(never));
            let act = cx.after(secs(10), |me: &crate::probe::ProbeRef| {
                me.number(1).unwrap()
            });
            (message, act)
        })
        .await;
    advance(secs(4)).await;
    assert_eq!(one.cancel(), Some(secs(6)));
    assert_eq!(one.cancel(), None);
    assert_eq!(one.clone().cancel(), None);
    advance(secs(5)).await;
    assert_eq!(other.cancel(), Some(secs(1)));
    sleep(secs(20)).await;
    assert_eq!(probe.heard().await, []);
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn after_and_every_use_the_handle() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let every = probe
        .inside(|cx| {
            let mut turn = 0;
            cx.after(millis(25), |me| me.number(100).unwrap());
            cx.every(millis(10), move |me| {
                turn += 1;
                me.number(turn).unwrap();
            })
        })
        .await;
    sleep(millis(45)).await;
    assert_eq!(probe.heard().await, [1, 2, 100, 3, 4].map(Event::Cast));
    assert_eq!(every.cancel(), Some(millis(5)));
    assert_eq!(every.cancel(), None);
    sleep(secs(1)).await;
    assert_eq!(probe.heard().await, []);
    stop(node).await;
}

/// Counts until it is dropped, and then says so.
struct Guard(Arc<AtomicU32>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_add(1_000, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_process_owns_ends_with_it() {
    for reason in [
        ExitReason::Normal,
        ExitReason::from("boom"),
        ExitReason::Kill,
    ] {
        let node = node().await;
        let mut watcher = Probed::start(&node).await;
        let owner = Probed::start(&node).await;
        let (to, counter) = (watcher.pid.clone(), Arc::new(AtomicU32::new(0)));
        let guard = Guard(counter.clone());
        let ticks = counter.clone();
        owner
            .inside(move |cx| {
                cx.send_after(secs(1), to.clone(), term!(late));
                let act_to = to.clone();
                let act_cx = cx.clone();
                cx.after(secs(1), move |_| act_cx.send(act_to, term!(late)).unwrap());
                let every_cx = cx.clone();
                cx.every(secs(1), move |_| every_cx.send(&to, term!(late)).unwrap());
                cx.task(async move {
                    let _guard = guard;
                    loop {
                        sleep(millis(10)).await;
                        ticks.fetch_add(1, Ordering::SeqCst);
                    }
                });
            })
            .await;
        sleep(millis(55)).await;
        assert_eq!(counter.load(Ordering::SeqCst), 5);
        match &reason {
            ExitReason::Kill => node.exit(&owner.pid, ExitReason::Kill),
            reason => owner.handle.stop(reason.clone()).unwrap(),
        }
        owner.ended().await;
        sleep(secs(5)).await;
        assert_eq!(watcher.heard().await, []);
        assert_eq!(counter.load(Ordering::SeqCst), 1_005);
        stop(node).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_can_be_cancelled() {
    let node = node().await;
    let probe = Probed::start(&node).await;
    let counter = Arc::new(AtomicU32::new(0));
    let guard = Guard(counter.clone());
    let task = probe.inside(|cx| {
        cx.task(async move {
            let _guard = guard;
            std::future::pending().await
        })
    });
    let task = task.await;
    sleep(millis(1)).await;
    assert_eq!(task.cancel(), Some(Duration::ZERO));
    sleep(millis(1)).await;
    assert_eq!(counter.load(Ordering::SeqCst), 1_000);
    assert_eq!(task.cancel(), None);
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn a_timer_says_what_remains() {
    let node = node().await;
    let probe = Probed::start(&node).await;
    let (once, again) = probe
        .inside(|cx| {
            let once = cx.send_after(secs(10), cx.pid(), term!(x));
            (once, cx.every(secs(3), |_| {}))
        })
        .await;
    sleep(secs(4)).await;
    assert_eq!(once.remaining(), Some(secs(6)));
    assert_eq!(again.remaining(), Some(secs(2)));
    sleep(secs(7)).await;
    assert_eq!(once.remaining(), None);
    assert_eq!(again.remaining(), Some(secs(1)));
    assert_eq!(again.cancel(), Some(secs(1)));
    assert_eq!(again.remaining(), None);
    stop(node).await;
}

/// The executor is held up for 35 ms when turns are 10 ms apart.
#[tokio::test(start_paused = true)]
async fn missed_turns_are_as_the_policy_says() {
    let node = node().await;
    for (policy, expected) in [
        (MissPolicy::Skip, [10, 55, 60, 70]),
        (MissPolicy::Burst, [10, 55, 55, 55]),
        (MissPolicy::Delay, [10, 55, 65, 75]),
    ] {
        let start = tokio::time::Instant::now();
        let probe = Probed::start(&node).await;
        let (turned, mut turns) = tokio::sync::mpsc::unbounded_channel();
        let timer = probe.inside(move |cx| {
            cx.every_with(millis(10), policy, move |_| {
                let _ = turned.send(start.elapsed());
            })
        });
        let timer = timer.await;
        sleep(millis(15)).await;
        // Nothing runs meanwhile.
        advance(millis(40)).await;
        let mut seen = Vec::new();
        for _ in expected {
            seen.push(turns.recv().await.unwrap());
        }
        assert_eq!(seen, expected.map(millis), "{policy:?}");
        assert!(timer.cancel().is_some());
    }
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn timers_of_the_node_end_with_it() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let counter = Arc::new(AtomicU32::new(0));
    let (counts, handle) = (counter.clone(), probe.handle.clone());
    node.send_after(secs(1), probe.pid.clone(), term!(sent));
    node.after(secs(2), move || handle.number(2).unwrap());
    let stopped = node.after(secs(3), || panic!("it is cancelled"));
    let ticks = node.every(millis(10), move || {
        counts.fetch_add(1, Ordering::SeqCst);
    });
    sleep(millis(2_500)).await;
    assert_eq!(stopped.cancel(), Some(millis(500)));
    assert_eq!(
        probe.heard().await,
        [Event::Info(term!(sent)), Event::Cast(2)]
    );
    let seen = counter.load(Ordering::SeqCst);
    assert!(seen >= 249, "{seen}");
    stop(node.clone()).await;
    let seen = counter.load(Ordering::SeqCst);
    // One that is started on a node that has stopped does nothing.
    let counts = counter.clone();
    node.every(millis(10), move || {
        counts.fetch_add(1, Ordering::SeqCst);
    });
    sleep(secs(1)).await;
    assert_eq!(counter.load(Ordering::SeqCst), seen);
    assert_eq!(ticks.remaining(), None);
}
