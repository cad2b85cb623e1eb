//! What a process hears of the end of others.

use crate::etf::{Pid, Reference, Term};
use crate::process::{Destination, ExitReason};

/// A monitored process has ended, or could not be monitored: `{'DOWN', Reference, process, Object, Reason}`.
///
/// Exactly one arrives for each monitor, and none after `demonitor` with flush.
///
/// Source: <https://www.erlang.org/doc/apps/erts/erlang.html#monitor/2>.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Down {
    /// What `monitor` returned.
    pub reference: Reference,
    /// What was monitored: the pid, or the name and node where a name was monitored.
    pub object: Destination,
    /// Why it ended; [`ExitReason::NoProc`] when there was no such process, [`ExitReason::NoConnection`] when its
    /// node could not be reached or was lost.
    pub reason: ExitReason,
    /// What `monitor_with` said is to come in the place of the atom `'DOWN'`.
    pub tag: Option<Term>,
}

/// An exit signal as a process that traps exits sees it: `{'EXIT', From, Reason}`.
///
/// Source: <https://www.erlang.org/doc/system/ref_man_processes.html#receiving-exit-signals>.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Exit {
    /// The process that ended, or that sent the signal.
    pub from: Pid,
    /// Its reason.
    pub reason: ExitReason,
}

impl Down {
    /// `{'DOWN', Reference, process, Object, Reason}`, with the tag in the place of `'DOWN'` if the monitor has one.
    pub fn to_term(&self) -> Term {
        Term::tuple([
            self.tag.clone().unwrap_or_else(|| Term::atom("DOWN")),
            Term::from(&self.reference),
            Term::atom("process"),
            self.object.to_term(),
            self.reason.to_term(),
        ])
    }
}

impl Exit {
    /// `{'EXIT', From, Reason}`.
    pub fn to_term(&self) -> Term {
        Term::tuple([
            Term::atom("EXIT"),
            Term::from(&self.from),
            self.reason.to_term(),
        ])
    }
}
