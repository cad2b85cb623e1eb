//! Monitors: G-02.

use ergo::prelude::*;
use ergo_tests::unique_name;

use crate::probe::{Event, Probed, ending, ends_with, gone, node, relations, stop};

#[tokio::test]
async fn a_monitor_reports_once_with_the_reason() {
    let cases = [
        (term!(normal), ExitReason::Normal),
        (term!(shutdown), ExitReason::Shutdown),
        (term!({error, 1}), ExitReason::from(term!({error, 1}))),
        (term!(kill), ExitReason::Kill),
    ];
    for (term, reason) in cases {
        let node = node().await;
        let mut probe = Probed::start(&node).await;
        let other = ends_with(&node);
        let to = other.clone();
        let reference = probe.inside(move |cx| cx.monitor(to)).await;
        node.send(&other, term).await.unwrap();
        gone(&node, &other).await;
        let heard = probe.heard().await;
        assert_eq!(
            heard,
            [Event::Down(reference, Destination::Pid(other), reason)]
        );
        stop(node).await;
    }
}

#[tokio::test]
async fn a_monitor_by_name_reports_the_name_and_the_node() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let name = unique_name("named");
    let object = Destination::from((&*name, node.name().as_str()));
    for by_node in [false, true] {
        let options = SpawnOptions::default().name(&*name);
        let other = node.spawn_fn_with(options, ending).unwrap();
        let to = if by_node {
            object.clone()
        } else {
            Destination::from(&*name)
        };
        let reference = probe.inside(move |cx| cx.monitor(to)).await;
        node.send(&other, term!(boom)).await.unwrap();
        gone(&node, &other).await;
        let heard = probe.heard().await;
        let down = Event::Down(reference, object.clone(), ExitReason::from("boom"));
        assert_eq!(heard, [down]);
    }
    stop(node).await;
}

#[tokio::test]
async fn a_monitor_of_nobody_reports_noproc() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let dead = ends_with(&node);
    node.send(&dead, term!(boom)).await.unwrap();
    gone(&node, &dead).await;
    let unknown = Destination::from(("nobody", node.name().as_str()));
    let cases = [
        (Destination::from(&dead), Destination::from(&dead)),
        (Destination::from("nobody"), unknown.clone()),
        (unknown.clone(), unknown),
    ];
    for (to, object) in cases {
        let reference = probe.inside(move |cx| cx.monitor(to)).await;
        let heard = probe.heard().await;
        assert_eq!(heard, [Event::Down(reference, object, ExitReason::NoProc)]);
    }
    assert_eq!(
        relations(&node, &probe.pid, |relations| relations.monitoring_count()),
        0
    );
    stop(node).await;
}

#[tokio::test]
async fn monitors_of_one_process_stack() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let other = ends_with(&node);
    let to = other.clone();
    let references = probe.inside(move |cx| [cx.monitor(&to), cx.monitor(&to), cx.monitor(&to)]);
    let [first, second, third] = references.await;
    assert_eq!(
        relations(&node, &other, |relations| relations.watcher_count()),
        3
    );
    let taken = second.clone();
    assert!(probe.inside(move |cx| cx.demonitor(&taken)).await);
    let taken = second.clone();
    assert!(
        !probe.inside(move |cx| cx.demonitor(&taken)).await,
        "it is gone"
    );
    assert_eq!(
        relations(&node, &other, |relations| relations.watcher_count()),
        2
    );
    node.send(&other, term!(boom)).await.unwrap();
    gone(&node, &other).await;
    let mut heard = Vec::new();
    for event in probe.heard().await {
        let Event::Down(reference, ..) = event else {
            panic!("{event:?}");
        };
        heard.push(reference);
    }
    assert_eq!(heard, [first, third]);
    stop(node).await;
}

/// A process that ends takes its monitors back.
#[tokio::test]
async fn the_end_of_the_watcher_leaves_nothing_at_the_watched() {
    let node = node().await;
    let other = ends_with(&node);
    let probe = Probed::start(&node).await;
    let to = other.clone();
    probe.inside(move |cx| drop(cx.monitor(to))).await;
    assert_eq!(
        relations(&node, &other, |relations| relations.watcher_count()),
        1
    );
    probe.handle.stop(ExitReason::Normal).unwrap();
    probe.ended().await;
    assert_eq!(
        relations(&node, &other, |relations| relations.watcher_count()),
        0
    );
    stop(node).await;
}

/// What a process sends before it ends comes before its Down.
#[tokio::test]
async fn a_down_comes_after_the_last_message() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let to = probe.pid.clone();
    let other = node
        .spawn_fn(async move |mut cx| {
            cx.receive().await;
            for number in 0..100 {
                cx.send(&to, number).unwrap();
            }
        })
        .unwrap();
    let watched = other.clone();
    probe.inside(move |cx| drop(cx.monitor(watched))).await;
    node.send(&other, term!(go)).await.unwrap();
    gone(&node, &other).await;
    let mut heard = probe.heard().await;
    assert!(matches!(heard.pop(), Some(Event::Down(..))));
    assert_eq!(
        heard,
        (0..100)
            .map(|n| Event::Info(Term::from(n)))
            .collect::<Vec<_>>()
    );
    stop(node).await;
}

/// G-02: whether the Down has not come yet, lies in the mailbox, or in the batch that is being worked on.
#[tokio::test]
async fn no_down_comes_after_a_flush() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let other = ends_with(&node);
    let to = other.clone();
    let reference = probe.inside(move |cx| cx.monitor(to)).await;
    let taken = reference.clone();
    assert!(probe.inside(move |cx| cx.demonitor_flush(&taken)).await);
    for in_batch in [false, true] {
        let to = other.clone();
        let (first, second) = probe
            .inside(move |cx| (cx.monitor(&to), cx.monitor("nobody")))
            .await;
        assert!(matches!(probe.next().await, Event::Down(..)), "of nobody");
        let (taken, object) = (first.clone(), other.clone());
        let flush = probe.inside_async(async move |cx| {
            // In its mailbox while it works on this.
            let unknown = cx.monitor("nobody");
            if in_batch {
                let reached = cx.handle();
                reached.number(1).unwrap();
            }
            let flushed = cx.demonitor_flush(&unknown);
            let lives = cx.demonitor_flush(&taken);
            cx.monitor(object);
            (flushed, lives, cx.demonitor_flush(&taken))
        });
        assert_eq!(flush.await, (false, true, false));
        let expected: &[Event] = if in_batch { &[Event::Cast(1)] } else { &[] };
        assert_eq!(probe.heard().await, expected);
        let again = second.clone();
        assert!(!probe.inside(move |cx| cx.demonitor_flush(&again)).await);
    }
    // The two that were not taken back.
    node.send(&other, term!(boom)).await.unwrap();
    gone(&node, &other).await;
    assert_eq!(probe.heard().await.len(), 2);
    stop(node).await;
}

/// Two Downs of one batch: the handler of the first flushes the second.
#[tokio::test]
async fn a_flush_reaches_the_batch_in_progress() {
    let node = node().await;
    let (log, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let flusher = node.spawn::<Flusher>(log).await.unwrap();
    flusher.go().await.unwrap();
    flusher.go().await.unwrap();
    flusher.sync().await.unwrap();
    assert_eq!(std::iter::from_fn(|| heard.try_recv().ok()).count(), 2);
    stop(node).await;
}

/// Monitors nobody twice in one callback; whichever Down comes first flushes the other.
#[derive(Actor)]
struct Flusher {
    monitors: Vec<Reference>,
    log: tokio::sync::mpsc::UnboundedSender<Reference>,
}

#[ergo::server]
impl Flusher {
    fn init(log: tokio::sync::mpsc::UnboundedSender<Reference>) -> Result<Self, ExitReason> {
        Ok(Flusher {
            monitors: Vec::new(),
            log,
        })
    }

    #[call]
    fn go(&mut self, cx: &Context<Self>) {
        self.monitors = vec![cx.monitor("nobody"), cx.monitor("nobody")];
    }

    #[call]
    fn sync(&self) {}

    #[down]
    fn down(&mut self, down: Down, cx: &Context<Self>) {
        for monitor in &self.monitors {
            cx.demonitor_flush(monitor);
        }
        self.log.send(down.reference).unwrap();
    }
}
