//! Where a node listens and how it finds others, said to its builder.

use std::sync::Arc;

use crate::net::Security;
#[cfg(feature = "tls")]
use crate::net::TlsOptions;
use crate::node::carrier::Listening;
use crate::node::registrar::Registrar;
use crate::node::{AcceptorOptions, NodeBuilder, Route};

impl NodeBuilder {
    /// One more acceptor, besides the one that [`NodeBuilder::listen`] and [`NodeBuilder::listen_address`] are about.
    ///
    /// ```
    /// use ergo::Node;
    /// use ergo::node::AcceptorOptions;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// # let epmd = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    /// let guests = AcceptorOptions::new().ports(20_100..=20_200).cookie("for guests");
    /// let node = Node::builder("shop@127.0.0.1")
    ///     .cookie("secret")
    ///     .acceptor(guests)
    /// #   .epmd_port(epmd)
    ///     .start()
    ///     .await?;
    /// assert_eq!(node.addresses().len(), 2);
    /// # node.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn acceptor(mut self, acceptor: AcceptorOptions) -> Self {
        self.listening.acceptors.push(acceptor);
        self
    }

    /// Whether the node listens and is registered; it does unless this is switched off, as `-dist_listen false` of
    /// `erl` does. Then it only connects to others: nobody finds it, and no acceptor is opened.
    pub fn dist_listen(mut self, on: bool) -> Self {
        self.listening.dist_listen = on;
        self
    }

    /// How a node (`shop@10.0.0.2`) or the nodes of a host (`*@10.0.0.2`) are reached. It comes before what the
    /// registrar says. A second route for the same name replaces the first.
    pub fn route(mut self, nodes: impl Into<String>, route: Route) -> Self {
        self.listening.routes.push((nodes.into(), route));
        self
    }

    /// How the node becomes known and finds others, instead of by EPMD.
    pub fn registrar(mut self, registrar: impl Registrar) -> Self {
        self.listening.registrar = Some(Arc::new(registrar));
        self
    }

    /// TLS at the first acceptor, and to the nodes that this one connects to, as `-proto_dist inet_tls` of `erl`: a
    /// cluster has it on all nodes or on none. For single nodes and other acceptors see [`Route`] and
    /// [`AcceptorOptions`].
    ///
    /// <https://www.erlang.org/doc/apps/ssl/ssl_distribution.html>
    #[cfg(feature = "tls")]
    pub fn tls(mut self, options: TlsOptions) -> Self {
        self.listening.security = Security::Tls(options);
        self
    }
}

/// Without TLS.
impl Default for Listening {
    fn default() -> Self {
        Listening {
            dist_listen: true,
            acceptors: Vec::new(),
            routes: Vec::new(),
            registrar: None,
            security: Security::Plain,
        }
    }
}
