//! How a specification and the extra arguments of one child become a process.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;

use crate::behaviour::supervisor::{ChildId, ChildSpec, SupervisorProcess};
use crate::etf::{DecodeOwned, Encoded, Pid, Term};
use crate::process::host::AsHost;
use crate::process::{
    Behavior, Context, ExitReason, Handle, IntoExit, PlainContext, SpawnError, SpawnOptions,
    panic_message, short_type_name,
};

/// The pid of the child, or none when its init said `ignore`.
pub(super) type Started = Result<Option<Pid>, ExitReason>;
pub(super) type StartFuture<'a> = Pin<Box<dyn Future<Output = Started> + Send + 'a>>;
pub(super) type StartFn = dyn for<'a> Fn(&'a Context<SupervisorProcess>, SpawnOptions, Extra) -> StartFuture<'a>
    + Send
    + Sync;

/// What a child is given beyond what its specification says, at one start.
pub(super) enum Extra {
    /// Nothing.
    None,
    /// Terms, as a tuple; `nil` when there are none.
    Terms(Encoded),
    /// A value of a type that the template knows.
    Value(Box<dyn Any + Send>),
}

impl Extra {
    fn is_empty(&self) -> bool {
        match self {
            Extra::None => true,
            Extra::Terms(terms) => terms.decode::<()>().is_ok(),
            Extra::Value(value) => value.is::<()>(),
        }
    }
}

/// The extra arguments of one child of a template: kept by the supervisor for as long as it may restart the child.
pub struct ChildArgs(Kept);

enum Kept {
    None,
    Terms(Encoded),
    Value(Box<dyn Carried>),
    /// The terms were no arguments; starting tells why.
    Unusable(ExitReason),
}

/// A value that is given to a child at its start, and at each restart.
trait Carried: Send + Sync {
    fn give(&mut self) -> Option<Box<dyn Any + Send>>;
}

struct Cloned<T>(T);

impl<T: Clone + Send + Sync + 'static> Carried for Cloned<T> {
    fn give(&mut self) -> Option<Box<dyn Any + Send>> {
        Some(Box::new(self.0.clone()))
    }
}

/// Behind a lock only to be shared by name; nobody else has it.
struct Once<T>(std::sync::Mutex<Option<T>>);

impl<T: Send + 'static> Carried for Once<T> {
    fn give(&mut self) -> Option<Box<dyn Any + Send>> {
        let kept = self
            .0
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.take().map(|value| Box::new(value) as _)
    }
}

impl ChildArgs {
    /// No extra arguments.
    pub fn none() -> ChildArgs {
        ChildArgs(Kept::None)
    }

    /// Terms, as a peer in Erlang gives them.
    pub fn terms(terms: Vec<Term>) -> ChildArgs {
        let encoded = if terms.is_empty() {
            Encoded::new(&())
        } else {
            Encoded::new(&Term::tuple(terms))
        };
        ChildArgs(match encoded {
            Ok(encoded) => Kept::Terms(encoded),
            Err(error) => Kept::Unusable(bad_arguments(&error)),
        })
    }

    /// A value of the type that the template takes, cloned for each start. It never travels: the supervisor has to be
    /// on this node.
    pub fn value<T: Clone + Send + Sync + 'static>(value: T) -> ChildArgs {
        ChildArgs(Kept::Value(Box::new(Cloned(value))))
    }

    /// As [`ChildArgs::value`] for what cannot be cloned, such as a socket: the child can be started once. A restart of
    /// it fails, so the template should be temporary.
    pub fn once<T: Send + 'static>(value: T) -> ChildArgs {
        ChildArgs(Kept::Value(Box::new(Once(std::sync::Mutex::new(Some(
            value,
        ))))))
    }

    /// Those of one start.
    pub(super) fn extra(&mut self) -> Result<Extra, ExitReason> {
        match &mut self.0 {
            Kept::None => Ok(Extra::None),
            Kept::Terms(terms) => Ok(Extra::Terms(terms.clone())),
            Kept::Value(value) => value
                .give()
                .map(Extra::Value)
                .ok_or_else(|| bad_arguments(&"they could be given once only")),
            Kept::Unusable(reason) => Err(reason.clone()),
        }
    }

    /// The list that travels to a supervisor on another node, if they can.
    pub(super) fn as_terms(&self) -> Option<Vec<Term>> {
        match &self.0 {
            Kept::None => Some(Vec::new()),
            Kept::Terms(terms) => match terms.to_term().ok()? {
                Term::Tuple(terms) => Some(terms.into_vec()),
                _ => Some(Vec::new()),
            },
            Kept::Value(_) | Kept::Unusable(_) => None,
        }
    }
}

impl fmt::Debug for ChildArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kept::None => f.write_str("ChildArgs()"),
            Kept::Terms(terms) => write!(f, "ChildArgs({terms:?})"),
            Kept::Value(_) => f.write_str("ChildArgs(a value)"),
            Kept::Unusable(reason) => write!(f, "ChildArgs({reason})"),
        }
    }
}

/// What [`SupervisorRef::start_child`](crate::SupervisorRef::start_child) starts.
#[derive(Debug)]
pub struct NewChild(pub(super) New);

#[derive(Debug)]
pub(super) enum New {
    Spec(Box<ChildSpec>),
    Args(ChildArgs),
    /// From a peer: a specification or a list of arguments, as the strategy says.
    Term(Term),
}

impl From<ChildSpec> for NewChild {
    fn from(spec: ChildSpec) -> Self {
        NewChild(New::Spec(Box::new(spec)))
    }
}

impl From<ChildArgs> for NewChild {
    fn from(args: ChildArgs) -> Self {
        NewChild(New::Args(args))
    }
}

/// The arguments of `args!`, for a child of a template.
impl From<Vec<Term>> for NewChild {
    fn from(terms: Vec<Term>) -> Self {
        NewChild(New::Args(ChildArgs::terms(terms)))
    }
}

impl ChildSpec {
    /// Starts a process of it. A panic of what makes its arguments is a start that failed, as a crash of a start function
    /// is in OTP.
    pub(super) async fn start_with(
        &self,
        extra: Extra,
        cx: &Context<SupervisorProcess>,
    ) -> Started {
        let start = || (self.start)(cx, self.options.clone(), extra);
        match catch_unwind(AssertUnwindSafe(start)) {
            Ok(starting) => starting.await,
            Err(payload) => Err(ExitReason::Panic(panic_message(&*payload).into())),
        }
    }
}

/// Tells the compiler that the future borrows from the context only.
pub(super) fn start_fn<F>(start: F) -> Arc<StartFn>
where
    F: for<'a> Fn(&'a Context<SupervisorProcess>, SpawnOptions, Extra) -> StartFuture<'a>
        + Send
        + Sync
        + 'static,
{
    Arc::new(start)
}

/// What a start without arguments says of those it is given: OTP would call a function of another arity.
pub(super) fn refuse_extra(extra: &Extra) -> Result<(), ExitReason> {
    if extra.is_empty() {
        Ok(())
    } else {
        Err(bad_arguments(&"the child takes none: make it a template"))
    }
}

fn bad_arguments(what: &dyn fmt::Display) -> ExitReason {
    ExitReason::from(Term::tuple([
        Term::atom("bad_arguments"),
        Term::from(what.to_string()),
    ]))
}

/// What `spawn` refused, as the exit reason OTP would show; `ignore` is no failure.
pub(super) fn started(spawned: Result<Pid, SpawnError>) -> Started {
    match spawned {
        Ok(pid) => Ok(Some(pid)),
        Err(SpawnError::Ignored) => Ok(None),
        Err(SpawnError::Init(reason)) => Err(reason),
        Err(SpawnError::NameTaken { holder, .. }) => Err(ExitReason::from(Term::tuple([
            Term::atom("already_started"),
            holder.into(),
        ]))),
        Err(other) => Err(ExitReason::from(Term::from(other.to_string()))),
    }
}

async fn start_actor<A: Behavior>(
    cx: Context<SupervisorProcess>,
    args: A::Args,
    options: SpawnOptions,
) -> Started {
    let spawned = cx.spawn_link_with::<A>(args, options).await;
    let pid = |handle: A::Handle| handle.pid().ok_or(SpawnError::Init(ExitReason::NoProc));
    started(spawned.and_then(pid))
}

fn of_actor<A: Behavior>(start: Arc<StartFn>) -> ChildSpec {
    let name = short_type_name::<A>();
    ChildSpec::new(A::OPTIONS.name.unwrap_or(name), name, start)
}

/// Makes child specifications of actors.
pub trait Spec: Behavior {
    /// A child specification: permanent, 5 seconds to stop, the actor's registered name as its id. `args` are given
    /// to `init` at each start.
    fn spec(args: Self::Args) -> ChildSpec
    where
        Self::Args: Clone + Sync,
    {
        of_actor::<Self>(start_fn(move |cx, options, extra| {
            let (args, cx) = (args.clone(), cx.clone());
            Box::pin(async move {
                refuse_extra(&extra)?;
                start_actor::<Self>(cx, args, options).await
            })
        }))
    }

    /// A specification of many children, each with arguments of its own: for [`Supervisor::simple_one_for_one`] and
    /// [`Supervisor::template`]. `make` makes the arguments of `init` from those of
    /// [`start_child`](crate::SupervisorRef::start_child): terms that come from Rust or from Erlang, read as a tuple (a
    /// single one also by itself), or a value of that type.
    ///
    /// Arguments of another shape are an error `{bad_arguments, Text}` of the one who starts the child.
    ///
    /// [`Supervisor::simple_one_for_one`]: crate::Supervisor::simple_one_for_one
    /// [`Supervisor::template`]: crate::Supervisor::template
    fn template<T, F>(make: F) -> ChildSpec
    where
        T: DecodeOwned + Send + 'static,
        F: Fn(T) -> Self::Args + Send + Sync + 'static,
    {
        of_actor::<Self>(start_fn(move |cx, options, extra| {
            let args = decoded::<T>(extra, cx).map(&make);
            let cx = cx.clone();
            Box::pin(async move { start_actor::<Self>(cx, args?, options).await })
        }))
    }

    /// As [`Spec::template`] for values that do not travel, such as a socket: given with [`ChildArgs::value`] or
    /// [`ChildArgs::once`].
    fn local_template<T, F>(make: F) -> ChildSpec
    where
        T: Send + 'static,
        F: Fn(T) -> Self::Args + Send + Sync + 'static,
    {
        of_actor::<Self>(start_fn(move |cx, options, extra| {
            let args = carried::<T>(extra).map(&make);
            let cx = cx.clone();
            Box::pin(async move { start_actor::<Self>(cx, args?, options).await })
        }))
    }
}

impl<A: Behavior> Spec for A {}

impl ChildSpec {
    /// A child that is a plain process. `body` makes it anew at each start.
    pub fn from_fn<F, Fut>(id: impl Into<ChildId>, body: F) -> ChildSpec
    where
        F: Fn(PlainContext) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        Fut::Output: IntoExit,
    {
        let body = Arc::new(body);
        let start = start_fn(move |cx, options, extra| {
            let body = body.clone();
            let spawned = refuse_extra(&extra)
                .and_then(|()| started(cx.spawn_fn_link_with(options, move |cx| body(cx))));
            Box::pin(std::future::ready(spawned))
        });
        ChildSpec::new(id, "plain", start)
    }
}

impl ChildSpec {
    /// Tells `note` of each process that the child becomes, before its supervisor goes on: for a behaviour that keeps
    /// track of its children.
    pub(crate) fn on_start(mut self, note: impl Fn(&Pid) + Send + Sync + 'static) -> Self {
        let (inner, note) = (self.start, Arc::new(note));
        self.start = start_fn(move |cx, options, extra| {
            let (starting, note) = (inner(cx, options, extra), note.clone());
            Box::pin(async move {
                let started = starting.await;
                if let Ok(Some(pid)) = &started {
                    note(pid);
                }
                started
            })
        });
        self
    }
}

fn decoded<T: DecodeOwned + Send + 'static>(
    extra: Extra,
    cx: &Context<SupervisorProcess>,
) -> Result<T, ExitReason> {
    let terms = match extra {
        Extra::Terms(terms) => terms,
        Extra::None => Encoded::new(&()).map_err(|error| bad_arguments(&error))?,
        value @ Extra::Value(_) => return carried(value),
    };
    let host = AsHost::host(cx);
    let as_tuple = terms.decode_with::<T>(&host);
    as_tuple.or_else(|error| {
        // One argument may be taken without the tuple around it.
        let alone = alone(&terms).and_then(|alone| alone.decode_with::<T>(&host).ok());
        alone.ok_or_else(|| bad_arguments(&error))
    })
}

fn alone(terms: &Encoded) -> Option<Encoded> {
    let mut decoder = terms.decoder();
    decoder.expect_tuple(1).ok()?;
    decoder.read_encoded().ok()
}

fn carried<T: Send + 'static>(extra: Extra) -> Result<T, ExitReason> {
    let value: Box<dyn Any + Send> = match extra {
        Extra::Value(value) => value,
        _ => Box::new(()),
    };
    match value.downcast::<T>() {
        Ok(value) => Ok(*value),
        Err(_) => {
            let expected = std::any::type_name::<T>();
            Err(bad_arguments(&format!(
                "a value of type {expected} is needed"
            )))
        }
    }
}
