//! Measures ergo against rivals, in alternation, and prints one table.
//!
//! ```text
//! cargo run --release -p ergo-tests --bin bench -- local [WORKLOAD..] [--quick] [--json]
//! cargo run --release -p ergo-tests --bin bench -- codec [WORKLOAD..] [--json]
//! cargo run --release -p ergo-tests --bin bench -- dist [WORKLOAD..] [--only PAIR] [--quick] [--json]
//! cargo run --release -p ergo-tests --bin bench -- start [--quick] [--json]
//! cargo run --release -p ergo-tests --features bench --bin bench -- local|codec  # with the rivals that are crates
//! ```
//!
//! # Layout
//!
//! - [`options`]: the command line.
//! - [`rounds`]: one contender after the other, round by round.
//! - [`report`]: medians, spread, the ratio to the rival, as a table or as JSON.
//! - [`local`]: processes of one node.
//! - [`codec`]: the External Term Format.
//! - [`dist`]: two programs that are nodes, of ergo and of Erlang.
//! - [`start`]: from exec to a node that can be connected to.

mod codec;
mod dist;
mod local;
mod options;
mod report;
mod rounds;
mod start;

use options::{Command, USAGE};

fn main() -> std::process::ExitCode {
    let command = match options::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(message) => return refuse(&format!("{message}\n{USAGE}")),
    };
    match run(command) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(message) => refuse(&message),
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Local(options) => report::print(&local::run(&options), options.json),
        Command::Codec(options) => report::print(&codec::run(&options)?, options.json),
        Command::Dist(options) => report::print(&dist::run(&options)?, options.json),
        Command::Start(options) => report::print(&start::run(&options)?, options.json),
        Command::Help => println!("{USAGE}"),
        Command::Probe {
            probe,
            contender,
            processes,
            workers,
        } => probe.print(contender, processes, workers),
        Command::Node {
            name,
            cookie,
            epmd_port,
        } => return dist::node(&name, &cookie, epmd_port),
        Command::Program {
            kind,
            name,
            cookie,
            epmd_port,
        } => return start::program(kind, &name, &cookie, epmd_port),
    }
    Ok(())
}

fn refuse(message: &str) -> std::process::ExitCode {
    eprintln!("bench: {message}");
    std::process::ExitCode::from(2)
}
