//! A cluster on this machine, with one command: three nodes in three processes of the operating system, and an Erlang
//! node beside them where an `erl` is installed.
//!
//! ```text
//! cargo run --release -p ergo-examples --bin cluster
//! cargo run --release -p ergo-examples --bin cluster -- --keep
//! ```
//!
//! It ends by itself with `cluster ok` and status 0, or says which step failed, with status 1.

#![allow(
    unreachable_pub,
    reason = "the modules of a program are read, not linked to"
)]

mod child;
mod erlang;
mod member;
mod story;

use std::process::ExitCode;

use clap::Parser;

/// Runs a cluster of three nodes on 127.0.0.1 and shows what it does.
#[derive(Parser, Clone)]
struct Arguments {
    /// The port of EPMD; any free one unless given, so that an EPMD of this machine is not disturbed.
    #[arg(long)]
    epmd_port: Option<u16>,
    /// The secret that the nodes share.
    #[arg(long, default_value = "cluster-secret")]
    cookie: String,
    /// Leave the cluster up at the end, and say what to type to join it.
    #[arg(long)]
    keep: bool,
    /// Do not start an Erlang node, even if there is one.
    #[arg(long)]
    no_erlang: bool,
    /// Run as one member of the cluster. Used by the program itself.
    #[arg(long, hide = true)]
    member: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.member.clone() {
        Some(name) => member::run(&name, &arguments)
            .await
            .map_err(|error| error.to_string()),
        None => story::tell(&arguments).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
