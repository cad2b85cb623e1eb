//! Which names are registered: pure data, the creation of the first registration passed in.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crate::epmd::codec::{AliveName, DumpLine, ListedNode, NodeEntry};

/// Creations up to this one mean something else on the wire.
const RESERVED_CREATION_MAX: u32 = 3;

/// The server's number for what holds a registration: a connection, or a handle in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct OwnerId(pub(super) u64);

/// The name is held by a living owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taken {
    /// The port the holder is registered with.
    pub(super) port: u16,
}

/// The registered nodes in the order they came, and the names used before.
#[derive(Debug)]
pub(super) struct Registry {
    /// By the number of the registration: a later one is greater.
    nodes: BTreeMap<u64, (NodeEntry, OwnerId)>,
    by_name: HashMap<AliveName, u64>,
    by_owner: HashMap<OwnerId, u64>,
    /// The oldest in front.
    unused: VecDeque<(NodeEntry, OwnerId)>,
    unused_max: usize,
    registrations: u64,
    next_creation: u32,
}

impl Registry {
    /// No node; the first one gets `first_creation`. Keeps at most `unused_max` names used before.
    pub(super) fn new(first_creation: u32, unused_max: usize) -> Self {
        Self {
            nodes: BTreeMap::new(),
            by_name: HashMap::new(),
            by_owner: HashMap::new(),
            unused: VecDeque::new(),
            unused_max,
            registrations: 0,
            next_creation: first_creation,
        }
    }

    /// Registers `entry` for `owner`, who holds no other; the creation of this registration.
    ///
    /// When the name is held, `is_alive` decides whether its holder still is: a node that starts
    /// again at once must not be refused because the end of its predecessor has not been read yet.
    pub(super) fn register(
        &mut self,
        entry: NodeEntry,
        owner: OwnerId,
        is_alive: impl FnOnce(OwnerId) -> bool,
    ) -> Result<u32, Taken> {
        if let Some((holder, holder_id)) = self.holder(&entry.name) {
            let taken = Taken { port: holder.port };
            if is_alive(holder_id) {
                return Err(taken);
            }
            self.unregister(holder_id);
        }
        self.unused.retain(|(old, _)| old.name != entry.name);
        self.registrations += 1;
        self.by_name.insert(entry.name.clone(), self.registrations);
        self.by_owner.insert(owner, self.registrations);
        self.nodes.insert(self.registrations, (entry, owner));
        Ok(self.take_creation())
    }

    /// Forgets the registration of `owner`; its entry, if there was one.
    pub(super) fn unregister(&mut self, owner: OwnerId) -> Option<NodeEntry> {
        let number = self.by_owner.remove(&owner)?;
        let (entry, _) = self.nodes.remove(&number)?;
        self.by_name.remove(&entry.name);
        self.unused.push_back((entry.clone(), owner));
        while self.unused.len() > self.unused_max {
            self.unused.pop_front();
        }
        Some(entry)
    }

    /// The node of this name and its owner.
    pub(super) fn holder(&self, name: &AliveName) -> Option<(&NodeEntry, OwnerId)> {
        let number = self.by_name.get(name)?;
        let (entry, owner) = self.nodes.get(number)?;
        Some((entry, *owner))
    }

    /// Whether no node is registered.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The lines of NAMES: the newest first.
    pub(super) fn names(&self) -> Vec<ListedNode> {
        let newest_first = self.nodes.values().rev();
        newest_first
            .map(|(entry, _)| ListedNode::new(entry.name.as_str(), entry.port))
            .collect()
    }

    /// The lines of DUMP: registered nodes, the newest first, then names used before, the oldest first.
    pub(super) fn dump(&self) -> Vec<DumpLine> {
        let line = |active, (entry, owner): &(NodeEntry, OwnerId)| {
            DumpLine::new(active, entry.name.as_str(), entry.port, owner.0)
        };
        let active = self.nodes.values().rev().map(|node| line(true, node));
        let unused = self.unused.iter().map(|node| line(false, node));
        active.chain(unused).collect()
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.by_name.clear();
        self.by_owner.clear();
        self.unused.clear();
    }

    fn take_creation(&mut self) -> u32 {
        if self.next_creation <= RESERVED_CREATION_MAX {
            self.next_creation = RESERVED_CREATION_MAX + 1;
        }
        let creation = self.next_creation;
        self.next_creation = creation.wrapping_add(1);
        creation
    }
}

/// The first creation of a server that starts at `unix_seconds`.
///
/// Creations count up by one, so a server that takes over must start above all that its predecessor
/// gave out: there are 256 to every second, and they repeat only after half a year.
pub(super) fn first_creation(unix_seconds: u64) -> u32 {
    let [_, _, _, _, low @ ..] = unix_seconds.wrapping_mul(256).to_be_bytes();
    u32::from_be_bytes(low)
}

#[cfg(test)]
mod tests;
