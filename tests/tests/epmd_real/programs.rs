//! The `epmd` program and `erl` against our server, and our client against the real daemon.

use std::net::SocketAddr;
use std::process::{Command, Output, Stdio};

use ergo::epmd::codec::{AliveName, KillResponse, ListedNode, NodeEntry, NodeType, StopResponse};
use ergo::epmd::{Client, EpmdError, Registration};

use crate::daemon::{Daemon, Process};
use crate::wait::{SOON, erlang_is_wanted, eventually, until};

/// `erl` as a node that finds its EPMD at `address`, or as a mere program without a name.
pub(crate) fn erl(address: SocketAddr, node: Option<&str>, eval: &str) -> Command {
    let mut command = Command::new("erl");
    command.env("ERL_EPMD_PORT", address.port().to_string());
    command.env("HOME", env!("CARGO_TARGET_TMPDIR"));
    command.args(["-noinput", "-start_epmd", "false", "-setcookie", "epmd"]);
    command.args(["-kernel", "inet_dist_use_interface", "{127,0,0,1}"]);
    if let Some(node) = node {
        command.args(["-name", &format!("{node}@127.0.0.1")]);
    }
    command.args(["-eval", eval]);
    command.stdin(Stdio::null());
    command
}

/// A running node of Erlang.
pub(crate) fn start_erl(address: SocketAddr, node: &str) -> Process {
    let mut command = erl(address, Some(node), "ok");
    command.stdout(Stdio::null());
    Process(command.spawn().expect("erl can be started"))
}

/// Runs a command to its end, which must come soon.
fn run(mut command: Command) -> Output {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = Process(command.spawn().expect("the program can be started"));
    until("the program ends", || {
        process.0.try_wait().is_ok_and(|status| status.is_some())
    });
    let output = |pipe: Option<&mut dyn std::io::Read>| {
        let mut bytes = Vec::new();
        pipe.map(|pipe| pipe.read_to_end(&mut bytes));
        bytes
    };
    let stdout = output(process.0.stdout.as_mut().map(|pipe| pipe as _));
    let stderr = output(process.0.stderr.as_mut().map(|pipe| pipe as _));
    let status = process.0.wait().expect("it has ended");
    Output {
        status,
        stdout,
        stderr,
    }
}

/// What `epmd -port PORT ARGUMENTS` says, the port masked.
fn epmd(address: SocketAddr, arguments: &[&str]) -> (bool, String) {
    let port = address.port().to_string();
    let mut command = Command::new("epmd");
    command.args(["-port", &port]).args(arguments);
    let output = run(command);
    let text = String::from_utf8_lossy(&output.stdout).replace(&port, "PORT");
    (output.status.success(), text)
}

pub(crate) fn name(text: &str) -> AliveName {
    AliveName::new(text).expect("a name")
}

fn client(daemon: &Daemon) -> Client {
    Client::new(daemon.address()).timeout(SOON)
}

async fn register(client: &Client, text: &str) -> Registration {
    let entry = NodeEntry::new(name(text), 5555);
    client.register(&entry).await.expect("registered")
}

async fn is_unknown(client: &Client, text: &str) -> bool {
    client.port_please(&name(text)).await == Ok(None)
}

/// What the `epmd` program says to a daemon, in a fixed sequence of commands.
async fn said_by_epmd(daemon: &mut Daemon) -> Vec<(bool, String)> {
    let client = client(daemon);
    let address = daemon.address();
    let mut said = vec![epmd(address, &["-names"])];
    let first = register(&client, "foo").await;
    let mut second = register(&client, "bar").await;
    said.push(epmd(address, &["-names"]));
    said.push(epmd(address, &["-stop", "nobody"]));
    said.push(epmd(address, &["-stop", "bar"]));
    second.lost().await;
    said.push(epmd(address, &["-names"]));
    drop(first);
    let gone = async || is_unknown(&client, "foo").await.then_some(());
    eventually("the name is free", gone).await;
    said.push(epmd(address, &["-kill"]));
    until("the daemon has ended", || daemon.has_ended());
    said.push(epmd(address, &["-names"]));
    said
}

#[test]
fn the_program_epmd_says_the_same_of_both() {
    if !erlang_is_wanted(&["epmd"]) {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (mut real, mut ours) = (Daemon::real(true), Daemon::ours(true));
    let of_real = runtime.block_on(said_by_epmd(&mut real));
    let of_ours = runtime.block_on(said_by_epmd(&mut ours));
    assert_eq!(of_ours, of_real);
    assert!(
        of_ours[1]
            .1
            .contains("name bar at port 5555\nname foo at port 5555\n")
    );
    assert!(of_ours[5].1.contains("Killed"), "{of_ours:?}");
}

#[test]
fn erl_registers_with_ours_and_reads_it() {
    if !erlang_is_wanted(&["erl"]) {
        return;
    }
    let daemon = Daemon::ours(false);
    let client = client(&daemon);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let node = start_erl(daemon.address(), "node");
    let entry = runtime.block_on(async {
        let _rust = register(&client, "rust").await;
        let ask = async || client.port_please(&name("node")).await.ok().flatten();
        let entry = eventually("erl is registered", ask).await;
        let port = entry.port;

        let names =
            "io:format(\"~p\", [lists:sort(element(2, erl_epmd:names({127,0,0,1})))]), halt().";
        let output = run(erl(daemon.address(), None, names));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(text, format!("[{{\"node\",{port}}},{{\"rust\",5555}}]"));

        let lookup = "io:format(\"~p\", [erl_epmd:port_please(\"rust\", {127,0,0,1})]), halt().";
        let output = run(erl(daemon.address(), None, lookup));
        assert_eq!(output.stdout, b"{port,5555,6}");
        entry
    });
    assert_eq!(entry.node_type, NodeType::Normal);
    assert_eq!((entry.lowest_version, entry.highest_version), (5, 6));

    let output = run(erl(daemon.address(), Some("node"), "halt()."));
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("in use by another Erlang node"), "{said}");

    drop(node);
    runtime.block_on(async {
        let gone = async || is_unknown(&client, "node").await.then_some(());
        eventually("its name is free", gone).await;
    });
}

#[tokio::test]
async fn our_client_and_the_real_daemon() {
    if !erlang_is_wanted(&["epmd"]) {
        return;
    }
    let mut daemon = Daemon::real(true);
    let client = client(&daemon);
    let listing = client.names().await.expect("names");
    assert_eq!(listing.epmd_port, u32::from(daemon.address().port()));
    assert!(listing.nodes.is_empty());

    let entry = NodeEntry::new(name("foo"), 1234)
        .node_type(NodeType::Hidden)
        .extra(*b"\0\x01extra");
    let mut registration = client.register(&entry).await.expect("registered");
    assert!(registration.creation() > 3);
    assert_eq!(
        client.port_please(&entry.name).await,
        Ok(Some(entry.clone()))
    );
    assert_eq!(client.port_please(&name("bar")).await, Ok(None));
    let taken = EpmdError::NameTaken {
        name: name("foo"),
        address: daemon.address(),
        holder_port: Some(1234),
    };
    assert_eq!(client.register(&entry).await.expect_err("taken"), taken);
    let old = NodeEntry::new(name("old"), 1).versions(5, 5);
    let old = client.register(&old).await.expect("registered");
    assert!((1..=3).contains(&old.creation()));

    let nodes = client.names().await.expect("names").nodes;
    assert_eq!(
        nodes,
        [ListedNode::new("old", 1), ListedNode::new("foo", 1234)]
    );
    drop(old);
    let old_is_gone = async || is_unknown(&client, "old").await.then_some(());
    eventually("the name is free", old_is_gone).await;
    let lines = client.dump().await.expect("dump").lines;
    let lines: Vec<_> = lines
        .iter()
        .map(|line| (line.active, line.name.as_str()))
        .collect();
    assert_eq!(lines, [(true, "foo"), (false, "old")]);

    assert_eq!(
        client.stop(&name("bar")).await,
        Ok(StopResponse::NoSuchNode)
    );
    assert_eq!(client.stop(&name("foo")).await, Ok(StopResponse::Stopped));
    registration.lost().await;
    assert_eq!(client.kill().await, Ok(KillResponse::Killed));
    until("it has ended", || daemon.has_ended());
}
