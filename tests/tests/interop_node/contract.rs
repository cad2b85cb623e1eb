//! The servers of the interop node, called and cast to from Erlang.

use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn counter() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("net_adm:ping(R)", "pong"),
                ("Call(counter, get)", "0"),
                ("Call(counter, {add, 5})", "5"),
                ("Call(counter, {add, -7})", "-2"),
                ("Call(counter, {add, 0})", "-2"),
                ("gen_server:cast({counter, R}, {add, 44}), Call(counter, get)", "42"),
                ("gen_server:cast({counter, R}, reset), Call(counter, get)", "0"),
                ("Call(counter, {add, 16#7FFFFFFFFFFFFFFF})", "9223372036854775807"),
                ("Call(counter, {add, 1})", "{error,overflow}"),
                ("Call(counter, get)", "9223372036854775807"),
                ("gen_server:cast({counter, R}, {add, 1}), Call(counter, get)", "9223372036854775807"),
                ("Call(counter, {add, -16#7FFFFFFFFFFFFFFF})", "0"),
                ("Call(counter, {add, -16#8000000000000000})", "-9223372036854775808"),
                ("Call(counter, {add, -1})", "{error,overflow}"),
                ("Call(counter, get)", "-9223372036854775808"),
                ("gen_server:cast({counter, R}, reset), Call(counter, get)", "0"),
                // What is no integer of 64 bits is no request of it.
                ("Call(counter, {add, 16#8000000000000000})", "{error,{unknown_request,{add,9223372036854775808}}}"),
                ("Call(counter, {add, -16#8000000000000001})", "{error,{unknown_request,{add,-9223372036854775809}}}"),
                ("Call(counter, {add, 1.0})", "{error,{unknown_request,{add,1.0}}}"),
                ("Call(counter, {add, one})", "{error,{unknown_request,{add,one}}}"),
                ("Call(counter, {add, 1, 2})", "{error,{unknown_request,{add,1,2}}}"),
                ("Call(counter, {add})", "{error,{unknown_request,{add}}}"),
                ("Call(counter, add)", "{error,{unknown_request,add}}"),
                ("Call(counter, {get})", "{error,{unknown_request,{get}}}"),
                ("Call(counter, {get, 1})", "{error,{unknown_request,{get,1}}}"),
                ("Call(counter, nonsense)", "{error,{unknown_request,nonsense}}"),
                ("Call(counter, [])", "{error,{unknown_request,[]}}"),
                ("Call(counter, \"get\")", "{error,{unknown_request,\"get\"}}"),
                ("Call(counter, <<\"get\">>)", "{error,{unknown_request,<<\"get\">>}}"),
                ("Call(counter, #{get => 1})", "{error,{unknown_request,#{get => 1}}}"),
                ("Call(counter, 1 bsl 200)", "{error,{unknown_request,1606938044258990275541962092341162602522202993782792835301376}}"),
                ("Call(counter, {slow_get, -1})", "{error,{unknown_request,{slow_get,-1}}}"),
                // Casts and messages it does not know leave it alone.
                ("[gen_server:cast({counter, R}, X) || X <- [x, {add, a}, {reset, 1}, get, [1|2]]], Call(counter, get)", "0"),
                ("[{counter, R} ! X || X <- [x, {'$gen_cast'}, {'$gen_call', x, y}, {'$gen_call', {Me, x}}, {system, x, y}]], Call(counter, get)", "0"),
                ("Call(counter, {slow_get, 0})", "0"),
                // The value at the time of the request; other requests are served meanwhile.
                ("Slow = gen_server:send_request({counter, R}, {slow_get, 300}), Call(counter, {add, 3})", "3"),
                ("gen_server:wait_response(Slow, 0)", "timeout"),
                ("gen_server:receive_response(Slow, 10000)", "{reply,0}"),
                ("Many = [gen_server:send_request({counter, R}, {slow_get, 200}) || _ <- lists:seq(1, 500)], Call(counter, get)", "3"),
                ("lists:usort([gen_server:receive_response(Q, 10000) || Q <- Many])", "[{reply,3}]"),
                ("(catch gen_server:call({counter, R}, {slow_get, 300}, 20))", "{'EXIT',{timeout,{gen_server,call,.."),
                ("Call(counter, {slow_get, 400}), None()", "nothing"),
                ("gen_server:call({counter, R}, get, infinity)", "3"),
                ("gen_server:call(Pid(counter), get)", "3"),
                ("gen_server:multi_call([R], counter, get) =:= {[{R, 3}], []}", "true"),
                ("gen_server:abcast([R], counter, {add, 2}), gen_server:abcast([R], counter, {add, -2}), Call(counter, get)", "3"),
                ("gen_statem:call({counter, R}, get)", "3"),
                ("gen:call({counter, R}, '$gen_call', get, 5000)", "{ok,3}"),
                ("Ids = gen_server:send_request({counter, R}, get, a, gen_server:send_request({counter, R}, {slow_get, 50}, b, gen_server:reqids_new())), gen_server:reqids_size(Ids)", "2"),
                ("{Got1, _, Ids1} = gen_server:receive_response(Ids, 10000, true), {Got2, _, Ids2} = gen_server:receive_response(Ids1, 10000, true), {Got1, Got2, gen_server:reqids_size(Ids2)}", "{{reply,3},{reply,3},0}"),
                ("Pending = gen_server:send_request({no_such_server, R}, get), {error, {PendingWhy, _}} = gen_server:receive_response(Pending, 10000), PendingWhy", "noproc"),
                ("Early = gen_server:send_request({counter, R}, {slow_get, 100}), [gen_server:receive_response(Early, 0), gen_server:call({counter, R}, {slow_get, 200}), None()]", "[timeout,3,nothing]"),
                ("gen_server:multi_call([R], no_such_server, get) =:= {[], [R]}", "true"),
                ("gen_server:multi_call([R], counter, {slow_get, 5000}, 50) =:= {[], [R]}", "true"),
                ("(catch Call(no_such_server, get)) =:= {'EXIT', {noproc, {gen_server, call, [{no_such_server, R}, get]}}} orelse (catch Call(no_such_server, get))", "true"),
            ])
            .await;
    })
    .await;
}

#[tokio::test]
async fn bank() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Call(bank, {open, #{owner => <<\"ann\">>, limit => 10}})", "{ok,1}"),
                ("Call(bank, {open, #{limit => 0, owner => <<\"å\"/utf8>>}})", "{ok,2}"),
                ("Call(bank, {deposit, 1, 5})", "{ok,5}"),
                ("Call(bank, {withdraw, 1, 15})", "{ok,-10}"),
                ("Call(bank, {withdraw, 1, 1})", "{error,overdrawn}"),
                ("Call(bank, {withdraw, 2, 1})", "{error,overdrawn}"),
                ("Call(bank, {withdraw, 2, 16#FFFFFFFFFFFFFFFF})", "{error,overdrawn}"),
                ("{ok, A} = Call(bank, {account, 1}), A =:= #{id => 1, owner => <<\"ann\">>, balance => -10, limit => 10}", "true"),
                ("{ok, B} = Call(bank, {account, 2}), maps:get(owner, B) =:= <<\"å\"/utf8>>", "true"),
                ("Call(bank, {history, 1})", "{ok,[{deposit,5},{withdraw,15}]}"),
                ("Call(bank, {history, 2})", "{ok,[]}"),
                ("[Call(bank, {X, 3}) || X <- [account, history]]", "[{error,unknown},{error,unknown}]"),
                ("[Call(bank, {X, 3, 1}) || X <- [deposit, withdraw]]", "[{error,unknown},{error,unknown}]"),
                ("Call(bank, {deposit, 2, 16#7FFFFFFFFFFFFFFF})", "{ok,9223372036854775807}"),
                ("Call(bank, {deposit, 2, 1})", "{error,overflow}"),
                ("Call(bank, {deposit, 1, -1})", "{error,{unknown_request,{deposit,1,-1}}}"),
                ("Call(bank, {deposit, a, 1})", "{error,{unknown_request,{deposit,a,1}}}"),
                ("Call(bank, {account, -1})", "{error,{unknown_request,{account,-1}}}"),
                ("Call(bank, {open, #{owner => <<\"ann\">>}})", "{error,{unknown_request,{open,#{owner => <<\"ann\">>}}}}"),
                ("Call(bank, {open, #{owner => ann, limit => 1}}) =:= {error, {unknown_request, {open, #{owner => ann, limit => 1}}}}", "true"),
                ("Call(bank, {open, #{owner => <<\"x\">>, limit => -1}}) =:= {error, {unknown_request, {open, #{owner => <<\"x\">>, limit => -1}}}}", "true"),
                ("Call(bank, {open, #{owner => <<\"x\">>, limit => 1 bsl 32}}) =:= {error, {unknown_request, {open, #{owner => <<\"x\">>, limit => 1 bsl 32}}}}", "true"),
                ("Call(bank, {open, []})", "{error,{unknown_request,{open,[]}}}"),
                ("Call(bank, close)", "{error,{unknown_request,close}}"),
                ("Call(bank, {open, #{owner => <<\"more\">>, limit => 1, extra => 2}})", "{ok,3}"),
            ])
            .await;
    })
    .await;
}

#[tokio::test]
async fn crasher_and_supervisor() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Call(crasher, incarnation)", "1"),
                ("First = Pid(crasher), monitor(process, First), Call(crasher, {stop, {because, \"x\"}})", "ok"),
                ("receive {'DOWN', _, process, First, Why} -> Why after 10000 -> late end", "{because,\"x\"}"),
                ("Back = fun(N) -> Until(fun() -> Call(crasher, incarnation) =:= N end, 500) end, Back(2)", "ok"),
                ("Second = Pid(crasher), Second =/= First", "true"),
                ("Named = monitor(process, {crasher, R}), (catch Call(crasher, panic))", "{'EXIT',.."),
                ("receive {'DOWN', Named, process, {crasher, R}, {panic, Text}} -> is_binary(Text) orelse Text after 10000 -> late end", "true"),
                ("Back(3)", "ok"),
                ("[ok, ok] = [begin ok = Call(crasher, {stop, normal}), Back(4) end, begin ok = Call(crasher, {stop, shutdown}), Back(5) end]", "[ok,ok]"),
                ("exit(Pid(crasher), kill), Back(6)", "ok"),
                ("exit(Pid(crasher), some_reason), Back(7)", "ok"),
                ("exit(Pid(crasher), normal), Call(crasher, incarnation)", "7"),
                ("Call(crasher, {stop})", "{error,{unknown_request,{stop}}}"),
                ("Call(crasher, {panic, 1})", "{error,{unknown_request,{panic,1}}}"),
                ("lists:sort([{I, is_pid(P), node(P) =:= R, T} || {I, P, T, _} <- supervisor:which_children({sup, R})])",
                    "[{bank,true,true,worker},{counter,true,true,worker},{crasher,true,true,worker},{echo,true,true,worker},{relay,true,true,worker}]"),
                ("lists:all(fun({_, _, _, M}) -> M =:= dynamic orelse is_list(M) end, supervisor:which_children({sup, R}))", "true"),
                ("lists:sort(supervisor:count_children({sup, R}))", "[{active,5},{specs,5},{supervisors,0},{workers,5}]"),
                ("Call(sup, nonsense)", "{error,.."),
                ("gen_server:cast({sup, R}, nonsense), {sup, R} ! nonsense, length(supervisor:which_children({sup, R}))", "5"),
            ])
            .await;
    })
    .await;
}

/// Eleven restarts within ten seconds are one too many: the supervisor gives up, and the program with it.
#[tokio::test]
async fn too_many_restarts_end_the_program() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .check(
                "Sup = monitor(process, {sup, R}),
                (fun Crash(0) -> ok; Crash(N) -> catch Call(crasher, {stop, again}), Crash(N - 1) end)(200),
                receive {'DOWN', Sup, process, _, shutdown} -> shutdown; {'DOWN', Sup, _, _, Other} -> {other, Other} after 10000 -> late end",
                "shutdown",
            )
            .await;
        assert_eq!(crate::world::status(&world.rust.program).await, Some(1));
        crate::world::alone(&world.erl).await;
    })
    .await;
}

/// System messages are answered, in whatever way, and the server lives.
#[tokio::test]
async fn system_messages_are_answered() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Sys = fun(F) -> try F(), answered catch _:timeout -> hangs; _:{timeout, _} -> hangs; _:_ -> answered end end, ok", "ok"),
                ("Sys(fun() -> sys:get_state({counter, R}) end)", "answered"),
                ("sys:get_state({counter, R})", "0"),
                ("sys:replace_state({counter, R}, {state, 5}), Call(counter, get)", "5"),
                ("{ok, Id} = Call(bank, {open, #{owner => <<\"ann\">>, limit => 10}}), Call(bank, {withdraw, Id, 7}), #{Id := Balance} = sys:get_state({bank, R}), Balance", "-7"),
                ("Sys(fun() -> sys:get_status({counter, R}) end)", "answered"),
                ("Sys(fun() -> sys:get_state({sup, R}) end)", "answered"),
                ("Sys(fun() -> sys:get_state({echo, R}) end)", "answered"),
                ("Sys(fun() -> sys:suspend({counter, R}) end), Sys(fun() -> sys:resume({counter, R}) end)", "answered"),
                ("Sys(fun() -> sys:replace_state({counter, R}, fun(X) -> X end) end)", "answered"),
                ("Sys(fun() -> sys:log({counter, R}, true) end)", "answered"),
                ("Sys(fun() -> gen_server:stop({counter, R}, normal, 3000) end)", "answered"),
                ("Until(fun() -> 0 =:= Call(counter, get) end, 500)", "ok"),
            ])
            .await;
    })
    .await;
}
