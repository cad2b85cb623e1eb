//! How a node is found and reached: by EPMD and TCP, unless it was given another way.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use async_trait::async_trait;
use tokio::net::TcpStream;

use crate::dist::{Creation, NodeName};
use crate::epmd::codec::{AliveName, NodeEntry};
use crate::epmd::{Client, Membership, MembershipOptions};
use crate::net::{self, Listener, Stream};
use crate::node::{ConnectError, NodeBuilder, StartError};

/// What carries the connections of a node. It knows nothing of what goes over them.
#[async_trait]
pub(crate) trait Carrier: Send + Sync {
    /// Makes the node known under its name, and gives what it is reached by.
    async fn join(&self, name: &NodeName) -> Result<Joined, StartError>;

    /// A stream to another node, on which nothing has been said yet.
    async fn dial(&self, target: &NodeName) -> Result<Stream, ConnectError>;
}

/// What a node that has made itself known has.
pub(crate) struct Joined {
    /// Where other nodes connect.
    pub(crate) listener: Listener,
    /// What tells this incarnation of the name from earlier ones.
    pub(crate) creation: Creation,
    /// Its place at EPMD, if that is how it is known.
    pub(crate) membership: Option<Membership>,
}

/// TCP, and EPMD to find the port.
pub(super) struct Tcp {
    listen_address: IpAddr,
    ports: RangeInclusive<u16>,
    epmd: SocketAddr,
    membership: MembershipOptions,
}

impl Tcp {
    pub(super) fn new(builder: &NodeBuilder) -> Tcp {
        Tcp {
            listen_address: builder.listen_address,
            ports: builder.ports.clone(),
            epmd: builder.epmd,
            membership: builder.membership_options(),
        }
    }

    fn listen(&self) -> Result<Listener, StartError> {
        Listener::bind(self.listen_address, self.ports.clone()).map_err(|error| {
            StartError::Listen {
                address: self.listen_address,
                first: *self.ports.start(),
                last: *self.ports.end(),
                reason: error.to_string(),
            }
        })
    }

    /// The EPMD of a node's host.
    async fn epmd_of(&self, host: &str) -> Result<SocketAddr, ConnectError> {
        let unresolved = |reason: String| ConnectError::Resolve {
            host: host.to_owned(),
            reason,
        };
        let mut addresses = tokio::net::lookup_host((host, self.epmd.port()))
            .await
            .map_err(|error| unresolved(error.to_string()))?;
        addresses
            .next()
            .ok_or_else(|| unresolved("no address".to_owned()))
    }
}

#[async_trait]
impl Carrier for Tcp {
    async fn join(&self, name: &NodeName) -> Result<Joined, StartError> {
        let listener = self.listen()?;
        let entry = NodeEntry::named(name.name(), listener.address().port())?;
        let membership = Membership::join(entry, self.membership.clone()).await?;
        let creation = Creation::new(membership.creation().max(1));
        Ok(Joined {
            listener,
            creation: creation.unwrap_or_else(|| unreachable!("at least 1")),
            membership: Some(membership),
        })
    }

    /// Asks EPMD of the node's host for its port, and connects to it.
    async fn dial(&self, target: &NodeName) -> Result<Stream, ConnectError> {
        let node = target.atom().clone();
        let epmd = self.epmd_of(target.host()).await?;
        let unknown = || ConnectError::Unknown {
            node: node.clone(),
            address: epmd,
        };
        let name = AliveName::new(target.name()).map_err(|_| unknown())?;
        let entry = Client::new(epmd)
            .port_please(&name)
            .await
            .map_err(|source| ConnectError::Epmd {
                node: node.clone(),
                source,
            })?
            .ok_or_else(unknown)?;
        let address = SocketAddr::new(epmd.ip(), entry.port);
        let refused = |error: std::io::Error| ConnectError::Refused {
            node: node.clone(),
            address,
            reason: error.to_string(),
        };
        let stream = TcpStream::connect(address).await.map_err(refused)?;
        net::prepare(&stream).map_err(refused)?;
        Ok(stream.into())
    }
}
