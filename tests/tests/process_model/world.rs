//! The processes themselves, beside the model of them.

use std::future::Future;
use std::sync::Arc;

use ergo::prelude::*;
use ergo::process::host::{AnyProcess, AsHost};
use ergo_tests::{PATIENCE, deadline, unique_name};
use tokio::sync::oneshot;

use crate::model::Model;
use crate::operation::{NAMES, Operation};
use crate::puppet::{Notes, Puppet, PuppetRef, taken};

pub(crate) struct World {
    node: Node,
    model: Model,
    puppets: Vec<(PuppetRef, Arc<dyn AnyProcess>, Notes)>,
    /// How many processes the node has of its own.
    of_its_own: usize,
}

impl World {
    pub(crate) async fn start() -> World {
        let name = format!("{}@127.0.0.1", unique_name("model"));
        let node = Node::builder(name).local_only().start().await.unwrap();
        let of_its_own = node.process_count();
        let mut world = World {
            node,
            model: Model::default(),
            puppets: Vec::new(),
            of_its_own,
        };
        // Something to work with, also for the shortest sequences.
        for trap in [true, false, true] {
            world.spawn(trap).await;
        }
        world
    }

    fn keep(&mut self, handle: PuppetRef, notes: Notes, trap: bool, parent: Option<usize>) {
        let pid = Handle::pid(&handle).unwrap();
        let host = self.node.host();
        let process = host.process(host.local_id(&pid).unwrap()).unwrap();
        self.puppets.push((handle, process, notes));
        self.model.spawn(pid, trap, parent);
    }

    async fn spawn(&mut self, trap: bool) {
        let notes = Notes::default();
        let options = SpawnOptions::default().trap_exit(trap);
        let started = self.node.spawn_with::<Puppet>(notes.clone(), options);
        let handle = started.await.unwrap();
        self.keep(handle, notes, trap, None);
    }

    /// The process that is meant by an index, if it lives.
    fn living(&self, index: usize) -> Option<usize> {
        let index = self.any(index);
        self.model.processes[index].alive.then_some(index)
    }

    fn any(&self, index: usize) -> usize {
        index % self.puppets.len()
    }

    fn pid(&self, index: usize) -> Pid {
        self.model.processes[index].pid.clone()
    }

    /// Awaits `act` in a callback of a process.
    async fn inside<R, F>(
        &self,
        index: usize,
        act: impl FnOnce(Context<Puppet>) -> F + Send + 'static,
    ) -> R
    where
        R: Send + 'static,
        F: Future<Output = R> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let run = self.puppets[index].0.run(Box::new(move |cx| {
            let doing = act(cx);
            Box::pin(async move { drop(sender.send(doing.await)) })
        }));
        // The process may end of what it does.
        let _ = deadline(PATIENCE, run).await;
        deadline(PATIENCE, receiver).await.unwrap()
    }

    pub(crate) async fn perform(&mut self, operation: &Operation) {
        match *operation {
            Operation::Spawn { trap } => self.spawn(trap).await,
            Operation::SpawnLink { by, trap } => self.spawn_link(by, trap).await,
            Operation::SpawnMonitor { by } => self.spawn_monitor(by).await,
            Operation::Link { by, to } => self.link(by, to).await,
            Operation::Unlink { by, from } => self.unlink(by, from).await,
            Operation::Monitor { by, of } => {
                let of = self.any(of);
                self.monitor(by, self.pid(of).into(), Some(of)).await;
            }
            Operation::MonitorName { by, name } => {
                let owner = self.model.owner(name);
                self.monitor(by, NAMES[name].into(), owner).await;
            }
            Operation::Demonitor { by, which, flush } => self.demonitor(by, which, flush).await,
            Operation::Flush { by, of, flush } => self.flush(by, of, flush).await,
            Operation::TrapExit { by, on } => self.trap_exit(by, on).await,
            Operation::Register { by, name } => self.register(by, name).await,
            Operation::Unregister { by } => self.unregister(by).await,
            Operation::Exit { by, to, why } => {
                let (Some(by), to) = (self.living(by), self.any(to)) else {
                    return;
                };
                let (pid, reason) = (self.pid(to), why.reason());
                self.inside(by, async move |cx| cx.exit(pid, reason)).await;
                self.model.signal(by, to, &why.reason(), false);
            }
            Operation::Stop { by, why } => {
                let Some(by) = self.living(by) else { return };
                self.puppets[by].0.stop(why.reason()).unwrap();
                self.model.end(by, &why.reason());
            }
        }
    }

    async fn spawn_link(&mut self, by: usize, trap: bool) {
        let Some(by) = self.living(by) else { return };
        let notes = Notes::default();
        let (given, options) = (notes.clone(), SpawnOptions::default().trap_exit(trap));
        let started = self.inside(by, async move |cx| {
            cx.spawn_link_with::<Puppet>(given, options).await
        });
        let handle = started.await.unwrap();
        self.keep(handle, notes, trap, Some(by));
    }

    async fn spawn_monitor(&mut self, by: usize) {
        let Some(by) = self.living(by) else { return };
        let notes = Notes::default();
        let given = notes.clone();
        let started = self.inside(by, async move |cx| cx.spawn_monitor::<Puppet>(given).await);
        let (handle, reference) = started.await.unwrap();
        self.keep(handle, notes, false, None);
        let new = self.puppets.len() - 1;
        self.model.monitor(by, Some(new), reference);
    }

    async fn link(&mut self, by: usize, to: usize) {
        let (Some(by), to) = (self.living(by), self.any(to)) else {
            return;
        };
        let pid = self.pid(to);
        self.inside(by, async move |cx| cx.link(pid)).await;
        self.model.link(by, to);
    }

    async fn unlink(&mut self, by: usize, from: usize) {
        let (Some(by), from) = (self.living(by), self.any(from)) else {
            return;
        };
        let pid = self.pid(from);
        self.inside(by, async move |cx| cx.unlink(pid)).await;
        self.model.unlink(by, from);
    }

    async fn monitor(&mut self, by: usize, to: Destination, of: Option<usize>) {
        let Some(by) = self.living(by) else { return };
        // A process that monitors itself hears nothing: it does not outlive itself.
        let reference = self.inside(by, async move |cx| cx.monitor(to)).await;
        self.model.monitor(by, of, reference);
    }

    async fn demonitor(&mut self, by: usize, which: usize, flush: bool) {
        let Some(by) = self.living(by) else { return };
        let references = &self.model.processes[by].references;
        let Some(reference) = references.get(which % references.len().max(1)).cloned() else {
            return;
        };
        let taken_back = reference.clone();
        let was_there = self.inside(by, async move |cx| match flush {
            true => cx.demonitor_flush(&taken_back),
            false => cx.demonitor(&taken_back),
        });
        assert_eq!(was_there.await, self.model.demonitor(by, &reference));
    }

    /// Ends another process in a callback of this one, so that the `Down` is in its mailbox when it takes it back.
    async fn flush(&mut self, by: usize, of: usize, flush: bool) {
        let (Some(by), Some(of)) = (self.living(by), self.living(of)) else {
            return;
        };
        // Whoever is linked to it might end, too, and take this one along in the midst of it.
        if by == of || !self.model.processes[of].links.is_empty() {
            return;
        }
        let (pid, ending) = (self.pid(of), self.puppets[of].1.clone());
        let flushing = self.inside(by, async move |cx| {
            let reference = cx.monitor(pid.clone());
            cx.exit(pid, ExitReason::Kill);
            ergo::process::host::Ending::of(ending).await;
            let was_there = match flush {
                true => cx.demonitor_flush(&reference),
                false => cx.demonitor(&reference),
            };
            (reference, was_there)
        });
        let (reference, was_there) = flushing.await;
        assert!(!was_there, "its Down is in the mailbox");
        self.model.monitor(by, Some(of), reference.clone());
        self.model.end(of, &ExitReason::Killed);
        if flush {
            let hears = &mut self.model.processes[by].hears;
            hears.retain(
                |heard| !matches!(heard, crate::puppet::Heard::Down(of, _) if *of == reference),
            );
        }
    }

    async fn trap_exit(&mut self, by: usize, on: bool) {
        let Some(by) = self.living(by) else { return };
        let before = self.inside(by, async move |cx| cx.trap_exit(on)).await;
        assert_eq!(
            before,
            std::mem::replace(&mut self.model.processes[by].trap, on)
        );
    }

    async fn register(&mut self, by: usize, name: usize) {
        let Some(by) = self.living(by) else { return };
        let registered = self.inside(by, async move |cx| cx.register(NAMES[name]).is_ok());
        let free = self.model.owner(name).is_none() && self.model.processes[by].name.is_none();
        assert_eq!(registered.await, free);
        if free {
            self.model.processes[by].name = Some(name);
        }
    }

    async fn unregister(&mut self, by: usize) {
        let Some(by) = self.living(by) else { return };
        let had_one = self.inside(by, async move |cx| cx.unregister()).await;
        assert_eq!(had_one, self.model.processes[by].name.take().is_some());
    }

    /// Waits until everything is done, and compares all there is to see.
    pub(crate) async fn compare(&mut self, after: &Operation) {
        for (index, (handle, process, notes)) in self.puppets.iter().enumerate() {
            let model = &mut self.model.processes[index];
            if !model.alive {
                let gone = ergo::process::host::Ending::of(process.clone());
                deadline(PATIENCE, gone).await;
                continue;
            }
            deadline(PATIENCE, handle.sync())
                .await
                .unwrap_or_else(|error| panic!("{after:?}: process {index}: {error}"));
            model.hears.sort();
            let heard = std::mem::take(&mut model.hears);
            assert_eq!(taken(notes), heard, "{after:?}: process {index} has heard");
        }
        self.compare_relations(after);
    }

    fn compare_relations(&self, after: &Operation) {
        for index in self.model.alive() {
            let mut seen = None;
            self.puppets[index].1.with_relations(&mut |relations| {
                seen = Some((
                    relations.link_count(),
                    relations.monitoring_count(),
                    relations.watcher_count(),
                ));
            });
            let model = &self.model.processes[index];
            let counts = (
                model.links.len(),
                model.monitors.len(),
                self.model.watchers(index),
            );
            assert_eq!(
                seen,
                Some(counts),
                "{after:?}: relations of process {index}"
            );
        }
        for (name, text) in NAMES.iter().enumerate() {
            let owner = self.model.owner(name).map(|owner| self.pid(owner));
            assert_eq!(self.node.whereis_pid(text), owner, "{after:?}: {text}");
        }
        let alive = self.model.alive().count() + self.of_its_own;
        assert_eq!(self.node.process_count(), alive, "{after:?}");
    }

    /// Nothing is left of it.
    pub(crate) async fn stop(self) {
        deadline(PATIENCE, self.node.stop()).await;
        assert_eq!(self.node.process_count(), 0);
        assert_eq!(self.node.registered(), Vec::<Atom>::new());
    }
}
