%% Makes terms of every type at random, from the seed of `rand`. In the subset of Erlang that OTP 25 to 29 share.
-module(etf_generator).
-export([term/2]).

%% With ports or without; with maps of several keys as keys of other maps or without.
term(Ports, Loose) ->
    put(ports, Ports),
    put(loose, Loose),
    nested(rand:uniform(5) - 1).

nested(0) -> leaf();
nested(Depth) ->
    case rand:uniform(12) of
        1 -> list_to_tuple(terms(Depth));
        2 -> list_to_tuple(terms(Depth));
        3 -> terms(Depth);
        4 -> terms(Depth);
        5 -> terms(Depth) ++ nested(Depth - 1);
        6 -> map(rand:uniform(7) - 1, Depth);
        7 -> map(rand:uniform(7) - 1, Depth);
        8 -> small_or_large_map();
        9 -> closure(leaf(), leaf());
        10 -> list_to_tuple(lists:duplicate(pick([0, 1, 254, 255, 256, 257]), pick([1, a, 1.5, []])));
        _ -> leaf()
    end.

terms(Depth) -> [nested(Depth - 1) || _ <- lists:seq(1, rand:uniform(6) - 1)].

map(Size, Depth) -> maps:from_list([{key(Depth - 1), nested(Depth - 1)} || _ <- lists:seq(1, Size)]).

key(Depth) ->
    Key = nested(Depth),
    case get(loose) orelse not has_larger_map(Key) of
        true -> Key;
        false -> key(Depth)
    end.

has_larger_map(Map) when is_map(Map) ->
    map_size(Map) > 1 orelse has_larger_map(maps:to_list(Map));
has_larger_map([Head | Tail]) -> has_larger_map(Head) orelse has_larger_map(Tail);
has_larger_map(Tuple) when is_tuple(Tuple) -> has_larger_map(tuple_to_list(Tuple));
has_larger_map(_) -> false.

%% Around 32 keys a map changes its inner form. Keys that are equal in value are among them.
small_or_large_map() ->
    Keys = [case rand:uniform(3) of
                1 -> Key;
                2 -> float(Key);
                3 -> list_to_atom([$a + Key rem 26])
            end || Key <- lists:seq(1, pick([3, 31, 32, 33, 60]))],
    maps:from_list([{Key, pick([1, a, 1.5, <<>>])} || Key <- Keys]).

closure(A, B) ->
    case rand:uniform(3) of
        1 -> fun(X) -> {X, A} end;
        2 -> fun(X, Y) -> [X, Y, A | B] end;
        3 -> fun() -> ok end
    end.

leaf() ->
    case rand:uniform(13) of
        1 -> integer();
        2 -> integer();
        3 -> float_of_any_size();
        4 -> atom();
        5 -> rand:bytes(pick([0, 1, 2, 3, 64, 65, 300]));
        6 -> bits();
        7 -> string();
        8 -> pid();
        9 -> reference();
        10 -> case get(ports) of true -> port(); false -> pid() end;
        11 -> pick([fun lists:map/2, fun no_such_module:'No function'/255, fun erlang:'+'/2]);
        12 -> pick([[], {}, #{}, <<>>, '', true, false, nil, undefined, 0.0, 1.0, 1]);
        13 -> unicode:characters_to_binary(text(rand:uniform(12)))
    end.

integer() ->
    Bits = pick([3, 7, 8, 9, 27, 28, 29, 31, 32, 33, 59, 60, 61, 63, 64, 65, 127, 128, 129, 500, 2040, 2048, 2100]),
    pick([1, -1]) * (pick([0, 1, 1 bsl Bits, rand:uniform(1 bsl Bits)]) + pick([-1, 0, 1])).

float_of_any_size() ->
    case rand:bytes(8) of
        <<Float/float>> when Float /= 0 -> pick([Float, float(round(math:fmod(Float, 1.0e6))) + 0.0, rand:normal()]);
        _ -> 5.0e-324
    end.

atom() ->
    case rand:uniform(8) of
        1 -> list_to_atom(text(255));
        _ -> list_to_atom(text(rand:uniform(20) - 1))
    end.

text(Length) ->
    {Low, High} = pick([{$a, $z}, {0, 127}, {128, 255}, {256, 2047}, {2048, 16#D7FF}, {16#10000, 16#10FFFF}, {0, 16#7FF}]),
    [Low + rand:uniform(High - Low + 1) - 1 || _ <- lists:seq(1, Length)].

bits() ->
    Tail = rand:uniform(8) - 1,
    Bytes = rand:bytes(pick([0, 1, 2, 70])),
    <<Bytes/binary, (rand:uniform(1 bsl Tail) - 1):Tail>>.

string() ->
    Length = case rand:uniform(400) of 1 -> pick([65534, 65535, 65536]); _ -> rand:uniform(40) end,
    Text = binary_to_list(rand:bytes(Length)),
    pick([Text, Text, [256 | Text], Text ++ [-1], Text ++ [1.0]]).

pid() ->
    case rand:uniform(3) of
        1 -> self();
        2 -> pick(processes());
        3 -> binary_to_term(<<131, 88, (node_name())/binary, (word()):32, (word()):32, (creation()):32>>)
    end.

reference() ->
    case rand:uniform(4) of
        1 -> make_ref();
        2 -> Alias = alias(), true = unalias(Alias), Alias;
        _ ->
            Words = rand:uniform(5),
            Ids = << <<(word()):32>> || _ <- lists:seq(1, Words) >>,
            binary_to_term(<<131, 90, Words:16, (node_name())/binary, (creation()):32, Ids/binary>>)
    end.

port() ->
    case rand:uniform(3) of
        1 -> pick(erlang:ports());
        _ -> binary_to_term(<<131, 120, (node_name())/binary, (word()):32, (word()):32, (creation()):32>>)
    end.

node_name() ->
    Name = pick([<<"a@b">>, <<"shop@127.0.0.1">>, <<"båt@é"/utf8>>]),
    <<119, (byte_size(Name)), Name/binary>>.

word() -> pick([0, 1, 2, 16#7FFF, 16#3FFFF, 16#FFFFFFF, 16#10000000, 16#7FFFFFFF, rand:uniform(16#FFFFFFFF)]).

creation() -> pick([1, 2, 4, 255, 16#FFFFFFFF]).

pick(Choices) -> lists:nth(rand:uniform(length(Choices)), Choices).
