//! The functions of this node that peers may spawn and call.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use crate::etf::{Atom, DecodeError, Encode, Encoded, ListHeader, Term};
use crate::node::{Node, SpawnTarget};
use crate::process::PlainContext;
use crate::process::host::AsHost;
use crate::remote::{Access, AccessListError, Exception, FunctionArgs};

/// What a call of a function gives.
pub(crate) type Outcome = Result<Encoded, Exception>;

type Handler =
    dyn Fn(PlainContext, Encoded) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync;

/// What a registered function returns: a `Result` of a value that can be encoded, or an [`Exception`].
pub trait IntoOutcome: Send {
    /// The value encoded, or the exception.
    ///
    /// # Errors
    /// The exception; also an error `badarg` when the value has no form as an Erlang term.
    fn into_outcome(self) -> Result<Encoded, Exception>;
}

impl<T: Encode + Send> IntoOutcome for Result<T, Exception> {
    fn into_outcome(self) -> Result<Encoded, Exception> {
        encode(&self?)
    }
}

pub(super) fn encode(value: &impl Encode) -> Result<Encoded, Exception> {
    let encoded = crate::process::encode(&mut |encoder| value.encode(encoder));
    encoded.map_err(|error| {
        Exception::Error(Term::tuple([
            Term::atom("badarg"),
            Term::from(error.to_string()),
        ]))
    })
}

/// The elements of an encoded proper list of this length, each still encoded.
pub(super) fn elements(list: &Encoded, expected: u32) -> Result<Vec<Encoded>, DecodeError> {
    if list.decoder().read_list()?.count() != expected as usize {
        return Err(DecodeError::unknown_request());
    }
    all_elements(list)
}

/// The elements of an encoded proper list, each still encoded.
pub(super) fn all_elements(list: &Encoded) -> Result<Vec<Encoded>, DecodeError> {
    let mut decoder = list.decoder();
    let header = decoder.read_list()?;
    let elements = match header {
        // A list of small integers travels as a string.
        ListHeader::String(bytes) => {
            let elements = bytes.iter().map(Encoded::new).collect::<Result<_, _>>();
            elements.map_err(|_| DecodeError::unknown_request())?
        }
        ListHeader::Elements(count) => {
            let elements = (0..count)
                .map(|_| decoder.read_encoded())
                .collect::<Result<_, _>>()?;
            decoder.read_list_end(count)?;
            elements
        }
    };
    Ok(elements)
}

/// Makes one kind of function of all: arguments and result are encoded.
pub(crate) fn erase<A, F, Fut>(handler: F) -> Arc<Handler>
where
    A: FunctionArgs,
    F: Fn(PlainContext, A) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
    Fut::Output: IntoOutcome,
{
    Arc::new(
        move |cx: PlainContext, list| -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
            match A::decode(&list, &AsHost::host(&*cx)) {
                Ok(args) => {
                    let outcome = handler(cx, args);
                    Box::pin(async move { outcome.await.into_outcome() })
                }
                Err(error) => {
                    tracing::warn!(%error, "a function was called with arguments it does not take");
                    let clause = Exception::Error(Term::atom("function_clause"));
                    Box::pin(std::future::ready(Err(clause)))
                }
            }
        },
    )
}

/// The name of a function: `Module:Function/Arity`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FunctionName {
    pub(crate) module: Atom,
    pub(crate) function: Atom,
    pub(crate) arity: u32,
}

impl FunctionName {
    /// Whether the node's own rule lets the one that asks have it.
    fn is_admitted(&self, node: &Node, asker: &Asker) -> bool {
        let Asker::Peer(peer) = asker else {
            return true;
        };
        let what = SpawnTarget::Function {
            module: &self.module,
            function: &self.function,
            arity: self.arity,
        };
        node.spawn_admitted(peer, what)
    }
}

impl std::fmt::Display for FunctionName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}/{}", self.module, self.function, self.arity)
    }
}

/// Who asks for a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asker {
    /// This node itself, which may always.
    This,
    /// The node at the other end of the connection that the request came over.
    Peer(Atom),
    /// A message of this node: whoever can have it sent here, as an answer for example, has written it. It proves nobody.
    Unproven,
}

impl Asker {
    /// Who sent what has come from there.
    pub(crate) fn of(origin: Option<&Atom>) -> Asker {
        origin.cloned().map_or(Asker::Unproven, Asker::Peer)
    }

    fn is_admitted(&self, access: &Access) -> bool {
        match self {
            Asker::This => true,
            Asker::Peer(node) => access.admits(node),
            Asker::Unproven => *access == Access::Any,
        }
    }
}

/// Whether there is a function, for the one that asks.
pub(crate) enum Permit {
    Granted(Arc<Handler>),
    /// There is, and not for it.
    NotAllowed,
    Unknown,
}

/// The functions of a node that peers may call and spawn. Cloning it gives the same set.
#[derive(Clone, Default)]
pub struct Functions(Arc<RwLock<HashMap<FunctionName, Function>>>);

struct Function {
    handler: Arc<Handler>,
    access: Access,
}

impl Functions {
    /// Opens a function, for these nodes or for all. Where there is one of its name and arity this one takes its place, and
    /// nodes are added to the list it has.
    pub(crate) fn open(
        &self,
        name: FunctionName,
        handler: Arc<Handler>,
        nodes: Option<BTreeSet<Atom>>,
    ) -> Access {
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let before = table.remove(&name).map(|function| function.access);
        let access = before.unwrap_or(Access::Closed).opened(nodes);
        let function = Function {
            handler,
            access: access.clone(),
        };
        table.insert(name, function);
        access
    }

    /// Closes a function for these nodes; without a list it is forgotten.
    pub(crate) fn close(
        &self,
        name: &FunctionName,
        nodes: Option<&BTreeSet<Atom>>,
    ) -> Result<Access, AccessListError> {
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let unknown = || AccessListError::NotRegistered(name.to_string());
        let function = table.get_mut(name).ok_or_else(unknown)?;
        let access = function.access.clone().closed(nodes)?;
        if access == Access::Closed {
            table.remove(name);
        } else {
            function.access = access.clone();
        }
        Ok(access)
    }

    /// Whether there is this function for the one that asks.
    pub(crate) fn permit(&self, asker: &Asker, name: &FunctionName) -> Permit {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match table.get(name) {
            None => Permit::Unknown,
            Some(function) if asker.is_admitted(&function.access) => {
                Permit::Granted(function.handler.clone())
            }
            Some(_) => Permit::NotAllowed,
        }
    }

    /// Calls a function with an encoded list of arguments: `undef` when there is none of that arity, and an error
    /// `{not_allowed, {Module, Function, Arity}}` when it is not for the one that asks.
    pub(crate) async fn apply(
        &self,
        mut cx: PlainContext,
        asker: &Asker,
        module: &Atom,
        function: &Atom,
        args: Encoded,
    ) -> Outcome {
        let Ok(header) = args.decoder().read_list() else {
            return Err(Exception::Error(Term::atom("badarg")));
        };
        let name = FunctionName {
            module: module.clone(),
            function: function.clone(),
            arity: u32::try_from(header.count()).unwrap_or(u32::MAX),
        };
        let permit = match self.permit(asker, &name) {
            Permit::Granted(_) if !name.is_admitted(&cx.node(), asker) => Permit::NotAllowed,
            permit => permit,
        };
        match permit {
            Permit::Granted(handler) => {
                cx.set_caller(match asker {
                    Asker::This => Some(cx.node().name().clone()),
                    Asker::Peer(node) => Some(node.clone()),
                    Asker::Unproven => None,
                });
                handler(cx, args).await
            }
            Permit::NotAllowed => {
                tracing::warn!(function = %name, ?asker, "refused a call: the function is not open to this node");
                Err(Exception::Error(not_allowed(name)))
            }
            Permit::Unknown => Err(Exception::Error(Term::atom("undef"))),
        }
    }
}

/// `{not_allowed, {Module, Function, Arity}}`.
fn not_allowed(name: FunctionName) -> Term {
    let arity = Term::from(name.arity);
    let name = [Term::Atom(name.module), Term::Atom(name.function), arity];
    Term::tuple([Term::atom("not_allowed"), Term::tuple(name)])
}

impl std::fmt::Debug for Functions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let entries = table
            .iter()
            .map(|(name, function)| (name.to_string(), &function.access));
        f.debug_map().entries(entries).finish()
    }
}
