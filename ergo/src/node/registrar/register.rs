//! What a registrar is.

use std::any::Any;
use std::net::SocketAddr;

use async_trait::async_trait;

use super::RegistrarError;
use crate::dist::NodeName;
use crate::epmd::Membership;

/// Makes a node known under its name, and finds other nodes by theirs.
///
/// It is asked once when the node starts, and before each attempt to connect to a node for which there is no
/// [`Route`](crate::node::Route) with an address. Its answers may take a few seconds at most: an attempt to connect
/// ends after seven.
///
/// ```
/// use std::net::SocketAddr;
///
/// use ergo::dist::NodeName;
/// use ergo::node::{Registered, Registrar, RegistrarError, Registration};
///
/// /// Each node listens at port 9100 of its host.
/// struct OnePort;
///
/// #[ergo::async_trait]
/// impl Registrar for OnePort {
///     async fn register(&self, _node: &Registration) -> Result<Registered, RegistrarError> {
///         Ok(Registered::new())
///     }
///
///     async fn resolve(&self, name: &NodeName) -> Result<Vec<SocketAddr>, RegistrarError> {
///         let found = tokio::net::lookup_host((name.host(), 9100)).await;
///         found.map(Iterator::collect).map_err(RegistrarError::failed)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = ergo::Node::builder("shop@127.0.0.1").cookie("secret").registrar(OnePort).start().await?;
/// # node.stop().await;
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait Registrar: Send + Sync + 'static {
    /// Makes the node known. What is returned is kept until the node stops, and dropped then.
    ///
    /// # Errors
    /// Why not; the node does not start then.
    async fn register(&self, node: &Registration) -> Result<Registered, RegistrarError>;

    /// Where the node of this name listens. The addresses are tried in this order.
    ///
    /// # Errors
    /// [`RegistrarError::Unknown`] when there is no such node, and why it cannot be said otherwise.
    async fn resolve(&self, name: &NodeName) -> Result<Vec<SocketAddr>, RegistrarError>;
}

/// What a node says of itself when it starts.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Registration {
    /// Its name.
    pub name: NodeName,
    /// Where its first acceptor listens, the one that is registered.
    pub address: SocketAddr,
    /// Whether it is a hidden node.
    pub hidden: bool,
    /// Whether that acceptor speaks TLS.
    pub tls: bool,
}

/// A node's place at its registrar, until it is dropped.
#[derive(Default)]
pub struct Registered {
    creation: Option<u32>,
    membership: Option<Membership>,
    kept: Option<Box<dyn Any + Send>>,
}

impl Registered {
    /// The node is known.
    #[must_use]
    pub fn new() -> Registered {
        Registered::default()
    }

    /// What tells this incarnation of the node from earlier ones of its name, as EPMD gives it. A random number unless
    /// it is said here; 0 is none.
    #[must_use]
    pub fn with_creation(mut self, creation: u32) -> Registered {
        self.creation = Some(creation);
        self
    }

    /// Keeps a value until the node stops, whose end takes the node out again: a connection for example.
    #[must_use]
    pub fn keeping(mut self, kept: impl Send + 'static) -> Registered {
        self.kept = Some(Box::new(kept));
        self
    }

    pub(in crate::node) fn creation(&self) -> Option<u32> {
        self.creation
    }

    pub(super) fn at_epmd(membership: Membership) -> Registered {
        Registered {
            creation: Some(membership.creation()),
            membership: Some(membership),
            kept: None,
        }
    }

    /// Its place at EPMD, if that is the registrar.
    pub(in crate::node) fn membership(&self) -> Option<&Membership> {
        self.membership.as_ref()
    }

    /// Ends the registration; done when this returns.
    pub(in crate::node) async fn leave(self) {
        if let Some(membership) = self.membership {
            membership.leave().await;
        }
    }
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registered")
            .field("creation", &self.creation)
            .field("membership", &self.membership)
            .finish_non_exhaustive()
    }
}
