%% Runs in every Erlang node that a test starts: evaluates the requests that come in on standard input. It is passed to
%% `erl -eval`, so it is one sequence of expressions, in the subset that OTP 25 to 29 share.
%%
%% Request, one line:  Number SPACE Hex(expressions, UTF-8) NL
%% Answer, one line:   @ergo SPACE Number SPACE (ok | error) SPACE Hex(text, UTF-8) NL
%%
%% A worker process evaluates, and stays: its pid, its mailbox, its process dictionary and the variables live as long
%% as the node. When it dies, of a link or of exit/2, the next one has the same variables. At the end of standard input,
%% which is the end of the test however it came, the node halts.

ErgoPrint = fun(Number, Status, Text) ->
    %% A new line first: other output may have left one unfinished.
    io:put_chars(user, [$\n, "@ergo ", Number, $\s, Status, $\s,
        binary:encode_hex(unicode:characters_to_binary(Text)), $\n])
end,

ErgoEvaluate = fun(Hex, Bindings) ->
    try
        Source = unicode:characters_to_list(binary:decode_hex(list_to_binary(Hex))),
        {ok, Tokens, _} = erl_scan:string(Source),
        {ok, Expressions} = erl_parse:parse_exprs(Tokens),
        {value, Value, NewBindings} = erl_eval:exprs(Expressions, Bindings),
        {"ok", io_lib:format("~0tp", [Value]), NewBindings}
    catch
        error:{badmatch, {error, {_, Module, What}}}:_ when Module =:= erl_parse; Module =:= erl_scan ->
            {"error", ["syntax: ", Module:format_error(What)], Bindings};
        error:{badmatch, {error, {_, erl_scan, What}, _}}:_ ->
            {"error", ["syntax: ", erl_scan:format_error(What)], Bindings};
        Class:Reason:Stack ->
            {"error", io_lib:format("~0tp:~0tp ~0tp", [Class, Reason, Stack]), Bindings}
    end
end,

ErgoWorker = fun Worker(Manager, Bindings) ->
    receive
        {'$ergo_eval', Number, Hex} ->
            {Status, Text, NewBindings} = ErgoEvaluate(Hex, Bindings),
            Manager ! {evaluated, self(), Number, Status, Text, NewBindings},
            Worker(Manager, NewBindings)
    end
end,

ErgoManager = fun Manager(Worker, Pending, Bindings) ->
    receive
        {request, Number, Hex} ->
            Worker ! {'$ergo_eval', Number, Hex},
            Manager(Worker, Pending ++ [Number], Bindings);
        {evaluated, Worker, Number, Status, Text, NewBindings} ->
            ErgoPrint(Number, Status, Text),
            Manager(Worker, lists:delete(Number, Pending), NewBindings);
        {'DOWN', _, process, Worker, Reason} ->
            Text = io_lib:format("the evaluating process died: ~0tp", [Reason]),
            [ErgoPrint(Number, "error", Text) || Number <- Pending],
            Self = self(),
            {Next, _} = spawn_monitor(fun() -> ErgoWorker(Self, Bindings) end),
            Manager(Next, [], Bindings)
    end
end,

spawn(fun() ->
    Self = self(),
    spawn(fun Read() ->
        case io:get_line(standard_io, "") of
            Line when is_list(Line) ->
                [Number, Hex] = string:lexemes(Line, " \n"),
                Self ! {request, Number, Hex},
                Read();
            _EndOfInput ->
                erlang:halt(0)
        end
    end),
    ErgoNoBindings = erl_eval:new_bindings(),
    {First, _} = spawn_monitor(fun() -> ErgoWorker(Self, ErgoNoBindings) end),
    ErgoPrint("0", "ok", [atom_to_list(node()), $\s, erlang:system_info(otp_release)]),
    ErgoManager(First, [], ErgoNoBindings)
end).
