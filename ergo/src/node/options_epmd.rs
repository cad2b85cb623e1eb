//! Which EPMD a node registers with, and what the one that it runs itself allows.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::epmd::{MembershipOptions, Mode};
use crate::node::NodeBuilder;

/// What is set of the EPMD that a node may run.
#[derive(Debug, Clone, Default)]
pub(crate) struct EmbeddedEpmd {
    listen: Vec<IpAddr>,
    relaxed_command_check: bool,
}

impl NodeBuilder {
    /// The address of the EPMD that this node registers with: loopback, where all programs of OTP look for it, unless
    /// set. With [`NodeBuilder::embedded_epmd`] this node runs it when nobody else does and the address is of this host.
    ///
    /// Only registering goes there. The port of another node is asked for at the host in that node's name, as in OTP.
    /// So an EPMD of another host serves a node that is reached under that host's name, through a forwarded port; it
    /// has to allow that: OTP's own never does, `ergo epmd --register-from` and
    /// [`ServerOptions::register_from`](crate::epmd::ServerOptions::register_from) do.
    ///
    /// ```
    /// # use ergo::Node;
    /// let builder = Node::builder("shop@10.0.0.1")
    ///     .epmd_address([10, 0, 0, 1].into())
    ///     .embedded_epmd(false);
    /// ```
    pub fn epmd_address(mut self, address: IpAddr) -> Self {
        self.epmd.set_ip(address);
        self
    }

    /// More addresses for the EPMD that this node runs, so that other hosts find the nodes of this one; loopback alone,
    /// of IPv4 and of IPv6, unless set, so that nothing is open by accident. `0.0.0.0` and `::` stand for every address.
    ///
    /// It counts while this node runs EPMD: set it on all nodes of a host, since any of them may take over. Others can
    /// look names up there; registering and orders are for this host alone.
    pub fn epmd_listen(mut self, addresses: impl IntoIterator<Item = IpAddr>) -> Self {
        self.embedded.listen = addresses.into_iter().collect();
        self
    }

    /// Whether the EPMD that this node runs obeys `epmd -kill` while nodes are registered, and `epmd -stop NAME`, as
    /// with `-relaxed_command_check` of OTP's. It does not unless set.
    pub fn epmd_relaxed_command_check(mut self, on: bool) -> Self {
        self.embedded.relaxed_command_check = on;
        self
    }

    /// How the node becomes known to EPMD.
    pub(super) fn membership_options(&self) -> MembershipOptions {
        let mode = if self.embedded_epmd {
            Mode::Embedded
        } else {
            Mode::ClientOnly
        };
        let mut options = MembershipOptions::at(self.epmd).mode(mode);
        let listen = self.embedded.listen.iter();
        let more = listen.map(|ip| SocketAddr::new(*ip, self.epmd.port()));
        options.server.addresses = with_all(self.epmd, more);
        options.server.also = of_the_other_family(&options.server.addresses);
        options.server.relaxed_command_check = self.embedded.relaxed_command_check;
        options.server.limits = self.limits.clone();
        options.server.counters = self.counters.clone();
        options
    }
}

/// The addresses to listen at, that of EPMD first: each once, and none that an unspecified one has already.
fn with_all(epmd: SocketAddr, more: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut addresses = vec![epmd];
    for address in more {
        let covers =
            |one: &SocketAddr| one.ip().is_unspecified() && (one.is_ipv6() || address.is_ipv4());
        if addresses.contains(&address) || addresses.iter().any(covers) {
            continue;
        }
        if address.ip().is_unspecified() {
            addresses.retain(|one| one.is_ipv6() && address.is_ipv4());
        }
        addresses.push(address);
    }
    addresses
}

/// Loopback of IPv6 beside that of IPv4: there `erl -proto_dist inet6_tcp` looks for EPMD.
fn of_the_other_family(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let is_there = |ip: IpAddr| addresses.iter().any(|address| address.ip() == ip);
    let (loopback, all) = (Ipv6Addr::LOCALHOST.into(), Ipv6Addr::UNSPECIFIED.into());
    match addresses.first() {
        Some(first) if first.ip().is_loopback() && !is_there(loopback) && !is_there(all) => {
            vec![SocketAddr::new(loopback, first.port())]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(epmd: &str, listen: &[&str]) -> Vec<String> {
        let listen = listen.iter().map(|ip| ip.parse().unwrap());
        let builder = NodeBuilder::new("a@h")
            .epmd_port(4369)
            .epmd_address(epmd.parse().unwrap())
            .epmd_listen(listen);
        let addresses = builder.membership_options().server.addresses;
        addresses
            .iter()
            .map(|address| address.ip().to_string())
            .collect()
    }

    #[test]
    fn loopback_alone_unless_set() {
        let options = NodeBuilder::new("a@h").epmd_port(7).membership_options();
        assert_eq!(
            options.server.addresses,
            [SocketAddr::from(([127, 0, 0, 1], 7))]
        );
        assert_eq!(
            options.server.also,
            [SocketAddr::from((Ipv6Addr::LOCALHOST, 7))]
        );
        assert!(!options.server.relaxed_command_check);
        assert!(options.server.register_from.is_empty());
        assert_eq!(options.mode, Mode::Embedded);
    }

    #[test]
    fn more_addresses() {
        assert_eq!(
            addresses("127.0.0.1", &["10.0.0.1", "127.0.0.1"]),
            ["127.0.0.1", "10.0.0.1"]
        );
        assert_eq!(addresses("10.0.0.1", &[]), ["10.0.0.1"]);
        assert_eq!(
            addresses("127.0.0.1", &["0.0.0.0", "10.0.0.1"]),
            ["0.0.0.0"]
        );
        assert_eq!(
            addresses("127.0.0.1", &["10.0.0.1", "0.0.0.0"]),
            ["0.0.0.0"]
        );
        assert_eq!(
            addresses("127.0.0.1", &["::1", "0.0.0.0"]),
            ["::1", "0.0.0.0"]
        );
        assert_eq!(addresses("127.0.0.1", &["::1", "::"]), ["::"]);
    }

    #[test]
    fn the_relaxed_check_and_the_mode_are_passed_on() {
        let builder = NodeBuilder::new("a@h").epmd_relaxed_command_check(true);
        let options = builder.embedded_epmd(false).membership_options();
        assert!(options.server.relaxed_command_check);
        assert_eq!(options.mode, Mode::ClientOnly);
    }
}
