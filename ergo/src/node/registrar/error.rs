//! What a registrar may say instead of an answer.

use std::net::SocketAddr;

use crate::dist::NodeName;
use crate::epmd::EpmdError;
use crate::epmd::codec::NameError;
use crate::node::{ConnectError, StartError};

/// Why a node is not registered, or not found.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrarError {
    /// The node is not registered: it does not run.
    #[error("the node is not registered{}", at(.epmd.as_ref()))]
    Unknown {
        /// The EPMD that was asked, if it was one.
        epmd: Option<SocketAddr>,
    },
    /// The part of the name before the `@` cannot be registered.
    #[error("the name cannot be registered")]
    BadName(#[from] NameError),
    /// EPMD cannot be asked, or refuses.
    #[error("EPMD does not serve")]
    Epmd(#[from] EpmdError),
    /// The host in the name of the node is unknown.
    #[error("the host {host} cannot be resolved: {reason}")]
    Resolve {
        /// The host.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// Anything else.
    #[error("{reason}")]
    Failed {
        /// What.
        reason: String,
    },
}

fn at(epmd: Option<&SocketAddr>) -> String {
    epmd.map(|address| format!(" at EPMD {address}"))
        .unwrap_or_default()
}

impl RegistrarError {
    /// An error of the service behind a registrar of one's own.
    pub fn failed(reason: impl std::fmt::Display) -> RegistrarError {
        RegistrarError::Failed {
            reason: reason.to_string(),
        }
    }

    /// As the error of an attempt to connect to `target`.
    pub(in crate::node) fn of_dial(self, target: &NodeName) -> ConnectError {
        let node = target.atom().clone();
        match self {
            RegistrarError::Unknown {
                epmd: Some(address),
            } => ConnectError::Unknown { node, address },
            RegistrarError::Epmd(source) => ConnectError::Epmd { node, source },
            RegistrarError::Resolve { host, reason } => ConnectError::Resolve { host, reason },
            source => ConnectError::Registrar { node, source },
        }
    }
}

impl From<RegistrarError> for StartError {
    fn from(error: RegistrarError) -> StartError {
        match error {
            RegistrarError::Epmd(error) => StartError::Epmd(error),
            RegistrarError::BadName(error) => StartError::BadAliveName(error),
            error => StartError::Registrar(error),
        }
    }
}
