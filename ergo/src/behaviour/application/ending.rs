//! The application controller: applications that stop, that end by themselves, and all of them when the node stops.

use crate::behaviour::application::controller::{Entry, GRACE, State, Then, Waiting};
use crate::behaviour::application::spec::parse_name;
use crate::behaviour::application::{
    ApplicationController, ApplicationError, ApplicationTerminated, ControllerMessage, StartType,
};
use crate::etf::Atom;
use crate::process::{Context, ExitReason, Reply};

impl ApplicationController {
    pub(super) fn stop_one(
        &mut self,
        name: &str,
        reply: Reply<Result<(), ApplicationError>>,
        cx: &Context<Self>,
    ) {
        let name = match parse_name(name) {
            Ok(name) => name,
            Err(error) => return reply.send(Err(error)),
        };
        match self.entries.get_mut(&name) {
            Some(Entry {
                state: State::Stopping { waiting, .. },
                ..
            }) => waiting.push(reply),
            Some(entry) if matches!(entry.state, State::Running { .. }) => {
                tell_to_stop(entry, vec![reply], cx);
            }
            _ => reply.send(Err(ApplicationError::NotStarted(name))),
        }
    }

    /// Ends what is left of an application without its master: what its callbacks have started beside the tree.
    pub(super) async fn clear(&self, name: &Atom, cx: &Context<Self>) {
        let left = self.node.processes(name);
        for pid in &left {
            cx.exit(pid, ExitReason::Kill);
        }
        let gone = async {
            for pid in &left {
                cx.ended(pid).await;
            }
        };
        if tokio::time::timeout(GRACE, gone).await.is_err() {
            tracing::error!(application = %name, "processes that never await have outlived their application");
        }
    }

    /// The master of this application has ended.
    ///
    /// Those that wanted to start it while it was being stopped are handed out.
    pub(super) fn ended(&mut self, name: Atom, reason: &ExitReason) -> Then {
        let Some(entry) = self.entries.get_mut(&name) else {
            return Then::new();
        };
        let state = std::mem::replace(&mut entry.state, State::Loaded);
        self.order.retain(|other| *other != name);
        match state {
            State::Loaded => {}
            State::Stopping {
                start_type,
                waiting,
                then,
                ..
            } => {
                report(&name, &ExitReason::from("stopped"), start_type);
                waiting.into_iter().for_each(|reply| reply.send(Ok(())));
                return then;
            }
            State::Starting {
                start_type,
                waiting,
                ..
            } => {
                report(&name, reason, start_type);
                let error = ApplicationError::Start {
                    application: name.clone(),
                    reason: reason.clone(),
                };
                for reply in waiting {
                    reply.send(Err(error.clone()));
                }
                self.take_down(
                    start_type,
                    reason,
                    ApplicationTerminated::NotStarted {
                        application: name,
                        start_type,
                        reason: reason.clone(),
                    },
                );
            }
            State::Running { start_type, .. } => {
                report(&name, reason, start_type);
                self.take_down(
                    start_type,
                    reason,
                    ApplicationTerminated::Ended {
                        application: name,
                        start_type,
                        reason: reason.clone(),
                    },
                );
            }
        }
        Then::new()
    }

    fn take_down(
        &self,
        start_type: StartType,
        reason: &ExitReason,
        because: ApplicationTerminated,
    ) {
        let is_its_end = match start_type {
            StartType::Permanent => true,
            StartType::Transient => *reason != ExitReason::Normal,
            StartType::Temporary => false,
        };
        if is_its_end && !self.is_closed {
            self.node.take_down(because);
        }
    }

    /// Once the node stops: tells the one that was started last to stop, or that all have stopped.
    pub(super) fn close_next(&mut self, cx: &Context<Self>) {
        if self.closing.is_none() {
            return;
        }
        let Some(entry) = self
            .order
            .last()
            .and_then(|name| self.entries.get_mut(name))
        else {
            return self
                .closing
                .take()
                .into_iter()
                .for_each(|reply| reply.send(()));
        };
        if !matches!(entry.state, State::Stopping { .. }) {
            tell_to_stop(entry, Vec::new(), cx);
        }
    }
}

/// Tells a master to stop, and remembers to kill it if it does not.
fn tell_to_stop(entry: &mut Entry, mut waiting: Waiting, cx: &Context<ApplicationController>) {
    let mut then = Then::new();
    let (master, start_type) = match std::mem::replace(&mut entry.state, State::Loaded) {
        State::Running { master, start_type } => (master, start_type),
        State::Starting {
            master,
            start_type,
            waiting: starters,
        } => {
            for reply in starters {
                reply.send(Err(ApplicationError::Stopping));
            }
            (master, start_type)
        }
        State::Stopping {
            master,
            start_type,
            waiting: others,
            then: others_then,
        } => {
            waiting.extend(others);
            then = others_then;
            (master, start_type)
        }
        State::Loaded => return,
    };
    cx.exit(&master, ExitReason::Shutdown);
    if let Some(timeout) = entry.spec.shutdown {
        let late = master.clone();
        cx.after(timeout.saturating_add(GRACE), move |me| {
            // It is the controller itself, which lives while its timers do.
            let _ = me.as_ref().cast(ControllerMessage::Overdue(late));
        });
    }
    entry.state = State::Stopping {
        master,
        start_type,
        waiting,
        then,
    };
}

/// The end of an application in the words of OTP.
fn report(name: &Atom, reason: &ExitReason, start_type: StartType) {
    let is_expected = reason.is_clean() || *reason == ExitReason::from("stopped");
    if is_expected {
        tracing::info!("application: {name}, exited: {reason}, type: {start_type}");
    } else {
        tracing::error!("application: {name}, exited: {reason}, type: {start_type}");
    }
}
