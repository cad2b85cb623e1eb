//! `erpc` of Erlang.

use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn calls() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rows = [
            ("C(fun() -> erpc:call(N, m, add, [1, 2]) end)", "{ok,3}"),
            ("C(fun() -> erpc:call(N, m, add, [1, 2], infinity) end)", "{ok,3}"),
            ("C(fun() -> erpc:call(N, m, add, [1, 2], 20000) end)", "{ok,3}"),
            ("C(fun() -> erpc:call(N, fun m:two/0) end)", "{ok,2}"),
            ("C(fun() -> erpc:call(N, fun m:two/0, 20000) end)", "{ok,2}"),
            ("C(fun() -> erpc:call(N, erlang, apply, [m, add, [2, 2]]) end)", "{ok,4}"),
            ("C(fun() -> erpc:call(N, m, fail, [throw, ball]) end)", "{throw,ball}"),
            ("C(fun() -> erpc:call(N, m, fail, [exit, {bye, 1}]) end)", "{exit,{exception,{bye,1}}}"),
            ("C(fun() -> erpc:call(N, m, fail, [error, {oops, 1}]) end)", "{error,{exception,{oops,1},{m,fail,2}}}"),
            ("C(fun() -> erpc:call(N, m, nothing, [1]) end)", "{error,{exception,undef,{m,nothing,1}}}"),
            ("C(fun() -> erpc:call(N, nothing, m, []) end)", "{error,{exception,undef,{nothing,m,0}}}"),
            ("C(fun() -> erpc:call(N, fun m:nothing/0) end)", "{error,{exception,undef,{m,nothing,0}}}"),
            ("C(fun() -> erpc:call(N, m, add, lists:seq(1, 300)) end)", "{error,{exception,undef,{m,add,300}}}"),
            ("try erpc:call(N, m, add, [1 | 2]) catch error:{exception, badarg, _} -> ok end", "ok"),
            // A call whose time is over: nothing comes of it any more.
            (
                "{C(fun() -> erpc:call(N, m, wait, [self()], 100) end), \
                  (fun() -> {running, W} = L(), W ! late, Q() end)()}",
                "{{error,{erpc,timeout}},quiet}",
            ),
            // The process that runs it is ended.
            (
                "Self = self(), \
                 spawn(fun() -> Self ! {got, C(fun() -> erpc:call(N, m, wait, [Self]) end)} end), \
                 {running, W} = L(), exit(W, enough), L()",
                "{got,{exit,{signal,enough}}}",
            ),
            (
                "Self = self(), \
                 spawn(fun() -> Self ! {got, C(fun() -> erpc:call(N, m, wait, [Self]) end)} end), \
                 {running, W} = L(), exit(W, kill), L()",
                "{got,{exit,{signal,killed}}}",
            ),
            // Whoever asks is killed: what runs for it does, and can be talked to.
            (
                "Self = self(), Asks = spawn(fun() -> erpc:call(N, m, wait, [Self]) end), \
                 {running, W} = L(), exit(Asks, kill), W ! done, M1 = monitor(process, W), \
                 receive {'DOWN', M1, process, W, Why} -> element(1, {Why, over}) =/= unexpected end",
                "true",
            ),
            ("C(fun() -> erpc:call(No, m, add, [1, 2]) end)", "{error,{erpc,noconnection}}"),
        ];
        world.both(&rows).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn casts_and_many_nodes() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rows = [
            ("erpc:cast(N, m, tell, [self(), hi]), L()", "hi"),
            ("erpc:cast(N, m, nothing, []), erpc:call(N, m, add, [1, 2])", "3"),
            ("erpc:cast(N, m, fail, [exit, nobody_hears]), erpc:call(N, m, add, [1, 2])", "3"),
            ("erpc:multicast([N, No, N], m, tell, [self(), hi]), {L(), L(), Q()}", "{hi,hi,quiet}"),
            ("erpc:multicall([N, No, N], m, add, [1, 2])", "[{ok,3},{error,{erpc,noconnection}},{ok,3}]"),
            ("erpc:multicall([N, N], fun m:two/0)", "[{ok,2},{ok,2}]"),
            ("erpc:multicall([N, N], m, add, [1, 2], 20000)", "[{ok,3},{ok,3}]"),
            ("erpc:multicall([N], m, fail, [throw, ball])", "[{throw,ball}]"),
            ("erpc:multicall([N], m, fail, [exit, bye])", "[{exit,{exception,bye}}]"),
            ("[{error, {exception, oops, S}}] = erpc:multicall([N], m, fail, [error, oops]), T(S)", "{m,fail,2}"),
            (
                "{erpc:multicall([N], m, wait, [self()], 100), (fun() -> {running, W} = L(), W ! late, Q() end)()}",
                "{[{error,{erpc,timeout}}],quiet}",
            ),
            ("erpc:multicall([N, R, P], m, add, [1, 2])", "[{ok,3},{ok,3},{ok,3}]"),
        ];
        world.both(&rows).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn requests() {
    each_release(async |release| {
        let world = World::start(release).await;
        let rows = [
            ("erpc:receive_response(erpc:send_request(N, m, add, [1, 2]))", "3"),
            ("erpc:receive_response(erpc:send_request(N, fun m:two/0), 20000)", "2"),
            ("Q1 = erpc:send_request(N, m, add, [1, 2]), erpc:wait_response(Q1, 20000)", "{response,3}"),
            (
                "Q2 = erpc:send_request(N, m, wait, [self()]), {running, W} = L(), \
                 None = erpc:wait_response(Q2, 0), W ! {done, 1}, {None, erpc:receive_response(Q2, 20000)}",
                "{no_response,{done,1}}",
            ),
            (
                "Q3 = erpc:send_request(N, m, wait, [self()]), {running, W} = L(), \
                 C(fun() -> erpc:receive_response(Q3, 10) end)",
                "{error,{erpc,timeout}}",
            ),
            (
                "Q4 = erpc:send_request(N, m, add, [1, 2]), Down = L(), \
                 {erpc:check_response(hello, Q4), erpc:check_response(Down, Q4)}",
                "{no_response,{response,3}}",
            ),
            (
                "Q5 = erpc:send_request(N, m, fail, [exit, bye]), C(fun() -> erpc:receive_response(Q5) end)",
                "{exit,{exception,bye}}",
            ),
            (
                "K = erpc:send_request(N, m, add, [1, 1], first, \
                     erpc:send_request(N, m, fail, [throw, ball], second, erpc:reqids_new())), \
                 2 = erpc:reqids_size(K), \
                 Take = fun Take(K0, Got) -> \
                     try erpc:receive_response(K0, 20000, true) of \
                         no_request -> lists:sort(Got); \
                         {Value, Label, K1} -> Take(K1, [{Label, Value} | Got]) \
                     catch throw:{Thrown, Label, K1} -> Take(K1, [{Label, thrown, Thrown} | Got]) end end, \
                 Take(K, [])",
                "[{first,2},{second,thrown,ball}]",
            ),
        ];
        world.both(&rows).await;
        world.stop().await;
    })
    .await;
}

/// What only a node here does: closures, panics, `Result`s, arguments of the wrong type.
#[tokio::test]
async fn of_rust_alone() {
    each_release(async |release| {
        let world = World::start(release).await;
        let asks = format!("'{}'", world.erl.name());
        let rows = [
            (
                "F = fun() -> 1 end, {error, {exception, undef, {erlang, apply, 2}}} = C(fun() -> erpc:call(N, F) end), ok",
                "ok",
            ),
            (
                "{error, {exception, {panic, Text}, {m, panic, 1}}} = C(fun() -> erpc:call(N, m, panic, [<<\"oh no\">>]) end), \
                 string:find(Text, \"oh no at \") =/= nomatch",
                "true",
            ),
            ("C(fun() -> erpc:call(N, m, root, [49]) end)", "{ok,{ok,7}}"),
            ("C(fun() -> erpc:call(N, m, root, [-1]) end)", "{ok,{error,<<\"-1 has none\">>}}"),
            ("C(fun() -> erpc:call(N, m, add, [1, two]) end)", "{error,{exception,function_clause,{m,add,2}}}"),
            ("C(fun() -> erpc:call(N, fun m:add/2) end)", "{error,{erpc,badarg}}"),
            (
                "{error, {exception, {badarity, _}, _}} = C(fun() -> erpc:call(N, erlang, apply, [fun m:add/2, [1]]) end), ok",
                "ok",
            ),
            ("C(fun() -> erpc:call(N, m, who, []) end)", &format!("{{ok,{asks}}}")),
            // Many at once, and nothing is left of them.
            (
                "Many = [erpc:send_request(N, m, add, [I, I]) || I <- lists:seq(1, 2000)], \
                 lists:sum([erpc:receive_response(Q) || Q <- Many])",
                "4002000",
            ),
        ];
        world.here(&rows).await;
        world.stop().await;
    })
    .await;
}
