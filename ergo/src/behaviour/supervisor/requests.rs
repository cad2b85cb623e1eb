//! What a supervisor is asked: start, terminate, restart, delete, which, count, and the specification of a child.

use std::sync::Arc;

use crate::behaviour::supervisor::child::{Child, Status};
use crate::behaviour::supervisor::children::Place;
use crate::behaviour::supervisor::message::StartReply;
use crate::behaviour::supervisor::report;
use crate::behaviour::supervisor::start::New;
use crate::behaviour::supervisor::{
    ChildArgs, ChildCount, ChildError, ChildInfo, ChildKind, ChildSpec, ChildSpecInfo, Strategy,
    SupervisorProcess,
};
use crate::etf::{Pid, Term};
use crate::process::host::is_alive;
use crate::process::{Context, ExitReason};

impl SupervisorProcess {
    fn is_simple(&self) -> bool {
        self.strategy == Strategy::SimpleOneForOne
    }

    /// OTP shows the child that was added last first.
    pub(super) fn infos(&self) -> Vec<ChildInfo> {
        let is_dynamic = self.is_simple();
        let children = self.children.iter().rev();
        children.map(|(_, child)| child.info(is_dynamic)).collect()
    }

    pub(super) fn which_child(&self, id: &Term) -> Result<ChildInfo, ChildError> {
        let place = self.find(id)?;
        let child = self.children.get(place).ok_or(ChildError::NotFound)?;
        Ok(child.info(self.is_simple()))
    }

    /// As OTP does, it looks whether the children of most supervisors are alive, and not at those of a template.
    pub(super) fn count(&self, cx: &Context<Self>) -> ChildCount {
        let all = self.children.len();
        if let Some(template) = &self.template {
            let is_worker = template.kind == ChildKind::Worker;
            return ChildCount {
                specs: 1,
                active: all - self.children.restarting(),
                supervisors: if is_worker { 0 } else { all },
                workers: if is_worker { all } else { 0 },
            };
        }
        let count = |is: &dyn Fn(&Child) -> bool| {
            let children = self.children.iter();
            children.filter(|(_, child)| is(child)).count()
        };
        let supervisors = count(&|child| child.spec.kind == ChildKind::Supervisor);
        ChildCount {
            specs: all,
            active: count(&|child| child.pid().is_some_and(|pid| is_alive(cx.host(), pid))),
            supervisors,
            workers: all - supervisors,
        }
    }

    /// The place of a child by its id, or by its pid where children have no id.
    fn find(&self, id: &Term) -> Result<Place, ChildError> {
        let found = match (self.is_simple(), id.as_pid()) {
            (false, _) => self.children.place_of_id(id),
            (true, Some(pid)) => self.children.place_of_pid(pid),
            (true, None) => return Err(ChildError::SimpleOneForOne),
        };
        found.ok_or(ChildError::NotFound)
    }

    pub(super) async fn start_child(&mut self, new: New, cx: &Context<Self>) -> StartReply {
        match (&self.template, new) {
            (Some(_), New::Spec(_)) => Err(ChildError::SimpleOneForOne).into(),
            (Some(template), New::Args(args)) => {
                let template = template.clone();
                self.start_dynamic(template, args, cx).await.into()
            }
            (Some(template), New::Term(term)) => {
                let template = template.clone();
                match term {
                    Term::List(terms) => {
                        let args = ChildArgs::terms(terms.into_vec());
                        self.start_dynamic(template, args, cx).await.into()
                    }
                    other => Err(ChildError::BadSpec(invalid(other))).into(),
                }
            }
            (None, New::Spec(spec)) => self.start_new(*spec, ChildArgs::none(), cx).await,
            (None, New::Args(args)) => {
                let terms = args.as_terms().unwrap_or_default();
                Err(ChildError::BadSpec(invalid(Term::list(terms)))).into()
            }
            (None, New::Term(term)) => match self.spec_of_term(term) {
                Ok((spec, args)) => self.start_new(spec, args, cx).await,
                Err(why) => Err(ChildError::BadSpec(why)).into(),
            },
        }
    }

    /// A child of the template; one that does not start is not kept.
    async fn start_dynamic(
        &mut self,
        template: Arc<ChildSpec>,
        args: ChildArgs,
        cx: &Context<Self>,
    ) -> Result<Option<Pid>, ChildError> {
        let place = self.children.add(Child::new(template, args));
        let started = self.start_place(place, cx).await;
        started.map_err(|reason| {
            self.children.remove(place);
            failed(reason)
        })
    }

    async fn start_new(
        &mut self,
        spec: ChildSpec,
        args: ChildArgs,
        cx: &Context<Self>,
    ) -> StartReply {
        if let Err(why) = self.auto_shutdown.check(spec.significant, spec.restart) {
            return Err(ChildError::BadSpec(why)).into();
        }
        let present = self.children.place_of_id(&spec.id);
        if let Some(child) = present.and_then(|place| self.children.get(place)) {
            let error = match child.pid() {
                Some(pid) => ChildError::AlreadyStarted(pid.clone()),
                None => ChildError::AlreadyPresent,
            };
            return Err(error).into();
        }
        let place = self.children.add(Child::new(Arc::new(spec), args));
        match self.start_place(place, cx).await {
            Ok(pid) => Ok(pid).into(),
            Err(reason) => {
                let child = self.children.remove(place);
                let error = failed(reason);
                let has_record = matches!(error, ChildError::Failed(_));
                StartReply {
                    result: Err(error),
                    record: child
                        .filter(|_| has_record)
                        .map(|child| report::record(&child.spec)),
                }
            }
        }
    }

    pub(super) async fn terminate_child(
        &mut self,
        id: &Term,
        cx: &Context<Self>,
    ) -> Result<(), ChildError> {
        let place = match self.find(id) {
            Ok(place) => place,
            // OTP has no quarrel with a child of a template that has ended already.
            Err(ChildError::NotFound) if self.is_dead(id, cx) => return Ok(()),
            Err(error) => return Err(error),
        };
        self.stop_place(place, cx).await;
        self.over(place);
        Ok(())
    }

    fn is_dead(&self, id: &Term, cx: &Context<Self>) -> bool {
        let Some(pid) = id.as_pid().filter(|_| self.is_simple()) else {
            return false;
        };
        pid.node() == cx.host().name() && !is_alive(cx.host(), pid)
    }

    pub(super) async fn restart_child(
        &mut self,
        id: &Term,
        cx: &Context<Self>,
    ) -> Result<Option<Pid>, ChildError> {
        let place = self.idle(id)?;
        self.start_place(place, cx)
            .await
            .map_err(ChildError::Failed)
    }

    pub(super) fn delete_child(&mut self, id: &Term) -> Result<(), ChildError> {
        let place = self.idle(id)?;
        self.children.remove(place);
        Ok(())
    }

    /// The place of a child that does not run; children of a template have none of their own.
    fn idle(&self, id: &Term) -> Result<Place, ChildError> {
        if self.is_simple() {
            return Err(ChildError::SimpleOneForOne);
        }
        let place = self.find(id)?;
        match self.children.get(place).map(|child| &child.status) {
            Some(Status::Running(_)) => Err(ChildError::Running),
            Some(Status::Restarting(_)) => Err(ChildError::Restarting),
            Some(Status::Stopped) => Ok(place),
            None => Err(ChildError::NotFound),
        }
    }

    pub(super) fn child_spec(
        &self,
        id: &Term,
        cx: &Context<Self>,
    ) -> Result<ChildSpecInfo, ChildError> {
        if let Some(template) = &self.template {
            // In OTP also by the id of the template, and by the pid of a child that has ended.
            let is_it = *id == template.id
                || id
                    .as_pid()
                    .is_some_and(|pid| self.children.place_of_pid(pid).is_some())
                || self.is_dead(id, cx);
            return is_it
                .then(|| ChildSpecInfo::from(&**template))
                .ok_or(ChildError::NotFound);
        }
        let place = self.find(id)?;
        let child = self.children.get(place).ok_or(ChildError::NotFound)?;
        Ok(ChildSpecInfo::from(&*child.spec))
    }
}

fn invalid(term: Term) -> Term {
    Term::tuple([Term::atom("invalid_child_spec"), term])
}

/// What a start refused; a name that is taken has an error of its own.
fn failed(reason: ExitReason) -> ChildError {
    if let ExitReason::Term(term) = &reason
        && let Some([tag, Term::Pid(pid)]) = term.as_tuple()
        && tag.as_atom() == Some("already_started")
    {
        return ChildError::AlreadyStarted(Pid::clone(pid));
    }
    ChildError::Failed(reason)
}
