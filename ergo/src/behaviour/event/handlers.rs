//! The handlers of a manager: who is told what, and what becomes of one that goes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use crate::behaviour::event::flow::{EventFlow, Replacement, Terminated};
use crate::behaviour::event::handler::{AnyHandler, Boxed, EventContext, EventType};
use crate::behaviour::event::id::HandlerId;
use crate::etf::{Pid, Term};
use crate::process::panic_message;

/// One handler.
pub(super) struct Installed<E: EventType> {
    pub(super) id: HandlerId,
    pub(super) handler: Box<dyn AnyHandler<E>>,
    pub(super) supervisor: Option<Pid>,
}

/// All of them, the one added last first.
pub(super) struct Handlers<E: EventType>(Vec<Installed<E>>);

impl<E: EventType> Default for Handlers<E> {
    fn default() -> Self {
        Handlers(Vec::new())
    }
}

/// What all handlers are told.
pub(super) enum Told<'a, E> {
    Event(&'a E),
    Info(&'a Term),
}

impl<E: EventType> Told<'_, E> {
    /// For a report.
    fn to_term(&self) -> Term {
        match self {
            Told::Event(event) => crate::etf::encode(*event)
                .ok()
                .and_then(|bytes| crate::etf::decode(&bytes).ok())
                .unwrap_or_else(|| Term::atom("undefined")),
            Told::Info(message) => Term::clone(message),
        }
    }
}

/// Why a handler goes, as its supervisor hears it.
enum Reason {
    Normal,
    Shutdown,
    /// `{swapped, NewHandler, Supervisor}`.
    Swapped(HandlerId, Option<Pid>),
    /// It has failed, with this reason, on this.
    Crash(Term, Term),
}

impl Reason {
    fn to_term(&self) -> Term {
        match self {
            Reason::Normal => Term::atom("normal"),
            Reason::Shutdown => Term::atom("shutdown"),
            Reason::Swapped(id, supervisor) => {
                let supervisor = supervisor.clone().map_or(Term::atom("false"), Term::from);
                Term::tuple([Term::atom("swapped"), id.to_term(), supervisor])
            }
            Reason::Crash(reason, _) => reason.clone(),
        }
    }
}

impl<E: EventType> Handlers<E> {
    pub(super) fn ids(&self) -> impl Iterator<Item = &HandlerId> {
        self.0.iter().map(|installed| &installed.id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Installed<E>> {
        self.0.iter()
    }

    /// Adds one, before all others.
    pub(super) fn add(&mut self, installed: Installed<E>) {
        self.0.insert(0, installed);
    }

    fn position(&self, id: &HandlerId) -> Option<usize> {
        self.0.iter().position(|installed| installed.id == *id)
    }

    /// Tells all; whether one of them wants to hibernate.
    pub(super) async fn tell(&mut self, told: Told<'_, E>, cx: &EventContext<E>) -> bool {
        let (mut index, mut hibernates) = (0, false);
        while let Some(installed) = self.0.get_mut(index) {
            let flow = match &told {
                Told::Event(event) => caught(installed.handler.event(event, cx)).await,
                Told::Info(message) => caught(installed.handler.info(message, cx)).await,
            };
            let flow = flow.unwrap_or_else(|panic| EventFlow::Fail(panic));
            hibernates |= matches!(flow, EventFlow::Hibernate);
            if self.follow(index, flow, || told.to_term(), cx).await {
                index += 1;
            }
        }
        hibernates
    }

    /// Asks one; its answer, and whether it wants to hibernate.
    pub(super) async fn call(
        &mut self,
        id: &HandlerId,
        request: Term,
        cx: &EventContext<E>,
    ) -> (Term, bool) {
        let Some(index) = self.position(id) else {
            return (error("bad_module"), false);
        };
        let Some(installed) = self.0.get_mut(index) else {
            return (error("bad_module"), false);
        };
        let (answer, flow) = match caught(installed.handler.call(request.clone(), cx)).await {
            Ok((_, EventFlow::Fail(reason))) | Err(reason) => {
                let answer = Term::tuple([Term::atom("error"), reason.clone()]);
                (answer, EventFlow::Fail(reason))
            }
            Ok(answered) => answered,
        };
        let hibernates = matches!(flow, EventFlow::Hibernate);
        self.follow(index, flow, || request, cx).await;
        (answer, hibernates)
    }

    /// Does what a handler wants; whether there is still one in its place.
    async fn follow(
        &mut self,
        index: usize,
        flow: EventFlow<E>,
        last: impl FnOnce() -> Term,
        cx: &EventContext<E>,
    ) -> bool {
        match flow {
            EventFlow::Continue | EventFlow::Hibernate => true,
            EventFlow::Remove => {
                let installed = self.0.remove(index);
                end(installed, Terminated::Removed, Reason::Normal, cx).await;
                false
            }
            EventFlow::Fail(reason) => {
                let installed = self.0.remove(index);
                let why = Terminated::Failed(reason.clone());
                end(installed, why, Reason::Crash(reason, last()), cx).await;
                false
            }
            EventFlow::Swap(replacement) => {
                let old = self.0.remove(index);
                match replace(old, replacement, cx).await {
                    Ok(new) => {
                        self.0.insert(index, new);
                        true
                    }
                    Err(_) => false,
                }
            }
        }
    }

    /// Deletes one; what its `terminate` says.
    pub(super) async fn delete(
        &mut self,
        id: &HandlerId,
        args: Term,
        cx: &EventContext<E>,
    ) -> Term {
        let Some(index) = self.position(id) else {
            return error("module_not_found");
        };
        let installed = self.0.remove(index);
        end(installed, Terminated::Deleted(args), Reason::Normal, cx).await
    }

    /// Takes one out to be replaced: what its `terminate` says, and who supervised it. Without one the new one is told
    /// `error`, as in OTP.
    pub(super) async fn take_for(
        &mut self,
        id: &HandlerId,
        args: Term,
        new: (&HandlerId, Option<Pid>),
        cx: &EventContext<E>,
    ) -> (Term, Option<Pid>) {
        let Some(index) = self.position(id) else {
            return (Term::atom("error"), None);
        };
        let installed = self.0.remove(index);
        let old_supervisor = installed.supervisor.clone();
        let supervisor = new.1.or_else(|| old_supervisor.clone());
        let reason = Reason::Swapped(new.0.clone(), supervisor);
        let state = end(installed, Terminated::Swapped(args), reason, cx).await;
        (state, old_supervisor)
    }

    /// The supervisor of some has ended.
    pub(super) async fn supervisor_down(&mut self, pid: &Pid, reason: &Term, cx: &EventContext<E>) {
        let is_its = |installed: &mut Installed<E>| installed.supervisor.as_ref() == Some(pid);
        let its: Vec<_> = self.0.extract_if(.., is_its).collect();
        for installed in its {
            let why = Terminated::SupervisorDown(reason.clone());
            end(installed, why, Reason::Shutdown, cx).await;
        }
    }

    /// Ends all, and the links to their supervisors: the end of the manager is not theirs.
    pub(super) async fn stop(&mut self, cx: &EventContext<E>) {
        for installed in std::mem::take(&mut self.0) {
            let supervisor = installed.supervisor.clone();
            end(installed, Terminated::Stopped, Reason::Shutdown, cx).await;
            if let Some(supervisor) = supervisor.filter(|pid| *pid != cx.parent()) {
                cx.unlink(supervisor);
            }
        }
    }
}

/// The new handler in the place of the old one, which has said that it wants this.
async fn replace<E: EventType>(
    old: Installed<E>,
    replacement: Replacement<E>,
    cx: &EventContext<E>,
) -> Result<Installed<E>, Term> {
    let Replacement { id, args, make } = replacement;
    let supervisor = old.supervisor.clone();
    let reason = Reason::Swapped(id.clone(), supervisor.clone());
    let state = end(old, Terminated::Swapped(args), reason, cx).await;
    match made(|| make(state)) {
        Ok(handler) => Ok(Installed {
            id,
            handler,
            supervisor,
        }),
        Err(reason) => {
            report(
                &id,
                supervisor.as_ref(),
                &Reason::Crash(reason.clone(), Term::atom("init")),
                cx,
            );
            Err(reason)
        }
    }
}

/// Runs what makes a handler: a panic is a refusal.
pub(super) fn made<T>(make: impl FnOnce() -> Result<T, Term>) -> Result<T, Term> {
    catch_unwind(AssertUnwindSafe(make)).unwrap_or_else(|payload| Err(exit_of(&*payload)))
}

/// Ends a handler, and tells who wants to know.
async fn end<E: EventType>(
    installed: Installed<E>,
    why: Terminated,
    reason: Reason,
    cx: &EventContext<E>,
) -> Term {
    let Installed {
        id,
        handler,
        supervisor,
    } = installed;
    let said = caught(handler.end(why, cx)).await;
    report(&id, supervisor.as_ref(), &reason, cx);
    said.unwrap_or_else(|panic| panic)
}

fn report<E: EventType>(
    id: &HandlerId,
    supervisor: Option<&Pid>,
    reason: &Reason,
    cx: &EventContext<E>,
) {
    if let Reason::Crash(reason, last) = reason {
        tracing::error!(
            manager = %cx.pid(), handler = %id, %reason, last_event = %last,
            "** gen_event handler {id} crashed.\n** Was installed in {}\n** Last event was: {last}\n** Reason == {reason}",
            cx.pid(),
        );
    }
    if let Some(supervisor) = supervisor {
        let exit = [Term::atom("gen_event_EXIT"), id.to_term(), reason.to_term()];
        // A supervisor that is gone needs no message.
        let _ = cx.send(supervisor, Term::tuple(exit));
    }
}

fn error(what: &'static str) -> Term {
    Term::tuple([Term::atom("error"), Term::atom(what)])
}

/// `{'EXIT', {panic, Text}}`, where OTP has `{'EXIT', {Reason, Stack}}`.
fn exit_of(payload: &(dyn std::any::Any + Send)) -> Term {
    let text = Term::from(panic_message(payload).as_str());
    let panic = Term::tuple([Term::atom("panic"), text]);
    Term::tuple([Term::atom("EXIT"), panic])
}

/// A callback of a handler: its panic is its own.
async fn caught<T>(mut callback: Boxed<'_, T>) -> Result<T, Term> {
    std::future::poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| callback.as_mut().poll(cx))) {
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(payload) => Poll::Ready(Err(exit_of(&*payload))),
        },
    )
    .await
}
