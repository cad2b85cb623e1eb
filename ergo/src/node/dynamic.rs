//! Nodes that are given their name by another node: `erl -name undefined`.

use std::sync::PoisonError;

use crate::dist::handshake::{Initiator, OpenChallenges};
use crate::dist::{Creation, Flags, NodeName};
use crate::etf::Atom;
use crate::net::{self, Connected};
use crate::node::authentication::Access;
use crate::node::carrier::Carrier;
use crate::node::connect::{SETUP_TIMEOUT, random};
use crate::node::routes::Routes;
use crate::node::{ConnectError, Node, NodeBuilder, StartError};

/// What stands before the `@` of a node that has no name yet, as in OTP.
const UNDEFINED: &str = "undefined";

/// What a node has that is about to have a name, as far as it takes it to dial.
pub(super) struct Ways<'a> {
    pub(super) access: &'a Access,
    pub(super) routes: &'a Routes,
    pub(super) carrier: &'a dyn Carrier,
    pub(super) challenges: &'a OpenChallenges,
}

/// What a node has got from the one that named it.
pub(super) struct Named {
    pub(super) name: NodeName,
    pub(super) creation: Creation,
    /// The connection, on which nothing has been said yet.
    pub(super) connected: Connected,
}

impl NodeBuilder {
    /// Lets another node give this one its name, and a creation of its own:
    /// `Node::builder("undefined@127.0.0.1").named_by("shop@127.0.0.1")`, as `erl -name undefined` does when it first
    /// connects to a node.
    ///
    /// The start connects to that node, and the connection stays. This node is hidden, does not listen and is not
    /// registered: others cannot connect to it, it connects to them. It keeps the name for as long as it lives, also when
    /// it has no connection, where an Erlang node gives it up.
    ///
    /// <https://www.erlang.org/doc/system/distributed.html#dynamic-node-name>
    pub fn named_by(mut self, node: impl Into<String>) -> Self {
        self.named_by = Some(node.into());
        self
    }

    /// Who is to give the node `us` its name.
    pub(super) fn namer(&self, us: &NodeName) -> Result<Option<NodeName>, StartError> {
        let is_undefined = us.name() == UNDEFINED;
        let Some(namer) = &self.named_by else {
            return match is_undefined {
                true => Err(StartError::NoNamer {
                    name: us.to_string(),
                }),
                false => Ok(None),
            };
        };
        if !is_undefined {
            let name = us.to_string();
            return Err(StartError::HasName { name });
        }
        let namer = NodeName::parse(namer).map_err(|source| StartError::BadName {
            name: namer.clone(),
            source,
        })?;
        if namer.is_long() != us.is_long() {
            let node = namer.atom().clone();
            let source = ConnectError::NameLength { node };
            return Err(StartError::Unnamed { namer, source });
        }
        Ok(Some(namer))
    }

    /// Connects to `namer`, and comes back with a name.
    pub(super) async fn ask_for_name(
        &self,
        us: &NodeName,
        namer: &NodeName,
        ways: &Ways<'_>,
    ) -> Result<Named, StartError> {
        let asked = self.ask(us, namer, ways).await;
        asked.map_err(|source| StartError::Unnamed {
            namer: namer.clone(),
            source,
        })
    }

    async fn ask(
        &self,
        us: &NodeName,
        namer: &NodeName,
        ways: &Ways<'_>,
    ) -> Result<Named, ConnectError> {
        let Ways {
            access,
            routes,
            carrier,
            challenges,
        } = *ways;
        let node: Atom = namer.atom().clone();
        let way = routes.find(namer);
        let of_the_way = way.as_ref().and_then(|way| way.cookie.as_ref());
        let cookie = access.to_dial(namer, of_the_way)?;
        let timeout = SETUP_TIMEOUT;
        let dialled = tokio::time::timeout(timeout, carrier.dial(namer)).await;
        let stream = dialled.map_err(|_| {
            let node = node.clone();
            ConnectError::Timeout { node, timeout }
        })??;
        let address = stream.peer_address();
        let challenge = challenges.open(random()?);
        let initiator = Initiator::nameless(
            us.host(),
            Flags::HIDDEN,
            namer.clone(),
            cookie,
            challenge,
            &self.limits,
            tokio::time::Instant::now().into_std(),
        );
        let connected = net::dial(stream, initiator)
            .await
            .map_err(|failure| ConnectError::of_handshake(&node, address, failure))?;
        let (name, creation) = {
            let established = &connected.established;
            (established.local.clone(), established.local_creation)
        };
        Ok(Named {
            name,
            creation,
            connected,
        })
    }
}

impl Node {
    /// Puts the connection in use that the node has had since before it had a name.
    pub(crate) async fn adopt_namer(&self) {
        let Some(distribution) = &self.0.distribution else {
            return;
        };
        let connected = {
            let namer = distribution.namer.lock();
            namer.unwrap_or_else(PoisonError::into_inner).take()
        };
        if let Some(connected) = connected {
            self.admit(connected).await;
        }
    }
}
