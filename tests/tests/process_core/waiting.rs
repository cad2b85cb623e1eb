//! Who waits for what: wakers that must be woken, and those that must not be kept.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use ergo::prelude::*;
use ergo::{AliasOptions, Message};
use ergo_tests::{PATIENCE, deadline};
use tokio::sync::oneshot;

use crate::probe::{Probed, node, stop};

/// The process's own task waited for another one that received with its context: no exit signal woke it.
#[tokio::test]
async fn a_process_whose_context_is_received_on_elsewhere_is_ended() {
    let node = node().await;
    for polled_first in [false, true] {
        let (received, first) = oneshot::channel();
        let pid = node.spawn_fn(async move |cx| {
            let mut cx = cx;
            let elsewhere = tokio::spawn(async move {
                let _ = received.send(cx.receive().await);
                cx.receive().await
            });
            let _ = elsewhere.await;
        });
        let pid = pid.unwrap();
        if polled_first {
            node.send(&pid, term!(hello)).await.unwrap();
            let hello = deadline(PATIENCE, first).await.unwrap();
            assert_eq!(hello, Some(Message::Term(term!(hello))));
        }
        // Both tasks wait by now, as far as they can.
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        node.exit(&pid, ExitReason::Kill);
        let ended = async {
            while node.is_process_alive(&pid) {
                tokio::task::yield_now().await;
            }
        };
        deadline(PATIENCE, ended).await;
    }
    stop(node).await;
}

struct Counted;

impl Wake for Counted {
    fn wake(self: Arc<Self>) {}
}

/// Each wait for the end of a process that was given up left its waker there, for as long as the process lived.
#[tokio::test]
async fn a_wait_for_an_end_that_is_given_up_leaves_nothing() {
    let node = node().await;
    let probe = Probed::start(&node).await;
    let counted = Arc::new(Counted);
    let waker = Waker::from(counted.clone());
    let mut cx = Context::from_waker(&waker);
    for _ in 0..3 {
        let mut first = pin!(probe.handle.ended());
        assert!(first.as_mut().poll(&mut cx).is_pending());
        let mut second = pin!(probe.handle.ended());
        for _ in 0..3 {
            assert!(second.as_mut().poll(&mut cx).is_pending());
        }
    }
    drop(waker);
    assert_eq!(Arc::strong_count(&counted), 1);
    // One that goes on waiting is woken, whoever else has given up.
    let waits = tokio::spawn({
        let handle = probe.handle.clone();
        async move { handle.ended().await }
    });
    let given_up = tokio::time::timeout(Duration::ZERO, probe.handle.ended()).await;
    assert!(given_up.is_err());
    node.exit(&probe.pid, ExitReason::Kill);
    assert_eq!(deadline(PATIENCE, waits).await.unwrap(), ExitReason::Killed);
    stop(node).await;
}

/// A sender that waited at an alias for one answer had used it up already, and might give up.
#[tokio::test]
async fn an_alias_for_one_answer_is_not_used_up_by_a_full_mailbox() {
    let node = node().await;
    let (told, alias) = oneshot::channel();
    let (go, goes) = oneshot::channel::<()>();
    let (done, heard) = oneshot::channel();
    let options = SpawnOptions::default().mailbox(1).overflow(Overflow::Wait);
    let pid = node.spawn_fn_with(options, async move |mut cx| {
        let _ = told.send(cx.alias_with(AliasOptions::new().reply()));
        let _ = goes.await;
        let mut messages = Vec::new();
        while messages.len() < 2 {
            messages.extend(cx.receive().await);
        }
        let _ = done.send(messages);
    });
    let pid = pid.unwrap();
    let alias = deadline(PATIENCE, alias).await.unwrap();
    node.send(&pid, term!(fills)).await.unwrap();
    let refused = node.send(alias.clone(), term!(answer)).await;
    assert!(matches!(refused, Err(CastError::Full(_))));
    go.send(()).unwrap();
    let answered = async {
        while let Err(CastError::Full(_)) = node.send(alias.clone(), term!(answer)).await {
            tokio::task::yield_now().await;
        }
    };
    deadline(PATIENCE, answered).await;
    let heard = deadline(PATIENCE, heard).await.unwrap();
    assert_eq!(
        heard,
        [term!(fills), term!(answer)].map(Message::Term).to_vec()
    );
    stop(node).await;
}
