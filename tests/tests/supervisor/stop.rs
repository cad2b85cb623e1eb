//! Stops: how long a child has, in which order, who asks, and what is told to whom.

use super::*;

/// Notes that it runs, and then does not care for a shutdown until `after` is over.
fn stubborn(id: &str, journal: &Journal, after: Duration) -> ChildSpec {
    let (id_text, journal) = (id.to_owned(), journal.clone());
    ChildSpec::from_fn(id, move |mut cx: PlainContext| {
        let (id, journal) = (id_text.clone(), journal.clone());
        async move {
            cx.trap_exit(true);
            let Some(Message::Exit(exit)) = cx.receive().await else {
                panic!()
            };
            journal.note(format!("told {} {id}", exit.reason));
            tokio::time::sleep(after).await;
            journal.note(format!("stop {id}"));
            exit.reason
        }
    })
}

#[tokio::test(start_paused = true)]
async fn a_child_has_the_time_it_was_given_to_stop() {
    let told = || "told shutdown one".to_owned();
    let stopped = || "stop one".to_owned();
    type How = fn(ChildSpec) -> ChildSpec;
    // How it is to be stopped, how long it takes, how long the supervisor waits, what happened, and its reason.
    let cases: [(How, u64, u64, Vec<String>, ExitReason); 5] = [
        (
            |spec| spec.shutdown(secs(2)),
            1,
            1,
            vec![told(), stopped()],
            ExitReason::Shutdown,
        ),
        (
            |spec| spec.shutdown(secs(2)),
            3,
            2,
            vec![told()],
            ExitReason::Killed,
        ),
        (|spec| spec, 60, 5, vec![told()], ExitReason::Killed),
        (
            |spec| spec.shutdown_infinity(),
            600,
            600,
            vec![told(), stopped()],
            ExitReason::Shutdown,
        ),
        (|spec| spec.brutal_kill(), 1, 0, vec![], ExitReason::Killed),
    ];
    for (how, takes, waited, happened, reason) in cases {
        let (node, journal) = (node().await, Journal::default());
        let spec = how(stubborn("one", &journal, secs(takes)));
        let supervisor = Supervisor::one_for_one()
            .child(spec)
            .start(&node)
            .await
            .unwrap();
        let ended = end(&node, &only(&supervisor).await.unwrap());
        tokio::time::sleep(millis(1)).await;
        let begun = Instant::now();
        supervisor.stop().await;
        assert_eq!(begun.elapsed().as_millis() / 10, u128::from(waited) * 100);
        assert_eq!((ended.await, journal.take()), (reason, happened));
        stop(node).await;
    }
}

fn tree(journal: &Journal) -> Supervisor {
    let inner = Supervisor::one_for_one()
        .child(child("b1", journal))
        .child(child("b2", journal));
    Supervisor::one_for_one()
        .child(child("a", journal))
        .child(inner.spec("b"))
        .child(child("c", journal))
}

const TREE_STARTS: [&str; 4] = ["start a", "start b1", "start b2", "start c"];

#[tokio::test]
async fn a_tree_stops_in_the_reverse_order_of_its_start() {
    let (node, journal) = (node().await, Journal::default());
    let before = node.process_count();
    let supervisor = tree(&journal).start(&node).await.unwrap();
    assert_eq!(journal.take(), TREE_STARTS);
    deadline(PATIENCE, supervisor.stop()).await;
    assert_eq!(journal.take(), ["stop c", "stop b2", "stop b1", "stop a"]);
    assert_eq!(node.process_count(), before);
    stop(node).await;
}

#[tokio::test]
async fn the_end_of_a_node_stops_its_trees_in_order() {
    let (node, journal) = (node().await, Journal::default());
    tree(&journal).start(&node).await.unwrap();
    stop(node).await;
    assert_eq!(
        journal.take()[4..],
        ["stop c", "stop b2", "stop b1", "stop a"]
    );
}

#[tokio::test]
async fn killing_the_supervisor_takes_its_children_down() {
    let (node, journal) = (node().await, Journal::default());
    let before = node.process_count();
    let plain = ChildSpec::from_fn("plain", async |mut cx| drop(cx.receive().await));
    let supervisor = tree(&journal).child(plain).start(&node).await.unwrap();
    let infos = supervisor.which_children().await.unwrap();
    let ends: Vec<_> = infos
        .iter()
        .map(|info| end(&node, info.pid.as_ref().unwrap()))
        .collect();
    node.exit(Handle::pid(&supervisor).unwrap(), ExitReason::Kill);
    for end in ends {
        assert_eq!(end.await, ExitReason::Killed);
    }
    while node.process_count() > before {
        tokio::task::yield_now().await;
    }
    // Those that trap exits clean up, as it is their parent that ended.
    let mut happened = journal.take().split_off(4);
    happened.sort();
    assert_eq!(happened, ["stop a", "stop b1", "stop b2", "stop c"]);
    stop(node).await;
}

/// Who asks the supervisor to stop.
#[tokio::test]
async fn anybody_may_stop_a_supervisor() {
    for linked in [false, true] {
        for by_process in [false, true] {
            let (node, journal) = (node().await, Journal::default());
            let before = node.process_count();
            let (found, mut finding) = mpsc::unbounded_channel();
            let tree = tree(&journal);
            let parent = node.spawn_fn(async move |mut cx| {
                cx.trap_exit(true);
                let node = cx.node();
                let started = match linked {
                    true => tree.start_link(&cx).await,
                    false => tree.start(&node).await,
                };
                found.send(started.unwrap()).unwrap();
                cx.receive().await;
            });
            let parent = parent.unwrap();
            let supervisor = deadline(PATIENCE, finding.recv()).await.unwrap();
            let joined = tokio::spawn({
                let supervisor = supervisor.clone();
                async move { supervisor.join().await }
            });
            tokio::task::yield_now().await;
            let pid = Handle::pid(&supervisor).unwrap();
            if by_process {
                let (done, stopped) = tokio::sync::oneshot::channel();
                node.spawn_fn(async move |_| {
                    supervisor.stop().await;
                    let _ = done.send(());
                })
                .unwrap();
                deadline(PATIENCE, stopped).await.unwrap();
            } else {
                deadline(PATIENCE, supervisor.stop()).await;
            }
            assert!(!node.is_process_alive(&pid));
            deadline(PATIENCE, joined).await.unwrap().unwrap();
            assert_eq!(
                journal.take()[4..],
                ["stop c", "stop b2", "stop b1", "stop a"]
            );
            // The linked parent hears of it, and ends.
            if !linked {
                node.try_send(&parent, term!(over)).unwrap();
            }
            while node.process_count() > before {
                tokio::task::yield_now().await;
            }
            stop(node).await;
        }
    }
}

#[tokio::test]
async fn the_end_of_its_parent_stops_a_supervisor() {
    let (node, journal) = (node().await, Journal::default());
    let before = node.process_count();
    let tree = tree(&journal);
    let (found, finding) = tokio::sync::oneshot::channel();
    let parent = node.spawn_fn(async move |mut cx| {
        let _ = found.send(tree.start_link(&cx).await.unwrap());
        drop(cx.receive().await);
        ExitReason::from("boom")
    });
    let supervisor = deadline(PATIENCE, finding).await.unwrap();
    let ended = end(&node, &Handle::pid(&supervisor).unwrap());
    node.try_send(parent.unwrap(), term!(go)).unwrap();
    assert_eq!(ended.await, ExitReason::from("boom"));
    assert_eq!(
        journal.take()[4..],
        ["stop c", "stop b2", "stop b1", "stop a"]
    );
    assert_eq!(node.process_count(), before);
    stop(node).await;
}

#[tokio::test]
async fn join_tells_a_stop_that_was_asked_for_from_a_failure() {
    let start = async |node: &Node| {
        let supervisor = Supervisor::one_for_one().intensity(0, secs(5));
        let supervisor = supervisor
            .name("joined")
            .child(child("one", &Journal::default()));
        let supervisor = supervisor.start(node).await.unwrap();
        let by_name: SupervisorRef = node.at("joined");
        let join = |supervisor: SupervisorRef| {
            tokio::spawn(async move { supervisor.join().await.map_err(|error| error.to_string()) })
        };
        let joins = [join(supervisor.clone()), join(by_name)];
        tokio::task::yield_now().await;
        (supervisor, joins)
    };
    let check = async |joins: [tokio::task::JoinHandle<Result<(), String>>; 2],
                       expected: Result<(), &str>| {
        for join in joins {
            let joined = deadline(PATIENCE, join).await.unwrap();
            assert_eq!(joined.as_ref().copied().map_err(String::as_str), expected);
        }
    };
    let node = node().await;
    let (supervisor, joins) = start(&node).await;
    supervisor.stop().await;
    check(joins, Ok(())).await;

    let (supervisor, joins) = start(&node).await;
    node.exit(only(&supervisor).await.unwrap(), ExitReason::Kill);
    check(joins, Err("shutdown")).await;
    assert!(supervisor.join().await.is_err());

    let (supervisor, joins) = start(&node).await;
    node.exit(Handle::pid(&supervisor).unwrap(), ExitReason::Kill);
    check(joins, Err("killed")).await;

    let (_, joins) = start(&node).await;
    stop(node).await;
    check(joins, Ok(())).await;
}
