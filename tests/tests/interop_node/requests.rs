//! Calls and casts in the ways that OTP's behaviours make them, `sys`, and the functions of `supervisor`.

use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn of_gen_server_gen_statem_and_gen_event() {
    each_release(async |release| {
        let world = World::start(release).await;
        let other = world.another().await;
        let third = format!("Other = '{}', net_kernel:connect_node(Other)", other.name());
        world
            .table(&[
                (third.as_str(), "true"),
                ("pong = net_adm:ping(R), gen_server:multi_call([R, node()], counter, get) =:= {[{R, 0}], [node()]}", "true"),
                ("gen_server:multi_call([R, Other], counter, {add, 1}) =:= {[{R, 1}], [Other]}", "true"),
                ("gen_server:multi_call([R, 'nobody@127.0.0.1'], counter, get) =:= {[{R, 1}], ['nobody@127.0.0.1']}", "true"),
                ("gen_server:multi_call([R, R, R], counter, get) =:= {[{R, 1}, {R, 1}, {R, 1}], []}", "true"),
                ("{Good, Bad} = gen_server:multi_call(counter, get), {Good =:= [{R, 1}], lists:sort(Bad) =:= lists:sort([node(), Other])}", "{true,true}"),
                ("gen_server:multi_call([R], counter, {slow_get, 100}, 10000) =:= {[{R, 1}], []}", "true"),
                ("gen_server:multi_call([R], bank, {account, 7}) =:= {[{R, {error, unknown}}], []}", "true"),
                ("Big = binary:copy(<<7>>, 300000), gen_server:multi_call([R], echo, Big, 10000) =:= {[{R, Big}], []}", "true"),
                // One that comes too late leaves nothing behind.
                ("[gen_server:multi_call([R], counter, {slow_get, 100}, 1), Call(counter, {slow_get, 200}), None()] =:= [{[], [R]}, 1, nothing]", "true"),
                ("gen_server:abcast([R, Other, 'nobody@127.0.0.1'], counter, {add, 1}), Call(counter, get)", "2"),
                ("gen_server:abcast(counter, {add, 1}), Until(fun() -> Call(counter, get) =:= 3 end, 500)", "ok"),
                // Requests whose answer is asked for later.
                ("Q1 = gen_server:send_request({counter, R}, {slow_get, 20}), gen_server:wait_response(Q1, infinity)", "{reply,3}"),
                ("Q2 = gen_server:send_request({counter, R}, get), receive M2 -> gen_server:check_response(M2, Q2) after 10000 -> late end", "{reply,3}"),
                ("gen_server:check_response({some, message}, Q2)", "no_reply"),
                ("Q3 = gen_server:send_request(Pid(crasher), {stop, {a, b}}), gen_server:receive_response(Q3, 10000)", "{reply,ok}"),
                ("Until(fun() -> Call(crasher, incarnation) =:= 2 end, 500)", "ok"),
                ("Q4 = gen_server:send_request({crasher, R}, panic), {error, {{panic, _}, Q4Ref}} = gen_server:receive_response(Q4, 10000), Q4Ref =:= {crasher, R}", "true"),
                ("Until(fun() -> Call(crasher, incarnation) =:= 3 end, 500)", "ok"),
                ("Put = fun(Request, Label, Ids) -> gen_server:send_request({counter, R}, Request, Label, Ids) end, Take = fun Take(Ids, N) -> case gen_server:receive_response(Ids, 10000, true) of no_request -> []; {X, L, Ids1} -> [{L, X} | Take(Ids1, N)] end end, ok", "ok"),
                ("lists:sort(Take(lists:foldl(fun(N, Ids) -> Put({slow_get, N}, N, Ids) end, gen_server:reqids_new(), lists:seq(1, 50)), 0)) =:= [{N, {reply, 3}} || N <- lists:seq(1, 50)]", "true"),
                ("Ids = Put({slow_get, 600000}, slow, Put(get, fast, gen_server:reqids_new())), {{reply, 3}, fast, Ids1} = gen_server:receive_response(Ids, 10000, true), [gen_server:reqids_size(Ids1), gen_server:wait_response(Ids1, 0, true), [L || {_, L} <- gen_server:reqids_to_list(Ids1)]]", "[1,timeout,[slow]]"),
                ("Msg = Put(get, l, gen_server:reqids_new()), receive X5 -> case gen_server:check_response(X5, Msg, true) of {Y5, L5, _} -> {Y5, L5} end after 10000 -> late end", "{{reply,3},l}"),
                ("gen_server:receive_response(gen_server:send_request({nobody, R}, get), 10000) =:= {error, {noproc, {nobody, R}}}", "true"),
                ("gen_server:receive_response(gen_server:send_request({counter, 'nobody@127.0.0.1'}, get), 10000) =:= {error, {noconnection, {counter, 'nobody@127.0.0.1'}}}", "true"),
                // gen_statem asks in the same way.
                ("gen_statem:call({counter, R}, get, 10000)", "3"),
                ("gen_statem:call({counter, R}, get, {clean_timeout, 10000})", "3"),
                ("gen_statem:call({counter, R}, get, {dirty_timeout, 10000})", "3"),
                ("gen_statem:cast({counter, R}, {add, 1}), gen_statem:receive_response(gen_statem:send_request({counter, R}, get), 10000)", "{reply,4}"),
                // gen_event: a notification is a message to a server, a call gets no answer there, as in OTP.
                ("gen_event:notify({counter, R}, x), (catch gen_event:call({counter, R}, h, x, 50)), Call(counter, get)", "4"),
                ("None()", "nothing"),
                // Nobody is left waiting when the server is stopped, or asked by one that dies.
                ("Waiting = [spawn_monitor(fun() -> exit(catch gen_server:call({counter, R}, {slow_get, 60000}, infinity)) end) || _ <- lists:seq(1, 20)], exit(Pid(counter), bye), lists:usort([receive {'DOWN', M, _, _, {'EXIT', {W, _}}} -> W after 10000 -> late end || {_, M} <- Waiting])", "[bye]"),
                ("Until(fun() -> Call(counter, get) =:= 0 end, 500)", "ok"),
                ("{{error, {bye, _}}, slow, _} = gen_server:receive_response(Ids1, 10000, true), ok", "ok"),
                ("[spawn(fun() -> exit(self(), gen_server:send_request({counter, R}, {slow_get, 30})) end) || _ <- lists:seq(1, 50)], Call(counter, {slow_get, 60})", "0"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}

/// Requests with every form of `From` that a release makes, taken apart and put together by hand.
#[tokio::test]
async fn with_any_tag() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Ask = fun(From, Request) -> {counter, R} ! {'$gen_call', From, Request}, Get() end, Ref = make_ref(), ok", "ok"),
                ("Ask({Me, Ref}, get) =:= {Ref, 0}", "true"),
                ("[Ask({Me, Tag}, get) =:= {Tag, 0} || Tag <- [tag, 1, \"string\", {a, b}, [], #{}, <<1:1>>, [alias|x], [[alias|x]|y]]]", "[true,true,true,true,true,true,true,true,true]"),
                ("A1 = alias([reply]), Ask({Me, [alias|A1]}, get) =:= {[alias|A1], 0}", "true"),
                ("A2 = alias([reply]), Ask({Me, [[alias|A2]|Ref]}, get) =:= {[[alias|A2]|Ref], 0}", "true"),
                // An alias that is gone gets nothing, nor does the pid beside it.
                ("{counter, R} ! {'$gen_call', {Me, [alias|A1]}, get}, Call(counter, get), None()", "nothing"),
                // A `From` that is none is no reason to end.
                ("[{counter, R} ! {'$gen_call', F, get} || F <- [x, {x, y}, {Me}, {Me, a, b}, [], {{a, b}, Ref}]], Call(counter, get)", "0"),
                ("{echo, R} ! {'$gen_call', {Me, Ref}, {deep, [x]}}, Get() =:= {Ref, {deep, [x]}}", "true"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}

#[tokio::test]
async fn of_sys() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Call(counter, {add, 7}), sys:get_state({counter, R})", "7"),
                ("sys:get_state(Pid(counter), 5000)", "7"),
                ("{status, SP, {module, SM}, [PDict, running, SParent, [], Misc]} = sys:get_status({counter, R}), {SP =:= Pid(counter), is_atom(SM), is_list(PDict), is_pid(SParent), is_list(Misc)}", "{true,true,true,true,true}"),
                // While it is suspended, requests wait; system messages are answered.
                ("sys:suspend({counter, R})", "ok"),
                ("Held = gen_server:send_request({counter, R}, get), gen_server:cast({counter, R}, {add, 1}), [gen_server:wait_response(Held, 100), element(2, lists:nth(1, [X || X <- [{status, lists:nth(2, element(4, sys:get_status({counter, R})))}]])), sys:get_state({counter, R})]", "[timeout,suspended,7]"),
                ("sys:resume({counter, R})", "ok"),
                ("[gen_server:receive_response(Held, 10000), Call(counter, get)]", "[{reply,7},8]"),
                ("[sys:suspend({counter, R}), sys:suspend({counter, R}), sys:resume({counter, R}), sys:resume({counter, R}), Call(counter, get)]", "[ok,ok,ok,ok,8]"),
                // A suspended process dies of an exit.
                ("sys:suspend({crasher, R}), SC = monitor(process, {crasher, R}), exit(Pid(crasher), boom), receive {'DOWN', SC, _, _, SW} -> SW after 10000 -> late end", "boom"),
                ("Until(fun() -> Call(crasher, incarnation) =:= 2 end, 500)", "ok"),
                ("TC = monitor(process, {crasher, R}), sys:terminate({crasher, R}, {told, to}), receive {'DOWN', TC, _, _, TW} -> TW after 10000 -> late end", "{told,to}"),
                ("Until(fun() -> Call(crasher, incarnation) =:= 3 end, 500)", "ok"),
                ("GC = monitor(process, {crasher, R}), gen_server:stop({crasher, R}), receive {'DOWN', GC, _, _, GW} -> GW after 10000 -> late end", "normal"),
                ("Until(fun() -> Call(crasher, incarnation) =:= 4 end, 500)", "ok"),
                ("(catch gen_server:stop({crasher, R}, {some, reason}, 5000))", "ok"),
                ("Until(fun() -> Call(crasher, incarnation) =:= 5 end, 500)", "ok"),
                ("(catch gen_server:stop({nobody, R}, normal, 5000))", "{'EXIT',noproc}"),
                ("sys:log({counter, R}, true), Call(counter, get), {ok, Log} = sys:log({counter, R}, get), is_list(Log)", "true"),
                ("[sys:log({counter, R}, false), sys:statistics({counter, R}, true), Call(counter, get), sys:statistics({counter, R}, false), sys:no_debug({counter, R})]", "[ok,ok,8,ok,ok]"),
                ("[sys:get_state({N, R}) || N <- [echo, counter, bank, crasher]]", "[[],8,#{},5]"),
                ("element(1, sys:get_status({sup, R}))", "status"),
                ("Call(counter, get)", "8"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}

#[tokio::test]
async fn of_supervisor() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Child = fun(Id) -> hd([C || {I, _, _, _} = C <- supervisor:which_children({sup, R}), I =:= Id]) end, ok", "ok"),
                ("EchoPid = Pid(echo), EM = monitor(process, EchoPid), supervisor:terminate_child({sup, R}, echo)", "ok"),
                ("receive {'DOWN', EM, process, EchoPid, EW} -> EW after 10000 -> late end", "shutdown"),
                ("{echo, undefined, worker, _} = Child(echo), lists:sort(supervisor:count_children({sup, R}))", "[{active,4},{specs,5},{supervisors,0},{workers,5}]"),
                ("(catch Call(echo, x)) =:= {'EXIT', {noproc, {gen_server, call, [{echo, R}, x]}}}", "true"),
                ("supervisor:terminate_child({sup, R}, echo)", "ok"),
                ("{ok, EchoPid2} = supervisor:restart_child({sup, R}, echo), [EchoPid2 =:= Pid(echo), Call(echo, x)]", "[true,x]"),
                ("supervisor:restart_child({sup, R}, echo)", "{error,running}"),
                ("supervisor:delete_child({sup, R}, echo)", "{error,running}"),
                ("[supervisor:terminate_child({sup, R}, nobody), supervisor:restart_child({sup, R}, nobody), supervisor:delete_child({sup, R}, nobody), supervisor:get_childspec({sup, R}, nobody)]", "[{error,not_found},{error,not_found},{error,not_found},{error,not_found}]"),
                ("{ok, Spec} = supervisor:get_childspec({sup, R}, echo), [maps:get(K, Spec) || K <- [id, restart, type]]", "[echo,permanent,worker]"),
                ("supervisor:terminate_child({sup, R}, Pid(relay))", "{error,not_found}"),
                ("supervisor:terminate_child({sup, R}, bank), supervisor:delete_child({sup, R}, bank)", "ok"),
                ("lists:sort([I || {I, _, _, _} <- supervisor:which_children({sup, R})])", "[counter,crasher,echo,relay]"),
                // A function of ours cannot be a child there.
                ("element(1, supervisor:start_child({sup, R}, #{id => new, start => {lists, seq, [1, 2]}}))", "error"),
                ("element(1, supervisor:start_child({sup, R}, nonsense))", "error"),
                ("lists:sort(supervisor:count_children({sup, R}))", "[{active,4},{specs,4},{supervisors,0},{workers,4}]"),
            ])
            .await;
        if world.erl.release() >= 28 {
            world.check("{ok, {counter, CP, worker, _}} = supervisor:which_child({sup, R}, counter), CP =:= Pid(counter)", "true").await;
        }
    })
    .await;
}

/// Ten restarts within ten seconds are allowed.
#[tokio::test]
async fn restarts_up_to_the_intensity() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .check(
                "Sup = monitor(process, {sup, R}),
                [begin ok = Call(crasher, {stop, again}), ok = Until(fun() -> Call(crasher, incarnation) =:= N end, 500) end || N <- lists:seq(2, 11)],
                [Call(crasher, incarnation), receive {'DOWN', Sup, _, _, W} -> W after 0 -> up end]",
                "[11,up]",
            )
            .await;
    })
    .await;
}
