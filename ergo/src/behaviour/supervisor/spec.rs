//! How one child is started, restarted and stopped.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::behaviour::supervisor::Backoff;
use crate::behaviour::supervisor::start::StartFn;
use crate::etf::{Atom, Pid, Term};
use crate::process::SpawnOptions;

/// When a child that has ended is started again.
///
/// Source: <https://www.erlang.org/doc/system/sup_princ.html#child-specification>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Restart {
    /// Always.
    #[default]
    Permanent,
    /// Only when it ended with another reason than `normal`, `shutdown` or `{shutdown, _}`.
    Transient,
    /// Never; its specification goes with it.
    Temporary,
}

impl Restart {
    /// OTP's word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Restart::Permanent => "permanent",
            Restart::Transient => "transient",
            Restart::Temporary => "temporary",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Restart> {
        let all = [Restart::Permanent, Restart::Transient, Restart::Temporary];
        all.into_iter().find(|restart| restart.as_str() == word)
    }
}

/// How a child is told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// Killed at once: OTP's `brutal_kill`.
    Kill,
    /// Asked with `shutdown`, and killed when it takes longer than this.
    Timeout(Duration),
    /// Asked with `shutdown`, and waited for however long it takes: right for a supervisor.
    Infinity,
}

impl Shutdown {
    /// OTP's term: `brutal_kill`, `infinity` or milliseconds.
    pub(super) fn to_term(self) -> Term {
        match self {
            Shutdown::Kill => Term::atom("brutal_kill"),
            Shutdown::Infinity => Term::atom("infinity"),
            Shutdown::Timeout(timeout) => {
                Term::from(u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX))
            }
        }
    }

    pub(super) fn parse(term: &Term) -> Option<Shutdown> {
        match term.as_atom() {
            Some("brutal_kill") => Some(Shutdown::Kill),
            Some("infinity") => Some(Shutdown::Infinity),
            _ => {
                let millis = u64::try_from(term.as_integer()?).ok()?;
                Some(Shutdown::Timeout(Duration::from_millis(millis)))
            }
        }
    }
}

/// What a child is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChildKind {
    /// Anything but a supervisor.
    #[default]
    Worker,
    /// A supervisor of its own.
    Supervisor,
}

impl ChildKind {
    /// OTP's word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            ChildKind::Worker => "worker",
            ChildKind::Supervisor => "supervisor",
        }
    }

    pub(super) fn parse(word: &str) -> Option<ChildKind> {
        let all = [ChildKind::Worker, ChildKind::Supervisor];
        all.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// The identity of a child at its supervisor: any term, an atom as a rule. Children of a `simple_one_for_one` supervisor
/// have none, and are named by their pid.
///
/// A text is an atom, or a binary when it is too long for one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChildId(pub(super) Term);

impl From<&str> for ChildId {
    fn from(text: &str) -> Self {
        ChildId(Atom::new(text).map_or_else(|_| Term::from(text), Term::Atom))
    }
}

impl From<&String> for ChildId {
    fn from(text: &String) -> Self {
        ChildId::from(text.as_str())
    }
}

impl From<String> for ChildId {
    fn from(text: String) -> Self {
        ChildId::from(text.as_str())
    }
}

impl From<Atom> for ChildId {
    fn from(atom: Atom) -> Self {
        ChildId(Term::Atom(atom))
    }
}

impl From<Term> for ChildId {
    fn from(term: Term) -> Self {
        ChildId(term)
    }
}

impl From<&Term> for ChildId {
    fn from(term: &Term) -> Self {
        ChildId(term.clone())
    }
}

impl From<Pid> for ChildId {
    fn from(pid: Pid) -> Self {
        ChildId(Term::from(pid))
    }
}

impl From<&Pid> for ChildId {
    fn from(pid: &Pid) -> Self {
        ChildId(Term::from(pid))
    }
}

/// How one child is started, restarted and stopped. Made by [`Spec::spec`](crate::Spec::spec),
/// [`Spec::template`](crate::Spec::template), [`ChildSpec::from_fn`] and [`Supervisor::spec`](crate::Supervisor::spec).
///
/// Source: <https://www.erlang.org/doc/system/sup_princ.html#child-specification>.
#[derive(Clone)]
pub struct ChildSpec {
    pub(super) id: Term,
    pub(super) start: Arc<StartFn>,
    pub(super) options: SpawnOptions,
    pub(super) restart: Restart,
    pub(super) significant: bool,
    pub(super) shutdown: Shutdown,
    pub(super) kind: ChildKind,
    pub(super) module: Atom,
    pub(super) backoff: Option<Backoff>,
}

impl fmt::Debug for ChildSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChildSpec")
            .field("id", &self.id)
            .field("restart", &self.restart)
            .field("significant", &self.significant)
            .field("shutdown", &self.shutdown)
            .field("kind", &self.kind)
            .field("backoff", &self.backoff)
            .finish_non_exhaustive()
    }
}

impl ChildSpec {
    pub(super) fn new(id: impl Into<ChildId>, module: &str, start: Arc<StartFn>) -> Self {
        ChildSpec {
            id: id.into().0,
            start,
            options: SpawnOptions::default(),
            restart: Restart::default(),
            significant: false,
            shutdown: Shutdown::Timeout(Duration::from_secs(5)),
            kind: ChildKind::default(),
            module: Atom::new(module).unwrap_or_else(|_| Atom::from_static("dynamic")),
            backoff: None,
        }
    }

    /// Its identity at its supervisor: the registered name of the actor, or its type, unless set.
    pub fn id(mut self, id: impl Into<ChildId>) -> Self {
        self.id = id.into().0;
        self
    }

    /// Registers it under `name`, instead of the actor's own name if it has one.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options = self.options.name(name);
        self
    }

    /// How it is spawned: its environment, the bound of its mailbox and so on. A name that was given before stays, if these
    /// have none.
    pub fn options(mut self, mut options: SpawnOptions) -> Self {
        options.name = options.name.or(self.options.name);
        self.options = options;
        self
    }

    /// Always restarted. The default.
    pub fn permanent(mut self) -> Self {
        self.restart = Restart::Permanent;
        self
    }

    /// Restarted after a crash.
    pub fn transient(mut self) -> Self {
        self.restart = Restart::Transient;
        self
    }

    /// Never restarted.
    pub fn temporary(mut self) -> Self {
        self.restart = Restart::Temporary;
        self
    }

    /// Its end may end the supervisor: see [`AutoShutdown`](super::AutoShutdown). A permanent child cannot be
    /// significant, as it never ends for good.
    ///
    /// Source: <https://www.erlang.org/doc/system/sup_princ.html#automatic-shutdown>.
    pub fn significant(mut self) -> Self {
        self.significant = true;
        self
    }

    /// How long it has to stop before it is killed: 5 seconds unless set.
    pub fn shutdown(mut self, timeout: Duration) -> Self {
        self.shutdown = Shutdown::Timeout(timeout);
        self
    }

    /// It is killed to stop it.
    pub fn brutal_kill(mut self) -> Self {
        self.shutdown = Shutdown::Kill;
        self
    }

    /// It is waited for however long it takes to stop.
    pub fn shutdown_infinity(mut self) -> Self {
        self.shutdown = Shutdown::Infinity;
        self
    }

    /// It waits before each restart.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = Some(backoff);
        self
    }

    /// The identity.
    pub fn child_id(&self) -> &Term {
        &self.id
    }
}
