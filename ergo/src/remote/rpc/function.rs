//! The functions of this node that peers may spawn and call.

use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use crate::etf::{Atom, DecodeError, Encode, Encoded, ListHeader, Term};
use crate::node::{Node, SpawnTarget};
use crate::process::PlainContext;
use crate::process::host::AsHost;
use crate::remote::rpc::applied::FunctionCall;
use crate::remote::{Access, AccessListError, Exception, FunctionArgs};

/// What a call of a function gives.
pub(crate) type Outcome = Result<Encoded, Exception>;

/// A call of a function in progress.
type Calling = Pin<Box<dyn Future<Output = Outcome> + Send>>;

pub(crate) type Handler = dyn Fn(PlainContext, Encoded) -> Calling + Send + Sync;

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

pub(in crate::remote) fn encode(value: &impl Encode) -> Result<Encoded, Exception> {
    let encoded = crate::process::encode(&mut |encoder| value.encode(encoder));
    encoded.map_err(|error| {
        Exception::Error(Term::tuple([
            Term::atom("badarg"),
            Term::from(error.to_string()),
        ]))
    })
}

/// The elements of an encoded proper list of this length, each still encoded.
pub(in crate::remote) fn elements(
    list: &Encoded,
    expected: u32,
) -> Result<Vec<Encoded>, DecodeError> {
    if list.decoder().read_list()?.count() != expected as usize {
        return Err(DecodeError::unknown_request());
    }
    all_elements(list)
}

/// The elements of an encoded proper list, each still encoded.
pub(in crate::remote) fn all_elements(list: &Encoded) -> Result<Vec<Encoded>, DecodeError> {
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

/// Whether it is an encoded proper list.
pub(in crate::remote) fn is_list(list: &Encoded) -> bool {
    let mut decoder = list.decoder();
    match decoder.read_list() {
        Ok(ListHeader::String(_)) => true,
        Ok(ListHeader::Elements(count)) => {
            (0..count).all(|_| decoder.skip().is_ok()) && decoder.read_list_end(count).is_ok()
        }
        Err(_) => false,
    }
}

/// Makes one kind of function of all: arguments and result are encoded.
pub(crate) fn erase<A, F, Fut>(handler: F) -> Arc<Handler>
where
    A: FunctionArgs,
    F: Fn(PlainContext, A) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
    Fut::Output: IntoOutcome,
{
    Arc::new(move |cx: PlainContext, list| -> Calling {
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
    })
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
    pub(in crate::remote) fn is_admitted(&self, node: &Node, asker: &Asker) -> bool {
        let peer = match asker {
            Asker::This => return true,
            Asker::Peer(peer) => Some(peer),
            Asker::Unproven => None,
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

    pub(in crate::remote) fn is_admitted(&self, access: &Access) -> bool {
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
    /// Opens functions, for these nodes or for all. One takes the place of another of its name and arity, and nodes are added
    /// to the list that it has. What is said is who may have any of them.
    pub(crate) fn open_all(
        &self,
        functions: Vec<(FunctionName, Arc<Handler>)>,
        nodes: Option<BTreeSet<Atom>>,
    ) -> Access {
        let mut any = Access::Closed;
        let mut replaced = Vec::new();
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for (name, handler) in functions {
            let before = table.remove(&name);
            let access = before.as_ref().map(|function| function.access.clone());
            let access = access.unwrap_or(Access::Closed).opened(nodes.clone());
            any = any.or(&access);
            table.insert(name, Function { handler, access });
            replaced.extend(before);
        }
        // Without the lock: what a handler holds is the user's.
        drop(table);
        drop(replaced);
        any
    }

    /// Opens one function.
    pub(crate) fn open(
        &self,
        name: FunctionName,
        handler: Arc<Handler>,
        nodes: Option<BTreeSet<Atom>>,
    ) -> Access {
        self.open_all(vec![(name, handler)], nodes)
    }

    /// Closes a function for these nodes; without a list it is forgotten.
    pub(crate) fn close(
        &self,
        name: &FunctionName,
        nodes: Option<&BTreeSet<Atom>>,
    ) -> Result<Access, AccessListError> {
        let is_it = |function: &FunctionName| function == name;
        let closed = self.close_each(is_it, nodes)?;
        closed.ok_or_else(|| AccessListError::NotRegistered(name.to_string()))
    }

    /// Closes all functions of a module.
    pub(crate) fn close_all(
        &self,
        module: &Atom,
        nodes: Option<&BTreeSet<Atom>>,
    ) -> Result<Access, AccessListError> {
        let is_of_it = |function: &FunctionName| function.module == *module;
        let closed = self.close_each(is_of_it, nodes)?;
        closed.ok_or_else(|| AccessListError::NotRegistered(module.to_string()))
    }

    /// All or, when one of them cannot be, none. `None` when there is none.
    fn close_each(
        &self,
        which: impl Fn(&FunctionName) -> bool,
        nodes: Option<&BTreeSet<Atom>>,
    ) -> Result<Option<Access>, AccessListError> {
        let mut table = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let those = table.iter().filter(|(name, _)| which(name));
        let closed = those.map(|(name, function)| {
            let access = function.access.clone().closed(nodes)?;
            Ok((name.clone(), access))
        });
        let closed: Vec<_> = closed.collect::<Result<_, AccessListError>>()?;
        let mut any = None;
        let mut taken = Vec::new();
        for (name, access) in closed {
            any = Some(any.map_or(access.clone(), |any: Access| any.or(&access)));
            if access == Access::Closed {
                taken.extend(table.remove(&name));
            } else if let Some(function) = table.get_mut(&name) {
                function.access = access;
            }
        }
        // Without the lock: what a handler holds is the user's.
        drop(table);
        drop(taken);
        Ok(any)
    }

    /// Whether there is this function, for whomever.
    pub(in crate::remote) fn has(&self, name: &FunctionName) -> bool {
        let table = self.0.read().unwrap_or_else(PoisonError::into_inner);
        table.contains_key(name)
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

    /// Calls a function: `undef` when there is none of that arity, and an error `{not_allowed, {Module, Function, Arity}}`
    /// when it is not for the one that asks. `erlang:apply/2,3` calls what it names. Gives what was called with the outcome.
    pub(crate) async fn apply(
        &self,
        mut cx: PlainContext,
        asker: &Asker,
        mut call: FunctionCall,
    ) -> (Outcome, FunctionCall) {
        let name = match self.resolve(asker, &mut call) {
            Ok(name) => name,
            Err(exception) => return (Err(exception), call),
        };
        let permit = match self.permit(asker, &name) {
            Permit::Granted(_) if !name.is_admitted(&cx.node(), asker) => Permit::NotAllowed,
            permit => permit,
        };
        let outcome = match permit {
            Permit::Granted(handler) => {
                cx.set_caller(match asker {
                    Asker::This => Some(cx.node().name().clone()),
                    Asker::Peer(node) => Some(node.clone()),
                    Asker::Unproven => None,
                });
                let args = call.args.clone();
                caught(&name, || handler(cx, args)).await
            }
            Permit::NotAllowed => {
                tracing::debug!(function = %name, ?asker, "refused a call: the function is not open to this node");
                Err(Exception::Error(not_allowed(name)))
            }
            // As in OTP, arguments that are no proper list come before a function that is not there.
            Permit::Unknown if elements(&call.args, name.arity).is_err() => {
                Err(Exception::Error(Term::atom("badarg")))
            }
            Permit::Unknown => Err(Exception::Error(Term::atom("undef"))),
        };
        (outcome, call)
    }

    /// The name of what is called, through `erlang:apply`, unless that is registered itself.
    fn resolve(&self, asker: &Asker, call: &mut FunctionCall) -> Result<FunctionName, Exception> {
        let name = call.name()?;
        if !matches!(self.permit(asker, &name), Permit::Unknown) {
            return Ok(name);
        }
        // Once: an `apply` of an `apply` is nothing that Erlang sends, and to look into many of them would take the square
        // of their number.
        match call.applied(&name)? {
            Some(applied) => *call = applied,
            None => return Ok(name),
        }
        call.name()
    }
}

/// Runs a function. A panic of it is an error `{panic, Message}`, where the message names file and line.
async fn caught(name: &FunctionName, call: impl FnOnce() -> Calling) -> Outcome {
    let panicked = |payload: Box<dyn std::any::Any + Send>| {
        let message = crate::process::panic_message(&*payload);
        tracing::error!(function = %name, panic = message, "a function that a peer has called panicked");
        let reason = [Term::atom("panic"), Term::from(message)];
        Err(Exception::Error(Term::tuple(reason)))
    };
    let mut calling = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(calling) => calling,
        Err(payload) => return panicked(payload),
    };
    let polled = std::future::poll_fn(|cx| {
        match catch_unwind(AssertUnwindSafe(|| calling.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(payload) => std::task::Poll::Ready(Err(payload)),
        }
    });
    polled.await.unwrap_or_else(panicked)
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
