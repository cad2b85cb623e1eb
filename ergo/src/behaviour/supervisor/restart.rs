//! What becomes of a child that has ended: starts, restarts, and those that fail.

use tokio::time::Instant;

use crate::behaviour::supervisor::child::Status;
use crate::behaviour::supervisor::children::Place;
use crate::behaviour::supervisor::start::Started;
use crate::behaviour::supervisor::{
    AutoShutdown, Restart, Strategy, SupervisorMessage, SupervisorProcess, SupervisorRef,
};
use crate::etf::Term;
use crate::process::{Context, ExitReason, Flow};

impl SupervisorProcess {
    /// A child has ended by itself.
    pub(super) async fn ended(
        &mut self,
        place: Place,
        reason: &ExitReason,
        cx: &Context<Self>,
    ) -> Flow {
        let Some(child) = self.children.get(place) else {
            return Flow::Continue;
        };
        let (restart, significant) = (child.spec.restart, child.spec.significant);
        let is_clean = reason.is_clean() && restart != Restart::Permanent;
        if !is_clean {
            self.reporter.error("child_terminated", reason, child);
        }
        if !is_clean && restart != Restart::Temporary {
            return self.restart(place, cx).await;
        }
        self.over(place);
        if self.ends_with(significant) {
            return Flow::Stop(ExitReason::Shutdown);
        }
        Flow::Continue
    }

    /// A child is not started again: one that is temporary, or of a template, is forgotten.
    pub(super) fn over(&mut self, place: Place) {
        let Some(child) = self.children.get(place) else {
            return;
        };
        if child.spec.restart == Restart::Temporary || self.strategy == Strategy::SimpleOneForOne {
            self.children.remove(place);
        } else {
            self.children.set(place, Status::Stopped);
        }
    }

    /// Whether the end of a child is also that of the supervisor.
    fn ends_with(&self, significant: bool) -> bool {
        let is_left = || {
            let mut children = self.children.iter();
            children.any(|(_, child)| child.spec.significant && child.status != Status::Stopped)
        };
        significant
            && match self.auto_shutdown {
                AutoShutdown::Never => false,
                AutoShutdown::AnySignificant => true,
                AutoShutdown::AllSignificant => !is_left(),
            }
    }

    /// Counts a restart, and does it now, or when the child's backoff is over.
    async fn restart(&mut self, place: Place, cx: &Context<Self>) -> Flow {
        let allowed = self.intensity.allow(Instant::now().into_std());
        let Some(child) = self.children.get_mut(place) else {
            return Flow::Continue;
        };
        if !allowed {
            let reason = ExitReason::from("reached_max_restart_intensity");
            self.reporter.error("shutdown", &reason, child);
            self.over(place);
            // Who waits for the end hears of it by the exit: nobody asked for it.
            self.joining.clear();
            return Flow::Stop(ExitReason::Shutdown);
        }
        let Some(delay) = child.delay() else {
            self.restart_now(place, cx).await;
            return Flow::Continue;
        };
        child.wait += 1;
        let (wait, waits) = (child.wait, child.restarting());
        self.children.set(place, waits);
        self.stop_group(place, cx).await;
        // Dropping the timer lets it run: an end of the wait that is of no account any more is known by its number.
        drop(cx.after(delay, move |supervisor: &SupervisorRef| {
            let resume = move || SupervisorMessage::Resume(place, wait);
            supervisor.as_ref().cast_until_taken(resume);
        }));
        Flow::Continue
    }

    /// The wait before a restart is over.
    pub(super) async fn resume(&mut self, place: Place, wait: u64, cx: &Context<Self>) -> Flow {
        let child = self.children.get(place);
        if child.is_some_and(|child| child.is_restarting() && child.wait == wait) {
            self.restart_now(place, cx).await;
        }
        Flow::Continue
    }

    /// A restart that failed is tried again, which is a restart more.
    pub(super) async fn try_again(&mut self, place: Place, cx: &Context<Self>) -> Flow {
        match self.children.get(place) {
            Some(child) if child.is_restarting() => self.restart(place, cx).await,
            _ => Flow::Continue,
        }
    }

    async fn restart_now(&mut self, place: Place, cx: &Context<Self>) {
        let Some(child) = self.children.get(place) else {
            return;
        };
        let restarting = child.restarting();
        let group = match self.strategy {
            Strategy::OneForOne | Strategy::SimpleOneForOne => vec![place],
            Strategy::OneForAll | Strategy::RestForOne => {
                self.children.set(place, Status::Stopped);
                self.stop_group(place, cx).await;
                self.children.places_from(self.first_of_group(place))
            }
        };
        let Err((failed, ..)) = self.start_places(&group, cx).await else {
            return;
        };
        // The one that ended keeps the pid it had; another one of its group had none.
        let status = if failed == place {
            restarting
        } else {
            Status::Restarting(None)
        };
        self.children.set(failed, status);
        let try_again = move || SupervisorMessage::TryAgain(failed);
        cx.handle().as_ref().cast_until_taken(try_again);
    }

    /// Where the children begin that are started again with the one at `place`.
    fn first_of_group(&self, place: Place) -> Place {
        if self.strategy == Strategy::OneForAll {
            0
        } else {
            place
        }
    }

    /// Stops those that are started again with the one at `place`, in the reverse order of start. Temporary ones are gone
    /// with it.
    async fn stop_group(&mut self, place: Place, cx: &Context<Self>) {
        if matches!(
            self.strategy,
            Strategy::OneForOne | Strategy::SimpleOneForOne
        ) {
            return;
        }
        let group = self.children.places_from(self.first_of_group(place));
        for other in group.into_iter().rev().filter(|other| *other != place) {
            self.stop_place(other, cx).await;
            self.over(other);
        }
    }

    /// Starts children one after the other, up to the first that fails: its place, its id and its reason.
    pub(super) async fn start_places(
        &mut self,
        places: &[Place],
        cx: &Context<Self>,
    ) -> Result<(), (Place, Term, ExitReason)> {
        for place in places {
            if let Err(reason) = self.start_place(*place, cx).await {
                let Some(child) = self.children.get(*place) else {
                    continue;
                };
                self.reporter.error("start_error", &reason, child);
                return Err((*place, child.spec.id.clone(), reason));
            }
        }
        Ok(())
    }

    /// Starts one child. One that says `ignore` is kept without a pid, unless nobody could ever start it again.
    pub(super) async fn start_place(&mut self, place: Place, cx: &Context<Self>) -> Started {
        let Some(child) = self.children.get_mut(place) else {
            return Ok(None);
        };
        let (extra, spec) = (child.args.extra()?, child.spec.clone());
        let started = spec.start_with(extra, cx).await?;
        match &started {
            None => self.over(place),
            Some(pid) => {
                self.children.set(place, Status::Running(pid.clone()));
                if let Some(child) = self.children.get_mut(place) {
                    child.has_started();
                    self.reporter.progress(child);
                }
            }
        }
        Ok(started)
    }
}
