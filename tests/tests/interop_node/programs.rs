//! The program itself: how it starts, ends, and what it says when something is wrong; and `erl_call` as its client.

use std::net::TcpListener;
use std::process::Stdio;

use ergo_tests::erlang::{Epmd, Node, Release, each_release};
use ergo_tests::{PATIENCE, wait_until};

use crate::world::{Rust, World, alone, spawn, status};

#[tokio::test]
async fn a_name_that_is_taken() {
    each_release(async |_| {
        let epmd = Epmd::start().await.unwrap();
        let rust = Rust::start(&epmd, &[]).await;
        let second = spawn(&epmd, &rust.name, &[]);
        assert_eq!(status(&second).await, Some(1));
        let output = second.output();
        assert!(!output.contains("ready"), "{output}");
        assert!(
            output.contains(rust.name.split('@').next().unwrap()),
            "{output}"
        );
        assert!(rust.program.status().is_none());
    })
    .await;
}

#[tokio::test]
async fn ports() {
    each_release(async |release| {
        let epmd = Epmd::start().await.unwrap();
        let first = ergo_tests::ports::free();
        let range = format!("{first}..={}", first + 1);
        let one = Rust::start(&epmd, &["--listen", &range]).await;
        assert_eq!(one.port, first);
        let two = Rust::start(&epmd, &["--listen", &range]).await;
        assert_eq!(two.port, first + 1);
        let mut ports: Vec<u16> = epmd.names().unwrap().iter().map(|node| node.port).collect();
        ports.sort_unstable();
        assert_eq!(ports, [first, first + 1]);
        for exhausted in [range.as_str(), &first.to_string()] {
            let three = spawn(&epmd, "three@127.0.0.1", &["--listen", exhausted]);
            assert_eq!(status(&three).await, Some(1));
            let output = three.output();
            assert!(output.contains(&first.to_string()), "{output}");
            assert!(!output.contains("ready three"), "{output}");
        }
        let erl = Node::builder(release, "erl", epmd.port())
            .start()
            .await
            .unwrap();
        for rust in [&one, &two] {
            assert_eq!(
                erl.eval(&format!("net_adm:ping('{}')", rust.name))
                    .await
                    .unwrap(),
                "pong"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn names_that_are_none() {
    let epmd = Epmd::start().await.unwrap();
    let long = format!("{}@127.0.0.1", "x".repeat(300));
    for name in [
        "",
        "rust",
        "@127.0.0.1",
        "rust@",
        "a@b@c",
        "a b@127.0.0.1",
        long.as_str(),
    ] {
        let program = spawn(&epmd, name, &[]);
        assert_eq!(
            status(&program).await,
            Some(1),
            "{name:?}: {}",
            program.output()
        );
        assert!(!program.output().contains("ready"), "{name:?}");
    }
    assert_eq!(epmd.names().unwrap(), []);
}

#[tokio::test]
async fn another_cookie() {
    each_release(async |release| {
        let world = World::with(release, &["--cookie", "other"], |builder| builder).await;
        // Their attempt, and then ours.
        world.check("net_adm:ping(R)", "pang").await;
        world.rust.program.wait_for(world.erl.name()).await.unwrap();
        world
            .check("erlang:set_cookie(R, other), net_adm:ping(R)", "pong")
            .await;
        world.check("Call(counter, {add, 1})", "1").await;
        let other = world.another().await;
        world
            .check(
                &format!("Relay({{call, {{x, '{}'}}, y, Me}}), Get()", other.name()),
                "{relay,error,noconnection}",
            )
            .await;
        other.wait_for("rejected").await.unwrap();
        assert!(other.log().contains(&world.rust.name), "{}", other.log());
        world.rust.program.wait_for(other.name()).await.unwrap();
        let output = world.rust.program.output();
        assert!(output.contains("cookie"), "{output}");
        assert_eq!(other.eval("net_adm:ping(R)").await.unwrap(), "pang");
        world.check("Call(counter, get)", "1").await;
    })
    .await;
}

/// SIGTERM: the processes end with `shutdown`, the connection is closed, the name is free, the status is 0.
#[tokio::test]
async fn told_to_stop() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .table(&[
                ("net_kernel:monitor_nodes(true, [{node_type, all}]), process_flag(trap_exit, true), P = Pid(counter), link(P), M = monitor(process, {echo, R}), Call(counter, get)", "0"),
                ("receive {nodeup, R, _} -> up after 10000 -> late end", "up"),
            ])
            .await;
        world.rust.program.term();
        world
            .table(&[
                ("receive {'EXIT', P, X1} -> X1 after 10000 -> late end", "shutdown"),
                ("receive {'DOWN', M, process, {echo, R}, X2} -> X2 after 10000 -> late end", "shutdown"),
                ("receive {nodedown, R, _} -> down after 10000 -> late end", "down"),
            ])
            .await;
        assert_eq!(status(&world.rust.program).await, Some(0));
        alone(&world.erl).await;
        let name = world.rust.name.split('@').next().unwrap();
        wait_until(PATIENCE, "the name is free", async || {
            world.epmd.names().is_ok_and(|names| names.iter().all(|node| node.name != name))
        })
        .await
        .unwrap();
        // Started again at once, under its name: another incarnation.
        let again = Rust::named(&world.epmd, &world.rust.name, &[]).await;
        world
            .table(&[
                ("net_adm:ping(R)", "pong"),
                ("P ! x, Old = monitor(process, P), receive {'DOWN', Old, process, P, X3} -> X3 after 10000 -> late end", "noproc"),
                ("link(P), receive {'EXIT', P, X4} -> X4 after 10000 -> late end", "noproc"),
                ("exit(P, kill), Call(counter, get)", "0"),
                ("(catch gen_server:call(P, get)) =:= {'EXIT', {noproc, {gen_server, call, [P, get]}}}", "true"),
            ])
            .await;
        again.program.term();
        assert_eq!(status(&again.program).await, Some(0));
    })
    .await;
}

/// Killed and started again: pids of the first incarnation reach nobody in the second.
#[tokio::test]
async fn started_again_after_kill9() {
    each_release(async |release| {
        let world = World::start(release).await;
        world
            .check("Old = Pid(echo), net_adm:ping(R)", "pong")
            .await;
        world.rust.program.kill9();
        alone(&world.erl).await;
        let _again = Rust::named(&world.epmd, &world.rust.name, &[]).await;
        world
            .table(&[
                ("net_adm:ping(R)", "pong"),
                ("New = Pid(echo), New =:= Old", "false"),
                ("Old ! {Me, old}, New ! {Me, new}, Get()", "{echo,new}"),
                ("None()", "nothing"),
            ])
            .await;
    })
    .await;
}

async fn erl_call(release: Release, world: &World, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = tokio::process::Command::from(release.command("erl_call"));
    command.env("ERL_EPMD_PORT", world.epmd.port().to_string());
    command
        .args(["-c", "ergo", "-name", &world.rust.name])
        .args(arguments);
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = ergo_tests::deadline(PATIENCE, command.output())
        .await
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

/// A C node: framing without header, the old requests, hidden.
#[tokio::test]
async fn erl_call_is_answered() {
    each_release(async |release| {
        let world = World::start(release).await;
        for (arguments, expect) in [
            (vec!["-a", "interop add [1,2]"], "3"),
            (vec!["-a", "interop add [1.5,2]"], "3.5"),
            (vec!["-a", "interop nothing []"], "undef"),
            (vec!["-a", "interop fail [oops]"], "oops"),
            (vec!["-R", "-a", "interop add [3,4]"], "7"),
        ] {
            let (status, text) = erl_call(release, &world, &arguments).await;
            assert!(
                text.contains(expect),
                "{arguments:?}: {status:?} {text}\n{}",
                world.rust.program.output()
            );
        }
        world
            .check(
                "Relay({nodes, Me}), Get() =:= {relay, nodes, [node()], []}",
                "true",
            )
            .await;
    })
    .await;
}

/// The port is another program's.
#[tokio::test]
async fn a_port_in_use() {
    let epmd = Epmd::start().await.unwrap();
    let holder = TcpListener::bind(("127.0.0.1", ergo_tests::ports::free())).unwrap();
    let port = holder.local_addr().unwrap().port().to_string();
    let program = spawn(&epmd, "rust_port@127.0.0.1", &["--listen", &port]);
    assert_eq!(status(&program).await, Some(1));
    assert!(program.output().contains(&port), "{}", program.output());
    assert_eq!(epmd.names().unwrap(), []);
}
