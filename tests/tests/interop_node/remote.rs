//! Remote procedure calls and spawns, from Erlang.

use ergo_tests::erlang::each_release;

use crate::world::World;

#[tokio::test]
async fn rpc_and_erpc() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("rpc:call(R, interop, add, [1, 2])", "3"),
                ("rpc:call(R, interop, add, [1 bsl 100, 1]) =:= (1 bsl 100) + 1", "true"),
                ("rpc:call(R, interop, add, [1.5, 2])", "3.5"),
                ("rpc:call(R, interop, add, [a, 2])", "{badrpc,{'EXIT',{badarith,[{interop,add,[a,2],[]}.."),
                ("rpc:call(R, interop, fail, [oops])", "{badrpc,{'EXIT',{oops,[{interop,fail,[oops],[]}.."),
                ("rpc:call(R, interop, die, [gone])", "{badrpc,{'EXIT',gone}}"),
                ("rpc:call(R, interop, nothing, [])", "{badrpc,{'EXIT',{undef,[{interop,nothing,[],[]}.."),
                ("rpc:call(R, interop, add, [1])", "{badrpc,{'EXIT',{undef,[{interop,add,[1],[]}.."),
                ("rpc:call(R, erlang, node, [])", "{badrpc,{'EXIT',{undef,[{erlang,node,[],[]}.."),
                ("rpc:call(R, os, getpid, [], 5000)", "{badrpc,{'EXIT',{undef,.."),
                ("rpc:call(R, interop, echo_loop, [], 100)", "{badrpc,timeout}"),
                ("rpc:call(R, interop, add, [1, 2], infinity)", "3"),
                ("rpc:block_call(R, interop, add, [1, 2])", "3"),
                ("rpc:block_call(R, interop, fail, [oops])", "{badrpc,{'EXIT',{oops,.."),
                ("rpc:block_call(R, interop, die, [gone])", "{badrpc,{'EXIT',gone}}"),
                ("rpc:block_call(R, no, such, [])", "{badrpc,{'EXIT',{undef,.."),
                ("rpc:cast(R, interop, send_node, [Me]), Get() =:= R", "true"),
                ("K = rpc:async_call(R, interop, add, [3, 4]), rpc:yield(K)", "7"),
                ("K2 = rpc:async_call(R, interop, add, [3, 4]), rpc:nb_yield(K2, 10000)", "{value,7}"),
                ("rpc:multicall([R, node()], erlang, abs, [-1]) =:= {[{badrpc, {'EXIT', {undef, [{erlang, abs, [-1], []}]}}}, 1], []} orelse rpc:multicall([R, node()], erlang, abs, [-1])", "true"),
                ("rpc:multicall([R], interop, add, [1, 1])", "{[2],[]}"),
                ("rpc:multicall([R, 'nobody@127.0.0.1'], interop, add, [1, 1])", "{[2],['nobody@127.0.0.1']}"),
                ("rpc:parallel_eval([{interop, add, [1, 2]}]) =/= x", "true"),
                ("erpc:call(R, interop, add, [1, 2])", "3"),
                ("erpc:call(R, interop, add, [1, 2], 5000)", "3"),
                ("try erpc:call(R, interop, fail, [oops]) catch error:{exception, E1, [{M1, F1, A1, _} | _]} -> {E1, M1, F1, A1} end", "{oops,interop,fail,[oops]}"),
                ("try erpc:call(R, interop, die, [gone]) catch exit:{exception, E2} -> E2 end", "gone"),
                ("try erpc:call(R, interop, nothing, [1]) catch error:{exception, undef, [{M3, F3, A3, _} | _]} -> {M3, F3, A3} end", "{interop,nothing,[1]}"),
                ("try erpc:call(R, interop, echo_loop, [], 100) catch error:{erpc, E4} -> E4 end", "timeout"),
                ("try erpc:call(R, fun() -> node() end) catch error:{exception, E5, _} -> E5 end", "undef"),
                ("erpc:cast(R, interop, send_node, [Me]), Get() =:= R", "true"),
                ("erpc:multicast([R, R], interop, send_node, [Me]), [Get(), Get()] =:= [R, R]", "true"),
                ("erpc:multicall([R, R], interop, add, [1, 2])", "[{ok,3},{ok,3}]"),
                ("[{error, {exception, E6, _}}] = erpc:multicall([R], interop, fail, [x]), E6", "x"),
                ("erpc:multicall([R], interop, die, [x])", "[{exit,{exception,x}}]"),
                ("Q = erpc:send_request(R, interop, add, [5, 6]), erpc:receive_response(Q, 10000)", "11"),
                ("Q2 = erpc:send_request(R, interop, add, [5, 6]), erpc:wait_response(Q2, 10000)", "{response,11}"),
                ("Big = binary:copy(<<7>>, 300000), try erpc:call(R, interop, die, [Big]) catch exit:{exception, B1} -> B1 =:= Big end", "true"),
                ("lists:usort([rpc:call(R, interop, add, [N, -N]) || N <- lists:seq(1, 300)])", "[0]"),
                ("Par = [spawn_monitor(fun() -> 0 = erpc:call(R, interop, add, [N, -N]) end) || N <- lists:seq(1, 300)],
                  lists:usort([receive {'DOWN', M, _, _, W} -> W after 10000 -> late end || {_, M} <- Par])", "[normal]"),
                ("rpc:sbcast([R], echo, {Me, x}) =:= {[R], []}", "true"),
                ("Get()", "{echo,x}"),
                ("rpc:sbcast([R], no_such_name, x) =:= {[], [R]}", "true"),
                ("rpc:abcast([R], echo, {Me, y}), Get()", "{echo,y}"),
                ("rpc:eval_everywhere([R], interop, send_node, [Me]), Get() =:= R", "true"),
                ("None()", "nothing"),
                ("gen_server:call({rex, R}, nonsense)", "{error,.."),
                ("gen_server:call({net_kernel, R}, nonsense)", "{error,.."),
            ])
            .await;
    })
    .await;
}

#[tokio::test]
async fn spawns() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("Down = fun(M) -> receive {'DOWN', M, process, _, W} -> W after 10000 -> late end end, ok", "ok"),
                ("P1 = spawn(R, interop, send_node, [Me]), {node(P1) =:= R, Get() =:= R}", "{true,true}"),
                ("P2 = spawn(R, interop, echo_loop, []), P2 ! {Me, hi}, Get() =:= {P2, hi}", "true"),
                ("M2 = monitor(process, P2), P2 ! stop, Down(M2)", "normal"),
                ("{_, M3} = spawn_monitor(R, interop, die, [{a, b}]), Down(M3)", "{a,b}"),
                ("{_, M4} = spawn_monitor(R, interop, die, [normal]), Down(M4)", "normal"),
                ("{_, M5} = spawn_monitor(R, interop, fail, [x]), Down(M5)", "{x,[{interop,fail,[x],[]}.."),
                ("{_, M6} = spawn_monitor(R, interop, nothing, [x]), Down(M6)", "{undef,[{interop,nothing,[x],[]}.."),
                ("{_, M7} = spawn_monitor(R, fun() -> ok end), element(1, Down(M7))", "undef"),
                ("is_pid(spawn(R, fun() -> ok end))", "true"),
                ("process_flag(trap_exit, true), P8 = spawn_link(R, interop, echo_loop, []), exit(P8, x), receive {'EXIT', P8, W8} -> W8 after 10000 -> late end", "x"),
                ("P9 = spawn_link(R, interop, die, [soon]), receive {'EXIT', P9, W9} -> W9 after 10000 -> late end", "soon"),
                ("P9b = spawn_link(R, interop, nothing, []), receive {'EXIT', P9b, W9b} -> element(1, W9b) after 10000 -> late end", "undef"),
                ("{P10, M10} = spawn_opt(R, interop, echo_loop, [], [link, monitor, {priority, high}, {min_heap_size, 1000}]), exit(P10, y), {Down(M10), receive {'EXIT', P10, W10} -> W10 after 10000 -> late end}", "{y,y}"),
                ("{_, M11} = spawn_opt(R, interop, die, [z], [{monitor, [{tag, {my, tag}}]}]), receive {{my, tag}, M11, process, _, W11} -> W11 after 10000 -> late end", "z"),
                ("Q12 = spawn_request(R, interop, die, [q], [monitor]), [receive {spawn_reply, Q12, ok, P12} -> is_pid(P12) after 10000 -> late end, Down(Q12)]", "[true,q]"),
                ("Q13 = spawn_request(R, interop, die, [q], [no_such_option]), receive {spawn_reply, Q13, error, W13} -> W13 after 10000 -> late end", "badopt"),
                ("Q14 = spawn_request(R, interop, send_node, [Me], [{reply, no}]), {is_reference(Q14), Get() =:= R}", "{true,true}"),
                ("Q15 = spawn_request(R, interop, echo_loop, [], [link, {reply_tag, {x, y}}]), receive {{x, y}, Q15, ok, P15} -> exit(P15, z), receive {'EXIT', P15, W15} -> W15 after 10000 -> late end after 10000 -> late end", "z"),
                ("Q16 = spawn_request(R, interop, echo_loop, [], [monitor]), spawn_request_abandon(Q16)", "true"),
                ("(catch spawn_opt(R, interop, die, [q], [no_such_option])) =/= ok", "true"),
                ("Many = [spawn_monitor(R, interop, die, [N]) || N <- lists:seq(1, 500)], [Down(M) || {_, M} <- Many] =:= lists:seq(1, 500)", "true"),
                ("Linked = spawn(R, interop, echo_loop, []), {Owner, MO} = spawn_monitor(fun() -> link(Linked), receive stop -> exit(over) end end), Owner ! stop, Down(MO), MLd = monitor(process, Linked), lists:member(Down(MLd), [over, noproc])", "true"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}
