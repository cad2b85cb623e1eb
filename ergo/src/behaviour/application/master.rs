//! The master of one application: starts it, and stops it.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::time::Instant;

use crate::behaviour::application::{
    Application, ApplicationContext, ApplicationController, ControllerMessage, StartType,
};
use crate::behaviour::supervisor::Supervisor;
use crate::etf::{Atom, DecodeError, Decoder, EncodeError, Encoder, Pid, Term};
use crate::process::host::is_alive;
use crate::process::{
    Actor, Behavior, Context, Exit, ExitReason, Flow, Handle, Options, Ref, ReplyTo, SpawnError,
};

/// The handle of an application's master. It understands no requests.
#[derive(Clone, Debug)]
pub struct MasterRef(Ref<ApplicationMaster>);

impl From<Ref<ApplicationMaster>> for MasterRef {
    fn from(reference: Ref<ApplicationMaster>) -> Self {
        MasterRef(reference)
    }
}

impl AsRef<Ref<ApplicationMaster>> for MasterRef {
    fn as_ref(&self) -> &Ref<ApplicationMaster> {
        &self.0
    }
}

impl Handle for MasterRef {
    type Actor = ApplicationMaster;
}

/// What the master of an application is started with.
pub struct MasterArgs {
    pub(super) name: Atom,
    pub(super) spec: Arc<Application>,
    pub(super) start_type: StartType,
    pub(super) controller: Ref<ApplicationController>,
}

/// The state of an application's master: the process at the top of the application, parent of its supervisor.
///
/// It corresponds to OTP's `application_master`.
pub struct ApplicationMaster {
    args: MasterArgs,
    top: Option<Pid>,
    /// Whether the start has come to its end: what never ran is not told that it stops.
    has_started: bool,
}

impl Actor for ApplicationMaster {
    type Handle = MasterRef;
    const OPTIONS: Options = Options::DEFAULT.trap_exit();
}

impl Behavior for ApplicationMaster {
    type Args = MasterArgs;
    type Message = Infallible;
    /// The start of the application, which the controller does not wait for.
    type Continue = ();
    const SYNC_INIT: bool = true;

    async fn start(args: MasterArgs, cx: &Context<Self>) -> Result<Self, ExitReason> {
        Self::start_now(args, cx)
    }

    fn start_now(args: MasterArgs, cx: &Context<Self>) -> Result<Self, ExitReason> {
        cx.continue_with(());
        Ok(ApplicationMaster {
            args,
            top: None,
            has_started: false,
        })
    }

    async fn on_continue(&mut self, (): (), cx: &Context<Self>) -> Flow {
        match self.run(cx).await {
            Ok(()) => {
                self.has_started = true;
                let started = ControllerMessage::Started(cx.pid());
                match self.args.controller.cast(started) {
                    Ok(()) => Flow::Continue,
                    Err(_) => Flow::Stop(ExitReason::Shutdown),
                }
            }
            Err(reason) => Flow::Stop(reason),
        }
    }

    async fn dispatch(&mut self, message: Infallible, _: &Context<Self>) -> Flow {
        match message {}
    }

    async fn on_exit(&mut self, exit: Exit, cx: &Context<Self>) -> Flow {
        // What somebody has sent with `exit/2` in the name of a living supervisor is not its end.
        let is_over = |top: &mut Pid| *top == exit.from && !is_alive(cx.host(), top);
        if self.top.take_if(is_over).is_some() {
            return Flow::Stop(exit.reason);
        }
        // Something the start function has linked to.
        Flow::Continue
    }

    async fn stop(mut self, _: &ExitReason, cx: &Context<Self>) {
        let name = self.args.name.clone();
        let in_order = self.stop_in_order(cx);
        let deadline = self.args.spec.shutdown;
        let is_late = match deadline.and_then(|time| Instant::now().checked_add(time)) {
            Some(deadline) => tokio::time::timeout_at(deadline, in_order).await.is_err(),
            None => {
                in_order.await;
                false
            }
        };
        if is_late {
            tracing::error!(application = %name, ?deadline, "the application did not stop in time and is killed");
            self.kill_top(cx).await;
        }
    }

    fn encode_message(message: &Infallible, _: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match *message {}
    }

    fn decode_message(
        _: &mut Decoder<'_>,
        _: &mut Option<ReplyTo>,
    ) -> Result<Infallible, DecodeError> {
        Err(DecodeError::unknown_request())
    }
}

impl ApplicationMaster {
    fn context(&self, cx: &Context<Self>) -> ApplicationContext {
        ApplicationContext::new(cx, &self.args.name, self.args.start_type)
    }

    /// The start function, the top supervisor, the start phases.
    async fn run(&mut self, cx: &Context<Self>) -> Result<(), ExitReason> {
        let spec = self.args.spec.clone();
        if let Some(start) = &spec.start {
            let supervisor: Supervisor = start(self.context(cx)).await?;
            let top = supervisor.start_link(cx).await.map_err(refused)?;
            self.top = top.pid();
        }
        for phase in &spec.phases {
            (phase.run)(self.context(cx)).await.map_err(|reason| {
                let name = Term::from(&*phase.name);
                let what = [Term::atom("start_phase"), name, reason.to_term()];
                ExitReason::from(Term::tuple(what))
            })?;
        }
        Ok(())
    }

    async fn stop_in_order(&self, cx: &Context<Self>) {
        let spec = &self.args.spec;
        if let Some(prep_stop) = spec.prep_stop.as_ref().filter(|_| self.has_started) {
            prep_stop(self.context(cx)).await;
        }
        if let Some(top) = &self.top {
            cx.unlink(top);
            cx.exit(top, ExitReason::Shutdown);
            cx.ended(top).await;
        }
        if let Some(stop) = spec.stop.as_ref().filter(|_| self.has_started) {
            stop(self.context(cx)).await;
        }
    }

    async fn kill_top(&mut self, cx: &Context<Self>) {
        if let Some(top) = self.top.take() {
            cx.unlink(&top);
            cx.exit(&top, ExitReason::Kill);
            cx.ended(&top).await;
        }
    }
}

/// What a supervisor that did not start was refused with.
fn refused(error: SpawnError) -> ExitReason {
    match error {
        SpawnError::Init(reason) => reason,
        SpawnError::Ignored => ExitReason::Ignore,
        error => ExitReason::from(Term::from(error.to_string())),
    }
}
