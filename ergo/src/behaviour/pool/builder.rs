//! A pool to be started.

use std::fmt;
use std::time::Duration;

use crate::behaviour::pool::{PoolProcess, PoolRef};
use crate::behaviour::supervisor::{ChildSpec, Spec};
use crate::process::host::AsHost;
use crate::process::{Behavior, Context, SpawnError, SpawnOptions};

/// Which worker gets the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Dispatch {
    /// One after the other.
    #[default]
    RoundRobin,
    /// The one for which the fewest messages wait.
    LeastLoaded,
}

/// A pool of workers to be started: so many processes of the actor `W`, all with the same arguments, one after the other
/// unless told otherwise.
///
/// ```
/// use ergo::prelude::*;
/// use ergo::Pool;
///
/// #[derive(Actor)]
/// struct Squarer;
///
/// #[ergo::server]
/// impl Squarer {
///     fn init() -> Result<Self, ExitReason> {
///         Ok(Squarer)
///     }
///
///     #[call]
///     fn square(&self, n: u64) -> u64 {
///         n * n
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
/// let pool = Pool::<Squarer>::new(()).size(4).name("squares").start(&node).await?;
/// assert_eq!(pool.worker()?.square(7).await?, 49);
/// // By its name it is one server.
/// assert_eq!(node.call("squares", term!({square, 8})).await?, term!(64));
/// # node.stop().await;
/// # Ok(())
/// # }
/// ```
///
/// Workers are started again by a supervisor of the pool's own. One that gives up takes the pool along, so that the
/// pool's own supervisor decides.
#[must_use = "a pool does nothing until it is started"]
pub struct Pool<W: Behavior> {
    pub(super) args: W::Args,
    pub(super) size: usize,
    pub(super) name: Option<String>,
    pub(super) dispatch: Dispatch,
    pub(super) restarts_max: usize,
    pub(super) period: Duration,
    pub(super) shutdown: Duration,
}

impl<W: Behavior<Args: Clone>> Clone for Pool<W> {
    fn clone(&self) -> Self {
        Pool {
            args: self.args.clone(),
            name: self.name.clone(),
            ..*self
        }
    }
}

impl<W: Behavior> fmt::Debug for Pool<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("worker", &std::any::type_name::<W>())
            .field("size", &self.size)
            .field("name", &self.name)
            .field("dispatch", &self.dispatch)
            .finish_non_exhaustive()
    }
}

impl<W: Behavior<Args: Clone + Sync>> Pool<W> {
    /// A pool of workers that are all started with these arguments: as many as there are processors, at least two,
    /// unless [`Pool::size`] says otherwise.
    pub fn new(args: W::Args) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        Pool {
            args,
            size: processors.max(2),
            name: None,
            dispatch: Dispatch::default(),
            restarts_max: 5,
            period: Duration::from_secs(5),
            shutdown: Duration::from_secs(5),
        }
    }

    /// With so many workers. A pool of none does not start.
    pub fn size(mut self, workers: usize) -> Self {
        self.size = workers;
        self
    }

    /// Registers the pool under `name`. The workers of an actor that has a name of its own are registered as that name
    /// with `_1`, `_2` and so on after it.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Requests go to the workers one after the other. The default.
    pub fn round_robin(mut self) -> Self {
        self.dispatch = Dispatch::RoundRobin;
        self
    }

    /// A request goes to the worker for which the fewest messages wait: better where requests differ in their cost. It
    /// looks at every worker each time.
    pub fn least_loaded(mut self) -> Self {
        self.dispatch = Dispatch::LeastLoaded;
        self
    }

    /// How often workers may be started again within a period: 5 times in 5 seconds unless set, all workers counted.
    pub fn intensity(mut self, restarts_max: usize, period: Duration) -> Self {
        self.restarts_max = restarts_max;
        self.period = period;
        self
    }

    /// How long a worker has to stop before it is killed: 5 seconds unless set. A worker that is removed also has as
    /// long to handle what waits for it.
    pub fn shutdown(mut self, timeout: Duration) -> Self {
        self.shutdown = timeout;
        self
    }

    fn options(&self) -> SpawnOptions {
        match &self.name {
            Some(name) => SpawnOptions::default().name(name.clone()),
            None => SpawnOptions::default(),
        }
    }

    /// Starts the pool on a node. Returns when all workers have started.
    ///
    /// # Errors
    /// It is to have no workers, the name is taken, or a worker did not start; nothing of it is left.
    pub async fn start(self, node: &impl AsHost) -> Result<PoolRef<W>, SpawnError> {
        let options = self.options();
        let pool =
            crate::process::start::<PoolProcess<W>>(&node.host(), self, Some(&options)).await?;
        Ok(pool.resolved().await)
    }

    /// Starts the pool linked to a process, which is its parent.
    ///
    /// # Errors
    /// As [`Pool::start`].
    pub async fn start_link<A: Behavior>(self, cx: &Context<A>) -> Result<PoolRef<W>, SpawnError> {
        let options = self.options();
        let pool = cx.spawn_link_with::<PoolProcess<W>>(self, options).await?;
        Ok(pool.resolved().await)
    }

    /// This pool as a child of a supervisor: permanent, waited for however long its workers take to stop.
    pub fn spec(self) -> ChildSpec {
        let name = self.name.clone();
        let spec = PoolProcess::<W>::spec(self).shutdown_infinity();
        match name {
            Some(name) => spec.id(&name).name(name),
            None => spec,
        }
    }
}
