//! What becomes of a process when whoever has asked for it is gone before it has started: G-20.

use ergo::RemoteSpawnError;
use ergo::prelude::*;
use ergo::testing::{Network, advance};

use crate::nodes::{Init, WorkerRef, spawn, two, workers};

#[ergo::test]
async fn the_child_of_a_killed_caller_is_ended(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    a.connect("b@mem").await?;
    let caller = a.spawn_fn(async |cx| {
        let args = args![1, hangs];
        let spawn = cx.remote_spawn("b@mem", "worker", SpawnOptions::default(), args);
        let _ = spawn.timeout(secs(3_600)).await;
    })?;
    advance(secs(1)).await;
    assert_eq!(workers(&b), 1);
    a.exit(&caller, ExitReason::Kill);
    advance(secs(1)).await;
    assert_eq!(workers(&b), 0);
    Ok(())
}

/// The answer comes after the caller has gone.
#[ergo::test]
async fn an_answer_that_comes_too_late_ends_the_child(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    a.connect("b@mem").await?;
    network.delay("b@mem", "a@mem", secs(2)..=secs(2));
    let far = a.remote("b@mem").await?;
    let spawn = far.spawn("worker", SpawnOptions::default(), args![1, works]);
    let late = spawn.timeout(secs(1)).await;
    assert!(
        matches!(late, Err(RemoteSpawnError::Timeout { .. })),
        "{late:?}"
    );
    // It starts after 2 seconds, of which this node hears after 4; the end that it sends is there after 6. By itself the
    // other node would end it, since nobody has confirmed, after 8.
    advance(secs(2)).await;
    assert_eq!(workers(&b), 1);
    advance(secs(4)).await;
    assert_eq!(workers(&b), 0);
    let function = far.spawn_function("ergo", "spawn", args![worker, [1, works]]);
    let late = function.timeout(secs(1)).await;
    assert!(
        matches!(late, Err(RemoteSpawnError::Timeout { .. })),
        "{late:?}"
    );
    advance(secs(60)).await;
    assert_eq!(workers(&b), 0);
    Ok(())
}

/// The network is cut while the init runs: nobody will ever take the process over.
#[ergo::test]
async fn a_lost_connection_ends_what_has_not_been_taken_over(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    a.connect("b@mem").await?;
    let caller = a.spawn_fn(async |cx| {
        let args = args![1, hangs];
        let spawn = cx.remote_spawn("b@mem", "worker", SpawnOptions::default(), args);
        spawn.timeout(secs(3_600)).await.unwrap_err();
    })?;
    advance(secs(1)).await;
    assert_eq!(workers(&b), 1);
    network.cut("a@mem", "b@mem");
    advance(secs(1)).await;
    assert_eq!(workers(&b), 0);
    assert!(!a.is_process_alive(&caller));
    Ok(())
}

/// Neither side makes a connection only to end what the other ends by itself.
#[ergo::test]
async fn a_spawn_under_way_brings_no_connection_back(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let far = a.remote("b@mem").await?;
    let spawn = far.spawn("worker", SpawnOptions::default(), args![1, hangs]);
    let mut spawn = spawn.timeout(secs(3_600)).into_future();
    tokio::select! {
        _ = &mut spawn => panic!("it hangs"),
        () = advance(secs(1)) => {}
    }
    a.disconnect("b@mem");
    let lost = spawn.await;
    assert!(
        matches!(lost, Err(RemoteSpawnError::NoConnection { .. })),
        "{lost:?}"
    );
    advance(secs(60)).await;
    assert_eq!((workers(&b), network.connections().len()), (0, 0));
    Ok(())
}

/// Given up at the very moment at which it has started: on this node, too, that is nobody's end but its own.
#[ergo::test]
async fn a_spawn_that_is_dropped_ends_the_child_and_not_the_caller(
    network: Network,
) -> ergo::Result {
    let (a, b) = two(&network).await;
    let mut heard = b.probe_as("heard");
    a.connect("b@mem").await?;
    b.spawn_fn(async |mut cx| {
        let far = cx.node().remote("b@mem").await.unwrap();
        let spawn = far.spawn("worker", SpawnOptions::default(), args![1, works]);
        let mut spawn = spawn.link().monitor().into_future();
        let polled = std::future::poll_fn(|task| {
            std::task::Poll::Ready(spawn.as_mut().poll(task).is_pending())
        });
        assert!(polled.await, "the init runs in the task of the child");
        advance(secs(1)).await;
        drop(spawn);
        let nothing = cx.receive_timeout(secs(5)).await;
        cx.send("heard", format!("{nothing:?} {}", cx.info().links.len()))
            .unwrap();
    })?;
    assert_eq!(heard.expect::<String>().await, "None 0");
    assert_eq!(workers(&b), 0);
    Ok(())
}

/// One that has been taken over outlives the connection and its parent.
#[ergo::test]
async fn what_has_been_taken_over_stays(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let worker = spawn(&a, Init::Works).await?;
    let pid = worker.pid().unwrap();
    advance(secs(1)).await;
    network.cut("a@mem", "b@mem");
    advance(secs(600)).await;
    let here: WorkerRef = b.at(&pid);
    assert_eq!(here.id().await?, 7);
    Ok(())
}

#[ergo::test]
async fn ten_thousand_at_once(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let far = a.remote("b@mem").await?;
    let mut all = tokio::task::JoinSet::new();
    for id in 0..10_000_u64 {
        let spawn = far.spawn("worker", SpawnOptions::default(), args![(id), works]);
        all.spawn(spawn.timeout(secs(600)).into_future());
    }
    let started = all.join_all().await;
    let failed = started.iter().find(|one| one.is_err());
    assert!(failed.is_none(), "{failed:?}");
    assert_eq!((started.len(), workers(&b)), (10_000, 10_000));
    Ok(())
}
