//! Each function that Erlang has for it, of a factory and of a function.

use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn spawns_of_a_factory() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("P1 = spawn(R, ergo, spawn, [worker, [1]]), {node(P1) =:= R, Ask(P1, id)}", "{true,1}"),
                ("{Ask(P1, parent) =:= Me, Ask(P1, group_leader) =:= group_leader(), Ask(P1, links)}", "{true,true,[]}"),
                ("M1 = monitor(process, P1), gen_server:cast(P1, {stop, over}), Down(M1)", "over"),
                ("P2 = spawn_link(R, ergo, spawn, [worker, [{a, 1}]]), {Ask(P2, id), Ask(P2, links) =:= [Me]}", "{{a,1},true}"),
                ("gen_server:cast(P2, {stop, why}), Exit(P2)", "why"),
                ("{P3, M3} = spawn_monitor(R, ergo, spawn, [worker, [x]]), gen_server:cast(P3, {stop, {a, <<1>>}}), Down(M3)", "{a,<<1>>}"),
                ("{P4, M4} = spawn_monitor(R, ergo, spawn, [worker, [x]]), gen_server:cast(P4, crash), Down(M4)", "{panic,<<\"it crashes at.."),
                ("{P5, M5} = spawn_opt(R, ergo, spawn, [worker, [x]], [link, monitor, {priority, high}]), exit(P5, z), {Down(M5), Exit(P5)}", "{z,z}"),
                ("{P6, M6} = spawn_opt(R, ergo, spawn, [worker, [x]], [{monitor, [{tag, mine}]}]), exit(P6, kill), receive {mine, M6, process, P6, W6} -> W6 after 60000 -> late end", "killed"),
                ("spawn(R, ergo, spawn, [say, [Me, hi]]), Get()", "hi"),
                // A factory in place of a module.
                ("P7 = spawn(R, worker, any, [13]), {Ask(P7, id), Ask(P7, parent) =:= Me}", "{13,true}"),
                ("P8 = spawn_link(R, worker, start_link, [14]), exit(P8, x), Exit(P8)", "x"),
                ("spawn(R, say, nothing_in_particular, [Me, hello]), Get()", "hello"),
                // One argument is the argument, several are a tuple, none is the empty list.
                ("Ask(spawn(R, worker, any, [1, {2}, 3]), id)", "{1,{2},3}"),
                // A function: it ends with what it ends with, and one that does not exist with undef.
                ("{_, M9} = spawn_monitor(R, tests, run, []), Down(M9)", "normal"),
                ("{P10, M10} = spawn_monitor(R, tests, wait, []), P10 ! go, Down(M10)", "normal"),
                ("{_, M11} = spawn_monitor(R, ergo, spawn, [worker]), Down(M11)", "{undef,[{ergo,spawn,[worker],[]}]}"),
                ("{_, M12} = spawn_monitor(R, ergo, spawn, [worker, [], #{}, 4]), Down(M12)", "{undef,[{ergo,spawn,[worker,[],#{},4],[]}]}"),
                ("{_, M13} = spawn_monitor(R, ergo, spawn, []), Down(M13)", "{undef,[{ergo,spawn,[],[]}]}"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn requests_with_each_way_to_reply() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Good = [worker, [5]], Bad = [nobody, []], Ask2 = fun(Args, Options) -> spawn_request(R, ergo, spawn, Args, Options) end, ok", "ok"),
                ("Q1 = Ask2(Good, [link, monitor]), {ok, P1} = Reply(Q1), exit(P1, z), {Down(Q1), Exit(P1)}", "{z,z}"),
                ("Q2 = Ask2(Good, [{reply, yes}]), {ok, P2} = Reply(Q2), Ask(P2, id)", "5"),
                ("Reply(Ask2(Bad, [{reply, yes}]))", "{error,unknown_name}"),
                ("Ask2(Good, [{reply, no}]), Rest()", "nothing"),
                ("Ask2(Bad, [{reply, no}]), Rest()", "nothing"),
                ("Ask2([say, [Me, hi]], [{reply, no}]), Get()", "hi"),
                ("Q3 = Ask2([worker, [{fail, x}]], [monitor, {reply, no}]), {Down(Q3), Rest()}", "{x,nothing}"),
                ("Ask2(Good, [{reply, error_only}]), Rest()", "nothing"),
                ("Reply(Ask2(Bad, [{reply, error_only}]))", "{error,unknown_name}"),
                ("Q4 = Ask2(Good, [{reply, success_only}]), {ok, P4} = Reply(Q4), Ask(P4, id)", "5"),
                ("Ask2(Bad, [{reply, success_only}]), Rest()", "nothing"),
                ("Q5 = Ask2(Bad, [{reply_tag, {my, tag}}, link, monitor]), receive {{my, tag}, Q5, A5, B5} -> {A5, B5} after 60000 -> late end", "{error,unknown_name}"),
                // Given up: it starts, and is linked to nobody.
                ("Abandon = fun Again(0) -> never; Again(N) ->
                    Q = Ask2([say, [Me, started]], [link, monitor]),
                    case spawn_request_abandon(Q) of
                        true -> receive started -> started after 60000 -> late end;
                        %% The answer was faster.
                        false -> {ok, P} = Reply(Q), {normal, normal, started} = {Down(Q), Exit(P), receive started -> started end}, Again(N - 1)
                    end end, Abandon(1000)", "started"),
                ("Rest()", "nothing"),
                // The alias and its monitor end with the first message to it.
                ("Q7 = Ask2(Good, [{monitor, [{alias, reply_demonitor}]}]), {ok, P7} = Reply(Q7), spawn(R, ergo, spawn, [say, [Q7, to_the_alias]]), Get()", "to_the_alias"),
                ("M7 = monitor(process, P7), spawn(R, ergo, spawn, [say, [Q7, too_late]]), exit(P7, z), {Down(M7), Rest()}", "{z,nothing}"),
                ("Q8 = Ask2(Good, [{monitor, [{alias, explicit_unalias}]}]), {ok, P8} = Reply(Q8), [spawn(R, ergo, spawn, [say, [Q8, N]]) || N <- [1, 2]], lists:sort([Get(), Get()])", "[1,2]"),
                ("exit(P8, gone), {Down(Q8), unalias(Q8)}", "{gone,true}"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.stop().await;
    })
    .await;
}
