//! Which other nodes there are, and who is told of it.

use std::time::Duration;

use crate::dist::{NodeName, NodeNameError};
use crate::etf::{Atom, Term};
use crate::node::authentication::Access;
use crate::node::events::NodeEvents;
use crate::node::{AccessError, ConnectError, Node, NodeInfo};
use crate::process::CallError;
use crate::wire::cookie::Cookie;

/// Which nodes [`Node::nodes_of`] lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Visibility {
    /// Those that are not hidden.
    Visible,
    /// The hidden ones.
    Hidden,
    /// All that are connected.
    Connected,
    /// This node alone.
    This,
    /// This node, all that are connected or being dialled, and those that were connected before: the last 1,024 of them.
    Known,
}

/// Whether a signal to a node that is not connected makes a connection to it, as kernel's `dist_auto_connect`.
///
/// [`Node::connect`](crate::Node::connect) always does.
///
/// <https://www.erlang.org/doc/apps/kernel/kernel_app.html#dist_auto_connect>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutoConnect {
    /// Each time.
    #[default]
    Always,
    /// Unless the node has been connected before: then only on demand.
    Once,
    /// Only on demand.
    Never,
}

impl Node {
    /// `nodes()`: the visible nodes that are connected.
    pub fn nodes(&self) -> Vec<Atom> {
        self.nodes_of(Visibility::Visible)
    }

    /// `nodes/1`, in the order of their names.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#nodes/1>
    pub fn nodes_of(&self, which: Visibility) -> Vec<Atom> {
        match which {
            Visibility::Visible => self.connected(|hidden| !hidden),
            Visibility::Hidden => self.connected(|hidden| hidden),
            Visibility::Connected => self.connected(|_| true),
            Visibility::This => vec![self.0.name.clone()],
            Visibility::Known => self.known(),
        }
    }

    fn connected(&self, which: impl Fn(bool) -> bool) -> Vec<Atom> {
        let peers = self.0.peers.all();
        let up = peers.iter().filter(|peer| peer.up().is_some_and(&which));
        up.map(|peer| peer.name.clone()).collect()
    }

    fn known(&self) -> Vec<Atom> {
        let peers = self.0.peers.all();
        let mut known: Vec<Atom> = peers.iter().map(|peer| peer.name.clone()).collect();
        known.extend(self.0.contacts.once_connected());
        known.push(self.0.name.clone());
        known.sort_unstable();
        known.dedup();
        known
    }

    /// `net_kernel:node_info/1`: what can be seen of the connection to a node; `None` when there is none.
    pub fn node_info(&self, name: &str) -> Option<NodeInfo> {
        let name = Atom::new(name).ok()?;
        let peer = self.0.peers.get(&name)?;
        peer.up()?;
        Some(peer.connection.get()?.info(peer.frames_sent()))
    }

    /// Why the last attempt to connect to a node failed; `None` when none did, or it has been connected since.
    ///
    /// It is remembered for the last 1,024 nodes.
    pub fn last_error(&self, name: &str) -> Option<ConnectError> {
        self.0.contacts.last_error(&Atom::new(name).ok()?)
    }

    /// Waits until no attempt to connect to this node is under way.
    pub(crate) async fn attempt_settled(&self, name: &str) {
        let peer = Atom::new(name)
            .ok()
            .and_then(|name| self.0.peers.get(&name));
        if let Some(Some(Some(connected))) = peer.map(|peer| peer.connected_later()) {
            // How it ends is all the same.
            let _ = connected.await;
        }
    }

    /// Whether another node has given it its name: `NodeBuilder::named_by`.
    pub(crate) fn has_dynamic_name(&self) -> bool {
        let distribution = self.0.distribution.as_ref();
        distribution.is_some_and(|distribution| distribution.has_dynamic_name)
    }

    /// Whether a signal may make a connection to `name`.
    pub(super) fn may_connect_by_itself(&self, name: &Atom) -> Result<(), ConnectError> {
        let may = match self.0.auto_connect {
            AutoConnect::Always => true,
            AutoConnect::Once => !self.0.contacts.was_connected(name),
            AutoConnect::Never => false,
        };
        if may {
            return Ok(());
        }
        let error = ConnectError::NotAutomatic { node: name.clone() };
        self.0.contacts.failed(name, &error);
        Err(error)
    }

    pub(crate) fn is_connected(&self, name: &Atom) -> bool {
        self.0
            .peers
            .get(name)
            .is_some_and(|peer| peer.up().is_some())
    }

    /// `net_adm:ping/1`: whether the node can be reached.
    pub async fn ping(&self, name: &str) -> bool {
        let request =
            crate::etf::Term::tuple([Term::atom("is_auth"), Term::Atom(self.0.name.clone())]);
        if self.connect(name).await.is_err() {
            return false;
        }
        let answer: Result<Atom, CallError> = self
            .call_as(("net_kernel", name), request, Duration::from_secs(5))
            .await;
        answer.is_ok_and(|answer| answer == *"yes")
    }

    /// `disconnect_node/1`: ends the connection; false when there was none.
    pub fn disconnect(&self, name: &str) -> bool {
        let peer = Atom::new(name)
            .ok()
            .and_then(|name| self.0.peers.get(&name));
        let Some(peer) = peer.filter(|peer| peer.up().is_some()) else {
            return false;
        };
        let hidden = peer.up().unwrap_or(true);
        self.lose(&peer, hidden, "disconnect", None);
        true
    }

    /// From now on tells of nodes that come and go: `net_kernel:monitor_nodes/1`.
    pub fn monitor_nodes(&self) -> NodeEvents {
        self.0.subscribers.subscribe()
    }
}

impl Node {
    /// `set_cookie/2`: from now on `cookie` is the one for `node`, in both directions. With the name of this node it is the
    /// one for all nodes that have none of their own. Connections that exist stay.
    ///
    /// # Errors
    /// The name is no node name, the text no cookie, or this node has no distribution.
    pub fn set_cookie(&self, node: &str, cookie: &str) -> Result<(), AccessError> {
        let name = NodeName::parse(node).map_err(|source| AccessError::BadName {
            name: node.to_owned(),
            source,
        })?;
        let cookie = Cookie::new(cookie)?;
        let is_own = *name.atom() == self.0.name;
        self.access()?.set_cookie(name.atom(), cookie, is_own);
        Ok(())
    }

    /// `net_kernel:allow/1`: only these nodes may be connected from now on, besides those that were allowed before. The
    /// forms of an entry are those of [`NodeBuilder::allow`](crate::NodeBuilder::allow). Connections that exist stay.
    ///
    /// # Errors
    /// An entry is longer than the name of a node can be, and then none is added; or this node has no distribution.
    pub fn allow<N: AsRef<str>>(
        &self,
        nodes: impl IntoIterator<Item = N>,
    ) -> Result<(), AccessError> {
        let mut entries = Vec::new();
        for entry in nodes {
            let entry = entry.as_ref();
            entries.push(Atom::new(entry).map_err(|_| AccessError::BadName {
                name: entry.to_owned(),
                source: NodeNameError::TooLong,
            })?);
        }
        self.access()?.allow(entries);
        Ok(())
    }

    /// `net_kernel:allowed/0`: the nodes that may be connected; empty when everybody may who has the cookie.
    pub fn allowed(&self) -> Vec<Atom> {
        self.access().map(Access::allowed).unwrap_or_default()
    }

    fn access(&self) -> Result<&Access, AccessError> {
        let distribution = self.0.distribution.as_ref();
        distribution
            .map(|distribution| &distribution.access)
            .ok_or(AccessError::NotDistributed)
    }
}
