//! Who a process is tied to: pure data, changed under the process's own lock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::task::Waker;

use crate::etf::{Atom, Pid, Reference, Term};
use crate::process::asked::Asked;
use crate::process::crash::Last;
use crate::process::host::Host;
use crate::process::id_set::IdSet;
use crate::process::{Destination, ExitReason, Heritage};
use crate::sync::AbortHandle;

/// Who waits for the end of a process on the same node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Watcher {
    /// The process with this id gets a `Down`.
    Process(u64),
    /// A call by a destination; its slot is known to the node under the same number.
    Call,
}

/// A monitor that a process on another node holds on this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteWatcher {
    /// Who gets the `Down`.
    pub pid: Pid,
    /// The name that was monitored, when it was a name.
    pub name: Option<Atom>,
}

/// A link to a process on another node, by OTP's unlink protocol: while an unlink waits for its acknowledgement
/// the link is inactive, and a late exit signal is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RemoteLink {
    /// The identifier of the unlink that waits for its acknowledgement.
    pub(crate) unlinking: Option<u64>,
    /// What it is known as: another number each time it is made, so that the loss of a connection breaks those alone
    /// that were tied to it.
    made: u64,
}

impl RemoteLink {
    fn active(made: u64) -> Self {
        RemoteLink {
            unlinking: None,
            made,
        }
    }
}

/// What a monitor of ours is on, and what it is like.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Monitored {
    /// What its `Down` names.
    pub object: Destination,
    /// The process of this node that it is on: a name may have another owner, or none, when the monitor is taken back.
    pub(super) watched: Option<u64>,
    /// What comes with its `Down`.
    pub(super) tag: Option<Term>,
    /// Whether the alias of the same number is on only as long as the monitor is there.
    pub(super) ends_alias: bool,
    /// Whether its `Down` overtakes the messages that wait.
    pub(super) priority: bool,
}

impl From<Destination> for Monitored {
    fn from(object: Destination) -> Self {
        Monitored {
            object,
            watched: None,
            tag: None,
            ends_alias: false,
            priority: false,
        }
    }
}

/// Links, monitors and what else a process holds while it lives.
///
/// A process without any has none of this allocated.
#[derive(Debug, Default)]
pub struct Relations {
    /// The reason of the exit signal that will end the process.
    pub(super) exit: Option<ExitReason>,
    pub(super) name: Option<Atom>,
    /// The process of this node that has started it with a link.
    pub(super) parent: Option<u64>,
    /// The one of another node.
    pub(super) remote_parent: Option<Box<Pid>>,
    /// Set from outside, over what the process has inherited.
    pub(super) group_leader: Option<Pid>,
    /// What those it starts inherit from it; made anew when something of it has changed.
    pub(super) heritage_of_children: Option<Arc<Heritage>>,
    /// The monitor of the starter, which learns of a failed init by the error and not by a `Down`.
    pub(super) starter: Option<(u64, u64)>,
    /// The one on another node that waits for its init, which learns of a failed one by the error and not by an exit
    /// signal or a `Down`.
    remote_starter: Option<Box<(Pid, Reference)>>,
    links: IdSet,
    remote_links: BTreeMap<Pid, RemoteLink>,
    watchers: BTreeMap<u64, Watcher>,
    remote_watchers: BTreeMap<Reference, RemoteWatcher>,
    monitoring: BTreeMap<u64, Monitored>,
    aliases: BTreeSet<u64>,
    owned: Vec<AbortHandle>,
    /// Monitors that were taken back with their `Down` in the batch in progress, where it is then passed over.
    pub(super) flushed: Vec<Reference>,
    /// Wakes the process for an exit signal, when a part of its body receives with a waker of its own.
    pub(super) waker: Option<Waker>,
    /// What a callback has asked for, to be done after it.
    pub(super) asked: Option<Box<Asked>>,
    /// What it was doing when it failed, for its crash report.
    pub(super) last: Option<Box<Last>>,
}

/// What is left to tell others when a process has ended.
#[derive(Debug, Default)]
pub(crate) struct Ties {
    pub(crate) name: Option<Atom>,
    pub(crate) links: IdSet,
    pub(crate) remote_links: BTreeMap<Pid, RemoteLink>,
    pub(crate) watchers: BTreeMap<u64, Watcher>,
    pub(crate) remote_watchers: BTreeMap<Reference, RemoteWatcher>,
    pub(crate) monitoring: BTreeMap<u64, Monitored>,
    pub(crate) aliases: BTreeSet<u64>,
    pub(super) last: Option<Box<Last>>,
}

impl Ties {
    /// Those of a process that was linked to its parent and to nobody else.
    pub(super) fn of_child(parent: u64) -> Self {
        let mut ties = Ties::default();
        ties.links.insert(parent);
        ties
    }
}

impl Relations {
    /// Those of a process that was started with a link by `parent`.
    pub(super) fn of_child(parent: u64) -> Box<Self> {
        let mut relations = Box::new(Relations {
            parent: Some(parent),
            ..Relations::default()
        });
        relations.link(parent);
        relations
    }

    /// Links to a process of this node; false when it was linked already.
    pub fn link(&mut self, id: u64) -> bool {
        self.links.insert(id)
    }

    /// Takes the link to a process of this node away; false when there was none.
    pub fn unlink(&mut self, id: u64) -> bool {
        self.links.remove(id)
    }

    /// We link to `pid`: the link is active from now on, also when an unlink of it was under way. True when a LINK
    /// has to be sent; the link is then known as `made`.
    pub fn link_remote(&mut self, pid: &Pid, made: u64) -> bool {
        if self.is_linked_remote(pid) {
            return false;
        }
        self.remote_links
            .insert(pid.clone(), RemoteLink::active(made));
        true
    }

    /// `pid` has linked to us: a link that is there, active or not, stays as it is. A new one is known as `made`.
    pub fn linked_by(&mut self, pid: &Pid, made: u64) {
        self.remote_links
            .entry(pid.clone())
            .or_insert(RemoteLink::active(made));
    }

    /// We unlink from `pid`: true when an UNLINK_ID with this `id` has to be sent.
    pub fn unlink_remote(&mut self, pid: &Pid, id: u64) -> bool {
        match self.remote_links.get_mut(pid) {
            Some(link) if link.unlinking.is_none() => {
                link.unlinking = Some(id);
                true
            }
            _ => false,
        }
    }

    /// `pid` has unlinked from us.
    pub fn unlinked_by(&mut self, pid: &Pid) {
        if self
            .remote_links
            .get(pid)
            .is_some_and(|link| link.unlinking.is_none())
        {
            self.remote_links.remove(pid);
        }
    }

    /// `pid` has acknowledged our unlink: true when that ends the link.
    pub fn unlink_acknowledged(&mut self, pid: &Pid, id: u64) -> bool {
        let ends = self
            .remote_links
            .get(pid)
            .is_some_and(|link| link.unlinking == Some(id));
        if ends {
            self.remote_links.remove(pid);
        }
        ends
    }

    /// The connection is lost that the link known as `made` was tied to. True when the exit signal counts: not for a link
    /// that has been made again meanwhile, which is tied to another one.
    pub fn break_lost(&mut self, pid: &Pid, made: u64) -> bool {
        self.link_made(pid) == Some(made) && self.break_remote(pid)
    }

    /// What the link to `pid` is known as, active or not.
    pub fn link_made(&self, pid: &Pid) -> Option<u64> {
        self.remote_links.get(pid).map(|link| link.made)
    }

    /// The process at the other end has ended. True when the exit signal counts.
    pub fn break_remote(&mut self, pid: &Pid) -> bool {
        self.remote_links
            .remove(pid)
            .is_some_and(|link| link.unlinking.is_none())
    }

    /// Whether there is a link to `pid`, and no unlink of it under way.
    pub fn is_linked_remote(&self, pid: &Pid) -> bool {
        let link = self.remote_links.get(pid);
        link.is_some_and(|link| link.unlinking.is_none())
    }

    /// Somebody on this node waits for our end.
    pub fn watch(&mut self, number: u64, watcher: Watcher) {
        self.watchers.insert(number, watcher);
    }

    /// Nobody waits under this number any more.
    pub fn unwatch(&mut self, number: u64) {
        self.watchers.remove(&number);
    }

    /// A process on another node waits for our end.
    pub fn watch_remote(&mut self, reference: Reference, watcher: RemoteWatcher) {
        self.remote_watchers.insert(reference, watcher);
    }

    /// Somebody on another node waits for our init, who may have linked to us and monitor us.
    pub(crate) fn set_remote_starter(&mut self, from: Pid, reference: Reference) {
        self.remote_starter = Some(Box::new((from, reference)));
    }

    /// Our init has failed: what the starter on another node hears of it is not said twice.
    pub(super) fn untie_remote_starter(&mut self) {
        if let Some((from, reference)) = self.remote_starter.take().map(|starter| *starter) {
            self.remote_links.remove(&from);
            self.remote_watchers.remove(&reference);
        }
    }

    /// Takes a monitor of another node away; false when there was none.
    pub fn unwatch_remote(&mut self, reference: &Reference) -> bool {
        self.remote_watchers.remove(reference).is_some()
    }

    /// We wait for the end of `object`.
    pub fn monitor(&mut self, number: u64, monitored: impl Into<Monitored>) {
        self.monitoring.insert(number, monitored.into());
    }

    /// Takes a monitor of ours away and says what it was on: whoever gets it is the one that reports.
    pub fn demonitor(&mut self, number: u64) -> Option<Monitored> {
        let monitored = self.monitoring.remove(&number)?;
        if monitored.ends_alias {
            self.aliases.remove(&number);
        }
        Some(monitored)
    }

    /// Switches an alias of ours on.
    pub fn alias(&mut self, number: u64) {
        self.aliases.insert(number);
    }

    /// Whether an alias of ours is on.
    pub(super) fn has_alias(&self, number: u64) -> bool {
        self.aliases.contains(&number)
    }

    /// Switches an alias of ours off; false when it was off.
    pub fn unalias(&mut self, number: u64) -> bool {
        self.aliases.remove(&number)
    }

    /// A task that ends with the process.
    pub fn own(&mut self, task: AbortHandle) {
        if self.owned.len() == self.owned.capacity() {
            self.owned.retain(|task| !task.is_finished());
        }
        self.owned.push(task);
    }

    /// Ends what is owned and hands the rest over, to be told to others.
    pub(super) fn dissolve(self) -> Ties {
        for task in &self.owned {
            task.abort();
        }
        Ties {
            name: self.name,
            links: self.links,
            remote_links: self.remote_links,
            watchers: self.watchers,
            remote_watchers: self.remote_watchers,
            monitoring: self.monitoring,
            aliases: self.aliases,
            last: self.last,
        }
    }

    /// The process that started it with a link, of this node or of another one.
    pub(super) fn parent_pid(&self, host: &dyn Host) -> Option<Pid> {
        let here = || self.parent.map(|id| host.pid(id));
        self.remote_parent.as_deref().cloned().or_else(here)
    }

    /// The one that has started it from another node is its parent.
    pub(super) fn set_remote_parent(&mut self, host: &dyn Host, pid: &Pid) {
        match host.local_id(pid) {
            Some(id) => self.parent = Some(id),
            None => self.remote_parent = Some(Box::new(pid.clone())),
        }
    }

    /// The process of this node that started it with a link, while they are linked.
    pub fn linked_parent(&self) -> Option<u64> {
        self.parent.filter(|parent| self.links.contains(*parent))
    }

    /// The name it has registered.
    pub fn registered_name(&self) -> Option<&Atom> {
        self.name.as_ref()
    }

    /// Its registered name, or none.
    pub(super) fn set_name(&mut self, name: Option<Atom>) {
        self.name = name;
        self.heritage_of_children = None;
    }

    /// Sends the output of the process elsewhere.
    pub fn set_group_leader(&mut self, leader: Pid) {
        self.group_leader = Some(leader);
        self.heritage_of_children = None;
    }

    /// The pids it is linked to.
    pub(super) fn linked(&self, host: &dyn Host) -> Vec<Pid> {
        let here = self.links.iter().map(|id| host.pid(id));
        let active =
            |(pid, link): (&Pid, &RemoteLink)| link.unlinking.is_none().then(|| pid.clone());
        here.chain(self.remote_links.iter().filter_map(active))
            .collect()
    }

    /// What it monitors.
    pub(super) fn monitored(&self) -> Vec<Destination> {
        let object = |monitored: &Monitored| monitored.object.clone();
        self.monitoring.values().map(object).collect()
    }

    /// The pids of those that monitor it.
    pub(super) fn watching(&self, host: &dyn Host) -> Vec<Pid> {
        let here = self.watchers.values().filter_map(|watcher| match watcher {
            Watcher::Process(id) => Some(host.pid(*id)),
            Watcher::Call => None,
        });
        let elsewhere = self.remote_watchers.values();
        here.chain(elsewhere.map(|watcher| watcher.pid.clone()))
            .collect()
    }

    /// How many links it has, to processes here and elsewhere.
    pub fn link_count(&self) -> usize {
        self.links.len() + self.remote_links.len()
    }

    /// How many aliases it has switched on.
    pub fn alias_count(&self) -> usize {
        self.aliases.len()
    }

    /// How many monitors it holds on others.
    pub fn monitoring_count(&self) -> usize {
        self.monitoring.len()
    }

    /// How many others, here and elsewhere, wait for its end.
    pub fn watcher_count(&self) -> usize {
        self.watchers.len() + self.remote_watchers.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pid(id: u32) -> Pid {
        Pid::new(Atom::from_static("far@host"), id, 0, 1)
    }

    #[test]
    fn an_exit_on_an_inactive_link_is_ignored() {
        let mut relations = Relations::default();
        assert!(relations.link_remote(&pid(1), 1));
        assert!(!relations.link_remote(&pid(1), 1));
        assert!(relations.unlink_remote(&pid(1), 7));
        assert!(!relations.unlink_remote(&pid(1), 8));
        assert!(!relations.break_remote(&pid(1)));
    }

    #[test]
    fn a_link_from_the_other_side_does_not_wake_an_inactive_link() {
        let mut relations = Relations::default();
        relations.link_remote(&pid(1), 1);
        relations.unlink_remote(&pid(1), 7);
        relations.linked_by(&pid(1), 2);
        assert!(!relations.unlink_acknowledged(&pid(1), 6));
        assert_eq!(relations.link_count(), 1);
        assert!(relations.unlink_acknowledged(&pid(1), 7));
        assert_eq!(relations.link_count(), 0);
    }

    #[test]
    fn linking_again_makes_a_late_acknowledgement_harmless() {
        let mut relations = Relations::default();
        relations.link_remote(&pid(1), 1);
        relations.unlink_remote(&pid(1), 7);
        assert!(relations.link_remote(&pid(1), 1));
        assert!(!relations.unlink_acknowledged(&pid(1), 7));
        assert!(relations.break_remote(&pid(1)));
    }

    #[test]
    fn an_unlink_from_the_other_side_leaves_our_own_unlink_waiting() {
        let mut relations = Relations::default();
        relations.link_remote(&pid(1), 1);
        relations.unlink_remote(&pid(1), 7);
        relations.unlinked_by(&pid(1));
        assert_eq!(relations.link_count(), 1);
    }

    #[test]
    fn a_monitor_is_taken_once() {
        let mut relations = Relations::default();
        relations.monitor(3, Destination::from("x"));
        let monitored = Monitored::from(Destination::from("x"));
        assert_eq!(relations.demonitor(3), Some(monitored));
        assert_eq!(relations.demonitor(3), None);
    }
}
