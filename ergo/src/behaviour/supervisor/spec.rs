//! What a supervisor is told: its strategy, its limits and its children.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::behaviour::supervisor::run::{SupervisorProcess, SupervisorRef};
use crate::etf::{Atom, Pid};
use crate::process::host::AsHost;
use crate::process::{
    Behavior, Context, ExitReason, Handle, IntoExit, PlainContext, SpawnError, SpawnOptions,
    short_type_name,
};

type StartFuture<'a> = Pin<Box<dyn Future<Output = Result<Pid, ExitReason>> + Send + 'a>>;
type StartFn =
    dyn for<'a> Fn(&'a Context<SupervisorProcess>, SpawnOptions) -> StartFuture<'a> + Send + Sync;

/// When a child that has ended is started again.
///
/// Source: <https://www.erlang.org/doc/system/sup_princ.html#child-specification>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Restart {
    /// Always.
    #[default]
    Permanent,
    /// Only when it ended with another reason than `normal`, `shutdown` or `{shutdown, _}`.
    Transient,
    /// Never; its specification goes with it.
    Temporary,
}

/// How a child is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// Killed at once: OTP's `brutal_kill`.
    Kill,
    /// Asked with `shutdown`, and killed when it takes longer than this.
    Timeout(Duration),
    /// Asked with `shutdown`, and waited for however long it takes: right for a supervisor.
    Infinity,
}

/// What a child is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChildKind {
    /// Anything but a supervisor.
    #[default]
    Worker,
    /// A supervisor of its own.
    Supervisor,
}

/// How one child is started, restarted and stopped. Made by [`Spec::spec`], [`ChildSpec::from_fn`] and
/// [`Supervisor::spec`].
#[derive(Clone)]
pub struct ChildSpec {
    pub(super) id: Atom,
    pub(super) start: Arc<StartFn>,
    pub(super) options: SpawnOptions,
    pub(super) restart: Restart,
    pub(super) shutdown: Shutdown,
    pub(super) kind: ChildKind,
    pub(super) module: Atom,
}

impl fmt::Debug for ChildSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildSpec")
            .field("id", &self.id)
            .field("restart", &self.restart)
            .field("shutdown", &self.shutdown)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// Tells the compiler that the future borrows from the context only.
fn start_fn<F>(start: F) -> Arc<StartFn>
where
    F: for<'a> Fn(&'a Context<SupervisorProcess>, SpawnOptions) -> StartFuture<'a>
        + Send
        + Sync
        + 'static,
{
    Arc::new(start)
}

fn atom(text: &str) -> Atom {
    Atom::new(text).unwrap_or_else(|_| Atom::from_static("child"))
}

impl ChildSpec {
    fn new(id: &str, module: &str, start: Arc<StartFn>) -> Self {
        ChildSpec {
            id: atom(id),
            start,
            options: SpawnOptions::default(),
            restart: Restart::default(),
            shutdown: Shutdown::Timeout(Duration::from_secs(5)),
            kind: ChildKind::default(),
            module: atom(module),
        }
    }

    /// A child that is a plain process. `body` makes it anew at each start.
    pub fn from_fn<F, Fut>(id: &str, body: F) -> ChildSpec
    where
        F: Fn(PlainContext) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: IntoExit,
    {
        let body = Arc::new(body);
        let start = start_fn(move |cx, options| {
            let body = body.clone();
            let spawned = cx
                .spawn_fn_link_with(options, move |cx| body(cx))
                .map_err(start_error);
            Box::pin(std::future::ready(spawned))
        });
        ChildSpec::new(id, "plain", start)
    }

    /// Its identity at its supervisor: the registered name of the actor, or its type, unless set.
    pub fn id(mut self, id: &str) -> Self {
        self.id = atom(id);
        self
    }

    /// Registers it under `name`, instead of the actor's own name if it has one.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options = self.options.name(name);
        self
    }

    /// Always restarted. The default.
    pub fn permanent(mut self) -> Self {
        self.restart = Restart::Permanent;
        self
    }

    /// Restarted after a crash.
    pub fn transient(mut self) -> Self {
        self.restart = Restart::Transient;
        self
    }

    /// Never restarted.
    pub fn temporary(mut self) -> Self {
        self.restart = Restart::Temporary;
        self
    }

    /// How long it has to stop before it is killed: 5 seconds unless set.
    pub fn shutdown(mut self, timeout: Duration) -> Self {
        self.shutdown = Shutdown::Timeout(timeout);
        self
    }

    /// It is killed to stop it.
    pub fn brutal_kill(mut self) -> Self {
        self.shutdown = Shutdown::Kill;
        self
    }

    /// It is waited for however long it takes to stop.
    pub fn shutdown_infinity(mut self) -> Self {
        self.shutdown = Shutdown::Infinity;
        self
    }

    /// The identity.
    pub fn child_id(&self) -> &Atom {
        &self.id
    }
}

/// What `spawn` refused, as the exit reason OTP would show.
pub(super) fn start_error(error: SpawnError) -> ExitReason {
    match error {
        SpawnError::Init(reason) => reason,
        SpawnError::NameTaken { holder, .. } => ExitReason::from(crate::etf::Term::tuple([
            crate::etf::Term::atom("already_started"),
            holder.into(),
        ])),
        other => ExitReason::from(crate::etf::Term::from(other.to_string())),
    }
}

/// Makes child specifications of actors.
pub trait Spec: Behavior {
    /// A child specification: permanent, 5 seconds to stop, the actor's registered name as its id. `args` are given
    /// to `init` at each start.
    fn spec(args: Self::Args) -> ChildSpec
    where
        Self::Args: Clone + Sync,
    {
        let start = start_fn(move |cx, options| {
            let (args, cx) = (args.clone(), cx.clone());
            Box::pin(async move {
                let spawned = cx
                    .spawn_link_with::<Self>(args, options)
                    .await
                    .map_err(start_error)?;
                spawned.pid().ok_or(ExitReason::NoProc)
            })
        });
        let name = short_type_name::<Self>();
        ChildSpec::new(Self::OPTIONS.name.unwrap_or(name), name, start)
    }
}

impl<A: Behavior> Spec for A {}

/// A supervisor to be started: strategy, intensity and children.
///
/// The children are started in the order given and stopped in the reverse order. One that ends is started again by
/// its [`Restart`]; more than the allowed number of restarts within the period stop the supervisor, with reason
/// `shutdown`, and so its children.
#[derive(Debug, Clone)]
#[must_use = "a supervisor does nothing until it is started"]
pub struct Supervisor {
    pub(super) name: Option<String>,
    pub(super) restarts_max: usize,
    pub(super) period: Duration,
    pub(super) children: Vec<ChildSpec>,
}

impl Supervisor {
    /// One for one: only the child that ended is started again.
    pub fn one_for_one() -> Supervisor {
        Supervisor {
            name: None,
            restarts_max: 1,
            period: Duration::from_secs(5),
            children: Vec::new(),
        }
    }

    /// Allows `restarts_max` restarts within `period`; 1 within 5 seconds unless set, as in OTP.
    pub fn intensity(mut self, restarts_max: usize, period: Duration) -> Self {
        self.restarts_max = restarts_max;
        self.period = period;
        self
    }

    /// Registers the supervisor under `name`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds a child, to be started after those before it.
    pub fn child(mut self, child: ChildSpec) -> Self {
        self.children.push(child);
        self
    }

    fn options(&self) -> SpawnOptions {
        SpawnOptions {
            name: self.name.clone(),
            ..SpawnOptions::default()
        }
    }

    /// Starts the supervisor and its children on a node.
    ///
    /// # Errors
    /// Two children have the same id, a child did not start (those before it have been stopped again), or the name
    /// is taken. The reason of a child is in `{shutdown, {failed_to_start_child, Id, Reason}}`, as in OTP.
    pub async fn start(self, node: &impl AsHost) -> Result<SupervisorRef, SpawnError> {
        let options = self.options();
        SupervisorProcess::start_on(&node.host(), self, options).await
    }

    /// Starts the supervisor linked to a process, which is its parent.
    ///
    /// # Errors
    /// As [`Supervisor::start`].
    pub async fn start_link<A: Behavior>(
        self,
        cx: &Context<A>,
    ) -> Result<SupervisorRef, SpawnError> {
        let options = self.options();
        cx.spawn_link_with::<SupervisorProcess>(self, options).await
    }

    /// This supervisor as a child of another one: a supervisor, permanent, waited for however long it takes.
    pub fn spec(self, id: &str) -> ChildSpec {
        let start = start_fn(move |cx, options| {
            let (mut supervisor, cx) = (self.clone(), cx.clone());
            Box::pin(async move {
                supervisor.name = options.name.or(supervisor.name);
                let started = supervisor.start_link(&cx).await.map_err(start_error)?;
                started.pid().ok_or(ExitReason::NoProc)
            })
        });
        let mut spec = ChildSpec::new(id, "Supervisor", start);
        spec.kind = ChildKind::Supervisor;
        spec.shutdown = Shutdown::Infinity;
        spec
    }
}
