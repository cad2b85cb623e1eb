//! Links and monitors, and callers that go away.

use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn callers_that_are_killed() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                // A child, and a process of Erlang that has started it, linked by `Options`, and waits.
                ("Child = fun(Options) ->
                    Owner = spawn(fun() -> {spawn_reply, _, ok, P} = begin spawn_request(R, ergo, spawn, [worker, [1]], Options), receive X -> X end end,
                        Me ! {child, P}, receive stop -> ok end end),
                    receive {child, P} -> {Owner, P, monitor(process, P)} after 60000 -> late end end, ok", "ok"),
                ("{O1, _, M1} = Child([link]), exit(O1, kill), Down(M1)", "killed"),
                ("{O2, _, M2} = Child([link, monitor]), exit(O2, why), Down(M2)", "why"),
                // As the end of any linked process that is normal: nothing.
                ("{O3, P3, M3} = Child([link]), O3 ! stop, Down(monitor(process, O3)), {Ask(P3, id), Ask(P3, links)}", "{1,[]}"),
                ("exit(P3, done), Down(M3)", "done"),
                // Nobody has asked that it ends.
                ("{O4, P4, M4} = Child([monitor]), exit(O4, kill), Down(monitor(process, O4)), Ask(P4, id)", "1"),
                ("exit(P4, done), Down(M4)", "done"),
                // Killed before the answer: a linked child hears of it all the same.
                ("Killed = fun(Options) -> O = spawn(fun() -> spawn_request(R, ergo, spawn, [worker, [{hang, Me}]], Options), exit(self(), kill) end), Down(monitor(process, O)),
                    {hangs, P} = Get(), P end, Down(monitor(process, Killed([link]))) =/= late", "true"),
                ("[Down(monitor(process, Killed([link, monitor]))) =:= late || _ <- lists:seq(1, 50)] -- lists:duplicate(50, false)", "[]"),
                ("P5 = Killed([monitor]), M5 = monitor(process, P5), exit(P5, done), Down(M5)", "done"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.workers(0).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn each_end_is_told_once() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Count = fun Count(N) -> receive _ -> Count(N + 1) after 0 -> N end end, Both = fun(Args) -> spawn_opt(R, ergo, spawn, Args, [link, monitor]) end, ok", "ok"),
                ("All = [Both([worker, [{fail, N}]]) || N <- lists:seq(1, 200)], [{Down(M), Exit(P)} || {P, M} <- All] =:= [{N, N} || N <- lists:seq(1, 200)]", "true"),
                ("Rest(), Count(0)", "0"),
                ("Ends = [Both([worker, [N]]) || N <- lists:seq(1, 200)], [begin exit(P, N), exit(P, again), gen_server:cast(P, {stop, last}) end || {{P, _}, N} <- lists:zip(Ends, lists:seq(1, 200))],
                  [{Down(M), Exit(P)} || {P, M} <- Ends] =:= [{N, N} || N <- lists:seq(1, 200)]", "true"),
                ("Rest(), Count(0)", "0"),
                // Untied, and told nothing.
                ("{P1, M1} = Both([worker, [1]]), unlink(P1), demonitor(M1, [flush]), exit(P1, x), Rest()", "nothing"),
                // A second link is the same link, a second monitor another one.
                ("{P2, M2} = Both([worker, [1]]), link(P2), M3 = monitor(process, P2), exit(P2, x), {Down(M2), Down(M3), Exit(P2), Rest()}", "{x,x,x,nothing}"),
                // The connection is lost: told once of each.
                ("{P4, M4} = Both([worker, [1]]), {hangs, P5} = begin {P5, M5} = Both([worker, [{hang, Me}]]), Get() end, erlang:disconnect_node(R), {Down(M4), Exit(P4), Down(M5), Exit(P5)}", "{noconnection,noconnection,noconnection,noconnection}"),
                ("Rest(), Count(0)", "0"),
            ])
            .await;
        world.workers(0).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_at_once() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Qs = [{N, spawn_request(R, ergo, spawn, [worker, [N]], [link, monitor])} || N <- lists:seq(1, 10000)], length(Qs)", "10000"),
                ("Ps = [{N, Q, P} || {N, Q} <- Qs, {ok, P} <- [Reply(Q)]], length(Ps)", "10000"),
                ("[N || {N, _, P} <- Ps, N rem 100 =:= 0, Ask(P, id) =/= N]", "[]"),
                ("[exit(P, N) || {N, _, P} <- Ps], [N || {N, Q, P} <- Ps, {Down(Q), Exit(P)} =/= {N, N}]", "[]"),
                ("Rest()", "nothing"),
                ("Ends = [spawn_request(R, ergo, spawn, [worker, [{fail, N}]], [monitor, {reply, no}]) || N <- lists:seq(1, 10000)], [Down(Q) || Q <- Ends] =:= lists:seq(1, 10000)", "true"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.workers(0).await;
        world.stop().await;
    })
    .await;
}
