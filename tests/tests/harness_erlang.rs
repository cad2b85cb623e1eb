//! The harness against every release of Erlang/OTP it can start.

use std::time::{Duration, Instant};

use ergo_tests::erlang::{Epmd, Node, Registered, Release, each_release};
use ergo_tests::{Failure, PATIENCE, wait_until};

async fn node(release: Release, epmd: &Epmd) -> Node {
    Node::builder(release, "erl", epmd.port())
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn two_nodes_meet() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let begun = Instant::now();
        let a = node(release, &epmd).await;
        println!(
            "{} of OTP {} started in {:?}",
            a.name(),
            a.release(),
            begun.elapsed()
        );
        let b = Node::builder(release, "hidden", epmd.port())
            .hidden()
            .start()
            .await
            .unwrap();
        let mut registered: Vec<Registered> = epmd.names().unwrap();
        registered.sort_by(|x, y| x.name.cmp(&y.name));
        let names: Vec<&str> = registered.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(
            names,
            [a.name(), b.name()].map(|name| name.strip_suffix("@127.0.0.1").unwrap())
        );
        assert_eq!(
            a.eval(&format!("net_adm:ping('{}')", b.name()))
                .await
                .unwrap(),
            "pong"
        );
        assert_eq!(a.eval("nodes()").await.unwrap(), "[]");
        a.eval_until("nodes(hidden)", &format!("[{}]", quoted(b.name())))
            .await
            .unwrap();
        b.kill9();
        a.eval_until("nodes(connected)", "[]").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn another_cookie_is_refused() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let a = node(release, &epmd).await;
        let b = Node::builder(release, "erl", epmd.port())
            .cookie("other")
            .start()
            .await
            .unwrap();
        assert_eq!(
            a.eval(&format!("net_adm:ping('{}')", b.name()))
                .await
                .unwrap(),
            "pang"
        );
        b.wait_for("rejected").await.unwrap();
        assert!(b.log().contains(a.name()), "{}", b.log());
    })
    .await;
}

#[tokio::test]
async fn evaluation_has_memory() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let node = node(release, &epmd).await;
        let check = async |expressions: &str, expect: &str| {
            assert_eq!(
                node.eval(expressions).await.unwrap(),
                expect,
                "{expressions}"
            );
        };
        check("X = 40", "40").await;
        check("X + 2.", "42").await;
        check("self() ! {late, X} % a comment\n", "{late,40}").await;
        check("receive {late, Y} -> Y after 1000 -> none end", "40").await;
        check(
            "P = spawn(fun() -> receive {From, Z} -> From ! {got, Z} end end), is_process_alive(P)",
            "true",
        )
        .await;
        check(
            "P ! {self(), \"a\\nb\"}, receive {got, S} -> S end",
            "\"a\\nb\"",
        )
        .await;
        check(
            "{<<\"åß\"/utf8>>, 'Ω', \"å\"}",
            "{<<\"åß\"/utf8>>,'Ω',\"å\"}",
        )
        .await;
        check(
            "io:format(\"no new line\"), io:put_chars(\"@ergo 1 ok 00\"), done",
            "done",
        )
        .await;
        let long = node.eval("lists:seq(1, 100000)").await.unwrap();
        assert!(long.starts_with("[1,2,3,") && long.ends_with(",99999,100000]"));
    })
    .await;
}

#[tokio::test]
async fn exceptions_are_errors() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let node = node(release, &epmd).await;
        let check = async |expressions: &str, expect: &str| {
            let Err(Failure::Exception(text)) = node.eval(expressions).await else {
                panic!("{expressions} has a value");
            };
            assert!(text.starts_with(expect), "{expressions}: {text}");
        };
        node.eval("Kept = yes").await.unwrap();
        check("1 / 0", "error:badarith [").await;
        check("throw({a, b})", "throw:{a,b} [").await;
        check("exit(normal)", "exit:normal [").await;
        check("Kept = no", "error:{badmatch,no} [").await;
        check("foo(", "syntax: ").await;
        check("\"foo", "syntax: ").await;
        check(
            "exit(self(), kill), receive never -> ok end",
            "the evaluating process died: killed",
        )
        .await;
        check(
            "link(spawn(fun() -> exit(gone) end)), receive never -> ok end",
            "the evaluating process died: gone",
        )
        .await;
        assert_eq!(node.eval("Kept").await.unwrap(), "yes");
    })
    .await;
}

#[tokio::test]
async fn a_late_answer_is_not_taken_for_the_next() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let node = node(release, &epmd).await;
        let late = node
            .eval_within(
                Duration::from_millis(50),
                "receive go -> first after 500 -> first end",
            )
            .await;
        assert!(matches!(late, Err(Failure::Late(_))), "{late:?}");
        assert_eq!(node.eval("second").await.unwrap(), "second");
    })
    .await;
}

#[tokio::test]
async fn modules_are_loaded_from_source() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let node = node(release, &epmd).await;
        let source = "-module(adder).\n-export([add/2]).\n-define(NAME, ?MODULE).\nadd(A, B) -> {?NAME, A + B}.\n";
        node.load(source).await.unwrap();
        assert_eq!(node.eval("adder:add(1, 2)").await.unwrap(), "{adder,3}");
        let broken = node.load("-module(broken).\nx() -> y().\n").await.unwrap_err();
        assert!(broken.to_string().contains("undefined_function"), "{broken}");
    })
    .await;
}

#[tokio::test]
async fn stopped_and_continued() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let node = node(release, &epmd).await;
        node.stop();
        let silent = node.eval_within(Duration::from_millis(200), "node()").await;
        assert!(matches!(silent, Err(Failure::Late(_))), "{silent:?}");
        node.cont();
        assert_eq!(node.eval("awake").await.unwrap(), "awake");
        node.term();
        assert_eq!(
            node.wait_exit(PATIENCE).await.unwrap().code(),
            Some(0),
            "{}",
            node.log()
        );
        assert!(matches!(node.eval("1").await, Err(Failure::Ended(_))));
    })
    .await;
}

/// The process started is the emulator itself, so killing it leaves nothing behind, also in another root directory.
#[tokio::test]
async fn dropped_means_dead() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let node = node(release, &epmd).await;
        assert_eq!(
            node.eval("os:getpid()").await.unwrap(),
            format!("\"{}\"", node.pid())
        );
        let name = node.name().to_owned();
        node.stop();
        drop(node);
        let gone = async || epmd.names().is_ok_and(|names| names.is_empty());
        wait_until(PATIENCE, "epmd has noticed", gone)
            .await
            .unwrap();
        let again = Node::builder(release, "x", epmd.port())
            .full_name(&name)
            .start()
            .await
            .unwrap();
        assert_eq!(again.name(), name);
    })
    .await;
}

#[tokio::test]
async fn a_node_that_cannot_start_says_why() {
    each_release(async |release| {
        let nowhere = ergo_tests::ports::free();
        let Err(failure) = Node::builder(release, "erl", nowhere).start().await else {
            panic!("a node started without EPMD");
        };
        assert!(matches!(failure, Failure::Ended(_)), "{failure}");
        assert!(failure.to_string().contains("econnrefused"), "{failure}");
    })
    .await;
}

#[tokio::test]
async fn epmd_of_every_release() {
    each_release(async |release| {
        let epmd = Epmd::start_on(release, ergo_tests::ports::free())
            .await
            .unwrap();
        let node = node(Release::Machine, &epmd).await;
        assert_eq!(epmd.names().unwrap().len(), 1, "{}", node.name());
        let taken = Epmd::start_on(release, epmd.port())
            .await
            .map(drop)
            .unwrap_err();
        assert!(
            taken.to_string().contains("already a epmd running"),
            "{taken}"
        );
    })
    .await;
}

fn quoted(atom: &str) -> String {
    format!("'{atom}'")
}
