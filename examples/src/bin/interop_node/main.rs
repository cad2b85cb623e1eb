//! A node to poke from an `erl` or `iex` shell, and for checks written in other languages.
//!
//! ```text
//! cargo run --release -p ergo-examples --bin interop_node -- --name rust@127.0.0.1 --cookie secret
//! ```
//!
//! It prints `ready NAME port PORT` when it can be connected to, and stops in order on SIGTERM and Ctrl-C.

#![allow(
    unreachable_pub,
    reason = "the modules of a program are read, not linked to"
)]

mod bank;
mod counter;
mod crasher;
mod echo;
mod functions;
mod relay;
mod worker;

use std::ops::RangeInclusive;
use std::process::ExitCode;

use clap::Parser;
use ergo::prelude::*;
use tokio::signal::unix::{SignalKind, signal};

/// A node with servers to talk to from Erlang and Elixir.
#[derive(Parser)]
struct Arguments {
    /// The node's name.
    #[arg(long, default_value = "rust@127.0.0.1")]
    name: String,
    /// The secret that all nodes share.
    #[arg(long)]
    cookie: String,
    /// Do not appear in `nodes()` of the peers.
    #[arg(long)]
    hidden: bool,
    /// The port to listen on, or a range of which the first free one is taken: `9100` or `9100..=9105`.
    #[arg(long, default_value = "0", value_parser = parse_ports)]
    listen: RangeInclusive<u16>,
    /// The port of EPMD.
    #[arg(long)]
    epmd_port: Option<u16>,
    /// After how many seconds a silent peer is taken for lost.
    #[arg(long, default_value_t = 60)]
    ticktime: u64,
}

fn parse_ports(text: &str) -> Result<RangeInclusive<u16>, String> {
    let port = |text: &str| {
        text.parse::<u16>()
            .map_err(|error| format!("{text:?} is not a port: {error}"))
    };
    let (first, last) = match text.split_once("..") {
        Some((first, last)) => (port(first)?, port(last.trim_start_matches('='))?),
        None => (port(text)?, port(text)?),
    };
    if first > last {
        return Err(format!("the range {text} is empty"));
    }
    Ok(first..=last)
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(log_filter())
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("interop_node: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Warnings and errors, unless `RUST_LOG` says otherwise.
fn log_filter() -> tracing_subscriber::EnvFilter {
    tracing_subscriber::EnvFilter::builder()
        .with_default_directive(tracing::Level::WARN.into())
        .from_env_lossy()
}

async fn run(arguments: Arguments) -> ergo::Result {
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut builder = Node::builder(&arguments.name)
        .cookie(&arguments.cookie)
        .listen(arguments.listen)
        .tick_time(secs(arguments.ticktime));
    builder = if arguments.hidden {
        builder.hidden()
    } else {
        builder.visible()
    };
    if let Some(port) = arguments.epmd_port {
        builder = builder.epmd_port(port);
    }
    let node = builder.start().await?;
    functions::register(&node).await?;
    let sup = supervisor().start(&node).await?;
    println!(
        "ready {} port {}",
        node.name().as_str(),
        node.port().unwrap_or_default()
    );
    let ended = tokio::select! {
        _ = term.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        ended = sup.join() => ended,
    };
    node.stop().await;
    ended
}

// ANCHOR: supervisor
fn supervisor() -> Supervisor {
    Supervisor::one_for_one()
        .name("sup")
        .intensity(10, secs(10))
        .child(echo::Echo::spec(()))
        .child(counter::Counter::spec(0))
        .child(bank::Bank::spec(()))
        .child(crasher::Crasher::spec(crasher::Starts::default()))
        .child(ChildSpec::from_fn("relay", relay::run).name("relay"))
}
// ANCHOR_END: supervisor
