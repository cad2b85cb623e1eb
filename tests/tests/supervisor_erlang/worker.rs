//! The workers of a scenario, and the journal they write. The counterparts of `sup_worker.erl` and `sup_journal.erl`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use ergo::prelude::*;

use crate::scenario::{Event, Manner, Start, Worker};

/// Which worker: its id, and its number where it is of a template.
pub(crate) type Label = (u32, u32);

#[derive(Default)]
struct Pages {
    events: Vec<Event>,
    counts: HashMap<Label, usize>,
    labels: HashMap<Pid, Label>,
}

/// What happens to workers, in order; how often each was started; and which pid is which worker.
#[derive(Clone, Default)]
pub(crate) struct Journal(Arc<Mutex<Pages>>);

impl Journal {
    fn start(&self, label: Label, starts: &[Start], pid: Pid) -> Start {
        let mut pages = self.0.lock().unwrap();
        let count = pages.counts.entry(label).or_default();
        let outcome = starts.get(*count).copied().unwrap_or(Start::Ok);
        *count += 1;
        pages.labels.insert(pid, label);
        pages.events.push(Event::Started(label, outcome));
        outcome
    }

    fn stop(&self, label: Label, reason: &ExitReason) {
        let event = Event::Stopped(label, reason.to_term());
        self.0.lock().unwrap().events.push(event);
    }

    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.0.lock().unwrap().events)
    }

    pub(crate) fn label(&self, pid: &Pid) -> Label {
        self.0.lock().unwrap().labels[pid]
    }
}

/// What one worker is started with.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) worker: Worker,
    pub(crate) number: u32,
    pub(crate) journal: Journal,
}

#[derive(Actor)]
pub(crate) struct Player {
    label: Label,
    manner: Manner,
    journal: Journal,
}

#[ergo::server]
impl Player {
    async fn init(plan: Plan, cx: &Context<Self>) -> Result<Self, ExitReason> {
        let label = (plan.worker.id, plan.number);
        cx.trap_exit(plan.worker.manner != Manner::Plain);
        match plan.journal.start(label, &plan.worker.starts, cx.pid()) {
            Start::Ok => Ok(Player {
                label,
                manner: plan.worker.manner,
                journal: plan.journal,
            }),
            Start::Fail => Err(ExitReason::from("boom")),
            Start::Ignore => Err(ExitReason::Ignore),
        }
    }

    #[cast]
    fn end(&mut self, reason: ExitReason) -> Flow {
        // It is its supervisor whom it keeps waiting.
        self.manner = Manner::Trapping;
        Flow::Stop(reason)
    }

    #[cast]
    fn kill_yourself(&mut self, cx: &Context<Self>) {
        cx.exit(cx.pid(), ExitReason::Kill);
    }

    #[exit]
    fn exit(&mut self, _exit: Exit) {}

    async fn terminate(self, reason: &ExitReason) {
        if self.manner == Manner::Stubborn && *reason == ExitReason::Shutdown {
            // Not noted: it may be killed before it comes to that.
            std::future::pending::<()>().await;
        }
        self.journal.stop(self.label, reason);
    }
}
