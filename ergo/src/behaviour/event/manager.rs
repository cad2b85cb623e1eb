//! A manager to be started.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::behaviour::event::handler::{AnyHandler, EventHandler, EventType};
use crate::behaviour::event::id::HandlerId;
use crate::behaviour::event::process::EventManagerProcess;
use crate::behaviour::event::reference::EventManagerRef;
use crate::behaviour::supervisor::{ChildSpec, Spec};
use crate::etf::{Atom, Term};
use crate::process::host::AsHost;
use crate::process::{Behavior, Context, SpawnError, SpawnOptions};

/// Makes a handler from arguments that came as a term.
pub(super) type Factory<E> =
    Arc<dyn Fn(Term) -> Result<Box<dyn AnyHandler<E>>, Term> + Send + Sync>;

type Make<E> = Arc<dyn Fn() -> Box<dyn AnyHandler<E>> + Send + Sync>;

/// An event manager to be started: its name, its first handlers, and the handlers that others may add by name.
///
/// ```
/// use ergo::prelude::*;
///
/// #[derive(Debug, Clone, PartialEq, Encode, Decode)]
/// enum Alarm {
///     Fire(String),
///     Over,
/// }
///
/// #[derive(Default)]
/// struct Counter {
///     fires: u64,
/// }
///
/// impl EventHandler<Alarm> for Counter {
///     async fn handle_event(&mut self, event: &Alarm, _: &EventContext<Alarm>) -> EventFlow<Alarm> {
///         self.fires += u64::from(matches!(event, Alarm::Fire(_)));
///         EventFlow::Continue
///     }
///
///     async fn handle_call(&mut self, _: Term, _: &EventContext<Alarm>) -> (Term, EventFlow<Alarm>) {
///         (Term::from(self.fires), EventFlow::Continue)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("alarms@127.0.0.1").local_only().start().await?;
/// let alarms = EventManager::<Alarm>::new().name("alarms").start(&node).await?;
/// alarms.add_handler(Counter::default()).await?;
/// alarms.notify(Alarm::Fire("kitchen".into()))?;
/// alarms.sync_notify(Alarm::Over).await?;
/// let fires: u64 = alarms.call(HandlerId::of::<Counter>(), atom!(fires)).await?;
/// assert_eq!(fires, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a manager does nothing until it is started"]
pub struct EventManager<E: EventType> {
    name: Option<String>,
    pub(super) handlers: Vec<(HandlerId, Make<E>)>,
    pub(super) factories: HashMap<Atom, Factory<E>>,
}

impl<E: EventType> EventManager<E> {
    /// A manager without handlers.
    pub fn new() -> Self {
        EventManager {
            name: None,
            handlers: Vec::new(),
            factories: HashMap::new(),
        }
    }

    /// Registers it under `name`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// A handler that it has from the start, and has again when a supervisor starts it again.
    pub fn handler<H: EventHandler<E>>(
        mut self,
        make: impl Fn() -> H + Send + Sync + 'static,
    ) -> Self {
        let make: Make<E> = Arc::new(move || Box::new(make()));
        self.handlers.push((HandlerId::of::<H>(), make));
        self
    }

    /// Lets others add handlers of this type by name, and with arguments, as Erlang does:
    /// `gen_event:add_handler(Manager, Module, Args)`. What `make` refuses is the answer.
    ///
    /// In a swap the arguments are `{Args, State}`, with what the `terminate` of the old handler said.
    pub fn factory<H: EventHandler<E>>(
        mut self,
        module: &str,
        make: impl Fn(Term) -> Result<H, Term> + Send + Sync + 'static,
    ) -> Self {
        let make: Factory<E> = Arc::new(move |args| Ok(Box::new(make(args)?)));
        self.factories.insert(HandlerId::from(module).module, make);
        self
    }

    fn options(&self) -> SpawnOptions {
        SpawnOptions {
            name: self.name.clone(),
            ..SpawnOptions::default()
        }
    }

    /// Starts it on a node.
    ///
    /// # Errors
    /// The name is taken or unusable.
    pub async fn start(self, node: &impl AsHost) -> Result<EventManagerRef<E>, SpawnError> {
        let options = self.options();
        crate::process::start::<EventManagerProcess<E>>(&node.host(), self, Some(&options)).await
    }

    /// Starts it linked to a process, which is its parent.
    ///
    /// # Errors
    /// As [`EventManager::start`].
    pub async fn start_link<A: Behavior>(
        self,
        cx: &Context<A>,
    ) -> Result<EventManagerRef<E>, SpawnError> {
        let options = self.options();
        cx.spawn_link_with::<EventManagerProcess<E>>(self, options)
            .await
    }

    /// This manager as a child of a supervisor: permanent, with 5 seconds to stop.
    pub fn spec(self, id: &str) -> ChildSpec {
        let name = self.name.clone();
        let spec = EventManagerProcess::<E>::spec(self).id(id);
        match name {
            Some(name) => spec.name(name),
            None => spec,
        }
    }
}

impl<E: EventType> Default for EventManager<E> {
    fn default() -> Self {
        EventManager::new()
    }
}

impl<E: EventType> Clone for EventManager<E> {
    fn clone(&self) -> Self {
        EventManager {
            name: self.name.clone(),
            handlers: self.handlers.clone(),
            factories: self.factories.clone(),
        }
    }
}

impl<E: EventType> fmt::Debug for EventManager<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let handlers: Vec<_> = self.handlers.iter().map(|(id, _)| id).collect();
        f.debug_struct("EventManager")
            .field("name", &self.name)
            .field("handlers", &handlers)
            .finish_non_exhaustive()
    }
}
