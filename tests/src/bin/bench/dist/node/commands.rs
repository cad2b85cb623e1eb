//! The program: starts the node, and runs what it is told on its standard input.

use std::io::{BufRead, Write};
use std::time::Duration;

use ergo::prelude::*;

use super::receiver;
use super::sender;

/// More than the slowest pair needs for the longest workload.
const MEASUREMENT_MAX: Duration = Duration::from_secs(600);

/// Runs a node of this name until the end of the input.
pub(crate) fn main(name: &str, cookie: &str, epmd_port: u16) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let node = runtime.block_on(start(name, cookie, epmd_port))?;
    say("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let &[workload, receiver, operations] = words.as_slice() else {
            return Err(format!("`{line}` is no command"));
        };
        let operations = operations.parse().map_err(|_| "not a number")?;
        let measured = sender::run(&node, workload, receiver, operations);
        let measured = async { tokio::time::timeout(MEASUREMENT_MAX, measured).await };
        let values = runtime
            .block_on(measured)
            .map_err(|_| format!("`{line}` does not end"))??;
        let values: Vec<String> = values.iter().map(u64::to_string).collect();
        say(&format!("ok {}", values.join(" ")));
    }
    runtime.block_on(node.stop());
    Ok(())
}

async fn start(name: &str, cookie: &str, epmd_port: u16) -> Result<Node, String> {
    let node = Node::builder(name)
        .cookie(cookie)
        .epmd_port(epmd_port)
        .visible();
    let node = node.start().await.map_err(|error| error.to_string())?;
    receiver::start(&node).await?;
    Ok(node)
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody reads it any more: the end of the input comes next.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
