//! What can go wrong with a node, by cause.

use std::net::SocketAddr;
use std::time::Duration;

use crate::dist::NodeNameError;
use crate::dist::handshake::HandshakeError;
use crate::epmd::EpmdError;
use crate::epmd::codec::NameError;
use crate::etf::Atom;
use crate::net::HandshakeFailure;
#[cfg(feature = "tls")]
use crate::net::TlsError;
use crate::node::registrar::RegistrarError;
use crate::node::routes::RouteError;
use crate::wire::cookie::CookieError;

/// Why a node did not start. Nothing of it is left behind: no port, no name at EPMD.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The name is no node name.
    #[error("{name:?} is not a node name")]
    BadName {
        /// What was given.
        name: String,
        /// What is wrong with it.
        source: NodeNameError,
    },
    /// The part before the `@` cannot be registered at EPMD.
    #[error("the node name cannot be registered at EPMD")]
    BadAliveName(#[from] NameError),
    /// There is no cookie: none was given, and the user's file cannot be used.
    #[error("no cookie")]
    Cookie(#[from] CookieError),
    /// A node called `undefined` has no name, and nobody was said to give it one.
    #[error("{name} has no name yet: say which node gives it one, with named_by")]
    NoNamer {
        /// What was given.
        name: String,
    },
    /// A node that has a name is not given another one.
    #[error("{name} has a name: a node that is given one is called undefined")]
    HasName {
        /// What was given.
        name: String,
    },
    /// The node that was to give this one its name did not.
    #[error("{namer} did not give this node a name")]
    Unnamed {
        /// The node that was asked.
        namer: Box<crate::dist::NodeName>,
        /// Why not.
        source: ConnectError,
    },
    /// None of the ports can be listened on.
    #[error("cannot listen on {address} at {}: {reason}", ports(*.first, *.last))]
    Listen {
        /// The address.
        address: std::net::IpAddr,
        /// The first port tried.
        first: u16,
        /// The last port tried.
        last: u16,
        /// What the operating system said of the last one.
        reason: String,
    },
    /// EPMD did not register the node: its name is taken, or it cannot be reached.
    #[error("cannot register the node")]
    Epmd(#[from] EpmdError),
    /// The registrar of the node did not register it.
    #[error("cannot register the node")]
    Registrar(#[source] RegistrarError),
    /// A route cannot be used.
    #[error("a route of the node cannot be used")]
    Route(#[from] RouteError),
    /// The node was not started inside a tokio runtime.
    #[error("a node needs a tokio runtime: start it inside #[ergo::main] or #[tokio::main]")]
    NoRuntime,
    /// The operating system gives no random numbers.
    #[error(transparent)]
    NoRandom(#[from] NoRandom),
    /// A process that every node has did not start.
    #[error("a system process did not start")]
    System(#[from] crate::process::SpawnError),
}

fn ports(first: u16, last: u16) -> String {
    if first == last {
        format!("port {first}")
    } else {
        format!("any port of {first}..={last}")
    }
}

/// Why there is no connection to a node.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The name is no node name.
    #[error("{name:?} is not a node name")]
    BadName {
        /// What was given.
        name: String,
        /// What is wrong with it.
        source: NodeNameError,
    },
    /// A node with a long name and one with a short name cannot meet.
    #[error("{node} cannot be reached: long and short node names do not mix")]
    NameLength {
        /// The other node.
        node: Atom,
    },
    /// This node has no distribution.
    #[error("this node was started without distribution")]
    NotDistributed,
    /// The host is unknown.
    #[error("the host {host} cannot be resolved: {reason}")]
    Resolve {
        /// The part of the name after the `@`.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// EPMD of the other host cannot be asked.
    #[error("cannot ask EPMD for {node}")]
    Epmd {
        /// The other node.
        node: Atom,
        /// Why not.
        source: EpmdError,
    },
    /// EPMD of the other host does not know the node: it does not run.
    #[error("{node} is not registered at EPMD {address}: it does not run")]
    Unknown {
        /// The other node.
        node: Atom,
        /// The EPMD that was asked.
        address: SocketAddr,
    },
    /// Nobody listens where EPMD says the node is.
    #[error("{node} does not answer at {address}: {reason}")]
    Refused {
        /// The other node.
        node: Atom,
        /// Where it was looked for.
        address: SocketAddr,
        /// What the operating system said.
        reason: String,
    },
    /// The registrar does not say where the node is.
    #[error("{node} is not to be found")]
    Registrar {
        /// The other node.
        node: Atom,
        /// Why not.
        source: RegistrarError,
    },
    /// The other node speaks TLS there, and this one dialled it without.
    #[error("{node} speaks TLS{}, and was dialled without", at(.address))]
    TlsPeer {
        /// The other node.
        node: Atom,
        /// Where it was dialled, if it was by TCP.
        address: Option<SocketAddr>,
    },
    /// There is no TLS connection to the other node.
    #[cfg(feature = "tls")]
    #[error("no TLS connection to {node}{}", at(.address))]
    Tls {
        /// The other node.
        node: Atom,
        /// Where it was dialled, if it was by TCP.
        address: Option<SocketAddr>,
        /// Why not.
        source: TlsError,
    },
    /// The handshake failed: another cookie, not allowed, and so on.
    #[error("the handshake with {node} failed")]
    Handshake {
        /// The other node.
        node: Atom,
        /// Why.
        source: HandshakeError,
    },
    /// This node may not connect to it: its list of allowed nodes does not have it.
    #[error("{node} is not among the nodes that this one allows")]
    NotAllowed {
        /// The other node.
        node: Atom,
    },
    /// This node may not connect to it: its own [`Authentication`](crate::Authentication) says no.
    #[error("the authentication of this node refuses {node}")]
    Unauthenticated {
        /// The other node.
        node: Atom,
    },
    /// This node makes no connection to it unless it is asked to.
    #[error("{node} is not connected, and this node does not connect to it by itself")]
    NotAutomatic {
        /// The other node.
        node: Atom,
    },
    /// Nothing happened for too long.
    #[error("no connection to {node} within {timeout:?}")]
    Timeout {
        /// The other node.
        node: Atom,
        /// How long was waited.
        timeout: Duration,
    },
    /// This node gave up its attempt for one of the other node, which came to nothing.
    #[error("{node} was connecting to this node itself, and that came to nothing")]
    TheirsFailed {
        /// The other node.
        node: Atom,
    },
    /// The number of connections is limited, and the limit reached.
    #[error(
        "no connection to {node}: there would be {count} connections, and {max} may be (peers_max)"
    )]
    TooMany {
        /// The other node.
        node: Atom,
        /// How many connections there would be.
        count: usize,
        /// The limit.
        max: usize,
    },
    /// The operating system gives no random numbers, without which no handshake is safe.
    #[error(transparent)]
    NoRandom(#[from] NoRandom),
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopping,
}

fn at(address: &Option<SocketAddr>) -> String {
    address
        .map(|address| format!(" at {address}"))
        .unwrap_or_default()
}

impl ConnectError {
    /// What a failed handshake with a node is.
    pub(super) fn of_handshake(
        node: &Atom,
        address: Option<SocketAddr>,
        failure: HandshakeFailure,
    ) -> ConnectError {
        let node = node.clone();
        match failure {
            HandshakeFailure::Protocol(source) => ConnectError::Handshake { node, source },
            // Said by the listening side alone.
            HandshakeFailure::TooLate => ConnectError::TheirsFailed { node },
            HandshakeFailure::TlsPeer => ConnectError::TlsPeer { node, address },
            #[cfg(feature = "tls")]
            HandshakeFailure::Tls(source) => ConnectError::Tls {
                node,
                address,
                source,
            },
            HandshakeFailure::Io(error) => ConnectError::Refused {
                node,
                address: address.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0))),
                reason: error.to_string(),
            },
        }
    }
}

/// Why the cookies or the list of allowed nodes were not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// The name is no node name.
    #[error("{name:?} is not a node name")]
    BadName {
        /// What was given.
        name: String,
        /// What is wrong with it.
        source: NodeNameError,
    },
    /// The text is no cookie.
    #[error("no cookie")]
    Cookie(#[from] crate::wire::cookie::CookieError),
    /// This node has no distribution.
    #[error("this node was started without distribution")]
    NotDistributed,
}

/// The operating system gives no random numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random numbers: {0}")]
pub struct NoRandom(pub(super) String);

/// Why a name did not give a handle.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WhereisError {
    /// Nobody has this name.
    #[error("no process is registered as {0}")]
    NotRegistered(String),
    /// The process with this name is of another actor.
    #[error("{name} is a {found}, not a {wanted}")]
    WrongType {
        /// The name.
        name: String,
        /// The actor it is of.
        found: &'static str,
        /// The actor the handle is for.
        wanted: &'static str,
    },
}
