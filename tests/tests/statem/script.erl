%% A state machine that does what its events say, and tells a collector what it sees. script.rs is the same in Rust.
-module(script).
-behaviour(gen_statem).
-export([run/4, init/1, callback_mode/0, handle_event/4, terminate/3]).

%% Starts a machine, puts all messages into its mailbox at once, and gives what the collector got until its end.
run(State, Actions, Enters, Messages) ->
    Me = self(),
    {Collector, Monitor} = spawn_monitor(fun() -> collect(Me, []) end),
    {ok, Machine} = gen_statem:start(?MODULE, {Collector, State, Actions, Enters}, []),
    ok = sys:suspend(Machine),
    lists:foreach(fun(Message) -> Machine ! wrapped(Message, Collector) end, Messages),
    ok = sys:resume(Machine),
    receive
        {Collector, Trace} -> Trace;
        {'DOWN', Monitor, _, _, Reason} -> {collector, Reason}
    after 30000 -> exit(Collector, kill), no_end
    end.

wrapped({cast, Content}, _) -> {'$gen_cast', Content};
wrapped({call, Tag, Content}, Collector) -> {'$gen_call', {Collector, Tag}, Content};
wrapped({info, Message}, _) -> Message.

collect(For, Trace) ->
    receive
        {terminate, _, _} = Last -> For ! {self(), lists:reverse(Trace, [Last])};
        Event -> collect(For, [Event | Trace])
    end.

callback_mode() -> [handle_event_function, state_enter].

init({Collector, State, Actions, Enters}) ->
    {ok, State, {Collector, Enters}, actions(Actions, none)}.

handle_event(enter, Old, State, {Collector, Enters}) ->
    Collector ! {enter, Old, State},
    case lists:keytake(State, 1, Enters) of
        {value, {State, Result}, Rest} -> result(Result, none, {Collector, Rest});
        false -> keep_state_and_data
    end;
handle_event(Type, Content, State, {Collector, _} = Data) ->
    {Kind, From} = case Type of {call, Caller} -> {call, Caller}; _ -> {Type, none} end,
    {Label, Result} = picked(Content, State),
    Collector ! {Kind, Label, State},
    result(Result, From, Data).

picked({Label, Choices}, State) when is_map(Choices) -> {Label, maps:get(State, Choices, keep)};
picked({Label, Result}, _) -> {Label, Result};
picked(Label, _) -> {Label, keep}.

result(keep, _, Data) -> {keep_state, Data};
result({keep, Actions}, From, Data) -> {keep_state, Data, actions(Actions, From)};
result({to, State, Actions}, From, Data) -> {next_state, State, Data, actions(Actions, From)};
result({repeat, Actions}, From, Data) -> {repeat_state, Data, actions(Actions, From)};
result({stop, Reason}, _, _) -> {stop, Reason};
result({stop, Reason, Reply}, From, _) -> {stop_and_reply, Reason, [{reply, From, Reply}]}.

actions(Actions, From) -> [action(Action, From) || Action <- Actions].

action({reply, Reply}, From) -> {reply, From, Reply};
action({send, Message}, _) -> self() ! Message, {postpone, false};
action({absolute, Type, Time, Content}, _) ->
    {Type, erlang:monotonic_time(millisecond) + Time, Content, [{abs, true}]};
action(Action, _) -> Action.

terminate(Reason, State, {Collector, _}) ->
    Collector ! {terminate, Reason, State}.
