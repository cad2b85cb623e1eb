//! Links and monitors from the start on, and who the parent is.

use ergo::prelude::*;
use ergo::testing::Network;

use crate::nodes::{Init, Worker, WorkerRef, spawn, two, workers};

#[ergo::test]
async fn a_monitored_worker_tells_its_end(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let mut heard = a.probe_as("heard");
    a.spawn_fn(async |mut cx| {
        let options = SpawnOptions::default();
        let spawn = cx.remote_spawn("b@mem", "worker", options, args![1, works]);
        let (pid, monitor) = spawn.monitor().await.unwrap();
        let worker: WorkerRef = cx.node().at(&pid);
        worker.crash(term!(enough)).unwrap();
        let Some(Message::Down(down)) = cx.receive().await else {
            panic!("no Down");
        };
        assert_eq!((down.reference, down.object), (monitor, pid.into()));
        cx.send("heard", down.reason.to_term()).unwrap();
    })?;
    assert_eq!(heard.expect::<Term>().await, term!(enough));
    assert_eq!(workers(&b), 0);
    Ok(())
}

#[ergo::test]
async fn a_link_works_both_ways(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let mut heard = a.probe_as("heard");
    let parent = a.spawn_fn(async |mut cx| {
        cx.trap_exit(true);
        for id in [1, 2] {
            let args = args![(id), works];
            let spawn = cx.remote_spawn("b@mem", "worker", SpawnOptions::default(), args);
            cx.send("heard", spawn.link().await.unwrap()).unwrap();
        }
        let Some(Message::Exit(exit)) = cx.receive().await else {
            panic!("no Exit");
        };
        cx.send("heard", (exit.from, exit.reason.to_term()))
            .unwrap();
        cx.receive().await;
    })?;
    let (one, other) = (heard.expect::<Pid>().await, heard.expect::<Pid>().await);
    let info = b.process_info(&one).unwrap();
    assert_eq!(
        (info.parent, info.links),
        (Some(parent.clone()), vec![parent.clone()])
    );
    let worker: WorkerRef = a.at(&one);
    worker.crash(term!(enough))?;
    assert_eq!(heard.expect::<(Pid, Term)>().await, (one, term!(enough)));
    let other: WorkerRef = b.at(&other);
    a.exit(&parent, ExitReason::Kill);
    assert_eq!(other.ended().await, ExitReason::Killed);
    Ok(())
}

/// A failed init is told once, by the error: no exit signal and no `Down` come after it.
#[ergo::test]
async fn a_failed_init_is_told_by_the_error_alone(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let mut heard = a.probe_as("heard");
    a.spawn_fn(async |mut cx| {
        cx.trap_exit(true);
        for init in [Init::Refuses(term!(no)), Init::Panics, Init::Ignores] {
            let far = cx.node().remote("b@mem").await.unwrap();
            let options = SpawnOptions::default();
            let spawn = far.spawn_as::<Worker>("worker", options, (1, init));
            let failed = spawn.link().monitor().await;
            assert!(failed.is_err());
        }
        let info = cx.info();
        assert!(
            info.links.is_empty() && info.monitors.is_empty(),
            "{info:?}"
        );
        let nothing = cx.receive_timeout(secs(5)).await;
        cx.send("heard", format!("{nothing:?}")).unwrap();
    })?;
    assert_eq!(heard.expect::<String>().await, "None");
    assert_eq!(workers(&b), 0);
    Ok(())
}

#[ergo::test]
async fn outside_of_a_process_the_node_is_the_parent(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let worker = spawn(&a, Init::Works).await?;
    let info = b.process_info(&worker.pid().unwrap()).unwrap();
    assert_eq!(info.parent, Some(a.pid_of_node()));
    assert!(info.links.is_empty() && info.monitored_by.is_empty());
    Ok(())
}
