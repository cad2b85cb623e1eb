//! One child, as its supervisor keeps it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::behaviour::supervisor::{ChildArgs, ChildInfo, ChildSpec, Restart};
use crate::etf::{Pid, Term};

/// Whether a child runs.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Status {
    /// It runs.
    Running(Pid),
    /// Its start has failed, or waits, and is tried again: `{restarting, Pid}` with the pid it had, `undefined` when it was
    /// another child that ended.
    Restarting(Option<Pid>),
    /// It has ended, or was stopped, or said `ignore`.
    Stopped,
}

/// How often it has been started again, for its backoff.
#[derive(Debug, Default)]
struct Pace {
    restarts: u32,
    since: Option<Instant>,
}

/// A child.
pub(super) struct Child {
    pub(super) spec: Arc<ChildSpec>,
    pub(super) args: ChildArgs,
    pub(super) status: Status,
    /// Which wait before a restart is the one in progress: an earlier one that ends is of no account.
    pub(super) wait: u64,
    pace: Pace,
}

impl Child {
    pub(super) fn new(spec: Arc<ChildSpec>, args: ChildArgs) -> Self {
        Child {
            spec,
            args,
            status: Status::Stopped,
            wait: 0,
            pace: Pace::default(),
        }
    }

    pub(super) fn pid(&self) -> Option<&Pid> {
        match &self.status {
            Status::Running(pid) => Some(pid),
            _ => None,
        }
    }

    pub(super) fn is_restarting(&self) -> bool {
        matches!(self.status, Status::Restarting(_))
    }

    /// The status of one whose restart fails or waits.
    pub(super) fn restarting(&self) -> Status {
        match &self.status {
            Status::Running(pid) => Status::Restarting(Some(pid.clone())),
            Status::Restarting(pid) => Status::Restarting(pid.clone()),
            Status::Stopped => Status::Restarting(None),
        }
    }

    /// It has been started just now. A clock is read only where it matters, and arguments are kept only where they may be
    /// needed again.
    pub(super) fn has_started(&mut self) {
        if self.spec.backoff.is_some() {
            self.pace.since = Some(Instant::now());
        }
        if self.spec.restart == Restart::Temporary {
            self.args = ChildArgs::none();
        }
    }

    /// How long to wait before it is started again.
    pub(super) fn delay(&mut self) -> Option<Duration> {
        let backoff = self.spec.backoff?;
        let ran = self.pace.since.take().map(|since| since.elapsed());
        let delay = backoff.next(&mut self.pace.restarts, ran);
        (!delay.is_zero()).then_some(delay)
    }

    /// As `which_children` shows it; children of a template have no id.
    pub(super) fn info(&self, is_dynamic: bool) -> ChildInfo {
        ChildInfo {
            id: match is_dynamic {
                true => Term::atom("undefined"),
                false => self.spec.id.clone(),
            },
            pid: self.pid().cloned(),
            restarting: self.is_restarting(),
            kind: self.spec.kind,
            module: self.spec.module.clone(),
        }
    }
}
