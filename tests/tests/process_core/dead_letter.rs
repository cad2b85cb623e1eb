//! Messages that reach no mailbox are counted, and shown to whoever wants to see them.

use ergo::prelude::*;
use ergo::{DeadLetterReason, DeadLetters};
use ergo_tests::{PATIENCE, deadline};

use crate::probe::{Probe, ProbeRef, Probed, gone, node, stop};

async fn next(letters: &mut DeadLetters) -> (Destination, Option<Pid>, Option<Term>) {
    let letter = deadline(PATIENCE, letters.recv()).await.unwrap();
    assert_eq!(letter.reason, DeadLetterReason::NoProcess);
    (letter.to, letter.from, letter.message)
}

#[tokio::test]
async fn what_is_for_nobody_is_a_dead_letter() {
    let node = node().await;
    let probe = Probed::start(&node).await;
    let ended = Probed::start(&node).await;
    let over = gone(&node, &ended.pid);
    node.exit(&ended.pid, ExitReason::Kill);
    over.await;
    assert_eq!(
        node.try_send("nobody", term!(early)),
        Err(CastError::Closed)
    );
    assert_eq!(node.dead_letter_count(), 1);
    let mut letters = node.dead_letters();
    let to_pid = Destination::from(&ended.pid);
    let to_name = Destination::from("nobody");

    // By pid, by name, by handle, by a handle of a name, from inside a process, by a call.
    assert_eq!(node.try_send(&ended.pid, term!(a)), Err(CastError::Closed));
    let from = Some(node.pid_of_node());
    let seen = next(&mut letters).await;
    assert_eq!(seen, (to_pid.clone(), from.clone(), Some(term!(a))));
    assert_eq!(node.send("nobody", term!(b)).await, Err(CastError::Closed));
    let seen = next(&mut letters).await;
    assert_eq!(seen, (to_name.clone(), from.clone(), Some(term!(b))));
    assert_eq!(ended.handle.number(1), Err(CastError::Closed));
    let seen = next(&mut letters).await;
    assert_eq!(
        seen,
        (to_pid.clone(), from.clone(), Some(term!({number, 1})))
    );
    let by_name: ProbeRef = node.at("nobody");
    assert_eq!(by_name.number(2), Err(CastError::Closed));
    let seen = next(&mut letters).await;
    assert_eq!(seen, (to_name, from, Some(term!({number, 2}))));
    let to = ended.pid.clone();
    let sent = probe.inside(move |cx| cx.send(&to, term!(c))).await;
    assert_eq!(sent, Err(CastError::Closed));
    let seen = next(&mut letters).await;
    assert_eq!(
        seen,
        (to_pid.clone(), Some(probe.pid.clone()), Some(term!(c)))
    );
    assert_eq!(ended.handle.sync().await, Err(CallError::NoProcess));
    let seen = next(&mut letters).await;
    assert_eq!((seen.0, seen.2), (to_pid.clone(), Some(term!(sync))));
    // What never travels has no form.
    let act = Box::new(|_: &Context<Probe>| {});
    assert_eq!(ended.handle.run(act).await, Err(CallError::NoProcess));
    let seen = next(&mut letters).await;
    assert_eq!((seen.0, seen.2), (to_pid, None));

    assert_eq!(node.dead_letter_count(), 8);
    assert_eq!(letters.try_recv(), None);
    assert_eq!(letters.missed(), 0);
    stop(node).await;
}

#[tokio::test]
async fn a_subscription_that_is_not_read_is_bounded() {
    let node = node().await;
    let mut letters = node.dead_letters();
    let mut other = node.dead_letters();
    for number in 0..1_500 {
        let sent = node.try_send("nobody", Term::from(number));
        assert_eq!(sent, Err(CastError::Closed));
        let seen = other.try_recv().unwrap();
        assert_eq!(seen.message, Some(Term::from(number)));
    }
    assert_eq!((letters.missed(), other.missed()), (1_500 - 1_024, 0));
    for number in 0..1_024 {
        let seen = letters.try_recv().unwrap();
        assert_eq!(seen.message, Some(Term::from(number)));
    }
    assert_eq!(letters.try_recv(), None);
    assert_eq!(node.dead_letter_count(), 1_500);
    stop(node).await;
}

/// G-05: nobody hears of an answer that comes after its call is over, but it does not get lost without a trace.
#[tokio::test]
async fn an_answer_that_comes_too_late_is_a_dead_letter() {
    let node = node().await;
    let (reply, mut replies) = tokio::sync::mpsc::unbounded_channel();
    let server = node.spawn_fn(async move |mut cx| {
        let Some(Message::Term(request)) = cx.receive().await else {
            return;
        };
        drop(reply.send(request));
        cx.receive().await;
    });
    let server = server.unwrap();
    let mut letters = node.dead_letters();
    let called = node
        .call_as::<Term>(&server, term!(question), millis(10))
        .await;
    assert_eq!(called, Err(CallError::Timeout));
    let request = deadline(PATIENCE, replies.recv()).await.unwrap();
    let from = request.as_tuple().unwrap()[1].clone();
    node.spawn_fn(async move |cx| {
        assert!(cx.reply(&from, term!(late)));
    })
    .unwrap();
    let letter = deadline(PATIENCE, letters.recv()).await.unwrap();
    assert_eq!(letter.reason, DeadLetterReason::NoAlias);
    assert!(matches!(letter.to, Destination::Alias(_)), "{letter:?}");
    node.exit(&server, ExitReason::Kill);
    stop(node).await;
}
