//! What Rust processes do to Erlang ones: the relay's actions.

use ergo_tests::erlang::{Node, each_release};
use ergo_tests::{PATIENCE, wait_until};

use crate::world::World;

/// A server for the calls.
const SERVER: &str = "-module(srv).\n-behaviour(gen_server).\n-export([start/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).
start() -> {ok, P} = gen_server:start({local, srv}, ?MODULE, [], []), P.
init([]) -> {ok, 0}.
handle_call({stop, Why}, _, S) -> {stop, Why, stopped, S};
handle_call({die, Why}, _, S) -> {stop, Why, S};
handle_call(silence, _, S) -> {noreply, S};
handle_call(late, From, S) -> spawn(fun() -> timer:sleep(100), gen_server:reply(From, deferred) end), {noreply, S};
handle_call(T, {P, _}, S) -> {reply, {node(P), T}, S}.
handle_cast(_, S) -> {noreply, S}.
handle_info(_, S) -> {noreply, S}.
";

const ACTIONS: &[(&str, &str)] = &[
    ("Relay({send, Me, {a, 1}}), Get()", "{a,1}"),
    (
        "register(me, Me), Relay({send, {me, node()}, b}), Get()",
        "b",
    ),
    ("A = alias([reply]), Relay({send, A, c}), Get()", "c"),
    (
        "Relay({send, {no_such_name, node()}, c}), Relay({send, echo, {Me, d}}), Get()",
        "{echo,d}",
    ),
    ("Relay({send, Pid(echo), {Me, e}}), Get()", "{echo,e}"),
    (
        "Big = binary:copy(<<1, 2, 3>>, 100000), Relay({send, Me, Big}), Get() =:= Big",
        "true",
    ),
    // links
    (
        "P1 = Idle(), Relay({link, P1, Me}), Relay({send, P1, {stop, why}}), Get() =:= {relay, exit, P1, why}",
        "true",
    ),
    (
        "P2 = Idle(), Relay({link, P2, Me}), Relay({send, P2, stop}), Get() =:= {relay, exit, P2, normal}",
        "true",
    ),
    (
        "Relay({link, P2, Me}), Get() =:= {relay, exit, P2, noproc}",
        "true",
    ),
    (
        "P3 = Idle(), Relay({link, P3, Me}), Relay({unlink, P3}), Relay({send, Me, there}), Get(), exit(P3, x), Relay({send, Me, here}), Get()",
        "here",
    ),
    (
        "P4 = Idle(), [begin Relay({link, P4, Me}), Relay({unlink, P4}) end || _ <- lists:seq(1, 50)], Relay({link, P4, Me}), Relay({send, Me, there}), Get(), exit(P4, kill), Get() =:= {relay, exit, P4, killed}",
        "true",
    ),
    // monitors
    (
        "P5 = Idle(), Relay({monitor, P5, Me}), Relay({send, P5, {stop, {a, b}}}), Get() =:= {relay, down, P5, {a, b}}",
        "true",
    ),
    (
        "Relay({monitor, P5, Me}), Get() =:= {relay, down, P5, noproc}",
        "true",
    ),
    (
        "Relay({monitor, {no_such_name, node()}, Me}), Get() =:= {relay, down, {no_such_name, node()}, noproc}",
        "true",
    ),
    (
        "P6 = Idle(), register(six, P6), Relay({monitor, {six, node()}, Me}), Relay({send, P6, stop}), Get() =:= {relay, down, {six, node()}, normal}",
        "true",
    ),
    (
        "P7 = Idle(), Relay({monitor, P7, Me}), Relay({demonitor, P7}), Relay({send, Me, there}), Get(), exit(P7, x), Relay({send, Me, here}), Get()",
        "here",
    ),
    (
        "Relay({monitor, Pid(echo), Me}), Relay({monitor, {no_such_name, R}, Me}), Get() =:= {relay, down, {no_such_name, R}, noproc}",
        "true",
    ),
    // exit/2
    (
        "Exit = fun(Why) -> {P, M} = spawn_monitor(fun() -> receive stop -> ok end end), Relay({exit, P, Why}), receive {'DOWN', M, _, _, W} -> W after 300 -> exit(P, kill), receive {'DOWN', M, _, _, _} -> alive end end end, ok",
        "ok",
    ),
    (
        "[Exit(X) || X <- [kill, shutdown, {a, \"b\"}]]",
        "[killed,shutdown,{a,\"b\"}]",
    ),
    ("Exit(normal)", "alive"),
    (
        "process_flag(trap_exit, true), Relay({exit, Me, normal}), Get() =:= {'EXIT', Pid(relay), normal}",
        "true",
    ),
    ("process_flag(trap_exit, false)", "true"),
    // calls
    (
        "S = srv:start(), Relay({call, S, {x, 1}, Me}), Get() =:= {relay, reply, {R, {x, 1}}}",
        "true",
    ),
    (
        "Relay({call, {srv, node()}, y, Me}), Get() =:= {relay, reply, {R, y}}",
        "true",
    ),
    (
        "Relay({call, {srv, node()}, late, Me}), Get()",
        "{relay,reply,deferred}",
    ),
    (
        "Relay({call, {no_such_name, node()}, y, Me}), Get()",
        "{relay,error,noproc}",
    ),
    (
        "Relay({call, S, {die, horribly}, Me}), Get()",
        "{relay,error,horribly}",
    ),
    ("Relay({call, S, y, Me}), Get()", "{relay,error,noproc}"),
    (
        "S2 = srv:start(), Relay({call, S2, {stop, normal}, Me}), Get()",
        "{relay,reply,stopped}",
    ),
    (
        "S3 = srv:start(), Relay({call, S3, silence, Me}), Relay({call, S3, Big, Me}), Get() =:= {relay, reply, {R, Big}}",
        "true",
    ),
    (
        "receive {relay, error, E} -> E after 10000 -> late end",
        "timeout",
    ),
    (
        "Relay({call, counter, {add, 2}, Me}), Get()",
        "{relay,reply,2}",
    ),
    (
        "Relay({call, {counter, R}, get, Me}), Get()",
        "{relay,reply,2}",
    ),
    // rpc
    (
        "Relay({rpc, node(), erlang, node, [], Me}), Get() =:= {relay, rpc, node()}",
        "true",
    ),
    (
        "Relay({rpc, node(), lists, seq, [1, 5], Me}), Get()",
        "{relay,rpc,[1,2,3,4,5]}",
    ),
    (
        "Relay({rpc, node(), erlang, error, [oops], Me}), {relay, error, Text} = Get(), string:find(Text, \"oops\") =/= nomatch",
        "true",
    ),
    (
        "Relay({rpc, node(), erlang, throw, [ball], Me}), {relay, error, Text2} = Get(), string:find(Text2, \"ball\") =/= nomatch",
        "true",
    ),
    (
        "Relay({rpc, node(), no_such, thing, [], Me}), {relay, error, Text3} = Get(), string:find(Text3, \"undef\") =/= nomatch",
        "true",
    ),
    // A function there that prints: its group leader is a process here.
    (
        "Relay({rpc, node(), io, put_chars, [\"printed there\\n\"], Me}), Get()",
        "{relay,rpc,ok}",
    ),
    (
        "Relay({rpc, node(), io, format, [\"~p ~s ~w~n\", [{a, 1}, <<\"b\">>, [x]]], Me}), Get()",
        "{relay,rpc,ok}",
    ),
    (
        "Relay({rpc, node(), io, get_line, [\"> \"], Me}), Get()",
        "{relay,rpc,eof}",
    ),
    (
        "Relay({rpc, node(), io, columns, [], Me}), Get()",
        "{relay,rpc,{error,enotsup}}",
    ),
    // spawn
    (
        "Relay({spawn, node(), erlang, send, [Me, spawned], Me}), lists:sort([element(1, X) || X <- [{Y} || Y <- [Get(), Get()], Y =:= spawned orelse element(2, Y) =:= spawned]]) =/= []",
        "true",
    ),
    (
        "Relay({spawn, node(), timer, sleep, [infinity], Me}), {relay, spawned, P8} = Get(), {node(P8) =:= node(), is_process_alive(P8)}",
        "{true,true}",
    ),
    (
        "Relay({monitor, P8, Me}), Relay({exit, P8, enough}), Get() =:= {relay, down, P8, enough}",
        "true",
    ),
    // Not understood: it lives.
    (
        "[{relay, R} ! X || X <- [x, {link, a, b}, {send}, [1|2], {call, 1, 2, 3}, {unlink, x}, {exit, a, b}]], Relay({send, Me, alive}), Get()",
        "alive",
    ),
    ("None()", "nothing"),
];

#[tokio::test]
async fn actions() {
    each_release(async |release| {
        let world = World::start(release).await;
        world.erl.load(SERVER).await.unwrap();
        world.table(ACTIONS).await;
        assert!(world.rust.program.status().is_none());
    })
    .await;
}

/// Connections are made by the first signal that needs one.
#[tokio::test]
async fn connects_on_first_use() {
    each_release(async |release| {
        let world = World::start(release).await;
        let other = world.another().await;
        let prepare = async |other: &Node| {
            world.eval(&format!("O = '{}', [erlang:disconnect_node(O), Flush()]", other.name())).await;
            // Again if a late answer of either side has made another connection.
            wait_until(PATIENCE, "apart", async || {
                other.eval("[erlang:disconnect_node(N) || N <- nodes(connected)]").await.unwrap();
                world.eval("(fun() -> Relay({nodes, Me}), receive {relay, nodes, V, H} -> not lists:member(O, V ++ H) after 10000 -> late end end)()").await == "true"
            })
            .await
            .unwrap();
        };
        let far = other
            .eval("register(idle, P = Idle()), binary_to_list(base64:encode(term_to_binary(P)))")
            .await
            .unwrap();
        prepare(&other).await;
        world.check(&format!("P = binary_to_term(base64:decode({far})), ok"), "ok").await;
        for (expression, expect) in [
            ("Relay({rpc, O, erlang, node, [], Me}), Get() =:= {relay, rpc, O}", "true"),
            ("Relay({call, {no_such, O}, x, Me}), Get()", "{relay,error,noproc}"),
            ("Relay({monitor, {no_such, O}, Me}), Get() =:= {relay, down, {no_such, O}, noproc}", "true"),
            ("Relay({monitor, P, Me}), Relay({demonitor, P}), Relay({spawn, O, erlang, node, [], Me}), element(2, Get())", "spawned"),
            ("Relay({send, {idle, O}, nonsense}), Relay({rpc, O, erlang, process_info, [P, message_queue_len], Me}), Get()", "{relay,rpc,{message_queue_len,1}}"),
            ("Relay({link, P, Me}), Relay({send, P, {stop, done}}), Get() =:= {relay, exit, P, done}", "true"),
            ("Relay({link, P, Me}), Get() =:= {relay, exit, P, noproc}", "true"),
        ] {
            prepare(&other).await;
            world.check(expression, expect).await;
        }
    })
    .await;
}

#[tokio::test]
async fn unreachable_nodes() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Relay({monitor_nodes, Me}), N = 'nobody@127.0.0.1', Relay({monitor, {x, N}, Me}), Get() =:= {relay, down, {x, N}, noconnection}", "true"),
                ("Relay({call, {x, N}, y, Me}), Get()", "{relay,error,noconnection}"),
                ("Relay({rpc, N, a, b, [], Me}), Get()", "{relay,error,noconnection}"),
                ("Relay({spawn, N, a, b, [], Me}), Get()", "{relay,error,noconnection}"),
                ("Relay({send, {x, N}, y}), Relay({send, Me, alive}), Get()", "alive"),
                // A pid of a node that is gone.
                ("P = binary_to_term(<<131, 88, 119, 16, \"nobody@127.0.0.1\", 0,0,0,77, 0,0,0,0, 0,0,0,1>>), node(P)", "'nobody@127.0.0.1'"),
                ("Relay({link, P, Me}), Get() =:= {relay, exit, P, noconnection}", "true"),
                ("Relay({monitor, P, Me}), Get() =:= {relay, down, P, noconnection}", "true"),
                ("Relay({call, P, x, Me}), Get()", "{relay,error,noconnection}"),
                ("Relay({exit, P, x}), Relay({send, P, x}), Relay({send, Me, alive}), Get()", "alive"),
                // Names that are no node names, and a short one.
                ("[begin Relay({monitor, {x, M}, Me}), {relay, down, {x, M}, W} = Get(), W end || M <- [nonode, 'a@b@c', '@x', 'x@', 'short@host', 'x@no.such.host.invalid']]", "[noconnection,noconnection,noconnection,noconnection,noconnection,noconnection]"),
                ("[begin Relay({call, {x, M}, y, Me}), {relay, error, W} = Get(), W end || M <- [nonode, 'x@', 'short@host']]", "[noconnection,noconnection,noconnection]"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}
