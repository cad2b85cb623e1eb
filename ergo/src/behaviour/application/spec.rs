//! What an application consists of.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::behaviour::application::{ApplicationContext, ApplicationError};
use crate::behaviour::supervisor::Supervisor;
use crate::etf::{Atom, Decode, DecodeError, Decoder, Encode, EncodeError, Encoder};
use crate::process::{Env, EnvValue, ExitReason};

/// What the end of an application means for its node.
///
/// Source: <https://www.erlang.org/doc/apps/kernel/application.html#start/2>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StartType {
    /// Whatever ends it, and a start that fails, stops the node: all other applications in order, then the rest.
    Permanent,
    /// An end with another reason than `normal` stops the node. A top supervisor that gives up ends with `shutdown`,
    /// which is another reason.
    Transient,
    /// Its end is reported and nothing else happens. OTP's default.
    #[default]
    Temporary,
}

impl StartType {
    fn as_str(self) -> &'static str {
        match self {
            StartType::Permanent => "permanent",
            StartType::Transient => "transient",
            StartType::Temporary => "temporary",
        }
    }
}

impl fmt::Display for StartType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Encode for StartType {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_atom(self.as_str())
    }
}

impl<'de> Decode<'de> for StartType {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        match &*decoder.read_atom_text()? {
            "permanent" => Ok(StartType::Permanent),
            "transient" => Ok(StartType::Transient),
            "temporary" => Ok(StartType::Temporary),
            _ => Err(DecodeError::custom(
                "permanent, transient or temporary is expected",
            )),
        }
    }
}

type Callback<T> =
    dyn Fn(ApplicationContext) -> Pin<Box<dyn Future<Output = T> + Send>> + Send + Sync;

/// What the start function of an application may return: its top supervisor, or the reason why it cannot start.
pub trait IntoTop: Send {
    /// The top supervisor, not started yet.
    ///
    /// # Errors
    /// Why the application does not start.
    fn into_top(self) -> Result<Supervisor, ExitReason>;
}

impl IntoTop for Supervisor {
    fn into_top(self) -> Result<Supervisor, ExitReason> {
        Ok(self)
    }
}

impl<E: Into<ExitReason> + Send> IntoTop for Result<Supervisor, E> {
    fn into_top(self) -> Result<Supervisor, ExitReason> {
        self.map_err(Into::into)
    }
}

/// One step of a start that has several.
#[derive(Clone)]
pub(super) struct Phase {
    pub(super) name: String,
    pub(super) run: Arc<Callback<Result<(), ExitReason>>>,
}

/// A part of a program that is started, stopped and configured as a whole: what OTP keeps in an `.app` file and its
/// callback module.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// use ergo::prelude::*;
/// use ergo::{Application, StartType};
///
/// let db = Application::new("db").env("size", 10);
/// let shop = Application::new("shop")
///     .description("Sells things")
///     .vsn("1.0")
///     .depends_on(["db"])
///     .start(async |cx| {
///         println!("{} starts, with {:?}", cx.name(), cx.env::<String>("greeting"));
///         Supervisor::one_for_one()
///     });
///
/// let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
/// let started = node.ensure_all_started([db, shop], StartType::Permanent).await?;
/// assert_eq!(started, ["db", "shop"]);
/// node.stop().await;
/// # Ok(())
/// # }
/// ```
///
/// Without a start function it has no processes: it is a set of values that others depend on.
#[derive(Clone)]
#[must_use = "an application does nothing until it is started"]
pub struct Application {
    name: String,
    pub(super) description: String,
    pub(super) vsn: String,
    pub(super) depends_on: Vec<String>,
    pub(super) env: Env,
    pub(super) start: Option<Arc<Callback<Result<Supervisor, ExitReason>>>>,
    pub(super) phases: Vec<Phase>,
    pub(super) prep_stop: Option<Arc<Callback<()>>>,
    pub(super) stop: Option<Arc<Callback<()>>>,
    pub(super) shutdown: Option<Duration>,
}

/// How long an application has to stop, unless it says otherwise.
const SHUTDOWN: Duration = Duration::from_secs(10);

impl Application {
    /// An application of this name, which no other application of its node has.
    pub fn new(name: impl Into<String>) -> Self {
        Application {
            name: name.into(),
            description: String::new(),
            vsn: String::new(),
            depends_on: Vec::new(),
            env: Env::default(),
            start: None,
            phases: Vec::new(),
            prep_stop: None,
            stop: None,
            shutdown: Some(SHUTDOWN),
        }
    }

    /// What it is, in a line, for people who ask the node.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Its version.
    pub fn vsn(mut self, vsn: impl Into<String>) -> Self {
        self.vsn = vsn.into();
        self
    }

    /// Adds applications that have to run before it starts, in this order, and that stop after it.
    pub fn depends_on<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.depends_on.extend(names.into_iter().map(Into::into));
        self
    }

    /// Sets a value of its environment, which its processes find with [`Context::env`](crate::Context::env) and
    /// everyone with [`Node::application_env`](crate::Node::application_env).
    ///
    /// It is a default: what [`NodeBuilder::application_env`](crate::NodeBuilder::application_env) says comes first.
    pub fn env<T: Encode + Send + Sync + 'static>(mut self, key: &str, value: T) -> Self {
        self.env.set(key, EnvValue::new(value));
        self
    }

    /// As [`Application::env`], for a value of any type, that never leaves the node.
    pub fn env_local<T: Send + Sync + 'static>(mut self, key: &str, value: T) -> Self {
        self.env.set(key, EnvValue::local(value));
        self
    }

    /// The start function: makes the top supervisor, which is then started, or says why it cannot.
    ///
    /// It runs in the application's master, `Module:start/2` in OTP. The application has started when the supervisor
    /// and all its children have.
    pub fn start<F, Fut>(mut self, start: F) -> Self
    where
        F: Fn(ApplicationContext) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: IntoTop,
    {
        self.start = Some(Arc::new(move |cx| {
            let supervisor = start(cx);
            Box::pin(async move { supervisor.await.into_top() })
        }));
        self
    }

    /// A top supervisor that needs nothing to be made: the short form of [`Application::start`].
    pub fn top(mut self, supervisor: Supervisor) -> Self {
        self.start = Some(Arc::new(move |_| {
            Box::pin(std::future::ready(Ok(supervisor.clone())))
        }));
        self
    }

    /// Adds a step that runs when the top supervisor has started, after the steps before it; the application has
    /// started when the last has ended. One that fails stops the application.
    ///
    /// Source: <https://www.erlang.org/doc/apps/kernel/application.html#c:start_phase/3>.
    pub fn start_phase<F, Fut>(mut self, name: impl Into<String>, run: F) -> Self
    where
        F: Fn(ApplicationContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), ExitReason>> + Send + 'static,
    {
        self.phases.push(Phase {
            name: name.into(),
            run: Arc::new(move |cx| Box::pin(run(cx))),
        });
        self
    }

    /// Runs when the application is about to stop, while its processes still live: `Module:prep_stop/1`.
    pub fn prep_stop<F, Fut>(mut self, prep_stop: F) -> Self
    where
        F: Fn(ApplicationContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.prep_stop = Some(Arc::new(move |cx| Box::pin(prep_stop(cx))));
        self
    }

    /// Runs when the processes of the application have ended, however that came: `Module:stop/1`.
    pub fn stop<F, Fut>(mut self, stop: F) -> Self
    where
        F: Fn(ApplicationContext) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.stop = Some(Arc::new(move |cx| Box::pin(stop(cx))));
        self
    }

    /// How long it has to stop, its callbacks included, before its processes are killed: 10 seconds unless set.
    pub fn shutdown(mut self, timeout: Duration) -> Self {
        self.shutdown = Some(timeout);
        self
    }

    /// It is waited for however long it takes to stop, as in OTP. When the node stops, the node's own deadline holds.
    pub fn shutdown_infinity(mut self) -> Self {
        self.shutdown = None;
        self
    }

    /// The name, if it is one.
    pub(super) fn parse_name(&self) -> Result<Atom, ApplicationError> {
        parse_name(&self.name)
    }
}

/// Parses the name of an application.
pub(super) fn parse_name(name: &str) -> Result<Atom, ApplicationError> {
    Atom::new(name)
        .ok()
        .filter(|atom| !matches!(atom.as_str(), "" | "undefined"))
        .ok_or_else(|| ApplicationError::BadName(name.to_owned()))
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application")
            .field("name", &self.name)
            .field("vsn", &self.vsn)
            .field("depends_on", &self.depends_on)
            .field("env", &self.env)
            .finish_non_exhaustive()
    }
}
