//! `net_kernel`: what an Erlang node asks ours, beside what ours is asked to do by itself.

use ergo::prelude::*;
use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn what_it_tells_everybody() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rust = world.node(|node| node).await;
        let name = rust.name().as_str();
        // Each is asked of both nodes: the answers differ in nothing but the name.
        for request in [
            "{is_auth, node()}",
            "nodename",
            "longnames",
            "ticktime",
            "allowed",
            "get_state",
        ] {
            let ask = |node: &str| {
                format!(
                    "(fun() -> gen_server:call({{net_kernel, '{node}'}}, {request}) end)()",
                )
            };
            let ours = world.erl.eval(&ask(name)).await.unwrap();
            let theirs = world.erl.eval(&ask(world.erl.name())).await.unwrap();
            let ours: Term = ours.parse().unwrap();
            let theirs = theirs.replace(world.erl.name(), name);
            assert_eq!(ours, theirs.parse::<Term>().unwrap(), "{request}");
        }
        // What it does not know it says so of, where OTP says nothing.
        let unknown = format!("gen_server:call({{net_kernel, '{name}'}}, {{no, request}})");
        assert_eq!(
            world.erl.eval(&unknown).await.unwrap(),
            "{error,{unknown_request,{no,request}}}"
        );
        assert_eq!(
            world
                .erl
                .eval(&format!("gen_server:cast({{net_kernel, '{name}'}}, x), {{net_kernel, '{name}'}} ! garbage, net_adm:ping('{name}')"))
                .await
                .unwrap(),
            "pong"
        );
    })
    .await;
}

/// `spawn/4` and the like as nodes do it that have no requests for it in the protocol.
#[tokio::test]
async fn it_spawns_the_old_way() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rust = world.node(|node| node).await;
        rust.register_rpc("old", "tell", async |cx, (to, what): (Pid, Term)| {
            let me = cx.pid();
            let _ = cx.send(&to, term!({(Term::from(&me)), (what)}));
            Ok::<(), Exception>(())
        })
        .await
        .unwrap();
        rust.register_rpc("old", "fail", async |_, (why,): (Term,)| {
            Err::<(), _>(Exception::Exit(why))
        })
        .await
        .unwrap();
        let name = rust.text();
        for (request, got) in [
            ("{spawn, old, tell, [self(), 1], group_leader()}", "none"),
            ("{spawn_link, old, tell, [self(), 1], group_leader()}", "normal"),
            (
                "{spawn_opt, old, tell, [self(), 1], [{priority, high}], link, group_leader()}",
                "normal",
            ),
            (
                "{spawn_opt, old, tell, [self(), 1], [], no_link, group_leader()}",
                "none",
            ),
        ] {
            let program = format!(
                "process_flag(trap_exit, true),
                (fun() ->
                    P = gen_server:call({{net_kernel, '{name}'}}, {request}),
                    receive {{P, 1}} -> ok end,
                    case none of
                        {got} -> none;
                        _ -> receive {{'EXIT', P, Why}} -> Why end
                    end
                end)()"
            );
            assert_eq!(world.erl.eval(&program).await.unwrap(), got, "{request}");
        }
        let fails = format!(
            "(fun() ->
                P = gen_server:call({{net_kernel, '{name}'}}, {{spawn_link, old, fail, [bad], group_leader()}}),
                receive {{'EXIT', P, Why}} -> Why end
            end)()"
        );
        assert_eq!(world.erl.eval(&fails).await.unwrap(), "bad");
        // A function that was not registered is one there is not.
        let undef = format!(
            "(fun() ->
                P = gen_server:call({{net_kernel, '{name}'}}, {{spawn_link, os, cmd, [\"true\"], group_leader()}}),
                receive {{'EXIT', P, {{Why, _}}}} -> Why end
            end)()"
        );
        assert_eq!(world.erl.eval(&undef).await.unwrap(), "undef");
    })
    .await;
}

/// What changes the node is for its own processes, and answers them as OTP's does its own.
#[tokio::test]
async fn it_changes_its_node_for_nobody() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rust = world.node(|node| node).await;
        let (name, erl) = (rust.name().as_str(), world.erl.name());
        assert_eq!(
            world
                .erl
                .eval(&format!("net_adm:ping('{name}')"))
                .await
                .unwrap(),
            "pong"
        );
        for request in [
            "{allow, []}".to_owned(),
            format!("{{disconnect, '{erl}'}}"),
            "{connect, normal, 'nobody@127.0.0.1'}".to_owned(),
            "{passive_cnct, 'nobody@127.0.0.1'}".to_owned(),
            "{new_ticktime, 8000, 0}".to_owned(),
        ] {
            let call = format!("gen_server:call({{net_kernel, '{name}'}}, {request})");
            assert_eq!(
                world.erl.eval(&call).await.unwrap(),
                "{error,not_allowed}",
                "{request}"
            );
        }
        // Whose pid stands in it proves nothing: whoever sends a request writes it.
        let own = rust
            .spawn_fn(async |mut cx: PlainContext| drop(cx.receive().await))
            .unwrap();
        let own = Term::from(own);
        let forged = Term::tuple([own, Term::atom("tag")]);
        let allow: Term = "{allow, ['x@y']}".parse().unwrap();
        let forged = Term::tuple([Term::atom("$gen_call"), forged, allow]);
        rust.send("net_kernel", forged).await.unwrap();
        // It is handled before what is asked next.
        let allowed: Term = "{ok, []}".parse().unwrap();
        assert_eq!(rust.call("net_kernel", term!(allowed)).await, Ok(allowed));
    })
    .await;
}

/// What OTP's `net_kernel` does with a message for a name.
#[tokio::test]
async fn it_passes_on_to_a_name() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rust = world.node(|node| node).await;
        let (sender, mut got) = tokio::sync::mpsc::unbounded_channel();
        let options = SpawnOptions::default().name("receiver");
        rust.spawn_fn_with(options, async move |mut cx: PlainContext| {
            while let Some(Message::Term(term)) = cx.receive().await {
                let _ = sender.send(term);
            }
        })
        .unwrap();
        let send = format!(
            "{{net_kernel, '{0}'}} ! {{self(), registered_send, nobody, 1}}, {{net_kernel, '{0}'}} ! {{self(), registered_send, receiver, 2}}, ok",
            rust.text()
        );
        world.erl.eval(&send).await.unwrap();
        let got = ergo_tests::deadline(ergo_tests::PATIENCE, got.recv()).await;
        assert_eq!(got, Some(Term::from(2)));
    })
    .await;
}
