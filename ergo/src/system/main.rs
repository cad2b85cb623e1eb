//! What `#[ergo::main]` expands to.

use std::fmt;
use std::future::Future;
use std::process::{ExitCode, Termination};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::behaviour::application::{Application, StartType};
use crate::error::Error;
use crate::node::{Node, NodeBuilder};
use crate::system::signal::Signals;

/// How long threads that block may go on once the node has stopped.
const BLOCKING_TIMEOUT: Duration = Duration::from_secs(1);

/// Where the cookie of a node comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CookieSource {
    /// The file `~/.erlang.cookie`.
    File,
    /// The attribute itself.
    Text(&'static str),
    /// An environment variable.
    Environment(&'static str),
}

/// The environment variable of the cookie is not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0}, which holds the cookie of the node, is not set")]
pub struct NoCookieVariable(&'static str);

/// What the attribute says.
#[derive(Debug)]
pub struct MainOptions {
    node: &'static str,
    cookie: CookieSource,
    /// Visible or hidden, where it says so.
    pub hidden: Option<bool>,
    /// No distribution.
    pub local_only: bool,
    /// One thread for everything.
    pub current_thread: bool,
    /// As many threads; one for each core otherwise.
    pub worker_threads: Option<usize>,
    /// How long the node may take to stop.
    pub shutdown_timeout: Option<Duration>,
    /// Started before `main` runs, as permanent ones.
    pub applications: Vec<Application>,
}

impl MainOptions {
    /// A node of this name.
    pub fn new(node: &'static str, cookie: CookieSource) -> Self {
        MainOptions {
            node,
            cookie,
            hidden: None,
            local_only: false,
            current_thread: false,
            worker_threads: None,
            shutdown_timeout: None,
            applications: Vec::new(),
        }
    }

    fn runtime(&self) -> std::io::Result<tokio::runtime::Runtime> {
        let mut builder = if self.current_thread {
            tokio::runtime::Builder::new_current_thread()
        } else {
            tokio::runtime::Builder::new_multi_thread()
        };
        if let Some(threads) = self.worker_threads {
            builder.worker_threads(threads);
        }
        builder.enable_all().build()
    }

    fn builder(&self) -> Result<NodeBuilder, NoCookieVariable> {
        let mut builder = Node::builder(self.node);
        builder = match self.hidden {
            None => builder,
            Some(true) => builder.hidden(),
            Some(false) => builder.visible(),
        };
        if let Some(timeout) = self.shutdown_timeout {
            builder = builder.shutdown_timeout(timeout);
        }
        if self.local_only {
            return Ok(builder.local_only());
        }
        Ok(match self.cookie {
            CookieSource::File => builder,
            CookieSource::Text(text) => builder.cookie(text),
            CookieSource::Environment(variable) => {
                builder.cookie(std::env::var(variable).map_err(|_| NoCookieVariable(variable))?)
            }
        })
    }
}

/// Runs a program: a runtime, a node in it, its applications, `main`, and the end of all of it.
///
/// The status is that of `main`; 0 when a signal has stopped the node, however `main` ended then; 1, with the error
/// printed to standard error, when `main` or the start has failed or an application has taken the node down.
pub fn run_main<F, Fut, T, E>(options: MainOptions, main: F) -> ExitCode
where
    F: FnOnce(Node) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    T: Termination,
    E: From<Error> + fmt::Debug,
{
    let runtime = match options.runtime() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&E::from(Error::from(error))),
    };
    let ended = runtime.block_on(run(options, main));
    runtime.shutdown_timeout(BLOCKING_TIMEOUT);
    match ended {
        Ok(Some(value)) => value.report(),
        Ok(None) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &impl fmt::Debug) -> ExitCode {
    use std::io::Write;
    // As the standard library does for the error of a `main`; a closed standard error is no reason to panic.
    let _ = writeln!(std::io::stderr(), "Error: {error:?}");
    ExitCode::FAILURE
}

/// What `main` gave; nothing when a signal has ended it.
async fn run<F, Fut, T, E>(mut options: MainOptions, main: F) -> Result<Option<T>, E>
where
    F: FnOnce(Node) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    E: From<Error>,
{
    // Before the node is there: a signal that comes while it starts stops it once it has.
    let mut signals = Signals::listen().map_err(Error::from)?;
    let builder = options.builder().map_err(Error::from)?;
    let node = builder.start().await.map_err(Error::from)?;
    let applications = std::mem::take(&mut options.applications);
    let started = node.clone();
    let main = async move {
        let all = started.ensure_all_started(applications, StartType::Permanent);
        all.await.map_err(Error::from)?;
        main(started).await
    };
    let by_signal = AtomicBool::new(false);
    let mut main = std::pin::pin!(main);
    let mut result = None;
    // Signals and the end of the node are seen while main runs; while the node stops, main goes on running.
    let ended = async {
        let from_main = tokio::select! {
            from_main = &mut main => from_main,
            () = node.wait_stopped() => return,
        };
        result = Some(from_main);
        node.stop().await;
    };
    // A signal that comes while the node is stopping anyway changes nothing.
    let told = || by_signal.store(!node.is_stopping(), Ordering::Relaxed);
    tokio::select! {
        () = ended => {}
        () = signals.stop(&node, told) => {}
    }
    match node.downfall() {
        Some(because) => Err(Error::from(because).into()),
        None if by_signal.into_inner() => Ok(None),
        None => result.transpose(),
    }
}
