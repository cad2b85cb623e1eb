//! Starting a process.

use std::collections::BTreeSet;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::oneshot;

use tracing::level_filters::LevelFilter;

use crate::etf::{Atom, Encode, Pid};
use crate::process::actor::{Behavior, Options};
use crate::process::env::Env;
use crate::process::host::{AnyProcess, Ending, HostRef};
use crate::process::mailbox::Cell;
use crate::process::run;
use crate::process::task::{Ended, ProcessTask};
use crate::process::{
    Context, Destination, EnvValue, ExitReason, Heritage, Inheritance, Overflow, Ref, SpawnError,
    Watcher, current, gate, links,
};
use crate::sync::spawn_detached;

/// What a spawn may say beyond the actor's own options.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SpawnOptions {
    /// The name to register; the actor's own name otherwise.
    pub name: Option<String>,
    /// The largest number of messages that wait; the actor's own bound otherwise.
    pub mailbox: Option<u32>,
    /// What happens to a message when that many wait; as the actor says otherwise.
    pub overflow: Option<Overflow>,
    /// Who gets what is too much, by name: over [`SpawnOptions::overflow`].
    pub fallback: Option<String>,
    /// Whether exit signals arrive as messages; as the actor says otherwise.
    pub trap_exit: Option<bool>,
    /// Who the process answers to: where its output goes. That of its spawner otherwise, or the node's own.
    pub group_leader: Option<Pid>,
    /// Down to which level the process writes through `tracing`; as its spawner otherwise, or everything.
    pub log_level: Option<LevelFilter>,
    /// Its environment, over what it inherits.
    pub(crate) env: Env,
    /// What of the environment of its spawner it does not inherit.
    pub(crate) without_env: BTreeSet<Box<str>>,
    /// The application it belongs to; that of its spawner otherwise.
    pub(crate) application: Option<Atom>,
    /// What it has from one of another node, which is its parent; the other options go over that.
    pub(crate) inheritance: Option<Arc<Inheritance>>,
}

impl SpawnOptions {
    /// Registers the process under `name`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Bounds the mailbox: a send to a full one is refused with `Full`, unless [`SpawnOptions::overflow`] or
    /// [`SpawnOptions::fallback`] say otherwise.
    pub fn mailbox(mut self, messages_max: u32) -> Self {
        self.mailbox = Some(messages_max);
        self
    }

    /// What happens to a message when the mailbox is full.
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.overflow = Some(overflow);
        self
    }

    /// Gives what is too much to the process registered as `name`: [`Overflow::Fallback`].
    pub fn fallback(mut self, name: impl Into<String>) -> Self {
        self.fallback = Some(name.into());
        self
    }

    /// Sets a value of the process's environment: [`Context::env`](crate::Context::env).
    pub fn env<T: Encode + Send + Sync + 'static>(mut self, key: &str, value: T) -> Self {
        self.without_env.remove(key);
        self.env.set(key, EnvValue::new(value));
        self
    }

    /// As [`SpawnOptions::env`], for a value of any type, that never leaves this node.
    pub fn env_local<T: Send + Sync + 'static>(mut self, key: &str, value: T) -> Self {
        self.without_env.remove(key);
        self.env.set(key, EnvValue::local(value));
        self
    }

    /// Leaves a value out of what the process inherits from the one that starts it: it finds what its application or its
    /// node has under the key, if anything.
    ///
    /// That is how a process with a value that cannot leave its node starts others elsewhere: see
    /// [`NodeBuilder::expose_env_remote_spawn`](crate::NodeBuilder::expose_env_remote_spawn).
    pub fn without_env(mut self, key: &str) -> Self {
        self.env.remove(key);
        self.without_env.insert(key.into());
        self
    }

    /// Makes the process the child of one of another node.
    pub(crate) fn inheriting(mut self, inheritance: Inheritance) -> Self {
        self.inheritance = Some(Arc::new(inheritance));
        self
    }

    /// Sets down to which level the process writes through `tracing`, and those it starts: also what its
    /// [tasks](crate::Context::task) and timers write, and what the runtime writes about it. It is a bound beside that of
    /// the program's subscriber, and lets nothing through that this one does not.
    ///
    /// Spans and events reach the subscriber that is current where the first such process of the node runs. What looks
    /// for the type of that subscriber, as some crates that extend `tracing` do, does not find it inside the process.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// use ergo::prelude::*;
    /// use tracing::level_filters::LevelFilter;
    /// # let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
    ///
    /// let quiet = SpawnOptions::default().log_level(LevelFilter::ERROR);
    /// node.spawn_fn_with(quiet, async |cx| {
    ///     tracing::info!("nobody sees this");
    ///     tracing::error!("but this");
    ///     // Processes that it starts, here and on other nodes, are as quiet.
    ///     let _ = cx.spawn_fn(async |_| tracing::warn!("nor this"));
    /// })?;
    /// # node.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn log_level(mut self, level: LevelFilter) -> Self {
        self.log_level = Some(level);
        self
    }

    /// Makes the process, and those it starts, one of an application, whose environment it sees.
    ///
    /// The application runtime says it of the processes it starts; a name of more than 255 characters is nobody's.
    pub fn application(mut self, name: &str) -> Self {
        self.application = Atom::new(name).ok();
        self
    }

    /// Makes exit signals arrive as messages, or not.
    pub fn trap_exit(mut self, on: bool) -> Self {
        self.trap_exit = Some(on);
        self
    }
}

/// How the starter is tied to the new process before it runs.
#[derive(Default)]
pub(crate) struct Tie<'a> {
    /// The process it inherits from.
    pub(crate) spawner: Option<&'a dyn AnyProcess>,
    /// Linked to it, as its parent.
    pub(crate) link: Option<&'a dyn AnyProcess>,
    /// Monitors it, under this number.
    pub(crate) monitor: Option<(&'a dyn AnyProcess, u64)>,
}

/// Parses a name a process can have.
pub(crate) fn parse_name(text: &str) -> Option<Atom> {
    Atom::new(text)
        .ok()
        .filter(|atom| !matches!(atom.as_str(), "" | "undefined"))
}

/// Makes the cell, ties it and registers its name; nothing runs yet.
fn prepare<A: Behavior>(
    host: &HostRef,
    options: Option<&SpawnOptions>,
    tie: &Tie<'_>,
) -> Result<Arc<Cell<A>>, SpawnError> {
    current::install_panic_hook();
    let mut own = A::OPTIONS;
    if let Some(options) = options {
        own.mailbox = options.mailbox.unwrap_or(own.mailbox);
        own.trap_exit = options.trap_exit.unwrap_or(own.trap_exit);
        own.overflow = options.overflow.unwrap_or(own.overflow);
    }
    let fallback = fallback(&mut own, options)?;
    check_bound(&own)?;
    let cell = insert::<A>(host, own, tie).ok_or(SpawnError::Stopping)?;
    if let Some(fallback) = fallback {
        cell.set_fallback(fallback);
    }
    inherit(host, &cell, options, tie);
    let name = options.and_then(|options| options.name.as_deref());
    if let Some(name) = name.or(own.name)
        && let Err(error) = register(host, &cell, name)
    {
        refuse(host, &cell, &ExitReason::Normal);
        return Err(error);
    }
    tie_to(host, &cell, tie);
    Ok(cell)
}

/// Gives it what it has from the one that starts it, under what the options say.
fn inherit<A: Behavior>(
    host: &HostRef,
    cell: &Cell<A>,
    options: Option<&SpawnOptions>,
    tie: &Tie<'_>,
) {
    let elsewhere = options.and_then(|options| options.inheritance.as_deref());
    if let Some(inheritance) = elsewhere.filter(|inheritance| inheritance.linked)
        && let Some(parent) = &inheritance.parent
    {
        cell.with_relations(&mut |relations| relations.set_remote_parent(&**host, parent));
    }
    let inherited = match elsewhere {
        Some(inheritance) => Some(Arc::new(Heritage::from_elsewhere(&**host, inheritance))),
        None => tie.spawner.map(AnyProcess::heritage_of_children),
    };
    let heritage = match options {
        Some(options) => Heritage::with_options(inherited, options),
        None => inherited,
    };
    if heritage.is_some() {
        cell.set_heritage(heritage);
    }
}

/// The name of the fallback process, where what is too much goes to one.
fn fallback(own: &mut Options, options: Option<&SpawnOptions>) -> Result<Option<Atom>, SpawnError> {
    let said = options.and_then(|options| options.fallback.as_deref());
    if said.is_some() {
        own.overflow = Overflow::Fallback("");
    }
    let Overflow::Fallback(name) = own.overflow else {
        return Ok(None);
    };
    let name = said.unwrap_or(name);
    let atom = parse_name(name).ok_or_else(|| SpawnError::BadName(name.to_owned()))?;
    Ok(Some(atom))
}

fn check_bound(options: &Options) -> Result<(), SpawnError> {
    let message = match (options.mailbox, options.overflow) {
        (0, _) => "a mailbox with a bound of 0 would take no message".to_owned(),
        (u32::MAX, overflow) if overflow != Overflow::Refuse => {
            format!("{overflow:?} means nothing for a mailbox without a bound")
        }
        _ => return Ok(()),
    };
    Err(SpawnError::BadOptions(message))
}

fn insert<A: Behavior>(host: &HostRef, options: Options, tie: &Tie<'_>) -> Option<Arc<Cell<A>>> {
    let parent = tie.link.map(AnyProcess::id);
    let mut made = None;
    host.insert(&mut |id| {
        let cell = Cell::<A>::new(id, host.clone(), options, parent);
        made = Some(cell.clone());
        cell
    })?;
    made
}

fn register<A: Behavior>(
    host: &HostRef,
    cell: &Arc<Cell<A>>,
    name: &str,
) -> Result<(), SpawnError> {
    let atom = parse_name(name).ok_or_else(|| SpawnError::BadName(name.to_owned()))?;
    if let Err(holder) = host.register(&atom, cell.id()) {
        return Err(SpawnError::NameTaken {
            name: atom,
            holder: host.pid(holder),
        });
    }
    cell.with_relations(&mut |relations| relations.set_name(Some(atom.clone())));
    Ok(())
}

fn tie_to<A: Behavior>(host: &HostRef, cell: &Arc<Cell<A>>, tie: &Tie<'_>) {
    if let Some(parent) = tie.link {
        links::link_child(host, parent, &**cell);
    }
    if let Some((watching, number)) = tie.monitor {
        let object = Destination::Pid(cell.pid());
        watching.with_relations(&mut |relations| relations.monitor(number, object.clone()));
        let id = watching.id();
        cell.with_relations(&mut |relations| relations.starter = Some((id, number)));
        links::watch(host, cell.id(), number, Watcher::Process(id));
    }
}

/// Starts a process and waits for its init.
///
/// Cancel safety: the process starts all the same when the future is dropped.
pub(crate) async fn spawn<A: Behavior>(
    host: &HostRef,
    args: A::Args,
    options: Option<&SpawnOptions>,
    tie: Tie<'_>,
) -> Result<Ref<A>, SpawnError> {
    let cell = prepare::<A>(host, options, &tie)?;
    #[cfg(feature = "testing")]
    if let Some(reason) = crate::process::fault::before_init(&cell).await {
        return Err(refused(host, &cell, SpawnError::Init(reason)));
    }
    if A::SYNC_INIT {
        let cx = Context::new(cell.clone());
        let state = match start_here(&cx, args) {
            Ok(state) => state,
            Err(error) => return Err(refused(host, &cell, error)),
        };
        launch(host, &cell, run::ready(cx, state));
        return Ok(Ref::local(cell));
    }
    cell.set_starting(true);
    let (started, ack) = oneshot::channel();
    let cx = Context::new(cell.clone());
    launch(host, &cell, run::starting(cx, args, started));
    wait_for_init(&cell, ack).await?;
    Ok(Ref::local(cell))
}

fn launch<A: Behavior>(
    host: &HostRef,
    cell: &Arc<Cell<A>>,
    body: impl Future<Output = Ended> + Send + 'static,
) {
    // The process owns itself: it ends by its own rules, and the node waits for it by its entry in the table.
    spawn_detached(host.runtime(), ProcessTask::new(cell.clone(), body));
}

async fn wait_for_init<A: Behavior>(
    cell: &Arc<Cell<A>>,
    ack: oneshot::Receiver<Result<(), SpawnError>>,
) -> Result<(), SpawnError> {
    match ack.await {
        Ok(started) => started,
        // Its init panicked or it was killed in it.
        Err(_) => Err(SpawnError::Init(Ending::of(cell.clone()).await)),
    }
}

/// A synchronous init, in the spawner.
fn start_here<A: Behavior>(cx: &Context<A>, args: A::Args) -> Result<A, SpawnError> {
    let cell = cx.cell();
    let started = here(cell, || A::start_now(args, cx)).map_err(SpawnError::Init)?;
    let state = started.map_err(|reason| match reason {
        ExitReason::Ignore => SpawnError::Ignored,
        reason => SpawnError::Init(reason),
    })?;
    if !cell.is_exiting() {
        return Ok(state);
    }
    // An exit signal has come in the init, which ends it as it would an asynchronous one.
    if catch_unwind(AssertUnwindSafe(|| drop(state))).is_err() {
        tracing::error!(pid = %cell.pid(), "a destructor panicked while the process ended");
    }
    let reason = cell.exit_reason().unwrap_or(ExitReason::Killed);
    Err(SpawnError::Init(reason))
}

/// Takes apart a process whose synchronous init did not make a state.
fn refused<A: Behavior>(host: &HostRef, cell: &Arc<Cell<A>>, error: SpawnError) -> SpawnError {
    let reason = match &error {
        SpawnError::Init(reason) => reason.clone(),
        _ => ExitReason::Normal,
    };
    refuse(host, cell, &reason);
    error
}

/// Runs code of a process on the thread of its starter; a panic is its exit reason.
fn here<A: Behavior, R>(cell: &Arc<Cell<A>>, run: impl FnOnce() -> R) -> Result<R, ExitReason> {
    let noop = std::task::Waker::noop();
    let outer = current::Current::new(cell.id(), cell.host(), noop).enter();
    // It may run inside of the one that starts it, which may have a level of its own.
    let _gate = match cell.log_level() {
        None if outer.is_some() => gate::leave(),
        None => None,
        Some(_) => cell.gate(),
    };
    let done = catch_unwind(AssertUnwindSafe(run));
    current::Current::leave(outer);
    done.map_err(|payload| ExitReason::Panic(current::panic_message(&*payload).into()))
}

/// Takes apart a process whose synchronous init refused: the parent gets the error and no exit signal.
fn refuse<A: Behavior>(host: &HostRef, cell: &Arc<Cell<A>>, reason: &ExitReason) {
    links::untie_starter(host, &**cell);
    let ties = cell.close(Some(reason.clone())).into_ties();
    links::dissolve(host, cell.id(), ties, reason);
    cell.gone();
}

/// Starts a plain process around a future made from its context. It cannot fail to start but for its name.
pub(crate) fn spawn_plain<F, Fut>(
    host: &HostRef,
    options: &SpawnOptions,
    tie: &Tie<'_>,
    prepare_more: impl FnOnce(&dyn AnyProcess),
    body: F,
) -> Result<Pid, SpawnError>
where
    F: FnOnce(crate::process::PlainContext) -> Fut,
    Fut: Future<Output = ExitReason> + Send + 'static,
{
    let cell = prepare::<crate::process::plain::Plain>(host, Some(options), tie)?;
    prepare_more(&*cell);
    let cx = crate::process::PlainContext::new(Context::new(cell.clone()));
    // Code of the user may run here, before there is a future: its panic is the process's, too.
    let body = here(&cell, || body(cx));
    let pid = cell.pid();
    launch(host, &cell, async move {
        match body {
            Ok(body) => body.await.into(),
            Err(reason) => reason.into(),
        }
    });
    Ok(pid)
}

/// Starts an actor for somebody on another node. Its arguments are read and its init runs in its own task; `tied` is
/// called before that, and may tie it to whoever asked.
///
/// Whoever waits at the other end of `started` hears how the init has ended; nothing comes when it panicked or the
/// process was killed in it.
pub(crate) fn spawn_there<A: Behavior>(
    host: &HostRef,
    options: &SpawnOptions,
    tie: &Tie<'_>,
    tied: impl FnOnce(&Arc<dyn AnyProcess>),
    args: impl FnOnce() -> Result<A::Args, ExitReason> + Send + 'static,
    started: run::Started,
) -> Result<(), SpawnError> {
    let cell = prepare::<A>(host, Some(options), tie)?;
    cell.set_starting(true);
    let process: Arc<dyn AnyProcess> = cell.clone();
    tied(&process);
    let cx = Context::new(cell.clone());
    launch(host, &cell, run::starting_there(cx, args, started));
    Ok(())
}

/// As [`spawn_there`] for a plain process, which has started when its arguments have been read.
pub(crate) fn spawn_plain_there<T, F, Fut>(
    host: &HostRef,
    options: &SpawnOptions,
    tie: &Tie<'_>,
    tied: impl FnOnce(&Arc<dyn AnyProcess>),
    args: impl FnOnce() -> Result<T, ExitReason> + Send + 'static,
    body: F,
    started: run::Started,
) -> Result<(), SpawnError>
where
    F: FnOnce(crate::process::PlainContext, T) -> Fut + Send + 'static,
    T: Send + 'static,
    Fut: Future<Output = ExitReason> + Send + 'static,
{
    let cell = prepare::<crate::process::plain::Plain>(host, Some(options), tie)?;
    cell.set_starting(true);
    let process: Arc<dyn AnyProcess> = cell.clone();
    tied(&process);
    let body = run::plain_there(cell.clone(), args, body, started);
    launch(host, &cell, body);
    Ok(())
}
