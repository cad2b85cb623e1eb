-module(m).
-export([add/2, fail/2, wait/1, tell/2, two/0, serve/0]).

add(A, B) -> A + B.

two() -> 2.

fail(error, Reason) -> erlang:error(Reason);
fail(exit, Reason) -> exit(Reason);
fail(throw, Value) -> throw(Value).

tell(To, What) -> To ! What, ok.

wait(To) ->
    To ! {running, self()},
    receive Message -> Message end.

%% A server as rpc:server_call/4 and rpc:multi_server_call/3 ask it.
serve() ->
    register(srv, self()),
    loop().

loop() ->
    receive
        {From, ping} -> From ! {srv, node(), pong}, loop();
        {tell, To} -> To ! told, loop()
    end.
