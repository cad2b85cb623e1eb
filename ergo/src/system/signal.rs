//! The signals of the operating system that tell a program to end.

use std::fmt;
use std::io;

use crate::node::Node;

/// A signal that tells a program to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signal {
    /// SIGTERM: what `kill`, systemd and container runtimes send.
    Terminate,
    /// SIGINT, or Ctrl-C.
    Interrupt,
}

impl Signal {
    /// The exit status of a program that the signal ends at once, as shells count it.
    pub fn exit_status(self) -> i32 {
        match self {
            Signal::Terminate => 143,
            Signal::Interrupt => 130,
        }
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Signal::Terminate => "SIGTERM",
            Signal::Interrupt => "SIGINT",
        })
    }
}

/// The signals as they come. While one of these lives, they do not end the program by themselves.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// Listens from now on; tokio does not give the signals back to the operating system afterwards.
    ///
    /// # Errors
    /// What the operating system says.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn listen() -> io::Result<Signals> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Signals {
                terminate: signal(SignalKind::terminate())?,
                interrupt: signal(SignalKind::interrupt())?,
            })
        }
        #[cfg(not(unix))]
        Ok(Signals {})
    }

    /// Waits for the next signal.
    ///
    /// # Cancel safety
    /// No signal is lost when the future is dropped; several of a kind may be one.
    pub async fn next(&mut self) -> Signal {
        #[cfg(unix)]
        {
            tokio::select! {
                _ = self.terminate.recv() => Signal::Terminate,
                _ = self.interrupt.recv() => Signal::Interrupt,
            }
        }
        #[cfg(not(unix))]
        {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            Signal::Interrupt
        }
    }

    /// Waits for a signal, stops the node in order, and meanwhile for another signal, which ends the program at once.
    pub(super) async fn stop(&mut self, node: &Node, on_first: impl FnOnce()) {
        let signal = self.next().await;
        on_first();
        tracing::info!(node = %node.name(), "{signal} received - shutting down");
        tokio::select! {
            () = node.stop() => {}
            second = self.next() => {
                tracing::error!("{second} received again - ending at once");
                std::process::exit(second.exit_status());
            }
        }
    }
}

impl Node {
    /// Waits for SIGTERM or Ctrl-C and then stops the node in order: what is left to do for a `main` that has started
    /// everything. A second signal ends the program at once. Also returns when the node is stopped by other means.
    ///
    /// `#[ergo::main]` handles signals by itself; in such a program this waits for the same end.
    ///
    /// # Errors
    /// An application has taken the node down, or the operating system refuses to tell of signals.
    pub async fn run_until_signal(&self) -> crate::error::Result {
        let mut signals = Signals::listen()?;
        tokio::select! {
            () = signals.stop(self, || ()) => {}
            () = self.wait_stopped() => {}
        }
        Ok(self.stopped().await?)
    }
}
