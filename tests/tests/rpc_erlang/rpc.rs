//! `rpc` of Erlang.

use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn calls() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rows = [
            ("rpc:call(N, m, add, [1, 2])", "3"),
            ("rpc:call(N, m, add, [1, 2], 20000)", "3"),
            ("rpc:call(N, m, add, [1, 2], infinity)", "3"),
            ("rpc:call(N, m, fail, [throw, ball])", "ball"),
            ("rpc:call(N, m, fail, [exit, {bye, 1}])", "{badrpc,{'EXIT',{bye,1}}}"),
            ("B(rpc:call(N, m, fail, [error, {oops, 1}]))", "{badrpc,{'EXIT',{{oops,1},{m,fail,2}}}}"),
            ("rpc:call(N, m, nothing, [1])", "{badrpc,{'EXIT',{undef,[{m,nothing,[1],[]}]}}}"),
            ("rpc:call(N, erlang, apply, [m, add, [1, 2]])", "3"),
            ("rpc:call(No, m, add, [1, 2])", "{badrpc,nodedown}"),
            (
                "{rpc:call(N, m, wait, [self()], 100), (fun() -> {running, W} = L(), W ! late, Q() end)()}",
                "{{badrpc,timeout},quiet}",
            ),
            (
                "Self = self(), spawn(fun() -> Self ! {got, rpc:call(N, m, wait, [Self])} end), \
                 {running, W} = L(), exit(W, kill), L()",
                "{got,{badrpc,{'EXIT',killed}}}",
            ),
        ];
        world.both(&rows).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn blocking_and_asynchronous_calls() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rows = [
            ("rpc:block_call(N, m, add, [1, 2])", "3"),
            ("rpc:block_call(N, m, add, [1, 2], 20000)", "3"),
            ("rpc:block_call(N, m, fail, [throw, ball])", "ball"),
            (
                "rpc:block_call(N, m, fail, [exit, bye])",
                "{badrpc,{'EXIT',bye}}",
            ),
            (
                "B(rpc:block_call(N, m, fail, [error, oops]))",
                "{badrpc,{'EXIT',{oops,{m,fail,2}}}}",
            ),
            (
                "B(rpc:block_call(N, m, nothing, [1]))",
                "{badrpc,{'EXIT',{undef,{m,nothing,1}}}}",
            ),
            ("rpc:block_call(No, m, add, [1, 2])", "{badrpc,nodedown}"),
            ("rpc:yield(rpc:async_call(N, m, add, [1, 2]))", "3"),
            (
                "rpc:yield(rpc:async_call(N, m, fail, [exit, bye]))",
                "{badrpc,{'EXIT',bye}}",
            ),
            (
                "K = rpc:async_call(N, m, wait, [self()]), {running, W} = L(), \
                 None = rpc:nb_yield(K), W ! {done, 1}, {None, rpc:nb_yield(K, 20000)}",
                "{timeout,{value,{done,1}}}",
            ),
            ("rpc:cast(N, m, tell, [self(), hi]), L()", "hi"),
            (
                "rpc:cast(N, m, nothing, []), rpc:call(N, m, add, [1, 2])",
                "3",
            ),
        ];
        world.both(&rows).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn many_nodes() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rows = [
            ("rpc:multicall([N, N], m, add, [1, 2])", "{[3,3],[]}"),
            ("rpc:multicall([N, No], m, add, [1, 2])", "{[3],['nobody@127.0.0.1']}"),
            ("rpc:multicall([N, R, P, node()], m, add, [1, 2], 20000)", "{[3,3,3,3],[]}"),
            ("rpc:multicall([N], m, fail, [throw, ball])", "{[ball],[]}"),
            ("rpc:multicall([N], m, fail, [exit, bye])", "{[{badrpc,{'EXIT',bye}}],[]}"),
            (
                "{rpc:multicall([N], m, wait, [self()], 100), (fun() -> {running, W} = L(), W ! late, Q() end)()}",
                "{{[],[NODE]},quiet}",
            ),
            ("rpc:eval_everywhere([N, No], m, tell, [self(), hi]), {L(), Q()}", "{hi,quiet}"),
            // Names: servers and messages.
            ("rpc:server_call(N, srv, srv, ping)", "pong"),
            ("rpc:multi_server_call([N], srv, ping)", "{[pong],[]}"),
            ("rpc:multi_server_call([N, No], srv, ping)", "{[pong],['nobody@127.0.0.1']}"),
            ("rpc:abcast([N], srv, {tell, self()}), L()", "told"),
            ("{rpc:sbcast([N, No], srv, {tell, self()}), L()}", "{{[NODE],['nobody@127.0.0.1']},told}"),
            ("rpc:sbcast([N], nobody, hello)", "{[],[NODE]}"),
            // On all nodes that are connected and visible, which the one here is not.
            ("rpc:pmap({m, add}, [1], [1, 2, 3])", "[2,3,4]"),
            ("rpc:parallel_eval([{m, add, [1, I]} || I <- [1, 2, 3]])", "[2,3,4]"),
        ];
        world.both(&rows).await;
        world.stop().await;
    })
    .await;
}
