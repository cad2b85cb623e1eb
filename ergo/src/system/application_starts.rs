//! The applications of a node, as other nodes start them: `ergo:start_application/1,2`, and what OTP has for it.

use crate::behaviour::application::{ApplicationError, StartAs, StartType};
use crate::etf::{Atom, Encoded, Term};
use crate::node::Node;
use crate::process::{ExitReason, PlainContext};
use crate::remote::{ApplicationAsked, Exception, FunctionArgs, NO_APP_FILE};

/// Registers the functions. Each looks at who may start the application: they are open to all nodes themselves.
pub(super) async fn register(node: &Node) {
    let started = async |cx, (name,): (Term,)| answer(start(&cx, &name, DEFAULT).await);
    open(node, "ergo", "start_application", started).await;
    open(node, "application", "start", started).await;
    let started =
        async |cx, (name, how): (Term, Encoded)| answer(start_with(&cx, &name, &how).await);
    open(node, "ergo", "start_application", started).await;
    let started = async |cx, (name, mode): (Term, Term)| answer(start_as(&cx, &name, &mode).await);
    open(node, "application", "start", started).await;
    let started = async |cx, (names,): (Term,)| all_answer(ensure(&cx, &names, DEFAULT).await);
    open(node, "application", "ensure_all_started", started).await;
    let started =
        async |cx, (names, mode): (Term, Term)| all_answer(ensure_as(&cx, &names, &mode).await);
    open(node, "application", "ensure_all_started", started).await;
}

/// The type of a start that says none.
const DEFAULT: StartType = StartType::Temporary;

async fn open<A, F, Fut>(node: &Node, module: &str, function: &str, handler: F)
where
    A: FunctionArgs,
    F: Fn(PlainContext, A) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Term, Exception>> + Send + 'static,
{
    let opened = node.register_rpc(module, function, handler).await;
    opened.unwrap_or_else(|_| unreachable!("the names are short, and there is no list"));
}

/// `ok`, or `{error, Reason}`.
fn answer(started: Result<(), Term>) -> Result<Term, Exception> {
    Ok(match started {
        Ok(()) => Term::atom("ok"),
        Err(reason) => Term::tuple([Term::atom("error"), reason]),
    })
}

/// `{ok, Started}`, or `{error, {Name, Reason}}`.
fn all_answer(started: Result<Vec<Atom>, Term>) -> Result<Term, Exception> {
    Ok(match started {
        Ok(started) => {
            let names = started.into_iter().map(Term::Atom);
            Term::tuple([Term::atom("ok"), Term::list(names)])
        }
        Err(reason) => Term::tuple([Term::atom("error"), reason]),
    })
}

async fn start(cx: &PlainContext, name: &Term, how: impl Into<StartAs>) -> Result<(), Term> {
    let name = permitted(cx, name)?;
    let node = cx.node();
    let started = node.start_loaded(name.as_str().to_owned(), how.into());
    started.await.map(drop).map_err(|error| reason(&error))
}

async fn start_with(cx: &PlainContext, name: &Term, options: &Encoded) -> Result<(), Term> {
    let asked = ApplicationAsked::read(options, cx.caller());
    let asked = asked.ok_or_else(|| Term::atom("badopt"))?;
    start(cx, name, asked.start_as()).await
}

async fn start_as(cx: &PlainContext, name: &Term, mode: &Term) -> Result<(), Term> {
    start(cx, name, start_type(mode)?).await
}

async fn ensure_as(cx: &PlainContext, names: &Term, mode: &Term) -> Result<Vec<Atom>, Term> {
    ensure(cx, names, start_type(mode)?).await
}

/// All of them, and all that they depend on, have to be open to whoever asks.
async fn ensure(cx: &PlainContext, names: &Term, start_type: StartType) -> Result<Vec<Atom>, Term> {
    let names = match names.as_list() {
        Some(names) => names.to_vec(),
        None => vec![names.clone()],
    };
    let mut wanted = Vec::new();
    for name in &names {
        let permitted = permitted(cx, name);
        let permitted = permitted.map_err(|reason| Term::tuple([name.clone(), reason]))?;
        wanted.push(permitted.as_str().to_owned());
    }
    let node = cx.node();
    let failed = |error: ApplicationError| {
        let (name, reason) = named(&error);
        Term::tuple([name, reason])
    };
    let plan = node.plan_start(wanted).await.map_err(failed)?;
    for name in &plan {
        let name = Term::Atom(name.clone());
        let permitted = permitted(cx, &name).map(drop);
        permitted.map_err(|reason| Term::tuple([name, reason]))?;
    }
    node.start_planned(plan, start_type).await.map_err(failed)
}

/// The name of an application that whoever asks may start.
fn permitted(cx: &PlainContext, name: &Term) -> Result<Atom, Term> {
    let Term::Atom(name) = name else {
        return Err(Term::tuple([Term::atom("bad_application"), name.clone()]));
    };
    let node = cx.node();
    let checked = node
        .application_starts()
        .check(node.name(), cx.caller(), name);
    match checked {
        Ok(()) => Ok(name.clone()),
        Err(refused) => {
            let caller = cx.caller().map(Atom::as_str);
            tracing::warn!(application = %name, caller, ?refused, "refused to start an application for another node");
            Err(Term::atom(refused.word()))
        }
    }
}

fn start_type(mode: &Term) -> Result<StartType, Term> {
    match mode.as_atom() {
        Some("permanent") => Ok(StartType::Permanent),
        Some("transient") => Ok(StartType::Transient),
        Some("temporary") => Ok(StartType::Temporary),
        _ => Err(Term::tuple([
            Term::atom("invalid_restart_type"),
            mode.clone(),
        ])),
    }
}

/// The reason of `{error, Reason}`, as `application:start/2` has it.
fn reason(error: &ApplicationError) -> Term {
    let pair =
        |word: &'static str, name: &Atom| Term::tuple([Term::atom(word), Term::Atom(name.clone())]);
    match error {
        ApplicationError::NotLoaded(name) => no_app_file(name.as_str()),
        ApplicationError::AlreadyStarted(name) => pair("already_started", name),
        ApplicationError::DependencyNotStarted { dependency, .. } => {
            pair("not_started", dependency)
        }
        ApplicationError::UnknownDependency { dependency, .. } => match Atom::new(dependency) {
            Ok(dependency) => pair("not_started", &dependency),
            Err(_) => no_app_file(dependency),
        },
        ApplicationError::DependencyCycle(circle) => {
            let circle = circle.iter().cloned().map(Term::Atom);
            Term::tuple([Term::atom("dependency_cycle"), Term::list(circle)])
        }
        ApplicationError::Start {
            application,
            reason,
        } => not_started(application, reason),
        ApplicationError::Stopping => Term::atom("terminating"),
        other => Term::from(other.to_string()),
    }
}

/// As OTP says it of the start function of a module that is called as the application is.
fn not_started(application: &Atom, reason: &ExitReason) -> Term {
    let start = Term::tuple([
        Term::Atom(application.clone()),
        Term::atom("start"),
        Term::list([Term::atom("normal"), Term::list([])]),
    ]);
    match reason {
        ExitReason::Panic(_) => {
            let exit = Term::tuple([Term::atom("EXIT"), reason.to_term()]);
            Term::tuple([Term::atom("bad_return"), Term::tuple([start, exit])])
        }
        reason => Term::tuple([reason.to_term(), start]),
    }
}

/// `{"no such file or directory", "shop.app"}`.
fn no_app_file(name: &str) -> Term {
    let file = Term::charlist(&format!("{name}.app"));
    Term::tuple([Term::charlist(NO_APP_FILE), file])
}

/// Which application it is about, and the reason.
fn named(error: &ApplicationError) -> (Term, Term) {
    let name = match error {
        ApplicationError::UnknownDependency { dependency, .. } => {
            let name = Atom::new(dependency).map_or(Term::from(&**dependency), Term::Atom);
            return (name, no_app_file(dependency));
        }
        ApplicationError::DependencyCycle(circle) => circle.first(),
        ApplicationError::DependencyNotStarted { application, .. }
        | ApplicationError::Start { application, .. }
        | ApplicationError::NotLoaded(application)
        | ApplicationError::AlreadyStarted(application) => Some(application),
        _ => None,
    };
    let name = name.map_or(Term::atom("undefined"), |name| Term::Atom(name.clone()));
    (name, reason(error))
}
