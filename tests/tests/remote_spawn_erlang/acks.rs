//! The option `ack`, by hand: what a node of ours does when it asks, and an Erlang process can do as well.

use ergo_tests::erlang::each_release;

use crate::world::{World, erl};

/// `Start(Args, Timeout, Ties)` gives what came to the alias, and the request.
const START: &str = "Start = fun(Init, Timeout, Ties) ->
    A = alias(), Q = spawn_request(R, ergo, spawn, [worker, [Init], #{ack => A, timeout => Timeout}], Ties),
    {ok, P} = Reply(Q), receive Told when element(1, Told) =:= A -> {P, Q, erlang:delete_element(1, Told)} after 60000 -> late end end, ok";

#[tokio::test]
async fn confirmed_or_not() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                (START, "ok"),
                ("{P1, _, {ok, K1}} = Start(1, 60000, []), K1 ! ok, Ask(P1, id)", "1"),
                ("{P2, Q2, {ok, K2}} = Start(2, 60000, [link, monitor]), K2 ! {whatever, [it, is]}, Ask(P2, id)", "2"),
                ("{P3, Q3, {ok, K3}} = Start(3, 0, [link, monitor]), node(P3) =:= R", "true"),
                ("{P4, _, {ok, _}} = Start(4, infinity, []), M4 = monitor(process, P4), Ask(P4, id)", "4"),
                // Nobody has confirmed: ended, five seconds after its time.
                ("{Down(Q3), Exit(P3)}", "{killed,killed}"),
                ("{Ask(P1, id), Ask(P2, id), Ask(P4, id)}", "{1,2,4}"),
                // Too late, twice, and nonsense: to nobody.
                ("[K ! ok || K <- [K1, K2, K3], _ <- [1, 2]], {Ask(P1, id), Ask(P2, id)}", "{1,2}"),
                // An alias that is switched off: nobody confirms.
                ("A5 = alias(), Q5 = spawn_request(R, ergo, spawn, [worker, [5], #{ack => A5, timeout => 0}], [monitor]), unalias(A5), {ok, _} = Reply(Q5), Down(Q5)", "killed"),
                // The connection is lost: what is confirmed stays.
                ("erlang:disconnect_node(R), {Down(M4), Exit(P2), Down(Q2)}", "{noconnection,noconnection,noconnection}"),
                ("{Ask(P1, id), Gone(P4), Gone(P2)}", "{1,true,true}"),
                ("Rest()", "nothing"),
            ])
            .await;
        world.workers(1).await;
        world.stop().await;
    })
    .await;
}

/// The end of an init that gives no process is told to the alias, and to nobody besides.
#[tokio::test]
async fn inits_that_fail() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                (START, "ok"),
                ("[element(3, Start(X, infinity, [link, monitor])) || X <- [{fail, {no, 1}}, {fail, normal}, ignore]]", "[{error,{no,1}},{error,normal},{ignore}]"),
                ("{error, Panic} = element(3, Start(panic, infinity, [link, monitor])), Panic", "{panic,<<\"init panics at.."),
                ("Rest()", "nothing"),
                ("A1 = alias(), Q1 = spawn_request(R, ergo, spawn, [worker, [hang], #{ack => A1, timeout => 0}], [link, monitor]), {ok, _} = Reply(Q1), {A1, error, Why1} = Get(), Why1", "killed"),
                ("A2 = alias(), Q2 = spawn_request(R, ergo, spawn, [worker, [{hang, Me}], #{ack => A2}], [link, monitor]), {ok, P2} = Reply(Q2), {hangs, P2} = Get(), exit(P2, why), Get() =:= {A2, error, why}", "true"),
                ("Rest()", "nothing"),
                // Refused: the alias hears nothing.
                ("A3 = alias(), Q3 = spawn_request(R, ergo, spawn, [nobody, [], #{ack => A3}], [link, monitor]), {Reply(Q3), Rest()}", "{{error,unknown_name},nothing}"),
            ])
            .await;
        world.workers(0).await;
        world.stop().await;
    })
    .await;
}

/// The alias has to be one of the node that asks.
#[tokio::test]
async fn an_alias_of_a_stranger() {
    each_release(async |release| {
        let world = World::start(release).await;
        let other = erl(release, &world.epmd, world.rust.name().as_str()).await;
        let ask = format!(
            "Theirs = erpc:call('{}', erlang, alias, []), Reply(spawn_request(R, ergo, spawn, [worker, [1], #{{ack => Theirs}}], [link, monitor]))",
            other.name()
        );
        world.check(&ask, "{error,badopt}").await;
        world.check("Rest()", "nothing").await;
        world.workers(0).await;
        world.stop().await;
    })
    .await;
}
