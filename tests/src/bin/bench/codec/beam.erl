%% Times term_to_binary and binary_to_term for the benchmark program, which says what on standard input, a line each:
%%   OPERATION FILE ITERATIONS SLICES    OPERATION is encode or decode; answered by the nanoseconds of one iteration
%%                                       of each slice, in a list
%%   check FILE WRITTEN 0                writes the term of FILE to WRITTEN again; answered by []
-module(beam).
-export([main/0]).

main() ->
    case io:get_line("") of
        eof ->
            halt(0);
        Line ->
            io:format("~w~n", [answer(string:lexemes(Line, " \n"))]),
            main()
    end.

answer(["check", File, Written, _]) ->
    {ok, Bytes} = file:read_file(File),
    ok = file:write_file(Written, term_to_binary(binary_to_term(Bytes))),
    [];
answer([Operation, File, Iterations, Slices]) ->
    {ok, Bytes} = file:read_file(File),
    {Parent, Tag} = {self(), make_ref()},
    %% A process of its own: its heap holds the term and what is made of it, and nothing else.
    spawn_link(fun() ->
        Parent ! {Tag, slices(Operation, Bytes, list_to_integer(Iterations), list_to_integer(Slices))}
    end),
    receive
        {Tag, Answer} -> Answer
    end.

slices("encode", Bytes, Iterations, Slices) ->
    Term = binary_to_term(Bytes),
    [timed(fun() -> encode(Iterations, Term, none) end, Iterations) || _ <- lists:seq(1, Slices)];
slices("decode", Bytes, Iterations, Slices) ->
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
