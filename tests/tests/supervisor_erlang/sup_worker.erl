%% A worker of a scenario: starts as its plan says and notes in the journal what happens to it.
-module(sup_worker).
-behaviour(gen_server).
-export([start_link/2, init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).

%% Number is 0, or that of a child of a template.
start_link(Worker, Number) ->
    gen_server:start_link(?MODULE, {Worker, Number}, []).

init({#{id := Id, manner := Manner, starts := Starts}, Number}) ->
    Label = {Id, Number},
    process_flag(trap_exit, Manner =/= plain),
    case sup_journal:start(Label, Starts) of
        ok -> {ok, {Label, Manner}};
        fail -> {stop, boom};
        ignore -> ignore
    end.

handle_call(_, _, State) ->
    {reply, ok, State}.

handle_cast({stop, Reason}, {Label, _}) ->
    %% It is its supervisor whom a stubborn one keeps waiting.
    {stop, Reason, {Label, trapping}};
handle_cast(kill_yourself, State) ->
    exit(self(), kill),
    {noreply, State}.

handle_info(_, State) ->
    {noreply, State}.

terminate(Reason, {Label, Manner}) ->
    case {Manner, Reason} of
        %% Not noted: it may be killed before it comes to that.
        {stubborn, shutdown} -> receive after infinity -> ok end;
        _ -> sup_journal:stop(Label, Reason)
    end.
