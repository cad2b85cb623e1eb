//! Nodes known by EPMD, as in OTP.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use async_trait::async_trait;

use super::{Registered, Registrar, RegistrarError, Registration};
use crate::dist::NodeName;
use crate::epmd::codec::{AliveName, NodeEntry};
use crate::epmd::{Client, EpmdError, Membership, MembershipOptions};

/// EPMD: each node registers with that of its host, and asks that of the host in the name of another one.
///
/// It is what nodes have unless they are given another [`Registrar`]. How the node takes part in EPMD is said to the
/// builder, as [`NodeBuilder::epmd_port`](crate::NodeBuilder::epmd_port) and
/// [`NodeBuilder::embedded_epmd`](crate::NodeBuilder::embedded_epmd), or here.
#[derive(Debug, Clone)]
pub struct EpmdRegistrar {
    options: MembershipOptions,
}

impl EpmdRegistrar {
    /// Takes part in EPMD as these options say. Their first address is that of this host's EPMD; other hosts are asked at
    /// the same port.
    #[must_use]
    pub fn new(options: MembershipOptions) -> EpmdRegistrar {
        EpmdRegistrar { options }
    }

    fn port(&self) -> u16 {
        self.options.client().address().port()
    }

    /// All addresses of a host.
    async fn addresses_of(&self, host: &str) -> Result<Vec<IpAddr>, RegistrarError> {
        let unresolved = |reason: String| RegistrarError::Resolve {
            host: host.to_owned(),
            reason,
        };
        let found = tokio::net::lookup_host((host, self.port()))
            .await
            .map_err(|error| unresolved(error.to_string()))?;
        let mut addresses = Vec::new();
        for address in found.map(|address| address.ip()) {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.is_empty() {
            return Err(unresolved("no address".to_owned()));
        }
        Ok(addresses)
    }

    async fn ask(
        &self,
        host: IpAddr,
        name: &AliveName,
        timeout: Duration,
    ) -> Result<u16, RegistrarError> {
        let epmd = SocketAddr::new(host, self.port());
        let entry = Client::new(epmd).timeout(timeout).port_please(name).await?;
        let unknown = RegistrarError::Unknown { epmd: Some(epmd) };
        entry.map(|entry| entry.port).ok_or(unknown)
    }
}

#[async_trait]
impl Registrar for EpmdRegistrar {
    async fn register(&self, node: &Registration) -> Result<Registered, RegistrarError> {
        let entry = NodeEntry::named(node.name.name(), node.address.port())?;
        let membership = Membership::join(entry, self.options.clone()).await?;
        Ok(Registered::at_epmd(membership))
    }

    /// Asks EPMD at each address of the host until one knows the node. EPMD says no more than a port, so the other
    /// addresses of the host come after the one that answered: the node may listen on IPv6 alone.
    async fn resolve(&self, name: &NodeName) -> Result<Vec<SocketAddr>, RegistrarError> {
        let hosts = self.addresses_of(name.host()).await?;
        let Ok(alive) = AliveName::new(name.name()) else {
            let epmd = hosts
                .first()
                .map(|host| SocketAddr::new(*host, self.port()));
            return Err(RegistrarError::Unknown { epmd });
        };
        let mut reason = RegistrarError::Unknown { epmd: None };
        // An address that swallows everything is no reason not to ask at the next.
        let share = Client::TIMEOUT / u32::try_from(hosts.len()).unwrap_or(u32::MAX);
        for host in &hosts {
            match self.ask(*host, &alive, share).await {
                Ok(port) => {
                    let others = hosts.iter().filter(|other| *other != host);
                    let all = std::iter::once(host).chain(others);
                    return Ok(all.map(|host| SocketAddr::new(*host, port)).collect());
                }
                Err(error) => reason = better(reason, error),
            }
        }
        Err(reason)
    }
}

/// An EPMD that does not know the node says more than an address at which there is none.
fn better(old: RegistrarError, new: RegistrarError) -> RegistrarError {
    let says_nothing = |error: &RegistrarError| {
        matches!(
            error,
            RegistrarError::Unknown { epmd: None }
                | RegistrarError::Epmd(EpmdError::Refused { .. })
        )
    };
    let is_first = matches!(old, RegistrarError::Unknown { epmd: None });
    if is_first || (says_nothing(&old) && !says_nothing(&new)) {
        new
    } else {
        old
    }
}
