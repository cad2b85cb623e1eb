//! Functions of Erlang, called from here.

use ergo::RpcError;
use ergo::prelude::*;
use ergo_tests::PATIENCE;
use ergo_tests::erlang::each_release;

use crate::world::World;

/// `{M, F, Arity}` of the first place of a stack.
fn place(stack: &Term) -> String {
    let first = stack.as_list().and_then(|list| list.first()).cloned();
    let first = first.unwrap_or(term!(none));
    match first.as_tuple() {
        Some([module, function, args, _]) => {
            let arity = args
                .as_list()
                .map_or_else(|| args.to_string(), |list| list.len().to_string());
            format!("{module}:{function}/{arity}")
        }
        _ => stack.to_string(),
    }
}

#[tokio::test]
async fn values_and_exceptions() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rpc = world.node.rpc(world.peer.name()).timeout(PATIENCE);
        assert_eq!(rpc.call::<i64>("m", "add", args![40, 2]).await, Ok(42));
        let sorted = rpc
            .call::<Vec<u32>>("lists", "sort", args![[3, 1, 2]])
            .await;
        assert_eq!(sorted, Ok(vec![1, 2, 3]));
        for (module, function, args, class, at) in [
            ("m", "fail", args![error, oops], "error: oops", "m:fail/2"),
            ("m", "nothing", args![1], "error: undef", "m:nothing/1"),
            (
                "m",
                "fail",
                args![what, 1],
                "error: function_clause",
                "m:fail/2",
            ),
            (
                "erlang",
                "list_to_atom",
                args![1],
                "error: badarg",
                "erlang:list_to_atom/1",
            ),
        ] {
            let error = rpc.call::<Term>(module, function, args).await.unwrap_err();
            assert_eq!(error.to_string(), class);
            let RpcError::Error { stack, .. } = error else {
                panic!("{error}")
            };
            assert_eq!(place(&stack), at);
        }
        let thrown = rpc.call::<Term>("m", "fail", args![throw, {ball, 1}]).await;
        assert_eq!(thrown, Err(RpcError::Throw(term!({ball, 1}))));
        let exit = rpc.call::<Term>("m", "fail", args![exit, {bye, 1}]).await;
        assert_eq!(exit, Err(RpcError::Exit(term!({bye, 1}))));
        let wrong = rpc.call::<String>("m", "two", args![]).await;
        assert!(matches!(wrong, Err(RpcError::BadValue(_))), "{wrong:?}");
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn calls_that_are_given_up() {
    each_release(async |release| {
        let world = World::start(release).await;
        let (sender, mut running) = tokio::sync::mpsc::unbounded_channel();
        let told = world.node.spawn_fn(async move |mut cx| {
            while let Some(Message::Term(term)) = cx.receive().await {
                if let Some([_, Term::Pid(pid)]) = term.as_tuple() {
                    let _ = sender.send(Pid::clone(pid));
                }
            }
        });
        let told = told.unwrap();
        let rpc = world.node.rpc(world.peer.name());
        let wait = || args![(told.clone())];
        // Its time is over: it runs on, and nobody monitors it.
        let late = rpc
            .clone()
            .timeout(millis(100))
            .call::<Term>("m", "wait", wait());
        assert_eq!(late.await, Err(RpcError::Timeout));
        let pid = running.recv().await.unwrap();
        let info = rpc.clone().timeout(PATIENCE);
        loop {
            let by =
                info.call::<Term>("erlang", "process_info", args![(pid.clone()), monitored_by]);
            if by.await.unwrap() == term!({monitored_by, []}) {
                break;
            }
        }
        // Dropped.
        let dropped = rpc.send_request::<Term>("m", "wait", wait());
        let pid = running.recv().await.unwrap();
        drop(dropped);
        loop {
            let by =
                info.call::<Term>("erlang", "process_info", args![(pid.clone()), monitored_by]);
            if by.await.unwrap() == term!({monitored_by, []}) {
                break;
            }
        }
        // Ended from outside.
        let ended = rpc.send_request::<Term>("m", "wait", wait());
        let pid = running.recv().await.unwrap();
        world.node.exit(&pid, ExitReason::from(term!(enough)));
        let enough = ExitReason::from(term!(enough));
        assert_eq!(ended.await, Err(RpcError::Ended(enough)));
        // The node is gone.
        let lost = rpc.send_request::<Term>("m", "wait", wait());
        running.recv().await.unwrap();
        rpc.cast("erlang", "halt", args![]).unwrap();
        assert_eq!(lost.await, Err(RpcError::NoConnection));
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn casts_and_many_nodes() {
    each_release(async |release| {
        let world = World::start(release).await;
        let (sender, told) = tokio::sync::oneshot::channel();
        let me = world.node.spawn_fn(async move |mut cx| {
            let message = cx.receive().await;
            let _ = sender.send(message);
        });
        let me = me.unwrap();
        let rpc = world.node.rpc(world.peer.name());
        rpc.cast("m", "tell", args![(me), {hello, 1}]).unwrap();
        let heard = ergo_tests::deadline(PATIENCE, told).await.unwrap();
        assert_eq!(heard, Some(Message::Term(term!({hello, 1}))));

        let (peer, asks) = (world.peer.name(), world.erl.name());
        let nodes = [peer, "nobody@127.0.0.1", world.node.name().as_str(), asks];
        let results = world.node.multicall::<i64>(nodes, "m", "add", args![1, 2]);
        let results = results.timeout(PATIENCE).await;
        let none = Err(RpcError::NoConnection);
        assert_eq!(results, [Ok(3), none, Ok(3), Ok(3)]);
        world.stop().await;
    })
    .await;
}
