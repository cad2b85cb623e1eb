//! Nodes known by a table.

use std::collections::HashMap;
use std::net::SocketAddr;

use async_trait::async_trait;

use super::{Registered, Registrar, RegistrarError, Registration};
use crate::dist::NodeName;

/// A table of nodes and addresses, for clusters without EPMD. What is not in it cannot be connected to from here.
///
/// The node itself is registered nowhere; others have to know its address as well.
/// [`NodeBuilder::listen`](crate::NodeBuilder::listen) says it.
///
/// ```
/// use ergo::node::StaticRegistrar;
///
/// let registrar = StaticRegistrar::new()
///     .node("shop@10.0.0.2", ([10, 0, 0, 2], 9100))
///     .node("stock@10.0.0.3", ([10, 0, 0, 3], 9100));
/// ```
#[derive(Debug, Clone, Default)]
pub struct StaticRegistrar {
    nodes: HashMap<String, SocketAddr>,
}

impl StaticRegistrar {
    /// Without nodes.
    #[must_use]
    pub fn new() -> StaticRegistrar {
        StaticRegistrar::default()
    }

    /// Adds a node. An address that was given for the name before is replaced.
    #[must_use]
    pub fn node(
        mut self,
        name: impl Into<String>,
        address: impl Into<SocketAddr>,
    ) -> StaticRegistrar {
        self.nodes.insert(name.into(), address.into());
        self
    }
}

#[async_trait]
impl Registrar for StaticRegistrar {
    async fn register(&self, _node: &Registration) -> Result<Registered, RegistrarError> {
        Ok(Registered::new())
    }

    async fn resolve(&self, name: &NodeName) -> Result<Vec<SocketAddr>, RegistrarError> {
        let found = self.nodes.get(name.as_str());
        found
            .map(|address| vec![*address])
            .ok_or(RegistrarError::Unknown { epmd: None })
    }
}
