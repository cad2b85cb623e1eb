%% Times term_to_binary and binary_to_term for the benchmark program, which says what on standard input, a line each.
%% It is answered on standard output, also by a line:
%%   load NAME HEX                       keeps a term; answered by the hexadecimal digits of what it is written as
%%   OPERATION NAME ITERATIONS SLICES    OPERATION is encode or decode; answered by the nanoseconds of one iteration
%%                                       of each slice, with spaces between
-module(beam).
-export([main/0]).

main() ->
    ok = io:setopts([binary, {encoding, latin1}]),
    main(#{}).

main(Terms) ->
    case io:get_line("") of
        eof ->
            halt(0);
        Line ->
            {Answer, NewTerms} = answer(string:split(string:trim(Line), " ", all), Terms),
            io:put_chars([Answer, $\n]),
            main(NewTerms)
    end.

answer([<<"load">>, Name, Hex], Terms) ->
    Bytes = binary:decode_hex(Hex),
    {binary:encode_hex(term_to_binary(binary_to_term(Bytes))), Terms#{Name => Bytes}};
answer([Operation, Name, Iterations, Slices], Terms) ->
    #{Name := Bytes} = Terms,
    {Parent, Tag} = {self(), make_ref()},
    %% A process of its own: its heap holds the term and what is made of it, and nothing else.
    spawn_link(fun() ->
        Parent ! {Tag, slices(Operation, Bytes, binary_to_integer(Iterations), binary_to_integer(Slices))}
    end),
    receive
        {Tag, Values} -> {lists:join($\s, [float_to_binary(Value) || Value <- Values]), Terms}
    end.

slices(<<"encode">>, Bytes, Iterations, Slices) ->
    Term = binary_to_term(Bytes),
    [timed(fun() -> encode(Iterations, Term, none) end, Iterations) || _ <- lists:seq(1, Slices)];
slices(<<"decode">>, Bytes, Iterations, Slices) ->
    [timed(fun() -> decode(Iterations, Bytes, none) end, Iterations) || _ <- lists:seq(1, Slices)].

timed(Run, Iterations) ->
    Begin = erlang:monotonic_time(nanosecond),
    Run(),
    (erlang:monotonic_time(nanosecond) - Begin) / Iterations.

%% The last result is an argument, so that the compiler cannot leave the call out.
encode(0, _Term, Last) -> Last;
encode(Left, Term, _Last) -> encode(Left - 1, Term, term_to_binary(Term)).

decode(0, _Bytes, Last) -> Last;
decode(Left, Bytes, _Last) -> decode(Left - 1, Bytes, binary_to_term(Bytes)).
