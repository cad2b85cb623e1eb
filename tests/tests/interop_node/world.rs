//! An EPMD, an interop node and an Erlang node that are about to meet.

use ergo_tests::erlang::{Builder, Epmd, Node, Release};
use ergo_tests::{PATIENCE, Program, unique_name};

/// The cookie of all nodes here.
pub(crate) const COOKIE: &str = "ergo";

/// An interop node, and an Erlang node where `R` is its name and `flush()`, `got(Pattern)` and the like are macros of
/// the tables.
pub(crate) struct World {
    pub(crate) erl: Node,
    pub(crate) rust: Rust,
    pub(crate) epmd: Epmd,
    pub(crate) release: Release,
}

/// An interop node.
pub(crate) struct Rust {
    pub(crate) program: Program,
    pub(crate) name: String,
    pub(crate) port: u16,
}

impl Rust {
    /// Starts one with a name of its own.
    pub(crate) async fn start(epmd: &Epmd, arguments: &[&str]) -> Rust {
        Rust::named(
            epmd,
            &format!("{}@127.0.0.1", unique_name("rust")),
            arguments,
        )
        .await
    }

    pub(crate) async fn named(epmd: &Epmd, name: &str, arguments: &[&str]) -> Rust {
        let program = spawn(epmd, name, arguments);
        let ready = program.wait_for("ready ").await.unwrap();
        let words: Vec<&str> = ready.split(' ').collect();
        assert_eq!(words[..3], ["ready", name, "port"], "{ready}");
        Rust {
            program,
            name: name.to_owned(),
            port: words[3].parse().unwrap(),
        }
    }
}

/// Starts the program without waiting for it to be ready.
pub(crate) fn spawn(epmd: &Epmd, name: &str, arguments: &[&str]) -> Program {
    let port = epmd.port().to_string();
    let mut command = Program::command("interop_node").unwrap();
    command.env("RUST_LOG", "info").env("NO_COLOR", "1");
    command.args(["--name", name, "--epmd-port", &port]);
    if !arguments.contains(&"--cookie") {
        command.args(["--cookie", COOKIE]);
    }
    command.args(arguments);
    Program::start_command("interop_node", command).unwrap()
}

impl World {
    pub(crate) async fn start(release: Release) -> World {
        World::with(release, &[], |builder| builder).await
    }

    /// With arguments of the interop node, and the Erlang node as `change` wants it.
    pub(crate) async fn with(
        release: Release,
        arguments: &[&str],
        change: impl FnOnce(Builder) -> Builder,
    ) -> World {
        let epmd = Epmd::start().await.unwrap();
        let rust = Rust::start(&epmd, arguments).await;
        let erl = change(Node::builder(release, "erl", epmd.port()))
            .start()
            .await
            .unwrap();
        let world = World {
            erl,
            rust,
            epmd,
            release,
        };
        world.introduce(&world.erl).await;
        world
    }

    /// Another Erlang node.
    pub(crate) async fn another(&self) -> Node {
        let node = Node::builder(self.release, "erl", self.epmd.port())
            .start()
            .await
            .unwrap();
        self.introduce(&node).await;
        node
    }

    /// Binds in an Erlang node what the tables use.
    pub(crate) async fn introduce(&self, node: &Node) {
        let prelude = format!(
            "R = '{}', Me = self(),
            Call = fun(Name, Request) -> gen_server:call({{Name, R}}, Request) end,
            Get = fun() -> receive Any -> Any after 10000 -> nothing end end,
            None = fun() -> receive Any -> Any after 0 -> nothing end end,
            Relay = fun(Message) -> {{relay, R}} ! Message, ok end,
            Pid = fun(Name) -> [P] = [P || {{I, P, _, _}} <- supervisor:which_children({{sup, R}}), I =:= Name], P end,
            Idle = fun() -> spawn(fun() -> receive stop -> ok; {{stop, Why}} -> exit(Why) end end) end,
            Flush = fun Flush() -> receive _ -> Flush() after 0 -> ok end end,
            Until = fun Until(_, 0) -> gave_up;
                        Until(F, N) -> case catch F() of true -> ok; _ -> timer:sleep(10), Until(F, N - 1) end end,
            ok",
            self.rust.name
        );
        assert_eq!(node.eval(&prelude).await.unwrap(), "ok");
    }

    /// Evaluates each expression and compares; all that differ are reported together.
    pub(crate) async fn table(&self, rows: &[(&str, &str)]) {
        table(&self.erl, rows, &self.rust.program).await;
    }

    pub(crate) async fn check(&self, expression: &str, expect: &str) {
        self.table(&[(expression, expect)]).await;
    }

    pub(crate) async fn eval(&self, expression: &str) -> String {
        self.erl.eval(expression).await.unwrap()
    }
}

pub(crate) async fn table(erl: &Node, rows: &[(&str, &str)], rust: &Program) {
    let mut wrong = Vec::new();
    for (expression, expect) in rows {
        let value = match erl.eval(expression).await {
            Ok(value) => value,
            Err(failure) => format!("{failure}"),
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
    assert!(
        wrong.is_empty(),
        "on OTP {}, {} of {} wrong:\n{}\n--- output of the interop node:\n{}",
        erl.release(),
        wrong.len(),
        rows.len(),
        wrong.join("\n"),
        last(&rust.output(), 30),
    );
}

fn last(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// Waits until the Erlang node has no connection.
pub(crate) async fn alone(node: &Node) {
    node.eval_until("nodes(connected)", "[]").await.unwrap();
}

/// Waits for a program that ends, and gives its status.
pub(crate) async fn status(program: &Program) -> Option<i32> {
    program.wait_exit(PATIENCE).await.unwrap().code()
}
