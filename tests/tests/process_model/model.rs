//! What OTP says about links, monitors, exit signals and names, in a few lines.

use std::collections::{BTreeMap, BTreeSet};

use ergo::prelude::*;

use crate::puppet::Heard;

/// A process as the model sees it.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) pid: Pid,
    pub(crate) trap: bool,
    pub(crate) alive: bool,
    parent: Option<usize>,
    pub(crate) links: BTreeSet<usize>,
    /// The monitors that wait for a `Down`.
    pub(crate) monitors: BTreeMap<Reference, usize>,
    /// All monitors it ever set.
    pub(crate) references: Vec<Reference>,
    pub(crate) name: Option<usize>,
    /// What it has to hear.
    pub(crate) hears: Vec<Heard>,
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) processes: Vec<Process>,
}

impl Model {
    pub(crate) fn spawn(&mut self, pid: Pid, trap: bool, parent: Option<usize>) -> usize {
        self.processes.push(Process {
            pid,
            trap,
            alive: true,
            parent,
            links: BTreeSet::new(),
            monitors: BTreeMap::new(),
            references: Vec::new(),
            name: None,
            hears: Vec::new(),
        });
        let new = self.processes.len() - 1;
        if let Some(parent) = parent {
            self.link(parent, new);
        }
        new
    }

    pub(crate) fn alive(&self) -> impl Iterator<Item = usize> + '_ {
        let indices = self.processes.iter().enumerate();
        indices
            .filter(|(_, process)| process.alive)
            .map(|(index, _)| index)
    }

    pub(crate) fn owner(&self, name: usize) -> Option<usize> {
        self.alive()
            .find(|index| self.processes[*index].name == Some(name))
    }

    pub(crate) fn watchers(&self, of: usize) -> usize {
        let of_one = |index: usize| {
            let monitors = self.processes[index].monitors.values();
            monitors.filter(|watched| **watched == of).count()
        };
        self.alive().map(of_one).sum()
    }

    pub(crate) fn link(&mut self, by: usize, to: usize) {
        if by == to {
            return;
        }
        if self.processes[to].alive {
            self.processes[by].links.insert(to);
            self.processes[to].links.insert(by);
        } else {
            self.signal(to, by, &ExitReason::NoProc, true);
        }
    }

    pub(crate) fn unlink(&mut self, by: usize, from: usize) {
        self.processes[by].links.remove(&from);
        self.processes[from].links.remove(&by);
    }

    /// `of` is `None` for a name that nobody has.
    pub(crate) fn monitor(&mut self, by: usize, of: Option<usize>, reference: Reference) {
        let process = &mut self.processes[by];
        process.references.push(reference.clone());
        match of.filter(|of| self.processes[*of].alive) {
            Some(of) => {
                self.processes[by].monitors.insert(reference, of);
            }
            None => {
                let reason = ExitReason::NoProc.to_string();
                let heard = Heard::Down(reference, reason);
                self.processes[by].hears.push(heard);
            }
        }
    }

    /// Whether the monitor was there.
    pub(crate) fn demonitor(&mut self, by: usize, reference: &Reference) -> bool {
        self.processes[by].monitors.remove(reference).is_some()
    }

    /// An exit signal: of a broken link, or `exit/2`.
    pub(crate) fn signal(&mut self, from: usize, to: usize, reason: &ExitReason, linked: bool) {
        let sender = self.processes[from].pid.clone();
        let receiver = &mut self.processes[to];
        if !receiver.alive {
            return;
        }
        let kills = *reason == ExitReason::Kill && !linked;
        if kills {
            return self.end(to, &ExitReason::Killed);
        }
        if receiver.trap {
            // A server ends with its parent, whatever it traps.
            if receiver.parent == Some(from) {
                return self.end(to, reason);
            }
            receiver.hears.push(Heard::Exit(sender, reason.to_string()));
        } else if *reason != ExitReason::Normal || (from == to && !linked) {
            self.end(to, reason);
        }
    }

    /// The end of a process, and of all that it takes with it.
    pub(crate) fn end(&mut self, ends: usize, reason: &ExitReason) {
        let process = &mut self.processes[ends];
        if !process.alive {
            return;
        }
        process.alive = false;
        process.name = None;
        process.monitors.clear();
        let links = std::mem::take(&mut process.links);
        for process in self.processes.iter_mut().filter(|process| process.alive) {
            let (watching, others) = std::mem::take(&mut process.monitors)
                .into_iter()
                .partition(|(_, of)| *of == ends);
            process.monitors = others;
            let watching: BTreeMap<Reference, usize> = watching;
            let downs = watching
                .into_keys()
                .map(|reference| Heard::Down(reference, reason.to_string()));
            process.hears.extend(downs);
        }
        for other in links {
            self.processes[other].links.remove(&ends);
            self.signal(ends, other, reason, true);
        }
    }
}
