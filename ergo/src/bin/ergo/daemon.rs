//! `ergo epmd`: the daemon.

use std::io::{self, Write};
use std::process::ExitCode;

use ergo::Signals;
use ergo::epmd::{Client, EpmdError, Server, ServerOptions};

use crate::commands::complain;

/// Serves until a signal or KILL, both of which are an orderly end.
pub(crate) async fn run(options: ServerOptions) -> ExitCode {
    // From before anybody can know of the daemon, so that no signal finds it unprepared.
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            complain(&format!("cannot listen for signals: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let server = match Server::bind(options) {
        Ok(server) => server,
        Err(error) => return not_bound(&error).await,
    };
    for address in server.addresses() {
        // Whoever started it may not want to read that.
        let _ = writeln!(io::stdout(), "epmd: listening at {address}");
    }
    tokio::select! {
        () = server.killed() => {}
        _ = signals.next() => {}
    }
    server.stop().await;
    ExitCode::SUCCESS
}

/// Another EPMD at the address is as good as this one would have been.
async fn not_bound(error: &EpmdError) -> ExitCode {
    if let EpmdError::Listen { address, kind } = error
        && *kind == io::ErrorKind::AddrInUse
        && Client::new(*address).names().await.is_ok()
    {
        complain(&format!(
            "there is already a epmd running at port {}",
            address.port()
        ));
        return ExitCode::SUCCESS;
    }
    complain(&error.to_string());
    ExitCode::FAILURE
}
