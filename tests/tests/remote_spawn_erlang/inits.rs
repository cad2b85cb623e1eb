//! A factory's init that fails, panics, ignores and hangs.

use ergo_tests::erlang::each_release;

use crate::world::World;

/// The process has a pid before its init runs: that it has failed is its exit reason, told once.
#[tokio::test]
async fn failures_are_exit_reasons() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Fails = [{{fail, {no, \"1\"}}, {no, \"1\"}}, {{fail, normal}, normal}, {{fail, shutdown}, shutdown}, {{fail, {shutdown, x}}, {shutdown, x}}, {ignore, normal}], ok", "ok"),
                ("[Got || {Init, Why} <- Fails, (Got = begin {_, M} = spawn_monitor(R, ergo, spawn, [worker, [Init]]), Down(M) end) =/= Why]", "[]"),
                ("[Got || {Init, Why} <- Fails, (Got = Exit(spawn_link(R, ergo, spawn, [worker, [Init]]))) =/= Why]", "[]"),
                ("[Got || {Init, Why} <- Fails, (Got = begin {P, M} = spawn_opt(R, worker, any, [Init], [link, monitor]), {Down(M), Exit(P)} end) =/= {Why, Why}]", "[]"),
                ("{_, M1} = spawn_monitor(R, ergo, spawn, [worker, [panic]]), Down(M1)", "{panic,<<\"init panics at.."),
                // Arguments that are none of it.
                ("{_, M2} = spawn_monitor(R, ergo, spawn, [say, [1, 2, 3]]), Down(M2)", "{bad_arguments,<<.."),
                ("{_, M3} = spawn_monitor(R, say, any, [no_pid, 2]), Down(M3)", "{bad_arguments,<<.."),
                ("Rest()", "nothing"),
                // The name is free again.
                ("{_, M4} = spawn_monitor(R, ergo, spawn, [worker, [{fail, no}], #{register => joe}]), Down(M4)", "no"),
                ("Ask(spawn(R, ergo, spawn, [worker, [yes], #{register => joe}]), id)", "yes"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.workers(1).await;
        world.stop().await;
    })
    .await;
}

/// As `gen_server:start` gives it.
#[tokio::test]
async fn failures_are_values_of_a_remote_procedure_call() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Start = fun(Init) -> erpc:call(R, ergo, spawn, [worker, [Init]]) end, {ok, P1} = Start(1), Ask(P1, id)", "1"),
                ("[Start(X) || X <- [{fail, {no, 1}}, {fail, normal}, {fail, shutdown}, ignore]]", "[{error,{no,1}},{error,normal},{error,shutdown},ignore]"),
                ("Start(panic)", "{error,{panic,<<\"init panics at.."),
                ("erpc:call(R, ergo, spawn, [say, [no_pid, x]])", "{error,{bad_arguments,<<.."),
                ("rpc:call(R, ergo, spawn, [worker, [{fail, no}]])", "{error,no}"),
                ("erpc:multicall([R, R], ergo, spawn, [worker, [{fail, no}]])", "[{ok,{error,no}},{ok,{error,no}}]"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.workers(1).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn one_that_hangs() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Hang = fun(Options) -> [worker, [{hang, Me}], Options] end, ok", "ok"),
                ("{P1, M1} = spawn_monitor(R, ergo, spawn, Hang(#{})), {hangs, P1} = Get(), exit(P1, enough), Down(M1)", "enough"),
                ("{P2, M2} = spawn_opt(R, ergo, spawn, Hang(#{trap_exit => true}), [link, monitor]), {hangs, P2} = Get(), exit(P2, kill), {Down(M2), Exit(P2)}", "{killed,killed}"),
                // What is sent to it waits, as in OTP.
                ("P3 = spawn(R, ergo, spawn, Hang(#{})), {hangs, P3} = Get(), Q3 = gen_server:send_request(P3, id), exit(P3, over), gen_server:receive_response(Q3, 60000) =:= {error, {over, P3}}", "true"),
                // Its time is over.
                ("{P4, M4} = spawn_opt(R, ergo, spawn, [worker, [hang], #{timeout => 1, register => joe}], [link, monitor]), {Down(M4), Exit(P4)}", "{killed,killed}"),
                ("erpc:call(R, ergo, spawn, [worker, [hang], #{timeout => 1}])", "{error,timeout}"),
                // One that has started in time lives on.
                ("P6 = spawn(R, ergo, spawn, [worker, [6], #{timeout => 60000, register => joe}]), {Ask(P6, id), Ask({joe, R}, id)}", "{6,6}"),
                ("Try(fun() -> erpc:call(R, ergo, spawn, [worker, [hang], #{timeout => 1000}], 10) end)", "{error,{erpc,timeout}}"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.workers(1).await;
        world.stop().await;
    })
    .await;
}
