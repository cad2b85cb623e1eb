//! Every type of term, there and back.

use ergo_tests::erlang::each_release;

use crate::world::World;

/// Through `echo`, called, cast to and sent to by name and by pid, and through a spawned `interop:echo_loop`.
const SAME: &str = "Same = fun(T) ->
    Cast = fun() -> receive {echo, X} -> X after 10000 -> late end end,
    Echo = Pid(echo),
    Called = gen_server:call({echo, R}, T, 20000),
    gen_server:cast({echo, R}, {Me, T}), Casted = Cast(),
    {echo, R} ! {Me, T}, Named = Cast(),
    Echo ! {Me, T}, Sent = Cast(),
    A = alias([reply]), Echo ! {A, T}, Aliased = Cast(),
    lists:all(fun(X) -> X =:= T andalso term_to_binary(X) =:= term_to_binary(T) end,
        [Called, Casted, Named, Sent, Aliased]) orelse {T, [Called, Casted, Named, Sent, Aliased]} end,
    ok";

#[tokio::test]
async fn come_back_the_same() {
    each_release(async |release| {
        let world = World::start(release).await;
        world.check(SAME, "ok").await;
        let mut rows: Vec<(String, &str)> = TERMS
            .iter()
            .map(|term| (format!("Same({term})"), "true"))
            .collect();
        rows.push(("lists:all(fun(T) -> true =:= Same(T) end, [S * ((1 bsl B) + D) || S <- [1, -1], B <- [7, 8, 15, 16, 27, 28, 31, 32, 59, 60, 62, 63, 64, 65, 127, 128, 255, 256, 1000, 2040, 2048, 20000], D <- [-1, 0, 1]])".to_owned(), "true"));
        let rows: Vec<(&str, &str)> = rows.iter().map(|(a, b)| (a.as_str(), *b)).collect();
        world.table(&rows).await;
        if world.erl.release() >= 29 {
            world.erl.load("-module(rec).\n-export([make/2]).\n-record #pt{x, y}.\nmake(X, Y) -> #pt{x=X, y=Y}.\n").await.ok();
            if world.eval("erlang:function_exported(rec, make, 2)").await == "true" {
                world.check("Same(rec:make(1, [2]))", "true").await;
            } else {
                println!("native records: this syntax is not known here");
            }
        }
    })
    .await;
}

const TERMS: &[&str] = &[
    "0",
    "-1",
    "255",
    "256",
    "0.0",
    "-0.0",
    "1.0",
    "-1.5e-300",
    "1.7976931348623157e308",
    "5.0e-324",
    "0.1",
    "''",
    "a",
    "'Hello World'",
    "'\\n\\\\\\''",
    "'åäö'",
    "'日本語'",
    "'\\x{1F600}'",
    "true",
    "undefined",
    "nil",
    "list_to_atom(lists:duplicate(255, $a))",
    "list_to_atom(lists:duplicate(255, 16#1F600))",
    "list_to_atom(lists:duplicate(255, $å))",
    "[]",
    "\"abc\"",
    "[0]",
    "[255, 0, 256]",
    "[a|b]",
    "[1, 2|3]",
    "[[]]",
    "[[[[]]]]",
    "[1.0, a, \"s\", <<>>]",
    "lists:duplicate(65534, $x)",
    "lists:duplicate(65535, $x)",
    "lists:duplicate(65536, $x)",
    "lists:duplicate(200000, $x)",
    "lists:seq(1, 1000)",
    "lists:duplicate(300, 1.5)",
    "<<>>",
    "<<1, 2, 3>>",
    "<<\"åß\"/utf8>>",
    "<<1:1>>",
    "<<0:7>>",
    "<<5, 6, 3:3>>",
    "<<255, 127:7>>",
    "{}",
    "{a}",
    "{a, {b, {c, {}}}}",
    "list_to_tuple(lists:seq(1, 255))",
    "list_to_tuple(lists:seq(1, 256))",
    "list_to_tuple(lists:seq(1, 70000))",
    "#{}",
    "#{a => 1}",
    "#{1 => int, 1.0 => float}",
    "#{0.0 => p, #{} => #{[] => {}}}",
    "#{{} => [], [] => {}, <<>> => \"\", '' => 0}",
    "maps:from_list([{N, N * N} || N <- lists:seq(1, 33)])",
    "maps:from_list([{{k, N}, #{N => <<N>>}} || N <- lists:seq(1, 1000)])",
    "maps:from_list([{list_to_atom(\"key_\" ++ integer_to_list(N)), N} || N <- lists:seq(1, 400)])",
    "self()",
    "Pid(echo)",
    "whereis(init)",
    "make_ref()",
    "alias([reply])",
    "monitor(process, self())",
    "hd(erlang:ports())",
    "fun lists:map/2",
    "fun erlang:node/0",
    "fun(X) -> X + 1 end",
    "(fun(Y) -> fun(X) -> {X, Y} end end)([1, self()])",
    "lists:foldl(fun(_, A) -> [A] end, [], lists:seq(1, 400))",
    "lists:foldl(fun(_, A) -> {A} end, [], lists:seq(1, 100000))",
    "lists:foldl(fun(N, A) -> #{N => A} end, x, lists:seq(1, 10000))",
    "{'$gen_call', x, y}",
    "{'EXIT', self(), normal}",
    "{system, self(), x}",
    "binary:copy(<<\"x\">>, 65535)",
    "binary:copy(<<\"x\">>, 65536)",
    "binary:copy(<<\"0123456789\">>, 7000)",
    "binary:copy(<<\"0123456789\">>, 20000)",
    "binary:copy(<<1, 2, 3, 4, 5>>, 1000000)",
    "[binary:copy(<<N>>, 30000) || N <- lists:seq(1, 20)]",
    "[list_to_atom(\"a\" ++ integer_to_list(N)) || N <- lists:seq(1, 3000)]",
];

/// Fragmented messages of several senders travel interleaved, in both directions, and stay whole and in order.
#[tokio::test]
async fn large_messages_of_many_senders() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .check(
                "Sizes = [0, 70000, 10, 200000, 65536, 1, 131072, 300],
                Sender = fun(S) -> fun() ->
                    Terms = [{S, N, binary:copy(<<S>>, lists:nth(1 + (N + S) rem 8, Sizes))} || N <- lists:seq(1, 60)],
                    [{echo, R} ! {self(), T} || T <- Terms],
                    Me ! {S, [receive {echo, X} -> X after 20000 -> late end || _ <- Terms] =:= Terms}
                end end,
                [spawn(Sender(S)) || S <- lists:seq(1, 8)],
                [receive {S, X} -> X after 30000 -> late end || S <- lists:seq(1, 8)]",
                "[true,true,true,true,true,true,true,true]",
            )
            .await;
    })
    .await;
}

/// Ten Erlang processes send 50,000 messages to one process here, which sends each back: none is lost, and those of
/// each sender keep their order.
#[tokio::test]
async fn order_is_kept_per_sender() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .check(
                "Fast = fun(S) -> fun() ->
                    [{echo, R} ! {Me, {S, N}} || N <- lists:seq(1, 5000)]
                end end,
                [spawn(Fast(S)) || S <- lists:seq(1, 10)],
                Collect = fun Collect(_, 0) -> complete;
                    Collect(Last, Left) -> receive {echo, {S, N}} -> case maps:get(S, Last, 0) + 1 of
                        N -> Collect(Last#{S => N}, Left - 1); M -> {out_of_order, S, N, M} end
                        after 20000 -> {missing, Left} end end,
                Collect(#{}, 50000)",
                "complete",
            )
            .await;
    })
    .await;
}
