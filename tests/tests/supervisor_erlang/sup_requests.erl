%% Asks a supervisor, here or on another node, everything there is to ask. What comes back is made comparable: pids are
%% `pid`, and what tells Erlang from Rust is left out.
-module(sup_requests).
-behaviour(supervisor).
-export([start/2, refused/2, init/1, fixed/1, dynamic/1]).

start(Name, Init) ->
    Self = self(),
    spawn(fun() ->
        {ok, Pid} = supervisor:start_link({local, Name}, ?MODULE, Init),
        Self ! {started, Pid},
        receive after infinity -> ok end
    end),
    receive {started, Pid} -> Pid end.

%% Why a supervisor does not start.
refused(Flags, Specs) ->
    process_flag(trap_exit, true),
    {error, Reason} = supervisor:start_link(?MODULE, {Flags, Specs}),
    receive {'EXIT', _, _} -> Reason after 0 -> Reason end.

init(Init) -> {ok, Init}.

fixed(Sup) ->
    Spec = fun(Id, Args) -> #{id => Id, start => {'Child', start_link, Args}} end,
    Ask = fun(Function, Args) -> {Function, Args, plain(apply(supervisor, Function, [Sup | Args]))} end,
    [
        Ask(which_children, []),
        Ask(count_children, []),
        Ask(get_childspec, [a]),
        Ask(get_childspec, [b]),
        Ask(get_childspec, [c]),
        Ask(get_childspec, [z]),
        Ask(restart_child, [a]),
        Ask(delete_child, [a]),
        Ask(terminate_child, [a]),
        Ask(terminate_child, [a]),
        Ask(count_children, []),
        Ask(start_child, [Spec(a, [a])]),
        Ask(restart_child, [a]),
        Ask(terminate_child, [a]),
        Ask(delete_child, [a]),
        Ask(delete_child, [a]),
        Ask(restart_child, [a]),
        Ask(terminate_child, [a]),
        Ask(start_child, [Spec(a, [a])]),
        Ask(start_child, [Spec(a, [a])]),
        Ask(start_child, [{d, {'Child', start_link, [d]}, transient, 1000, worker, ['Child']}]),
        Ask(get_childspec, [d]),
        Ask(start_child, [(Spec({e, 1}, [e]))#{restart => temporary, shutdown => brutal_kill}]),
        Ask(get_childspec, [{e, 1}]),
        Ask(terminate_child, [{e, 1}]),
        Ask(terminate_child, [{e, 1}]),
        Ask(start_child, [Spec(f, [fail])]),
        Ask(start_child, [Spec(g, [ignore])]),
        Ask(start_child, [Spec(g, [ignore])]),
        Ask(restart_child, [g]),
        Ask(start_child, [(Spec(h, [ignore]))#{restart => temporary}]),
        Ask(get_childspec, [h]),
        Ask(start_child, [[x]]),
        Ask(start_child, [nonsense]),
        Ask(start_child, [#{}]),
        Ask(start_child, [#{id => x}]),
        Ask(start_child, [#{id => x, start => nonsense}]),
        Ask(start_child, [(Spec(x, []))#{restart => often}]),
        Ask(start_child, [(Spec(x, []))#{significant => maybe_so}]),
        Ask(start_child, [(Spec(x, []))#{significant => true}]),
        Ask(start_child, [(Spec(x, []))#{type => thing}]),
        Ask(start_child, [(Spec(x, []))#{shutdown => -1}]),
        Ask(start_child, [(Spec(x, []))#{shutdown => soon}]),
        Ask(start_child, [(Spec(x, []))#{modules => nonsense}]),
        Ask(start_child, [(Spec(x, []))#{modules => [1]}]),
        Ask(which_children, []),
        Ask(count_children, [])
    ].

dynamic(Sup) ->
    Ask = fun(Function, Args) -> {Function, plain(Args), plain(apply(supervisor, Function, [Sup | Args]))} end,
    Before = [
        Ask(which_children, []),
        Ask(count_children, []),
        Ask(start_child, [[fail]]),
        Ask(start_child, [[ignore]]),
        Ask(start_child, [[one]])
    ],
    {ok, Pid} = supervisor:start_child(Sup, [two]),
    Before ++ [
        Ask(which_children, []),
        Ask(count_children, []),
        Ask(get_childspec, [Pid]),
        Ask(get_childspec, [child]),
        Ask(get_childspec, [other]),
        Ask(restart_child, [Pid]),
        Ask(delete_child, [Pid]),
        Ask(terminate_child, [child]),
        Ask(terminate_child, [Pid]),
        Ask(count_children, []),
        Ask(which_children, [])
    ] ++ case erlang:function_exported(supervisor, which_child, 2) of
        true ->
            {ok, Third} = supervisor:start_child(Sup, [three]),
            [Ask(which_child, [Third]), Ask(which_child, [child]), Ask(which_child, [self()])];
        false -> []
    end.

plain(Pid) when is_pid(Pid) -> pid;
plain({error, {Reason, Record}}) when element(1, Record) =:= child ->
    {error, {Reason, {child, plain(element(2, Record)), element(3, Record), mfa, plain(tl(tl(tl(tl(tuple_to_list(Record))))))}}};
plain(#{start := {_, start_link, _}, modules := [_]} = Spec) ->
    plain(maps:without([start, modules], Spec));
plain({Id, Child, Type, [_]}) when Type =:= worker; Type =:= supervisor ->
    {Id, plain(Child), Type};
plain([Head | Tail]) -> [plain(Head) | plain(Tail)];
plain(Tuple) when is_tuple(Tuple) -> list_to_tuple(plain(tuple_to_list(Tuple)));
plain(Other) -> Other.
