//! An EPMD, a node of ours with its factories, and an Erlang node.

use ergo::NodeBuilder;
use ergo::prelude::*;
use ergo_tests::erlang::{Epmd, Node as Erl, Release};
use ergo_tests::{PATIENCE, deadline, unique_name};

use crate::worker::{Worker, say, workers};

pub(crate) struct World {
    pub(crate) rust: Node,
    pub(crate) erl: Erl,
    pub(crate) epmd: Epmd,
}

/// A node of ours with the factories `worker` and `say`, which are open, `closed`, which is not, and functions that are
/// like them.
pub(crate) async fn rust(epmd: u16, change: impl FnOnce(NodeBuilder) -> NodeBuilder) -> Node {
    let builder = Node::builder(format!("{}@127.0.0.1", unique_name("rust")));
    let builder = change(builder.cookie("ergo").epmd_port(epmd));
    let node = deadline(PATIENCE, builder.start()).await.unwrap();
    let run = async |_, (): ()| Ok(Atom::from_static("ok"));
    let wait = async |mut cx: PlainContext, (): ()| {
        cx.receive().await;
        Ok(Atom::from_static("ok"))
    };
    node.enable_spawn("worker", Worker::factory())
        .await
        .unwrap();
    node.enable_spawn("say", say).await.unwrap();
    node.enable_spawn("closed", say).await.unwrap();
    node.disable_spawn("closed").await.unwrap();
    node.register_rpc("tests", "run", run).await.unwrap();
    node.register_rpc("tests", "wait", wait).await.unwrap();
    let other = node.register_rpc("tests", "others", run);
    other.only(["other@127.0.0.1"]).await.unwrap();
    node
}

impl World {
    /// Both, not connected. In the tables `R` is the name of ours, and `Me` the evaluating process.
    pub(crate) async fn start(release: Release) -> World {
        World::with(release, |builder| builder).await
    }

    /// As [`World::start`], with our node as `change` wants it.
    pub(crate) async fn with(
        release: Release,
        change: impl FnOnce(NodeBuilder) -> NodeBuilder,
    ) -> World {
        let epmd = Epmd::start().await.unwrap();
        let rust = rust(epmd.port(), change).await;
        let erl = erl(release, &epmd, rust.name().as_str()).await;
        World { rust, erl, epmd }
    }

    /// Evaluates each expression and compares; all that differ are reported together.
    pub(crate) async fn table(&self, rows: &[(&str, &str)]) {
        let mut wrong = Vec::new();
        for (expression, expect) in rows {
            let value = match self.erl.eval_within(6 * PATIENCE, expression).await {
                Ok(value) => value,
                Err(failure) => failure.to_string(),
            };
            let fits = match expect.strip_suffix("..") {
                Some(prefix) => value.starts_with(prefix),
                None => value == *expect,
            };
            if !fits {
                wrong.push(format!(
                    "{expression}\n    gives    {value}\n    and not  {expect}"
                ));
            }
        }
        let release = self.erl.release();
        assert!(wrong.is_empty(), "on OTP {release}:\n{}", wrong.join("\n"));
    }

    pub(crate) async fn check(&self, expression: &str, expect: &str) {
        self.table(&[(expression, expect)]).await;
    }

    /// Waits until there are this many workers here.
    pub(crate) async fn workers(&self, count: usize) {
        let there = async || workers(&self.rust) == count;
        let waited = ergo_tests::wait_until(2 * PATIENCE, "workers", there).await;
        assert!(
            waited.is_ok(),
            "{} and not {count} workers",
            workers(&self.rust)
        );
    }

    pub(crate) async fn stop(self) {
        deadline(PATIENCE, self.rust.stop()).await;
    }
}

/// An Erlang node, with what the tables use.
pub(crate) async fn erl(release: Release, epmd: &Epmd, rust: &str) -> Erl {
    let erl = Erl::builder(release, "erl", epmd.port());
    let erl = erl.start().await.unwrap();
    let prelude = format!(
        "R = '{rust}', Me = self(), process_flag(trap_exit, true),
        Get = fun() -> receive Any -> Any after 60000 -> nothing end end,
        None = fun() -> receive Any -> Any after 0 -> nothing end end,
        Down = fun(M) -> receive {{'DOWN', M, process, _, W}} -> W after 60000 -> late end end,
        Exit = fun(P) -> receive {{'EXIT', P, W}} -> W after 60000 -> late end end,
        Reply = fun(Q) -> receive {{spawn_reply, Q, A, B}} -> {{A, B}} after 60000 -> late end end,
        Ask = fun(P, Request) -> gen_server:call(P, Request, 60000) end,
        Try = fun(F) -> try F() catch error:{{exception, E, _}} -> {{exception, E}}; Class:E -> {{Class, E}} end end,
        %% The first message behind all that R has sent by now; `nothing` if there is none.
        Rest = fun() -> pong = net_adm:ping(R), None() end,
        Gone = fun(P) -> Down(monitor(process, P)) =:= noproc end,
        ok"
    );
    assert_eq!(erl.eval(&prelude).await.unwrap(), "ok");
    erl
}
