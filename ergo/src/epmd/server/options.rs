//! What can be set on a server.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use crate::wire::{Counters, Limits};

/// Where a [`Server`](crate::epmd::Server) listens, what it allows and what it keeps.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// Where to listen; all must succeed. By default 127.0.0.1 and the port 4369. None at all is a
    /// server for this process only.
    ///
    /// Looking names up is open to whoever can connect, so another address is a choice to make;
    /// registering, DUMP, KILL and STOP are for local peers at every address.
    pub addresses: Vec<SocketAddr>,
    /// Where to listen besides, as soon as that is possible: an address that is in use is tried again and again, one that
    /// this host does not have is left out. None by default. A port of 0 is that of the first address.
    pub also: Vec<SocketAddr>,
    /// Allows KILL while nodes are registered, and STOP; `-relaxed_command_check` of the real daemon.
    /// Off by default.
    pub relaxed_command_check: bool,
    /// Other hosts whose nodes may register, by address: for nodes that share this EPMD although they cannot run on its
    /// host. None by default, as with the real daemon. Looking such a node up gives its port, not its host.
    pub register_from: Vec<IpAddr>,
    /// The bounds whose names begin with `epmd`: the bytes of a request, the silence of a connection
    /// that holds no registration, and how many of those there may be.
    pub limits: Limits,
    /// The most names used before that are kept for DUMP. 1,000 by default.
    pub unused_names_max: usize,
    /// The creation of the first registration; by the clock when `None`, which is the default.
    pub first_creation: Option<u32>,
    /// Where refusals are counted.
    pub(crate) counters: Arc<Counters>,
}

impl ServerOptions {
    /// The port of EPMD, registered with IANA.
    pub const PORT: u16 = 4369;

    /// The defaults, listening at `address` only.
    #[must_use]
    pub fn at(address: SocketAddr) -> Self {
        Self {
            addresses: vec![address],
            ..Self::default()
        }
    }
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            addresses: vec![SocketAddr::from((Ipv4Addr::LOCALHOST, Self::PORT))],
            also: Vec::new(),
            relaxed_command_check: false,
            register_from: Vec::new(),
            limits: Limits::default(),
            unused_names_max: 1_000,
            first_creation: None,
            counters: Arc::default(),
        }
    }
}
