//! How a process is asked for: here, or on another node, and until it is known to have started.

use std::sync::Arc;
use std::time::Duration;

use crate::etf::{Atom, EncodeError, Encoded, Pid, Reference, Term};
use crate::node::{Asked, ConnectError, Node, SpawnFailure, Wanted};
use crate::process::host::{AnyProcess, AsHost, HostRef, NODE_ID};
use crate::process::{
    Behavior, Context, ExitReason, Inheritance, SpawnOptions, Tie, polled_on, spawn_plain_there,
};
use crate::remote::rpc::applied::FunctionCall;
use crate::remote::spawn::child::ChildAsked;
use crate::remote::spawn::error::{About, RemoteSpawnError};
use crate::remote::spawn::factory::NoFactory;
use crate::remote::spawn::here::Starting;
use crate::remote::{Asker, RemoteNode, RemoteSpawn};

/// What is started.
#[derive(Clone)]
pub(in crate::remote) enum What {
    Factory(Atom),
    Function(Atom, Atom),
}

/// A process that is asked for, before anything has been done for it.
pub(in crate::remote) struct Asking {
    pub(in crate::remote) remote: RemoteNode,
    pub(in crate::remote) what: Result<What, RemoteSpawnError>,
    pub(in crate::remote) options: SpawnOptions,
    pub(in crate::remote) args: Result<Encoded, EncodeError>,
    /// The process that asks; the one that is polled otherwise.
    pub(in crate::remote) caller: Option<u64>,
    pub(in crate::remote) link: bool,
    pub(in crate::remote) monitor: bool,
    pub(in crate::remote) timeout: Duration,
}

/// The same, with all that can be wrong with it looked at.
struct Checked {
    remote: RemoteNode,
    options: SpawnOptions,
    args: Encoded,
    arity: u32,
    caller: u64,
    link: bool,
    monitor: bool,
    timeout: Duration,
}

impl Asking {
    /// The process, and the reference of its monitor, if it was asked for.
    pub(in crate::remote) async fn run(self) -> Result<(Pid, Reference), RemoteSpawnError> {
        let host = self.remote.node.host();
        let caller = self.caller.unwrap_or_else(|| polled_on(&host));
        if (self.link || self.monitor) && caller == NODE_ID {
            return Err(RemoteSpawnError::NoProcess);
        }
        let args = self.args.map_err(RemoteSpawnError::Args)?;
        let count = args.decoder().read_list().map(|list| list.count());
        let count =
            count.map_err(|_| RemoteSpawnError::Args(EncodeError::custom("they are no list")))?;
        let checked = Checked {
            remote: self.remote,
            options: self.options,
            args,
            arity: u32::try_from(count).unwrap_or(u32::MAX),
            caller,
            link: self.link,
            monitor: self.monitor,
            timeout: self.timeout,
        };
        let is_here = checked.remote.name == *checked.remote.node.name();
        let timeout = (checked.remote.name.clone(), checked.timeout);
        let started = async move {
            match (self.what?, is_here) {
                (What::Factory(name), true) => checked.factory_here(&host, &name).await,
                (What::Function(module, function), true) => {
                    checked.function_here(&host, module, function)
                }
                (What::Factory(name), false) => checked.factory_there(&name).await,
                (What::Function(module, function), false) => {
                    checked.function_there(module, function).await
                }
            }
        };
        let (node, after) = timeout;
        let ended = tokio::time::timeout(after, started).await;
        ended.unwrap_or(Err(RemoteSpawnError::Timeout { node, after }))
    }
}

impl Checked {
    fn about<'a>(&'a self, name: &'a Atom) -> About<'a> {
        About {
            node: &self.remote.name,
            name,
            register: self.options.name.as_deref(),
        }
    }

    fn no_connection(&self, cause: Option<ConnectError>) -> RemoteSpawnError {
        RemoteSpawnError::NoConnection {
            node: self.remote.name.clone(),
            cause: cause.map(Box::new),
        }
    }

    /// Makes sure that there is a connection, over which processes may be asked for.
    async fn connect(&self, about: &About<'_>) -> Result<(), RemoteSpawnError> {
        let Checked { remote, .. } = self;
        let connected = remote.node.connect(remote.name.as_str()).await;
        connected.map_err(|cause| self.no_connection(Some(cause)))?;
        if remote.node.refuses_spawns(&remote.name) {
            return Err(about.refused(Atom::from_static("disabled")));
        }
        Ok(())
    }

    async fn ask(
        &self,
        about: &About<'_>,
        function: (Atom, Atom, u32),
        args: &Encoded,
        group_leader: Option<Pid>,
    ) -> Result<Begun, RemoteSpawnError> {
        let Checked { remote, .. } = self;
        if let Some(not_busy) = remote.node.host().not_busy(&remote.name) {
            not_busy.await;
        }
        let mut asked = remote.node.ask_spawn(&Wanted {
            node: &remote.name,
            function,
            args,
            caller: self.caller,
            link: self.link,
            monitor: self.monitor,
            group_leader,
        });
        match asked.answered().await {
            Ok(pid) => Ok(Begun {
                asked,
                pid,
                is_wanted: true,
            }),
            Err(failure) => {
                let cause = match &failure {
                    SpawnFailure::Refused(_) => None,
                    _ => remote.node.last_error(remote.name.as_str()),
                };
                Err(about.failed(failure, cause))
            }
        }
    }

    async fn function_there(
        &self,
        module: Atom,
        function: Atom,
    ) -> Result<(Pid, Reference), RemoteSpawnError> {
        let about = self.about(&module);
        self.connect(&about).await?;
        let function = (module.clone(), function, self.arity);
        let node = &self.remote.node;
        let leader = node.leader_of(&node.host().pid(self.caller));
        let begun = self.ask(&about, function, &self.args, leader).await?;
        Ok(begun.taken(&self.remote.node))
    }

    async fn factory_there(&self, name: &Atom) -> Result<(Pid, Reference), RemoteSpawnError> {
        let about = self.about(name);
        let node = &self.remote.node;
        let inherited = self.inherited()?;
        self.connect(&about).await?;
        let Some(mut ack) = node.told_by(&self.remote.name) else {
            return Err(self.no_connection(None));
        };
        let options = ChildAsked {
            spawn: &self.options,
            inherited: &inherited,
            timeout: self.timeout,
            ack: ack.alias(),
        };
        let args = Encoded::build(|encoder| {
            encoder.write_list(3)?;
            encoder.write_atom(name.as_str())?;
            encoder.write_encoded(&self.args)?;
            options.write(encoder)?;
            encoder.write_nil();
            Ok(())
        });
        let args = args.map_err(RemoteSpawnError::Args)?;
        let spawn = (Atom::from_static("ergo"), Atom::from_static("spawn"), 3);
        let begun = self
            .ask(&about, spawn, &args, inherited.group_leader.clone())
            .await?;
        match ack.message().await.map(|told| told.to_term()) {
            Some(Ok(told)) => begun.told(node, &told),
            // The other node ends it, since nobody confirms.
            _ => Err(self.no_connection(None)),
        }
    }

    fn inherited(&self) -> Result<Inheritance, RemoteSpawnError> {
        let node = &self.remote.node;
        let caller = node.host().process(self.caller);
        let inherited = node.inheritance_to_send(caller.as_deref(), &self.options);
        inherited.map_err(RemoteSpawnError::Env)
    }

    /// The number of the monitor, and what `start` gives, which is told how the new process is tied to the caller on this
    /// very node.
    fn here<T>(
        &self,
        host: &HostRef,
        start: impl FnOnce(&Tie<'_>) -> Result<T, RemoteSpawnError>,
    ) -> Result<(u64, T), RemoteSpawnError> {
        let caller = host.process(self.caller);
        let number = host.next_number();
        let tie = Tie {
            spawner: caller.as_deref(),
            link: caller.as_deref().filter(|_| self.link),
            monitor: caller
                .as_deref()
                .filter(|_| self.monitor)
                .map(|caller| (caller, number)),
        };
        Ok((number, start(&tie)?))
    }

    async fn factory_here(
        &self,
        host: &HostRef,
        name: &Atom,
    ) -> Result<(Pid, Reference), RemoteSpawnError> {
        let about = self.about(name);
        let node = &self.remote.node;
        let factory = node.factories().find(node, name, &Asker::This);
        let factory = factory.map_err(|none: NoFactory| about.refused(none.word()))?;
        let (number, mut starting) = self.here(host, |tie| {
            let (args, options) = (self.args.clone(), &self.options);
            let begun = Starting::begin(node, &factory, args, options, tie, None);
            begun.map_err(|error| about.here(error))
        })?;
        starting.tied_to(self.caller, number);
        let pid = starting.ended().await.map_err(|error| about.here(error))?;
        Ok((pid, host.reference(number)))
    }

    fn function_here(
        &self,
        host: &HostRef,
        module: Atom,
        function: Atom,
    ) -> Result<(Pid, Reference), RemoteSpawnError> {
        let functions = self.remote.node.functions();
        let about = self.about(&module);
        let args = self.args.clone();
        let (names, (started, _init)) = (module.clone(), tokio::sync::oneshot::channel());
        let body = move |cx, ()| async move {
            let asker = Asker::This;
            let call = FunctionCall {
                module: names,
                function,
                args,
            };
            functions.run(cx, &asker, call).await
        };
        let mut pid = None;
        let tied = |process: &Arc<dyn AnyProcess>| pid = Some(host.pid(process.id()));
        let (number, ()) = self.here(host, |tie| {
            let spawned = spawn_plain_there(
                host,
                &self.options,
                tie,
                tied,
                || Ok::<(), ExitReason>(()),
                body,
                started,
            );
            spawned.map_err(|error| about.here(error))
        })?;
        let pid = pid.ok_or(RemoteSpawnError::Stopping)?;
        Ok((pid, host.reference(number)))
    }
}

/// A process that has been made there, of which nobody has heard here. Dropped, it is ended.
struct Begun {
    asked: Asked,
    pid: Pid,
    is_wanted: bool,
}

impl Begun {
    /// It is the caller's from now on.
    fn taken(mut self, node: &Node) -> (Pid, Reference) {
        self.is_wanted = false;
        (self.pid.clone(), self.asked.reference(node))
    }

    /// How its init has ended.
    fn told(mut self, node: &Node, told: &Term) -> Result<(Pid, Reference), RemoteSpawnError> {
        match told.as_tuple() {
            Some([_, word, keep]) if word.as_atom() == Some("ok") => {
                let is_confirmed = keep
                    .as_reference()
                    .is_some_and(|keep| node.confirm_there(keep));
                if is_confirmed {
                    return Ok(self.taken(node));
                }
                Err(RemoteSpawnError::NoConnection {
                    node: self.pid.node().clone(),
                    cause: None,
                })
            }
            Some([_, word, reason]) if word.as_atom() == Some("error") => {
                self.has_not_started();
                Err(RemoteSpawnError::Init(ExitReason::from(reason.clone())))
            }
            Some([_, word]) if word.as_atom() == Some("ignore") => {
                self.has_not_started();
                Err(RemoteSpawnError::Ignored)
            }
            _ => Err(RemoteSpawnError::Refused {
                node: self.pid.node().clone(),
                word: Atom::from_static("bad_answer"),
            }),
        }
    }

    fn has_not_started(&mut self) {
        self.asked.forget(&self.pid);
        self.is_wanted = false;
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if self.is_wanted {
            self.asked.give_up(&self.pid);
        }
    }
}

impl<A: Behavior> Context<A> {
    /// Starts a process of a factory of another node, with this process as its parent: [`RemoteNode::spawn`].
    ///
    /// ```no_run
    /// # use ergo::prelude::*;
    /// # async fn show(cx: PlainContext) -> Result<(), ergo::RemoteSpawnError> {
    /// let options = SpawnOptions::default().env("region", "north");
    /// let (worker, monitor) =
    ///     cx.remote_spawn("shop@10.0.0.2", "worker", options, args![1]).link().monitor().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn remote_spawn(
        &self,
        node: &str,
        factory: &str,
        options: SpawnOptions,
        args: impl crate::etf::Encode,
    ) -> RemoteSpawn<Pid> {
        let id = self.host().local_id(&self.pid()).unwrap_or(NODE_ID);
        RemoteNode::unconnected(&self.node(), node)
            .spawn(factory, options, args)
            .caller(id)
    }

    /// As [`Context::remote_spawn`], registered there as `register`.
    ///
    /// # Errors
    /// As there; [`RemoteSpawnError::NameTaken`] when somebody else has the name.
    pub fn remote_spawn_register(
        &self,
        node: &str,
        register: &str,
        factory: &str,
        options: SpawnOptions,
        args: impl crate::etf::Encode,
    ) -> RemoteSpawn<Pid> {
        let options = options.name(register);
        self.remote_spawn(node, factory, options, args)
    }
}
