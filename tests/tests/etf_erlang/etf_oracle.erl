%% What the tests ask a real Erlang about terms. It connects to the test and answers: every request and every answer is
%% one term in a frame of its own. In the subset of Erlang that OTP 25 to 29 share.
-module(etf_oracle).
-export([start/1]).

start(Port) ->
    {ok, Socket} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {packet, 4}, {active, false}]),
    serve(Socket, []).

serve(Socket, Kept) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Request} ->
            {Answer, Next} = answer(binary_to_term(Request), Kept),
            ok = gen_tcp:send(Socket, term_to_binary(Answer)),
            serve(Socket, Next);
        {error, closed} ->
            ok
    end.

%% Makes terms and keeps them.
answer({generate, Seed, Count}, _) ->
    _ = rand:seed(exsss, Seed),
    Terms = [random_term(Place) || Place <- lists:seq(1, Count)],
    {[encode(Term) || Term <- Terms], Terms};
%% Whether these are the terms kept, one by one, and the very bytes of `deterministic`.
answer({verify, Binaries}, Terms) ->
    {mismatches(1, Terms, Binaries), []};
%% Reads terms and writes them again: as usual, and with maps in order.
answer({echo, Binaries}, Kept) ->
    {[echo(binary_to_term(Binary)) || Binary <- Binaries], Kept};
%% Reads what may be no term, or more than one.
answer({read, Binaries}, Kept) ->
    {[read(Binary) || Binary <- Binaries], Kept};
answer({with_options, Binaries, Options}, Kept) ->
    {[term_to_binary(binary_to_term(Binary), Options) || Binary <- Binaries], Kept};
%% The values of expressions, encoded with and without `deterministic`.
answer({evaluate, Texts}, Kept) ->
    {[echo(evaluate(Text)) || Text <- Texts], Kept};
%% Whether the value of each expression is the term beside it.
answer({same, Pairs}, Kept) ->
    {[evaluate(Text) =:= binary_to_term(Binary) || {Text, Binary} <- Pairs], Kept};
%% How every two terms compare, the first one with all after it, and so on: one byte each.
answer({compare, Binaries}, Kept) ->
    {iolist_to_binary(matrix([binary_to_term(Binary) || Binary <- Binaries])), Kept};
%% The places, from 0, of the terms in the order of lists:sort.
answer({sort, Binaries}, Kept) ->
    Terms = [binary_to_term(Binary) || Binary <- Binaries],
    Sorted = lists:keysort(1, lists:zip(Terms, lists:seq(0, length(Terms) - 1))),
    {[Place || {_, Place} <- Sorted], Kept};
%% The keys of maps in their order, since OTP 26.
answer({keys, Binaries}, Kept) ->
    {[keys(binary_to_term(Binary)) || Binary <- Binaries], Kept}.

%% Every fourth term has also what is not written with the same bytes everywhere: ports, which have another form before
%% OTP 26, and maps with a map as key, since the order of such keys depends on the table of atoms from OTP 26 on.
random_term(Place) ->
    Loose = Place rem 4 =:= 0,
    etf_generator:term(Loose orelse otp() >= 26, Loose).

otp() -> list_to_integer(erlang:system_info(otp_release)).

echo(Term) ->
    {encode(Term), encode_deterministic(Term)}.

%% Before OTP 26 the atoms of Latin-1 are written as such by default.
encode(Term) -> term_to_binary(Term, [{minor_version, 2}]).

encode_deterministic(Term) -> term_to_binary(Term, [{minor_version, 2}, deterministic]).

evaluate(Text) ->
    {ok, Tokens, _} = erl_scan:string(unicode:characters_to_list(Text) ++ "."),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    {value, Value, _} = erl_eval:exprs(Expressions, erl_eval:new_bindings()),
    Value.

read(Binary) ->
    try binary_to_term(Binary, [used]) of
        {Term, Used} when Used =:= byte_size(Binary) -> encode(Term);
        {_, _} -> trailing
    catch
        error:badarg -> none
    end.

mismatches(_, [], []) ->
    [];
mismatches(Place, [Term | Terms], [Binary | Binaries]) ->
    case mismatch(Term, Binary) of
        none -> mismatches(Place + 1, Terms, Binaries);
        Why -> [{Place, Why, shown(Term), Binary} | mismatches(Place + 1, Terms, Binaries)]
    end.

mismatch(Term, Binary) ->
    try {binary_to_term(Binary) =:= Term, encode_deterministic(Term)} of
        {true, Binary} -> none;
        {true, Other} -> {other_bytes, Other};
        {false, Other} -> {other_term, Other}
    catch
        error:badarg -> {no_term, encode(Term)}
    end.

shown(Term) ->
    unicode:characters_to_binary(string:slice(io_lib:format("~0tp", [Term]), 0, 400)).

matrix([]) ->
    [];
matrix([First | Rest]) ->
    [[compared(First, Other) || Other <- Rest] | matrix(Rest)].

%% Two bits each for `<`, `==` and `>`, then for the order of keys; then one for `=:=`.
compared(A, B) ->
    Standard = if A < B -> 0; A == B -> 1; A > B -> 2 end,
    Key = case erts_internal:cmp_term(A, B) of K when K < 0 -> 0; 0 -> 1; _ -> 2 end,
    Same = if A =:= B -> 1; true -> 0 end,
    Standard bor (Key bsl 2) bor (Same bsl 4).

keys(Map) ->
    [encode(Key) || {Key, _} <- maps:to_list(maps:iterator(Map, ordered))].
