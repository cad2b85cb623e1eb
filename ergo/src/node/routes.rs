//! Routes: where a node is and how it is spoken to, said beforehand.

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use crate::dist::{NodeName, NodeNameError};
use crate::net::Security;
#[cfg(feature = "tls")]
use crate::net::TlsOptions;
use crate::wire::cookie::{Cookie, CookieError};

/// How other nodes are reached: where, with which cookie, and with TLS or without.
///
/// A route is for one node (`shop@10.0.0.2`) or for all of a host (`*@10.0.0.2`), and is given to
/// [`NodeBuilder::route`](crate::NodeBuilder::route) or [`Node::add_route`](crate::Node::add_route). What it leaves open
/// is as without it: the registrar says where the node is, and cookie and TLS are this node's. It is for connections
/// that this node makes; what connects to it comes by an [acceptor](crate::node::AcceptorOptions).
///
/// ```
/// use ergo::Node;
/// use ergo::node::Route;
///
/// let builder = Node::builder("desk@10.0.0.1")
///     .route("shop@10.0.0.2", Route::to("10.0.0.9:9100"))
///     .route("*@10.0.0.3", Route::by_registrar().cookie("of the third host"));
/// ```
#[derive(Debug, Clone)]
pub struct Route {
    address: Option<String>,
    cookie: Option<Result<Cookie, CookieError>>,
    security: Option<Security>,
}

impl Route {
    /// To the node at this address: `host:port`, where the host is a name or an address (`[fd00::9]:9100` of IPv6). The
    /// registrar is not asked. A name is looked up each time.
    pub fn to(address: impl Into<String>) -> Route {
        Route {
            address: Some(address.into()),
            ..Route::by_registrar()
        }
    }

    /// To where the registrar says that the node is, for a route that says something else.
    pub fn by_registrar() -> Route {
        Route {
            address: None,
            cookie: None,
            security: None,
        }
    }

    /// The cookie for this way, unless the node has one of its own.
    #[must_use]
    pub fn cookie(mut self, cookie: impl Into<String>) -> Route {
        self.cookie = Some(Cookie::new(&cookie.into()));
        self
    }

    /// With TLS, and these certificates.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, options: TlsOptions) -> Route {
        self.security = Some(Security::Tls(options));
        self
    }

    /// Without TLS, also where this node dials with it otherwise.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn without_tls(mut self) -> Route {
        self.security = Some(Security::Plain);
        self
    }
}

/// What is wrong with a route.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// It is for no node and no host.
    #[error("{pattern:?} is neither a node name nor *@host")]
    BadPattern {
        /// What was given.
        pattern: String,
        /// What is wrong with it.
        source: NodeNameError,
    },
    /// This node has no distribution, and connects to nobody.
    #[error("this node was started without distribution")]
    NotDistributed,
    /// Its address is not `host:port`.
    #[error("{address:?} is not host:port")]
    BadAddress {
        /// What was given.
        address: String,
    },
    /// Its cookie is none.
    #[error("the cookie of the route to {pattern}")]
    Cookie {
        /// What the route is for.
        pattern: String,
        /// What is wrong with it.
        source: CookieError,
    },
}

/// A route that has been looked at.
#[derive(Debug, Clone)]
pub(super) struct Way {
    /// `host:port`, unless the registrar is to be asked.
    pub(super) address: Option<String>,
    pub(super) cookie: Option<Cookie>,
    pub(super) security: Option<Security>,
}

/// The routes of a node, the newest first of those for one name.
#[derive(Debug, Default)]
pub(super) struct Routes(RwLock<Vec<(NodeName, Arc<Way>)>>);

impl Routes {
    pub(super) fn new<'a>(
        given: impl IntoIterator<Item = &'a (String, Route)>,
    ) -> Result<Routes, RouteError> {
        let routes = Routes::default();
        for (pattern, route) in given {
            routes.add(pattern, route.clone())?;
        }
        Ok(routes)
    }

    /// Adds a route. One that was there for the same pattern is replaced.
    pub(super) fn add(&self, pattern: &str, route: Route) -> Result<(), RouteError> {
        let name = parse(pattern)?;
        let cookie = route.cookie.transpose();
        let way = Way {
            address: route.address.map(check_address).transpose()?,
            cookie: cookie.map_err(|source| RouteError::Cookie {
                pattern: pattern.to_owned(),
                source,
            })?,
            security: route.security,
        };
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        routes.retain(|(known, _)| *known != name);
        routes.push((name, Arc::new(way)));
        Ok(())
    }

    /// Removes the route for exactly this pattern; false when there was none.
    pub(super) fn remove(&self, pattern: &str) -> bool {
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = routes.len();
        routes.retain(|(known, _)| known.as_str() != pattern);
        routes.len() < before
    }

    /// The route to a node: its own, or that of its host.
    pub(super) fn find(&self, target: &NodeName) -> Option<Arc<Way>> {
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let own = routes.iter().find(|(known, _)| known == target);
        let of_host = || {
            let all = |known: &NodeName| known.name() == "*" && known.host() == target.host();
            routes.iter().find(|(known, _)| all(known))
        };
        own.or_else(of_host).map(|(_, way)| way.clone())
    }
}

fn parse(pattern: &str) -> Result<NodeName, RouteError> {
    NodeName::parse(pattern).map_err(|source| RouteError::BadPattern {
        pattern: pattern.to_owned(),
        source,
    })
}

/// A host that is a name is looked up later, when it is dialled.
fn check_address(address: String) -> Result<String, RouteError> {
    let is_named = |text: &str| {
        text.rsplit_once(':').is_some_and(|(host, port)| {
            !host.is_empty() && !host.contains(':') && port.parse::<u16>().is_ok()
        })
    };
    if address.parse::<SocketAddr>().is_ok() || is_named(&address) {
        Ok(address)
    } else {
        Err(RouteError::BadAddress { address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address_of(routes: &Routes, target: &str) -> Option<String> {
        let target = NodeName::parse(target).unwrap();
        routes.find(&target).and_then(|way| way.address.clone())
    }

    #[test]
    fn the_route_of_a_node_comes_before_that_of_its_host() {
        let routes = Routes::default();
        routes.add("*@h", Route::to("10.0.0.1:1")).unwrap();
        routes.add("a@h", Route::to("10.0.0.1:2")).unwrap();
        assert_eq!(address_of(&routes, "a@h").as_deref(), Some("10.0.0.1:2"));
        assert_eq!(address_of(&routes, "b@h").as_deref(), Some("10.0.0.1:1"));
        assert_eq!(address_of(&routes, "a@other"), None);
        routes.add("a@h", Route::to("10.0.0.1:3")).unwrap();
        assert_eq!(address_of(&routes, "a@h").as_deref(), Some("10.0.0.1:3"));
        assert!(routes.remove("a@h"));
        assert!(!routes.remove("a@h"));
        assert_eq!(address_of(&routes, "a@h").as_deref(), Some("10.0.0.1:1"));
    }

    #[test]
    fn addresses_have_a_host_and_a_port() {
        for good in ["10.0.0.1:9100", "[::1]:9100", "shop.example:9100"] {
            assert_eq!(check_address(good.to_owned()).as_deref(), Ok(good));
        }
        for bad in [
            "10.0.0.1",
            "shop",
            ":9100",
            "::1:9100",
            "shop:",
            "shop:70000",
        ] {
            let address = bad.to_owned();
            let refused = Err(RouteError::BadAddress {
                address: address.clone(),
            });
            assert_eq!(check_address(address), refused);
        }
    }

    #[test]
    fn what_is_wrong_with_a_route_is_said() {
        let routes = Routes::default();
        let bad = |pattern: &str, route| routes.add(pattern, route).unwrap_err().to_string();
        assert_eq!(
            bad("shop", Route::by_registrar()),
            "\"shop\" is neither a node name nor *@host"
        );
        assert_eq!(
            bad("a@h", Route::to("h").cookie("x")),
            "\"h\" is not host:port"
        );
        assert_eq!(
            bad("a@h", Route::by_registrar().cookie("")),
            "the cookie of the route to a@h"
        );
    }
}
