//! The network as a test sees it.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use crate::testing::network::carrier::TestNodeBuilder;
use crate::testing::network::rules::Rules;
use crate::testing::network::state::Shared;
use crate::testing::network::wire::Wire;
use crate::testing::{Random, Setup, TestNode};

/// Nodes of one test, connected in memory: no sockets, no EPMD, no ports. The handshake and every byte of the
/// distribution protocol are the real ones; only what carries them is not.
///
/// Unless the test says more, bytes arrive at once. It delays, stalls, cuts and heals; what is left to chance in that
/// comes from the seed.
///
/// ```
/// use ergo::prelude::*;
/// use ergo::testing::Network;
///
/// # mod tests {
/// # use super::*;
/// #[ergo::test]
/// async fn a_partition_is_noticed(network: Network) {
///     let a = network.node("a@mem").start().await.unwrap();
///     let b = network.node("b@mem").start().await.unwrap();
///     let _server = b.probe_as("server");
///     let mut watching = a.probe();
///     watching.monitor(("server", "b@mem"));
///     ergo::testing::run_until_idle().await;
///
///     network.partition(&["a@mem"], &["b@mem"]);
///     // 60 seconds and a quarter, after the last byte.
///     watching.patience(secs(75));
///     let down = watching.expect_down(("server", "b@mem")).await;
///     assert_eq!(down.reason, ExitReason::NoConnection);
///     network.heal();
///     assert!(a.ping("b@mem").await);
/// }
/// # pub fn run() { a_partition_is_noticed() }
/// # }
/// # fn main() { tests::run() }
/// ```
#[derive(Clone)]
pub struct Network(Arc<Shared>);

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("nodes", &self.0.names())
            .field("connections", &self.connections())
            .finish()
    }
}

impl Network {
    /// A network of its own, whose chances follow from `seed`. A test that takes one as its argument has it from its
    /// own seed, and its nodes are stopped at the end.
    pub fn new(seed: u64) -> Network {
        Network(Shared::new(Random::new(seed), None))
    }

    pub(in crate::testing) fn of(setup: &Setup) -> Network {
        Network(Shared::new(setup.random(), Some(setup.clone())))
    }

    /// A node to be started: `network.node("a@mem").start().await?`.
    pub fn node(&self, name: &str) -> TestNodeBuilder {
        TestNodeBuilder::new(self.0.clone(), name)
    }

    /// From now on bytes between these two take this long, in both directions, each piece its own time of the range. They
    /// stay in order.
    pub fn delay(&self, one: &str, other: &str, range: RangeInclusive<Duration>) {
        self.both(one, other, |rules| rules.delay = range.clone());
    }

    /// The same for all nodes, those that come later included.
    pub fn delay_all(&self, range: RangeInclusive<Duration>) {
        self.all(|rules| rules.delay = range.clone());
    }

    /// From now on bytes arrive in pieces of at most so many, between all nodes, each piece its own of the range.
    pub fn pieces(&self, bytes: RangeInclusive<u64>) {
        self.all(|rules| rules.piece = bytes.clone());
    }

    /// Nothing arrives between nodes of one group and nodes of the other, and attempts to connect get no answer, as when
    /// packets are dropped: connections stay until someone's patience ends. What is sent meanwhile waits, and arrives
    /// after [`Network::heal`] if there is still someone to take it.
    pub fn partition(&self, one: &[&str], other: &[&str]) {
        self.0.change(|table| {
            for (one, other) in pairs(one, other) {
                table.change(one, other, |rules| rules.stalled = true);
                table.change(other, one, |rules| rules.stalled = true);
            }
        });
    }

    /// Nothing arrives in this one direction until it is healed.
    pub fn stall(&self, from: &str, to: &str) {
        self.0
            .change(|table| table.change(from, to, |rules| rules.stalled = true));
    }

    /// From now on attempts to connect from one to the other are refused, in both directions. Connections stay.
    pub fn refuse(&self, one: &str, other: &str) {
        self.both(one, other, |rules| rules.refused = true);
    }

    /// Ends all partitions, stalls and refusals. Delays stay.
    pub fn heal(&self) {
        self.all(Rules::heal);
    }

    /// The same between two nodes.
    pub fn heal_between(&self, one: &str, other: &str) {
        self.both(one, other, Rules::heal);
    }

    /// Breaks the connections between two nodes. A part of what is on its way comes through, which may end in the middle
    /// of a frame; then both ends see the connection closed. True when there was one.
    pub fn cut(&self, one: &str, other: &str) -> bool {
        let wires = self.wires(|wire| wire.is_between(one, other));
        wires.iter().for_each(|wire| wire.cut());
        !wires.is_empty()
    }

    /// Breaks the connections between two nodes when so many more bytes have arrived, counted over both directions. True
    /// when there is one.
    pub fn cut_after(&self, one: &str, other: &str, bytes: u64) -> bool {
        let wires = self.wires(|wire| wire.is_between(one, other));
        wires.iter().for_each(|wire| wire.cut_after(bytes));
        !wires.is_empty()
    }

    /// Breaks the next connection that `from` makes to `to` after so many bytes, counted over both directions: in the
    /// middle of its handshake, say, which takes about 200.
    pub fn cut_next(&self, from: &str, to: &str, bytes: u64) {
        self.0
            .change(|table| table.change(from, to, |rules| rules.fuse = Some(bytes)));
    }

    /// Ends a node as `kill -9` does: its connections break, and nobody hears a word of its processes. When it returns,
    /// another one can be started under its name.
    pub async fn crash(&self, node: &TestNode) {
        let name = node.name().as_str();
        // It cannot make new connections to say goodbye over.
        self.0.change(|table| {
            table.crashed.insert(name.to_owned());
        });
        let wires = self.wires(|wire| wire.touches(name));
        wires.iter().for_each(|wire| wire.cut());
        node.stop().await;
        self.0.change(|table| {
            table.crashed.remove(name);
        });
    }

    /// The connections there are, dialling side first, in the order they were made.
    pub fn connections(&self) -> Vec<(String, String)> {
        let wires = self.wires(|_| true);
        let ends = wires.iter();
        ends.map(|wire| (wire.from.clone(), wire.to.clone()))
            .collect()
    }

    /// Bytes of one node that have arrived at another over the connections there are.
    pub fn bytes(&self, from: &str, to: &str) -> u64 {
        let wires = self.wires(|wire| wire.is_between(from, to));
        wires.iter().map(|wire| wire.arrived_at(to)).sum()
    }

    fn both(&self, one: &str, other: &str, change: impl Fn(&mut Rules)) {
        self.0.change(|table| {
            table.change(one, other, &change);
            table.change(other, one, &change);
        });
    }

    fn all(&self, change: impl Fn(&mut Rules)) {
        self.0.change(|table| table.change_all(change));
    }

    /// Those that are whole.
    fn wires(&self, which: impl Fn(&Wire) -> bool) -> Vec<Arc<Wire>> {
        let state = self.0.state();
        let whole = state.wires.iter().filter(|wire| !wire.is_broken());
        whole.filter(|wire| which(wire)).cloned().collect()
    }
}

fn pairs<'a>(one: &'a [&str], other: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
    one.iter()
        .flat_map(move |one| other.iter().map(move |other| (*one, *other)))
}
