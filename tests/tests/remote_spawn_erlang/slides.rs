//! The example of the course, typed as it is printed there, at a node whose peer is a program in Rust.

use ergo_tests::erlang::{Epmd, Node as Erl, each_release};
use ergo_tests::{PATIENCE, Program};

#[tokio::test]
async fn typed_as_printed() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let mut command = Program::command("slides").unwrap();
        command.arg(epmd.port().to_string());
        let bar = Program::start_command("slides", command).unwrap();
        bar.wait_for("ready 'bar@127.0.0.1'").await.unwrap();
        let foo = Erl::builder(release, "foo", epmd.port()).cookie("secret");
        let foo = foo.start().await.unwrap();
        let flush = "receive Got -> Got after 60000 -> nothing end";
        for (typed, expect) in [
            ("net_adm:ping('bar@127.0.0.1').", "pong"),
            (
                "node(spawn('bar@127.0.0.1', s, send_node, [self()])).",
                "'bar@127.0.0.1'",
            ),
            (flush, "'bar@127.0.0.1'"),
            ("{server, 'bar@127.0.0.1'} ! {hi, self()}.", "{hi,<0."),
            (flush, "hi"),
            (
                "rpc:call('bar@127.0.0.1', s, send_node, [self()]).",
                "'bar@127.0.0.1'",
            ),
            (flush, "'bar@127.0.0.1'"),
        ] {
            // Variables of its own.
            let fresh = format!("(fun() -> {} end)()", typed.trim_end_matches('.'));
            let value = foo.eval(&fresh).await.unwrap();
            assert!(value.starts_with(expect), "{typed} gives {value}");
        }
        bar.term();
        assert_eq!(bar.wait_exit(PATIENCE).await.unwrap().code(), Some(0));
    })
    .await;
}
