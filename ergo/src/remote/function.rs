//! The functions of this node that peers may spawn and call.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use crate::etf::{Atom, DecodeError, Encode, Encoded, ListHeader, Term};
use crate::process::PlainContext;
use crate::process::host::AsHost;
use crate::remote::{Exception, FunctionArgs};

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

/// The functions of a node, by module, name and arity. Cloning it gives the same set.
#[derive(Clone, Default)]
pub struct Functions(Arc<RwLock<Table>>);

/// By module, function and arity.
type Table = HashMap<(Atom, Atom, u32), Arc<Handler>>;

impl Functions {
    /// Registers a function, instead of one of the same name and arity if there is one.
    pub(crate) fn register<A, F, Fut>(&self, module: Atom, function: Atom, handler: F)
    where
        A: FunctionArgs,
        F: Fn(PlainContext, A) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: IntoOutcome,
    {
        let handler = Arc::new(handler);
        let erased = move |cx: PlainContext,
                           list: Encoded|
              -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
            match A::decode(&list, &AsHost::host(&*cx)) {
                Ok(args) => {
                    let outcome = handler(cx, args);
                    Box::pin(async move { outcome.await.into_outcome() })
                }
                Err(error) => {
                    tracing::warn!(%error, "a function was called with arguments it does not take");
                    Box::pin(std::future::ready(Err(Exception::Error(Term::atom(
                        "function_clause",
                    )))))
                }
            }
        };
        let key = (module, function, A::ARITY);
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key, Arc::new(erased));
    }

    /// Takes a function out; false when there was none.
    pub(crate) fn unregister(&self, module: &Atom, function: &Atom, arity: u32) -> bool {
        let key = (module.clone(), function.clone(), arity);
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&key)
            .is_some()
    }

    pub(super) fn find(&self, module: &Atom, function: &Atom, arity: u32) -> Option<Arc<Handler>> {
        let key = (module.clone(), function.clone(), arity);
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned()
    }

    /// Calls a function with an encoded list of arguments; `undef` when there is none of that arity.
    pub(crate) async fn apply(
        &self,
        cx: PlainContext,
        module: &Atom,
        function: &Atom,
        args: Encoded,
    ) -> Outcome {
        let arity = args.decoder().read_list().ok().map(|header| header.count());
        let handler =
            arity.and_then(|arity| self.find(module, function, u32::try_from(arity).ok()?));
        match handler {
            Some(handler) => handler(cx, args).await,
            None => Err(Exception::Error(Term::atom("undef"))),
        }
    }
}

impl std::fmt::Debug for Functions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let functions = self.0.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_list()
            .entries(
                functions
                    .keys()
                    .map(|(module, function, arity)| format!("{module}:{function}/{arity}")),
            )
            .finish()
    }
}
