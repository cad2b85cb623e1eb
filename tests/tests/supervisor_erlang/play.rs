//! Plays scenarios with our supervisor. The counterpart of `sup_player.erl`.

use std::collections::HashMap;

use ergo::behaviour::supervisor::{AutoShutdown, ChildError, ChildId, ChildInfo};
use ergo::prelude::*;
use ergo::process::host::AsHost;
use ergo_tests::PATIENCE;

use crate::scenario::{
    Auto, Child, Event, How, Scenario, Seen, Shutdown, ShutdownWord, Step, Strategy, Sup, Type,
    Worker,
};
use crate::worker::{Journal, Plan, Player, PlayerRef};

/// A child as its supervisor shows it, with what is below.
struct Shown {
    /// The id, or the label of a child of a template.
    label: Term,
    /// Of a supervisor: its place in the scenario.
    sup: Option<Sup>,
    pid: Option<Pid>,
    below: Vec<Shown>,
}

/// The tree below the top when nothing moves, or why the top has ended.
enum Settled {
    Tree(Vec<Shown>),
    Ended(ExitReason),
}

pub(crate) struct Play<'a> {
    node: &'a Node,
    journal: Journal,
    top: &'a Sup,
    supervisor: SupervisorRef,
}

pub(crate) async fn play(node: &Node, scenario: &Scenario) -> Vec<Seen> {
    match tokio::time::timeout(PATIENCE, play_all(node, scenario)).await {
        Ok(seen) => seen,
        Err(_) => panic!("not played within {PATIENCE:?}: {}", scenario.text()),
    }
}

async fn play_all(node: &Node, scenario: &Scenario) -> Vec<Seen> {
    let journal = Journal::default();
    let built = built(&scenario.top, &journal);
    let supervisor = match built.start(node).await {
        Ok(supervisor) => supervisor,
        Err(SpawnError::Init(reason)) => {
            let result = Term::tuple([term!(error), reason.to_term()]);
            return vec![Seen {
                result,
                events: journal.take(),
                state: term!(none),
            }];
        }
        Err(other) => panic!("{other}"),
    };
    let play = Play {
        node,
        journal,
        top: &scenario.top,
        supervisor,
    };
    play.steps(&scenario.steps).await
}

impl Play<'_> {
    async fn steps(&self, steps: &[Step]) -> Vec<Seen> {
        let mut seen = vec![self.seen(term!(ok), false).await];
        for step in steps {
            let (result, any_order) = self.step(step).await;
            let now = self.seen(result, any_order).await;
            let has_ended = now.state.as_tuple().is_some();
            seen.push(now);
            if has_ended {
                return seen;
            }
        }
        let ended = self.end_of(&Handle::pid(&self.supervisor).unwrap());
        self.supervisor.stop().await;
        seen.push(self.over(term!(ok), &ended.await, false));
        seen
    }

    async fn step(&self, step: &Step) -> (Term, bool) {
        let tree = match self.settled().await {
            Settled::Tree(tree) => tree,
            Settled::Ended(reason) => panic!("it goes on after its end: {reason}"),
        };
        let result = match step {
            Step::End(index, how) => match nth(*index, &workers(&tree)) {
                None => term!(nobody),
                Some(pid) => {
                    self.end_worker(pid, *how).await;
                    term!(ok)
                }
            },
            Step::KillSup(index) => {
                self.kill_sup(*index, &tree).await;
                return (term!(ok), true);
            }
            Step::Terminate(parent, child) => match self.sup(*parent, &tree) {
                None => term!(no_supervisor),
                Some(sup) => plain(sup.terminate_child(id(*child)).await),
            },
            Step::Restart(parent, child) => match self.sup(*parent, &tree) {
                None => term!(no_supervisor),
                Some(sup) => started(sup.restart_child(id(*child)).await),
            },
            Step::Delete(parent, child) => match self.sup(*parent, &tree) {
                None => term!(no_supervisor),
                Some(sup) => plain(sup.delete_child(id(*child)).await),
            },
            Step::Add(parent, worker) => match self.sup(*parent, &tree) {
                None => term!(no_supervisor),
                Some(sup) => started(sup.start_child(spec(worker, 0, &self.journal)).await),
            },
            Step::Dynamic(parent, number) => match self.sup(*parent, &tree) {
                None => term!(no_supervisor),
                Some(sup) => started(sup.start_child(args![(*number)]).await),
            },
            Step::TerminateDynamic(parent, index) => match self.sup(*parent, &tree) {
                None => term!(no_supervisor),
                Some(sup) => self.terminate_dynamic(&sup, *index).await,
            },
        };
        (result, false)
    }

    async fn terminate_dynamic(&self, sup: &SupervisorRef, index: u32) -> Term {
        let children = sup.which_children().await.unwrap();
        let mut pids: Vec<Pid> = children.into_iter().filter_map(|child| child.pid).collect();
        pids.sort_by_key(|pid| self.journal.label(pid));
        match nth(index, &pids) {
            None => term!(nobody),
            Some(pid) => plain(sup.terminate_child(pid).await),
        }
    }

    /// The end of a process that is there now.
    fn end_of(&self, pid: &Pid) -> impl Future<Output = ExitReason> + use<> {
        let host = self.node.host();
        let process = host.local_id(pid).and_then(|id| host.process(id));
        async move {
            match process {
                Some(process) => ergo::process::host::Ending::of(process).await,
                None => ExitReason::NoProc,
            }
        }
    }

    async fn end_worker(&self, pid: &Pid, how: How) {
        let ended = self.end_of(pid);
        let worker: PlayerRef = self.node.at(pid);
        let told = match how {
            How::Normal => worker.end(ExitReason::Normal),
            How::Shutdown => worker.end(ExitReason::Shutdown),
            How::ShutdownWith => worker.end(ExitReason::from(term!({shutdown, x}))),
            How::Boom => worker.end(ExitReason::from("boom")),
            How::KillItself => worker.kill_yourself(),
            How::Kill => {
                self.node.exit(pid, ExitReason::Kill);
                Ok(())
            }
        };
        told.unwrap();
        ended.await;
    }

    async fn kill_sup(&self, index: u32, tree: &[Shown]) {
        let top = (Handle::pid(&self.supervisor).unwrap(), pids(tree));
        let sups: Vec<_> = std::iter::once(top).chain(sups(tree)).collect();
        let (sup, below) = nth(index, &sups).unwrap();
        let ends: Vec<_> = below.iter().map(|pid| self.end_of(pid)).collect();
        let ended = self.end_of(sup);
        self.node.exit(sup, ExitReason::Kill);
        ended.await;
        for end in ends {
            end.await;
        }
    }

    fn sup(&self, id: u32, tree: &[Shown]) -> Option<SupervisorRef> {
        if id == self.top.id {
            return Some(self.supervisor.clone());
        }
        let pid = sup_pids(tree).into_iter().find(|(known, _)| *known == id);
        pid.map(|(_, pid)| self.node.at(&pid))
    }

    async fn seen(&self, result: Term, any_order: bool) -> Seen {
        match self.settled().await {
            Settled::Ended(reason) => self.over(result, &reason, any_order),
            Settled::Tree(tree) => Seen {
                result,
                events: self.events(any_order),
                state: state(&tree),
            },
        }
    }

    fn over(&self, result: Term, reason: &ExitReason, any_order: bool) -> Seen {
        Seen {
            result,
            events: self.events(any_order),
            state: Term::tuple([term!(ended), reason.to_term()]),
        }
    }

    fn events(&self, any_order: bool) -> Vec<Event> {
        let mut events = self.journal.take();
        if any_order {
            events.sort_by_cached_key(|event| Term::from_value(event).unwrap());
        }
        events
    }

    async fn settled(&self) -> Settled {
        let pid = Handle::pid(&self.supervisor).unwrap();
        let ended = self.supervisor.as_ref().ended();
        tokio::pin!(ended);
        loop {
            if let Some(tree) = self.walk(&self.supervisor, self.top).await {
                return Settled::Tree(tree);
            }
            if !self.node.is_process_alive(&pid) {
                return Settled::Ended(ended.await);
            }
            tokio::task::yield_now().await;
        }
    }

    /// What a supervisor shows; none when something of it moves.
    async fn walk(&self, supervisor: &SupervisorRef, sup: &Sup) -> Option<Vec<Shown>> {
        let mut children = supervisor.which_children().await.ok()?;
        children.reverse();
        let mut shown = Vec::new();
        for child in children {
            shown.push(Box::pin(self.child(child, sup)).await?);
        }
        if sup.strategy == Strategy::SimpleOneForOne {
            shown.sort_by(|one, other| one.label.cmp(&other.label));
        }
        Some(shown)
    }

    async fn child(&self, info: ChildInfo, parent: &Sup) -> Option<Shown> {
        if info.restarting {
            return None;
        }
        let alive = info
            .pid
            .as_ref()
            .is_none_or(|pid| self.node.is_process_alive(pid));
        if !alive {
            return None;
        }
        let label = match (&info.pid, parent.strategy) {
            (Some(pid), Strategy::SimpleOneForOne) => {
                Term::from_value(&self.journal.label(pid)).unwrap()
            }
            _ => info.id,
        };
        let sup = parent.children.iter().find_map(|child| match child {
            Child::Sup(sup) if Term::from(sup.id) == label => Some(sup.clone()),
            _ => None,
        });
        let below = match (&sup, &info.pid) {
            (Some(sup), Some(pid)) => self.walk(&self.node.at(pid), sup).await?,
            _ => Vec::new(),
        };
        Some(Shown {
            label,
            sup,
            pid: info.pid,
            below,
        })
    }
}

fn id(number: u32) -> ChildId {
    ChildId::from(Term::from(number))
}

fn spec(worker: &Worker, number: u32, journal: &Journal) -> ChildSpec {
    let plan = Plan {
        worker: worker.clone(),
        number,
        journal: journal.clone(),
    };
    told(Player::spec(plan), worker)
}

fn template(worker: &Worker, journal: &Journal) -> ChildSpec {
    let (of_all, journal) = (worker.clone(), journal.clone());
    let template = Player::template(move |number: u32| Plan {
        worker: of_all.clone(),
        number,
        journal: journal.clone(),
    });
    told(template, worker)
}

fn told(spec: ChildSpec, worker: &Worker) -> ChildSpec {
    let spec = typed(spec.id(id(worker.id)), worker.restart, worker.significant);
    match worker.shutdown {
        Shutdown::Millis(millis) => spec.shutdown(Duration::from_millis(millis.into())),
        Shutdown::Word(ShutdownWord::BrutalKill) => spec.brutal_kill(),
        Shutdown::Word(ShutdownWord::Infinity) => spec.shutdown_infinity(),
    }
}

fn typed(spec: ChildSpec, restart: Type, significant: bool) -> ChildSpec {
    let spec = match restart {
        Type::Permanent => spec.permanent(),
        Type::Transient => spec.transient(),
        Type::Temporary => spec.temporary(),
    };
    if significant {
        spec.significant()
    } else {
        spec
    }
}

fn built(sup: &Sup, journal: &Journal) -> Supervisor {
    let supervisor = match (sup.strategy, &sup.children[..]) {
        (Strategy::SimpleOneForOne, [Child::Worker(worker)]) => {
            Supervisor::simple_one_for_one(template(worker, journal))
        }
        (Strategy::SimpleOneForOne, other) => panic!("no template: {other:?}"),
        (Strategy::OneForOne, _) => Supervisor::one_for_one(),
        (Strategy::OneForAll, _) => Supervisor::one_for_all(),
        (Strategy::RestForOne, _) => Supervisor::rest_for_one(),
    };
    let supervisor = supervisor
        .intensity(usize::try_from(sup.intensity).unwrap(), secs(3600))
        .auto_shutdown(match sup.auto_shutdown {
            Auto::Never => AutoShutdown::Never,
            Auto::AnySignificant => AutoShutdown::AnySignificant,
            Auto::AllSignificant => AutoShutdown::AllSignificant,
        });
    if sup.strategy == Strategy::SimpleOneForOne {
        return supervisor;
    }
    sup.children.iter().fold(supervisor, |supervisor, child| {
        supervisor.child(match child {
            Child::Worker(worker) => spec(worker, 0, journal),
            Child::Sup(sup) => {
                let spec = built(sup, journal).spec(id(sup.id));
                typed(spec, sup.restart, sup.significant)
            }
        })
    })
}

fn plain(result: Result<(), ChildError>) -> Term {
    match result {
        Ok(()) => term!(ok),
        Err(error) => refused(error),
    }
}

fn started(result: Result<Pid, ChildError>) -> Term {
    match result {
        Ok(_) => term!({ok, pid}),
        Err(ChildError::Ignored) => term!({ok, undefined}),
        Err(error) => refused(error),
    }
}

fn refused(error: ChildError) -> Term {
    if matches!(error, ChildError::AlreadyStarted(_)) {
        return term!({error, {already_started, pid}});
    }
    Term::tuple([term!(error), Term::from_value(&error).unwrap()])
}

fn state(tree: &[Shown]) -> Term {
    Term::list(tree.iter().map(|shown| {
        let status = match (&shown.pid, &shown.sup) {
            (None, _) => term!(stopped),
            (Some(_), None) => term!(worker),
            (Some(_), Some(_)) => term!(sup),
        };
        Term::tuple([shown.label.clone(), status, state(&shown.below)])
    }))
}

fn workers(tree: &[Shown]) -> Vec<Pid> {
    let mut found = Vec::new();
    for shown in tree {
        match &shown.sup {
            None => found.extend(shown.pid.clone()),
            Some(_) => found.extend(workers(&shown.below)),
        }
    }
    found
}

fn sups(tree: &[Shown]) -> Vec<(Pid, Vec<Pid>)> {
    let mut found = Vec::new();
    for shown in tree {
        if let (Some(_), Some(pid)) = (&shown.sup, &shown.pid) {
            found.push((pid.clone(), pids(&shown.below)));
            found.extend(sups(&shown.below));
        }
    }
    found
}

fn sup_pids(tree: &[Shown]) -> HashMap<u32, Pid> {
    let mut found = HashMap::new();
    for shown in tree {
        if let (Some(sup), Some(pid)) = (&shown.sup, &shown.pid) {
            found.insert(sup.id, pid.clone());
            found.extend(sup_pids(&shown.below));
        }
    }
    found
}

fn pids(tree: &[Shown]) -> Vec<Pid> {
    let mut found = Vec::new();
    for shown in tree {
        found.extend(shown.pid.clone());
        found.extend(pids(&shown.below));
    }
    found
}

fn nth<T>(index: u32, list: &[T]) -> Option<&T> {
    let length = list.len().max(1);
    list.get(usize::try_from(index).unwrap() % length)
}
