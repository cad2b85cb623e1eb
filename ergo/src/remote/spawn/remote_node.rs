//! Another node, as a place to start processes at.

use std::future::IntoFuture;
use std::marker::PhantomData;
use std::pin::Pin;
use std::time::Duration;

use crate::etf::{Atom, Encode, EncodeError, Encoded, Pid, Reference};
use crate::node::{ConnectError, Node};
use crate::process::{Behavior, Destination, Handle, SpawnOptions};
use crate::remote::access;
use crate::remote::spawn::asking::{Asking, What};
use crate::remote::spawn::error::RemoteSpawnError;

/// Another node, or this one, as a place to start processes at. Made by [`Node::remote`]. Cloning it is cheap.
///
/// It is no connection: when that is lost, the next request makes another one.
#[derive(Debug, Clone)]
pub struct RemoteNode {
    pub(in crate::remote) node: Node,
    pub(in crate::remote) name: Atom,
}

impl Node {
    /// Another node, as a place to start processes at. It is connected to; this node's own name is fine, too.
    ///
    /// # Errors
    /// Why there is no connection, by cause.
    pub async fn remote(&self, name: &str) -> Result<RemoteNode, ConnectError> {
        let name = self.connect_to(name).await?;
        let node = self.clone();
        Ok(RemoteNode { node, name })
    }
}

impl RemoteNode {
    /// One that is connected to when it is used. A name that is too long is that of no node.
    pub(in crate::remote) fn unconnected(node: &Node, name: &str) -> RemoteNode {
        let node = node.clone();
        let name = Atom::new(name).unwrap_or(Atom::from_static(""));
        RemoteNode { node, name }
    }
}

impl RemoteNode {
    /// Its name.
    pub fn name(&self) -> &Atom {
        &self.name
    }

    /// Starts a process of a factory of that node, and waits until its init has ended there. `args` are the list of the
    /// arguments, as `args![1, "a"]` makes it.
    ///
    /// The parent of the new process is the process that this is awaited in, or this node outside of one. The process
    /// inherits from it the log level, the application and the group leader, and its environment where this node was
    /// started with [`expose_env_remote_spawn`](crate::NodeBuilder::expose_env_remote_spawn). The options are laid over
    /// what is inherited; a link and a monitor are no options but said to what this returns.
    ///
    /// ```no_run
    /// # use ergo::prelude::*;
    /// # async fn show(node: Node) -> ergo::Result {
    /// let far = node.remote("shop@10.0.0.2").await?;
    /// let pid = far.spawn("worker", SpawnOptions::default(), args![1, "a"]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What [`RemoteSpawnError`] tells apart; nothing of the process is left then.
    ///
    /// # Cancel safety
    /// When the future is dropped, the process is ended when its start is heard of.
    pub fn spawn(
        &self,
        factory: &str,
        options: SpawnOptions,
        args: impl Encode,
    ) -> RemoteSpawn<Pid> {
        let args = crate::process::encode(&mut |encoder| args.encode(encoder));
        self.of_factory(factory, options, args)
    }

    /// As [`RemoteNode::spawn`], registered there as `register`.
    ///
    /// # Errors
    /// As there; [`RemoteSpawnError::NameTaken`] when somebody else has the name.
    pub fn spawn_register(
        &self,
        register: &str,
        factory: &str,
        options: SpawnOptions,
        args: impl Encode,
    ) -> RemoteSpawn<Pid> {
        self.spawn(factory, options.name(register), args)
    }

    /// As [`RemoteNode::spawn`], for a factory of actors `A`: with the arguments that its `init` takes, and a typed handle.
    ///
    /// ```no_run
    /// # use ergo::prelude::*;
    /// # #[derive(Actor)]
    /// # struct Stock { left: u32 }
    /// # #[ergo::server]
    /// # impl Stock {
    /// #     fn init(left: u32) -> Result<Self, ExitReason> { Ok(Stock { left }) }
    /// #     #[call] fn left(&mut self) -> u32 { self.left }
    /// # }
    /// # async fn show(node: Node) -> ergo::Result {
    /// let far = node.remote("shop@10.0.0.2").await?;
    /// let stock: StockRef = far.spawn_as::<Stock>("stock", SpawnOptions::default(), 7).await?;
    /// assert_eq!(stock.left().await?, 7);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn spawn_as<A: Behavior>(
        &self,
        factory: &str,
        options: SpawnOptions,
        args: A::Args,
    ) -> RemoteSpawn<A::Handle>
    where
        A::Args: Encode,
    {
        let args = list_of(&args);
        let spawn = self.of_factory(factory, options, args);
        RemoteSpawn {
            make: |node, pid| A::Handle::at(node, Destination::Pid(pid)),
            asking: spawn.asking,
            result: PhantomData,
        }
    }

    /// `spawn/4`: starts a function of that node by module, name and arguments: any that is exported, where it is an Erlang
    /// node, and what was registered with `register_rpc`, where it is one of these.
    ///
    /// It has started when that node says so. A function that does not exist is no error: its process starts, and ends with
    /// `undef`, as in OTP. Erlang has no options for it: its output goes where that of the caller does, and nothing else is
    /// inherited.
    ///
    /// ```no_run
    /// # use ergo::prelude::*;
    /// # async fn show(node: Node) -> ergo::Result {
    /// let far = node.remote("shop@10.0.0.2").await?;
    /// let sleeper: Pid = far.spawn_function("timer", "sleep", args![infinity]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`RemoteNode::spawn`].
    pub fn spawn_function(
        &self,
        module: &str,
        function: &str,
        args: impl Encode,
    ) -> RemoteSpawn<Pid> {
        let args = crate::process::encode(&mut |encoder| args.encode(encoder));
        let names = access::atom(module).and_then(|module| Ok((module, access::atom(function)?)));
        let what = names.map(|(module, function)| What::Function(module, function));
        self.asking(what, SpawnOptions::default(), args)
    }

    fn of_factory(
        &self,
        factory: &str,
        options: SpawnOptions,
        args: Result<Encoded, EncodeError>,
    ) -> RemoteSpawn<Pid> {
        self.asking(access::atom(factory).map(What::Factory), options, args)
    }

    fn asking(
        &self,
        what: Result<What, access::AccessListError>,
        options: SpawnOptions,
        args: Result<Encoded, EncodeError>,
    ) -> RemoteSpawn<Pid> {
        let what = what.map_err(|error| RemoteSpawnError::BadOptions(error.to_string()));
        RemoteSpawn {
            asking: Asking {
                remote: self.clone(),
                what,
                options,
                args,
                caller: None,
                link: false,
                monitor: false,
                timeout: DEFAULT_TIMEOUT,
            },
            make: |_, pid| pid,
            result: PhantomData,
        }
    }
}

/// How long the answer of another node is waited for unless it is said otherwise: as long as that of a call.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// A single value is a list of one, a tuple a list of its elements.
fn list_of(args: &impl Encode) -> Result<Encoded, EncodeError> {
    let args = crate::process::encode(&mut |encoder| args.encode(encoder))?;
    let elements = elements_of(&args);
    Encoded::build(|encoder| match &elements {
        Some(elements) => {
            encoder.write_list(elements.len())?;
            for element in elements {
                encoder.write_encoded(element)?;
            }
            if !elements.is_empty() {
                encoder.write_nil();
            }
            Ok(())
        }
        None => {
            encoder.write_list(1)?;
            encoder.write_encoded(&args)?;
            encoder.write_nil();
            Ok(())
        }
    })
}

/// The elements of a tuple; none of `()`.
fn elements_of(args: &Encoded) -> Option<Vec<Encoded>> {
    if args.decode::<()>().is_ok() {
        return Some(Vec::new());
    }
    let mut decoder = args.decoder();
    let arity = decoder.read_tuple().ok()?;
    (0..arity).map(|_| decoder.read_encoded().ok()).collect()
}

/// A process being started on another node: nothing is sent before it is awaited.
#[must_use = "nothing is started until it is awaited"]
pub struct RemoteSpawn<T> {
    asking: Asking,
    make: fn(&Node, Pid) -> T,
    result: PhantomData<fn() -> T>,
}

impl<T: Send + 'static> RemoteSpawn<T> {
    /// Links the process that awaits this and the new one, from its start on. An init that fails is told by the error
    /// alone; a connection that is lost meanwhile by the exit signal of the link, too.
    pub fn link(mut self) -> Self {
        self.asking.link = true;
        self
    }

    /// Has the process that awaits this monitor the new one, from its start on; the reference of the monitor comes with
    /// the result. An init that fails is told by the error alone; a connection that is lost meanwhile by a `Down`, too.
    pub fn monitor(mut self) -> MonitoredSpawn<T> {
        self.asking.monitor = true;
        MonitoredSpawn(self)
    }

    /// How long the end of the init is waited for, 5 seconds unless said. A process that has not started by then is
    /// ended, and so is one whose start is heard of later.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.asking.timeout = timeout;
        self
    }

    /// Asks in the name of this process, wherever it is awaited.
    pub(in crate::remote) fn caller(mut self, id: u64) -> Self {
        self.asking.caller = Some(id);
        self
    }

    async fn run(self) -> Result<(T, Reference), RemoteSpawnError> {
        let node = self.asking.remote.node.clone();
        let (pid, reference) = self.asking.run().await?;
        Ok(((self.make)(&node, pid), reference))
    }
}

impl<T: Send + 'static> IntoFuture for RemoteSpawn<T> {
    type Output = Result<T, RemoteSpawnError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.run().await?.0) })
    }
}

/// A [`RemoteSpawn`] that is monitored: it gives the reference of the monitor, too.
#[must_use = "nothing is started until it is awaited"]
pub struct MonitoredSpawn<T>(RemoteSpawn<T>);

impl<T: Send + 'static> MonitoredSpawn<T> {
    /// As [`RemoteSpawn::link`].
    pub fn link(self) -> Self {
        MonitoredSpawn(self.0.link())
    }

    /// As [`RemoteSpawn::timeout`].
    pub fn timeout(self, timeout: Duration) -> Self {
        MonitoredSpawn(self.0.timeout(timeout))
    }
}

impl<T: Send + 'static> IntoFuture for MonitoredSpawn<T> {
    type Output = Result<(T, Reference), RemoteSpawnError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.0.run())
    }
}
