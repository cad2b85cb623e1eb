//! Processes of Erlang nodes that print and log to a node of ours, their group leader's.

use ergo::prelude::*;
use ergo_tests::erlang::{Epmd, Node as Erl, Release, each_release};
use ergo_tests::{Captured, PATIENCE, deadline, unique_name, wait_until};
use tracing::Level;

const PROBE: &str = r#"-module(probe).
-export([print/1, inherited/1, logs/0, crashes/0]).
print(Tell) -> io:format("~p prints ~ts~n", [probe, [26085]]), Tell ! printed.
inherited(Tell) -> spawn(fun() -> spawn(fun() -> io:put_chars("of a grandchild\n"), Tell ! printed end) end).
logs() ->
    logger:set_primary_config(level, all),
    logger:error("fmt ~p ~ts", [x, "y"]),
    logger:warning("string only"),
    logger:notice(#{report => here}),
    logger:info([{key, value}, {other, "text"}]),
    logger:debug("debug ~w", ["d"]),
    logger:critical("two~nlines~n", []),
    logger:error("~p ~p", [1]),
    error_logger:error_msg("message ~p~n", [y]),
    error_logger:info_report([{a, b}]),
    error_logger:warning_report("a string"),
    logger:alert(<<"binary">>, #{}),
    logger:emergency("the end").
crashes() -> proc_lib:spawn(fun() -> error(by_itself) end).
"#;

struct World {
    node: Node,
    erl: Erl,
    captured: Captured,
    _epmd: Epmd,
}

impl World {
    /// `GL` is `user` of our node, and `Within` evaluates in a process that prints there.
    async fn start(release: Release, captured: Captured) -> World {
        let epmd = Epmd::start().await.unwrap();
        let erl = Erl::builder(release, "erl", epmd.port())
            .start()
            .await
            .unwrap();
        erl.load(PROBE).await.unwrap();
        let builder = Node::builder(format!("{}@127.0.0.1", unique_name("rust")));
        let node = builder
            .cookie("ergo")
            .epmd_port(epmd.port())
            .start()
            .await
            .unwrap();
        erl.eval("register(main, self())").await.unwrap();
        let user = node.whereis_pid("user").unwrap();
        node.send(("main", erl.name()), user).await.unwrap();
        let bind = "GL = receive P -> P after 20000 -> late end, Me = self(),
            Within = fun(F) -> spawn(fun() -> group_leader(GL, self()), Me ! {within, catch F()} end), receive {within, X} -> X after 20000 -> late end end,
            is_pid(GL)";
        assert_eq!(erl.eval(bind).await.unwrap(), "true");
        World {
            node,
            erl,
            captured,
            _epmd: epmd,
        }
    }

    /// Evaluates, and compares the value and what has been printed by then.
    async fn check(&self, expression: &str, expect: &str, printed: &[&str]) {
        let value = self.erl.eval(expression).await.unwrap();
        let fits = match expect.strip_suffix("..") {
            Some(prefix) => value.starts_with(prefix),
            None => value == expect,
        };
        assert!(fits, "{expression} gives {value}, not {expect}");
        let texts: Vec<String> = self
            .captured
            .take()
            .into_iter()
            .map(|(_, text)| text)
            .collect();
        assert_eq!(texts, printed, "{expression}");
    }

    /// Waits until something is logged that a function accepts.
    async fn logged(&self, what: &str, mut accept: impl FnMut(&(Level, String)) -> bool) {
        let mut seen = Vec::new();
        let waited = wait_until(PATIENCE, what, async || {
            seen.extend(self.captured.take());
            seen.iter().any(&mut accept)
        });
        if let Err(failure) = waited.await {
            panic!("{failure}: {seen:?}");
        }
    }

    async fn stop(self) {
        deadline(PATIENCE, self.node.stop()).await;
    }
}

#[tokio::test]
async fn the_io_protocol() {
    each_release(async |release| {
        let captured = Captured::new(&["ergo::user"]);
        let _guard = tracing::subscriber::set_default(captured.clone());
        let world = World::start(release, captured).await;
        let long = "[1000,1001,1002,1003,1004,1005,1006,1007,1008,1009,1010,1011,1012,1013,1014,\n 1015,1016,1017,1018,1019,1020]";
        for (expression, expect, printed) in [
            ("io:format(GL, \"~p ~s~n\", [{a, 1}, <<\"x\">>])", "ok", &["{a,1} x"][..]),
            ("Within(fun() -> io:format(\"~w~n\", [node()]) end), ok", "ok", &[&format!("'{}'", world.erl.name())]),
            ("io:fwrite(GL, \"plain\", [])", "ok", &["plain"]),
            ("io:put_chars(GL, [16#65E5, <<\" å\"/utf8>>, \"\\n\"])", "ok", &["日 å"]),
            ("io:request(GL, {put_chars, latin1, <<229>>})", "ok", &["å"]),
            ("io:nl(GL)", "ok", &[""]),
            ("io:write(GL, [1, \"a\"])", "ok", &["[1,[97]]"]),
            ("io:format(GL, \"~p\", [lists:seq(1000, 1020)])", "ok", &[long]),
            ("io:requests(GL, [{put_chars, unicode, \"a\\n\"}, nl, {format, \"~p\", [x]}])", "ok", &["a", "", "x"]),
            ("byte_size(B = binary:copy(<<$x>>, 300000)), io:put_chars(GL, B)", "ok", &[&"x".repeat(300_000)]),
            // What cannot be printed is an exception there, and what is after it is still printed.
            ("(catch io:format(GL, \"~p\", []))", "{'EXIT',{badarg,..", &[]),
            ("(catch io:format(GL, \"~d\", [1]))", "{'EXIT',{badarg,..", &[]),
            ("(catch io:put_chars(GL, <<255>>))", "{'EXIT',{..", &[]),
            ("(catch io:put_chars(GL, [a]))", "{'EXIT',{..", &[]),
            ("io:put_chars(GL, \"still there\")", "ok", &["still there"]),
            // There is nothing to read.
            ("io:get_line(GL, \"> \")", "eof", &[]),
            ("io:get_chars(GL, \"> \", 3)", "eof", &[]),
            ("io:read(GL, \"> \")", "eof", &[]),
            ("io:fread(GL, \"> \", \"~d\")", "eof", &[]),
            ("Within(fun() -> io:get_line('') end)", "eof", &[]),
            ("[io:columns(GL), io:rows(GL)]", "[{error,enotsup},{error,enotsup}]", &[]),
            ("lists:sort(io:getopts(GL))", "[{binary,false},{encoding,unicode}]", &[]),
            ("io:setopts(GL, [binary, {encoding, latin1}])", "ok", &[]),
            ("lists:sort(io:getopts(GL))", "[{binary,true},{encoding,latin1}]", &[]),
            ("io:put_chars(GL, [16#65E5])", "ok", &["\\x{65E5}"]),
            ("io:setopts(GL, [list, {encoding, unicode}])", "ok", &[]),
            ("io:setopts(GL, [{no_such, option}])", "{error,enotsup}", &[]),
            ("GL ! {io_request, self(), {any, tag}, nonsense}, receive {io_reply, {any, tag}, X} -> X after 10000 -> late end", "{error,request}", &[]),
            ("[GL ! M || M <- [x, {io_request}, {io_request, a, b, c}, {io_request, self()}]], io:getopts(GL) =/= x", "true", &[]),
        ] {
            world.check(expression, expect, printed).await;
        }
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn processes_started_from_here() {
    each_release(async |release| {
        let captured = Captured::new(&["ergo::user"]);
        let _guard = tracing::subscriber::set_default(captured.clone());
        let world = World::start(release, captured).await;
        let (node, erl) = (&world.node, world.erl.name());
        let done = "receive printed -> ok after 20000 -> late end";
        let main: Pid = node
            .rpc(erl)
            .timeout(PATIENCE)
            .call("erlang", "whereis", vec![Term::atom("main")])
            .await
            .unwrap();
        let far = node.remote(erl).await.unwrap();
        far.spawn_function("probe", "print", vec![main.clone()])
            .timeout(PATIENCE)
            .await
            .unwrap();
        world.check(done, "ok", &["probe prints 日"]).await;
        far.spawn_function("probe", "inherited", vec![main])
            .timeout(PATIENCE)
            .await
            .unwrap();
        world.check(done, "ok", &["of a grandchild"]).await;
        let arguments = Term::list([
            Term::charlist("~b is ~.16#~n"),
            Term::list([30.into(), 30.into()]),
        ]);
        let printed: Atom = node
            .rpc(erl)
            .timeout(PATIENCE)
            .call("io", "format", arguments)
            .await
            .unwrap();
        assert_eq!(printed.as_str(), "ok");
        world.check("ok", "ok", &["30 is 16#1E"]).await;
        world.stop().await;
    })
    .await;
}

#[tokio::test]
async fn log_events() {
    each_release(async |release| {
        let captured = Captured::new(&["ergo::logger"]);
        let _guard = tracing::subscriber::set_default(captured.clone());
        let world = World::start(release, captured).await;
        let (node, erl) = (&world.node, world.erl.name());
        let spawn = async |module: &str, function: &str, args: Vec<Term>| {
            let far = node.remote(erl).await.unwrap();
            let spawn = far.spawn_function(module, function, args);
            spawn.timeout(PATIENCE).await.unwrap();
        };
        spawn("probe", "logs", vec![]).await;
        let expected = [
            (Level::ERROR, "fmt x y"),
            (Level::WARN, "string only"),
            (Level::INFO, "    report: here"),
            (Level::INFO, "    key: value\n    other: \"text\""),
            (Level::DEBUG, "debug [100]"),
            (Level::ERROR, "two\nlines"),
            (Level::ERROR, "FORMAT ERROR: \"~p ~p\" - [1]"),
            (Level::ERROR, "message y"),
            (Level::INFO, "    a: b"),
            (Level::WARN, "a string"),
            (Level::ERROR, "binary"),
            (Level::ERROR, "the end"),
        ];
        let mut seen = Vec::new();
        let all = wait_until(PATIENCE, "all that is logged", async || {
            seen.extend(world.captured.take());
            seen.len() >= expected.len()
        });
        all.await.unwrap_or_else(|failure| panic!("{failure}: {seen:?}"));
        let seen: Vec<(Level, &str)> = seen.iter().map(|(level, text)| (*level, text.as_str())).collect();
        assert_eq!(seen, expected);
        // The emulator reports a crash to the node of the group leader, and so does proc_lib.
        spawn("erlang", "error", vec![Term::atom("on_purpose")]).await;
        let of_node = format!("on node '{erl}' with exit value:\n{{on_purpose,");
        world
            .logged("the crash", |(level, text)| *level == Level::ERROR && text.starts_with("Error in process <") && text.contains(&of_node))
            .await;
        spawn("probe", "crashes", vec![]).await;
        world
            .logged("the crash report", |(level, text)| *level == Level::ERROR && text.starts_with("CRASH REPORT\n") && text.contains("by_itself"))
            .await;
        // An event that is none is passed over.
        world.erl.eval("[{logger_proxy, node(GL)} ! X || X <- [x, {log}, {log, 1, 2, 3}, {log, error, \"after it\", #{}}]]").await.unwrap();
        world.logged("the next event", |(_, text)| text == "after it").await;
        world.stop().await;
    })
    .await;
}
