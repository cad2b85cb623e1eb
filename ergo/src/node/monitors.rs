//! Who is told that other nodes come and go: streams, and processes with a message of their own.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::etf::{Atom, Encode, Map, Term};
use crate::node::Node;
use crate::node::contacts::Connection;
use crate::node::events::NodeEvent;
use crate::node::peer::Peer;
use crate::process::host::{AnyProcess, HostRef, Incoming};

/// What a process wants to be told of nodes: the options of `net_kernel:monitor_nodes/2`, and so the shape of the
/// messages.
///
/// | options | messages |
/// |---|---|
/// | `new()` | `{nodeup, Node}`, `{nodedown, Node}` for visible nodes |
/// | [`node_type`](MonitorNodes::node_type) | `{nodeup, Node, [{node_type, visible}]}` for nodes of this type |
/// | [`nodedown_reason`](MonitorNodes::nodedown_reason) | `{nodeup, Node, []}`, `{nodedown, Node, [{nodedown_reason, Reason}]}` |
/// | [`as_map`](MonitorNodes::as_map) | `{nodeup, Node, #{}}`, with what the other options say as entries |
///
/// <https://www.erlang.org/doc/apps/kernel/net_kernel.html#monitor_nodes/2>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MonitorNodes {
    node_type: Option<NodeType>,
    nodedown_reason: bool,
    map: bool,
    connection_id: bool,
}

/// Of which nodes a process is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeType {
    /// Visible and hidden ones.
    All,
    /// Visible ones.
    Visible,
    /// Hidden ones.
    Hidden,
}

impl MonitorNodes {
    /// Visible nodes, with the plain messages of `net_kernel:monitor_nodes/1`.
    pub const fn new() -> MonitorNodes {
        MonitorNodes {
            node_type: None,
            nodedown_reason: false,
            map: false,
            connection_id: false,
        }
    }

    /// Nodes of this type, and the messages say of which one the node is.
    #[must_use]
    pub const fn node_type(mut self, of: NodeType) -> MonitorNodes {
        self.node_type = Some(of);
        self
    }

    /// `nodedown` says why.
    #[must_use]
    pub const fn nodedown_reason(mut self) -> MonitorNodes {
        self.nodedown_reason = true;
        self
    }

    /// The messages have a map in place of a list.
    #[must_use]
    pub const fn as_map(mut self) -> MonitorNodes {
        self.map = true;
        self
    }

    /// The messages have a map, and the number of the connection in it, which no other one of this node has.
    #[must_use]
    pub const fn connection_id(mut self) -> MonitorNodes {
        self.connection_id = true;
        self.as_map()
    }

    fn wants(&self, is_hidden: bool) -> bool {
        match self.node_type {
            Some(NodeType::All) => true,
            Some(NodeType::Hidden) => is_hidden,
            Some(NodeType::Visible) | None => !is_hidden,
        }
    }

    /// The message about `event`; `None` when it is not wanted.
    fn message(&self, event: &NodeEvent, connection_id: u64) -> Option<Term> {
        let (tag, node, is_hidden, reason) = match event {
            NodeEvent::Up { node, hidden } => ("nodeup", node, *hidden, None),
            NodeEvent::Down {
                node,
                hidden,
                reason,
            } => ("nodedown", node, *hidden, Some(reason)),
        };
        if !self.wants(is_hidden) {
            return None;
        }
        let mut items = Vec::new();
        if self.connection_id {
            items.push(("connection_id", Term::from(connection_id)));
        }
        if let Some(reason) = reason.filter(|_| self.nodedown_reason) {
            items.push(("nodedown_reason", reason_term(reason)));
        }
        if self.node_type.is_some() {
            let node_type = if is_hidden { "hidden" } else { "visible" };
            items.push(("node_type", Term::atom(node_type)));
        }
        let (tag, node) = (Term::atom(tag), Term::Atom(node.clone()));
        let items = items
            .into_iter()
            .map(|(key, value)| (Term::atom(key), value));
        Some(if self.map {
            Term::tuple([tag, node, Term::Map(items.collect::<Map>())])
        } else if self.node_type.is_some() || self.nodedown_reason {
            let items = items.map(|(key, value)| Term::tuple([key, value]));
            Term::tuple([tag, node, Term::list(items)])
        } else {
            Term::tuple([tag, node])
        })
    }
}

/// OTP's words for the reasons. A breach of the protocol has none there: to the process it is a connection that closed,
/// and the log says more.
fn reason_term(reason: &str) -> Term {
    let known = ["connection_closed", "disconnect", "net_tick_timeout"];
    let known = known.into_iter().find(|known| *known == reason);
    Term::atom(known.unwrap_or("connection_closed"))
}

/// The processes that are told.
#[derive(Default)]
pub(super) struct Monitors(Mutex<Table>);

#[derive(Default)]
struct Table {
    /// Of all nodes, as often as they asked for it.
    all: Vec<(u64, MonitorNodes)>,
    /// Of the end of one node: which process, and how often it asked.
    one: HashMap<Atom, Vec<(u64, u64)>>,
    /// As many entries there may be before those of ended processes are looked for.
    sweep_at: usize,
}

impl Monitors {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the processes that asked for all nodes.
    pub(super) fn tell(&self, host: &HostRef, event: &NodeEvent, connection_id: u64) {
        let mut table = self.table();
        table.all.retain(|(id, options)| {
            let Some(process) = host.process(*id) else {
                return false;
            };
            if let Some(message) = options.message(event, connection_id) {
                deliver(&*process, &message);
            }
            true
        });
    }

    /// Tells the processes that monitor this node, once for each time they asked, and never again.
    pub(super) fn nodedown(&self, host: &HostRef, node: &Atom) {
        let told = self.table().one.remove(node);
        for (id, times) in told.into_iter().flatten() {
            let Some(process) = host.process(id) else {
                continue;
            };
            let message = nodedown(node);
            for _ in 0..times {
                deliver(&*process, &message);
            }
        }
    }

    fn add(&self, host: &HostRef, id: u64, options: MonitorNodes) {
        let mut table = self.table();
        table.sweep(host);
        table.all.push((id, options));
    }

    fn remove(&self, id: u64, options: MonitorNodes) {
        self.table().all.retain(|entry| *entry != (id, options));
    }

    fn add_one(&self, host: &HostRef, id: u64, node: &Atom) {
        let mut table = self.table();
        table.sweep(host);
        let holders = table.one.entry(node.clone()).or_default();
        match holders.iter_mut().find(|(holder, _)| *holder == id) {
            Some((_, times)) => *times += 1,
            None => holders.push((id, 1)),
        }
    }

    fn remove_one(&self, id: u64, node: &Atom) {
        let mut table = self.table();
        let Some(holders) = table.one.get_mut(node) else {
            return;
        };
        holders.retain_mut(|(holder, times)| {
            if *holder == id {
                *times -= 1;
            }
            *times > 0
        });
        if holders.is_empty() {
            table.one.remove(node);
        }
    }
}

impl Table {
    /// Forgets processes that have ended, when there are twice as many entries as the last time.
    fn sweep(&mut self, host: &HostRef) {
        let len = |table: &Table| {
            let one: usize = table.one.values().map(Vec::len).sum();
            table.all.len() + one
        };
        if self.sweep_at > len(self) {
            return;
        }
        let lives = |id: u64| host.process(id).is_some();
        self.all.retain(|(id, _)| lives(*id));
        self.one.retain(|_, holders| {
            holders.retain(|(id, _)| lives(*id));
            !holders.is_empty()
        });
        self.sweep_at = (2 * len(self)).max(64);
    }
}

fn nodedown(node: &Atom) -> Term {
    Term::tuple([Term::atom("nodedown"), Term::Atom(node.clone())])
}

fn deliver(process: &dyn AnyProcess, message: &Term) {
    let encoded = crate::process::encode(&mut |encoder| message.encode(encoder));
    match encoded {
        // It may have ended, and then nobody waits for it.
        Ok(encoded) => drop(process.deliver(Incoming::Notice(encoded))),
        Err(error) => tracing::error!(%error, "a message about a node could not be encoded"),
    }
}

impl Node {
    /// A connection has been made. What it is remembered by is handed out.
    pub(super) fn tell_up(&self, node: &Atom, connection: &Connection) {
        let event = NodeEvent::Up {
            node: node.clone(),
            hidden: connection.hidden,
        };
        self.tell_all(&event, connection.id);
    }

    /// There is no connection to `peer` any more, or none came about.
    pub(super) fn tell_down(&self, peer: &Peer, was_hidden: Option<bool>, why: &str) {
        let node = &peer.name;
        if let Some(hidden) = was_hidden {
            let event = NodeEvent::Down {
                node: node.clone(),
                hidden,
                reason: why.to_owned(),
            };
            let connection = peer.connection.get();
            self.tell_all(&event, connection.map_or(0, |connection| connection.id));
        }
        self.0.monitors.nodedown(&self.host_ref(), node);
    }

    fn tell_all(&self, event: &NodeEvent, connection_id: u64) {
        self.0.subscribers.tell(event);
        let host = self.host_ref();
        self.0.monitors.tell(&host, event, connection_id);
    }

    pub(super) fn monitor_nodes_for(&self, id: u64, options: MonitorNodes) {
        self.0.monitors.add(&self.host_ref(), id, options);
    }

    pub(super) fn demonitor_nodes_for(&self, id: u64, options: MonitorNodes) {
        self.0.monitors.remove(id, options);
    }

    /// A connection is made when there is none; when that is not allowed, the process is told at once.
    pub(super) fn monitor_node_for(&self, id: u64, node: &Atom) {
        if *node == self.0.name {
            return;
        }
        let host = self.host_ref();
        self.0.monitors.add_one(&host, id, node);
        // In this order: a peer that is found after it is entered tells of its end.
        if let Err(error) = self.peer(node) {
            if let Some(error) = error {
                self.0.contacts.failed(node, &error);
            }
            self.0.monitors.remove_one(id, node);
            if let Some(process) = host.process(id) {
                deliver(&*process, &nodedown(node));
            }
        }
    }

    pub(super) fn demonitor_node_for(&self, id: u64, node: &Atom) {
        self.0.monitors.remove_one(id, node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(hidden: bool) -> NodeEvent {
        let node = Atom::from_static("b@h");
        NodeEvent::Up { node, hidden }
    }

    fn down(hidden: bool) -> NodeEvent {
        NodeEvent::Down {
            node: Atom::from_static("b@h"),
            hidden,
            reason: "disconnect".to_owned(),
        }
    }

    fn check(options: MonitorNodes, event: &NodeEvent, expect: Option<&str>) {
        let message = options.message(event, 7);
        let expect = expect.map(|text| text.parse::<Term>().unwrap());
        assert_eq!(message, expect, "{options:?} {event:?}");
    }

    /// Each line is what OTP 25, 27 and 29 sent.
    #[test]
    fn the_shapes_of_otp() {
        let new = MonitorNodes::new;
        check(new(), &up(false), Some("{nodeup,'b@h'}"));
        check(new(), &down(false), Some("{nodedown,'b@h'}"));
        check(new(), &up(true), None);
        let reason = new().nodedown_reason();
        check(reason, &up(false), Some("{nodeup,'b@h',[]}"));
        check(
            reason,
            &down(false),
            Some("{nodedown,'b@h',[{nodedown_reason,disconnect}]}"),
        );
        let all = new().node_type(NodeType::All);
        check(all, &up(true), Some("{nodeup,'b@h',[{node_type,hidden}]}"));
        check(
            all.nodedown_reason(),
            &down(true),
            Some("{nodedown,'b@h',[{nodedown_reason,disconnect},{node_type,hidden}]}"),
        );
        let hidden = new().node_type(NodeType::Hidden);
        check(hidden, &down(false), None);
        check(
            hidden,
            &down(true),
            Some("{nodedown,'b@h',[{node_type,hidden}]}"),
        );
        check(new().as_map(), &up(false), Some("{nodeup,'b@h',#{}}"));
        check(
            all.nodedown_reason().connection_id(),
            &down(false),
            Some(
                "{nodedown,'b@h',#{connection_id=>7,node_type=>visible,nodedown_reason=>disconnect}}",
            ),
        );
        check(
            new().as_map().nodedown_reason(),
            &up(false),
            Some("{nodeup,'b@h',#{}}"),
        );
    }
}
