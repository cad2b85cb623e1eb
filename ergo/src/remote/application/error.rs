//! Why an application was not started on another node.

use std::time::Duration;

use crate::etf::{Atom, Term};
use crate::node::ConnectError;
use crate::process::{EnvError, ExitReason};
use crate::remote::application::NO_APP_FILE;

/// Why an application was not started on another node, by cause.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteApplicationError {
    /// `unknown_name`: nobody may start it from elsewhere. It may not even exist there.
    #[error("{node} lets no other node start the application {name}")]
    NotEnabled {
        /// The node that was asked.
        node: Atom,
        /// The application.
        name: Atom,
    },
    /// `not_allowed`: others may start it, this node may not.
    #[error("{node} does not let this node start the application {name}")]
    NotAllowed {
        /// The node that was asked.
        node: Atom,
        /// The application.
        name: Atom,
    },
    /// It is not loaded there.
    #[error("{node} has no application {name}")]
    UnknownApplication {
        /// The node that was asked.
        node: Atom,
        /// The application.
        name: Atom,
    },
    /// `{already_started, Name}`: it runs.
    #[error("the application {name} is already started on {node}")]
    AlreadyStarted {
        /// The node that was asked.
        node: Atom,
        /// The application.
        name: Atom,
    },
    /// `{not_started, Dependency}`: one that it depends on does not run there.
    #[error("the application {name} of {node} depends on {dependency}, which is not started")]
    DependencyNotStarted {
        /// The node that was asked.
        node: Atom,
        /// The application.
        name: Atom,
        /// What it depends on.
        dependency: Atom,
    },
    /// It did not start: its start function, its top supervisor or a start phase refused. Nothing of it is left there.
    #[error("the application {name} of {node} did not start: {reason}")]
    Start {
        /// The node that was asked.
        node: Atom,
        /// The application.
        name: Atom,
        /// Why.
        reason: ExitReason,
    },
    /// There is no connection, or it was lost while the answer was waited for: then the application may run.
    #[error("no connection to {node}")]
    NoConnection {
        /// The node that was asked.
        node: Atom,
        /// Why there is none, if that is known.
        #[source]
        cause: Option<Box<ConnectError>>,
    },
    /// No answer in time. The start goes on there, and the application may run later.
    #[error("no answer of {node} within {after:?}")]
    Timeout {
        /// The node that was asked.
        node: Atom,
        /// How long it was waited for.
        after: Duration,
    },
    /// A value of the environment cannot be sent: nothing was.
    #[error(transparent)]
    Env(#[from] EnvError),
    /// The name is longer than the 255 characters of an atom.
    #[error("{0:?} is not a name an application can have")]
    BadName(String),
    /// The node refused for another reason.
    #[error("{node} refused: {reason}")]
    Refused {
        /// The node that was asked.
        node: Atom,
        /// In its words.
        reason: Term,
    },
}

impl RemoteApplicationError {
    /// What the `Reason` of `{error, Reason}` says, in the words of ergo and of OTP.
    pub(super) fn of_reason(node: &Atom, name: &Atom, reason: Term) -> RemoteApplicationError {
        let (node, name) = (node.clone(), name.clone());
        match (reason.as_atom(), reason.as_tuple()) {
            (Some("unknown_name"), _) => RemoteApplicationError::NotEnabled { node, name },
            (Some("not_allowed"), _) => RemoteApplicationError::NotAllowed { node, name },
            (_, Some([what, of])) => match (what.as_atom(), of) {
                (Some("already_started"), _) => {
                    RemoteApplicationError::AlreadyStarted { node, name }
                }
                (Some("not_started"), Term::Atom(dependency)) => {
                    let dependency = dependency.clone();
                    RemoteApplicationError::DependencyNotStarted {
                        node,
                        name,
                        dependency,
                    }
                }
                _ if *what == Term::charlist(NO_APP_FILE) => {
                    RemoteApplicationError::UnknownApplication { node, name }
                }
                _ => match start_failure(what, of) {
                    Some(reason) => RemoteApplicationError::Start { node, name, reason },
                    None => RemoteApplicationError::Refused { node, reason },
                },
            },
            _ => RemoteApplicationError::Refused { node, reason },
        }
    }
}

/// The reason in `{Reason, {Module, start, Args}}` and in `{bad_return, {{Module, start, Args}, {'EXIT', Reason}}}`;
/// anything else that a start function has returned is `{bad_return, Value}`.
fn start_failure(what: &Term, of: &Term) -> Option<ExitReason> {
    if is_start(of) {
        return Some(ExitReason::from(what.clone()));
    }
    let [start, value] = of.as_tuple()? else {
        return None;
    };
    if what.as_atom() != Some("bad_return") || !is_start(start) {
        return None;
    }
    Some(match value.as_tuple() {
        Some([exit, reason]) if exit.as_atom() == Some("EXIT") => ExitReason::from(reason.clone()),
        _ => ExitReason::from(Term::tuple([what.clone(), value.clone()])),
    })
}

/// `{Module, start, [Type, Args]}`.
fn is_start(term: &Term) -> bool {
    matches!(term.as_tuple(), Some([_, start, _]) if start.as_atom() == Some("start"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reason: &str, text: &str) {
        let (node, name) = (Atom::from_static("b@h"), Atom::from_static("shop"));
        let reason = reason.parse().unwrap();
        let error = RemoteApplicationError::of_reason(&node, &name, reason);
        assert_eq!(error.to_string(), text);
    }

    /// The terms are those that OTP 25 gives.
    #[test]
    fn each_reason_is_told_apart() {
        check(
            "unknown_name",
            "b@h lets no other node start the application shop",
        );
        check(
            "not_allowed",
            "b@h does not let this node start the application shop",
        );
        check(
            "{already_started,shop}",
            "the application shop is already started on b@h",
        );
        check(
            "{not_started,db}",
            "the application shop of b@h depends on db, which is not started",
        );
        check(
            "{\"no such file or directory\",\"shop.app\"}",
            "b@h has no application shop",
        );
        check(
            "{nope,{a,start,[normal,err]}}",
            "the application shop of b@h did not start: nope",
        );
        check(
            "{bad_return,{{a,start,[normal,bad]},weird}}",
            "the application shop of b@h did not start: {bad_return,weird}",
        );
        check(
            "{bad_return,{{a,start,[normal,x]},{'EXIT',{boom,[]}}}}",
            "the application shop of b@h did not start: {boom,[]}",
        );
        check(
            "{invalid_restart_type,x}",
            "b@h refused: {invalid_restart_type,x}",
        );
        check("terminating", "b@h refused: terminating");
    }
}
