//! A node's acceptors and routes while it runs.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};

use crate::net::Stream;
use crate::node::entrances::Rules;
use crate::node::registrar::Registered;
use crate::node::{Node, Route, RouteError};

impl Node {
    /// Where it listens for other nodes, at the first acceptor first: that one is known to the registrar. Empty without
    /// distribution, and with [`dist_listen(false)`](crate::NodeBuilder::dist_listen).
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let distribution = self.0.distribution.as_ref();
        distribution.map_or_else(Vec::new, |distribution| distribution.addresses.clone())
    }

    /// The port it listens on for other nodes, that of its first acceptor; `None` without one.
    pub fn port(&self) -> Option<u16> {
        self.addresses().first().map(SocketAddr::port)
    }

    /// Adds a route, or replaces the one for the same name: see
    /// [`NodeBuilder::route`](crate::NodeBuilder::route). It counts from the next attempt to connect on; a connection
    /// that exists stays.
    ///
    /// # Errors
    /// [`RouteError`], with what is wrong with it.
    pub fn add_route(&self, nodes: &str, route: Route) -> Result<(), RouteError> {
        match &self.0.distribution {
            Some(distribution) => distribution.routes.add(nodes, route),
            None => Err(RouteError::NotDistributed),
        }
    }

    /// Removes the route for exactly this name; false when there is none. A connection that exists stays.
    pub fn remove_route(&self, nodes: &str) -> bool {
        let distribution = self.0.distribution.as_ref();
        distribution.is_some_and(|distribution| distribution.routes.remove(nodes))
    }

    /// Accepts other nodes until the node stops. Those that came before wait in the socket.
    pub(crate) fn accept(&self) {
        let Some(distribution) = &self.0.distribution else {
            return;
        };
        let entrances = {
            let kept = &distribution.entrances;
            std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner))
        };
        let mut accepting = distribution
            .accepting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let slots = crate::net::Slots::new(&self.0.limits, self.0.counters.clone());
        for entrance in entrances {
            // The task holds no node: it would keep it alive for ever.
            let weak = Arc::downgrade(&self.0);
            let rules = entrance.rules;
            let greet = move |stream, address| {
                let (node, rules) = (weak.upgrade().map(Node), rules.clone());
                async move {
                    if let Some(node) = node {
                        node.welcome(stream, address, &rules).await;
                    }
                }
            };
            let task = entrance.listener.run(slots.clone(), greet);
            accepting.push(self.0.runtime.spawn(task).abort_handle());
        }
    }

    /// A peer has connected. Securing the connection and the handshake have the time for a handshake together.
    async fn welcome(self, stream: Stream, address: SocketAddr, rules: &Rules) {
        let now = tokio::time::Instant::now().into_std();
        let timeout = self.0.limits.handshake_timeout;
        match rules.security.accept(stream, timeout).await {
            Ok(stream) => self.greet(stream, address, rules, now).await,
            Err(error) => {
                if let Some(times) = self.refused_handshake(&error) {
                    tracing::warn!(node = %self.0.name, %address, %error, times, "a connection attempt was rejected");
                }
            }
        }
    }

    pub(super) fn stop_listening(&self) {
        let Some(distribution) = &self.0.distribution else {
            return;
        };
        let accepting = &distribution.accepting;
        for task in accepting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
        {
            task.abort();
        }
    }

    pub(super) fn take_registered(&self) -> Option<Registered> {
        let registered = &self.0.distribution.as_ref()?.registered;
        registered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}
