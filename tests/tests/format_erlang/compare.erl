%% Formats that a real io_lib and `user` of the node R fill in, and what each makes of them.
-module(compare).
-export([table/1, random/3]).

table(R) ->
    Rows = [{F, [A]} || {Fs, As} <- groups(), F <- Fs, A <- As] ++ depths() ++ others(),
    [ask(R, Row) || Row <- Rows],
    done(R).

random(R, Seed, Count) ->
    rand:seed(exsss, Seed),
    [ask(R, random_row()) || _ <- lists:seq(1, Count)],
    done(R).

done(R) ->
    {judge, R} ! {done, self()},
    receive {judged, Count} -> Count end.

%% The bar at the end keeps line feeds before it.
ask(R, {Format, Arguments}) ->
    F = if is_list(Format) -> Format ++ "|"; is_binary(Format) -> <<Format/binary, "|">>; true -> Format end,
    Expected = try unicode:characters_to_binary(io_lib:format(F, Arguments)) of
        Text when is_binary(Text) -> Text;
        _ -> refused
    catch error:_ -> refused
    end,
    Ref = make_ref(),
    {user, R} ! {io_request, self(), Ref, {put_chars, unicode, io_lib, format, [F, Arguments]}},
    receive
        {io_reply, Ref, ok} -> {judge, R} ! {printed, {F, Arguments}, Expected};
        {io_reply, Ref, {error, put_chars}} -> {judge, R} ! {refused, {F, Arguments}, Expected}
    end.

groups() ->
    [{["~p", "~tp", "~w", "~tw", "~lp", "~ltp", "~0p", "~0tp", "~1p", "~10p", "~20tp", "~30p", "~40p", "~60.20p", "~80.50p", "~132p",
       "x\ty ~p", "line\n~p ~~ ", "~10.5.xp", "~-10p", "~30w", "~-30w", "~3w", "~.5w", "~10.4w", "~12.4.xw", "~5.10w", "~0w", "~s", "~ts",
       "~b", "~c", "~f", "~i~~"], terms()},
     {["~b", "~B", "~10b", "~-10b", "~2b", "~.2b", "~.16B", "~.16b", "~10.16.0B", "~.36b", "~.37b", "~.1b", "~.0b", "~+", "~.16#",
       "~.16+", "~.8+", "~9.16#", "~-9.16#", "~9.2.0+", "~w", "~p", "~12w", "~c", "~tc", "~3c", "~5.2c", "~-5.2.xtc"],
      [0, 1, -1, 7, 65, 229, 255, -255, 256, 8364, 16#1F600, 1000000, -1000000, 1 bsl 62, 1 bsl 63, 1 bsl 64, -(1 bsl 64), 1 bsl 200, -(1 bsl 1000)]},
     {["~e", "~f", "~g", "~w", "~p", "~.0f", "~.1f", "~.2f", "~.3f", "~.10f", "~.20f", "~.30f", "~.1e", "~.2e", "~.3e", "~.10e", "~.20e",
       "~.30e", "~.1g", "~.2g", "~.3g", "~.4g", "~.5g", "~.10g", "~12f", "~12.2f", "~-12.2f", "~3.2f", "~12.2.0f", "~12e", "~-15.3e", "~12g", "~4g"],
      floats()},
     {["~s", "~ts", "~5s", "~5ts", "~-5s", "~-5ts", "~10s", "~-10ts", "~.3s", "~.3ts", "~.10s", "~10.3s", "~-10.3s", "~-10.3.*s", "~10.3.xts", "~3.3s",
       "~-3.3ts", "~3.10s", "~0s", "~.0s", "~10..xs", "~p", "~tp", "~lp", "~w"],
      strings()}].

floats() ->
    [0.0, -0.0, 1.0, -1.0, 1.5, 0.1, 0.5, 0.05, 0.25, 0.125, 2.5, 9.5, 9.95, 9.995, 99.5, 99.95, 999.9, 999.95, 9999.0, 9999.5, 10000.0, 12345.678, 100.0,
     1000.0, 100000.0, 123456789.0, 1.0e15, 1.0e16, 9007199254740991.0, 9007199254740992.0, 9007199254740993.0, 1.2345e17, 1.0e22, 1.0e23, 1.0e100,
     1.7976931348623157e308, 2.2250738585072014e-308, 5.0e-324, 1.0e-1, 1.0e-2, 1.0e-3, 1.0e-4, 1.0e-5, 1.234e-5, 1.0e-10, 0.001234, 0.3, 2/3, math:pi(),
     -math:pi() * 1.0e10, 1.0e-7 / 3].

strings() ->
    ["", "a", "abc", "abcdef", "hello world", "å", "åäö", "日本語", [104, [$e, <<"llo">>]], [<<"å"/utf8>>], [<<229>>], <<>>, <<"abc">>, <<"åäö"/utf8>>, <<229, 228>>,
     <<255, 254>>, [97 | <<"bc">>], [97 | 98], [300], [-1], [a], {a}, atom, 'å', '日本', 'hello world', "tab\there", "\e[0m", "~", <<"~">>, [[[]]], [16#D800],
     <<1, 2, 3>>, <<"a\n">>, "quo\"te\\", 'it\'s', <<5:3>>].

terms() ->
    [a, 'A', '', 'hello world', 'it\'s', 'å', 'Å', '日本', 'a@b_1', '\n\t\e\d\x01\x9f', 'end', 'fun', 'div', nil, true, 1, -1, 1 bsl 70, 1.5, "", "abc", "a\nb\"c\\d",
     "åäö", "日本", [0], [127], [126], [160], [1, 2 | 3], [a | b], {}, {a}, {1}, {a, b}, {a, b, c}, #{}, #{1 => 2}, #{1 => #{2 => 3}}, #{"k" => "v", <<"b">> => []},
     <<>>, <<1>>, <<"abc">>, <<"å"/utf8>>, <<"日本"/utf8>>, <<229>>, <<255>>, <<"a~b">>, <<"a", 0>>, <<0, 1, 2>>, <<1:1>>, <<5, 6, 3:3>>, <<"abc", 1:4>>, fun lists:map/2, fun 'A b':'c d'/3,
     lists:seq(1, 30), lists:seq(1, 100), lists:seq(100000, 100040), lists:duplicate(50, abc), lists:duplicate(20, "string"), lists:duplicate(12, <<"binary">>),
     list_to_tuple(lists:seq(1, 60)), list_to_tuple([tag | lists:seq(1, 60)]), list_to_tuple([a_very_long_tag_of_a_tuple_that_takes_much_of_the_line | lists:seq(1, 40)]),
     {ok, {some, nested, {tuple, with, [many, elements, {in, it, "and strings", <<"and binaries">>}]}, #{1 => "a value that is long enough", 2 => {an, other, value}}}},
     [{I, "name " ++ integer_to_list(I), {props, [{x, I}, {y, I * I}]}} || I <- lists:seq(1, 8)],
     maps:from_list([{I, lists:seq(1, I * 3)} || I <- lists:seq(1, 12)]), maps:from_list([{<<"key", (I + 64)>>, {value, I}} || I <- lists:seq(1, 20)]),
     #{<<"a key that is quite long, longer than half of a line">> => <<"and a value that is as long, so that both do not fit">>},
     list_to_binary(lists:seq(0, 255)), list_to_binary(lists:duplicate(200, $x)), list_to_binary([lists:duplicate(30, $x), 0]), <<(list_to_binary(lists:seq(0, 60)))/binary, 3:5>>,
     {error, {badarg, [{erlang, list_to_atom, [123], [{error_info, [1, 2]}]}, {erl_eval, do_apply, 7, [{file, "erl_eval.erl"}, {line, 744}]}, {shell, exprs, 7, [{file, "shell.erl"}, {line, 693}]}]}},
     lists:foldl(fun(_, A) -> [A] end, x, lists:seq(1, 60)), lists:foldl(fun(_, A) -> {tag, A} end, x, lists:seq(1, 40)), lists:foldl(fun(I, A) -> #{I => A} end, x, lists:seq(1, 25)),
     lists:foldl(fun(_, A) -> {A, [A | tail]} end, x, lists:seq(1, 6)), [lists:seq(1, 25) | {an, improper, tail, that, is, long, enough, to, be, broken, over, lines, at, "least once"}]].

depths() ->
    [{F, [T, D]} || F <- ["~P", "~tP", "~W", "~40P", "~lP"], T <- terms(), D <- [-1, 0, 1, 2, 3, 4, 5, 10, 30]].

others() ->
    [{"", []}, {"plain", []}, {"~n", []}, {"~3n", []}, {"~-3n", []}, {"a~nb~n", []}, {"~~", []}, {"~5~", []}, {"~5.3~", []}, {"~", []}, {"~y", [1]}, {"~p", []}, {"~p", [1, 2]}, {"", [1]},
     {"~*p", [40, lists:seq(1, 40)]}, {"~*.*p", [60, 20, lists:seq(1, 40)]}, {"~*s", [6, "abc"]}, {"~*s", [-6, "abc"]}, {"~-*s", [6, "abc"]}, {"~-*s", [-6, "abc"]}, {"~*s", [a, "abc"]}, {"~*s", []},
     {"~.*s", [2, "abc"]}, {"~10.*.*s", [2, $z, "abc"]}, {"~10..*s", [$z, "abc"]}, {"~-s", ["abc"]}, {"~.xs", ["abc"]}, {"~..xs", ["abc"]}, {"~5.2", ["abc"]}, {"~t", []}, {"~ttp", ["x"]}, {"~tlp", ["x"]},
     {"~x", [255, "0x"]}, {"~.16x", [255, "0x"]}, {"~.16X", [-255, "0x"]}, {"~.16x", [255, '0x']}, {"~10.16x", [255, "0x"]}, {"~-10.16.0X", [255, ["0", "x"]]}, {"~.16x", [255, 1]}, {"~.16X", [1.0, "a"]}, {"~x", [a, "b"]},
     {"~W", [a]}, {"~W", [a, b]}, {"~P", [[1, 2], x]}, {"~c", [a]}, {"~c", [-1]}, {"~tc", [-1]}, {"~tc", [16#110000]}, {"~0c", [$a]}, {"~3.5c", [$a]}, {"~-3.2.yc", [$a]}, {"~i", [a]}, {"~i", []},
     {"~p ~p", [lists:seq(1, 30), lists:seq(1, 30)]}, {"~s: ~p~n~p", ["name", lists:duplicate(30, abc), {tag, lists:duplicate(30, abc)}]}, {"\t~p\t~p", [lists:seq(1, 30), lists:seq(1, 30)]},
     {"å ~ts", ["日"]}, {"日~p", [{a, lists:seq(1, 40)}]}, {<<"binary ~p">>, [x]}, {<<"å ~ts"/utf8>>, ["x"]}, {["nested ", "~p", $~, $p], [x]}, {plain_atom, []}, {"~e", [1]}, {"~f", [a]}, {"~b", [1.0]}, {"~s", [1]},
     {"Error in process ~p on node ~p with exit value:~n~p~n", ["<0.1.0>", 'a@b', {undef, [{no_such, f, [1, 2, 3], []}]}]}].

random_row() ->
    case rand:uniform(4) of
        1 -> {"~" ++ number() ++ "tp", [term(4)]};
        2 -> {"~" ++ number() ++ "." ++ number() ++ pick(["p", "tp", "lp"]), [term(4)]};
        3 -> {pick(["~P", "~tP", "~W", "~tW"]), [term(4), case rand:uniform(30) of 1 -> 2; D -> D end]};
        4 -> {"~s ~p, ~" ++ number() ++ "w~n~tp", [lists:duplicate(rand:uniform(60), $s), term(3), term(2), term(4)]}
    end.

number() -> integer_to_list(rand:uniform(110)).

pick(List) -> lists:nth(rand:uniform(length(List)), List).

%% Keys of maps are such that their order is the same in every release, and binaries such that no release takes them for text
%% that another does not: OTP 29 shows the bytes of those that begin as UTF-8 and do not go on so.
term(0) -> leaf();
term(Depth) ->
    case rand:uniform(9) of
        1 -> terms(Depth);
        2 -> list_to_tuple(terms(Depth));
        3 -> list_to_tuple([atom() | terms(Depth)]);
        4 -> list_to_tuple([atom() | terms(Depth)]);
        5 -> terms(Depth);
        6 -> case terms(Depth) of [] -> []; Terms -> Terms ++ leaf() end;
        7 -> maps:from_list([{rand:uniform(1000), term(Depth - 1)} || _ <- lists:seq(1, rand:uniform(8))]);
        8 -> maps:from_list([{text(), term(Depth - 1)} || _ <- lists:seq(1, rand:uniform(4))]);
        9 -> leaf()
    end.

terms(Depth) -> [term(Depth - 1) || _ <- lists:seq(1, rand:uniform(8) - 1)].

leaf() ->
    case rand:uniform(10) of
        1 -> rand:uniform(1 bsl rand:uniform(70)) - 100;
        2 -> atom();
        3 -> atom();
        4 -> (rand:uniform() - 0.5) * math:pow(10, rand:uniform(40) - 20);
        5 -> text();
        6 -> binary_to_list(text());
        7 -> list_to_binary([0 | [rand:uniform(256) - 1 || _ <- lists:seq(1, rand:uniform(40))]]);
        8 -> <<(rand:uniform(1000)):(rand:uniform(30))>>;
        9 -> unicode:characters_to_binary([pick([$a, $å, 16#65E5, 10, 1]) || _ <- lists:seq(1, rand:uniform(6))]);
        10 -> [rand:uniform(300) || _ <- lists:seq(1, rand:uniform(4))]
    end.

atom() ->
    list_to_atom([pick("abcdefghijklmnop_") || _ <- lists:seq(1, rand:uniform(20))]).

text() ->
    list_to_binary([pick("abc defg~\"\n") || _ <- lists:seq(1, rand:uniform(30))]).
