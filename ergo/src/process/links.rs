//! Links, monitors and exit signals between processes, here and on other nodes.
//!
//! Each end of a relation is an entry at its process, changed under that process's lock. A signal counts only for
//! the one who took the entry away, so races between an exit and an unlink or demonitor end with one outcome.

use std::sync::Arc;

use crate::etf::{Pid, Reference};
use crate::process::host::{AnyProcess, Broken, HostRef, RemoteSignal};
use crate::process::relations::{Monitored, RemoteWatcher, Ties};
use crate::process::{Destination, Down, Exit, ExitReason, Relations, Watcher, pass_through};

/// Where a destination leads, seen from one node.
pub(crate) enum Target {
    /// A process of this node that lives, or did.
    Local(u64),
    /// Nobody: no such name, or a pid of an earlier incarnation.
    Nobody,
    /// Another node.
    Remote,
}

pub(crate) fn resolve(host: &HostRef, to: &Destination) -> Target {
    match to {
        Destination::Pid(pid) if pid.node() != host.name() => Target::Remote,
        Destination::Pid(pid) => host.local_id(pid).map_or(Target::Nobody, Target::Local),
        Destination::Name(name) => host
            .whereis(name.as_str())
            .map_or(Target::Nobody, Target::Local),
        Destination::NameNode(_, node) if node != host.name() => Target::Remote,
        Destination::NameNode(name, _) => host
            .whereis(name.as_str())
            .map_or(Target::Nobody, Target::Local),
        Destination::Alias(alias) if alias.node() != host.name() => Target::Remote,
        Destination::Alias(alias) => {
            let owner = host
                .local_number(alias)
                .and_then(|number| host.alias(number))
                .map(|alias| alias.owner);
            owner.map_or(Target::Nobody, Target::Local)
        }
    }
}

/// The live process behind a destination of this node.
pub(crate) fn local_process(host: &HostRef, to: &Destination) -> Option<Arc<dyn AnyProcess>> {
    match resolve(host, to) {
        Target::Local(id) => host.process(id),
        _ => None,
    }
}

/// The id of the pid that stands for a process of no pid; no process has it.
const NOBODY: u64 = 0;

/// `link/1`: an exit signal `noproc` comes back when there is nothing to link to.
pub(crate) fn link(host: &HostRef, me: &dyn AnyProcess, to: &Destination) {
    match pid_of(host, to) {
        Some(pid) => link_pid(host, me, &pid),
        None => me.exit_signal(&host.pid(NOBODY), ExitReason::NoProc, true),
    }
}

/// The pid behind a destination: that of a name or alias of this node, none for a name of another one.
fn pid_of(host: &HostRef, to: &Destination) -> Option<Pid> {
    match (to, resolve(host, to)) {
        (Destination::Pid(pid), _) => Some(pid.clone()),
        (_, Target::Local(id)) => Some(host.pid(id)),
        _ => None,
    }
}

fn link_pid(host: &HostRef, me: &dyn AnyProcess, to: &Pid) {
    if to.node() != host.name() {
        let mut send = false;
        let made = host.next_number();
        me.with_relations(&mut |relations| send = relations.link_remote(to, made));
        if send {
            // An error is a buffer that is full, which a link does not wait for.
            let _ = host.clone().remote(RemoteSignal::Link {
                from: me.id(),
                to,
                made,
            });
        }
        return;
    }
    let other = host.local_id(to).filter(|id| *id != me.id());
    let Some(id) = other else {
        if host.local_id(to).is_none() {
            me.exit_signal(to, ExitReason::NoProc, true);
        }
        return;
    };
    if !link_local(host, me, id) {
        me.exit_signal(to, ExitReason::NoProc, true);
    }
}

/// Links two processes of this node; false when the other one has ended.
pub(crate) fn link_local(host: &HostRef, me: &dyn AnyProcess, id: u64) -> bool {
    let (mine, other) = (me.id(), host.process(id));
    let linked = other.as_ref().is_some_and(|other| {
        with_both(me, &**other, &mut |relations, others| {
            relations.link(id);
            others.link(mine);
        })
    });
    if linked {
        return true;
    }
    if me.with_relations(&mut |_| {}) {
        return false;
    }
    // Somebody uses the context of a process that has ended; whom it links to would never hear of it.
    if let Some(other) = other {
        other.exit_signal(&host.pid(mine), ExitReason::NoProc, true);
    }
    true
}

/// Changes the relations of two processes in one step, so that both ends of a link are there or none is. False, and
/// nothing is changed, when one of the two has ended.
fn with_both(
    one: &dyn AnyProcess,
    two: &dyn AnyProcess,
    change: &mut dyn FnMut(&mut Relations, &mut Relations),
) -> bool {
    // One after the other by their ids: no two of these wait for each other.
    let in_order = one.id() < two.id();
    let (first, second) = if in_order { (one, two) } else { (two, one) };
    let mut changed = false;
    first.with_relations(&mut |outer| {
        changed = second.with_relations(&mut |inner| {
            if in_order {
                change(outer, inner);
            } else {
                change(inner, outer);
            }
        });
    });
    changed
}

/// The parent's end of the link to a child that has not run yet, and has been made with its own end.
pub(crate) fn link_child(host: &HostRef, parent: &dyn AnyProcess, child: &dyn AnyProcess) {
    let id = child.id();
    let alive = parent.with_relations(&mut |relations| {
        relations.link(id);
    });
    if !alive {
        // Somebody uses the context of a process that has ended: the child would never hear of it.
        child.exit_signal(&host.pid(parent.id()), ExitReason::NoProc, true);
    }
}

/// `unlink/1`: no exit signal of this link arrives once it returns.
pub(crate) fn unlink(host: &HostRef, me: &dyn AnyProcess, from: &Destination) {
    if let Some(from) = pid_of(host, from) {
        unlink_pid(host, me, &from);
    }
}

fn unlink_pid(host: &HostRef, me: &dyn AnyProcess, from: &Pid) {
    if from.node() != host.name() {
        let id = host.next_number();
        let mut send = false;
        me.with_relations(&mut |relations| send = relations.unlink_remote(from, id));
        if send {
            let _ = host.clone().remote(RemoteSignal::Unlink {
                from: me.id(),
                to: from,
                id,
            });
        }
        return;
    }
    if let Some(id) = host.local_id(from) {
        unlink_local(host, me, id);
    }
}

pub(crate) fn unlink_local(host: &HostRef, me: &dyn AnyProcess, id: u64) {
    let mine = me.id();
    // A process is not linked to itself.
    let other = host.process(id).filter(|_| id != mine);
    let unlinked = other.is_some_and(|other| {
        with_both(me, &*other, &mut |relations, others| {
            relations.unlink(id);
            others.unlink(mine);
        })
    });
    if !unlinked {
        me.with_relations(&mut |relations| {
            relations.unlink(id);
        });
    }
}

/// Takes the link and the monitor of the starter away: it learns of a failed init by the error.
pub(crate) fn untie_starter(host: &HostRef, me: &dyn AnyProcess) {
    let (mut parent, mut starter) = (None, None);
    me.with_relations(&mut |relations| {
        relations.untie_remote_starter();
        (parent, starter) = (relations.parent, relations.starter);
    });
    if let Some(parent) = parent {
        unlink_local(host, me, parent);
    }
    if let Some((id, number)) = starter {
        me.with_relations(&mut |relations| relations.unwatch(number));
        if let Some(process) = host.process(id) {
            process.with_relations(&mut |relations| {
                relations.demonitor(number);
            });
        }
    }
}

/// `monitor/2`: a `Down` with `noproc` comes at once when there is nothing to monitor.
pub(crate) fn monitor(host: &HostRef, me: &dyn AnyProcess, to: Destination) -> Reference {
    let number = host.next_number();
    monitor_as(host, me, number, to, Monitored::from);
    host.reference(number)
}

/// `monitor/3`, with what `make` makes of the object.
pub(super) fn monitor_as(
    host: &HostRef,
    me: &dyn AnyProcess,
    number: u64,
    to: Destination,
    make: impl FnOnce(Destination) -> Monitored,
) {
    let object = match to {
        Destination::Name(name) => Destination::NameNode(name, host.name().clone()),
        other => other,
    };
    let target = resolve(host, &object);
    let mut made = make(object.clone());
    made.watched = match target {
        Target::Local(id) => Some(id),
        Target::Nobody | Target::Remote => None,
    };
    let mut monitored = Some(made);
    me.with_relations(&mut |relations| {
        if let Some(monitored) = monitored.take() {
            relations.monitor(number, monitored);
        }
    });
    match target {
        Target::Remote => {
            let _ = host.clone().remote(RemoteSignal::Monitor {
                from: me.id(),
                to: &object,
                number,
            });
        }
        Target::Local(id) => {
            if !watch(host, id, number, Watcher::Process(me.id())) {
                down(host, me, number, ExitReason::NoProc);
            }
        }
        Target::Nobody => down(host, me, number, ExitReason::NoProc),
    }
}

/// Enters a watcher at a process of this node; false when it has ended.
pub(crate) fn watch(host: &HostRef, id: u64, number: u64, watcher: Watcher) -> bool {
    host.process(id).is_some_and(|process| {
        process.with_relations(&mut |relations| relations.watch(number, watcher))
    })
}

/// `demonitor/1`: true when no `Down` of it has been put into the mailbox, and none will be.
pub(crate) fn demonitor(host: &HostRef, me: &dyn AnyProcess, reference: &Reference) -> bool {
    let Some(number) = host.local_number(reference) else {
        return false;
    };
    let mut monitored = None;
    me.with_relations(&mut |relations| monitored = relations.demonitor(number));
    let Some(monitored) = monitored else {
        return false;
    };
    if monitored.ends_alias {
        host.set_alias(number, None);
    }
    release(host, me.id(), number, &monitored);
    true
}

/// Takes the entry of a monitor away at what it is on.
pub(super) fn release(host: &HostRef, mine: u64, number: u64, monitored: &Monitored) {
    let target = match monitored.watched {
        Some(id) => Target::Local(id),
        None => resolve(host, &monitored.object),
    };
    match target {
        Target::Remote => {
            let _ = host.clone().remote(RemoteSignal::Demonitor {
                from: mine,
                to: &monitored.object,
                number,
            });
        }
        Target::Local(id) => {
            if let Some(process) = host.process(id) {
                process.with_relations(&mut |relations| relations.unwatch(number));
            }
        }
        Target::Nobody => {}
    }
}

/// Reports the end of what `me` monitors under `number`, if it still does.
pub(crate) fn down(host: &HostRef, me: &dyn AnyProcess, number: u64, reason: ExitReason) {
    me.settle(&mut |relations| {
        let monitored = relations.demonitor(number)?;
        if monitored.ends_alias {
            host.set_alias(number, None);
        }
        let down = Down {
            reference: host.reference(number),
            object: monitored.object,
            reason: reason.clone(),
            tag: monitored.tag,
        };
        Some(if monitored.priority {
            Broken::UrgentMonitor(down)
        } else {
            Broken::Monitor(down)
        })
    });
}

/// `exit/2` from the process `from`; with `priority` it is `exit/3` with that option.
pub(crate) fn exit(
    host: &HostRef,
    from: u64,
    to: &Destination,
    reason: ExitReason,
    priority: bool,
) {
    match resolve(host, to) {
        // It is no message: a buffer that is full does not refuse it.
        Target::Remote => drop(host.clone().remote(RemoteSignal::Exit2 {
            from,
            to,
            reason: &reason,
            priority,
        })),
        Target::Local(id) => match to {
            Destination::Alias(alias) => {
                exit_through(host, &host.pid(from), alias, reason, priority);
            }
            _ => {
                if let Some(process) = host.process(id) {
                    process.exit_signal(&host.pid(from), reason, false);
                }
            }
        },
        Target::Nobody => {}
    }
}

/// An exit signal to an alias of this node. With `priority` it overtakes what waits where the alias is for that, and the
/// process traps exits.
pub(crate) fn exit_through(
    host: &HostRef,
    from: &Pid,
    to: &Reference,
    reason: ExitReason,
    priority: bool,
) {
    let number = host.local_number(to);
    let Some((number, alias)) = number.and_then(|number| Some((number, host.alias(number)?)))
    else {
        return;
    };
    let owner = host.process(alias.owner);
    let Some(process) = owner.filter(|owner| pass_through(host, &**owner, number)) else {
        return;
    };
    if priority && alias.priority {
        process.urgent_exit_signal(from, reason);
    } else {
        process.exit_signal(from, reason, false);
    }
}

/// `group_leader/2`.
pub(crate) fn set_group_leader(host: &HostRef, leader: &Pid, of: &Pid) {
    if of.node() != host.name() {
        // It is no message: a buffer that is full does not refuse it.
        let _ = host
            .clone()
            .remote(RemoteSignal::GroupLeader { leader, to: of });
    } else if let Some(process) = host.local_id(of).and_then(|id| host.process(id)) {
        process.with_relations(&mut |relations| relations.set_group_leader(leader.clone()));
    }
}

/// Tells everyone tied to a process that it has ended, after its place in the table is free; its name is already.
pub(crate) fn dissolve(host: &HostRef, id: u64, ties: Option<Ties>, reason: &ExitReason) {
    let Some(ties) = ties else {
        return host.remove(id);
    };
    host.remove(id);
    for alias in &ties.aliases {
        host.set_alias(*alias, None);
    }
    break_links(host, id, &ties, reason);
    for (number, watcher) in ties.watchers {
        tell_watcher(host, number, watcher, reason);
    }
    for (reference, watcher) in &ties.remote_watchers {
        tell_remote_watcher(host, id, watcher, reference, reason);
    }
    for (number, monitored) in &ties.monitoring {
        release(host, id, *number, monitored);
    }
}

fn break_links(host: &HostRef, id: u64, ties: &Ties, reason: &ExitReason) {
    for other in ties.links.iter() {
        let Some(process) = host.process(other) else {
            continue;
        };
        process.settle(&mut |relations| {
            let (from, reason) = (host.pid(id), reason.clone());
            relations
                .unlink(id)
                .then_some(Broken::Link(Exit { from, reason }))
        });
    }
    for (to, link) in &ties.remote_links {
        let unlinking = link.unlinking.is_some();
        let _ = host.clone().remote(RemoteSignal::Exit {
            from: id,
            to,
            reason,
            unlinking,
        });
    }
}

fn tell_watcher(host: &HostRef, number: u64, watcher: Watcher, reason: &ExitReason) {
    match watcher {
        Watcher::Process(watching) => {
            if let Some(process) = host.process(watching) {
                down(host, &*process, number, reason.clone());
            }
        }
        Watcher::Call => {
            if let Some(slot) = host.take_slot(number) {
                slot.down(reason.clone());
            }
        }
    }
}

fn tell_remote_watcher(
    host: &HostRef,
    id: u64,
    watcher: &RemoteWatcher,
    reference: &Reference,
    reason: &ExitReason,
) {
    let _ = host.clone().remote(RemoteSignal::Down {
        from: id,
        watcher,
        reference,
        reason,
    });
}
