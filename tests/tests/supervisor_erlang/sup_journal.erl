%% What happens to workers, in order; how often each was started; and which pid is which worker.
-module(sup_journal).
-export([reset/0, start/2, stop/2, take/0, label/1]).

reset() ->
    case whereis(?MODULE) of
        undefined -> ok;
        Old ->
            Monitor = monitor(process, Old),
            exit(Old, kill),
            receive {'DOWN', Monitor, process, Old, _} -> ok end
    end,
    Self = self(),
    Pid = spawn(fun() ->
        register(?MODULE, self()),
        Self ! {ready, self()},
        loop([], #{}, #{})
    end),
    receive {ready, Pid} -> ok end.

start(Label, Starts) -> call({start, Label, Starts, self()}).
stop(Label, Reason) -> call({stop, Label, Reason}).
take() -> call(take).
label(Pid) -> call({label, Pid}).

call(Request) ->
    Monitor = monitor(process, ?MODULE),
    ?MODULE ! {Monitor, self(), Request},
    receive
        {Monitor, Answer} -> demonitor(Monitor, [flush]), Answer;
        {'DOWN', Monitor, process, _, _} -> exit(no_journal)
    end.

loop(Events, Counts, Labels) ->
    receive
        {Tag, From, {start, Label, Starts, Pid}} ->
            Count = maps:get(Label, Counts, 0),
            Outcome = case Count < length(Starts) of
                true -> lists:nth(Count + 1, Starts);
                false -> ok
            end,
            From ! {Tag, Outcome},
            Event = {started, Label, Outcome},
            loop([Event | Events], Counts#{Label => Count + 1}, Labels#{Pid => Label});
        {Tag, From, {stop, Label, Reason}} ->
            From ! {Tag, ok},
            loop([{stopped, Label, Reason} | Events], Counts, Labels);
        {Tag, From, take} ->
            From ! {Tag, lists:reverse(Events)},
            loop([], Counts, Labels);
        {Tag, From, {label, Pid}} ->
            From ! {Tag, maps:get(Pid, Labels, unknown)},
            loop(Events, Counts, Labels)
    end.
