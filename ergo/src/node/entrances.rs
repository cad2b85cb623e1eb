//! Where a node accepts others: its acceptors.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;

#[cfg(feature = "tls")]
use crate::net::TlsOptions;
use crate::net::{Listener, Security};
use crate::node::{Ports, StartError};
use crate::wire::cookie::{Cookie, CookieError};

/// One more place where a node listens for others, with rules of its own:
/// [`NodeBuilder::acceptor`](crate::NodeBuilder::acceptor).
///
/// Unless said otherwise it listens at any free port of the loopback address, takes the cookie of the node, and speaks
/// without TLS, also where the first acceptor of the node has TLS. The registrar knows the first acceptor alone: others
/// find this one by a route.
#[derive(Debug, Clone)]
#[must_use]
pub struct AcceptorOptions {
    address: IpAddr,
    ports: RangeInclusive<u16>,
    cookie: Option<Result<Cookie, CookieError>>,
    security: Security,
}

impl AcceptorOptions {
    /// As said above.
    pub fn new() -> AcceptorOptions {
        AcceptorOptions {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            ports: 0..=0,
            cookie: None,
            security: Security::Plain,
        }
    }

    /// The address to listen on.
    pub fn address(mut self, address: impl Into<IpAddr>) -> AcceptorOptions {
        self.address = address.into();
        self
    }

    /// The port: one, or the first free one of a range. Port 0, the default, is any free one.
    pub fn ports(mut self, ports: impl Ports) -> AcceptorOptions {
        self.ports = ports.ports();
        self
    }

    /// The cookie of nodes that connect here, unless one was set for the node.
    pub fn cookie(mut self, cookie: impl Into<String>) -> AcceptorOptions {
        self.cookie = Some(Cookie::new(&cookie.into()));
        self
    }

    /// With TLS, and these certificates.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, options: TlsOptions) -> AcceptorOptions {
        self.security = Security::Tls(options);
        self
    }

    /// With what protects the first acceptor.
    pub(super) fn security(mut self, security: Security) -> AcceptorOptions {
        self.security = security;
        self
    }

    /// Listens there.
    pub(super) fn open(&self) -> Result<Entrance, StartError> {
        let cookie = self.cookie.clone().transpose()?;
        let bound = Listener::bind(self.address, self.ports.clone());
        let listener = bound.map_err(|error| StartError::Listen {
            address: self.address,
            first: *self.ports.start(),
            last: *self.ports.end(),
            reason: error.to_string(),
        })?;
        let rules = Rules {
            address: listener.address(),
            cookie,
            security: self.security.clone(),
        };
        Ok(Entrance {
            listener,
            rules: Arc::new(rules),
        })
    }
}

impl Default for AcceptorOptions {
    fn default() -> Self {
        AcceptorOptions::new()
    }
}

/// An acceptor that listens.
#[derive(Debug)]
pub(crate) struct Entrance {
    pub(crate) listener: Listener,
    pub(crate) rules: Arc<Rules>,
}

/// What holds for those who come by an acceptor.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// In place of the cookie of the node.
    pub(crate) cookie: Option<Cookie>,
    pub(crate) security: Security,
}

#[cfg(feature = "testing")]
impl Entrance {
    /// One without rules of its own.
    pub(crate) fn open_to(listener: Listener) -> Entrance {
        let rules = Rules {
            address: listener.address(),
            cookie: None,
            security: Security::Plain,
        };
        Entrance {
            listener,
            rules: Arc::new(rules),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(ports: RangeInclusive<u16>) -> String {
        let options = AcceptorOptions::new().ports(ports);
        options.open().unwrap_err().to_string()
    }

    #[tokio::test]
    async fn ports_that_are_taken_are_named() {
        let holder = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = holder.local_addr().unwrap().port();
        let text = refusal(taken..=taken);
        let expect = format!("cannot listen on 127.0.0.1 at port {taken}: Address already in use");
        assert!(text.starts_with(&expect), "{text}");
        drop(holder);
    }

    #[tokio::test]
    async fn an_empty_range_is_no_range() {
        #[expect(clippy::reversed_empty_ranges, reason = "that is what is tested")]
        let text = refusal(9105..=9100);
        assert_eq!(
            text,
            "cannot listen on 127.0.0.1 at any port of 9105..=9100: the range of ports is empty"
        );
    }
}
