//! The program `ergo`: EPMD as a daemon of its own, and questions to whichever EPMD runs.
//!
//! It does what the program `epmd` of OTP does, with the same texts on standard output and the same exit status, so that
//! scripts can use either. What went wrong is on standard error.
//!
//! # Layout
//!
//! - `arguments`: the command line as types.
//! - `daemon`: `ergo epmd`, which runs until a signal or KILL.
//! - `commands`: `names`, `kill` and `stop`, one question each.

mod arguments;
mod commands;
mod daemon;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command, EpmdCommand};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Names(names) => commands::names(names.host.as_deref(), names.port.number()).await,
        Command::Epmd(epmd) => match epmd.checked_command() {
            None => daemon::run(epmd.daemon.server_options(epmd.port.number())).await,
            Some(EpmdCommand::Names) => commands::names(None, epmd.port.number()).await,
            Some(EpmdCommand::Kill) => commands::kill(epmd.port.number()).await,
            Some(EpmdCommand::Stop { name }) => commands::stop(name, epmd.port.number()).await,
        },
    }
}
