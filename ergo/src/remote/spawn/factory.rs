//! Factories: what a node can start for others, under a name.

use std::any::TypeId;
use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::{Arc, PoisonError, RwLock};

use crate::etf::{Atom, DecodeOwned, Encoded, Term};
use crate::node::{Node, SpawnTarget};
use crate::process::host::{AnyProcess, HostRef};
use crate::process::{
    Behavior, ExitReason, IntoExit, PlainContext, SpawnError, SpawnOptions, Started, Tie,
    spawn_plain_there, spawn_there,
};
use crate::remote::access::{Access, AccessListError};
use crate::remote::rpc::function;
use crate::remote::{Asker, FunctionArgs};

/// What makes processes of one kind for whoever may ask: of an actor, `Stock::factory()`, or of a function.
///
/// Cloning it is cheap.
#[derive(Clone)]
pub struct Factory(Arc<dyn Make>);

/// Called with the process before anything of it runs.
pub(in crate::remote) type Tied<'a> = &'a mut dyn FnMut(&Arc<dyn AnyProcess>);

/// How a process is started that somebody else has asked for.
pub(in crate::remote) struct Start<'a> {
    pub(in crate::remote) host: &'a HostRef,
    pub(in crate::remote) args: Encoded,
    pub(in crate::remote) options: &'a SpawnOptions,
    pub(in crate::remote) tie: &'a Tie<'a>,
    pub(in crate::remote) tied: Tied<'a>,
    pub(in crate::remote) started: Started,
    /// The node that asks, unless it is this one.
    pub(in crate::remote) caller: Option<Atom>,
}

trait Make: Send + Sync {
    fn kind(&self) -> TypeId;
    fn name(&self) -> &'static str;
    fn start(&self, start: Start<'_>) -> Result<(), SpawnError>;
}

struct OfActor<A>(PhantomData<fn() -> A>);

impl<A: Behavior> Make for OfActor<A>
where
    A::Args: DecodeOwned,
{
    fn kind(&self) -> TypeId {
        TypeId::of::<A>()
    }

    fn name(&self) -> &'static str {
        std::any::type_name::<A>()
    }

    fn start(&self, start: Start<'_>) -> Result<(), SpawnError> {
        let (host, args) = (start.host.clone(), start.args);
        let args = move || read_args::<A::Args>(&args, &host);
        let tied = |process: &Arc<dyn AnyProcess>| (start.tied)(process);
        let (host, options, tie) = (start.host, start.options, start.tie);
        spawn_there::<A>(host, options, tie, tied, args, start.started)
    }
}

struct OfFunction<F, A>(Arc<F>, PhantomData<fn() -> A>);

impl<F, A, Fut> Make for OfFunction<F, A>
where
    F: Fn(PlainContext, A) -> Fut + Send + Sync + 'static,
    A: FunctionArgs,
    Fut: Future + Send + 'static,
    Fut::Output: IntoExit,
{
    fn kind(&self) -> TypeId {
        TypeId::of::<F>()
    }

    fn name(&self) -> &'static str {
        std::any::type_name::<F>()
    }

    fn start(&self, start: Start<'_>) -> Result<(), SpawnError> {
        let (host, args) = (start.host.clone(), start.args);
        let args = move || A::decode(&args, &host).map_err(|error| bad_arguments(&error));
        let function = self.0.clone();
        let caller = start.caller;
        let body = move |mut cx: PlainContext, args: A| async move {
            cx.set_caller(caller);
            let running = function(cx, args);
            running.await.into_exit()
        };
        let tied = |process: &Arc<dyn AnyProcess>| (start.tied)(process);
        let (host, options, tie) = (start.host, start.options, start.tie);
        spawn_plain_there(host, options, tie, tied, args, body, start.started)
    }
}

impl Factory {
    /// A factory of an actor: `init` gets the arguments of whoever asks.
    pub fn of_actor<A: Behavior>() -> Factory
    where
        A::Args: DecodeOwned,
    {
        Factory(Arc::new(OfActor::<A>(PhantomData)))
    }

    /// A factory of plain processes, whose body is an async function of its context and a tuple of arguments.
    pub fn of_function<F, A, Fut>(function: F) -> Factory
    where
        F: Fn(PlainContext, A) -> Fut + Send + Sync + 'static,
        A: FunctionArgs,
        Fut: Future + Send + 'static,
        Fut::Output: IntoExit,
    {
        Factory(Arc::new(OfFunction(Arc::new(function), PhantomData)))
    }

    pub(in crate::remote) fn start(&self, start: Start<'_>) -> Result<(), SpawnError> {
        self.0.start(start)
    }
}

impl std::fmt::Debug for Factory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Factory({})", self.0.name())
    }
}

/// What [`Node::enable_spawn`](crate::Node::enable_spawn) takes: a [`Factory`], or an async function of a
/// [`PlainContext`] and a tuple of arguments.
#[diagnostic::on_unimplemented(
    message = "`{Self}` makes no processes",
    note = "give `Stock::factory()` for an actor `Stock`, or an async closure of a `PlainContext` and a tuple of arguments"
)]
pub trait IntoFactory<Marker> {
    /// The factory.
    fn into_factory(self) -> Factory;
}

impl IntoFactory<()> for Factory {
    fn into_factory(self) -> Factory {
        self
    }
}

impl<F, A, Fut> IntoFactory<(A, Fut)> for F
where
    F: Fn(PlainContext, A) -> Fut + Send + Sync + 'static,
    A: FunctionArgs,
    Fut: Future + Send + 'static,
    Fut::Output: IntoExit,
{
    fn into_factory(self) -> Factory {
        Factory::of_function(self)
    }
}

/// Actors that can be started from other nodes: those whose `init` takes what can be decoded.
pub trait HasFactory: Behavior {
    /// A factory of this actor: `node.enable_spawn("stock", Stock::factory()).await?`.
    ///
    /// The arguments of whoever asks are read as the tuple that `init` takes; a single one also by itself.
    fn factory() -> Factory
    where
        Self::Args: DecodeOwned,
    {
        Factory::of_actor::<Self>()
    }
}

impl<A: Behavior> HasFactory for A {}

/// Reads a list of arguments as what an `init` takes.
fn read_args<T: DecodeOwned>(list: &Encoded, host: &HostRef) -> Result<T, ExitReason> {
    let elements = function::all_elements(list).map_err(|error| bad_arguments(&error))?;
    let terms = match &elements[..] {
        [] => Encoded::new(&()),
        [alone] => {
            // By itself, or as a tuple of one; what is wrong is said of the first.
            let tuple = as_tuple(&elements).ok();
            let in_tuple = || tuple?.decode_with::<T>(host).ok();
            let read = alone.decode_with::<T>(host);
            return read.or_else(|error| in_tuple().ok_or_else(|| bad_arguments(&error)));
        }
        _ => as_tuple(&elements),
    };
    let terms = terms.map_err(|error| bad_arguments(&error))?;
    let read = terms.decode_with::<T>(host);
    read.map_err(|error| bad_arguments(&error))
}

fn as_tuple(elements: &[Encoded]) -> Result<Encoded, crate::etf::EncodeError> {
    Encoded::build(|encoder| {
        encoder.write_tuple(elements.len())?;
        elements
            .iter()
            .try_for_each(|element| encoder.write_encoded(element))
    })
}

fn bad_arguments(what: &dyn std::fmt::Display) -> ExitReason {
    let text = Term::from(what.to_string());
    ExitReason::from(Term::tuple([Term::atom("bad_arguments"), text]))
}

/// The factories of a node, by name. Cloning it gives the same set.
#[derive(Clone, Default)]
pub(crate) struct Factories(Arc<RwLock<HashMap<Atom, Entry>>>);

struct Entry {
    factory: Factory,
    access: Access,
}

/// Why nothing is made: the word that goes to the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::remote) enum NoFactory {
    Unknown,
    NotAllowed,
}

impl Factories {
    /// Opens a factory, for these nodes or for all.
    pub(in crate::remote) fn enable(
        &self,
        name: Atom,
        factory: Factory,
        nodes: Option<std::collections::BTreeSet<Atom>>,
    ) -> Result<Access, AccessListError> {
        let mut entries = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = entries.get(&name);
        if before.is_some_and(|entry| entry.factory.0.kind() != factory.0.kind()) {
            return Err(AccessListError::Taken(name.as_str().to_owned()));
        }
        let access = before.map_or(Access::Closed, |entry| entry.access.clone());
        let access = access.opened(nodes);
        let entry = Entry {
            factory,
            access: access.clone(),
        };
        let before = entries.insert(name, entry);
        // Without the lock: what a function holds is the user's.
        drop(entries);
        drop(before);
        Ok(access)
    }

    /// Closes a factory, for these nodes or for all.
    pub(in crate::remote) fn disable(
        &self,
        name: &Atom,
        nodes: Option<&std::collections::BTreeSet<Atom>>,
    ) -> Result<Access, AccessListError> {
        let mut entries = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let entry = entries
            .get_mut(name)
            .ok_or_else(|| AccessListError::NotRegistered(name.as_str().to_owned()))?;
        entry.access = entry.access.clone().closed(nodes)?;
        Ok(entry.access.clone())
    }

    /// The factory of this name, for the one that asks.
    pub(in crate::remote) fn find(
        &self,
        node: &Node,
        name: &Atom,
        asker: &Asker,
    ) -> Result<Factory, NoFactory> {
        let (factory, access) = {
            let entries = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let entry = entries.get(name).ok_or(NoFactory::Unknown)?;
            (entry.factory.clone(), entry.access.clone())
        };
        // Without the lock: the rule is the user's, who may use the node in it.
        let peer = match asker {
            Asker::This => return Ok(factory),
            Asker::Peer(peer) => Some(peer),
            Asker::Unproven => None,
        };
        let is_admitted =
            asker.is_admitted(&access) && node.spawn_admitted(peer, SpawnTarget::Factory(name));
        is_admitted.then_some(factory).ok_or(NoFactory::NotAllowed)
    }

    /// Whether there is one of this name, open or not.
    pub(in crate::remote) fn has(&self, name: &Atom) -> bool {
        let entries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        entries.contains_key(name)
    }
}
