//! The process of a supervisor: its state and its callbacks.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use tokio::time::Instant;

use crate::behaviour::supervisor::child::Child;
use crate::behaviour::supervisor::children::Children;
use crate::behaviour::supervisor::report::Reporter;
use crate::behaviour::supervisor::{
    AutoShutdown, ChildArgs, ChildSpec, Intensity, Strategy, Supervisor, SupervisorMessage,
    SupervisorRef,
};
use crate::etf::{DecodeError, Decoder, EncodeError, Encoder, Term};
use crate::process::host::{HostRef, is_alive};
use crate::process::{
    Actor, Behavior, Context, Exit, ExitReason, Flow, Options, Reply, ReplyTo, SpawnError,
    SpawnOptions,
};

/// The state of a supervisor's process; [`Supervisor`] starts one.
pub struct SupervisorProcess {
    pub(super) strategy: Strategy,
    pub(super) auto_shutdown: AutoShutdown,
    pub(super) children: Children,
    /// Of which all children are, with [`Strategy::SimpleOneForOne`].
    pub(super) template: Option<Arc<ChildSpec>>,
    /// Those that peers may name.
    pub(super) templates: BTreeMap<String, ChildSpec>,
    pub(super) intensity: Intensity,
    pub(super) reporter: Reporter,
    pub(super) joining: Vec<Reply<()>>,
}

impl Actor for SupervisorProcess {
    type Handle = SupervisorRef;
    const OPTIONS: Options = Options::DEFAULT.trap_exit();
}

impl Behavior for SupervisorProcess {
    type Args = Supervisor;
    type Message = SupervisorMessage;
    type Continue = Infallible;

    async fn start(mut supervisor: Supervisor, cx: &Context<Self>) -> Result<Self, ExitReason> {
        supervisor.check()?;
        let children = std::mem::take(&mut supervisor.children);
        let mut process = SupervisorProcess::new(supervisor, cx);
        if process.strategy == Strategy::SimpleOneForOne {
            process.template = children.into_iter().next().map(Arc::new);
            return Ok(process);
        }
        for spec in children {
            process
                .children
                .add(Child::new(Arc::new(spec), ChildArgs::none()));
        }
        let places = process.children.places_from(0);
        match process.start_places(&places, cx).await {
            Ok(()) => Ok(process),
            Err((_, id, reason)) => {
                process.stop_children(cx).await;
                Err(failed_to_start(id, &reason))
            }
        }
    }

    async fn dispatch(&mut self, message: SupervisorMessage, cx: &Context<Self>) -> Flow {
        match message {
            SupervisorMessage::WhichChildren(reply) => reply.send(self.infos()),
            SupervisorMessage::WhichChild(id, reply) => reply.send(self.which_child(&id)),
            SupervisorMessage::CountChildren(reply) => reply.send(self.count(cx)),
            SupervisorMessage::StartChild(child, reply) => {
                let started = self.start_child(child.0, cx).await;
                reply.send(started);
            }
            SupervisorMessage::TerminateChild(id, reply) => {
                let terminated = self.terminate_child(&id, cx).await;
                reply.send(terminated);
            }
            SupervisorMessage::RestartChild(id, reply) => {
                let restarted = self.restart_child(&id, cx).await;
                reply.send(restarted.into());
            }
            SupervisorMessage::DeleteChild(id, reply) => reply.send(self.delete_child(&id)),
            SupervisorMessage::ChildSpec(id, reply) => reply.send(self.child_spec(&id, cx)),
            SupervisorMessage::TryAgain(place) => return self.try_again(place, cx).await,
            SupervisorMessage::Resume(place, wait) => return self.resume(place, wait, cx).await,
            SupervisorMessage::Stop => return Flow::Stop(ExitReason::Shutdown),
            SupervisorMessage::Join(reply) => {
                self.joining.retain(|joining| !joining.is_abandoned());
                self.joining.push(reply);
            }
        }
        Flow::Continue
    }

    async fn on_exit(&mut self, exit: Exit, cx: &Context<Self>) -> Flow {
        match self.children.running(&exit.from) {
            // What a living child has sent with `exit/2` is not its end.
            Some(_) if is_alive(cx.host(), &exit.from) => Flow::Continue,
            Some(place) => self.ended(place, &exit.reason, cx).await,
            // A child that was stopped meanwhile, or somebody who linked to the supervisor.
            None => Flow::Continue,
        }
    }

    async fn on_info(&mut self, message: Term, cx: &Context<Self>) -> Flow {
        tracing::error!(pid = %cx.pid(), %message, "Supervisor received unexpected message");
        Flow::Continue
    }

    /// What it is told and what it has, as `sys:get_state/1` shows it.
    fn snapshot(&self) -> Option<Term> {
        let children = Term::from_value(&self.infos()).ok()?;
        Some(Term::map([
            (Term::atom("strategy"), Term::atom(self.strategy.as_str())),
            (
                Term::atom("auto_shutdown"),
                Term::atom(self.auto_shutdown.as_str()),
            ),
            (Term::atom("children"), children),
        ]))
    }

    async fn stop(mut self, _: &ExitReason, cx: &Context<Self>) {
        self.stop_children(cx).await;
        for joining in self.joining {
            joining.send(());
        }
    }

    fn encode_message(
        message: &SupervisorMessage,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        message.encode_to(encoder)
    }

    fn decode_message(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<SupervisorMessage, DecodeError> {
        SupervisorMessage::decode_from(decoder, reply_to)
    }
}

impl SupervisorProcess {
    fn new(supervisor: Supervisor, cx: &Context<Self>) -> Self {
        let reporter = Reporter::new(supervisor.reported_name(), cx.pid());
        let origin = Instant::now().into_std();
        SupervisorProcess {
            strategy: supervisor.strategy,
            auto_shutdown: supervisor.auto_shutdown,
            children: Children::new(supervisor.strategy == Strategy::SimpleOneForOne),
            template: None,
            templates: supervisor.templates,
            intensity: Intensity::new(supervisor.restarts_max, supervisor.period, origin),
            reporter,
            joining: Vec::new(),
        }
    }

    pub(super) async fn start_on(
        host: &HostRef,
        supervisor: Supervisor,
        options: SpawnOptions,
    ) -> Result<SupervisorRef, SpawnError> {
        crate::process::start::<SupervisorProcess>(host, supervisor, Some(&options)).await
    }
}

/// `{shutdown, {failed_to_start_child, Id, Reason}}`.
fn failed_to_start(id: Term, reason: &ExitReason) -> ExitReason {
    let what = [Term::atom("failed_to_start_child"), id, reason.to_term()];
    ExitReason::ShutdownWith(Arc::new(Term::tuple(what)))
}
