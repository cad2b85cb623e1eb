//! Every kind of exit reason, over links and monitors in both directions.

use ergo_tests::erlang::each_release;

use crate::world::World;

/// `Reasons`, and what the rows below share: `Loop()` is a process there, `Down(Monitor)` its end.
const PRELUDE: &str = "Reasons = [shutdown, {shutdown, x}, killed, noproc, noconnection, 'åäö', '日本', '', \"string\", [], <<>>,
        <<\"binary\">>, <<5:3>>, 0, -1, 1 bsl 100, 1.5, {}, {a, {b, []}}, [a|b], [1, 2|3], #{}, #{a => #{}}, self(), make_ref(),
        fun lists:map/2, fun(X) -> {X, Me} end, hd(erlang:ports()), {error, [{m, f, 2, [{line, 1}]}]}, binary:copy(<<$x>>, 70000),
        lists:seq(1, 20000), lists:foldl(fun(_, A) -> [A] end, [], lists:seq(1, 5000))],
    Loop = fun() -> spawn(R, interop, echo_loop, []) end,
    Down = fun(M) -> receive {'DOWN', M, process, _, W} -> W after 10000 -> late end end,
    Wrong = fun(F) -> [{X, F(X)} || X <- Reasons, F(X) =/= X] end,
    length(Reasons) > 20";

#[tokio::test]
async fn of_processes_there() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                (PRELUDE, "true"),
                // Monitors.
                ("Wrong(fun(X) -> {_, M} = spawn_monitor(R, interop, die, [X]), Down(M) end)", "[]"),
                ("Wrong(fun(X) -> P = Loop(), M = monitor(process, P), exit(P, X), Down(M) end)", "[]"),
                ("Wrong(fun(X) -> M = monitor(process, Q = Loop()), Relay({exit, Q, X}), Down(M) end)", "[]"),
                // Links of a process that traps exits, and of one that does not.
                ("process_flag(trap_exit, true), Exit = fun(P) -> receive {'EXIT', P, W} -> W after 10000 -> late end end, ok", "ok"),
                ("Wrong(fun(X) -> Exit(spawn_link(R, interop, die, [X])) end)", "[]"),
                ("Wrong(fun(X) -> P = Loop(), link(P), exit(P, X), Exit(P) end)", "[]"),
                ("Wrong(fun(X) -> {_, M} = spawn_monitor(fun() -> spawn_link(R, interop, die, [X]), receive never -> ok end end), Down(M) end)", "[]"),
                // `normal` and `kill` are special, each in its own way.
                ("[Exit(spawn_link(R, interop, die, [X])) || X <- [normal, kill]]", "[normal,kill]"),
                ("[begin P = Loop(), link(P), exit(P, kill), Exit(P) end || _ <- [1]]", "[killed]"),
                ("{_, MK} = spawn_monitor(fun() -> spawn_link(R, interop, die, [kill]), receive never -> ok end end), Down(MK)", "kill"),
                ("{PN, MN} = spawn_monitor(fun() -> spawn_link(R, interop, die, [normal]), receive stop -> exit(over) end end), Call(counter, {slow_get, 50}), PN ! stop, Down(MN)", "over"),
                ("{PU, MU} = spawn_monitor(fun() -> PL = spawn_link(R, interop, echo_loop, []), PL ! stop, receive stop -> exit(over) end end), Call(counter, {slow_get, 50}), PU ! stop, Down(MU)", "over"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}

#[tokio::test]
async fn of_processes_here() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                (PRELUDE, "true"),
                // A process there that does not trap exits dies with the reason of one here, `normal` excepted.
                ("Linked = fun(X) -> P = Loop(), M = monitor(process, P), spawn(fun() -> link(P), P ! {self(), x}, receive {P, x} -> exit(X) end end), Down(M) end, Wrong(Linked)", "[]"),
                ("Linked(kill)", "kill"),
                ("Normal = Loop(), {_, NM} = spawn_monitor(fun() -> link(Normal), Normal ! {self(), x}, receive {Normal, x} -> ok end end), Down(NM), Normal ! {Me, alive}, Get() =:= {Normal, alive}", "true"),
                // The relay traps them, monitors, and is sent exits.
                ("Dying = fun(X) -> spawn(fun() -> receive go -> exit(X) end end) end, ok", "ok"),
                ("Trapped = fun(X) -> P = Dying(X), Relay({link, P, Me}), Relay({send, P, go}), receive {relay, exit, P, W} -> W after 10000 -> late end end, Wrong(Trapped)", "[]"),
                ("[Trapped(X) || X <- [normal, kill]]", "[normal,kill]"),
                ("Watched = fun(X) -> P = Dying(X), Relay({monitor, P, Me}), Relay({send, P, go}), receive {relay, down, P, W} -> W after 10000 -> late end end, Wrong(Watched)", "[]"),
                ("[Watched(X) || X <- [normal, kill]]", "[normal,kill]"),
                ("Named = fun(X) -> P = Dying(X), register(dying, P), Relay({monitor, {dying, node()}, Me}), Relay({send, {dying, node()}, go}), receive {relay, down, {dying, _}, W} -> W after 10000 -> late end end, Wrong(Named)", "[]"),
                ("Wrong(fun(X) -> exit(Pid(relay), X), receive {relay, exit, Me, W} -> W after 10000 -> late end end)", "[]"),
                ("exit(Pid(relay), normal), receive {relay, exit, Me, N} -> N after 10000 -> late end", "normal"),
                // By exit/2 from there, to one that traps and one that does not.
                ("Killed = fun(X) -> {P, M} = spawn_monitor(fun() -> receive never -> ok end end), Relay({exit, P, X}), Down(M) end, Wrong(Killed)", "[]"),
                ("Killed(kill)", "killed"),
                ("Trapping = fun(X) -> {P, M} = spawn_monitor(fun() -> process_flag(trap_exit, true), Me ! ready, receive {'EXIT', F, W} -> exit({F, W}) end end), receive ready -> ok end, Relay({exit, P, X}), case Down(M) of {F, W} -> F = Pid(relay), W; O -> O end end, ok", "ok"),
                ("Wrong(Trapping)", "[]"),
                ("[Trapping(X) || X <- [normal, kill]]", "[normal,killed]"),
                // The relay itself: linked by us, not told to link.
                ("RelayPid = Pid(relay), process_flag(trap_exit, true), link(RelayPid), RM = monitor(process, RelayPid), exit(RelayPid, kill), Down(RM)", "killed"),
                ("receive {'EXIT', RelayPid, RW} -> RW after 10000 -> late end", "killed"),
                ("Until(fun() -> Pid(relay) =/= RelayPid end, 500)", "ok"),
                // A new one traps nothing until it links.
                ("Fresh = Pid(relay), FM = monitor(process, Fresh), exit(Fresh, normal), Relay({send, Me, alive}), Get()", "alive"),
                ("exit(Fresh, reason), Down(FM)", "reason"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}

/// Links and unlinks of both sides at once, over and over: afterwards the link is there, or it is not, for both.
#[tokio::test]
async fn unlink_races() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                (PRELUDE, "true"),
                ("process_flag(trap_exit, true)", "false"),
                // We unlink while the other side dies: no exit after unlink and a flush.
                ("Race = fun() -> P = Loop(), link(P), P ! stop, unlink(P), receive {'EXIT', P, _} -> ok after 0 -> ok end, Down(monitor(process, P)), receive {'EXIT', P, X} -> {late_exit, X} after 0 -> ok end end, lists:usort([Race() || _ <- lists:seq(1, 300)])", "[ok]"),
                // The other side links and unlinks while we do; then one side ends.
                ("Both = fun(N) -> P = spawn(fun() -> process_flag(trap_exit, true), (fun F() -> receive {'EXIT', _, _} -> F(); {link, Q} -> link(Q), F(); {unlink, Q} -> unlink(Q), F(); stop -> ok end end)() end),
                    Q = Pid(relay), [begin Relay({link, P, Me}), P ! {link, Q}, Relay({unlink, P}), P ! {unlink, Q} end || _ <- lists:seq(1, N)], P end, ok", "ok"),
                ("Ps = [Both(20) || _ <- lists:seq(1, 20)], Relay({send, Me, synced}), receive synced -> ok end, [P ! stop || P <- Ps], [Down(monitor(process, P)) || P <- Ps], Relay({send, Me, again}), receive again -> ok end, None()", "nothing"),
                // Linked by either side or both, it is one link.
                ("One = Idle(), Relay({link, One, Me}), Relay({link, One, Me}), Relay({send, Me, linked}), receive linked -> ok end, exit(One, once), [Get() =:= {relay, exit, One, once}, begin Relay({send, Me, sync}), Get() end]", "[true,sync]"),
                ("Two = Idle(), Relay({link, Two, Me}), Relay({link, Two, Me}), Relay({unlink, Two}), Relay({send, Me, unlinked}), receive unlinked -> ok end, exit(Two, x), Down(monitor(process, Two)), Relay({send, Me, sync}), Get()", "sync"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}

/// What a process sends before it ends arrives before its end, however large; the same the other way round.
#[tokio::test]
async fn messages_come_before_the_end() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Order = fun() -> {P, M} = spawn_monitor(R, interop, send_node, [Me]), [receive A when A =:= R; element(1, A) =:= 'DOWN' -> if A =:= R -> message; true -> {P, M} = {element(4, A), element(2, A)}, down end after 10000 -> late end || _ <- [1, 2]] end, ok", "ok"),
                ("lists:usort([Order() || _ <- lists:seq(1, 500)])", "[[message,down]]"),
                ("Echoed = fun(Size) -> T = binary:copy(<<1>>, Size), {P, M} = spawn_monitor(R, interop, echo_loop, []), P ! {Me, T}, P ! {Me, 1}, P ! stop, [receive {P, T} -> large; {P, 1} -> small; {'DOWN', M, _, _, W} -> W after 10000 -> late end || _ <- [1, 2, 3]] end, ok", "ok"),
                ("lists:usort([Echoed(Size) || Size <- [0, 1, 65535, 65536, 65537, 131072, 200000, 1000000]])", "[[large,small,normal]]"),
                ("Collector = fun Collect(Seen) -> receive {relay, down, _, W} -> Me ! {lists:reverse(Seen), W}; X -> Collect([X | Seen]) end end, ok", "ok"),
                // The relay hears of the end of a process here after what that one had it send.
                ("Sends = fun() -> C = spawn(fun() -> Collector([]) end), S = spawn(fun() -> receive go -> [{relay, R} ! {send, C, N} || N <- lists:seq(1, 50)], exit(done) end end), Relay({monitor, S, C}), Relay({send, S, go}), receive {Seen, done} -> Seen =:= lists:seq(1, 50) after 10000 -> late end end, lists:usort([Sends() || _ <- lists:seq(1, 100)])", "[true]"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}
