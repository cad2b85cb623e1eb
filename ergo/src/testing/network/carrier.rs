//! How nodes come into the network and reach each other.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::dist::NodeName;
use crate::epmd::EpmdError;
use crate::epmd::codec::AliveName;
use crate::net::Stream;
use crate::node::{Carrier, ConnectError, Entrance, Joined, Node, NodeBuilder, StartError};
use crate::testing::network::rules::Rules;
use crate::testing::network::state::Shared;
use crate::testing::network::wire;
use crate::testing::{Faults, TestNode};

/// A node of a network, to be started: [`Network::node`](crate::testing::Network::node).
#[derive(Debug, Clone)]
#[must_use = "a node does not exist until it is started"]
pub struct TestNodeBuilder {
    membership: Membership,
    builder: NodeBuilder,
}

/// One node's place in the network.
#[derive(Clone)]
struct Membership {
    shared: Arc<Shared>,
    name: String,
}

impl std::fmt::Debug for Membership {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl TestNodeBuilder {
    pub(super) fn new(shared: Arc<Shared>, name: &str) -> TestNodeBuilder {
        let builder = Node::builder(name).cookie("in-memory");
        let name = name.to_owned();
        TestNodeBuilder {
            membership: Membership { shared, name },
            builder,
        }
    }

    /// Sets what a [`NodeBuilder`] can: `.configure(|node| node.visible().tick_time(secs(8)))`. The cookie is the same
    /// for all nodes of the network unless it is set here. Addresses, ports and EPMD mean nothing here.
    pub fn configure(mut self, change: impl FnOnce(NodeBuilder) -> NodeBuilder) -> TestNodeBuilder {
        self.builder = change(self.builder);
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// Its name is no node name, or a node of the network that runs has it.
    pub async fn start(self) -> Result<TestNode, StartError> {
        let TestNodeBuilder {
            membership,
            mut builder,
        } = self;
        let faults = Faults::new(membership.shared.state().random.fork());
        let setup = membership.shared.setup.clone();
        builder.testing.carrier = Some(Arc::new(membership));
        builder.testing.exact_time = true;
        builder.testing.faults = Some(faults.plan());
        let node = builder.start().await?;
        if let Some(setup) = setup {
            setup.stop_at_the_end(&node);
        }
        Ok(TestNode::new(node, faults))
    }
}

#[async_trait]
impl Carrier for Membership {
    async fn join(&self, name: &NodeName) -> Result<Joined, StartError> {
        let alive = AliveName::new(name.name())?;
        let (listener, creation) = self.shared.join(name).map_err(|address| {
            StartError::Epmd(EpmdError::NameTaken {
                name: alive,
                address,
                holder_port: Some(address.port()),
            })
        })?;
        Ok(Joined {
            entrances: vec![Entrance::open_to(listener)],
            creation,
            registered: None,
        })
    }

    async fn dial(&self, target: &NodeName) -> Result<Stream, ConnectError> {
        let (node, to) = (target.atom().clone(), target.as_str());
        self.reach(to).await;
        let Some((door, address)) = self.shared.find(to) else {
            let address = SocketAddr::from(([127, 0, 0, 1], 0));
            return Err(ConnectError::Unknown { node, address });
        };
        if !self.rules(to).refused && !self.shared.has_crashed(&[&self.name, to]) {
            let (ours, theirs) = wire::lay(&self.shared, &self.name, to);
            if door.try_send((Stream::other(theirs), address)).is_ok() {
                return Ok(Stream::other(ours));
            }
        }
        let reason = "connection refused".to_owned();
        Err(ConnectError::Refused {
            node,
            address,
            reason,
        })
    }
}

impl Membership {
    fn rules(&self, to: &str) -> Rules {
        self.shared.rules(&self.name, to)
    }

    /// One way there and one back, once both are open.
    async fn reach(&self, to: &str) {
        let (there, back) = loop {
            let changes = self.shared.changes();
            let (there, back) = (self.rules(to), self.shared.rules(to, &self.name));
            if !there.stalled && !back.stalled {
                break (there, back);
            }
            self.shared.changed(changes).await;
        };
        let time = {
            let random = &mut self.shared.state().random;
            random.duration(&there.delay) + random.duration(&back.delay)
        };
        if time > Duration::ZERO {
            tokio::time::sleep(time).await;
        }
    }
}
