%% The workloads of the benchmark program in Erlang, which times them itself: `main FORM WORKLOAD OPERATIONS`.
%% FORM is gen_server, or process for one that does no more than it must. Prints nanoseconds; for the workloads
%% `memory` and `memory-used` bytes of resident memory of one process; for `flat` nanoseconds of one cast, one call and
%% one start with its end while so many other processes live, and the bytes that those take.
%%
%% As in the other contenders every message is counted where it is received, and what all of them wait for is a
%% latch: two counters, which cost less than a message each.
-module(bench_local).
-behaviour(gen_server).
-export([main/1, init/1, handle_call/3, handle_cast/2, terminate/2]).

-define(CALLERS, 100).
-define(MEMBERS, 1000).
-define(RECEIVERS, 10000).
-define(NEVER, infinity).

main([Form, Workload, Operations]) ->
    Values = run(Workload, list_to_atom(Form), list_to_integer(Operations)),
    io:put_chars([lists:join($\s, [integer_to_list(round(Value)) || Value <- Values]), $\n]),
    halt(0).

run("cast", Form, Messages) -> [cast(Form, Messages, 1)];
run("cast-2-2", Form, Messages) -> [cast(Form, Messages, 2)];
run("call", Form, Calls) -> [call(Form, Calls, 1)];
run("call-process", Form, Calls) -> [call(Form, Calls, 1)];
run("call-100", Form, Calls) -> [call(Form, Calls, ?CALLERS)];
run("spawn", Form, Processes) -> [spawn_each(Form, Processes)];
run("spawn-many", Form, Processes) -> [spawn_many(Form, fun start/2, Processes)];
run("spawn-many-linked", Form, Processes) -> [spawn_many(Form, fun start_link/2, Processes)];
run("memory", Form, Processes) -> [element(1, memory(Form, Processes))];
run("memory-used", Form, Processes) -> [element(2, memory(Form, Processes))];
run("ring", Form, Hops) -> [ring(Form, Hops)];
run("fan-out", Form, Messages) -> [fan_out(Form, Messages)];
run("flat", Form, Others) -> flat(Form, Others).

%%% The workloads.

cast(Form, Messages, Pairs) ->
    {Reached, Ended} = {latch(Pairs), latch(Pairs)},
    Each = Messages div Pairs,
    Counters = [start(Form, tally(Each, Reached, Ended)) || _ <- lists:seq(1, Pairs)],
    Elapsed = timed(fun() ->
        [spawn_link(fun() -> cast_each(Form, Counter, 0, Each) end) || Counter <- Counters],
        Sum = Pairs * sum_to(Each),
        Sum = wait(Reached)
    end),
    stop_all(Form, Counters),
    Messages = wait(Ended),
    Elapsed.

cast_each(gen_server, To, Number, End) when Number < End ->
    gen_server:cast(To, {add, Number}),
    cast_each(gen_server, To, Number + 1, End);
cast_each(process, To, Number, End) when Number < End ->
    To ! {add, Number},
    cast_each(process, To, Number + 1, End);
cast_each(_Form, _To, End, End) ->
    ok.

call(Form, Calls, Callers) ->
    {Answered, Reached, Ended} = {latch(Callers), latch(1), latch(1)},
    Counter = start(Form, tally(?NEVER, Reached, Ended)),
    Each = Calls div Callers,
    Elapsed = timed(fun() ->
        [spawn_link(fun() -> arrive(Answered, call_each(Form, Counter, 0, Each, 0)) end) || _ <- lists:seq(1, Callers)],
        Sum = Callers * sum_to(Each),
        Sum = wait(Answered)
    end),
    stop_all(Form, [Counter]),
    0 = wait(Ended),
    Elapsed.

call_each(gen_server, To, Number, End, Sum) when Number < End ->
    call_each(gen_server, To, Number + 1, End, Sum + gen_server:call(To, {get, Number}));
call_each(process, To, Number, End, Sum) when Number < End ->
    Tag = make_ref(),
    To ! {get, Number, self(), Tag},
    receive
        {Tag, Answer} -> call_each(process, To, Number + 1, End, Sum + Answer)
    end;
call_each(_Form, _To, End, End, Sum) ->
    Sum.

spawn_each(Form, Processes) ->
    {Reached, Ended, Done} = {latch(Processes), latch(Processes), latch(1)},
    Elapsed = timed(fun() ->
        spawn_link(fun() -> spawn_each(Form, Reached, Ended, 0, Processes), arrive(Done, 0) end),
        0 = wait(Done)
    end),
    Sum = sum_to(Processes),
    Sum = wait(Reached),
    Processes = wait(Ended),
    Elapsed.

spawn_each(_Form, _Reached, _Ended, End, End) ->
    ok;
spawn_each(Form, Reached, Ended, Number, End) ->
    {Counter, Monitor} = start_monitor(Form, tally(1, Reached, Ended)),
    cast_each(Form, Counter, Number, Number + 1),
    stop_all(Form, [Counter]),
    receive
        {'DOWN', Monitor, process, Counter, normal} -> ok
    end,
    spawn_each(Form, Reached, Ended, Number + 1, End).

spawn_many(Form, Start, Processes) ->
    {Reached, Ended} = {latch(1), latch(Processes)},
    timed(fun() ->
        spawn_link(fun() ->
            stop_all(Form, [Start(Form, tally(?NEVER, Reached, Ended)) || _ <- lists:seq(1, Processes)])
        end),
        0 = wait(Ended)
    end).

ring(Form, Hops) ->
    {Arrived, Ended} = {latch(1), latch(?MEMBERS)},
    %% Only the one that gets the token last reports.
    Goal = fun
        (At) when At =:= (Hops - 1) rem ?MEMBERS -> (Hops + ?MEMBERS - 1) div ?MEMBERS;
        (_) -> ?NEVER
    end,
    Members = [start(Form, tally(Goal(At), Arrived, Ended)) || At <- lists:seq(0, ?MEMBERS - 1)],
    [First | Others] = Members,
    [tell(Form, Member, {join, Next}) || {Member, Next} <- lists:zip(Members, Others ++ [First])],
    Elapsed = timed(fun() ->
        tell(Form, First, {pass, Hops}),
        wait(Arrived)
    end),
    stop_all(Form, Members),
    Hops = wait(Ended),
    Elapsed.

fan_out(Form, Messages) ->
    Ended = latch(?RECEIVERS),
    Main = self(),
    %% The sender waits for the latch, so it makes it and starts the receivers, untimed as elsewhere.
    spawn_link(fun() ->
        Reached = latch(?RECEIVERS),
        Counters = [start(Form, tally(1, Reached, Ended)) || _ <- lists:seq(1, ?RECEIVERS)],
        Rounds = lists:seq(1, Messages div ?RECEIVERS),
        Elapsed = timed(fun() -> [fan_out(Form, Counters, Reached, Round * ?RECEIVERS) || Round <- Rounds] end),
        Main ! {fan_out, Elapsed, Counters}
    end),
    receive
        {fan_out, Elapsed, Counters} ->
            stop_all(Form, Counters),
            Messages = wait(Ended),
            Elapsed
    end.

fan_out(Form, Counters, Reached, Sum) ->
    [cast_each(Form, Counter, 1, 2) || Counter <- Counters],
    Sum = wait(Reached),
    again(Reached, ?RECEIVERS).

memory(Form, Processes) ->
    {Reached, Ended} = {latch(Processes), latch(Processes)},
    start(Form, tally(?NEVER, latch(1), latch(1))),
    Before = settled(),
    Counters = [start(Form, tally(1, Reached, Ended)) || _ <- lists:seq(1, Processes)],
    Idle = settled() - Before,
    [cast_each(Form, Counter, 1, 2) || Counter <- Counters],
    Processes = wait(Reached),
    Used = settled() - Before,
    stop_all(Form, Counters),
    Processes = wait(Ended),
    {Idle / Processes, Used / Processes}.

flat(Form, Others) ->
    {Reached, Ended} = {latch(1), latch(Others)},
    Before = settled(),
    Crowd = [start(Form, tally(?NEVER, Reached, Ended)) || _ <- lists:seq(1, Others)],
    Memory = settled() - Before,
    Casts = 300000, Calls = 100000, Spawns = 20000,
    Costs = [cast(Form, Casts, 1) / Casts, call(Form, Calls, 1) / Calls, spawn_each(Form, Spawns) / Spawns],
    stop_all(Form, Crowd),
    0 = wait(Ended),
    Costs ++ [Memory].

%%% Processes: a tally is {Count, Sum, Handled, Goal, Reached, Ended}, a state {Tally, Next}.

tally(Goal, Reached, Ended) -> {0, 0, 0, Goal, Reached, Ended}.

add({Count, Sum, Handled, Goal, Reached, Ended}, Number) when Count + 1 =:= Goal ->
    arrive(Reached, Sum + Number),
    {0, 0, Handled + 1, Goal, Reached, Ended};
add({Count, Sum, Handled, Goal, Reached, Ended}, Number) ->
    {Count + 1, Sum + Number, Handled + 1, Goal, Reached, Ended}.

ended({_Count, _Sum, Handled, _Goal, _Reached, Ended}) -> arrive(Ended, Handled).

start(gen_server, Tally) ->
    {ok, Pid} = gen_server:start(?MODULE, Tally, []),
    Pid;
start(process, Tally) ->
    spawn(fun() -> loop(Tally, none) end).

start_link(gen_server, Tally) ->
    {ok, Pid} = gen_server:start_link(?MODULE, Tally, []),
    Pid;
start_link(process, Tally) ->
    spawn_link(fun() -> loop(Tally, none) end).

start_monitor(gen_server, Tally) ->
    {ok, Started} = gen_server:start_monitor(?MODULE, Tally, []),
    Started;
start_monitor(process, Tally) ->
    spawn_monitor(fun() -> loop(Tally, none) end).

stop_all(Form, Counters) -> lists:foreach(fun(Counter) -> tell(Form, Counter, finish) end, Counters).

tell(gen_server, To, Message) -> gen_server:cast(To, Message);
tell(process, To, Message) -> To ! Message.

loop(Tally, Next) ->
    receive
        {add, Number} ->
            loop(add(Tally, Number), Next);
        {get, Number, From, Tag} ->
            From ! {Tag, Number},
            loop(Tally, Next);
        {pass, Left} when Left > 1 ->
            Next ! {pass, Left - 1},
            loop(add(Tally, 1), Next);
        {pass, _Left} ->
            loop(add(Tally, 1), Next);
        {join, Member} ->
            loop(Tally, Member);
        finish ->
            ended(Tally)
    end.

init(Tally) -> {ok, {Tally, none}}.

handle_call({get, Number}, _From, State) -> {reply, Number, State}.

handle_cast({add, Number}, {Tally, Next}) ->
    {noreply, {add(Tally, Number), Next}};
handle_cast({pass, Left}, {Tally, Next}) when Left > 1 ->
    gen_server:cast(Next, {pass, Left - 1}),
    {noreply, {add(Tally, 1), Next}};
handle_cast({pass, _Left}, {Tally, Next}) ->
    {noreply, {add(Tally, 1), Next}};
handle_cast({join, Member}, {Tally, _}) ->
    {noreply, {Tally, Member}};
handle_cast(finish, State) ->
    {stop, normal, State}.

terminate(normal, {Tally, _Next}) -> ended(Tally).

%%% The latch: who is left, the sum of what they bring, and who waits.

latch(Arrivals) ->
    Counters = atomics:new(2, []),
    atomics:put(Counters, 1, Arrivals),
    {Counters, self()}.

again({Counters, _Owner}, Arrivals) -> atomics:put(Counters, 1, Arrivals).

arrive({Counters, Owner}, Value) ->
    atomics:add(Counters, 2, Value),
    case atomics:sub_get(Counters, 1, 1) of
        0 -> Owner ! {latch, Counters};
        _ -> ok
    end.

wait({Counters, _Owner}) ->
    receive
        {latch, Counters} -> atomics:get(Counters, 2)
    end.

sum_to(Count) -> Count * (Count - 1) div 2.

timed(Run) ->
    Begin = now_ns(),
    Run(),
    now_ns() - Begin.

now_ns() -> erlang:monotonic_time(nanosecond).

%% Resident memory, once what has just been started is waiting for messages.
settled() ->
    timer:sleep(100),
    {ok, Status} = file:read_file("/proc/self/status"),
    {match, [Kilobytes]} = re:run(Status, "VmRSS:\\s+(\\d+) kB", [{capture, all_but_first, list}]),
    1024 * list_to_integer(Kilobytes).
