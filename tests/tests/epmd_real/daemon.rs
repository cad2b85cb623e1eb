//! The real daemon and ours, started on a free loopback port and ended when dropped.

use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use ergo::epmd::{Server, ServerOptions};
use tokio::runtime::Runtime;

use crate::wait::{free_address, until};

/// A child process that is ended, by its id, when this is dropped.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    /// Ends it at once, as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A running EPMD.
pub(crate) enum Daemon {
    /// The program `epmd`.
    Real {
        address: SocketAddr,
        process: Process,
    },
    /// Our server, on a runtime of its own.
    Ours { server: Server, _runtime: Runtime },
}

impl Daemon {
    /// Starts `epmd` and waits until it listens.
    pub(crate) fn real(relaxed: bool) -> Self {
        let address = free_address();
        let mut command = Command::new("epmd");
        command.args(["-port", &address.port().to_string()]);
        command.args(["-address", "127.0.0.1"]);
        if relaxed {
            command.arg("-relaxed_command_check");
        }
        command.stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let process = Process(command.spawn().expect("epmd can be started"));
        until("epmd listens", || TcpStream::connect(address).is_ok());
        Self::Real { address, process }
    }

    /// Starts our server.
    pub(crate) fn ours(relaxed: bool) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let entered = runtime.enter();
        let mut options = ServerOptions::at(free_address());
        options.relaxed_command_check = relaxed;
        let server = Server::bind(options).expect("the port is free");
        drop(entered);
        Self::Ours {
            server,
            _runtime: runtime,
        }
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        match self {
            Self::Real { address, .. } => *address,
            Self::Ours { server, .. } => server.address(),
        }
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        match self {
            Self::Real { process, .. } => process.0.try_wait().is_ok_and(|status| status.is_some()),
            Self::Ours { server, .. } => TcpStream::connect(server.address()).is_err(),
        }
    }
}
