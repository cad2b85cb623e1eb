%% What the tests ask a real Erlang about texts. It connects to the test and answers: every request and every answer is
%% one term in a frame of its own. In the subset of Erlang that OTP 25 to 29 share.
-module(text_oracle).
-export([start/1]).

start(Port) ->
    {ok, Socket} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {packet, 4}, {active, false}]),
    serve(Socket).

serve(Socket) ->
    case gen_tcp:recv(Socket, 0) of
        {ok, Request} ->
            ok = gen_tcp:send(Socket, term_to_binary(answer(binary_to_term(Request)))),
            serve(Socket);
        {error, closed} ->
            ok
    end.

%% The term of each text, encoded; `refused` for a text of no term.
answer({read, Texts}) ->
    [case read(Text) of {ok, Term} -> term_to_binary(Term, [{minor_version, 2}]); error -> refused end || Text <- Texts];
%% The places, from 0, of the texts that are not the term beside them.
answer({differ, Pairs}) ->
    Same = fun(Text, Binary) -> read(Text) =:= {ok, binary_to_term(Binary)} end,
    [Place || {Place, {Text, Binary}} <- lists:enumerate(0, Pairs), not Same(Text, Binary)];
%% Terms at random, encoded, and printed in several ways.
answer({print, Seed, Count}) ->
    _ = rand:seed(exsss, Seed),
    Ways = ["~w", "~tw", "~p", "~tp"],
    [begin
        Term = term(rand:uniform(5) - 1),
        {term_to_binary(Term, [{minor_version, 2}]),
         [unicode:characters_to_binary(io_lib:format(Way, [Term])) || Way <- Ways]}
    end || _ <- lists:seq(1, Count)].

read(Text) ->
    %% A line of its own for the full stop, lest a comment swallow it.
    try
        {ok, Tokens, _} = erl_scan:string(unicode:characters_to_list(Text) ++ "\n."),
        {ok, _} = erl_parse:parse_term(Tokens)
    catch
        error:_ -> error
    end.

term(0) -> leaf();
term(Depth) ->
    case rand:uniform(7) of
        1 -> list_to_tuple(terms(Depth));
        2 -> terms(Depth);
        3 -> terms(Depth) ++ term(Depth - 1);
        4 -> maps:from_list([{term(Depth - 1), term(Depth - 1)} || _ <- lists:seq(1, rand:uniform(5))]);
        5 -> [term(Depth - 1)];
        6 -> lists:duplicate(rand:uniform(60), term(0));
        7 -> leaf()
    end.

terms(Depth) -> [term(Depth - 1) || _ <- lists:seq(1, rand:uniform(5) - 1)].

leaf() ->
    case rand:uniform(10) of
        1 -> integer();
        2 -> float_of_any_size();
        3 -> list_to_atom(text(pick([0, 1, 5, 20, 255])));
        4 -> pick(reserved());
        5 -> rand:bytes(pick([0, 1, 2, 3, 30, 100]));
        6 -> <<(rand:bytes(pick([0, 1, 20])))/binary, 1:(rand:uniform(7))>>;
        7 -> text(rand:uniform(60));
        8 -> unicode:characters_to_binary(text(rand:uniform(60)));
        9 -> pick([fun lists:map/2, fun no_such_module:'No function'/255, fun erlang:'+'/2]);
        10 -> pick([[], {}, #{}, <<>>, '', true, nil, 0.0, 1.0, 1, -0.0])
    end.

reserved() ->
    ['after', 'and', 'andalso', 'band', 'begin', 'bnot', 'bor', 'bsl', 'bsr', 'bxor', 'case', 'catch', 'cond', 'div',
     'else', 'end', 'fun', 'if', 'let', 'maybe', 'not', 'of', 'or', 'orelse', 'receive', 'rem', 'try', 'when', 'xor',
     'Elixir.Stock', '_', '@', 'a b', 'a-b', 'query', 'spec'].

integer() ->
    Bits = pick([3, 8, 31, 32, 59, 60, 63, 64, 65, 128, 2048]),
    pick([1, -1]) * ((1 bsl Bits) + pick([-1, 0, 1])) + rand:uniform(3).

float_of_any_size() ->
    case rand:bytes(8) of
        <<Float/float>> -> pick([Float, float(trunc(math:fmod(Float, 1.0e6))), 1.0e300, 5.0e-324, 0.1, 1.0e22, 1.0e16, -1.0e-7]);
        _ -> -0.0
    end.

text(Length) ->
    {Low, High} = pick([{$a, $z}, {32, 126}, {0, 127}, {128, 255}, {32, 255}, {256, 2047}, {2048, 16#D7FF}, {16#10000, 16#10FFFF}]),
    [Low + rand:uniform(High - Low + 1) - 1 || _ <- lists:seq(1, Length)].

pick(Choices) -> lists:nth(rand:uniform(length(Choices)), Choices).
