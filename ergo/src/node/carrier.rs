//! How a node is found and reached: by TCP and its registrar, unless it was given another way.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::net::TcpStream;

use crate::dist::{Creation, NodeName};
use crate::net::{self, Security, Stream};
use crate::node::connect::random;
use crate::node::entrances::Entrance;
use crate::node::registrar::{EpmdRegistrar, Registered, Registrar, Registration};
use crate::node::routes::{Routes, Way};
use crate::node::{AcceptorOptions, ConnectError, NodeBuilder, Route, StartError};

/// How long securing a connection may take when this node dials. With what comes before, that is within the time an
/// attempt has.
const TLS_TIMEOUT: Duration = Duration::from_secs(5);

/// How long connecting may take, at all addresses of a node together.
const TCP_TIMEOUT: Duration = Duration::from_secs(5);

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
    /// Where other nodes connect; the registrar knows the first.
    pub(crate) entrances: Vec<Entrance>,
    /// What tells this incarnation of the name from earlier ones.
    pub(crate) creation: Creation,
    /// Its place at its registrar, if it is registered.
    pub(crate) registered: Option<Registered>,
}

/// What a builder was told about listening and finding others.
#[derive(Clone)]
pub(crate) struct Listening {
    pub(super) dist_listen: bool,
    /// Those after the first.
    pub(super) acceptors: Vec<AcceptorOptions>,
    pub(super) routes: Vec<(String, Route)>,
    pub(super) registrar: Option<Arc<dyn Registrar>>,
    /// Of the first acceptor, and of what this node dials.
    pub(super) security: Security,
}

impl std::fmt::Debug for Listening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listening")
            .field("dist_listen", &self.dist_listen)
            .field("acceptors", &self.acceptors)
            .field("routes", &self.routes)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

/// TCP, a registrar to find the port, and routes where there is no need to.
pub(super) struct Tcp {
    acceptors: Vec<AcceptorOptions>,
    registrar: Arc<dyn Registrar>,
    routes: Arc<Routes>,
    security: Security,
    hidden: bool,
}

impl Tcp {
    pub(super) fn new(builder: &NodeBuilder, routes: Arc<Routes>) -> Tcp {
        let listening = &builder.listening;
        let first = AcceptorOptions::new()
            .address(builder.listen_address)
            .ports(builder.ports.clone())
            .security(listening.security.clone());
        let all = std::iter::once(first).chain(listening.acceptors.iter().cloned());
        let registrar = listening.registrar.clone();
        Tcp {
            acceptors: all.filter(|_| listening.dist_listen).collect(),
            registrar: registrar
                .unwrap_or_else(|| Arc::new(EpmdRegistrar::new(builder.membership_options()))),
            routes,
            security: listening.security.clone(),
            hidden: builder.hidden,
        }
    }

    async fn register(
        &self,
        name: &NodeName,
        entrances: &[Entrance],
    ) -> Result<Option<Registered>, StartError> {
        let Some(first) = entrances.first() else {
            return Ok(None);
        };
        let registration = Registration {
            name: name.clone(),
            address: first.rules.address,
            hidden: self.hidden,
            tls: first.rules.security.is_tls(),
        };
        Ok(Some(self.registrar.register(&registration).await?))
    }

    /// Where a node may be, in the order in which it is looked for there.
    async fn addresses(
        &self,
        target: &NodeName,
        way: Option<&Way>,
    ) -> Result<Vec<SocketAddr>, ConnectError> {
        let Some(address) = way.and_then(|way| way.address.as_deref()) else {
            let found = self.registrar.resolve(target).await;
            return found.map_err(|error| error.of_dial(target));
        };
        let unresolved = |reason: String| ConnectError::Resolve {
            host: address.to_owned(),
            reason,
        };
        let found = tokio::net::lookup_host(address)
            .await
            .map_err(|error| unresolved(error.to_string()))?;
        Ok(found.collect())
    }
}

#[async_trait]
impl Carrier for Tcp {
    async fn join(&self, name: &NodeName) -> Result<Joined, StartError> {
        let opened = self.acceptors.iter().map(AcceptorOptions::open);
        let entrances = opened.collect::<Result<Vec<_>, _>>()?;
        let registered = self.register(name, &entrances).await?;
        let given = registered.as_ref().and_then(Registered::creation);
        let creation = match given {
            Some(creation) => creation,
            None => random()?,
        };
        Ok(Joined {
            entrances,
            creation: Creation::new(creation.max(1)).unwrap_or_else(|| unreachable!("at least 1")),
            registered,
        })
    }

    async fn dial(&self, target: &NodeName) -> Result<Stream, ConnectError> {
        let way = self.routes.find(target);
        let addresses = self.addresses(target, way.as_deref()).await?;
        let stream = connect(target, &addresses).await?;
        let own = way.as_ref().and_then(|way| way.security.as_ref());
        let security = own.unwrap_or(&self.security);
        let address = stream.peer_address();
        let secured = security.connect(stream, target.host(), TLS_TIMEOUT).await;
        secured.map_err(|failure| ConnectError::of_handshake(target.atom(), address, failure))
    }
}

/// Connects to the first address where somebody listens. Each has its share of the time, since one that swallows
/// everything is no reason not to try the next.
async fn connect(target: &NodeName, addresses: &[SocketAddr]) -> Result<Stream, ConnectError> {
    let mut last = None;
    let share = TCP_TIMEOUT / u32::try_from(addresses.len().max(1)).unwrap_or(u32::MAX);
    for address in addresses {
        let connecting = tokio::time::timeout(share, TcpStream::connect(*address));
        let connected = connecting
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let prepared = connected.and_then(|stream| net::prepare(&stream).map(|()| stream));
        match prepared {
            Ok(stream) => return Ok(stream.into()),
            Err(error) => {
                last = Some(ConnectError::Refused {
                    node: target.atom().clone(),
                    address: *address,
                    reason: error.to_string(),
                });
            }
        }
    }
    Err(last.unwrap_or_else(|| ConnectError::Resolve {
        host: target.host().to_owned(),
        reason: "no address".to_owned(),
    }))
}
