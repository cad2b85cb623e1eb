//! What can go wrong with applications, by cause.

use crate::behaviour::application::StartType;
use crate::etf::Atom;
use crate::process::ExitReason;

/// Why an application was not loaded, started or stopped. What was to be started has left nothing behind.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplicationError {
    /// The name given is not one an application can have: empty, longer than 255 characters, or `undefined`.
    #[error("{0:?} is not a name an application can have")]
    BadName(String),
    /// `already_loaded`: an application of this name is loaded.
    #[error("the application {0} is already loaded")]
    AlreadyLoaded(Atom),
    /// No application of this name is loaded.
    #[error("the application {0} is not loaded")]
    NotLoaded(Atom),
    /// `already_started`: it runs.
    #[error("the application {0} is already started")]
    AlreadyStarted(Atom),
    /// `{not_started, Name}`: it does not run.
    #[error("the application {0} is not started")]
    NotStarted(Atom),
    /// `{running, Name}`: it runs, and has to be stopped first.
    #[error("the application {0} is running")]
    Running(Atom),
    /// An application that it depends on is not loaded.
    #[error("the application {application} depends on {dependency}, which is not loaded")]
    UnknownDependency {
        /// The application.
        application: Atom,
        /// What it depends on.
        dependency: String,
    },
    /// An application that it depends on does not run; `ensure_all_started` starts it.
    #[error("the application {application} depends on {dependency}, which is not started")]
    DependencyNotStarted {
        /// The application.
        application: Atom,
        /// What it depends on.
        dependency: Atom,
    },
    /// Applications depend on each other in a circle, so that none can be the first.
    #[error("applications depend on each other: {}", path(.0))]
    DependencyCycle(
        /// The circle: each depends on the next, the last is the first again.
        Vec<Atom>,
    ),
    /// It did not start, or not completely: its start function, its top supervisor or a start phase refused.
    #[error("the application {application} did not start: {reason}")]
    Start {
        /// The application.
        application: Atom,
        /// Why; in the shape of OTP when it came from a supervisor.
        reason: ExitReason,
    },
    /// The node is stopping.
    #[error("the node is stopping")]
    Stopping,
}

fn path(names: &[Atom]) -> String {
    let names: Vec<&str> = names.iter().map(Atom::as_str).collect();
    names.join(" -> ")
}

/// An application has taken its node down.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplicationTerminated {
    /// `{application_terminated, Name, Reason}`: it ended by itself.
    #[error("application_terminated: the {start_type} application {application} ended: {reason}")]
    Ended {
        /// The application.
        application: Atom,
        /// The type it was started with.
        start_type: StartType,
        /// Why it ended.
        reason: ExitReason,
    },
    /// `{application_start_failure, Name, Reason}`: it did not start.
    #[error(
        "application_start_failure: the {start_type} application {application} did not start: {reason}"
    )]
    NotStarted {
        /// The application.
        application: Atom,
        /// The type it was to be started with.
        start_type: StartType,
        /// Why it did not start.
        reason: ExitReason,
    },
    /// The process that controls the applications has ended.
    #[error("the application controller ended: {0}")]
    Controller(ExitReason),
    /// The supervisor of the processes that every node has, `kernel_sup`, has ended: stopped by somebody, or they failed
    /// more often than it allows.
    #[error("kernel_sup ended: {0}")]
    Kernel(ExitReason),
}
