//! What is at the edge of the contract: very large, very deep, three nodes, pids of nobody, requests of the dead.

use ergo_tests::erlang::each_release;

use crate::world::{Rust, World, alone, status};

#[tokio::test]
async fn large_and_deep_terms() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Same = fun(T) -> gen_server:call({echo, R}, T, 60000) =:= T end, ok", "ok"),
                ("[Same(binary:copy(<<N>>, N * 1000000)) || N <- [1, 16]]", "[true,true]"),
                ("Same(lists:duplicate(300000, x))", "true"),
                ("Same(lists:duplicate(200000, 1 bsl 40))", "true"),
                ("Same(list_to_tuple(lists:seq(1, 100000)))", "true"),
                ("Same(maps:from_list([{N, [N]} || N <- lists:seq(1, 100000)]))", "true"),
                ("Same(lists:foldl(fun(_, A) -> [A] end, [], lists:seq(1, 200000)))", "true"),
                ("Same(lists:foldl(fun(_, A) -> {x, A} end, [], lists:seq(1, 100000)))", "true"),
                ("Same(lists:foldl(fun(N, A) -> #{N => A} end, [], lists:seq(1, 200000)))", "true"),
                ("Same(lists:foldl(fun(_, A) -> [a|A] end, improper, lists:seq(1, 100000)))", "true"),
                ("Same(1 bsl 100000)", "true"),
                ("Same([list_to_atom(lists:duplicate(200, $a + N rem 26) ++ integer_to_list(N)) || N <- lists:seq(1, 2000)])", "true"),
                ("lists:all(fun(N) -> Same(<<(N * 7919 + 1):N>>) end, lists:seq(1, 300))", "true"),
                ("lists:all(fun(N) -> Same(<<-1:N>>) end, lists:seq(1, 300))", "true"),
                ("lists:all(fun(F) -> Same(F) end, [math:pow(2, E) * S || E <- lists:seq(-1074, 1023), S <- [1.0, -1.0]])", "true"),
                ("lists:all(fun(N) -> X = list_to_atom([N]), Same(X) end, lists:seq(0, 16#D7FF, 37) ++ lists:seq(16#E000, 16#10FFFF, 1009))", "true"),
                // The same in a message there and back, which is cut into fragments.
                ("B = binary:copy(<<1, 2, 3, 4>>, 2500000), {echo, R} ! {Me, B}, {echo, B2} = Get(), B2 =:= B", "true"),
                ("[{echo, R} ! {Me, binary:part(B, 0, 1 bsl N)} || N <- lists:seq(0, 22)], [byte_size(element(2, Get())) || _ <- lists:seq(0, 22)] =:= [1 bsl N || N <- lists:seq(0, 22)]", "true"),
                ("Call(counter, get)", "0"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}

#[tokio::test]
async fn three_nodes() {
    each_release(async |release| {
        let world = World::start(release).await;
        let third = world.another().await;
        let second = Rust::start(&world.epmd, &[]).await;
        third
            .eval("register(box, spawn(fun() -> (fun Box(Xs) -> receive {get, P} -> P ! {self(), lists:reverse(Xs)}, Box([]); X -> Box([X | Xs]) end end)([]) end)), ok")
            .await
            .unwrap();
        let names = format!(
            "T = '{}', R2 = '{}', pong = net_adm:ping(T), Box = erpc:call(T, erlang, whereis, [box]),
            Boxed = fun(N) -> (fun More(Xs, 0) -> Xs; More(Xs, K) -> Box ! {{get, Me}}, receive {{Box, Ys}} when length(Xs) + length(Ys) >= N -> Xs ++ Ys; {{Box, Ys}} -> timer:sleep(10), More(Xs ++ Ys, K - 1) end end)([], 500) end, node(Box) =:= T",
            third.name(),
            second.name
        );
        world.check(&names, "true").await;
        world
            .table(&[
                // An answer goes to whomever the message names, wherever that is.
                ("{echo, R} ! {Box, from_r}, Boxed(1)", "[{echo,from_r}]"),
                ("gen_server:cast({echo, R}, {Box, casted}), Boxed(1)", "[{echo,casted}]"),
                ("Relay({send, Box, sent}), Boxed(1)", "[sent]"),
                ("Relay({send, {box, T}, {to, name}}), Boxed(1)", "[{to,name}]"),
                ("Relay({monitor, Box, Me}), Relay({link, Box, Me}), Relay({call, {counter, R2}, {add, 5}, Me}), Get()", "{relay,reply,5}"),
                // Pids, references and funs of third nodes come back as they were.
                ("Third = erpc:call(T, erlang, self, []), ThirdRef = erpc:call(T, erlang, make_ref, []), ThirdPort = hd(erpc:call(T, erlang, ports, [])), [gen_server:call({echo, R}, X) =:= X || X <- [Third, ThirdRef, ThirdPort, Box]]", "[true,true,true,true]"),
                // Two of ours, over a third.
                ("Echo2 = hd([P || {echo, P, _, _} <- supervisor:which_children({sup, R2})]), Relay({send, Echo2, {Me, via}}), Get()", "{echo,via}"),
                ("Relay({call, Echo2, [x], Me}), Get()", "{relay,reply,[x]}"),
                ("Relay({monitor, Echo2, Me}), Relay({link, Echo2, Me}), Relay({send, Echo2, {Me, tied}}), {echo, tied} = Get(), exit(Echo2, bye), lists:sort([Get(), Get()]) =:= [{relay, down, Echo2, bye}, {relay, exit, Echo2, bye}]", "true"),
                ("Relay({rpc, R2, interop, add, [20, 3], Me}), Get()", "{relay,rpc,23}"),
                ("Relay({spawn, R2, interop, echo_loop, [], Me}), {relay, spawned, S2} = Get(), S2 ! {Me, hello}, {node(S2) =:= R2, Get() =:= {S2, hello}}", "{true,true}"),
                ("Relay({monitor, S2, Me}), Relay({exit, S2, enough}), Get() =:= {relay, down, S2, enough}", "true"),
                ("Relay({spawn, R2, interop, die, [now], Me}), element(2, Get())", "spawned"),
                ("Relay({rpc, R2, interop, nothing, [], Me}), element(2, Get())", "error"),
            ])
            .await;
        third.kill9();
        world
            .table(&[
                ("lists:sort([Get(), Get()]) =:= [{relay, down, Box, noconnection}, {relay, exit, Box, noconnection}]", "true"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}

#[tokio::test]
async fn of_nobody_and_of_the_dead() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Dead = fun() -> {P, M} = spawn_monitor(fun() -> ok end), receive {'DOWN', M, _, _, _} -> P end end, ok", "ok"),
                // Answers to processes that are gone.
                ("[{echo, R} ! {Dead(), x} || _ <- lists:seq(1, 100)], gen_server:cast({echo, R}, {Dead(), x}), Call(echo, alive)", "alive"),
                ("[{counter, R} ! {'$gen_call', {Dead(), make_ref()}, get} || _ <- lists:seq(1, 100)], Call(counter, get)", "0"),
                ("Relay({send, Dead(), x}), Relay({exit, Dead(), x}), Relay({send, Me, alive}), Get()", "alive"),
                ("DP = Dead(), Relay({link, DP, Me}), Get() =:= {relay, exit, DP, noproc}", "true"),
                ("Relay({monitor, DP, Me}), Get() =:= {relay, down, DP, noproc}", "true"),
                ("Relay({call, DP, x, Me}), Get()", "{relay,error,noproc}"),
                ("[begin Relay({unlink, DP}), Relay({demonitor, DP}) end || _ <- [1, 2, 3]], Relay({send, Me, alive}), Get()", "alive"),
                // Messages to processes there that are gone, and to names that are none.
                ("Gone = spawn(R, interop, echo_loop, []), GM = monitor(process, Gone), Gone ! stop, receive {'DOWN', GM, _, _, GW} -> GW after 10000 -> late end", "normal"),
                ("[Gone ! {Me, x}, exit(Gone, x), unlink(Gone), erlang:send(Gone, y, [noconnect]), (catch gen_server:call(Gone, x)), Call(counter, get)] =:= [{Me, x}, true, true, ok, {'EXIT', {noproc, {gen_server, call, [Gone, x]}}}, 0] orelse x", "true"),
                ("[{N, R} ! x || N <- ['', 'åäö', 'no such', list_to_atom(lists:duplicate(255, $x))]], Call(counter, get)", "0"),
                ("[receive {'DOWN', M, process, {N, R}, W} -> W after 10000 -> late end || N <- ['', 'åäö', undefined], M <- [monitor(process, {N, R})]]", "[noproc,noproc,noproc]"),
                // Functions with arguments that do not fit, and ends of every class.
                ("Ended = fun(F, A) -> {_, M} = spawn_monitor(R, interop, F, A), receive {'DOWN', M, _, _, W} -> W after 10000 -> late end end, ok", "ok"),
                ("[is_tuple(Ended(send_node, [X])) || X <- [x, 1, \"s\", {Me}]]", "[true,true,true,true]"),
                ("[element(1, Ended(F, A)) || {F, A} <- [{add, [1]}, {add, []}, {nothing, []}, {die, [1, 2]}, {echo_loop, [1]}]]", "[undef,undef,undef,undef,undef]"),
                ("[Ended(add, [1, 2]), element(1, Ended(add, [a, 2])), element(1, Ended(fail, [{x, y}]))]", "[normal,badarith,{x,y}]"),
                ("Loop = spawn(R, interop, echo_loop, []), [Loop ! X || X <- [x, {x, y}, {Me}, {Me, 1, 2}, [], {'EXIT', Me, x}, {system, x, y}]], Loop ! {Me, there}, Get() =:= {Loop, there}", "true"),
                ("[begin Loop ! {Me, N}, Get() end || N <- lists:seq(1, 3)] =:= [{Loop, 1}, {Loop, 2}, {Loop, 3}]", "true"),
                // The caller of a spawn is gone before the process is there: it runs all the same.
                ("[spawn(fun() -> spawn(R, interop, send_node, [Me]) end) || _ <- lists:seq(1, 100)], lists:usort([Get() || _ <- lists:seq(1, 100)]) =:= [R]", "true"),
                ("[begin {P, M} = spawn_monitor(fun() -> spawn_link(R, interop, echo_loop, []) end), receive {'DOWN', M, process, P, W} -> W end end || _ <- lists:seq(1, 20)] =:= lists:duplicate(20, normal)", "true"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}

/// The connection is ended in the middle of everything, from either side, and made again by the next message.
#[tokio::test]
async fn disconnected_in_the_middle() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("process_flag(trap_exit, true), Busy = fun() -> [spawn_monitor(fun() -> P = spawn_link(R, interop, echo_loop, []), P ! {self(), x}, receive {P, x} -> Me ! busy end, (fun F(N) -> P ! {self(), {N, binary:copy(<<N>>, 1 bsl (N rem 18))}}, receive {P, _} -> F(N + 1) end end)(0) end) || _ <- lists:seq(1, 20)] end, ok", "ok"),
                ("Cut = fun(Ms) -> [receive busy -> ok end || _ <- Ms], erlang:disconnect_node(R), lists:usort([receive {'DOWN', M, process, P, W} -> W after 10000 -> late end || {P, M} <- Ms]) end, ok", "ok"),
                ("[Cut(Busy()) || _ <- lists:seq(1, 10)]", "[[noconnection],[noconnection],[noconnection],[noconnection],[noconnection],[noconnection],[noconnection],[noconnection],[noconnection],[noconnection]]"),
                ("Pending = [gen_server:send_request({counter, R}, {slow_get, 60000}) || _ <- lists:seq(1, 100)], 0 = Call(counter, get), erlang:disconnect_node(R), lists:usort([element(1, element(2, gen_server:receive_response(Q, 10000))) || Q <- Pending])", "[noconnection]"),
                ("{Call(counter, get), net_adm:ping(R), Call(counter, {add, 1})}", "{0,pong,1}"),
                // Relations of theirs end with the connection as well.
                ("Ps = [Idle() || _ <- lists:seq(1, 20)], [begin Relay({link, P, Me}), Relay({monitor, P, Me}) end || P <- Ps], Relay({send, Me, tied}), receive tied -> ok end, erlang:disconnect_node(R)", "true"),
                ("lists:usort([receive {relay, What, P, W} -> {What, W} after 10000 -> late end || P <- Ps, _ <- [1, 2]])", "[{down,noconnection},{exit,noconnection}]"),
                ("Call(counter, get)", "1"),
                ("None()", "nothing"),
            ])
            .await;
        world.rust.program.term();
        assert_eq!(status(&world.rust.program).await, Some(0));
        alone(&world.erl).await;
    })
    .await;
}

/// SIGTERM while twenty callers wait and others send: the program ends in order, each caller hears of it once.
#[tokio::test]
async fn told_to_stop_while_busy() {
    each_release(async |release| {
        for signal in ["TERM", "INT"] {
            let world = World::start(release).await;
            world
                .table(&[
                    ("Callers = [spawn_monitor(fun() -> exit(catch gen_server:call({counter, R}, {slow_get, 60000}, infinity)) end) || _ <- lists:seq(1, 20)], Call(counter, get)", "0"),
                    ("Flood = spawn(fun F() -> {echo, R} ! {self(), x}, receive {echo, x} -> F() after 10000 -> ok end end), ok", "ok"),
                ])
                .await;
            match signal {
                "TERM" => world.rust.program.term(),
                _ => world.rust.program.interrupt(),
            }
            assert_eq!(status(&world.rust.program).await, Some(0), "{signal}: {}", world.rust.program.output());
            world
                .check(
                    "lists:usort([receive {'DOWN', M, _, _, {'EXIT', {W, {gen_server, call, _}}}} -> W after 10000 -> late end || {_, M} <- Callers])",
                    "[shutdown]",
                )
                .await;
            world.eval("exit(Flood, kill)").await;
            alone(&world.erl).await;
        }
    })
    .await;
}
