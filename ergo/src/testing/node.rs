//! A node under test.

use std::ops::Deref;

use crate::node::Node;
use crate::process::Handle;
use crate::process::host::{AsHost, HostRef};
use crate::testing::{Faults, Mock, Probe, Setup};

/// A node under test: a [`Node`], with probes and faults. Stopped when the test is over.
#[derive(Clone, Debug)]
pub struct TestNode {
    node: Node,
    faults: Faults,
}

impl TestNode {
    /// The node that `#[ergo::test]` hands over: `test@localhost`, without distribution.
    pub(super) async fn start_for(setup: &Setup) -> TestNode {
        let faults = Faults::new(setup.random());
        let mut builder = Node::builder("test@localhost").local_only();
        builder.testing.exact_time = true;
        builder.testing.faults = Some(faults.plan());
        let node = builder.start().await.expect("a node without distribution");
        setup.stop_at_the_end(&node);
        TestNode { node, faults }
    }

    pub(super) fn new(node: Node, faults: Faults) -> TestNode {
        TestNode { node, faults }
    }

    /// A probe: a process that keeps what it gets for the test to look at.
    pub fn probe(&self) -> Probe {
        Probe::start(&self.node)
    }

    /// As [`TestNode::probe`], registered under a name, so that it stands for the process that has it otherwise.
    ///
    /// # Panics
    /// The name is taken, or unusable.
    #[track_caller]
    pub fn probe_as(&self, name: &str) -> Probe {
        Probe::start_as(&self.node, name)
    }

    /// A stand-in for an actor or a protocol, reached by its typed handle without encoding anything.
    pub async fn mock<H: Handle>(&self) -> Mock<H> {
        Mock::start(&self.node).await
    }

    /// What is to go wrong on this node.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The node itself, for code that wants one of its own.
    pub fn node(&self) -> &Node {
        &self.node
    }
}

impl Deref for TestNode {
    type Target = Node;

    fn deref(&self) -> &Node {
        &self.node
    }
}

impl AsHost for TestNode {
    fn host(&self) -> HostRef {
        self.node.host()
    }
}

impl AsRef<Node> for TestNode {
    fn as_ref(&self) -> &Node {
        &self.node
    }
}
