//! Measures ergo against rivals, in alternation, and prints one table.
//!
//! ```text
//! cargo run --release -p ergo-tests --bin bench -- local [WORKLOAD..] [--quick] [--json]
//! cargo run --release -p ergo-tests --features bench --bin bench -- local        # with ractor and kameo
//! ```
//!
//! # Layout
//!
//! - [`options`]: the command line.
//! - [`rounds`]: one contender after the other, round by round.
//! - [`report`]: medians, spread, the ratio to the rival, as a table or as JSON.
//! - [`local`]: processes of one node.

mod local;
mod options;
mod report;
mod rounds;

use options::{Command, USAGE};

fn main() -> std::process::ExitCode {
    match options::parse(std::env::args().skip(1)) {
        Ok(Command::Local(options)) => report::print(&local::run(&options), options.json),
        Ok(Command::MemoryProbe {
            contender,
            processes,
        }) => local::probe(contender, processes),
        Err(message) => {
            eprintln!("bench: {message}\n{USAGE}");
            return std::process::ExitCode::from(2);
        }
    }
    std::process::ExitCode::SUCCESS
}
