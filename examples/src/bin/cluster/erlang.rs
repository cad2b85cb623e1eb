//! The Erlang node that joins the cluster.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// What the Erlang node does: it calls the Rust counter, registers a server of its own, and waits to be called.
const SCRIPT: &str = r#"
    Rust = list_to_atom(os:getenv("RUST_NODE")),
    pong = net_adm:ping(Rust),
    Sum = gen_server:call({counter, Rust}, {add, 1}),
    register(greeter, self()),
    io:format("called ~p~n", [Sum]),
    receive
        {'$gen_call', From, {hello, Who}} -> gen_server:reply(From, {hello, Who, from_erlang})
    end,
    receive stop -> ok after 60000 -> ok end.
"#;

/// A running Erlang node. Dropping it kills it.
pub struct Erlang {
    /// Its node name.
    pub name: &'static str,
    /// What the Rust counter answered to it.
    pub sum: String,
    _process: Child,
}

/// Whether there is an Erlang on this machine.
pub async fn is_installed() -> bool {
    let version = Command::new("erl")
        .arg("-version")
        .stdin(Stdio::null())
        .output()
        .await;
    version.is_ok_and(|output| output.status.success())
}

impl Erlang {
    /// Starts `erl` as a node of the cluster and lets it call a Rust server.
    pub async fn start(rust_node: &str, cookie: &str, epmd_port: u16) -> Result<Erlang, String> {
        let name = "erlang@127.0.0.1";
        let mut process = Command::new("erl")
            .args([
                "-name",
                name,
                "-setcookie",
                cookie,
                "-start_epmd",
                "false",
                "-noshell",
                "-eval",
                SCRIPT,
            ])
            .env("ERL_EPMD_PORT", epmd_port.to_string())
            .env("RUST_NODE", rust_node)
            .env("ERL_CRASH_DUMP_SECONDS", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("erl cannot be started: {error}"))?;
        let output = process.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(output).lines();
        let line = match timeout(Duration::from_secs(10), lines.next_line()).await {
            Ok(Ok(Some(line))) => line,
            Ok(_) => return Err("erl has ended".to_owned()),
            Err(_) => return Err("erl says nothing".to_owned()),
        };
        let sum = line
            .strip_prefix("called ")
            .ok_or_else(|| format!("erl says: {line}"))?
            .to_owned();
        // What it prints later, nobody waits for; the pipe stays open as long as it runs.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Erlang {
            name,
            sum,
            _process: process,
        })
    }
}
