%% Plays scenarios with OTP's supervisor: see scenario.rs for what they are, play.rs for the same with ours.
-module(sup_player).
-behaviour(supervisor).
-export([start/1, start_link/1, init/1]).

start(Port) ->
    logger:set_primary_config(level, none),
    {ok, Socket} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {packet, 4}, {active, false}]),
    process_flag(trap_exit, true),
    serve(Socket).

serve(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Bytes} ->
            Answer = [play(Scenario) || Scenario <- binary_to_term(Bytes)],
            ok = gen_tcp:send(Socket, term_to_binary(Answer)),
            serve(Socket);
        {error, closed} ->
            ok
    end.

%% The tree.

start_link(Sup) ->
    supervisor:start_link(?MODULE, Sup).

init(#{strategy := Strategy, intensity := Intensity, auto_shutdown := Auto, children := Children}) ->
    Base = #{strategy => Strategy, intensity => Intensity, period => 3600},
    Flags = case Auto of
        never -> Base;
        _ -> Base#{auto_shutdown => Auto}
    end,
    {ok, {Flags, [spec(Child, Strategy) || Child <- Children]}}.

spec({worker, Worker}, Strategy) ->
    #{id := Id, restart := Restart, significant := Significant, shutdown := Shutdown} = Worker,
    Args = case Strategy of
        simple_one_for_one -> [Worker];
        _ -> [Worker, 0]
    end,
    #{id => Id, start => {sup_worker, start_link, Args}, restart => Restart,
      significant => Significant, shutdown => Shutdown, type => worker};
spec({sup, Sup}, _) ->
    #{id := Id, restart := Restart, significant := Significant} = Sup,
    #{id => Id, start => {?MODULE, start_link, [Sup]}, restart => Restart,
      significant => Significant, shutdown => infinity, type => supervisor}.

%% The play.

play(#{top := Top, steps := Steps}) ->
    sup_journal:reset(),
    case start_link(Top) of
        {ok, Pid} ->
            First = seen(ok, Pid, Top, ordered),
            Rest = steps(Steps, Pid, Top, []),
            [First | Rest];
        {error, Reason} ->
            receive {'EXIT', _, _} -> ok after 0 -> ok end,
            [#{result => {error, Reason}, events => sup_journal:take(), state => none}]
    end.

steps([], Pid, _, Seen) ->
    exit(Pid, shutdown),
    Reason = receive {'EXIT', Pid, Why} -> Why end,
    lists:reverse([over(ok, Reason, ordered) | Seen]);
steps([Step | Steps], Pid, Top, Seen) ->
    {Result, Order} = step(Step, Pid, Top),
    case seen(Result, Pid, Top, Order) of
        #{state := {ended, _}} = Last -> lists:reverse([Last | Seen]);
        Now -> steps(Steps, Pid, Top, [Now | Seen])
    end.

step({'end', Index, How}, Pid, Top) ->
    case nth(Index, workers(settled(Pid, Top))) of
        none -> {nobody, ordered};
        Worker -> end_worker(Worker, How), {ok, ordered}
    end;
step({kill_sup, Index}, Pid, Top) ->
    Tree = settled(Pid, Top),
    {Sup, Below} = nth(Index, [{Pid, pids(Tree)} | sups(Tree)]),
    ended(Sup, fun() -> exit(Sup, kill) end),
    [wait_for_end(Process) || Process <- Below],
    {ok, any_order};
step({terminate, Parent, Child}, Pid, Top) ->
    ask(Parent, Pid, Top, fun(Sup) -> supervisor:terminate_child(Sup, Child) end);
step({restart, Parent, Child}, Pid, Top) ->
    ask(Parent, Pid, Top, fun(Sup) -> supervisor:restart_child(Sup, Child) end);
step({delete, Parent, Child}, Pid, Top) ->
    ask(Parent, Pid, Top, fun(Sup) -> supervisor:delete_child(Sup, Child) end);
step({add, Parent, Worker}, Pid, Top) ->
    ask(Parent, Pid, Top, fun(Sup) -> supervisor:start_child(Sup, spec({worker, Worker}, one_for_one)) end);
step({dynamic, Parent, Number}, Pid, Top) ->
    ask(Parent, Pid, Top, fun(Sup) -> supervisor:start_child(Sup, [Number]) end);
step({terminate_dynamic, Parent, Index}, Pid, Top) ->
    Find = fun(Sup) ->
        case nth(Index, lists:sort([{sup_journal:label(P), P} || {_, P, _, _} <- supervisor:which_children(Sup)])) of
            none -> nobody;
            {_, Child} -> supervisor:terminate_child(Sup, Child)
        end
    end,
    ask(Parent, Pid, Top, Find).

ask(Parent, Pid, Top, Request) ->
    Tree = settled(Pid, Top),
    case [Sup || {Id, Sup} <- [{maps:get(id, Top), Pid} | sup_ids(Tree)], Id =:= Parent] of
        [] -> {no_supervisor, ordered};
        [Sup] -> {plain(Request(Sup)), ordered}
    end.

plain({ok, Child}) when is_pid(Child) -> {ok, pid};
plain({error, {already_started, Child}}) when is_pid(Child) -> {error, {already_started, pid}};
plain({error, {Reason, Record}}) when element(1, Record) =:= child -> {error, Reason};
plain(Other) -> Other.

end_worker(Pid, How) ->
    ended(Pid, fun() ->
        case How of
            kill -> exit(Pid, kill);
            kill_itself -> gen_server:cast(Pid, kill_yourself);
            shutdown_with -> gen_server:cast(Pid, {stop, {shutdown, x}});
            Reason -> gen_server:cast(Pid, {stop, Reason})
        end
    end).

ended(Pid, End) ->
    Monitor = monitor(process, Pid),
    End(),
    receive {'DOWN', Monitor, process, Pid, _} -> ok end.

wait_for_end(Pid) ->
    ended(Pid, fun() -> ok end).

%% What is seen after a step, once nothing moves any more.

seen(Result, Pid, Top, Order) ->
    case settled(Pid, Top) of
        {ended, Reason} -> over(Result, Reason, Order);
        Tree -> #{result => Result, events => events(Order), state => state(Tree)}
    end.

over(Result, Reason, Order) ->
    #{result => Result, events => events(Order), state => {ended, Reason}}.

events(ordered) -> sup_journal:take();
events(any_order) -> lists:sort(sup_journal:take()).

%% The tree as the supervisors show it, when all they show is alive and nothing is about to be restarted.
settled(Pid, Top) ->
    case catch walk(Pid, Top) of
        Tree when is_list(Tree) -> Tree;
        _ ->
            case is_process_alive(Pid) of
                true -> erlang:yield(), settled(Pid, Top);
                false ->
                    receive {'EXIT', Pid, Reason} -> self() ! {'EXIT', Pid, Reason}, {ended, Reason} end
            end
    end.

%% [{Label, Status, Pid, Below}] in the order of start, or of labels where there is none.
walk(Sup, #{strategy := simple_one_for_one}) ->
    lists:sort([child(sup_journal:label(P), P, none) || {_, P, _, _} <- supervisor:which_children(Sup)]);
walk(Sup, #{children := Children}) ->
    Subs = maps:from_list([{maps:get(id, Sub), Sub} || {sup, Sub} <- Children]),
    [child(Id, P, maps:get(Id, Subs, none)) || {Id, P, _, _} <- lists:reverse(supervisor:which_children(Sup))].

child(_, restarting, _) -> throw(moves);
child(Label, undefined, _) -> {Label, stopped, undefined, []};
child(Label, Pid, Sub) ->
    is_process_alive(Pid) orelse throw(moves),
    Below = case Sub of
        none -> [];
        _ -> walk(Pid, Sub)
    end,
    Status = case Sub of none -> worker; _ -> sup end,
    {Label, Status, Pid, Below}.

state(Tree) ->
    [{Label, Status, state(Below)} || {Label, Status, _, Below} <- Tree].

workers({ended, _}) -> [];
workers(Tree) ->
    lists:append([case Node of
        {_, worker, Pid, _} -> [Pid];
        {_, _, _, Below} -> workers(Below)
    end || Node <- Tree]).

sups(Tree) ->
    lists:append([[{Pid, pids(Below)} | sups(Below)] || {_, sup, Pid, Below} <- Tree]).

sup_ids({ended, _}) -> [];
sup_ids(Tree) ->
    lists:append([[{Id, Pid} | sup_ids(Below)] || {Id, sup, Pid, Below} <- Tree]).

pids(Tree) ->
    lists:append([[Pid | pids(Below)] || {_, _, Pid, Below} <- Tree, is_pid(Pid)]).

nth(_, []) -> none;
nth(Index, List) -> lists:nth(Index rem length(List) + 1, List).
