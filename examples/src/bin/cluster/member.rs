//! One node of the cluster. It takes commands on its standard input and answers each with one line.

use ergo::epmd::{MembershipStatus, Role};
use ergo::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::Arguments;

// ANCHOR: counter
/// A server on every node.
#[derive(Actor)]
#[actor(name = "counter")]
pub struct Counter {
    value: i64,
}

#[ergo::server]
impl Counter {
    fn init() -> Result<Self, ExitReason> {
        Ok(Counter { value: 0 })
    }

    /// Adds a number and gives the sum.
    #[call]
    fn add(&mut self, n: i64) -> i64 {
        self.value += n;
        self.value
    }

    /// Crashes, to be started again by the supervisor.
    #[cast]
    fn crash(&mut self) {
        panic!("told to crash");
    }
}
// ANCHOR_END: counter

/// Runs the node until its standard input ends.
pub async fn run(name: &str, arguments: &Arguments) -> ergo::Result {
    let mut builder = Node::builder(name).cookie(&arguments.cookie).visible();
    if let Some(port) = arguments.epmd_port {
        builder = builder.epmd_port(port);
    }
    let node = builder.start().await?;
    let _supervisor = Supervisor::one_for_one()
        .intensity(10, secs(10))
        .child(Counter::spec(()))
        .start(&node)
        .await?;
    println!("ready {}", node.port().unwrap_or_default());

    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        match obey(&node, &line).await {
            Ok(answer) => println!("ok {answer}"),
            Err(error) => println!("err {error}"),
        }
    }
    node.stop().await;
    Ok(())
}

async fn obey(node: &Node, line: &str) -> ergo::Result<String> {
    let words: Vec<&str> = line.split(' ').collect();
    match words[..] {
        ["add", to] => {
            let counter: CounterRef = node.at(("counter", to));
            Ok(counter.add(1).await?.to_string())
        }
        ["crash", to] => {
            let counter: CounterRef = node.at(("counter", to));
            counter.crash()?;
            Ok("sent".to_owned())
        }
        ["watch", to] => watch(node, to),
        ["greet", to] => Ok(node
            .call(("greeter", to), term!({hello, from_rust}))
            .await?
            .to_string()),
        ["epmd"] => Ok(epmd_role(node).to_owned()),
        _ => Ok("what?".to_owned()),
    }
}

// ANCHOR: watch
/// Monitors the counter of another node, and prints its end.
fn watch(node: &Node, to: &str) -> ergo::Result<String> {
    let name = to.to_owned();
    node.spawn_fn(async move |mut cx| {
        cx.monitor(("counter", name.as_str()));
        while let Some(message) = cx.receive().await {
            if let Message::Down(down) = message {
                println!("down {name} {}", down.reason);
                return;
            }
        }
    })?;
    Ok("watching".to_owned())
}
// ANCHOR_END: watch

fn epmd_role(node: &Node) -> &'static str {
    match node.epmd_status() {
        Some(MembershipStatus::Registered {
            role: Role::Server, ..
        }) => "server",
        Some(MembershipStatus::Registered {
            role: Role::Client, ..
        }) => "client",
        _ => "looking",
    }
}
