//! C nodes, made with the `erl_interface` of OTP: hidden, without the header of the atom cache, without aliases. Framing
//! and requests are those of before OTP 22, in both directions.

use std::path::{Path, PathBuf};
use std::process::Command;

use ergo_tests::erlang::{Epmd, Node as Erl, Release};
use ergo_tests::process::Process;
use ergo_tests::{PATIENCE, Program, unique_name, wait_until};

const COOKIE: &str = "ergo";

/// Compiles the C node against the machine's own `erl_interface`; `None` when tests with Erlang are left out.
fn compiled() -> Option<PathBuf> {
    if Release::available().is_empty() {
        return None;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop_c_node/node.c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(unique_name("c_node"));
    let root = Command::new("erl")
        .args([
            "-noshell",
            "-eval",
            "io:put_chars(code:root_dir()), halt().",
        ])
        .output()
        .unwrap();
    let root = PathBuf::from(String::from_utf8(root.stdout).unwrap());
    let compiled = Command::new("cc")
        .args(["-D_REENTRANT", "-o"])
        .arg(&program)
        .arg(source)
        .arg("-I")
        .arg(root.join("usr/include"))
        .arg("-L")
        .arg(root.join("usr/lib"))
        .args(["-lei", "-lpthread"])
        .output()
        .unwrap();
    assert!(
        compiled.status.success(),
        "the C node does not compile. Is erlang-dev installed? scripts/test does it.\n{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    Some(program)
}

struct World {
    c_node: PathBuf,
    epmd: Epmd,
    rust: Program,
    name: String,
}

impl World {
    async fn start() -> Option<World> {
        let c_node = compiled()?;
        let epmd = Epmd::start().await.unwrap();
        let name = format!("{}@127.0.0.1", unique_name("rust"));
        let mut command = Program::command("interop_node").unwrap();
        let port = epmd.port().to_string();
        command.args(["--name", &name, "--cookie", COOKIE, "--epmd-port", &port]);
        let rust = Program::start_command("interop_node", command).unwrap();
        rust.wait_for("ready ").await.unwrap();
        Some(World {
            c_node,
            epmd,
            rust,
            name,
        })
    }

    fn run(&self, arguments: &[&str]) -> Process {
        let mut command = Command::new(&self.c_node);
        command.env("ERL_EPMD_PORT", self.epmd.port().to_string());
        command.args(arguments);
        Process::start(command).unwrap()
    }

    async fn erl(&self) -> Erl {
        let builder = Erl::builder(Release::Machine, "erl", self.epmd.port());
        let erl = builder.start().await.unwrap();
        let bind = format!("R = '{}', Me = self(), net_adm:ping(R)", self.name);
        assert_eq!(erl.eval(&bind).await.unwrap(), "pong");
        erl
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.c_node);
    }
}

#[tokio::test]
async fn a_c_node_dials() {
    let Some(world) = World::start().await else {
        return;
    };
    let name = format!("{}@127.0.0.1", unique_name("c"));
    // The second run is another incarnation of the same name.
    for value in ["5", "10"] {
        let c_node = world.run(&["dial", &name, COOKIE, &world.name]);
        let status = c_node.wait_exit(PATIENCE).await.unwrap();
        let output = c_node.output();
        assert!(status.success(), "{output}\n{}", world.rust.output());
        let lines: Vec<&str> = output.lines().collect();
        let added = format!("reply {value}");
        let expected = [
            "connected",
            "echo {echo, {atom, \"string\", 42, 1.500000, [1000, 2000], []}}",
            "echo {echo, #{key => [-5000000000 | tail]}}",
            "large echo 300000",
            added.as_str(),
            added.as_str(),
            "reply {error, {unknown_request, nonsense}}",
            "rpc 3",
        ];
        assert_eq!(lines.get(..expected.len()), Some(&expected[..]), "{output}");
        assert!(
            lines[8].starts_with("rpc {badrpc, {'EXIT', {oops, [{interop, fail"),
            "{output}"
        );
        assert_eq!(
            lines.get(9..),
            Some(&["relayed from_relay", "done"][..]),
            "{output}"
        );
    }
}

#[tokio::test]
async fn a_c_node_with_another_cookie() {
    let Some(world) = World::start().await else {
        return;
    };
    let name = format!("{}@127.0.0.1", unique_name("c"));
    let c_node = world.run(&["dial", &name, "other", &world.name]);
    assert_eq!(c_node.wait_exit(PATIENCE).await.unwrap().code(), Some(1));
    assert!(
        c_node.output().contains("failed: connect"),
        "{}",
        c_node.output()
    );
    let c_node = world.run(&["dial", &name, COOKIE, &world.name]);
    assert!(
        c_node.wait_exit(PATIENCE).await.unwrap().success(),
        "{}",
        c_node.output()
    );
}

/// The relay connects to a C node: sends to a name, calls, is linked with nobody there when it ends.
#[tokio::test]
async fn a_c_node_is_dialled() {
    let Some(world) = World::start().await else {
        return;
    };
    let erl = world.erl().await;
    let name = format!("{}@127.0.0.1", unique_name("c"));
    let c_node = world.run(&["listen", &name, COOKIE]);
    c_node.wait_for("listening").await.unwrap();
    let bind = format!(
        "C = '{name}', Relay = fun(M) -> {{relay, R}} ! M, ok end, Get = fun() -> receive X -> X after 20000 -> late end end, Relay({{monitor_nodes, Me}})"
    );
    erl.eval(&bind).await.unwrap();
    for (expression, expect) in [
        (
            "Relay({send, {anything, C}, {hello, [1, 2|3], 'an atom'}}), Get() =:= {relay, nodeup, C}",
            "true",
        ),
        (
            "Relay({nodes, Me}), {relay, nodes, _, Hidden} = Get(), lists:member(C, Hidden)",
            "true",
        ),
        (
            "Relay({call, {anything, C}, {what, <<>>, 1.5}, Me}), Get()",
            "{relay,reply,{c,{what,<<>>,1.5}}}",
        ),
        (
            "Relay({call, {anything, C}, binary:copy(<<1>>, 200000), Me}), Get() =:= {relay, reply, {c, binary:copy(<<1>>, 200000)}}",
            "true",
        ),
        (
            "Relay({call, {anything, C}, last, Me}), Get()",
            "{relay,reply,{c,last}}",
        ),
        (
            "Relay({send, {anything, C}, stop}), element(2, Get())",
            "nodedown",
        ),
    ] {
        let value = erl.eval(expression).await.unwrap();
        assert_eq!(
            value,
            expect,
            "{expression}\n{}\n{}",
            c_node.output(),
            world.rust.output()
        );
    }
    assert!(c_node.wait_exit(PATIENCE).await.unwrap().success());
    let output = c_node.output();
    assert!(
        output.contains(&format!("accepted {}", world.name)),
        "{output}"
    );
    assert!(
        output.contains("got {hello, [1, 2 | 3], 'an atom'}"),
        "{output}"
    );
    let epmd = &world.epmd;
    wait_until(PATIENCE, "the name is free", async || {
        epmd.names()
            .is_ok_and(|names| names.iter().all(|node| !name.starts_with(&node.name)))
    })
    .await
    .unwrap();
}
