//! What a user does with a node.

use std::future::Future;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::sync::SetOnce;

use crate::dist::Flags;
use crate::dist::handshake::{Identity, OpenChallenges};
use crate::etf::{Atom, DecodeOwned, Encode, Pid, Term};
use crate::node::connect::random;
use crate::node::dynamic::Ways;
use crate::node::env::Environments;
use crate::node::inner::{Distribution, Inner};
use crate::node::options::NodeBuilder;
use crate::node::routes::Routes;
use crate::node::ticks::Ticks;
use crate::node::{Node, StartError, WhereisError};
use crate::process::{
    Behavior, BlockingContext, CallError, CastError, DeadLetters, Destination, ExitReason, Handle,
    IntoExit, PlainContext, ProcessInfo, Ref, SpawnError, SpawnOptions,
};
use crate::sync::atomic::AtomicBool;

impl Node {
    /// Starts a node without its system processes.
    pub(crate) async fn launch(mut builder: NodeBuilder) -> Result<Node, StartError> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        builder.counters = Arc::default();
        let name = builder.parse_name()?;
        if !builder.distributed {
            return Ok(Node::assemble(
                &builder,
                runtime,
                name.atom().clone(),
                random()?.max(1),
                None,
            ));
        }
        let routes = Arc::new(Routes::new(&builder.listening.routes)?);
        let carrier = builder.carrier(&routes);
        let access = builder.access()?;
        let challenges = OpenChallenges::default();
        let (name, creation, joined, namer) = match builder.namer(&name)? {
            None => {
                let joined = carrier.join(&name).await?;
                (name, joined.creation, Some(joined), None)
            }
            Some(namer) => {
                let ways = Ways {
                    access: &access,
                    routes: &routes,
                    carrier: &*carrier,
                    challenges: &challenges,
                };
                let named = builder.ask_for_name(&name, &namer, &ways).await?;
                (named.name, named.creation, None, Some(named.connected))
            }
        };
        let flags = if builder.hidden || namer.is_some() {
            Flags::HIDDEN
        } else {
            Flags::VISIBLE
        };
        let flags = if builder.spawns {
            flags
        } else {
            flags.without(Flags::SPAWN)
        };
        let (entrances, registered) = joined.map_or_else(Default::default, |joined| {
            (joined.entrances, joined.registered)
        });
        let distribution = Distribution {
            identity: Identity::new(name.clone(), creation, flags),
            has_dynamic_name: namer.is_some(),
            namer: Mutex::new(namer),
            access,
            challenges,
            addresses: entrances.iter().map(|one| one.rules.address).collect(),
            routes,
            carrier,
            ticks: Ticks::new(builder.tick_time, builder.tick_intensity),
            registered: Mutex::new(registered),
            entrances: Mutex::new(entrances),
            accepting: Mutex::default(),
        };
        let (name, creation) = (name.atom().clone(), creation.get());
        Ok(Node::assemble(
            &builder,
            runtime,
            name,
            creation,
            Some(distribution),
        ))
    }

    fn assemble(
        builder: &NodeBuilder,
        runtime: tokio::runtime::Handle,
        name: Atom,
        creation: u32,
        distribution: Option<Distribution>,
    ) -> Node {
        Node(Arc::new(Inner {
            name,
            creation,
            runtime,
            limits: builder.limits.clone(),
            counters: builder.counters.clone(),
            numbers: AtomicU64::new(1),
            table: Default::default(),
            registry: Default::default(),
            places: Default::default(),
            environments: Environments::of(builder),
            deadlines: builder.deadlines(),
            #[cfg(feature = "testing")]
            faults: builder.testing.faults.clone(),
            dead_letters: Default::default(),
            log_gates: Default::default(),
            timers: Default::default(),
            peers: Default::default(),
            subscribers: Default::default(),
            contacts: Default::default(),
            monitors: Default::default(),
            auto_connect: builder.auto_connect,
            stopping: AtomicBool::new(false),
            stopped: SetOnce::new(),
            shutdown_timeout: builder.shutdown_timeout,
            first_to_stop: Mutex::default(),
            spawn_rule: builder.spawn_rule.clone(),
            spawns: OnceLock::new(),
            extensions: Default::default(),
            distribution,
        }))
    }

    /// The name, `node()`.
    pub fn name(&self) -> &Atom {
        &self.0.name
    }

    /// What tells this incarnation of the node from earlier ones of the same name.
    pub fn creation(&self) -> u32 {
        self.0.creation
    }

    /// The node's own pid: the sender of what is sent outside of a process.
    pub fn pid_of_node(&self) -> Pid {
        self.pid(crate::process::host::NODE_ID)
    }

    /// How many processes live.
    pub fn process_count(&self) -> usize {
        self.0.table.len()
    }

    /// `processes/0`: the pids of all processes that live, in no order.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#processes/0>
    pub fn processes(&self) -> Vec<Pid> {
        let all = self.0.table.all();
        all.iter().map(|process| self.pid(process.id())).collect()
    }

    /// `process_info/1`: what can be seen of a process of this node; `None` when it does not live.
    ///
    /// It is asked without disturbing the process, also one that is busy or hangs.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#process_info/1>
    pub fn process_info(&self, pid: &Pid) -> Option<ProcessInfo> {
        let host = self.host_ref();
        let process = host.local_id(pid).and_then(|id| host.process(id))?;
        Some(process.info())
    }

    /// `is_process_alive/1`, for a pid of this node.
    pub fn is_process_alive(&self, pid: &Pid) -> bool {
        let host = self.host_ref();
        host.local_id(pid)
            .and_then(|id| host.process(id))
            .is_some_and(|process| process.exit_reason().is_none())
    }

    /// `registered/0`: all names of this node, in no order.
    pub fn registered(&self) -> Vec<Atom> {
        self.0.registry.names()
    }

    /// Starts an actor. Returns when its init has ended.
    ///
    /// # Errors
    /// Its init refused, or its name is taken; nothing of it is left.
    ///
    /// # Cancel safety
    /// The process starts all the same when the future is dropped.
    pub async fn spawn<A: Behavior>(&self, args: A::Args) -> Result<A::Handle, SpawnError> {
        crate::process::start::<A>(&self.host_ref(), args, None).await
    }

    /// As [`Node::spawn`], with options.
    ///
    /// # Errors
    /// As there.
    pub async fn spawn_with<A: Behavior>(
        &self,
        args: A::Args,
        options: SpawnOptions,
    ) -> Result<A::Handle, SpawnError> {
        crate::process::start::<A>(&self.host_ref(), args, Some(&options)).await
    }

    /// Starts a plain process around an async function of its context.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// use ergo::prelude::*;
    /// let node = Node::builder("doc@127.0.0.1").local_only().start().await?;
    /// let echo = node.spawn_fn(async |mut cx| {
    ///     while let Some(Message::Term(term)) = cx.receive().await {
    ///         println!("{term}");
    ///     }
    /// })?;
    /// node.send(echo, term!({hello, 1})).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The node is stopping.
    pub fn spawn_fn<F, Fut>(&self, body: F) -> Result<Pid, SpawnError>
    where
        F: FnOnce(PlainContext) -> Fut,
        Fut: Future + Send + 'static,
        Fut::Output: IntoExit,
    {
        self.spawn_fn_with(SpawnOptions::default(), body)
    }

    /// As [`Node::spawn_fn`], with options.
    ///
    /// # Errors
    /// The name is taken, or the node is stopping.
    pub fn spawn_fn_with<F, Fut>(&self, options: SpawnOptions, body: F) -> Result<Pid, SpawnError>
    where
        F: FnOnce(PlainContext) -> Fut,
        Fut: Future + Send + 'static,
        Fut::Output: IntoExit,
    {
        crate::process::start_plain(&self.host_ref(), &options, body)
    }

    /// Starts a process around a closure that may block its thread: [`BlockingContext`] says what that means for exits.
    ///
    /// # Errors
    /// The node is stopping.
    pub fn spawn_blocking<F, R>(&self, body: F) -> Result<Pid, SpawnError>
    where
        F: FnOnce(BlockingContext) -> R + Send + 'static,
        R: IntoExit + 'static,
    {
        self.spawn_blocking_with(SpawnOptions::default(), body)
    }

    /// As [`Node::spawn_blocking`], with options.
    ///
    /// # Errors
    /// As there, or its name is taken.
    pub fn spawn_blocking_with<F, R>(
        &self,
        options: SpawnOptions,
        body: F,
    ) -> Result<Pid, SpawnError>
    where
        F: FnOnce(BlockingContext) -> R + Send + 'static,
        R: IntoExit + 'static,
    {
        crate::process::start_blocking(&self.host_ref(), &options, body)
    }

    /// The handle of the process registered as `name`, checked to be of the right actor.
    ///
    /// # Errors
    /// Nobody has the name, or a process of another actor.
    pub fn whereis<H: Handle>(&self, name: &str) -> Result<H, WhereisError> {
        let host = self.host_ref();
        let process = host.whereis(name).and_then(|id| host.process(id));
        let process = process.ok_or_else(|| WhereisError::NotRegistered(name.to_owned()))?;
        let found = process.type_name();
        Ref::<H::Actor>::of_process(process)
            .map(H::from)
            .ok_or_else(|| WhereisError::WrongType {
                name: name.to_owned(),
                found,
                wanted: std::any::type_name::<H::Actor>(),
            })
    }

    /// The pid registered as `name`, `whereis/1`.
    pub fn whereis_pid(&self, name: &str) -> Option<Pid> {
        self.host_ref().whereis(name).map(|id| self.pid(id))
    }

    /// A typed handle to a destination: `let far: StockRef = node.at(("stock", "shop@10.0.0.2"))`.
    ///
    /// Nothing is checked or sent: it is a promise that the process there understands the handle's methods.
    pub fn at<H: Handle>(&self, destination: impl Into<Destination>) -> H {
        H::at(self, destination)
    }

    /// `Destination ! Message`. Waits while too much is on its way to the same node, and for room in a mailbox of this
    /// node that says so: [`Overflow::Wait`](crate::Overflow::Wait).
    ///
    /// # Errors
    /// [`CastError::Closed`] for a destination of this node that does not exist, [`CastError::Full`] for a full
    /// mailbox of this node, or what cannot be encoded. As in Erlang a message to another node may be lost with the
    /// connection, and one to an unknown process there is.
    ///
    /// # Cancel safety
    /// Dropped while it waits, the message is not sent.
    pub async fn send(
        &self,
        to: impl Into<Destination>,
        message: impl Encode,
    ) -> Result<(), CastError> {
        let to = to.into();
        if let Some(peer) = to.node().and_then(|node| self.0.peers.get(node)) {
            peer.not_busy().await;
        }
        crate::process::send_waiting(&self.host_ref(), &to, &message).await
    }

    /// As [`Node::send`], without waiting: [`CastError::Full`] when far too much is on its way.
    ///
    /// # Errors
    /// As there.
    pub fn try_send(
        &self,
        to: impl Into<Destination>,
        message: impl Encode,
    ) -> Result<(), CastError> {
        crate::process::send_from_here(&self.host_ref(), &to.into(), &message)
    }

    /// From now on tells of messages of this node, and of its peers to it, that reach no mailbox.
    pub fn dead_letters(&self) -> DeadLetters {
        self.0.dead_letters.subscribe()
    }

    /// How many messages have reached no mailbox since the node was started.
    pub fn dead_letter_count(&self) -> u64 {
        self.0.dead_letters.count()
    }

    /// Sends a message that overtakes those that wait, to an alias whose owner has made it for that:
    /// [`Context::send_priority`](crate::Context::send_priority).
    ///
    /// # Errors
    /// As [`Node::try_send`].
    pub fn send_priority(
        &self,
        to: impl Into<Destination>,
        message: impl Encode,
    ) -> Result<(), CastError> {
        crate::process::send_priority(&self.host_ref(), &to.into(), &message)
    }

    /// Calls a server with a term and waits 5 seconds at most for its answer: `gen_server:call/2`.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn call(
        &self,
        to: impl Into<Destination>,
        request: impl Encode,
    ) -> Result<Term, CallError> {
        self.call_as(to, request, Duration::from_secs(5)).await
    }

    /// Calls a server with anything that is a term, for an answer of a type: `gen_server:call/3`.
    ///
    /// # Errors
    /// Why there is no answer; one of another shape is [`CallError::BadReply`].
    pub async fn call_as<R: DecodeOwned + Send + 'static>(
        &self,
        to: impl Into<Destination>,
        request: impl Encode,
        timeout: Duration,
    ) -> Result<R, CallError> {
        crate::process::call_term(&self.host_ref(), to.into(), &request, timeout).await
    }

    /// Casts a term to a server: `gen_server:cast/2`.
    ///
    /// # Errors
    /// As [`Node::try_send`].
    pub fn cast(&self, to: impl Into<Destination>, request: impl Encode) -> Result<(), CastError> {
        crate::process::cast_from_here(&self.host_ref(), &to.into(), &request)
    }

    /// `exit/2`: sends an exit signal, as [`Context::exit`](crate::Context::exit) does.
    pub fn exit(&self, to: impl Into<Destination>, reason: ExitReason) {
        crate::process::exit_from_here(&self.host_ref(), &to.into(), reason, false);
    }

    /// `exit/3` with the option `priority`, as [`Context::exit_priority`](crate::Context::exit_priority) does.
    pub fn exit_priority(&self, to: impl Into<Destination>, reason: ExitReason) {
        crate::process::exit_from_here(&self.host_ref(), &to.into(), reason, true);
    }
}
