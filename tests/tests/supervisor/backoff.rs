//! Restarts that wait, under virtual time.

use ergo::behaviour::supervisor::{Backoff, ChildError};

use super::*;

/// Ends the child with this id, now.
async fn kill(node: &Node, supervisor: &SupervisorRef, id: &str) {
    let pid = supervisor.which_child(id).await.unwrap().pid.unwrap();
    let ended = end(node, &pid);
    node.exit(&pid, ExitReason::Kill);
    ended.await;
}

/// How long until the child runs again, which is shown as restarting meanwhile. In hundredths of a second, as a timer may
/// come a millisecond late.
async fn waited(supervisor: &SupervisorRef, id: &str) -> u128 {
    let begun = Instant::now();
    loop {
        let info = supervisor.which_child(id).await.unwrap();
        if info.pid.is_some() {
            return begun.elapsed().as_millis() / 10;
        }
        assert!(info.restarting);
        tokio::time::sleep(millis(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_child_waits_longer_each_time_and_begins_again_when_it_has_run() {
    let (node, journal) = (node().await, Journal::default());
    let backoff = Backoff::exponential(millis(100), millis(500)).reset_after(secs(10));
    let supervisor = Supervisor::one_for_one()
        .intensity(100, secs(5))
        .child(child("a", &journal).backoff(backoff))
        .child(child("b", &journal))
        .start(&node)
        .await
        .unwrap();
    for expected in [10, 20, 40, 50, 50] {
        kill(&node, &supervisor, "a").await;
        assert_eq!(waited(&supervisor, "a").await, expected);
    }
    tokio::time::sleep(secs(10)).await;
    kill(&node, &supervisor, "a").await;
    assert_eq!(waited(&supervisor, "a").await, 10);
    // The other one does not wait.
    kill(&node, &supervisor, "b").await;
    assert_eq!(waited(&supervisor, "b").await, 0);
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn a_restart_that_fails_waits_again() {
    let (node, journal) = (node().await, Journal::default());
    let starts = Arc::new(AtomicU32::new(0));
    let counter = starts.clone();
    let start = Start::with("a", &journal, move || {
        match counter.fetch_add(1, Ordering::SeqCst) {
            0 | 3.. => Ok(()),
            _ => Err(ExitReason::from("not yet")),
        }
    });
    let spec = Child::spec(start).id("a");
    let supervisor = Supervisor::one_for_one()
        .intensity(3, secs(60))
        .child(spec.backoff(Backoff::exponential(secs(1), secs(9))))
        .start(&node)
        .await
        .unwrap();
    kill(&node, &supervisor, "a").await;
    assert_eq!(waited(&supervisor, "a").await, 100 * (1 + 2 + 4));
    // Three restarts were counted, and the next is one too many: it is not waited for.
    let over = end(&node, &Handle::pid(&supervisor).unwrap());
    let begun = Instant::now();
    kill(&node, &supervisor, "a").await;
    assert_eq!(over.await, ExitReason::Shutdown);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn a_group_is_stopped_at_once_and_started_after_the_wait() {
    let (node, journal) = (node().await, Journal::default());
    let waiting = child("b", &journal).backoff(Backoff::fixed(secs(2)));
    let supervisor = Supervisor::rest_for_one()
        .child(child("a", &journal))
        .child(waiting)
        .child(child("c", &journal))
        .start(&node)
        .await
        .unwrap();
    journal.take();
    kill(&node, &supervisor, "b").await;
    assert_eq!(
        infos(&supervisor).await,
        [
            ("c".to_owned(), false),
            ("b".to_owned(), false),
            ("a".to_owned(), true)
        ]
    );
    assert_eq!(journal.take(), ["stop c"]);
    assert_eq!(waited(&supervisor, "b").await, 200);
    assert_eq!(journal.take(), ["start b", "start c"]);
    stop(node).await;
}

#[tokio::test(start_paused = true)]
async fn a_wait_can_be_given_up() {
    let (node, journal) = (node().await, Journal::default());
    let spec = child("a", &journal).backoff(Backoff::fixed(secs(2)));
    let supervisor = Supervisor::one_for_one()
        .intensity(9, secs(60))
        .child(spec)
        .start(&node)
        .await
        .unwrap();
    kill(&node, &supervisor, "a").await;
    let refused = supervisor.restart_child("a").await;
    assert_eq!(refused, Err(ChildError::Restarting));
    let refused = supervisor.delete_child("a").await;
    assert_eq!(refused, Err(ChildError::Restarting));
    supervisor.terminate_child("a").await.unwrap();
    supervisor.restart_child("a").await.unwrap();
    // It ends again a second before the first wait would be over: that one is of no account.
    tokio::time::sleep(secs(1)).await;
    kill(&node, &supervisor, "a").await;
    assert_eq!(waited(&supervisor, "a").await, 200);
    // Nor does a wait hold up the end.
    kill(&node, &supervisor, "a").await;
    let begun = Instant::now();
    supervisor.stop().await;
    assert_eq!(begun.elapsed(), Duration::ZERO);
    stop(node).await;
}
