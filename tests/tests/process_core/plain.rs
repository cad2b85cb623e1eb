//! Plain processes: a future with a mailbox, and aliases.

use ergo::Full;
use ergo::prelude::*;
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::oneshot;

use crate::probe::{Event, Probed, gone, node, stop};

/// Runs `body` as a process of a new node, and gives what it returns.
async fn run<R, F>(body: impl FnOnce(PlainContext) -> F) -> R
where
    R: Send + 'static,
    F: Future<Output = R> + Send + 'static,
{
    let node = node().await;
    let (sender, receiver) = oneshot::channel();
    node.spawn_fn(|cx| {
        let body = body(cx);
        async move { drop(sender.send(body.await)) }
    })
    .unwrap();
    let result = deadline(PATIENCE, receiver)
        .await
        .expect("the process has ended");
    stop(node).await;
    result
}

fn number(message: Option<Message>) -> i64 {
    match message {
        Some(Message::Term(Term::Integer(number))) => number,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn it_receives_in_order() {
    let received = run(async |mut cx: PlainContext| {
        for number in 0..100 {
            cx.send(cx.pid(), number).unwrap();
        }
        assert_eq!(cx.queue_len(), 100);
        let mut received = Vec::new();
        for _ in 0..100 {
            received.push(number(cx.receive().await));
        }
        assert_eq!(cx.queue_len(), 0);
        received
    });
    assert_eq!(received.await, (0..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_selective_receive_leaves_the_others_in_order() {
    let received = run(async |mut cx: PlainContext| {
        for number in [1, 2, 3, 4, 5, 6] {
            cx.send(cx.pid(), number).unwrap();
        }
        let even =
            |message: &Message| matches!(message, Message::Term(Term::Integer(n)) if n % 2 == 0);
        let mut received = vec![number(cx.receive_match(even).await)];
        received.push(number(cx.receive_match(even).await));
        assert_eq!(cx.queue_len(), 4);
        cx.send(cx.pid(), 8).unwrap();
        received.push(number(cx.receive_match(even).await));
        received.push(number(cx.receive_match(even).await));
        // None is left: what comes meanwhile stays, and what is lost with the future is nothing.
        let none = tokio::time::timeout(millis(1), cx.receive_match(even)).await;
        assert!(none.is_err());
        for _ in 0..3 {
            received.push(number(cx.receive().await));
        }
        received
    });
    assert_eq!(received.await, [2, 4, 6, 8, 1, 3, 5]);
}

#[tokio::test(start_paused = true)]
async fn a_receive_with_a_timeout() {
    run(async |mut cx: PlainContext| {
        let begun = tokio::time::Instant::now();
        assert_eq!(cx.receive_timeout(secs(3)).await, None);
        assert_eq!(begun.elapsed(), secs(3));
        cx.send(cx.pid(), 7).unwrap();
        assert_eq!(number(cx.receive_timeout(Duration::ZERO).await), 7);
        assert_eq!(cx.receive_timeout(Duration::ZERO).await, None);
    })
    .await;
}

/// What a selective receive leaves still counts: a bound is a bound.
#[tokio::test]
async fn a_bound_counts_what_a_selective_receive_leaves() {
    let node = node().await;
    let (sender, receiver) = oneshot::channel();
    let options = SpawnOptions::default().mailbox(3);
    node.spawn_fn_with(options, async move |mut cx: PlainContext| {
        let mut results = Vec::new();
        for number in 0..2 {
            results.push(cx.send(cx.pid(), number));
        }
        assert_eq!(
            number(
                cx.receive_match(|message| *message == Message::Term(term!(1)))
                    .await
            ),
            1
        );
        for number in 2..5 {
            results.push(cx.send(cx.pid(), number));
        }
        assert_eq!(number(cx.receive().await), 0);
        results.push(cx.send(cx.pid(), 5));
        results.push(cx.send(cx.pid(), 6));
        let mut left = Vec::new();
        for _ in 0..3 {
            left.push(number(cx.receive().await));
        }
        let _ = sender.send((results, left));
    })
    .unwrap();
    let (results, left) = deadline(PATIENCE, receiver).await.unwrap();
    let full = || Err(CastError::Full(Full::Mailbox { waiting: 3, max: 3 }));
    assert_eq!(
        results,
        [Ok(()), Ok(()), Ok(()), Ok(()), full(), Ok(()), full()]
    );
    assert_eq!(left, [2, 3, 5]);
    stop(node).await;
}

#[tokio::test]
async fn it_answers_calls() {
    let node = node().await;
    let echo = node
        .spawn_fn(async |mut cx| {
            while let Some(Message::Term(term)) = cx.receive().await {
                let Some([tag, from, request]) = term.as_tuple() else {
                    continue;
                };
                assert_eq!(*tag, Term::atom("$gen_call"));
                assert!(!cx.reply(request, 1), "a request is no From");
                assert!(cx.reply(from, Term::tuple([term!(echo), request.clone()])));
            }
        })
        .unwrap();
    let answer = deadline(PATIENCE, node.call(&echo, term!({say, 1}))).await;
    assert_eq!(answer, Ok(term!({echo, {say, 1}})));
    stop(node).await;
}

#[tokio::test]
async fn what_it_returns_is_its_reason() {
    let node = node().await;
    let unit = node.spawn_fn(async |_| ());
    let reason = node.spawn_fn(async |_| ExitReason::from("done"));
    let ok = node.spawn_fn(async |_| Ok::<(), ExitReason>(()));
    let error = node.spawn_fn(async |_| Err::<(), _>(ExitReason::from("failed")));
    let expected = [
        ExitReason::Normal,
        ExitReason::from("done"),
        ExitReason::Normal,
        ExitReason::from("failed"),
    ];
    let ends = [unit, reason, ok, error].map(|pid| gone(&node, &pid.unwrap()));
    for (end, expected) in ends.into_iter().zip(expected) {
        assert_eq!(end.await, expected);
    }
    stop(node).await;
}

#[tokio::test]
async fn an_alias_reaches_its_process_until_it_is_off() {
    let node = node().await;
    let mut probe = Probed::start(&node).await;
    let alias = probe.inside(|cx| cx.alias()).await;
    node.send(&Destination::Alias(alias.clone()), term!(one))
        .await
        .unwrap();
    assert_eq!(probe.heard().await, [Event::Info(term!(one))]);
    let off = alias.clone();
    assert!(probe.inside(move |cx| cx.unalias(&off)).await);
    let off = alias.clone();
    assert!(!probe.inside(move |cx| cx.unalias(&off)).await);
    assert_eq!(node.try_send(alias, term!(two)), Err(CastError::Closed));
    assert_eq!(probe.heard().await, []);
    // The alias of another process is not one's own to switch off; it goes with its process.
    let alias = probe.inside(|cx| cx.alias()).await;
    let other = Probed::start(&node).await;
    let theirs = alias.clone();
    assert!(!other.inside(move |cx| cx.unalias(&theirs)).await);
    probe.handle.stop(ExitReason::Normal).unwrap();
    probe.ended().await;
    assert_eq!(node.try_send(alias, term!(three)), Err(CastError::Closed));
    stop(node).await;
}

#[tokio::test]
async fn it_has_a_name_while_it_lives() {
    let node = node().await;
    let name = unique_name("plain");
    let options = SpawnOptions::default().name(&*name);
    let pid = node
        .spawn_fn_with(options, async |mut cx| drop(cx.receive().await))
        .unwrap();
    assert_eq!(node.whereis_pid(&name), Some(pid.clone()));
    node.send(&*name, term!(go)).await.unwrap();
    gone(&node, &pid).await;
    assert_eq!(node.whereis_pid(&name), None);
    stop(node).await;
}

#[tokio::test]
async fn a_flush_takes_the_down_out_of_what_waits() {
    run(async |mut cx: PlainContext| {
        // One that a selective receive has passed, one in the mailbox, one that is not there yet.
        let passed = cx.monitor("nobody");
        cx.send(cx.pid(), 1).unwrap();
        let first = cx.receive_match(|message| matches!(message, Message::Term(_)));
        assert_eq!(number(first.await), 1);
        let arrived = cx.monitor("nobody");
        assert_eq!(cx.queue_len(), 2);
        assert!(!cx.demonitor_flush(&passed));
        assert!(!cx.demonitor_flush(&arrived));
        let node = cx.node();
        let other = node
            .spawn_fn(async |mut cx| drop(cx.receive().await))
            .unwrap();
        let alive = cx.monitor(other);
        assert!(cx.demonitor_flush(&alive));
        assert_eq!(cx.queue_len(), 0);
    })
    .await;
}
