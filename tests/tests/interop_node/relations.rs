//! Links, monitors, exits, aliases between Erlang and Rust processes.

use ergo_tests::erlang::each_release;

use crate::world::{World, alone};

#[tokio::test]
async fn links() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("process_flag(trap_exit, true)", "false"),
                ("Loop = fun() -> spawn(R, interop, echo_loop, []) end, ok", "ok"),
                // An exit of theirs reaches us, whatever the reason.
                ("Die = fun(Why) -> P = Loop(), link(P), exit(P, Why), receive {'EXIT', P, Got} -> Got after 10000 -> late end end, ok", "ok"),
                ("Die({some, \"reason\", <<1>>})", "{some,\"reason\",<<1>>}"),
                ("Die(kill)", "killed"),
                ("Die(shutdown)", "shutdown"),
                ("Die({shutdown, x})", "{shutdown,x}"),
                ("Die(binary:copy(<<$x>>, 100000)) =:= binary:copy(<<$x>>, 100000)", "true"),
                ("P1 = Loop(), link(P1), exit(P1, normal), P1 ! {Me, alive}, Get() =:= {P1, alive}", "true"),
                ("P1 ! stop, receive {'EXIT', P1, W1} -> W1 after 10000 -> late end", "normal"),
                ("link(P1), receive {'EXIT', P1, W2} -> W2 after 10000 -> late end", "noproc"),
                // An exit of ours reaches them: a process that does not trap dies with it.
                ("Linked = fun(Why) -> P = Loop(), M = monitor(process, P), spawn(fun() -> link(P), P ! {self(), x}, receive {P, x} -> exit(Why) end end),
                    receive {'DOWN', M, process, P, Got} -> Got after 1000 -> alive end end, ok", "ok"),
                ("Linked(boom)", "boom"),
                ("Linked({a, [b]})", "{a,[b]}"),
                ("Linked(kill)", "kill"),
                ("Linked(normal)", "alive"),
                // Unlinked, an exit of either side stays there.
                ("P2 = Loop(), link(P2), unlink(P2), exit(P2, gone), M2 = monitor(process, P2), receive {'DOWN', M2, _, _, _} -> ok after 10000 -> late end, None()", "nothing"),
                ("P3 = Loop(), {_, M3} = spawn_monitor(fun() -> link(P3), unlink(P3), exit(boom) end), receive {'DOWN', M3, _, _, _} -> ok end, P3 ! {Me, alive}, Get() =:= {P3, alive}", "true"),
                ("[begin link(P3), unlink(P3) end || _ <- lists:seq(1, 200)], link(P3), exit(P3, last), receive {'EXIT', P3, W3} -> W3 after 10000 -> late end", "last"),
                ("None()", "nothing"),
                // A process that traps gets the exit as a message: the relay.
                ("P4 = Idle(), Relay({link, P4, Me}), Relay({nodes, Me}), Get(), exit(P4, {why, 1}), Get() =:= {relay, exit, P4, {why, 1}}", "true"),
                ("exit(Pid(relay), sent), element(1, Get())", "relay"),
                ("process_flag(trap_exit, false), None()", "nothing"),
                // Traced messages, and another group leader.
                ("seq_trace:set_token(label, 17), {echo, R} ! {Me, traced}, Get()", "{echo,traced}"),
                ("TP = spawn(R, interop, echo_loop, []), TM = monitor(process, TP), TP ! {Me, x}, Get(), exit(TP, traced), receive {'DOWN', TM, _, _, TW} -> TW after 10000 -> late end", "traced"),
                ("seq_trace:set_token([]), Call(counter, get)", "0"),
                ("group_leader(Me, Pid(echo)), group_leader(Me, Pid(counter)), Call(counter, get)", "0"),
            ])
            .await;
        if world.erl.release() >= 28 {
            world
                .table(&[
                    ("PA = alias([priority]), {echo, R} ! {PA, prio}, Get()", "{echo,prio}"),
                    ("PP = spawn(R, interop, echo_loop, []), PM = monitor(process, PP, [priority]), exit(PP, urgent, [priority]), receive {'DOWN', PM, _, _, PW} -> PW after 10000 -> late end", "urgent"),
                    ("process_flag(trap_exit, true), PL = spawn(R, interop, echo_loop, []), link(PL, [priority]), exit(PL, why), receive {'EXIT', PL, PX} -> PX after 10000 -> late end", "why"),
                ])
                .await;
        }
    })
    .await;
}

#[tokio::test]
async fn monitors() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Loop = fun() -> spawn(R, interop, echo_loop, []) end, Down = fun(M) -> receive {'DOWN', M, process, O, W} -> {O, W} after 10000 -> late end end, ok", "ok"),
                ("P1 = Loop(), M1 = monitor(process, P1), P1 ! stop, Down(M1) =:= {P1, normal}", "true"),
                ("Down(monitor(process, P1)) =:= {P1, noproc}", "true"),
                ("P2 = Loop(), Ms = [monitor(process, P2) || _ <- lists:seq(1, 50)], exit(P2, x), lists:usort([Down(M) || M <- Ms]) =:= [{P2, x}]", "true"),
                ("Down(monitor(process, {no_such_name, R})) =:= {{no_such_name, R}, noproc}", "true"),
                ("M3 = monitor(process, {crasher, R}), Call(crasher, {stop, bye}), Down(M3) =:= {{crasher, R}, bye}", "true"),
                ("P4 = Loop(), M4 = monitor(process, P4), demonitor(M4), exit(P4, x), Down(monitor(process, P4)), None()", "nothing"),
                ("P5 = Loop(), M5 = monitor(process, P5), exit(P5, x), Down(monitor(process, P5)), demonitor(M5, [flush]), None()", "nothing"),
                ("Tag = monitor(process, {no_such_name, R}, [{tag, hello}]), receive {hello, Tag, process, _, W} -> W after 10000 -> late end", "noproc"),
                ("A = monitor(process, {echo, R}, [{alias, reply_demonitor}]), {echo, R} ! {A, x}, Get()", "{echo,x}"),
                // An alias that is used up takes no second answer.
                ("{echo, R} ! {A, x}, gen_server:call({echo, R}, y), None()", "nothing"),
                ("A2 = alias([reply]), {echo, R} ! {A2, 1}, {echo, R} ! {A2, 2}, Get(), gen_server:call({echo, R}, y), None()", "nothing"),
                ("A3 = alias(), {echo, R} ! {A3, 1}, {echo, R} ! {A3, 2}, [Get(), Get()]", "[{echo,1},{echo,2}]"),
                ("unalias(A3), {echo, R} ! {A3, 1}, gen_server:call({echo, R}, y), None()", "nothing"),
                ("{no_such_name, R} ! x, P1 ! x, exit(P1, x), Call(counter, get)", "0"),
                ("is_reference(monitor_node(R, true)) orelse monitor_node(R, true)", "true"),
            ])
            .await;
    })
    .await;
}

/// When either node is killed, everything tied by the connection hears `noconnection`.
#[tokio::test]
async fn the_interop_node_is_killed() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("process_flag(trap_exit, true), net_kernel:monitor_nodes(true, [nodedown_reason, {node_type, all}])", "ok"),
                ("P = Pid(echo), link(P), M1 = monitor(process, P), M2 = monitor(process, {counter, R}), monitor_node(R, true)", "true"),
                ("Slow = gen_server:send_request({counter, R}, {slow_get, 60000}), Call(counter, get)", "0"),
                ("receive {nodeup, R, _} -> up after 10000 -> late end", "up"),
            ])
            .await;
        world.rust.program.kill9();
        world
            .table(&[
                ("receive {'EXIT', P, X1} -> X1 after 10000 -> late end", "noconnection"),
                ("receive {'DOWN', M1, process, P, X2} -> X2 after 10000 -> late end", "noconnection"),
                ("receive {'DOWN', M2, process, {counter, R}, X3} -> X3 after 10000 -> late end", "noconnection"),
                ("receive {nodedown, R} -> down after 10000 -> late end", "down"),
                ("receive {nodedown, R, [{nodedown_reason, X4}, _]} -> X4; {nodedown, R, X4} -> X4 after 10000 -> late end", "connection_closed.."),
                ("gen_server:receive_response(Slow, 10000)", "{error,{noconnection,.."),
                ("nodes(connected)", "[]"),
            ])
            .await;
    })
    .await;
}

#[tokio::test]
async fn the_erlang_node_is_killed() {
    each_release(async |release| {
        let world = World::start(release).await;
        let other = world.another().await;
        let (victim, watcher) = (&world.erl, &other);
        let pid = victim
            .eval("P = Idle(), register(idle, P), net_adm:ping(R), binary_to_list(base64:encode(term_to_binary(P)))")
            .await
            .unwrap();
        let setup = format!(
            "P = binary_to_term(base64:decode({pid})), V = '{}', Relay({{monitor_nodes, Me}}), Relay({{link, P, Me}}), Relay({{monitor, P, Me}}), Relay({{monitor, {{idle, V}}, Me}}),
             Relay({{call, P, never_answered, Me}}), Relay({{nodes, Me}}),
             case Get() of {{relay, nodes, A, B}} -> lists:member(V, A ++ B) end",
            victim.name()
        );
        assert_eq!(watcher.eval(&setup).await.unwrap(), "true");
        victim.kill9();
        let rows = [
            ("receive {relay, exit, P, X1} -> X1 after 10000 -> late end", "noconnection"),
            ("receive {relay, down, P, X2} -> X2 after 10000 -> late end", "noconnection"),
            ("receive {relay, down, {idle, V}, X3} -> X3 after 10000 -> late end", "noconnection"),
            ("receive {relay, error, X4} -> X4 after 10000 -> late end", "noconnection"),
            ("receive {relay, nodedown, V, X5} -> X5 after 10000 -> late end", "connection_closed"),
            ("Relay({nodes, Me}), case Get() of {relay, nodes, C, D} -> lists:member(V, C ++ D) end", "false"),
            ("None()", "nothing"),
        ];
        crate::world::table(watcher, &rows, &world.rust.program).await;
    })
    .await;
}

/// A peer that is silent for longer than the tick time is lost, seen from both sides.
#[tokio::test]
async fn a_silent_peer_is_lost() {
    each_release(async |release| {
        let world = World::with(release, &["--ticktime", "2"], |builder| {
            builder.kernel("net_ticktime", "2")
        })
        .await;
        let other = world.another().await;
        world.check("process_flag(trap_exit, true), P = Pid(echo), link(P), monitor(process, P), ok", "ok").await;
        other.eval("net_kernel:set_net_ticktime(2), Relay({monitor_nodes, Me})").await.unwrap();
        let setup = format!(
            "Relay({{monitor, {{init, '{0}'}}, Me}}), Relay({{nodes, Me}}), receive {{relay, nodes, A, B}} -> lists:member('{0}', A ++ B) after 10000 -> late end",
            world.erl.name()
        );
        assert_eq!(other.eval(&setup).await.unwrap(), "true");
        world.erl.stop();
        let gone = format!(
            "[receive {{relay, down, {{init, '{0}'}}, X}} -> X after 10000 -> late end, receive {{relay, nodedown, '{0}', Y}} -> Y after 10000 -> late end]",
            world.erl.name()
        );
        assert_eq!(other.eval(&gone).await.unwrap(), "[noconnection,net_tick_timeout]");
        world.erl.cont();
        world
            .table(&[
                ("receive {'EXIT', P, X1} -> X1 after 10000 -> late end", "noconnection"),
                ("receive {'DOWN', _, process, P, X2} -> X2 after 10000 -> late end", "noconnection"),
                ("net_adm:ping(R)", "pong"),
                ("P2 = Pid(echo), link(P2), Call(counter, get)", "0"),
            ])
            .await;
        world.rust.program.stop();
        world.check("receive {'EXIT', P2, X4} -> X4 after 10000 -> late end", "noconnection").await;
        world.rust.program.cont();
        world.check("Until(fun() -> net_adm:ping(R) =:= pong end, 500)", "ok").await;
        world.check("Call(counter, get)", "0").await;
    })
    .await;
}

/// An idle connection stays: both sides tick.
#[tokio::test]
async fn an_idle_connection_stays() {
    each_release(async |release| {
        let world = World::with(release, &["--ticktime", "1"], |builder| {
            builder.kernel("net_ticktime", "1")
        })
        .await;
        world
            .table(&[
                (
                    "net_adm:ping(R), net_kernel:monitor_nodes(true, [{node_type, all}])",
                    "ok",
                ),
                (
                    "receive {nodedown, _, _} -> lost after 4000 -> kept end",
                    "kept",
                ),
                ("Call(counter, get)", "0"),
            ])
            .await;
    })
    .await;
}

#[tokio::test]
async fn disconnected_from_erlang() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("process_flag(trap_exit, true), P = Pid(echo), link(P), M = monitor(process, P), erlang:disconnect_node(R)", "true"),
                ("receive {'EXIT', P, X1} -> X1 after 10000 -> late end", "noconnection"),
                ("receive {'DOWN', M, process, P, X2} -> X2 after 10000 -> late end", "noconnection"),
                ("Again = fun() -> pong = net_adm:ping(R), 0 = Call(counter, get), erlang:disconnect_node(R) end, lists:usort([Again() || _ <- lists:seq(1, 100)])", "[true]"),
                ("net_adm:ping(R)", "pong"),
                ("Pid(echo) ! {Me, x}, Get()", "{echo,x}"),
            ])
            .await;
        world.rust.program.kill9();
        alone(&world.erl).await;
    })
    .await;
}

#[tokio::test]
async fn visible_and_hidden_nodes() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("net_kernel:monitor_nodes(true, [{node_type, all}]), net_adm:ping(R)", "pong"),
                ("receive {nodeup, N, [{node_type, T}]} -> {N =:= R, T} after 10000 -> late end", "{true,visible}"),
                ("{nodes() =:= [R], nodes(hidden), nodes(connected) =:= [R]}", "{true,[],true}"),
                ("Relay({nodes, Me}), receive {relay, nodes, V, H} -> {V =:= [node()], H} after 10000 -> late end", "{true,[]}"),
                // A visible node that is no party of `global` must not make it hang.
                ("[global:set_lock({lock0, Me}), global:del_lock({lock0, Me})]", "[true,true]"),
                ("global:set_lock({lock, Me}, [node() | nodes()], 1)", "true"),
                ("global:register_name(my_name, Me)", "yes"),
                ("global:whereis_name(my_name) =:= Me", "true"),
                ("global:trans({lock2, Me}, fun() -> done end)", "done"),
            ])
            .await;
        let hidden = crate::world::Rust::start(&world.epmd, &["--hidden"]).await;
        let rows = [
            (format!("Hid = '{}', net_adm:ping(Hid)", hidden.name), "pong"),
            ("{nodes() =:= [R], nodes(hidden) =:= [Hid]}".to_owned(), "{true,true}"),
            ("gen_server:call({counter, Hid}, {add, 2})".to_owned(), "2"),
            ("{relay, Hid} ! {nodes, Me}, receive {relay, nodes, V2, H2} -> {V2, H2 =:= [node()]} after 10000 -> late end".to_owned(), "{[],true}"),
        ];
        for (expression, expect) in &rows {
            world.check(expression, expect).await;
        }
    })
    .await;
}
