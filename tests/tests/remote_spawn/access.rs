//! Who may start what: G-19.

use ergo::prelude::*;
use ergo::testing::{Network, TestNode};
use ergo::{Access, AccessListError, RemoteSpawnError, SpawnTarget, SpawnWanted};

use crate::nodes::{Init, Worker, node, spawn, workers};

async fn may(from: &TestNode) -> bool {
    match spawn(from, Init::Works).await {
        Ok(_) => true,
        Err(RemoteSpawnError::NotAllowed { node, name }) => {
            assert_eq!((node.as_str(), name.as_str()), ("b@mem", "worker"));
            false
        }
        Err(other) => panic!("{other}"),
    }
}

#[ergo::test]
async fn nodes_are_added_taken_out_and_the_emptied_list_is_open(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let c = node(&network, "c@mem").await;
    let enable = |nodes: &[&'static str]| {
        let change = b.enable_spawn("worker", Worker::factory());
        change.only(nodes.iter().copied())
    };
    enable(&["a@mem"]).await?;
    assert_eq!((may(&a).await, may(&c).await), (true, false));
    enable(&["c@mem"]).await?;
    assert_eq!((may(&a).await, may(&c).await), (true, true));
    b.disable_spawn("worker").only(["a@mem"]).await?;
    assert_eq!((may(&a).await, may(&c).await), (false, true));
    // The last node: there is no list any more.
    let access = b.disable_spawn("worker").only(["c@mem"]).await?;
    assert_eq!(access, Access::Any);
    assert_eq!((may(&a).await, may(&c).await), (true, true));
    let nothing = b.disable_spawn("worker").only(["a@mem"]).await;
    assert_eq!(nothing, Err(AccessListError::OpenToAll));
    assert_eq!(b.disable_spawn("worker").await?, Access::Closed);
    assert_eq!((may(&a).await, may(&c).await), (false, false));
    assert!(may(&b).await, "the node itself");
    let opened = b.enable_spawn("worker", Worker::factory()).await?;
    assert_eq!(opened, Access::Any);
    assert_eq!((may(&a).await, may(&c).await), (true, true));
    assert_eq!(workers(&b), 9);
    Ok(())
}

#[ergo::test]
async fn a_name_belongs_to_one_factory(network: Network) -> ergo::Result {
    let b = node(&network, "b@mem").await;
    let unknown = b.disable_spawn("worker").await;
    assert_eq!(
        unknown,
        Err(AccessListError::NotRegistered("worker".into()))
    );
    b.enable_spawn("worker", Worker::factory()).await?;
    let other = b.enable_spawn("worker", async |_: PlainContext, (): ()| {});
    assert_eq!(other.await, Err(AccessListError::Taken("worker".into())));
    let none: [&str; 0] = [];
    let empty = b.enable_spawn("worker", Worker::factory()).only(none);
    assert_eq!(empty.await, Err(AccessListError::NoNodes));
    Ok(())
}

/// A factory of a function; and a module that is a factory's name, as Erlang spawns.
#[ergo::test]
async fn functions_make_processes_too(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let say = async |cx: PlainContext, (to, what): (Pid, Term)| {
        assert_eq!(cx.caller().map(Atom::as_str), Some("a@mem"));
        // Whoever asked may be gone.
        let _ = cx.send(to, what);
    };
    b.enable_spawn("say", say).await?;
    let mut probe = a.probe();
    let far = a.remote("b@mem").await?;
    let me = probe.pid();
    let args = args![(me.clone()), {hello, 1}];
    far.spawn("say", SpawnOptions::default(), args.clone())
        .await?;
    assert_eq!(probe.expect::<Term>().await, term!({hello, 1}));
    far.spawn_function("say", "any", args).await?;
    assert_eq!(probe.expect::<Term>().await, term!({hello, 1}));
    let bad = far.spawn("say", SpawnOptions::default(), args![1]).await;
    assert!(matches!(bad, Err(RemoteSpawnError::Init(_))), "{bad:?}");
    Ok(())
}

/// The node's own rule is asked after the lists, for whatever a peer wants.
#[ergo::test]
async fn a_policy_refuses_what_the_lists_allow(network: Network) -> ergo::Result {
    let (a, c) = (node(&network, "a@mem").await, node(&network, "c@mem").await);
    let policy = |wanted: &SpawnWanted<'_>| match wanted.what {
        SpawnTarget::Factory(name) if name.as_str() == "panics" => panic!("no"),
        SpawnTarget::Function { arity: 0, .. } => true,
        _ => wanted.node.as_str() != "a@mem",
    };
    let builder = network
        .node("b@mem")
        .configure(|node| node.spawn_policy(policy));
    let b = builder.start().await?;
    b.enable_spawn("worker", Worker::factory()).await?;
    b.enable_spawn("panics", Worker::factory()).await?;
    assert_eq!((may(&a).await, may(&c).await), (false, true));
    let far = c.remote("b@mem").await?;
    let panics = far
        .spawn("panics", SpawnOptions::default(), args![1, works])
        .await;
    assert!(
        matches!(panics, Err(RemoteSpawnError::NotAllowed { .. })),
        "{panics:?}"
    );
    let seen = async |_: PlainContext, (): ()| Ok(1);
    b.register_rpc("m", "f", seen).await?;
    b.register_rpc("m", "f", async |_: PlainContext, (n,): (i64,)| Ok(n))
        .await?;
    let call = async |from: &TestNode, args| {
        let called = from.rpc("b@mem").call::<i64>("m", "f", args).await;
        called.map_err(|error| error.to_string())
    };
    assert_eq!(call(&a, args![]).await, Ok(1));
    assert_eq!(call(&c, args![2]).await, Ok(2));
    let refused = call(&a, args![2]).await.unwrap_err();
    assert!(refused.contains("not_allowed"), "{refused}");
    Ok(())
}
