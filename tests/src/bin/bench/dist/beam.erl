%% A node of the benchmark program in Erlang: receives, and sends what it is told on its standard input to:
%% `WORKLOAD RECEIVER OPERATIONS`. Prints `ready`, then `ok` and nanoseconds for each command.
%%
%% The receiver is the gen_server `bench`. What counts messages is a process that does no more than it must; the
%% messages are those of a cast, so that a server of ergo can take them.
-module(bench_dist).
-behaviour(gen_server).
-export([main/0, echo/1, count/0, init/1, handle_call/3, handle_cast/2]).

-define(CALLERS, 100).
-define(MINUTES, 600000).

main() ->
    persistent_term:put(bench_spawned, counters:new(1, [])),
    {ok, _} = gen_server:start({local, bench}, ?MODULE, [], []),
    io:put_chars("ready\n"),
    loop().

loop() ->
    case io:get_line("") of
        eof -> halt(0);
        Line ->
            [Workload, Receiver, Operations] = string:lexemes(string:trim(Line), " "),
            Values = run(Workload, list_to_atom(Receiver), list_to_integer(Operations)),
            io:put_chars(["ok", [[$\s, integer_to_list(Value)] || Value <- Values], $\n]),
            loop()
    end.

run("small", To, Count) -> [messages(To, 1, Count, small)];
run("small-10", To, Count) -> [messages(To, 10, Count, small)];
run("1k", To, Count) -> [messages(To, 1, Count, binary(1 bsl 10))];
run("1k-10", To, Count) -> [messages(To, 10, Count, binary(1 bsl 10))];
run("64k", To, Count) -> [messages(To, 1, Count, binary(64 bsl 10))];
run("64k-10", To, Count) -> [messages(To, 10, Count, binary(64 bsl 10))];
run("1m", To, Count) -> [messages(To, 1, Count, binary(1 bsl 20))];
run("1m-10", To, Count) -> [messages(To, 10, Count, binary(1 bsl 20))];
run("call", To, Count) -> call(To, Count);
run("call-beside-1m", To, Count) -> call_beside(To, Count);
run("call-100", To, Count) ->
    Server = gen_server:call({bench, To}, me),
    [callers(?CALLERS, Count, fun(N) -> gen_server:call(Server, {get, N}) end)];
run("rpc", To, Count) -> [callers(1, Count, rpc(To))];
run("rpc-100", To, Count) -> [callers(?CALLERS, Count, rpc(To))];
run("erpc", To, Count) -> [callers(1, Count, erpc(To))];
run("erpc-100", To, Count) -> [callers(?CALLERS, Count, erpc(To))];
run("spawn", To, Count) -> [spawns(1, To, Count)];
run("spawn-100", To, Count) -> [spawns(?CALLERS, To, Count)].

%%% The receiver.

init([]) -> {ok, []}.

handle_call(me, _From, State) -> {reply, self(), State};
handle_call({get, N}, _From, State) -> {reply, N, State};
handle_call(spawned, _From, State) ->
    {reply, counters:get(persistent_term:get(bench_spawned), 1), State};
handle_call({counters, Pairs, Each, ReportTo}, _From, State) ->
    Start = fun(_) -> spawn(fun() -> counter(Each, 0, ReportTo) end) end,
    {reply, lists:map(Start, lists:seq(1, Pairs)), State}.

handle_cast(_, State) -> {noreply, State}.

counter(0, Sum, ReportTo) -> ReportTo ! {done, self(), Sum};
counter(Left, Sum, ReportTo) ->
    receive
        {'$gen_cast', {add, N}} -> counter(Left - 1, Sum + N, ReportTo);
        {'$gen_cast', {data, Bytes}} -> counter(Left - 1, Sum + byte_size(Bytes), ReportTo)
    end.

echo(Value) -> Value.

count() -> counters:add(persistent_term:get(bench_spawned), 1, 1).

%%% The workloads.

binary(Size) -> binary:copy(<<7>>, Size).

sum(small, Each) -> Each * (Each - 1) div 2;
sum(Binary, Each) -> Each * byte_size(Binary).

messages(To, Pairs, Count, What) ->
    Each = Count div Pairs,
    Counters = gen_server:call({bench, To}, {counters, Pairs, Each, self()}),
    Begin = erlang:monotonic_time(nanosecond),
    [spawn_link(fun() -> send(Counter, What, 0, Each) end) || Counter <- Counters],
    Sum = sum(What, Each),
    [receive {done, Counter, Sum} -> ok after ?MINUTES -> exit(lost) end || Counter <- Counters],
    erlang:monotonic_time(nanosecond) - Begin.

send(_To, _What, End, End) -> ok;
send(To, small, N, End) ->
    To ! {'$gen_cast', {add, N}},
    send(To, small, N + 1, End);
send(To, Binary, N, End) ->
    To ! {'$gen_cast', {data, Binary}},
    send(To, Binary, N + 1, End).

call(To, Count) ->
    Server = gen_server:call({bench, To}, me),
    Own = self(),
    spawn_link(fun() -> Own ! {took, [timed(Server, N) || N <- lists:seq(1, Count)]} end),
    receive {took, Took} -> percentiles(Took) after ?MINUTES -> exit(lost) end.

timed(Server, N) ->
    Begin = erlang:monotonic_time(nanosecond),
    N = gen_server:call(Server, {get, N}, ?MINUTES),
    erlang:monotonic_time(nanosecond) - Begin.

%% Calls while another process sends large messages to another one there, as many as it can.
call_beside(To, Count) ->
    Server = gen_server:call({bench, To}, me),
    [Sink] = gen_server:call({bench, To}, {counters, 1, infinity, self()}),
    Large = binary(1 bsl 20),
    Sender = spawn_link(fun() -> flood(Sink, Large) end),
    _ = [timed(Server, N) || N <- lists:seq(1, 10)],
    Took = [timed(Server, N) || N <- lists:seq(1, Count)],
    unlink(Sender),
    exit(Sender, kill),
    exit(Sink, kill),
    %% What is still on its way must not be in the next measurement.
    _ = timed(Server, 0),
    percentiles(Took).

flood(To, Binary) ->
    To ! {'$gen_cast', {data, Binary}},
    flood(To, Binary).

percentiles(Took) ->
    Sorted = list_to_tuple(lists:sort(Took)),
    Last = tuple_size(Sorted),
    [element(max(1, Last * Percent div 100), Sorted) || Percent <- [50, 99]].

rpc(To) -> fun(N) -> rpc:call(To, ?MODULE, echo, [N]) end.

erpc(To) -> fun(N) -> erpc:call(To, ?MODULE, echo, [N]) end.

callers(Callers, Count, Ask) ->
    Each = Count div Callers,
    Own = self(),
    Begin = erlang:monotonic_time(nanosecond),
    Pids = [spawn_link(fun() -> Own ! {done, self(), ask(Ask, 0, Each, 0)} end) || _ <- lists:seq(1, Callers)],
    Sum = sum(small, Each),
    [receive {done, Pid, Sum} -> ok after ?MINUTES -> exit(lost) end || Pid <- Pids],
    erlang:monotonic_time(nanosecond) - Begin.

ask(_Ask, End, End, Sum) -> Sum;
ask(Ask, N, End, Sum) -> ask(Ask, N + 1, End, Sum + Ask(N)).

spawns(Callers, To, Count) ->
    Before = gen_server:call({bench, To}, spawned),
    Spawn = fun(N) -> true = is_pid(spawn(To, ?MODULE, count, [])), N end,
    Took = callers(Callers, Count, Spawn),
    ok = spawned(To, Before + Count, 1000),
    Took.

spawned(_To, _Wanted, 0) -> lost;
spawned(To, Wanted, Tries) ->
    case gen_server:call({bench, To}, spawned) of
        Wanted -> ok;
        _ -> spawned(To, Wanted, Tries - 1)
    end.
