//! What can be set on a membership, and what can be seen of it.

use std::net::SocketAddr;
use std::time::Duration;

use crate::epmd::{Client, EpmdError, ServerOptions};

/// How a node becomes known to its host's EPMD, and how it stays so.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MembershipOptions {
    /// Whether the node runs the server.
    pub mode: Mode,
    /// Of the server, when this node runs it. The first address is also where the node looks for
    /// another one's.
    pub server: ServerOptions,
    /// For one exchange with another node's server, and for joining. 5 s by default.
    pub timeout: Duration,
    /// After a loss every node waits a random time up to this one, so that not all try to take over
    /// at once. 100 ms by default.
    pub jitter_max: Duration,
    /// The first pause between attempts to register again; it doubles. 100 ms by default.
    pub retry_min: Duration,
    /// The longest pause between attempts. 2 s by default, as in OTP.
    pub retry_max: Duration,
}

/// Whether a node runs the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Mode {
    /// When nobody else does.
    #[default]
    Embedded,
    /// Never: some other program is the server.
    ClientOnly,
    /// Always: joining fails when there is another one.
    ServerOnly,
}

/// Which part a node plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It runs the server.
    Server,
    /// It is registered with another one's server.
    Client,
}

/// How a membership stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MembershipStatus {
    /// The node is registered.
    Registered {
        /// Which part it plays.
        role: Role,
        /// The creation this registration was given. A node keeps its first one
        /// ([`Membership::creation`](crate::epmd::Membership::creation)), as OTP's do.
        creation: u32,
        /// How often it has been registered, with this time: more than 1 means again after a loss.
        registrations: u64,
    },
    /// It is not, and attempts go on. The cause is that of the loss and then of the last attempt:
    /// [`EpmdError::NameTaken`] when another node has taken the name meanwhile.
    Lost {
        /// What went wrong last.
        cause: EpmdError,
    },
    /// It has left, on its own wish.
    Left,
}

impl MembershipOptions {
    /// The defaults with EPMD at `address`.
    #[must_use]
    pub fn at(address: SocketAddr) -> Self {
        Self {
            server: ServerOptions::at(address),
            ..Self::default()
        }
    }

    /// The same options with another mode.
    #[must_use]
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// A client of the server this node looks for.
    #[must_use]
    pub fn client(&self) -> Client {
        let default = || SocketAddr::from(([127, 0, 0, 1], ServerOptions::PORT));
        let address = self.server.addresses.first().copied();
        Client::new(address.unwrap_or_else(default)).timeout(self.timeout)
    }
}

impl Default for MembershipOptions {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            server: ServerOptions::default(),
            timeout: Client::TIMEOUT,
            jitter_max: Duration::from_millis(100),
            retry_min: Duration::from_millis(100),
            retry_max: Duration::from_secs(2),
        }
    }
}
