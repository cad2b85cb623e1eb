//! Supervisor reports, in the shape of OTP's.

use std::fmt::Write as _;

use crate::behaviour::supervisor::child::{Child, Status};
use crate::behaviour::supervisor::{ChildSpec, ChildSpecInfo};
use crate::etf::{Atom, Pid, Term};
use crate::process::ExitReason;

/// A key and its value.
type Pair = (&'static str, Term);

/// Writes the reports of one supervisor: a `tracing` event each, with OTP's fields and, as its message, OTP's lines.
pub(super) struct Reporter {
    /// `{local, Name}`, or `{Pid, Module}` for one without a name.
    supervisor: Term,
}

impl Reporter {
    pub(super) fn new(name: Option<Atom>, pid: Pid) -> Self {
        let supervisor = match name {
            Some(name) => [Term::atom("local"), Term::Atom(name)],
            None => [Term::from(pid), Term::atom("Supervisor")],
        };
        Reporter {
            supervisor: Term::tuple(supervisor),
        }
    }

    /// SUPERVISOR REPORT: `child_terminated`, `start_error`, `shutdown_error` or `shutdown` happened to a child.
    pub(super) fn error(&self, context: &'static str, reason: &ExitReason, child: &Child) {
        let pid = ("pid", pid_of(&child.status));
        self.write(context, reason, &offender(pid, &child.spec));
    }

    /// The same of several children of a template.
    pub(super) fn many(
        &self,
        context: &'static str,
        reason: &ExitReason,
        spec: &ChildSpec,
        children: usize,
    ) {
        let children = ("nb_children", Term::from(children as u64));
        self.write(context, reason, &offender(children, spec));
    }

    fn write(&self, context: &'static str, reason: &ExitReason, offender: &[Pair]) {
        let reason = reason.to_term();
        tracing::error!(
            supervisor = %self.supervisor,
            errorContext = context,
            reason = %reason,
            offender = %as_list(offender),
            "SUPERVISOR REPORT\n    supervisor: {}\n    errorContext: {context}\n    reason: {reason}\n    offender: {}",
            self.supervisor,
            Lines(offender),
        );
    }

    /// PROGRESS REPORT: a child was started.
    pub(super) fn progress(&self, child: &Child) {
        if !tracing::enabled!(tracing::Level::DEBUG) {
            return;
        }
        let started = offender(("pid", pid_of(&child.status)), &child.spec);
        tracing::debug!(
            supervisor = %self.supervisor,
            started = %as_list(&started),
            "PROGRESS REPORT\n    supervisor: {}\n    started: {}",
            self.supervisor,
            Lines(&started),
        );
    }
}

fn pid_of(status: &Status) -> Term {
    let term = |pid: &Option<Pid>| pid.as_ref().map_or(Term::atom("undefined"), Term::from);
    match status {
        Status::Running(pid) => Term::from(pid),
        Status::Restarting(pid) => Term::tuple([Term::atom("restarting"), term(pid)]),
        Status::Stopped => Term::atom("undefined"),
    }
}

fn offender(first: Pair, spec: &ChildSpec) -> [Pair; 7] {
    [
        first,
        ("id", spec.id.clone()),
        ("mfargs", ChildSpecInfo::from(spec).start_function()),
        ("restart_type", Term::atom(spec.restart.as_str())),
        ("significant", Term::from(spec.significant)),
        ("shutdown", spec.shutdown.to_term()),
        ("child_type", Term::atom(spec.kind.as_str())),
    ]
}

fn as_list(pairs: &[Pair]) -> Term {
    let pair = |(key, value): &Pair| Term::tuple([Term::atom(key), value.clone()]);
    Term::list(pairs.iter().map(pair))
}

/// OTP's record of a child: `{child, Pid, Id, MFA, Restart, Significant, Shutdown, Type, Modules}`.
pub(super) fn record(spec: &ChildSpec) -> Term {
    Term::tuple([
        Term::atom("child"),
        Term::atom("undefined"),
        spec.id.clone(),
        ChildSpecInfo::from(spec).start_function(),
        Term::atom(spec.restart.as_str()),
        Term::from(spec.significant),
        spec.shutdown.to_term(),
        Term::atom(spec.kind.as_str()),
        Term::list([Term::Atom(spec.module.clone())]),
    ])
}

/// A list of pairs with one on each line, as OTP prints them.
struct Lines<'a>(&'a [Pair]);

impl std::fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (key, value)) in self.0.iter().enumerate() {
            let before = if index == 0 {
                "["
            } else {
                ",\n               "
            };
            write!(f, "{before}{{{key},{value}}}")?;
        }
        f.write_char(']')
    }
}
