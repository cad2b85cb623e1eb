//! The third argument of `ergo:spawn/3`.

use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn what_a_child_is_given() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("All = #{register => ann, env => #{a => 1, b => {x, \"y\", #{}}}, log_level => debug, application => shop, mailbox => 100, trap_exit => true, timeout => 1000}, ok", "ok"),
                ("P1 = spawn(R, ergo, spawn, [worker, [1], All]), Ask(P1, about)", "{ann,shop,debug,true,100}"),
                ("Ask({ann, R}, env) =:= #{a => 1, b => {x, \"y\", #{}}} orelse Ask({ann, R}, env)", "true"),
                ("{Ask({ann, R}, parent) =:= Me, Ask({ann, R}, group_leader) =:= group_leader()}", "{true,true}"),
                ("M1 = monitor(process, P1), gen_server:cast(P1, {stop, over}), Down(M1)", "over"),
                // As a trapping server of OTP it ends with its parent; here the parent is of another node.
                ("{Owner, MO} = spawn_monitor(fun() -> P = spawn_link(R, ergo, spawn, [worker, [1], All]), Me ! {child, P}, receive Why -> exit(Why) end end), {child, P2} = Get(), M2 = monitor(process, P2), Ask(P2, id)", "1"),
                ("Owner ! enough, {Down(MO), Down(M2)}", "{enough,enough}"),
                ("{ok, P3} = erpc:call(R, ergo, spawn, [worker, [1], All]), Ask(P3, about)", "{ann,shop,debug,true,100}"),
                ("{Ask(P3, parent) =:= Me, Ask(P3, group_leader) =:= group_leader()}", "{true,true}"),
                ("exit(P3, kill), Down(monitor(process, P3)) =/= late", "true"),
                ("Ask(spawn(R, ergo, spawn, [worker, [1], #{}]), about)", "{nil,nil,trace,false,infinity}"),
                ("[element(3, Ask(spawn(R, ergo, spawn, [worker, [1], #{log_level => L}]), about)) || L <- [off, error, warning, warn, notice, info, debug, trace, emergency, alert, critical, none, all]]",
                 "[off,error,warn,warn,info,info,debug,trace,error,error,error,off,trace]"),
                ("Ask(spawn(R, ergo, spawn, [worker, [1], #{mailbox => infinity, timeout => infinity, application => undefined}]), about)", "{nil,nil,trace,false,infinity}"),
                ("Ask(spawn(R, ergo, spawn, [worker, [1], #{mailbox => 3, overflow => drop_newest}]), about)", "{nil,nil,trace,false,3}"),
                ("Ask(spawn(R, ergo, spawn, [worker, [1], #{mailbox => 2, fallback => ann}]), about)", "{nil,nil,trace,false,2}"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_option_and_no_argument() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Word = fun(Args) -> Reply(spawn_request(R, ergo, spawn, Args, [link, monitor])) end, ok", "ok"),
                ("Values = [#{register => 1}, #{register => undefined}, #{register => \"x\"}, #{what => 1}, #{1 => 2}, [], x, [{register, x}],
                    #{env => x}, #{env => [{a, 1}]}, #{log_level => loud}, #{log_level => 1}, #{mailbox => -1}, #{mailbox => 0}, #{mailbox => x},
                    #{overflow => x}, #{fallback => 1}, #{trap_exit => 1}, #{timeout => -1}, #{timeout => x}, #{ack => 1}, #{ack => Me}, #{application => 1}], ok", "ok"),
                ("[X || X <- Values, Word([worker, [1], X]) =/= {error, badopt}]", "[]"),
                ("[X || X <- Values, erpc:call(R, ergo, spawn, [worker, [1], X]) =/= {error, badopt}]", "[]"),
                ("erpc:call(R, ergo, spawn, [worker, [1], #{ack => alias()}])", "{error,badopt}"),
                ("Lists = [1, x, <<1>>, #{}, {}, [1|2], [1, 2|3]], [X || X <- Lists, Word([worker, X]) =/= {error, badarg}]", "[]"),
                ("[X || X <- Lists, Word([worker, X, #{}]) =/= {error, badarg}]", "[]"),
                ("[X || X <- Lists, erpc:call(R, ergo, spawn, [worker, X]) =/= {error, badarg}]", "[]"),
                ("[Word([X, []]) || X <- [1, \"worker\", <<\"worker\">>, [], {worker, 1}]]", "[{error,badarg},{error,badarg},{error,badarg},{error,badarg},{error,badarg}]"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.workers(0).await;
        world.stop().await;
    })
    .await;
}
