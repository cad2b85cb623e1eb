-module(matrix).
-behaviour(gen_server).
-export([ends/0, starts/0, init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

%% What becomes of a gen_server, in rows of text: whether it traps exits, who ends it, with which reason.
ends() ->
    [row(Trap, Who, Reason) || Trap <- [false, true], Who <- [parent, linked, stranger, itself, sys],
                               Reason <- [normal, shutdown, {shutdown, why}, because, kill]].

row(Trap, Who, Reason) ->
    Me = self(),
    Parent = spawn(fun() ->
        {ok, Pid} = gen_server:start_link(?MODULE, {Trap, Me}, []),
        Me ! {started, Pid},
        receive {die, Why} -> exit(Why) end
    end),
    Pid = receive {started, Started} -> Started end,
    M = monitor(process, Pid),
    act(Who, Reason, Parent, Pid),
    Ended = try gen_server:call(Pid, ping) of pong -> lives
            catch exit:_ -> receive {'DOWN', M, process, _, Down} -> {ended, Down} end
            end,
    demonitor(M, [flush]),
    Told = receive {terminate, Why} -> {terminate, Why} after 0 -> no_terminate end,
    exit(Pid, kill), exit(Parent, kill),
    {Trap, Who, Reason, Told, Ended}.

act(parent, Reason, Parent, Pid) ->
    M = monitor(process, Parent),
    Parent ! {die, Reason},
    receive {'DOWN', M, _, _, _} -> unlinked(Parent, Pid) end;
act(linked, Reason, _, Pid) ->
    {Other, M} = spawn_monitor(fun() -> link(Pid), exit(Reason) end),
    receive {'DOWN', M, _, _, _} -> unlinked(Other, Pid) end;
act(stranger, Reason, _, Pid) -> exit(Pid, Reason);
act(itself, Reason, _, Pid) -> gen_server:cast(Pid, {stop, Reason});
act(sys, Reason, _, Pid) -> sys:terminate(Pid, Reason).

%% Waits until the exit signal has arrived.
unlinked(Other, Pid) ->
    case process_info(Pid, links) of
        {links, Links} -> lists:member(Other, Links) andalso unlinked(Other, Pid);
        undefined -> ok
    end.

%% What a starter gets.
starts() ->
    [{ok, Pid}] = [gen_server:start({local, taken}, ?MODULE, {false, self()}, [])],
    Rows = [{What, started(gen_server:start(?MODULE, What, []))} || What <- [ignore, stop_normal, stop_shutdown, stop_because]],
    Taken = {taken, started(gen_server:start({local, taken}, ?MODULE, {false, self()}, []))},
    exit(Pid, kill),
    Rows ++ [Taken].

started({ok, _}) -> ok;
started(ignore) -> ignore;
started({error, {already_started, _}}) -> {error, already_started};
started({error, Reason}) -> {error, Reason}.

init(ignore) -> ignore;
init(stop_normal) -> {stop, normal};
init(stop_shutdown) -> {stop, shutdown};
init(stop_because) -> {stop, because};
init({Trap, Tell}) -> process_flag(trap_exit, Trap), {ok, Tell}.

handle_call(ping, _, S) -> {reply, pong, S}.

handle_cast({stop, Reason}, S) -> {stop, Reason, S}.

handle_info(_, S) -> {noreply, S}.

terminate(Reason, Tell) -> Tell ! {terminate, Reason}, ok.
