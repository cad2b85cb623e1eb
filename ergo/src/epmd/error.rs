//! What can go wrong with EPMD, by cause.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;

use crate::epmd::codec::{AliveName, RequestEncodeError, ResponseError};

/// Why an exchange with EPMD, or running one, failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EpmdError {
    /// Nobody listens at the address: no EPMD runs there.
    #[error("no EPMD at {address}: connection refused")]
    Refused {
        /// Where it was looked for.
        address: SocketAddr,
    },
    /// The exchange, from connecting on, took longer than allowed.
    #[error("EPMD at {address} did not answer within {timeout:?}")]
    Timeout {
        /// Whom we asked.
        address: SocketAddr,
        /// How long we waited.
        timeout: Duration,
    },
    /// The answer is none that an EPMD gives.
    #[error("EPMD at {address} gave a malformed answer")]
    Malformed {
        /// Whom we asked.
        address: SocketAddr,
        /// What is wrong with the answer.
        #[source]
        source: ResponseError,
    },
    /// The name is registered by another node.
    #[error(
        "the node name {name} is taken at EPMD {address}{}",
        holder_port.map(|port| format!(" by a node at port {port}")).unwrap_or_default()
    )]
    NameTaken {
        /// The alive name.
        name: AliveName,
        /// The EPMD that refused it.
        address: SocketAddr,
        /// Where the holder of the name listens, if EPMD could be asked.
        holder_port: Option<u16>,
    },
    /// The connection that holds the registration was closed: EPMD ended or dropped it.
    #[error("the registration at EPMD {address} was lost")]
    Lost {
        /// The EPMD that held it.
        address: SocketAddr,
    },
    /// The request is too long to be sent.
    #[error("the request to EPMD cannot be sent")]
    TooLong(#[from] RequestEncodeError),
    /// The embedded server cannot listen at the address.
    #[error("EPMD cannot listen at {address}: {kind}")]
    Listen {
        /// Where it wanted to.
        address: SocketAddr,
        /// Why not; [`io::ErrorKind::AddrInUse`] when another one does.
        kind: io::ErrorKind,
    },
    /// Any other failure of the connection.
    #[error("the connection to EPMD at {address} failed: {kind}")]
    Io {
        /// Whom we asked.
        address: SocketAddr,
        /// What the operating system said.
        kind: io::ErrorKind,
    },
    /// The embedded server has ended.
    #[error("the embedded EPMD has stopped")]
    Stopped,
}
