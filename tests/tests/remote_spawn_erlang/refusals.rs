//! Each word that a request can be refused with, as each function of Erlang shows it.

use ergo_tests::erlang::each_release;

use crate::worker::say;
use crate::world::World;

#[tokio::test]
async fn words() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("spawn(R, ergo, spawn, [worker, [1], #{register => joe}]), ok", "ok"),
                ("Asked = [{unknown_name, ergo, spawn, [nobody, []]}, {not_allowed, ergo, spawn, [closed, [Me, x]]}, {not_allowed, closed, any, [Me, x]},
                    {not_allowed, tests, others, []}, {name_taken, ergo, spawn, [worker, [1], #{register => joe}]}, {badarg, ergo, spawn, [worker, x]}], ok", "ok"),
                ("Wrong = fun(Spawn) -> [{Word, Got} || {Word, M, F, A} <- Asked, (Got = Try(fun() -> Spawn(M, F, A) end)) =/= {error, Word}] end, ok", "ok"),
                ("Wrong(fun(M, F, A) -> spawn(R, M, F, A) end)", "[]"),
                ("Wrong(fun(M, F, A) -> spawn_link(R, M, F, A) end)", "[]"),
                ("Wrong(fun(M, F, A) -> spawn_monitor(R, M, F, A) end)", "[]"),
                ("Wrong(fun(M, F, A) -> spawn_opt(R, M, F, A, []) end)", "[]"),
                ("Wrong(fun(M, F, A) -> spawn_opt(R, M, F, A, [link, monitor]) end)", "[]"),
                ("Wrong(fun(M, F, A) -> Reply(spawn_request(R, M, F, A, [link, monitor])) end)", "[]"),
                // OTP says badarg of a badopt.
                ("{Try(fun() -> spawn(R, ergo, spawn, [worker, [1], x]) end), Reply(spawn_request(R, ergo, spawn, [worker, [1], x]))}", "{{error,badarg},{error,badopt}}"),
                ("Rest()", "nothing"),
                // By remote procedure call an answer, as gen_server:start gives it.
                ("{error, {already_started, Joe}} = erpc:call(R, ergo, spawn, [worker, [1], #{register => joe}]), Ask(Joe, about)", "{joe,nil,trace,false,infinity}"),
                ("[erpc:call(R, ergo, spawn, A) || A <- [[nobody, []], [closed, [Me, 1]], [worker, [1], x], [worker, x]]]", "[{error,unknown_name},{error,not_allowed},{error,badopt},{error,badarg}]"),
                ("[rpc:call(R, ergo, spawn, A) || A <- [[nobody, []], [closed, [Me, 1]], [worker, [1], x], [worker, x]]]", "[{error,unknown_name},{error,not_allowed},{error,badopt},{error,badarg}]"),
                ("Try(fun() -> erpc:call(R, tests, others, []) end)", "{exception,{not_allowed,{tests,others,0}}}"),
                ("Try(fun() -> erpc:call(R, ergo, spawn, [worker]) end)", "{exception,undef}"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.workers(1).await;
        world.stop().await;
    })
    .await;
}

/// OTP sees the missing flag, and asks `net_kernel` in the old way, as it does any node of before OTP 23.
#[tokio::test]
async fn a_node_that_starts_nothing_for_others() {
    each_release(async |release| {
        let world = World::with(release, |node| node.remote_spawn(false)).await;
        world
            .table(&[
                ("[Reply(spawn_request(R, M, F, A, O)) || {M, F, A} <- [{ergo, spawn, [worker, [1]]}, {worker, any, [1]}, {tests, run, []}], O <- [[], [link, monitor]]]",
                 "[{error,notsup},{error,notsup},{error,notsup},{error,notsup},{error,notsup},{error,notsup}]"),
                // A pid of a process here, which ends at once.
                ("Exit(spawn_link(R, ergo, spawn, [worker, [1]]))", "notsup"),
                ("node(spawn(R, worker, any, [1]))  =:= node()", "true"),
                ("Try(fun() -> spawn_monitor(R, tests, wait, []) end)", "{error,notsup}"),
                ("Try(fun() -> erpc:call(R, ergo, spawn, [worker, [1]]) end)", "{error,{erpc,notsup}}"),
                ("rpc:call(R, ergo, spawn, [worker, [1]])", "{badrpc,notsup}"),
                ("[gen_server:call({net_kernel, R}, X) || X <- [{spawn, tests, wait, [], group_leader()}, {spawn_link, tests, wait, [], group_leader()}, {spawn_opt, tests, wait, [], [], no_link, group_leader()}]]",
                 "[{'EXIT',{disabled,[]}},{'EXIT',{disabled,[]}},{'EXIT',{disabled,[]}}]"),
                ("rpc:block_call(R, ergo, spawn, [worker, [1]])", "{error,disabled}"),
                ("gen_server:call({rex, R}, {call, ergo, spawn, [worker, [1]], group_leader()})", "{error,disabled}"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.workers(0).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn more_than_a_peer_may_ask_for_in_a_second() {
    each_release(async |release| {
        let mut limits = ergo::wire::Limits::default();
        limits.spawn_requests_per_second_max = 0;
        let world = World::with(release, |node| node.limits(limits)).await;
        world
            .table(&[
                ("Reply(spawn_request(R, ergo, spawn, [worker, [1]], [link, monitor]))", "{error,system_limit}"),
                ("Reply(spawn_request(R, tests, run, [], [link, monitor]))", "{error,system_limit}"),
                ("[Try(F) || F <- [fun() -> spawn(R, ergo, spawn, [worker, [1]]) end, fun() -> spawn_link(R, worker, any, [1]) end, fun() -> spawn_monitor(R, tests, run, []) end]]", "[{error,system_limit},{error,system_limit},{error,system_limit}]"),
                ("Try(fun() -> erpc:call(R, ergo, spawn, [worker, [1]]) end)", "{error,{erpc,system_limit}}"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.workers(0).await;
        world.stop().await;
    })
    .await;
}

/// Nodes added to and taken from a list; the emptied list is open to all.
#[tokio::test]
async fn lists_of_nodes() {
    each_release(async |release| {
        let world = World::start(release).await;
        let other = crate::world::erl(release, &world.epmd, world.rust.name().as_str()).await;
        let may = async |expect: [bool; 2]| {
            for (erl, expect) in [&world.erl, &other].into_iter().zip(expect) {
                let asked = "Reply(spawn_request(R, ergo, spawn, [listed, [Me, x]], []))";
                let answer = erl.eval(asked).await.unwrap();
                match expect {
                    true => assert_eq!(erl.eval("Get()").await.unwrap(), "x", "{answer}"),
                    false => assert_eq!(answer, "{error,not_allowed}"),
                }
            }
        };
        let enable = || world.rust.enable_spawn("listed", say);
        enable().only([world.erl.name()]).await.unwrap();
        may([true, false]).await;
        enable().only([other.name()]).await.unwrap();
        may([true, true]).await;
        let disable = || world.rust.disable_spawn("listed");
        disable().only([world.erl.name()]).await.unwrap();
        may([false, true]).await;
        disable().only([other.name()]).await.unwrap();
        may([true, true]).await;
        disable().await.unwrap();
        may([false, false]).await;
        world.stop().await;
    })
    .await;
}
