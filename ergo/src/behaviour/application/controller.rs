//! The process that knows all applications of a node.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::behaviour::application::master::MasterArgs;
use crate::behaviour::application::plan::{self, Dependencies};
use crate::behaviour::application::spec::parse_name;
use crate::behaviour::application::{
    Application, ApplicationError, ApplicationInfo, ApplicationMaster, ApplicationTerminated,
    ControllerMessage, StartAs, StartType,
};
use crate::etf::{Atom, DecodeError, Decoder, EncodeError, Encoder, Pid, Term};
use crate::process::host::is_alive;
use crate::process::{
    Actor, Behavior, Context, Env, Exit, ExitReason, Flow, Handle, Options, Ref, Reply, ReplyTo,
    SpawnOptions,
};

/// How much later than its application's deadline a master is killed.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// What the controller needs of its node.
pub trait ApplicationNode: Send + Sync {
    /// Sets the environment of an application that is being loaded: what it says itself, under what the node was
    /// started with.
    #[doc(hidden)]
    fn set_env(&self, application: &Atom, env: SpecEnv);
    /// Forgets the environment of an application.
    fn unset_env(&self, application: &Atom);
    /// The processes of an application that live.
    fn processes(&self, application: &Atom) -> Vec<Pid>;
    /// Stops the node because of an application.
    fn take_down(&self, because: ApplicationTerminated);
}

/// The environment that an application's specification gives.
pub struct SpecEnv(pub(crate) Env);

/// The handle of the application controller.
#[derive(Clone, Debug)]
pub struct ControllerRef(Ref<ApplicationController>);

impl From<Ref<ApplicationController>> for ControllerRef {
    fn from(reference: Ref<ApplicationController>) -> Self {
        ControllerRef(reference)
    }
}

impl AsRef<Ref<ApplicationController>> for ControllerRef {
    fn as_ref(&self) -> &Ref<ApplicationController> {
        &self.0
    }
}

impl Handle for ControllerRef {
    type Actor = ApplicationController;
}

/// Who waits for the outcome of a stop.
pub(super) type Waiting = Vec<Reply<Result<(), ApplicationError>>>;

/// The outcome of a start: whether it was this request that began it.
pub(super) type StartReply = Reply<Result<bool, ApplicationError>>;

/// Starts that came while the application was being stopped.
pub(super) type Then = Vec<(StartAs, StartReply)>;

pub(super) enum State {
    Loaded,
    Starting {
        master: Pid,
        start_type: StartType,
        /// Whose request began it, and those that have joined.
        waiting: Vec<StartReply>,
    },
    Running {
        master: Pid,
        start_type: StartType,
    },
    Stopping {
        master: Pid,
        start_type: StartType,
        waiting: Waiting,
        then: Then,
    },
}

impl State {
    fn master(&self) -> Option<&Pid> {
        match self {
            State::Loaded => None,
            State::Starting { master, .. }
            | State::Running { master, .. }
            | State::Stopping { master, .. } => Some(master),
        }
    }
}

pub(super) struct Entry {
    pub(super) spec: Arc<Application>,
    pub(super) state: State,
}

/// The state of the application controller: one process of each node, registered as `application_controller`.
pub struct ApplicationController {
    pub(super) node: Arc<dyn ApplicationNode>,
    pub(super) entries: BTreeMap<Atom, Entry>,
    /// Those that run or are being started, in the order of their start.
    pub(super) order: Vec<Atom>,
    /// Who is told when all have stopped, once the node stops.
    pub(super) closing: Option<Reply<()>>,
    pub(super) is_closed: bool,
}

impl Actor for ApplicationController {
    type Handle = ControllerRef;
    const OPTIONS: Options = Options::DEFAULT.name("application_controller").trap_exit();
}

impl Behavior for ApplicationController {
    type Args = Arc<dyn ApplicationNode>;
    type Message = ControllerMessage;
    type Continue = std::convert::Infallible;
    const SYNC_INIT: bool = true;

    async fn start(node: Arc<dyn ApplicationNode>, cx: &Context<Self>) -> Result<Self, ExitReason> {
        Self::start_now(node, cx)
    }

    fn start_now(node: Arc<dyn ApplicationNode>, _: &Context<Self>) -> Result<Self, ExitReason> {
        Ok(ApplicationController {
            node,
            entries: BTreeMap::new(),
            order: Vec::new(),
            closing: None,
            is_closed: false,
        })
    }

    async fn dispatch(&mut self, message: ControllerMessage, cx: &Context<Self>) -> Flow {
        match message {
            ControllerMessage::Load(spec, replace, reply) => reply.send(self.load(*spec, replace)),
            ControllerMessage::Unload(name, reply) => reply.send(self.unload(&name)),
            ControllerMessage::Plan(names, reply) => reply.send(self.plan(&names)),
            ControllerMessage::Start(name, how, reply) => {
                self.start_one(&name, how, reply, cx).await;
            }
            ControllerMessage::Started(master) => self.started(&master, cx),
            ControllerMessage::Stop(name, reply) => self.stop_one(&name, reply, cx),
            ControllerMessage::Overdue(master) => cx.exit(master, ExitReason::Kill),
            ControllerMessage::Close(reply) => {
                self.is_closed = true;
                self.closing = Some(reply);
                self.close_next(cx);
            }
            ControllerMessage::Which(reply) => reply.send(self.which()),
            ControllerMessage::Loaded(reply) => {
                reply.send(
                    self.entries
                        .iter()
                        .map(|(name, entry)| info(name, &entry.spec))
                        .collect(),
                );
            }
        }
        Flow::Continue
    }

    async fn on_exit(&mut self, exit: Exit, cx: &Context<Self>) -> Flow {
        if is_alive(cx.host(), &exit.from) {
            // What somebody has sent with `exit/2` in the name of a living master is not its end.
            return Flow::Continue;
        }
        if let Some((name, _)) = self.find(&exit.from) {
            self.clear(&name, cx).await;
            for (how, reply) in self.ended(name.clone(), &exit.reason) {
                self.start_one(name.as_str(), how, reply, cx).await;
            }
        }
        self.close_next(cx);
        Flow::Continue
    }

    /// `[{Name, State}]`.
    fn snapshot(&self) -> Option<Term> {
        let entry = |(name, entry): (&Atom, &Entry)| {
            let state = match entry.state {
                State::Loaded => "loaded",
                State::Starting { .. } => "starting",
                State::Running { .. } => "running",
                State::Stopping { .. } => "stopping",
            };
            Term::tuple([Term::Atom(name.clone()), Term::atom(state)])
        };
        let entries: Vec<Term> = self.entries.iter().map(entry).collect();
        Some(Term::list(entries))
    }

    fn encode_message(
        message: &ControllerMessage,
        encoder: &mut Encoder<'_>,
    ) -> Result<(), EncodeError> {
        message.encode(encoder)
    }

    fn decode_message(
        decoder: &mut Decoder<'_>,
        reply_to: &mut Option<ReplyTo>,
    ) -> Result<ControllerMessage, DecodeError> {
        ControllerMessage::decode(decoder, reply_to)
    }
}

fn info(name: &Atom, spec: &Application) -> ApplicationInfo {
    ApplicationInfo {
        name: name.clone(),
        description: spec.description.clone(),
        vsn: spec.vsn.clone(),
    }
}

impl ApplicationController {
    fn load(&mut self, spec: Application, replace: bool) -> Result<Atom, ApplicationError> {
        let name = spec.parse_name()?;
        match self.entries.get(&name).map(|entry| &entry.state) {
            None => {}
            Some(State::Loaded) if replace => {}
            Some(State::Loaded) => return Err(ApplicationError::AlreadyLoaded(name)),
            Some(_) if replace => return Err(ApplicationError::AlreadyStarted(name)),
            Some(_) => return Err(ApplicationError::AlreadyLoaded(name)),
        }
        if self.is_closed {
            return Err(ApplicationError::Stopping);
        }
        self.node.set_env(&name, SpecEnv(spec.env.clone()));
        let (spec, state) = (Arc::new(spec), State::Loaded);
        self.entries.insert(name.clone(), Entry { spec, state });
        Ok(name)
    }

    fn unload(&mut self, name: &str) -> Result<(), ApplicationError> {
        let name = parse_name(name)?;
        match self.entries.get(&name).map(|entry| &entry.state) {
            None => Err(ApplicationError::NotLoaded(name)),
            Some(State::Loaded) => {
                self.entries.remove(&name);
                self.node.unset_env(&name);
                Ok(())
            }
            Some(_) => Err(ApplicationError::Running(name)),
        }
    }

    fn dependencies(&self) -> Dependencies {
        self.entries
            .iter()
            .map(|(name, entry)| (name.clone(), entry.spec.depends_on.clone()))
            .collect()
    }

    /// What is to be started for these to run, each after what it depends on.
    fn plan(&self, names: &[String]) -> Result<Vec<Atom>, ApplicationError> {
        let names: Vec<Atom> = names
            .iter()
            .map(|name| parse_name(name))
            .collect::<Result<_, _>>()?;
        let mut order = plan::order(&self.dependencies(), &names)?;
        order.retain(|name| !self.is_running(name));
        Ok(order)
    }

    fn is_running(&self, name: &Atom) -> bool {
        let entry = self.entries.get(name);
        entry.is_some_and(|entry| matches!(entry.state, State::Running { .. }))
    }

    /// The application can be started now, or its start can be waited for.
    fn check_start(&self, name: &str) -> Result<Atom, ApplicationError> {
        let name = parse_name(name)?;
        if self.is_closed {
            return Err(ApplicationError::Stopping);
        }
        let dependencies = plan::order(&self.dependencies(), std::slice::from_ref(&name))?;
        let state = self.entries.get(&name).map(|entry| &entry.state);
        if let Some(State::Stopping { .. }) = state {
            // It is looked at again when it has stopped.
            return Ok(name);
        }
        if let Some(State::Running { .. }) = state {
            return Err(ApplicationError::AlreadyStarted(name));
        }
        let missing = dependencies
            .into_iter()
            .find(|dependency| *dependency != name && !self.is_running(dependency));
        match missing {
            None => Ok(name),
            Some(dependency) => Err(ApplicationError::DependencyNotStarted {
                application: name,
                dependency,
            }),
        }
    }

    async fn start_one(&mut self, name: &str, how: StartAs, reply: StartReply, cx: &Context<Self>) {
        let name = match self.check_start(name) {
            Ok(name) => name,
            Err(error) => return reply.send(Err(error)),
        };
        let Some(entry) = self.entries.get_mut(&name) else {
            return reply.send(Err(ApplicationError::NotLoaded(name)));
        };
        match &mut entry.state {
            State::Starting { waiting, .. } => return waiting.push(reply),
            State::Stopping { then, .. } => return then.push((how, reply)),
            _ => {}
        }
        let start_type = how.start_type;
        let args = MasterArgs {
            name: name.clone(),
            spec: entry.spec.clone(),
            start_type,
            controller: cx.handle().0,
        };
        let options = SpawnOptions {
            inheritance: how.inheritance,
            ..SpawnOptions::default().application(name.as_str())
        };
        let master = cx.spawn_link_with::<ApplicationMaster>(args, options).await;
        match master.ok().and_then(|master| master.pid()) {
            Some(master) => {
                let waiting = vec![reply];
                entry.state = State::Starting {
                    master,
                    start_type,
                    waiting,
                };
                self.order.push(name);
            }
            // Its init cannot refuse.
            None => reply.send(Err(ApplicationError::Stopping)),
        }
    }

    fn find(&mut self, master: &Pid) -> Option<(Atom, &mut Entry)> {
        self.entries
            .iter_mut()
            .find(|(_, entry)| entry.state.master() == Some(master))
            .map(|(name, entry)| (name.clone(), entry))
    }

    fn started(&mut self, pid: &Pid, cx: &Context<Self>) {
        let Some((name, entry)) = self.find(pid) else {
            return;
        };
        match std::mem::replace(&mut entry.state, State::Loaded) {
            State::Starting {
                master,
                start_type,
                waiting,
            } => {
                tracing::info!(application = %name, started_at = %cx.host().name(), "PROGRESS REPORT");
                entry.state = State::Running { master, start_type };
                for (joined, reply) in waiting.into_iter().enumerate() {
                    reply.send(Ok(joined == 0));
                }
            }
            other => entry.state = other,
        }
    }

    /// The one that was started last comes first, as in OTP.
    fn which(&self) -> Vec<ApplicationInfo> {
        let running = self.order.iter().rev().filter(|name| self.is_running(name));
        running
            .filter_map(|name| Some(info(name, &self.entries.get(name)?.spec)))
            .collect()
    }
}
