//! The node, as a callback reaches it.

use crate::etf::Atom;
use crate::node::{MonitorNodes, Node};
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

    /// `net_kernel:monitor_nodes(true, Options)`: from now on a message comes for each node that comes or goes, in the
    /// shape the options say. Asked for several times, it comes as often.
    ///
    /// `nodeup` comes before any message of that node, `nodedown` after its last. There is always room for both in a
    /// mailbox. It ends with the process, or with [`Context::demonitor_nodes`].
    ///
    /// <https://www.erlang.org/doc/apps/kernel/net_kernel.html#monitor_nodes/2>
    pub fn monitor_nodes(&self, options: MonitorNodes) {
        self.node().monitor_nodes_for(self.id_here(), options);
    }

    /// `net_kernel:monitor_nodes(false, Options)`: takes back all that was asked for with exactly these options.
    pub fn demonitor_nodes(&self, options: MonitorNodes) {
        self.node().demonitor_nodes_for(self.id_here(), options);
    }

    /// `monitor_node(Node, true)`: `{nodedown, Node}` comes when the connection is lost. Where there is none it is made,
    /// and when that fails or is not allowed, it comes too. Asked for several times, it comes as often. It never comes
    /// for this node.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#monitor_node/2>
    pub fn monitor_node(&self, node: impl AsRef<str>) {
        self.node()
            .monitor_node_for(self.id_here(), &name(node.as_ref()));
    }

    /// `monitor_node(Node, false)`: takes one [`Context::monitor_node`] back. What is in the mailbox stays there.
    pub fn demonitor_node(&self, node: impl AsRef<str>) {
        self.node()
            .demonitor_node_for(self.id_here(), &name(node.as_ref()));
    }

    fn id_here(&self) -> u64 {
        // Its own pid is of its own node; no process has 0.
        AsHost::host(self).local_id(&self.pid()).unwrap_or(0)
    }
}

/// As for a destination: no node has the name that one of more than 255 characters is cut to.
fn name(text: &str) -> Atom {
    Atom::new(text).unwrap_or_else(|_| Atom::from_static(""))
}
