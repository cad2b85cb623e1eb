//! The applications of a node, as its users see them.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::behaviour::application::{
    Application, ApplicationController, ApplicationError, ApplicationInfo, ApplicationNode,
    ApplicationTerminated, ControllerMessage, ControllerRef, SpecEnv, StartAs, StartType,
};
use crate::etf::{Atom, Pid};
use crate::node::Node;
use crate::process::{Behavior, ExitReason, Ref, Reply, SpawnError, SpawnOptions};
use crate::remote::Exception;
use crate::system::application_starts;

/// Why a node was taken down by an application; kept at the node.
#[derive(Default)]
struct Downfall(OnceLock<ApplicationTerminated>);

/// What can be started: an application, or the name of one that is loaded.
#[derive(Debug, Clone)]
pub enum ToStart {
    /// It is loaded first. One of the same name that is loaded and does not run gives way.
    Application(Box<Application>),
    /// One that is loaded.
    Name(String),
}

impl From<Application> for ToStart {
    fn from(application: Application) -> Self {
        ToStart::Application(Box::new(application))
    }
}

impl From<&str> for ToStart {
    fn from(name: &str) -> Self {
        ToStart::Name(name.to_owned())
    }
}

impl From<Atom> for ToStart {
    fn from(name: Atom) -> Self {
        ToStart::Name(name.as_str().to_owned())
    }
}

/// Applications: <https://www.erlang.org/doc/apps/kernel/application.html>.
impl Node {
    /// `application:load/1`: makes an application known, with its environment, without starting it.
    ///
    /// # Errors
    /// Its name is none, or one of this name is loaded; the node is stopping.
    pub async fn load_application(&self, application: Application) -> Result<(), ApplicationError> {
        self.load(application, false).await.map(drop)
    }

    async fn load(
        &self,
        application: Application,
        replace: bool,
    ) -> Result<Atom, ApplicationError> {
        let application = Box::new(application);
        self.ask(|reply| ControllerMessage::Load(application, replace, reply))
            .await
    }

    /// `application:unload/1`: forgets an application and its environment.
    ///
    /// # Errors
    /// It is not loaded, or it runs.
    pub async fn unload_application(&self, name: &str) -> Result<(), ApplicationError> {
        let name = name.to_owned();
        self.ask(|reply| ControllerMessage::Unload(name, reply))
            .await
    }

    /// `application:start/2`: starts an application, given itself or by the name of one that is loaded. Returns when it
    /// runs: its top supervisor, all its children and its start phases.
    ///
    /// Who asks while it is being started waits for the same start, of the type of the first; who asks while it is being
    /// stopped has it started again then. Dropping the future does not stop the start.
    ///
    /// # Errors
    /// It is not loaded, runs already, or depends on one that does not run; or why it did not start: then nothing of it
    /// is left. As in OTP a permanent application that does not start takes the node down.
    pub async fn start_application(
        &self,
        application: impl Into<ToStart>,
        start_type: StartType,
    ) -> Result<(), ApplicationError> {
        let name = self.name_to_start(application.into()).await?;
        self.start_loaded(name, start_type.into()).await.map(drop)
    }

    async fn name_to_start(&self, application: ToStart) -> Result<String, ApplicationError> {
        match application {
            // One that runs is refused by its start, and one that is being started is waited for.
            ToStart::Application(application) => self.load_unless_running(*application).await,
            ToStart::Name(name) => Ok(name),
        }
    }

    /// Whether it was this call that has started it.
    pub(super) async fn start_loaded(
        &self,
        name: String,
        how: StartAs,
    ) -> Result<bool, ApplicationError> {
        self.ask(|reply| ControllerMessage::Start(name, how, reply))
            .await
    }

    /// `application:ensure_all_started/2`: starts applications and everything they depend on, each after what it depends
    /// on. Returns those it has started, in the order of their start; one that runs already is left out.
    ///
    /// Applications that are given themselves are all loaded before the first is started, so they may depend on each
    /// other.
    ///
    /// # Errors
    /// One is not loaded, they depend on each other in a circle, or one did not start: then those that this call has
    /// started are stopped again, in reverse order.
    ///
    /// # Cancel safety
    /// What has started when the future is dropped goes on running.
    pub async fn ensure_all_started<I>(
        &self,
        applications: I,
        start_type: StartType,
    ) -> Result<Vec<Atom>, ApplicationError>
    where
        I: IntoIterator,
        I::Item: Into<ToStart>,
    {
        let wanted: Vec<ToStart> = applications.into_iter().map(Into::into).collect();
        let mut names = Vec::new();
        for application in wanted {
            names.push(match application {
                ToStart::Application(application) => self.load_unless_running(*application).await?,
                ToStart::Name(name) => name,
            });
        }
        let plan = self.plan_start(names).await?;
        self.start_planned(plan, start_type).await
    }

    /// What is to be started for these to run, in order.
    pub(super) async fn plan_start(
        &self,
        names: Vec<String>,
    ) -> Result<Vec<Atom>, ApplicationError> {
        self.ask(|reply| ControllerMessage::Plan(names, reply))
            .await
    }

    /// Starts them one after the other; where one does not start, those before it are stopped again.
    pub(super) async fn start_planned(
        &self,
        plan: Vec<Atom>,
        start_type: StartType,
    ) -> Result<Vec<Atom>, ApplicationError> {
        let mut started = Vec::new();
        for name in plan {
            match self
                .start_loaded(name.as_str().to_owned(), start_type.into())
                .await
            {
                Ok(true) => started.push(name),
                // Somebody else was faster.
                Ok(false) | Err(ApplicationError::AlreadyStarted(_)) => {}
                Err(error) => {
                    self.stop_again(started).await;
                    return Err(error);
                }
            }
        }
        Ok(started)
    }

    async fn load_unless_running(
        &self,
        application: Application,
    ) -> Result<String, ApplicationError> {
        match self.load(application, true).await {
            Ok(name) | Err(ApplicationError::AlreadyStarted(name)) => Ok(name.as_str().to_owned()),
            Err(error) => Err(error),
        }
    }

    async fn stop_again(&self, started: Vec<Atom>) {
        for name in started.iter().rev() {
            // One that has ended meanwhile need not be stopped.
            let _ = self.stop_application(name.as_str()).await;
        }
    }

    /// `application:stop/1`: stops an application, whatever its type, and waits until nothing of it is left. It stays
    /// loaded. Applications that depend on it go on, as in OTP.
    ///
    /// # Errors
    /// It does not run.
    pub async fn stop_application(&self, name: &str) -> Result<(), ApplicationError> {
        let name = name.to_owned();
        self.ask(|reply| ControllerMessage::Stop(name, reply)).await
    }

    /// `application:which_applications/0`: those that run, the one that was started last first.
    pub async fn which_applications(&self) -> Vec<ApplicationInfo> {
        self.ask(|reply: Reply<Vec<_>>| ControllerMessage::Which(reply))
            .await
    }

    /// `application:loaded_applications/0`: those that are loaded, running or not, by name.
    pub async fn loaded_applications(&self) -> Vec<ApplicationInfo> {
        self.ask(|reply: Reply<Vec<_>>| ControllerMessage::Loaded(reply))
            .await
    }

    async fn ask<R: FromStopping>(&self, make: impl FnOnce(Reply<R>) -> ControllerMessage) -> R {
        let Ok(controller) = self.whereis::<ControllerRef>("application_controller") else {
            return R::stopping();
        };
        let answer = controller.as_ref().call_local(make).timeout(Duration::MAX);
        // It ends with its node only.
        answer.await.unwrap_or_else(|_| R::stopping())
    }

    /// Waits until the node has stopped, whoever stops it.
    ///
    /// # Errors
    /// The application that has taken it down.
    pub async fn stopped(&self) -> Result<(), ApplicationTerminated> {
        self.wait_stopped().await;
        match self.downfall() {
            Some(because) => Err(because),
            None => Ok(()),
        }
    }

    /// The application that has taken the node down, or is taking it down now.
    pub(super) fn downfall(&self) -> Option<ApplicationTerminated> {
        self.extension::<Downfall>().0.get().cloned()
    }
}

/// What a question to the controller gives when there is none any more.
trait FromStopping: Send + 'static {
    fn stopping() -> Self;
}

impl<T: Send + 'static> FromStopping for Result<T, ApplicationError> {
    fn stopping() -> Self {
        Err(ApplicationError::Stopping)
    }
}

impl FromStopping for Vec<ApplicationInfo> {
    fn stopping() -> Self {
        Vec::new()
    }
}

impl FromStopping for () {
    fn stopping() -> Self {}
}

/// The node, as the controller needs it.
struct OnNode(Node);

impl ApplicationNode for OnNode {
    fn set_env(&self, application: &Atom, env: SpecEnv) {
        self.0.load_application_env(application.as_str(), env.0);
    }

    fn unset_env(&self, application: &Atom) {
        self.0.unload_application_env(application.as_str());
    }

    fn processes(&self, application: &Atom) -> Vec<Pid> {
        self.0.processes_of(application)
    }

    fn take_down(&self, because: ApplicationTerminated) {
        tracing::error!(node = %self.0.name(), %because, "the node stops");
        // The first decides.
        let _ = self.0.extension::<Downfall>().0.set(because);
        let node = self.0.clone();
        // Nobody waits for it: it ends with the node.
        drop(tokio::spawn(async move { node.stop().await }));
    }
}

/// Takes the node down when a process ends without which it is none.
pub(super) fn watch<A: Behavior>(
    node: &Node,
    watched: Ref<A>,
    because: fn(ExitReason) -> ApplicationTerminated,
) {
    let node = node.clone();
    // It ends with the process, which ends with the node.
    drop(tokio::spawn(async move {
        let reason = watched.ended().await;
        if !node.is_stopping() {
            OnNode(node).take_down(because(reason));
        }
    }));
}

/// Starts the controller, and has it stop all applications before the node stops.
pub(super) async fn start(node: &Node) -> Result<(), SpawnError> {
    let on_node: Arc<dyn ApplicationNode> = Arc::new(OnNode(node.clone()));
    let options = SpawnOptions::default();
    let controller = node
        .spawn_with::<ApplicationController>(on_node, options)
        .await?;
    let watched = controller.as_ref().clone();
    watch(node, watched, ApplicationTerminated::Controller);
    let which = async |cx: crate::process::PlainContext, ()| {
        Ok::<_, Exception>(cx.node().which_applications().await)
    };
    let registered = node.register_rpc("application", "which_applications", which);
    registered
        .await
        .unwrap_or_else(|_| unreachable!("both are short"));
    application_starts::register(node).await;
    node.stops_first(Box::new(move || {
        Box::pin(async move {
            let closed = controller.as_ref().call_local(ControllerMessage::Close);
            // It has ended already: there is nothing to stop.
            let _ = closed.timeout(Duration::MAX).await;
        })
    }));
    Ok(())
}
