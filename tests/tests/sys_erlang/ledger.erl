-module(ledger).
-behaviour(gen_server).
-export([start/1, init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, norm/1]).

%% The same server as the one in Rust. What is pushed last comes first.
start(Name) -> {ok, Pid} = gen_server:start({local, Name}, ?MODULE, [], []), Pid.

init(S) -> {ok, S}.

handle_call(all, _, S) -> {reply, S, S};
handle_call(pop, _, [N | S]) -> {reply, N, S}.

handle_cast({push, N}, S) -> {noreply, [N | S]}.

handle_info(_, S) -> {noreply, S}.

terminate(Reason, S) -> tell ! {terminate, Reason, S}, ok.

%% What may differ between two processes and two moments, replaced.
norm(P) when is_pid(P) -> pid;
norm(R) when is_reference(R) -> ref;
norm('Ledger') -> ledger;
norm({{Y, M, D}, {H, I, S}}) when is_integer(Y), is_integer(H) ->
    true = calendar:valid_date(Y, M, D), true = H < 24 andalso I < 60 andalso S < 61, date_time;
norm({reductions, N}) when is_integer(N), N >= 0 -> reductions;
norm({'$ancestors', L}) when is_list(L) -> '$ancestors';
norm({'EXIT', {{callback_failed, _, _}, _}}) -> callback_failed;
norm(T) when is_tuple(T) -> list_to_tuple(norm(tuple_to_list(T)));
norm([{'$initial_call', _} = A, {'$ancestors', _} = B]) -> norm([B, A]);
norm([H | T]) -> [norm(H) | norm(T)];
norm(X) -> X.
