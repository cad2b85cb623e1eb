//! Automatic shutdown: significant children that end for good.

use ergo::behaviour::AutoShutdown;
use ergo::behaviour::supervisor::ChildError;

use super::*;

async fn started(node: &Node, auto: AutoShutdown, journal: &Journal) -> SupervisorRef {
    Supervisor::one_for_one()
        .auto_shutdown(auto)
        .child(child("a", journal).transient().significant())
        .child(child("b", journal).temporary().significant())
        .child(child("c", journal))
        .start(node)
        .await
        .unwrap()
}

async fn pid_of(supervisor: &SupervisorRef, id: &str) -> Pid {
    supervisor.which_child(id).await.unwrap().pid.unwrap()
}

async fn end_normally(node: &Node, supervisor: &SupervisorRef, id: &str) {
    let pid = pid_of(supervisor, id).await;
    let ended = end(node, &pid);
    node.at::<ChildRef>(&pid).stop(ExitReason::Normal).unwrap();
    ended.await;
}

#[tokio::test]
async fn the_end_of_significant_children_stops_the_supervisor() {
    for (auto, ends) in [
        (AutoShutdown::AnySignificant, &["a"][..]),
        (AutoShutdown::AnySignificant, &["b"]),
        (AutoShutdown::AllSignificant, &["a", "b"]),
        (AutoShutdown::AllSignificant, &["b", "a"]),
    ] {
        let (node, journal) = (node().await, Journal::default());
        let supervisor = started(&node, auto, &journal).await;
        let over = end(&node, &Handle::pid(&supervisor).unwrap());
        let joined = tokio::spawn({
            let supervisor = supervisor.clone();
            async move { supervisor.join().await }
        });
        tokio::task::yield_now().await;
        for id in ends {
            assert!(supervisor.count_children().await.is_ok());
            end_normally(&node, &supervisor, id).await;
        }
        assert_eq!(over.await, ExitReason::Shutdown);
        // It is what it was told to do.
        assert!(deadline(PATIENCE, joined).await.unwrap().is_ok());
        stop(node).await;
    }
}

#[tokio::test]
async fn what_does_not_end_a_supervisor() {
    let (node, journal) = (node().await, Journal::default());
    let supervisor = started(&node, AutoShutdown::AnySignificant, &journal).await;
    // A child that is started again has not ended for good, and one that is terminated was asked to.
    let pid = pid_of(&supervisor, "a").await;
    let ended = end(&node, &pid);
    node.exit(&pid, ExitReason::Kill);
    ended.await;
    assert_ne!(pid_of(&supervisor, "a").await, pid);
    for id in ["a", "b", "c"] {
        supervisor.terminate_child(id).await.unwrap();
    }
    assert_eq!(supervisor.count_children().await.unwrap().active, 0);
    stop(node).await;
}

#[tokio::test]
async fn a_significant_child_needs_a_supervisor_that_stops() {
    let (node, journal) = (node().await, Journal::default());
    let significant = || child("x", &journal).transient().significant();
    let never = Supervisor::one_for_one();
    let any = Supervisor::one_for_one().auto_shutdown(AutoShutdown::AnySignificant);
    let rows = [
        (
            never.clone().child(significant()),
            term!({start_spec, {bad_combination, [{auto_shutdown, never}, {significant, true}]}}),
        ),
        (
            any.child(significant().permanent()),
            term!({start_spec, {bad_combination, [{restart, permanent}, {significant, true}]}}),
        ),
    ];
    for (supervisor, reason) in rows {
        let refused = supervisor.start(&node).await.unwrap_err();
        assert_eq!(refused, SpawnError::Init(ExitReason::from(reason)));
    }
    let supervisor = never.start(&node).await.unwrap();
    let refused = supervisor.start_child(significant()).await;
    let why = term!({bad_combination, [{auto_shutdown, never}, {significant, true}]});
    assert_eq!(refused, Err(ChildError::BadSpec(why)));
    let zero = Supervisor::one_for_one()
        .intensity(1, secs(0))
        .start(&node)
        .await;
    let reason = term!({supervisor_data, {invalid_period, 0}});
    assert_eq!(
        zero.unwrap_err(),
        SpawnError::Init(ExitReason::from(reason))
    );
    stop(node).await;
}
