//! System messages to others.

use crate::etf::Term;
use crate::process::host::{AsHost, HostRef};
use crate::process::{CallError, Destination, ExitReason, call};

/// Why a system message has no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SysError {
    /// It was not answered.
    #[error("the system message was not answered")]
    Call(#[from] CallError),
    /// The process answered `{error, Reason}`: it has no form of its state, or does not know the request.
    #[error("the process refused the system message: {0}")]
    Refused(Term),
}

/// `sys:get_state/1`: the state of a behaviour; of one in Rust, what its `Snapshot` gives.
///
/// ```
/// use ergo::prelude::*;
/// use ergo::{Snapshot, sys};
///
/// #[derive(Actor)]
/// #[actor(snapshot)]
/// struct Counter {
///     value: i64,
/// }
///
/// impl Snapshot for Counter {
///     fn snapshot(&self) -> Term {
///         Term::from(self.value)
///     }
/// }
///
/// #[ergo::server]
/// impl Counter {
///     fn init(value: i64) -> Result<Self, ExitReason> {
///         Ok(Counter { value })
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// let node = Node::builder("sys@127.0.0.1").local_only().start().await?;
/// let counter = node.spawn::<Counter>(42).await?;
/// assert_eq!(sys::get_state(&node, &counter).await.unwrap(), Term::from(42));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// It does not answer within 5 seconds, or has no form of its state.
pub async fn get_state(node: &impl AsHost, of: impl Into<Destination>) -> Result<Term, SysError> {
    let request = Term::atom("get_state");
    state(ask(&node.host(), of.into(), request).await?)
}

/// `sys:replace_state`: puts another state in, which `Snapshot::restore` of the process reads. Gives the new state.
///
/// A fun, which is what `sys:replace_state/2` of Erlang sends, cannot travel from here: this sends `{replace_state,
/// {state, New}}`, which only processes in Rust understand. From an Erlang shell it is `sys:replace_state(Name, {state,
/// New})`.
///
/// # Errors
/// It does not answer within 5 seconds, or cannot take this state.
pub async fn replace_state(
    node: &impl AsHost,
    of: impl Into<Destination>,
    new: Term,
) -> Result<Term, SysError> {
    let new = Term::tuple([Term::atom("state"), new]);
    let request = Term::tuple([Term::atom("replace_state"), new]);
    state(ask(&node.host(), of.into(), request).await?)
}

/// `sys:get_status/1`: `{status, Pid, {module, Module}, [Dictionary, SysState, Parent, Debug, Misc]}`.
///
/// # Errors
/// It does not answer within 5 seconds.
pub async fn get_status(node: &impl AsHost, of: impl Into<Destination>) -> Result<Term, SysError> {
    let request = Term::atom("get_status");
    checked(ask(&node.host(), of.into(), request).await?)
}

/// `sys:suspend/1`: from now on the process handles system messages and its parent's exit only; everything else waits,
/// in order.
///
/// # Errors
/// It does not answer within 5 seconds.
pub async fn suspend(node: &impl AsHost, process: impl Into<Destination>) -> Result<(), SysError> {
    done(ask(&node.host(), process.into(), Term::atom("suspend")).await?)
}

/// `sys:resume/1`: the process goes on with what has waited.
///
/// # Errors
/// It does not answer within 5 seconds.
pub async fn resume(node: &impl AsHost, process: impl Into<Destination>) -> Result<(), SysError> {
    done(ask(&node.host(), process.into(), Term::atom("resume")).await?)
}

/// `sys:terminate/2`: the process ends with this reason, after its `terminate`. Returns when it has taken note.
///
/// # Errors
/// It does not answer within 5 seconds.
pub async fn terminate(
    node: &impl AsHost,
    process: impl Into<Destination>,
    reason: ExitReason,
) -> Result<(), SysError> {
    let request = Term::tuple([Term::atom("terminate"), reason.to_term()]);
    done(ask(&node.host(), process.into(), request).await?)
}

/// `sys:statistics/2` with a flag: starts to count messages, or stops to.
///
/// # Errors
/// It does not answer within 5 seconds.
pub async fn statistics(
    node: &impl AsHost,
    process: impl Into<Destination>,
    on: bool,
) -> Result<(), SysError> {
    debug(node, process, "statistics", Term::from(on)).await
}

/// `sys:statistics(Process, get)`: the list of what was counted, or `no_statistics`. Times are UTC; `reductions` of a
/// process in Rust are its callbacks, and `messages_out` the calls among its messages.
///
/// # Errors
/// It does not answer within 5 seconds.
pub async fn statistics_of(
    node: &impl AsHost,
    process: impl Into<Destination>,
) -> Result<Term, SysError> {
    debug_get(node, process, "statistics").await
}

/// `sys:log/2` with a flag: keeps the last `events` events, 10 unless said otherwise in OTP; 0 ends it.
///
/// # Errors
/// It does not answer within 5 seconds.
pub async fn log(
    node: &impl AsHost,
    process: impl Into<Destination>,
    events: usize,
) -> Result<(), SysError> {
    let flag = match events {
        0 => Term::from(false),
        events => Term::tuple([Term::from(true), Term::from(events as u64)]),
    };
    debug(node, process, "log", flag).await
}

/// `sys:log(Process, get)`: the events kept, oldest first.
///
/// # Errors
/// It does not answer within 5 seconds.
pub async fn log_events(
    node: &impl AsHost,
    process: impl Into<Destination>,
) -> Result<Term, SysError> {
    debug_get(node, process, "log").await
}

/// `sys:trace/2`: prints each event; a process in Rust emits them with `tracing`, target `ergo::sys`, level info.
///
/// # Errors
/// It does not answer within 5 seconds.
pub async fn trace(
    node: &impl AsHost,
    process: impl Into<Destination>,
    on: bool,
) -> Result<(), SysError> {
    debug(node, process, "trace", Term::from(on)).await
}

/// `sys:no_debug/1`: ends statistics, log and trace.
///
/// # Errors
/// It does not answer within 5 seconds.
pub async fn no_debug(node: &impl AsHost, process: impl Into<Destination>) -> Result<(), SysError> {
    let request = Term::tuple([Term::atom("debug"), Term::atom("no_debug")]);
    done(ask(&node.host(), process.into(), request).await?)
}

async fn debug(
    node: &impl AsHost,
    process: impl Into<Destination>,
    what: &'static str,
    flag: Term,
) -> Result<(), SysError> {
    done(ask(&node.host(), process.into(), debug_request(what, flag)).await?)
}

async fn debug_get(
    node: &impl AsHost,
    process: impl Into<Destination>,
    what: &'static str,
) -> Result<Term, SysError> {
    let request = debug_request(what, Term::atom("get"));
    let answer = ask(&node.host(), process.into(), request).await?;
    match answer.as_tuple() {
        Some([ok, value]) if ok.as_atom() == Some("ok") => Ok(value.clone()),
        _ => Err(SysError::Refused(answer)),
    }
}

fn debug_request(what: &'static str, flag: Term) -> Term {
    Term::tuple([Term::atom("debug"), Term::tuple([Term::atom(what), flag])])
}

async fn ask(host: &HostRef, to: Destination, request: Term) -> Result<Term, SysError> {
    Ok(call::system(host, &to, &request).await?)
}

/// `{error, Reason}` is no value.
fn checked(answer: Term) -> Result<Term, SysError> {
    match answer.as_tuple() {
        Some([tag, reason]) if tag.as_atom() == Some("error") => {
            Err(SysError::Refused(reason.clone()))
        }
        _ => Ok(answer),
    }
}

/// A state comes as `{ok, State}`, or bare from OTP before 26.1.
fn state(answer: Term) -> Result<Term, SysError> {
    let state = checked(answer)?;
    match state.as_tuple() {
        Some([tag, state]) if tag.as_atom() == Some("ok") => Ok(state.clone()),
        _ => Ok(state),
    }
}

fn done(answer: Term) -> Result<(), SysError> {
    match checked(answer)? {
        ok if ok.as_atom() == Some("ok") => Ok(()),
        other => Err(SysError::Refused(other)),
    }
}
