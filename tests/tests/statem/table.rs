//! What happens to state machines: scripts, and the trace that a gen_statem of OTP leaves of each.
//!
//! `statem` holds ergo to these traces in virtual time, `statem_erlang` holds real Erlang nodes to them.

/// One script, in Erlang syntax.
pub(crate) struct Row {
    /// What it is about.
    pub(crate) name: &'static str,
    /// The first state, the actions of `init`, what enter calls return (`{State, Result}`), and the messages.
    pub(crate) script: [&'static str; 4],
    /// `{enter, Old, State}`, `{EventType, Label, State}`, `{terminate, Reason, State}`, and replies `{Tag, Reply}`.
    pub(crate) trace: &'static str,
    /// The first release of OTP that does it right.
    #[allow(dead_code, reason = "only the tests against Erlang ask for it")]
    pub(crate) since: u32,
}

const fn row(name: &'static str, script: [&'static str; 4], trace: &'static str) -> Row {
    Row {
        name,
        script,
        trace,
        since: 0,
    }
}

pub(crate) const ROWS: &[Row] = &[
    row(
        "the first enter call comes from the state itself",
        ["a", "[]", "[]", "[{cast, {done, {stop, normal}}}]"],
        "[{enter,a,a},{cast,done,a},{terminate,normal,a}]",
    ),
    row(
        "what init begins with",
        [
            "a",
            "[{next_event, internal, i1}, {state_timeout, 0, s}, {next_event, cast, i2}, {{timeout, x}, 0, x}]",
            "[{a, {keep, [{{timeout, y}, 0, y}]}}]",
            "[{cast, c}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{internal,i1,a},{cast,i2,a},{state_timeout,s,a},{{timeout,x},x,a},{{timeout,y},y,a},{cast,c,a},{cast,done,a},{terminate,normal,a}]",
    ),
    row(
        "calls, casts and infos in order, with their replies",
        [
            "a",
            "[]",
            "[]",
            "[{call, t1, {c1, {keep, [{reply, r1}]}}}, {cast, c2}, {info, i3}, {call, t4, {c4, {to, b, [{reply, r4}]}}}, {call, t5, {done, {stop, shutdown, bye}}}]",
        ],
        "[{enter,a,a},{call,c1,a},{t1,r1},{cast,c2,a},{info,i3,a},{call,c4,a},{t4,r4},{enter,a,b},{call,done,b},{t5,bye},{terminate,shutdown,b}]",
    ),
    row(
        "going to an equal state is no state change",
        [
            "a",
            "[{state_timeout, 30, s}]",
            "[]",
            "[{cast, {p, #{a => {keep, [postpone]}}}}, {cast, {same, {to, a, []}}}, {cast, later}, {cast, {arm, {keep, [{{timeout, t}, 60, {done, {stop, normal}}}]}}}]",
        ],
        "[{enter,a,a},{cast,p,a},{cast,same,a},{cast,later,a},{cast,arm,a},{state_timeout,s,a},{{timeout,t},done,a},{terminate,normal,a}]",
    ),
    row(
        "postponed events come again after a state change, in order and first",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {p1, #{a => {keep, [postpone]}}}}, {info, {p2, #{a => {keep, [postpone]}}}}, {call, t3, {p3, #{a => {keep, [postpone]}, b => {keep, [{reply, r3}]}}}}, {cast, n1}, {cast, {go, {to, b, []}}}, {cast, n2}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{cast,p1,a},{info,p2,a},{call,p3,a},{cast,n1,a},{cast,go,a},{enter,a,b},{cast,p1,b},{info,p2,b},{call,p3,b},{t3,r3},{cast,n2,b},{cast,done,b},{terminate,normal,b}]",
    ),
    row(
        "events postponed again and again",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {p1, #{a => {keep, [postpone]}, b => {keep, [postpone]}}}}, {cast, {p2, #{a => {keep, [postpone]}, b => {to, c, []}}}}, {cast, {p3, #{a => {keep, [postpone]}}}}, {cast, {go, {to, b, []}}}, {cast, n}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{cast,p1,a},{cast,p2,a},{cast,p3,a},{cast,go,a},{enter,a,b},{cast,p1,b},{cast,p2,b},{enter,b,c},{cast,p1,c},{cast,p3,c},{cast,n,c},{cast,done,c},{terminate,normal,c}]",
    ),
    row(
        "an event that is postponed and changes the state comes again at once",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {p, #{a => {to, b, [postpone]}}}}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{cast,p,a},{enter,a,b},{cast,p,b},{cast,done,b},{terminate,normal,b}]",
    ),
    row(
        "repeating the state does not retry postponed events",
        [
            "a",
            "[{state_timeout, 30, {s, {to, b, []}}}]",
            "[]",
            "[{cast, {p, #{a => {keep, [postpone]}, b => {stop, normal}}}}, {cast, {again, {repeat, []}}}, {cast, n}]",
        ],
        "[{enter,a,a},{cast,p,a},{cast,again,a},{enter,a,a},{cast,n,a},{state_timeout,s,a},{enter,a,b},{cast,p,b},{terminate,normal,b}]",
    ),
    row(
        "inserted events come before postponed ones, and those before waiting ones",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {p1, #{a => {keep, [postpone]}}}}, {cast, {p2, #{a => {keep, [postpone]}}}}, {cast, {go, {to, b, [{next_event, internal, i1}, {next_event, info, i2}]}}}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{cast,p1,a},{cast,p2,a},{cast,go,a},{enter,a,b},{internal,i1,b},{info,i2,b},{cast,p1,b},{cast,p2,b},{cast,done,b},{terminate,normal,b}]",
    ),
    row(
        "events that are inserted while others wait come first",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {go, {keep, [{next_event, internal, {i1, {keep, [{next_event, internal, j1}, {next_event, internal, j2}]}}}, {next_event, internal, i2}]}}}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{cast,go,a},{internal,i1,a},{internal,j1,a},{internal,j2,a},{internal,i2,a},{cast,done,a},{terminate,normal,a}]",
    ),
    row(
        "inserted events can be postponed",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {go, {keep, [{next_event, internal, {i1, #{a => {keep, [postpone]}}}}, {next_event, internal, i2}]}}}, {cast, {change, {to, b, []}}}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{cast,go,a},{internal,i1,a},{internal,i2,a},{cast,change,a},{enter,a,b},{internal,i1,b},{cast,done,b},{terminate,normal,b}]",
    ),
    row(
        "enter calls set timeouts, stop the machine, and are repeated",
        [
            "a",
            "[]",
            "[{b, {keep, [{state_timeout, 20, {s, {to, c, []}}}, hibernate]}}, {c, {repeat, [{{timeout, x}, 0, x}]}}, {c, {stop, enough}}]",
            "[{cast, {go, {to, b, [{state_timeout, 10, overridden}]}}}]",
        ],
        "[{enter,a,a},{cast,go,a},{enter,a,b},{state_timeout,s,b},{enter,b,c},{enter,b,c},{terminate,enough,c}]",
    ),
    row(
        "a reply comes before the enter call",
        [
            "a",
            "[]",
            "[]",
            "[{call, t, {go, {to, b, [{reply, r}]}}}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{call,go,a},{t,r},{enter,a,b},{cast,done,b},{terminate,normal,b}]",
    ),
    row(
        "repeat_state makes the enter call again and keeps the state timeout",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {go, {to, b, [{state_timeout, 30, {s, {stop, normal}}}]}}}, {cast, {again, {repeat, []}}}]",
        ],
        "[{enter,a,a},{cast,go,a},{enter,a,b},{cast,again,b},{enter,b,b},{state_timeout,s,b},{terminate,normal,b}]",
    ),
    row(
        "a state change cancels the state timeout, a kept state does not",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{state_timeout, 20, s1}]}}}, {cast, {go, {to, b, [{{timeout, t}, 60, {done, {stop, normal}}}]}}}, {cast, {arm, {keep, [{state_timeout, 20, s2}]}}}, {cast, {same, {keep, []}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{cast,go,a},{enter,a,b},{cast,arm,b},{cast,same,b},{state_timeout,s2,b},{{timeout,t},done,b},{terminate,normal,b}]",
    ),
    row(
        "a state timeout set again starts anew, infinity and cancel end it",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{state_timeout, 20, s1}, {{timeout, x}, 20, x}, {{timeout, y}, 20, y}]}}}, {cast, {arm, {keep, [{state_timeout, 60, {done, {stop, normal}}}, {{timeout, x}, infinity, x}, {{timeout, y}, cancel}, {{timeout, z}, 40, z}]}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{cast,arm,a},{{timeout,z},z,a},{state_timeout,done,a},{terminate,normal,a}]",
    ),
    row(
        "any event cancels the event timeout",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{timeout, 20, e1}]}}}, {cast, {arm, {keep, [{timeout, 20, {e2, {keep, [{{timeout, t}, 40, {done, {stop, normal}}}, {timeout, 60, e3}]}}}]}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{cast,arm,a},{timeout,e2,a},{{timeout,t},done,a},{terminate,normal,a}]",
    ),
    row(
        "an inserted event cancels the event timeout",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{timeout, 20, e1}, {next_event, internal, i}, {{timeout, t}, 50, {done, {stop, normal}}}]}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{internal,i,a},{{timeout,t},done,a},{terminate,normal,a}]",
    ),
    row(
        "an event timeout of zero comes only when nothing waits inside",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{timeout, 0, e1}, {next_event, internal, i}]}}}, {cast, {arm, {keep, [{timeout, 0, e2}]}}}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{internal,i,a},{cast,arm,a},{timeout,e2,a},{cast,done,a},{terminate,normal,a}]",
    ),
    row(
        "timeouts of zero come after inserted events, in their order, before messages",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{state_timeout, 0, s1}, {{timeout, x}, 0, x}, {next_event, internal, i1}, {timeout, 0, e}, {next_event, internal, i2}, {state_timeout, 0, s2}]}}}, {cast, n}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{internal,i1,a},{internal,i2,a},{{timeout,x},x,a},{state_timeout,s2,a},{cast,n,a},{cast,done,a},{terminate,normal,a}]",
    ),
    row(
        "a timeout of zero is cancelled by a state change of an inserted event",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{state_timeout, 0, s}, {{timeout, x}, 0, x}, {next_event, internal, {i, {to, b, []}}}]}}}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{internal,i,a},{enter,a,b},{{timeout,x},x,b},{cast,done,b},{terminate,normal,b}]",
    ),
    row(
        "a zero that another zero sets comes after those that wait",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{{timeout, x}, 0, {x, {keep, [{{timeout, z}, 0, z}, {next_event, internal, i}]}}}, {{timeout, y}, 0, y}]}}}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{{timeout,x},x,a},{internal,i,a},{{timeout,y},y,a},{{timeout,z},z,a},{cast,done,a},{terminate,normal,a}]",
    ),
    row(
        "of timeouts that end together the last one given is first",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{state_timeout, 20, s}, {{timeout, x}, 20, x}, {{timeout, y}, 20, y}, {timeout, 20, e}]}}}, {cast, {arm, {keep, [{{timeout, t}, 60, {done, {stop, normal}}}]}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{cast,arm,a},{{timeout,y},y,a},{{timeout,x},x,a},{state_timeout,s,a},{{timeout,t},done,a},{terminate,normal,a}]",
    ),
    row(
        "the last of two actions for one timeout counts",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{state_timeout, 0, s1}, {state_timeout, 30, {s2, {stop, normal}}}, {{timeout, x}, 20, x}, {{timeout, x}, cancel}]}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{state_timeout,s2,a},{terminate,normal,a}]",
    ),
    row(
        "timeouts with names live through state changes",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{{timeout, x}, 20, x}, {{timeout, {y, 1}}, 40, {y, {stop, normal}}}]}}}, {cast, {go, {to, b, []}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{cast,go,a},{enter,a,b},{{timeout,x},x,b},{{timeout,{y,1}},y,b},{terminate,normal,b}]",
    ),
    row(
        "update changes the content of a running timeout and starts one of zero otherwise",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{state_timeout, 30, s1}, {{timeout, x}, 50, x1}]}}}, {cast, {update, {keep, [{state_timeout, update, s2}, {{timeout, x}, update, {x2, {stop, normal}}}, {{timeout, z}, update, z}]}}}, {cast, n}]",
        ],
        "[{enter,a,a},{cast,arm,a},{cast,update,a},{{timeout,z},z,a},{cast,n,a},{state_timeout,s2,a},{{timeout,x},x2,a},{terminate,normal,a}]",
    ),
    row(
        "points in time",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{absolute, state_timeout, 40, {s, {stop, normal}}}, {absolute, {timeout, x}, 20, x}]}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{{timeout,x},x,a},{state_timeout,s,a},{terminate,normal,a}]",
    ),
    Row {
        name: "a zero that is set again with a time waits for it",
        script: [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{{timeout, x}, 0, x1}, {{timeout, y}, 0, y}, {next_event, internal, {i, {keep, [{{timeout, x}, 30, {x2, {stop, normal}}}]}}}]}}}]",
        ],
        trace: "[{enter,a,a},{cast,arm,a},{internal,i,a},{{timeout,y},y,a},{{timeout,x},x2,a},{terminate,normal,a}]",
        since: 29,
    },
    row(
        "an update keeps the place of a zero, a new start loses it",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {arm, {keep, [{{timeout, x}, 0, x1}, {{timeout, y}, 0, y}, {{timeout, z}, 0, z1}, {next_event, internal, {i, {keep, [{{timeout, x}, update, x2}, {{timeout, y}, 0, y2}]}}}]}}}, {cast, {done, {stop, normal}}}]",
        ],
        "[{enter,a,a},{cast,arm,a},{internal,i,a},{{timeout,x},x2,a},{{timeout,z},z1,a},{{timeout,y},y2,a},{cast,done,a},{terminate,normal,a}]",
    ),
    row(
        "messages sent by a callback come behind those that wait",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {c1, {keep, [{send, m}, {next_event, internal, i}, {state_timeout, 0, s}]}}}, {cast, c2}, {info, {arm, {keep, [{{timeout, t}, 20, {done, {stop, normal}}}]}}}]",
        ],
        "[{enter,a,a},{cast,c1,a},{internal,i,a},{state_timeout,s,a},{cast,c2,a},{info,arm,a},{info,m,a},{{timeout,t},done,a},{terminate,normal,a}]",
    ),
    row(
        "stop and reply keeps nothing that was postponed",
        [
            "a",
            "[]",
            "[]",
            "[{call, t1, {p, {keep, [postpone]}}}, {call, t2, {done, {stop, {shutdown, over}, bye}}}]",
        ],
        "[{enter,a,a},{call,p,a},{call,done,a},{t2,bye},{terminate,{shutdown,over},a}]",
    ),
    row(
        "the reason of a failure reaches terminate with the state",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {go, {to, {b, [1, 2]}, [{next_event, internal, {i, {stop, broken}}}]}}}]",
        ],
        "[{enter,a,a},{cast,go,a},{enter,a,{b,[1,2]}},{internal,i,{b,[1,2]}},{terminate,broken,{b,[1,2]}}]",
    ),
    row(
        "hibernation is no event",
        [
            "a",
            "[]",
            "[]",
            "[{cast, {sleep, {keep, [hibernate, {state_timeout, 30, {s, {keep, [hibernate, {{timeout, t}, 20, {done, {stop, normal}}}]}}}]}}}]",
        ],
        "[{enter,a,a},{cast,sleep,a},{state_timeout,s,a},{{timeout,t},done,a},{terminate,normal,a}]",
    ),
];
