//! Stopping children: one after the other, or all of a template at once.

use std::collections::HashMap;
use std::pin::pin;

use tokio::time::Instant;

use crate::behaviour::supervisor::child::Child;
use crate::behaviour::supervisor::children::Place;
use crate::behaviour::supervisor::{ChildSpec, Restart, Shutdown, Strategy, SupervisorProcess};
use crate::etf::{Pid, Term};
use crate::process::{Context, ExitReason};

impl SupervisorProcess {
    /// Stops every child: in the reverse order of start, or those of a template all at once.
    pub(super) async fn stop_children(&mut self, cx: &Context<Self>) {
        if self.strategy == Strategy::SimpleOneForOne {
            return self.stop_dynamic(cx).await;
        }
        for place in self.children.places_from(0).into_iter().rev() {
            self.stop_place(place, cx).await;
            self.children.remove(place);
        }
    }

    /// Stops the child at `place`, if it runs, and waits until it is gone. It stays where it is.
    pub(super) async fn stop_place(&mut self, place: Place, cx: &Context<Self>) {
        let Some((pid, spec)) = self.children.get(place).and_then(running) else {
            return;
        };
        let reason = stop(&spec, &pid, cx).await;
        if let Some(child) = self.children.get(place)
            && is_to_report(&spec, &reason)
        {
            self.reporter.error("shutdown_error", &reason, child);
        }
    }

    /// Tells all to stop, and gives them their time together.
    async fn stop_dynamic(&mut self, cx: &Context<Self>) {
        let Some(spec) = self.template.clone() else {
            return;
        };
        let running = self.children.iter().filter_map(|(_, child)| child.pid());
        let pids: Vec<Pid> = running.cloned().collect();
        // Before they are told, so that none is gone without a word.
        let ends: Vec<_> = pids.iter().map(|pid| cx.ended(pid)).collect();
        tell(&pids, &first_signal(&spec), cx);
        let mut deadline = match spec.shutdown {
            Shutdown::Timeout(timeout) => Instant::now().checked_add(timeout),
            Shutdown::Kill | Shutdown::Infinity => None,
        };
        let mut failures: HashMap<Term, usize> = HashMap::new();
        for (index, ended) in ends.into_iter().enumerate() {
            let mut ended = pin!(ended);
            let in_time = match deadline {
                Some(at) => tokio::time::timeout_at(at, &mut ended).await.ok(),
                None => None,
            };
            let reason = match in_time {
                Some(reason) => reason,
                None => {
                    if deadline.take().is_some() {
                        tell(pids.get(index..).unwrap_or_default(), &ExitReason::Kill, cx);
                    }
                    ended.await
                }
            };
            if is_to_report(&spec, &reason) {
                *failures.entry(reason.to_term()).or_default() += 1;
            }
        }
        for (reason, children) in failures {
            let reason = ExitReason::from(reason);
            self.reporter
                .many("shutdown_error", &reason, &spec, children);
        }
    }
}

fn running(child: &Child) -> Option<(Pid, std::sync::Arc<ChildSpec>)> {
    child.pid().map(|pid| (pid.clone(), child.spec.clone()))
}

fn first_signal(spec: &ChildSpec) -> ExitReason {
    match spec.shutdown {
        Shutdown::Kill => ExitReason::Kill,
        Shutdown::Timeout(_) | Shutdown::Infinity => ExitReason::Shutdown,
    }
}

fn tell(pids: &[Pid], reason: &ExitReason, cx: &Context<SupervisorProcess>) {
    for pid in pids {
        cx.exit(pid, reason.clone());
    }
}

/// The link stays until the child is gone: when the supervisor is killed meanwhile, the child still hears of it.
async fn stop(spec: &ChildSpec, pid: &Pid, cx: &Context<SupervisorProcess>) -> ExitReason {
    let mut ended = pin!(cx.ended(pid));
    cx.exit(pid, first_signal(spec));
    if let Shutdown::Timeout(timeout) = spec.shutdown {
        if let Ok(reason) = tokio::time::timeout(timeout, &mut ended).await {
            return reason;
        }
        cx.exit(pid, ExitReason::Kill);
    }
    ended.await
}

/// Whether OTP reports a child that was told to stop and ended for this reason. One that had ended before, and whose
/// reason is known to nobody any more, is not reported.
fn is_to_report(spec: &ChildSpec, reason: &ExitReason) -> bool {
    let asked_for = match spec.shutdown {
        Shutdown::Kill => *reason == ExitReason::Killed,
        Shutdown::Timeout(_) | Shutdown::Infinity => *reason == ExitReason::Shutdown,
    };
    let is_fine = asked_for
        || *reason == ExitReason::NoProc
        || (reason.is_clean() && spec.restart != Restart::Permanent);
    !is_fine
}
