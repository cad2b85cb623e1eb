//! The process of a supervisor.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::behaviour::supervisor::intensity::Intensity;
use crate::behaviour::supervisor::spec::{ChildKind, ChildSpec, Restart, Shutdown, Supervisor};
use crate::etf::{Atom, DecodeError, Decoder, Encode, EncodeError, Encoder, Pid, Term};
use crate::process::host::HostRef;
use crate::process::{
    Actor, Behavior, Call, Context, Exit, ExitReason, Flow, Handle, Options, Ref, Reply, ReplyTo,
    SpawnError, SpawnOptions,
};

/// A running supervisor.
#[derive(Clone, Debug)]
pub struct SupervisorRef(Ref<SupervisorProcess>);

impl From<Ref<SupervisorProcess>> for SupervisorRef {
    fn from(reference: Ref<SupervisorProcess>) -> Self {
        SupervisorRef(reference)
    }
}

impl AsRef<Ref<SupervisorProcess>> for SupervisorRef {
    fn as_ref(&self) -> &Ref<SupervisorProcess> {
        &self.0
    }
}

impl Handle for SupervisorRef {
    type Actor = SupervisorProcess;
}

impl SupervisorRef {
    /// `supervisor:which_children/1`: what is supervised, in the order of start.
    pub fn which_children(&self) -> Call<'_, SupervisorProcess, Vec<ChildInfo>> {
        self.0.call(SupervisorMessage::WhichChildren)
    }

    /// `supervisor:count_children/1`.
    pub fn count_children(&self) -> Call<'_, SupervisorProcess, ChildCount> {
        self.0.call(SupervisorMessage::CountChildren)
    }

    /// Stops the supervisor and its children, in the reverse order of start, and waits until they are gone:
    /// `sys:terminate(Supervisor, shutdown)`. Anyone may ask for it.
    ///
    /// A supervisor on another node gets an exit signal, and is not waited for.
    pub async fn stop(&self) {
        let supervisor = self.0.resolved();
        // An error means that it has ended, or that it is elsewhere.
        if supervisor.cast(SupervisorMessage::Stop).is_err() {
            supervisor.exit(ExitReason::Shutdown);
        }
        supervisor.ended().await;
    }

    /// Waits until the supervisor has ended.
    ///
    /// # Errors
    /// It ended for another reason than `normal` or a stop that was asked for: one that has restarted its children too
    /// often ends with `shutdown`, as in OTP, and that is an error here. So is any `shutdown` from before the join, of
    /// which nobody knows any more where it came from.
    pub async fn join(&self) -> crate::error::Result {
        let supervisor = self.0.resolved();
        let asked = supervisor
            .call_local(SupervisorMessage::Join)
            .timeout(Duration::MAX)
            .await;
        match supervisor.ended().await {
            ExitReason::Normal => Ok(()),
            ExitReason::Shutdown if asked.is_ok() => Ok(()),
            reason => Err(crate::error::Error::from(reason)),
        }
    }
}

/// One child, as `supervisor:which_children/1` shows it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ChildInfo {
    /// Its id.
    pub id: Term,
    /// Its pid; `None` for one that has ended and is not to be restarted.
    pub pid: Option<Pid>,
    /// Whether its restart has failed and is tried again.
    pub restarting: bool,
    /// Worker or supervisor.
    pub kind: ChildKind,
    /// The actor it is of.
    pub module: Atom,
}

impl Encode for ChildInfo {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_tuple(4)?;
        self.id.encode(encoder)?;
        match &self.pid {
            Some(pid) => pid.encode(encoder)?,
            None if self.restarting => encoder.write_atom("restarting")?,
            None => encoder.write_atom("undefined")?,
        }
        encoder.write_atom(kind_name(self.kind))?;
        [&self.module].encode(encoder)
    }
}

impl<'de> crate::etf::Decode<'de> for ChildInfo {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.expect_tuple(4)?;
        let id = decoder.read_term()?;
        let (pid, restarting) = match decoder.peek_kind()? {
            crate::etf::Kind::Atom => (None, decoder.read_atom_text()? == "restarting"),
            _ => (Some(decoder.read_pid()?), false),
        };
        let is_supervisor = decoder.read_atom_text()? == "supervisor";
        let kind = if is_supervisor {
            ChildKind::Supervisor
        } else {
            ChildKind::Worker
        };
        let modules = decoder.read_term()?;
        let first = modules
            .as_list()
            .and_then(|list| list.first())
            .and_then(Term::as_atom);
        let module = first
            .and_then(|text| Atom::new(text).ok())
            .unwrap_or_else(|| Atom::from_static("dynamic"));
        Ok(ChildInfo {
            id,
            pid,
            restarting,
            kind,
            module,
        })
    }
}

fn kind_name(kind: ChildKind) -> &'static str {
    match kind {
        ChildKind::Worker => "worker",
        ChildKind::Supervisor => "supervisor",
    }
}

/// What `supervisor:count_children/1` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ChildCount {
    /// Children, running or not.
    pub specs: usize,
    /// Children that run.
    pub active: usize,
    /// Supervisors among the children, running or not.
    pub supervisors: usize,
    /// Workers among the children, running or not.
    pub workers: usize,
}

const COUNT_KEYS: [&str; 4] = ["specs", "active", "supervisors", "workers"];

impl Encode for ChildCount {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_list(COUNT_KEYS.len())?;
        for (key, count) in
            COUNT_KEYS
                .iter()
                .zip([self.specs, self.active, self.supervisors, self.workers])
        {
            encoder.write_tuple(2)?;
            encoder.write_atom(key)?;
            count.encode(encoder)?;
        }
        encoder.write_nil();
        Ok(())
    }
}

impl<'de> crate::etf::Decode<'de> for ChildCount {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let pairs: Vec<(Atom, usize)> = Vec::decode(decoder)?;
        let find = |key: &str| {
            pairs
                .iter()
                .find(|pair| pair.0 == *key)
                .map_or(0, |pair| pair.1)
        };
        let [specs, active, supervisors, workers] = COUNT_KEYS.map(find);
        Ok(ChildCount {
            specs,
            active,
            supervisors,
            workers,
        })
    }
}

/// What lies in the mailbox of a supervisor.
#[derive(Debug)]
pub enum SupervisorMessage {
    #[doc(hidden)]
    WhichChildren(Reply<Vec<ChildInfo>>),
    #[doc(hidden)]
    CountChildren(Reply<ChildCount>),
    #[doc(hidden)]
    TryAgain(Atom),
    #[doc(hidden)]
    Stop,
    /// Answered when it ends because it was asked to.
    #[doc(hidden)]
    Join(Reply<()>),
}

struct Child {
    spec: ChildSpec,
    pid: Option<Pid>,
    restarting: bool,
}

/// The state of a supervisor's process; [`Supervisor`] starts one.
pub struct SupervisorProcess {
    children: Vec<Child>,
    intensity: Intensity,
    joining: Vec<Reply<()>>,
}

impl Actor for SupervisorProcess {
    type Handle = SupervisorRef;
    const OPTIONS: Options = Options::DEFAULT.trap_exit();
}

impl Behavior for SupervisorProcess {
    type Args = Supervisor;
    type Message = SupervisorMessage;
    type Continue = std::convert::Infallible;

    async fn start(supervisor: Supervisor, cx: &Context<Self>) -> Result<Self, ExitReason> {
        check_ids(&supervisor.children)?;
        let intensity = Intensity::new(supervisor.restarts_max, supervisor.period);
        let mut started = SupervisorProcess {
            children: Vec::new(),
            intensity,
            joining: Vec::new(),
        };
        for spec in supervisor.children {
            let id = spec.id.clone();
            match (spec.start)(cx, spec.options.clone()).await {
                Ok(pid) => started.children.push(Child {
                    spec,
                    pid: Some(pid),
                    restarting: false,
                }),
                Err(reason) => {
                    report("start_error", &id, &reason);
                    started.stop_children(cx).await;
                    return Err(failed_to_start(&id, &reason));
                }
            }
        }
        Ok(started)
    }

    async fn dispatch(&mut self, message: SupervisorMessage, cx: &Context<Self>) -> Flow {
        match message {
            SupervisorMessage::WhichChildren(reply) => reply.send(self.infos()),
            SupervisorMessage::CountChildren(reply) => reply.send(self.count()),
            SupervisorMessage::Stop => return Flow::Stop(ExitReason::Shutdown),
            SupervisorMessage::Join(reply) => self.joining.push(reply),
            SupervisorMessage::TryAgain(id) => {
                let index = self
                    .children
                    .iter()
                    .position(|child| child.restarting && child.spec.id == id);
                if let Some(index) = index {
                    return self.restart(index, cx).await;
                }
            }
        }
        Flow::Continue
    }

    async fn on_exit(&mut self, exit: Exit, cx: &Context<Self>) -> Flow {
        let Some(index) = self
            .children
            .iter()
            .position(|child| child.pid.as_ref() == Some(&exit.from))
        else {
            // A child that was stopped meanwhile, or somebody who linked to the supervisor.
            return Flow::Continue;
        };
        self.ended(index, &exit.reason, cx).await
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
        match message {
            SupervisorMessage::WhichChildren(_) => encoder.write_atom("which_children"),
            SupervisorMessage::CountChildren(_) => encoder.write_atom("count_children"),
            SupervisorMessage::TryAgain(_)
            | SupervisorMessage::Stop
            | SupervisorMessage::Join(_) => Err(EncodeError::LocalOnly),
        }
    }

    fn decode_message(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<SupervisorMessage, DecodeError> {
        let (name, arity) = decoder.read_method()?;
        let known = arity == 0 && matches!(&*name, "which_children" | "count_children");
        let Some(to) = reply_to.take_if(|_| known) else {
            return Err(DecodeError::unknown_request());
        };
        Ok(match &*name {
            "which_children" => SupervisorMessage::WhichChildren(to.reply()),
            _ => SupervisorMessage::CountChildren(to.reply()),
        })
    }
}

impl SupervisorProcess {
    pub(super) async fn start_on(
        host: &HostRef,
        supervisor: Supervisor,
        options: SpawnOptions,
    ) -> Result<SupervisorRef, SpawnError> {
        crate::process::start::<SupervisorProcess>(host, supervisor, options).await
    }

    fn infos(&self) -> Vec<ChildInfo> {
        let info = |child: &Child| ChildInfo {
            id: Term::Atom(child.spec.id.clone()),
            pid: child.pid.clone(),
            restarting: child.restarting,
            kind: child.spec.kind,
            module: child.spec.module.clone(),
        };
        // OTP shows the child started last first.
        self.children.iter().rev().map(info).collect()
    }

    fn count(&self) -> ChildCount {
        let supervisors = self
            .children
            .iter()
            .filter(|child| child.spec.kind == ChildKind::Supervisor)
            .count();
        ChildCount {
            specs: self.children.len(),
            active: self
                .children
                .iter()
                .filter(|child| child.pid.is_some())
                .count(),
            supervisors,
            workers: self.children.len() - supervisors,
        }
    }

    /// A child has ended by itself.
    async fn ended(&mut self, index: usize, reason: &ExitReason, cx: &Context<Self>) -> Flow {
        let Some(child) = self.children.get_mut(index) else {
            return Flow::Continue;
        };
        child.pid = None;
        let id = child.spec.id.clone();
        if !reason.is_clean() || child.spec.restart == Restart::Permanent {
            report("child_terminated", &id, reason);
        }
        match child.spec.restart {
            Restart::Temporary => {
                self.children.remove(index);
                Flow::Continue
            }
            Restart::Transient if reason.is_clean() => Flow::Continue,
            _ => self.restart(index, cx).await,
        }
    }

    /// Starts a child again, if the intensity allows it.
    async fn restart(&mut self, index: usize, cx: &Context<Self>) -> Flow {
        if !self.intensity.allow(tokio::time::Instant::now().into_std()) {
            tracing::error!(supervisor = %cx.pid(), "SUPERVISOR REPORT: reached_max_restart_intensity");
            // Who waits for the end hears of it by the exit: nobody asked for it.
            self.joining.clear();
            return Flow::Stop(ExitReason::Shutdown);
        }
        let Some(child) = self.children.get_mut(index) else {
            return Flow::Continue;
        };
        match (child.spec.start)(cx, child.spec.options.clone()).await {
            Ok(pid) => {
                child.pid = Some(pid);
                child.restarting = false;
            }
            Err(reason) => {
                report("start_error", &child.spec.id, &reason);
                child.restarting = true;
                let id = child.spec.id.clone();
                // To itself: it can only fail when the supervisor is ending.
                let _ = cx.handle().0.cast(SupervisorMessage::TryAgain(id));
            }
        }
        Flow::Continue
    }

    /// Stops every child, in the reverse order of start.
    async fn stop_children(&mut self, cx: &Context<Self>) {
        while let Some(child) = self.children.pop() {
            if let Some(pid) = child.pid {
                stop_child(&child.spec, &pid, cx).await;
            }
        }
    }
}

async fn stop_child(spec: &ChildSpec, pid: &Pid, cx: &Context<SupervisorProcess>) {
    cx.unlink(pid.clone());
    let timeout = match spec.shutdown {
        Shutdown::Kill => None,
        Shutdown::Timeout(timeout) => Some(timeout),
        Shutdown::Infinity => {
            cx.exit(pid.clone(), ExitReason::Shutdown);
            cx.ended(pid).await;
            return;
        }
    };
    if let Some(timeout) = timeout {
        cx.exit(pid.clone(), ExitReason::Shutdown);
        if tokio::time::timeout(timeout, cx.ended(pid)).await.is_ok() {
            return;
        }
        report("shutdown_error", &spec.id, &ExitReason::Killed);
    }
    cx.exit(pid.clone(), ExitReason::Kill);
    cx.ended(pid).await;
}

fn check_ids(children: &[ChildSpec]) -> Result<(), ExitReason> {
    let mut ids = BTreeSet::new();
    match children.iter().find(|child| !ids.insert(&child.id)) {
        None => Ok(()),
        Some(child) => Err(ExitReason::from(Term::tuple([
            Term::atom("start_spec"),
            Term::tuple([
                Term::atom("duplicate_child_name"),
                Term::Atom(child.id.clone()),
            ]),
        ]))),
    }
}

/// `{shutdown, {failed_to_start_child, Id, Reason}}`.
fn failed_to_start(id: &Atom, reason: &ExitReason) -> ExitReason {
    let what = [
        Term::atom("failed_to_start_child"),
        Term::Atom(id.clone()),
        reason.to_term(),
    ];
    ExitReason::ShutdownWith(std::sync::Arc::new(Term::tuple(what)))
}

fn report(context: &'static str, id: &Atom, reason: &ExitReason) {
    tracing::error!(context, child = %id, %reason, "SUPERVISOR REPORT");
}
