//! Each way in which nothing is started, told apart.

use ergo::RemoteSpawnError;
use ergo::prelude::*;
use ergo::testing::Network;

use crate::nodes::{Init, Worker, WorkerRef, node, spawn, two, workers};

fn b() -> Atom {
    atom!("b@mem")
}

#[ergo::test]
async fn a_worker_is_started_and_answers(network: Network) -> ergo::Result {
    let (a, b) = two(&network).await;
    let worker = spawn(&a, Init::Works).await?;
    assert_eq!(worker.id().await?, 7);
    assert_eq!(worker.pid().unwrap().node().as_str(), "b@mem");
    let far = a.remote("b@mem").await?;
    let args = args![8, works];
    let options = || SpawnOptions::default();
    let pid = far.spawn("worker", options(), args).await?;
    let untyped: WorkerRef = a.at(&pid);
    assert_eq!(untyped.id().await?, 8);
    assert_eq!(workers(&b), 2);
    let named = far.spawn_register("joe", "worker", options(), args![9, works]);
    let joe = named.await?;
    assert_eq!(b.whereis_pid("joe"), Some(joe));
    Ok(())
}

#[ergo::test]
async fn names_that_are_not_there_and_names_that_are_taken(network: Network) -> ergo::Result {
    let (a, b_node) = two(&network).await;
    let far = a.remote("b@mem").await?;
    let unknown = far.spawn("nobody", SpawnOptions::default(), args![]).await;
    let name = atom!(nobody);
    assert_eq!(
        unknown,
        Err(RemoteSpawnError::UnknownName { node: b(), name })
    );
    let joe = || far.spawn_register("joe", "worker", SpawnOptions::default(), args![1, works]);
    joe().await?;
    let name = "joe".to_owned();
    assert_eq!(
        joe().await,
        Err(RemoteSpawnError::NameTaken { node: b(), name })
    );
    let undefined = far.spawn_register("undefined", "worker", SpawnOptions::default(), args![]);
    let word = atom!(badopt);
    assert_eq!(
        undefined.await,
        Err(RemoteSpawnError::Refused { node: b(), word })
    );
    assert_eq!(workers(&b_node), 1);
    Ok(())
}

#[ergo::test]
async fn an_init_that_fails_says_why_and_leaves_nothing(network: Network) -> ergo::Result {
    let (a, b_node) = two(&network).await;
    let reason = term!({no, (1)});
    let refused = spawn(&a, Init::Refuses(reason.clone())).await;
    let expected = RemoteSpawnError::Init(ExitReason::from(reason));
    assert_eq!(refused.err(), Some(expected));
    let panicked = spawn(&a, Init::Panics).await.err().unwrap().to_string();
    assert!(panicked.contains("init panics"), "{panicked}");
    let ignored = spawn(&a, Init::Ignores).await.err();
    assert_eq!(ignored, Some(RemoteSpawnError::Ignored));
    let far = a.remote("b@mem").await?;
    let bad = far.spawn("worker", SpawnOptions::default(), args!["seven", works]);
    let bad = bad.await.unwrap_err().to_string();
    assert!(bad.contains("bad_arguments"), "{bad}");
    assert_eq!(workers(&b_node), 0);
    Ok(())
}

#[ergo::test]
async fn an_init_that_hangs_is_given_up_and_ended(network: Network) -> ergo::Result {
    let (a, b_node) = two(&network).await;
    let after = secs(3);
    let far = a.remote("b@mem").await?;
    let spawn = far.spawn_register("slow", "worker", SpawnOptions::default(), args![1, hangs]);
    let timed_out = spawn.timeout(after).await;
    assert_eq!(
        timed_out,
        Err(RemoteSpawnError::Timeout { node: b(), after })
    );
    ergo::testing::advance(secs(1)).await;
    assert_eq!((workers(&b_node), b_node.whereis_pid("slow")), (0, None));
    Ok(())
}

#[ergo::test]
async fn a_node_that_starts_nothing_for_others(network: Network) -> ergo::Result {
    let a = node(&network, "a@mem").await;
    let builder = network
        .node("b@mem")
        .configure(|node| node.remote_spawn(false));
    let b_node = builder.start().await?;
    b_node.enable_spawn("worker", Worker::factory()).await?;
    let disabled = spawn(&a, Init::Works).await.err();
    assert_eq!(disabled, Some(RemoteSpawnError::Disabled { node: b() }));
    let far = a.remote("b@mem").await?;
    let function = far.spawn_function("m", "f", args![]).await;
    assert_eq!(function, Err(RemoteSpawnError::Disabled { node: b() }));
    // The node itself may.
    assert!(spawn(&b_node, Init::Works).await.is_ok());
    Ok(())
}

#[ergo::test]
async fn what_cannot_be_sent_is_named_and_nothing_is_sent(network: Network) -> ergo::Result {
    let (a, b_node) = two(&network).await;
    let far = a.remote("b@mem").await?;
    let sent = network.bytes("a@mem", "b@mem");
    let options = SpawnOptions::default().env_local("pool", std::sync::Mutex::new(1));
    let error = far
        .spawn("worker", options, args![1, works])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("pool"), "{error}");
    let no_list = far.spawn("worker", SpawnOptions::default(), 5).await;
    assert!(
        matches!(no_list, Err(RemoteSpawnError::Args(_))),
        "{no_list:?}"
    );
    let long = "x".repeat(256);
    let long = far.spawn(&long, SpawnOptions::default(), args![]).await;
    assert!(
        matches!(long, Err(RemoteSpawnError::BadOptions(_))),
        "{long:?}"
    );
    let linked = far
        .spawn("worker", SpawnOptions::default(), args![1, works])
        .link();
    assert_eq!(linked.await, Err(RemoteSpawnError::NoProcess));
    assert_eq!(network.bytes("a@mem", "b@mem"), sent);
    assert_eq!(workers(&b_node), 0);
    Ok(())
}

#[ergo::test]
async fn a_node_that_is_not_there(network: Network) -> ergo::Result {
    let (a, b_node) = two(&network).await;
    assert!(a.remote("nobody@mem").await.is_err());
    let far = a.remote("b@mem").await?;
    network.crash(&b_node).await;
    let gone = far
        .spawn("worker", SpawnOptions::default(), args![1, works])
        .await;
    let Err(RemoteSpawnError::NoConnection { node, cause }) = gone else {
        panic!("{gone:?}");
    };
    assert_eq!(node, b());
    assert!(cause.is_some());
    Ok(())
}
