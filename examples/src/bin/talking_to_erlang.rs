//! A Rust node and an Erlang node use each other. Starts the `erl` of this machine, and says so when there is none.
//!
//! ```text
//! cargo run -p ergo-examples --bin talking_to_erlang
//! ```

use std::net::TcpListener;
use std::process::Stdio;

use ergo::prelude::*;
use tokio::process::{Child, Command};

// ANCHOR: counter
/// What Erlang calls.
#[derive(Actor)]
#[actor(name = "counter")]
struct Counter {
    value: i64,
}

#[ergo::server]
impl Counter {
    fn init(value: i64) -> Result<Self, ExitReason> {
        Ok(Counter { value })
    }

    #[call]
    fn add(&mut self, n: i64) -> i64 {
        self.value += n;
        self.value
    }
}
// ANCHOR_END: counter

// ANCHOR: start_erl
/// Starts an Erlang node that ends with this program. `None` when no Erlang is installed.
fn start_erl(name: &str, cookie: &str, epmd_port: u16) -> std::io::Result<Option<Child>> {
    let started = Command::new("erl")
        .args(["-noinput", "-hidden", "-start_epmd", "false"])
        .args(["-name", name, "-setcookie", cookie])
        .env("ERL_EPMD_PORT", epmd_port.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    match started {
        Ok(child) => Ok(Some(child)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
// ANCHOR_END: start_erl

// ANCHOR: wait
/// Waits until the other node answers, for as long as a slow machine may take to start it.
async fn is_up(node: &Node, other: &str) -> bool {
    for _ in 0..300 {
        if node.ping(other).await {
            return true;
        }
        tokio::time::sleep(millis(100)).await;
    }
    false
}
// ANCHOR_END: wait

// ANCHOR: from_rust
/// Rust uses Erlang.
async fn rust_uses_erlang(node: &Node, erl: &str) -> ergo::Result {
    let release: String = node
        .rpc(erl)
        .call("erlang", "system_info", args![otp_release])
        .await?;
    println!("rpc: the other side is Erlang/OTP {release}");

    let sum: i64 = node.rpc(erl).call("lists", "sum", args![[1, 2, 3]]).await?;
    println!("rpc: lists:sum([1,2,3]) is {sum}");

    match node
        .rpc(erl)
        .call::<Term>("erlang", "div", args![1, 0])
        .await
    {
        Ok(value) => println!("rpc: {value}"),
        Err(error) => println!("rpc: {error}"),
    }

    let children: Term = node
        .call(("kernel_sup", erl), term!(count_children))
        .await?;
    println!("gen_server:call(kernel_sup, count_children): {children}");

    let far = node.remote(erl).await?;
    let pid = far
        .spawn_function("timer", "sleep", args![infinity])
        .await?;
    let watcher = node.spawn_fn(async move |mut cx| {
        cx.monitor(&pid);
        cx.exit(pid, ExitReason::from("enough"));
        if let Some(Message::Down(down)) = cx.receive().await {
            println!(
                "spawn: the process on the other side ended: {}",
                down.reason
            );
        }
    })?;
    while node.is_process_alive(&watcher) {
        tokio::time::sleep(millis(1)).await;
    }
    Ok(())
}
// ANCHOR_END: from_rust

// ANCHOR: from_erlang
/// Erlang uses Rust: `gen_server:call` runs on the Erlang node and calls the counter here.
async fn erlang_uses_rust(node: &Node, erl: &str) -> ergo::Result {
    let me = node.name().clone();
    let counter = term!({counter, (me.clone())});
    let sum: i64 = node
        .rpc(erl)
        .call("gen_server", "call", args![(counter), {add, 41}])
        .await?;
    println!(
        "gen_server:call({{counter, '{}'}}, {{add, 41}}) is {sum}",
        me.as_str()
    );

    let greet = async |_, (name,): (String,)| Ok(format!("hello, {name}"));
    node.register_rpc("greeter", "greet", greet).await?;
    let greeting: String = node
        .rpc(erl)
        .call("rpc", "call", args![(me), greeter, greet, ["ann"]])
        .await?;
    println!("rpc:call(.., greeter, greet, [<<\"ann\">>]) is {greeting}");
    Ok(())
}
// ANCHOR_END: from_erlang

#[tokio::main]
async fn main() -> ergo::Result {
    // An EPMD of its own, so that this program meets only the Erlang node it starts.
    let epmd = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    // ANCHOR: main
    let node = Node::builder("rust@127.0.0.1")
        .cookie("secret")
        .epmd_port(epmd)
        .start()
        .await?;
    node.spawn::<Counter>(1).await?;
    let erl = "erlang@127.0.0.1";
    match start_erl(erl, "secret", epmd)? {
        None => println!("no erl is installed on this machine: nothing to talk to"),
        Some(mut child) => {
            if is_up(&node, erl).await {
                rust_uses_erlang(&node, erl).await?;
                erlang_uses_rust(&node, erl).await?;
            } else {
                println!("the Erlang node did not start");
            }
            child.kill().await?;
        }
    }
    node.stop().await;
    println!("the end");
    // ANCHOR_END: main
    Ok(())
}
