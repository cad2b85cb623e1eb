//! Who may call what.

use std::collections::BTreeSet;

use ergo::prelude::*;
use ergo::testing::Network;
use ergo::{Access, AccessListError, RpcError, RpcModule};

use crate::nodes::{ask, node, not_allowed, undef, who};

fn only(names: &[&str]) -> Access {
    let names = names.iter().map(|name| Atom::new(name).unwrap());
    Access::Only(names.collect::<BTreeSet<_>>())
}

#[ergo::test]
async fn what_is_not_registered_is_undef(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    assert_eq!(ask(&a, "b@mem").await, Err(undef()));
    assert_eq!(ask(&b, "b@mem").await, Err(undef()));
    assert_eq!(b.register_rpc("m", "who", who).await?, Access::Any);
    assert_eq!(ask(&a, "b@mem").await?, a.name().clone());
    // Another arity is another function.
    let two = a.rpc("b@mem").call::<Term>("m", "who", args![1, 2]);
    let error = two.await.unwrap_err();
    assert_eq!(error.to_string(), "error: undef");
    assert_eq!(b.unregister_rpc("m", "who", 0).await?, Access::Closed);
    assert_eq!(ask(&a, "b@mem").await, Err(undef()));
    let again = b.unregister_rpc("m", "who", 0).await;
    assert_eq!(again, Err(AccessListError::NotRegistered("m:who/0".into())));
    Ok(())
}

/// Lists grow by registering and shrink by unregistering; an emptied one is open to all.
#[ergo::test]
async fn only_the_nodes_in_the_list(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let c = node(&network, "c@mem").await;
    let opened = b.register_rpc("m", "who", who).only(["a@mem"]).await?;
    assert_eq!(opened, only(&["a@mem"]));
    assert_eq!(ask(&a, "b@mem").await?, a.name().clone());
    assert_eq!(ask(&c, "b@mem").await, Err(not_allowed()));
    // The node itself may always.
    assert_eq!(ask(&b, "b@mem").await?, b.name().clone());

    let both = b.register_rpc("m", "who", who).only(["c@mem"]).await?;
    assert_eq!(both, only(&["a@mem", "c@mem"]));
    assert_eq!(ask(&c, "b@mem").await?, c.name().clone());

    let left = b.unregister_rpc("m", "who", 0).only(["a@mem"]).await?;
    assert_eq!(left, only(&["c@mem"]));
    assert_eq!(ask(&a, "b@mem").await, Err(not_allowed()));

    let emptied = b.unregister_rpc("m", "who", 0).only(["c@mem"]).await?;
    assert_eq!(emptied, Access::Any);
    assert_eq!(ask(&a, "b@mem").await?, a.name().clone());
    let open = b.unregister_rpc("m", "who", 0).only(["c@mem"]).await;
    assert_eq!(open, Err(AccessListError::OpenToAll));
    Ok(())
}

#[ergo::test]
async fn a_change_that_is_wrong_changes_nothing(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let long = "x".repeat(256);
    let wrong = b.register_rpc(&long, "who", who).await;
    assert_eq!(wrong, Err(AccessListError::TooLong(long)));
    let wrong = b.register_rpc("m", "who", who).only(["nobody"]).await;
    assert_eq!(wrong, Err(AccessListError::BadNodeName("nobody".into())));
    assert_eq!(ask(&a, "b@mem").await, Err(undef()));
    Ok(())
}

/// Whatever way a peer asks: a spawn of the function, the server `rex`, and the old spawn of `net_kernel`.
#[ergo::test]
async fn every_way_in_is_closed(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let c = node(&network, "c@mem").await;
    let mut heard = b.probe_as("heard");
    let tell = async |cx: PlainContext, (what,): (Term,)| {
        // The probe is there.
        let _ = cx.send("heard", what);
        Ok(cx.caller().cloned())
    };
    b.register_rpc("m", "tell", tell).only(["a@mem"]).await?;
    let calls = [
        term!({call, m, tell, ["call"], user}),
        term!({block_call, m, tell, ["block_call"], user}),
    ];
    for call in calls {
        let refused: Term = c.call(("rex", "b@mem"), call.clone()).await?;
        assert!(refused.to_string().contains("not_allowed"), "{refused}");
        let value: Term = a.call(("rex", "b@mem"), call).await?;
        assert_eq!(value, Term::Atom(a.name().clone()));
        heard.expect::<String>().await;
    }
    let spawn = term!({spawn, m, tell, ["spawn"], user});
    for (from, is_allowed) in [(&c, false), (&a, true)] {
        let _: Term = from.call(("net_kernel", "b@mem"), spawn.clone()).await?;
        let cast = term!({(Term::atom("$gen_cast")), {cast, m, tell, ["cast"], user}});
        from.try_send(("rex", "b@mem"), cast)?;
        let far = from.remote("b@mem").await?;
        let spawned = far.spawn_function("m", "tell", args!["request"]).await;
        assert_eq!(spawned.is_ok(), is_allowed);
        if is_allowed {
            let mut all = [
                heard.expect::<String>().await,
                heard.expect::<String>().await,
                heard.expect::<String>().await,
            ];
            all.sort();
            assert_eq!(all, ["cast", "request", "spawn"]);
        }
    }
    heard.expect_no(secs(1)).await;
    Ok(())
}

/// What a peer has this node pass on to itself comes from the peer all the same.
#[ergo::test]
async fn a_relay_makes_nobody_else_of_a_peer(network: Network) -> ergo::Result {
    let policy = |wanted: &ergo::SpawnWanted<'_>| wanted.node.as_str() != "guest@mem";
    let builder = network
        .node("b@mem")
        .configure(|node| node.spawn_policy(policy));
    let b = builder.start().await?;
    let guest = node(&network, "guest@mem").await;
    let a = node(&network, "a@mem").await;
    b.register_rpc("m", "who", who).await?;
    for (from, expected) in [(&guest, "not_allowed"), (&a, "{rex,a@mem}")] {
        let mut probe = from.probe();
        let me = probe.pid();
        let call = term!({(me.clone()), {call, m, who, [], user}});
        let relayed = term!({(me.clone()), registered_send, rex, (call.clone())});
        from.try_send(("net_kernel", "b@mem"), relayed)?;
        let answer = probe.expect::<Term>().await.to_string();
        assert!(answer.contains(expected), "{answer}");
        let broadcast = term!({(me), {sbcast, rex, (call)}});
        from.try_send(("rex", "b@mem"), broadcast)?;
        let told = [probe.expect::<Term>().await, probe.expect::<Term>().await];
        let told = format!("{} {}", told[0], told[1]);
        assert!(
            told.contains(expected) && told.contains("{rex,b@mem,b@mem}"),
            "{told}"
        );
    }
    Ok(())
}

/// What is not for a peer takes no time that grows with the square of what it sends.
#[ergo::test]
async fn an_apply_of_applies_is_looked_into_once(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    b.register_rpc("m", "who", who).await?;
    let far = a.rpc("b@mem");
    let once = far.call::<Atom>("erlang", "apply", args![m, who, []]).await;
    assert_eq!(once, Ok(atom!("a@mem")));
    let mut nested = term!([m, who, []]);
    for _ in 0..20_000 {
        nested = term!([erlang, apply, (nested)]);
    }
    let error = far.call::<Term>("erlang", "apply", nested).await;
    let Err(RpcError::Error { reason, .. }) = error else {
        panic!("{error:?}");
    };
    assert_eq!(reason, term!(undef));
    Ok(())
}

/// Each function of a module has its own list.
#[ergo::test]
async fn functions_opened_together_keep_their_lists(network: Network) -> ergo::Result {
    let (a, b) = (node(&network, "a@mem").await, node(&network, "b@mem").await);
    let c = node(&network, "c@mem").await;
    let number = async |_: PlainContext, (n,): (i64,)| Ok(n);
    b.register_rpc("m", "who", who).only(["a@mem"]).await?;
    b.register_rpc("m", "number", number)
        .only(["c@mem"])
        .await?;
    let module = RpcModule::new("m")
        .function("who", who)
        .function("number", number);
    let any = b.register_rpc_module(module).only(["d@mem"]).await?;
    assert_eq!(any, only(&["a@mem", "c@mem", "d@mem"]));
    let asked = async |from: &Node| {
        let number = from.rpc("b@mem").call::<i64>("m", "number", args![1]).await;
        (ask(from, "b@mem").await.is_ok(), number.is_ok())
    };
    assert_eq!(
        (asked(&a).await, asked(&c).await),
        ((true, false), (false, true))
    );
    Ok(())
}
