//! Measures ergo against rivals, in alternation, and prints one table.
//!
//! ```text
//! cargo run --release -p ergo-tests --bin bench -- local [WORKLOAD..] [--quick] [--json]
//! cargo run --release -p ergo-tests --bin bench -- codec [WORKLOAD..] [--json]
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

mod codec;
mod local;
mod options;
mod report;
mod rounds;

use options::{Command, USAGE};

fn main() -> std::process::ExitCode {
    match options::parse(std::env::args().skip(1)) {
        Ok(Command::Local(options)) => report::print(&local::run(&options), options.json),
        Ok(Command::Codec(options)) => match codec::run(&options) {
            Ok(rows) => report::print(&rows, options.json),
            Err(message) => return refuse(&message),
        },
        Ok(Command::Help) => println!("{USAGE}"),
        Ok(Command::Probe {
            probe,
            contender,
            processes,
            workers,
        }) => probe.print(contender, processes, workers),
        Err(message) => return refuse(&format!("{message}\n{USAGE}")),
    }
    std::process::ExitCode::SUCCESS
}

fn refuse(message: &str) -> std::process::ExitCode {
    eprintln!("bench: {message}");
    std::process::ExitCode::from(2)
}
