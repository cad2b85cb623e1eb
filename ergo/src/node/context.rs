//! The node, as a callback reaches it.

use crate::node::Node;
use crate::process::host::AsHost;
use crate::process::{Behavior, Context};

impl<A: Behavior> Context<A> {
    /// The node this process lives on.
    ///
    /// # Panics
    /// Never for a process of a [`Node`]; processes of another host have none.
    pub fn node(&self) -> Node {
        match Node::of_host(&AsHost::host(self)) {
            Some(node) => node,
            None => unreachable!("a process lives on a node"),
        }
    }
}
