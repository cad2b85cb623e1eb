%% OTP's own supervisor on a clock that the test sets: its code as it is in this release, with `erlang:monotonic_time`
%% replaced. Answers for each {Intensity, Period, [Milliseconds]} which of the ends at these times it survives.
-module(sup_clock).
-behaviour(supervisor).
-export([start/1, now/0, init/1, start_worker/0]).

start(Port) ->
    logger:set_primary_config(level, none),
    make_clocked(),
    {ok, Socket} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {packet, 4}, {active, false}]),
    process_flag(trap_exit, true),
    serve(Socket).

serve(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Bytes} ->
            Answer = [survived(Case) || Case <- binary_to_term(Bytes)],
            ok = gen_tcp:send(Socket, term_to_binary(Answer)),
            serve(Socket);
        {error, closed} ->
            ok
    end.

%% Compiles the supervisor of this release under another name.
make_clocked() ->
    {ok, {_, [{abstract_code, {_, Forms}}]}} = beam_lib:chunks(code:which(supervisor), [abstract_code]),
    {Clocked, Replaced} = lists:mapfoldl(fun clocked/2, 0, Forms),
    true = Replaced > 0,
    {ok, Module, Code} = compile:forms(Clocked, []),
    {module, Module} = code:load_binary(Module, "sup_clocked", Code).

clocked({attribute, Line, module, supervisor}, Count) ->
    {{attribute, Line, module, sup_clocked}, Count};
clocked({call, Line, {remote, At, {atom, _, erlang}, {atom, _, monotonic_time}}, _}, Count) ->
    {{call, Line, {remote, At, {atom, At, ?MODULE}, {atom, At, now}}, []}, Count + 1};
clocked(Tuple, Count) when is_tuple(Tuple) ->
    {List, Counted} = clocked(tuple_to_list(Tuple), Count),
    {list_to_tuple(List), Counted};
clocked([Head | Tail], Count) ->
    {First, Counted} = clocked(Head, Count),
    {Rest, All} = clocked(Tail, Counted),
    {[First | Rest], All};
clocked(Other, Count) ->
    {Other, Count}.

%% Whole seconds, as `erlang:monotonic_time(second)` gives them.
now() ->
    persistent_term:get(?MODULE) div 1000.

init({Intensity, Period}) ->
    Worker = #{id => worker, start => {?MODULE, start_worker, []}},
    {ok, {#{intensity => Intensity, period => Period}, [Worker]}}.

start_worker() ->
    {ok, spawn_link(fun() -> receive after infinity -> ok end end)}.

survived({Intensity, Period, Times}) ->
    persistent_term:put(?MODULE, 0),
    {ok, Sup} = gen_server:start_link(sup_clocked, {self, ?MODULE, {Intensity, Period}}, []),
    Survived = ends(Times, Sup),
    case is_process_alive(Sup) of
        true -> exit(Sup, shutdown);
        false -> ok
    end,
    receive {'EXIT', Sup, shutdown} -> Survived end.

ends([], _) -> [];
ends([Time | Times], Sup) ->
    persistent_term:put(?MODULE, Time),
    [{worker, Worker, _, _}] = gen_server:call(Sup, which_children),
    exit(Worker, kill),
    case another(Worker, Sup) of
        true -> [true | ends(Times, Sup)];
        false -> [false]
    end.

another(Worker, Sup) ->
    case catch gen_server:call(Sup, which_children) of
        [{worker, Worker, _, _}] -> another(Worker, Sup);
        [{worker, _, _, _}] -> true;
        {'EXIT', _} -> false
    end.
