//! What a supervisor is told: its strategy, its limits and its children.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::behaviour::supervisor::start::{refuse_extra, start_fn, started};
use crate::behaviour::supervisor::{
    ChildId, ChildKind, ChildSpec, Restart, Shutdown, SupervisorProcess, SupervisorRef,
};
use crate::etf::{Atom, Term};
use crate::process::host::AsHost;
use crate::process::{Behavior, Context, ExitReason, Handle, SpawnError, SpawnOptions};

/// Which children are started again when one has ended.
///
/// Source: <https://www.erlang.org/doc/system/sup_princ.html#restart-strategy>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strategy {
    /// That child alone.
    #[default]
    OneForOne,
    /// All of them: the others are stopped before.
    OneForAll,
    /// That child and those after it in the order of start, which are stopped before.
    RestForOne,
    /// That child alone; all children are of one template and are started with `start_child`.
    SimpleOneForOne,
}

impl Strategy {
    /// OTP's word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Strategy::OneForOne => "one_for_one",
            Strategy::OneForAll => "one_for_all",
            Strategy::RestForOne => "rest_for_one",
            Strategy::SimpleOneForOne => "simple_one_for_one",
        }
    }
}

/// What the end of significant children does to the supervisor: a child that ends and is not started again.
///
/// Source: <https://www.erlang.org/doc/system/sup_princ.html#automatic-shutdown>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutoShutdown {
    /// Nothing; no child may be significant.
    #[default]
    Never,
    /// The first one to end stops the supervisor, with reason `shutdown`.
    AnySignificant,
    /// The last one to end stops the supervisor, with reason `shutdown`.
    AllSignificant,
}

impl AutoShutdown {
    /// OTP's word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            AutoShutdown::Never => "never",
            AutoShutdown::AnySignificant => "any_significant",
            AutoShutdown::AllSignificant => "all_significant",
        }
    }

    /// What OTP says of a child that this does not allow.
    pub(super) fn check(self, significant: bool, restart: Restart) -> Result<(), Term> {
        if significant && self == AutoShutdown::Never {
            return Err(bad_combination(
                ("auto_shutdown", "never"),
                ("significant", "true"),
            ));
        }
        if significant && restart == Restart::Permanent {
            return Err(bad_combination(
                ("restart", "permanent"),
                ("significant", "true"),
            ));
        }
        Ok(())
    }
}

/// A key and its value.
type Words = (&'static str, &'static str);

/// `{bad_combination, [{Key, Value}, {Key, Value}]}`.
fn bad_combination(one: Words, other: Words) -> Term {
    let pair = |(key, value): Words| Term::tuple([Term::atom(key), Term::atom(value)]);
    tagged("bad_combination", Term::list([pair(one), pair(other)]))
}

fn tagged(tag: &'static str, term: Term) -> Term {
    Term::tuple([Term::atom(tag), term])
}

/// A supervisor to be started: strategy, intensity and children.
///
/// The children are started in the order given and stopped in the reverse order. One that ends is started again by
/// its [`Restart`]; more than the allowed number of restarts within the period stop the supervisor, with reason
/// `shutdown`, and so its children. A restart whose start fails counts, too, and is tried again.
///
/// ```
/// use ergo::prelude::*;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> ergo::Result {
/// # let node = Node::builder("doc_supervisor@127.0.0.1").local_only().start().await?;
/// let supervisor = Supervisor::rest_for_one()
///     .intensity(3, secs(10))
///     .child(ChildSpec::from_fn("first", async |mut cx| drop(cx.receive().await)))
///     .child(ChildSpec::from_fn("second", async |mut cx| drop(cx.receive().await)))
///     .start(&node)
///     .await?;
/// assert_eq!(supervisor.count_children().await?.active, 2);
/// supervisor.stop().await;
/// # Ok(())
/// # }
/// ```
///
/// Source: <https://www.erlang.org/doc/system/sup_princ.html>.
#[derive(Debug, Clone)]
#[must_use = "a supervisor does nothing until it is started"]
pub struct Supervisor {
    pub(super) name: Option<String>,
    pub(super) strategy: Strategy,
    pub(super) auto_shutdown: AutoShutdown,
    pub(super) restarts_max: usize,
    pub(super) period: Duration,
    pub(super) children: Vec<ChildSpec>,
    pub(super) templates: BTreeMap<String, ChildSpec>,
}

impl Supervisor {
    fn new(strategy: Strategy) -> Supervisor {
        Supervisor {
            name: None,
            strategy,
            auto_shutdown: AutoShutdown::default(),
            restarts_max: 1,
            period: Duration::from_secs(5),
            children: Vec::new(),
            templates: BTreeMap::new(),
        }
    }

    /// One for one: only the child that ended is started again.
    pub fn one_for_one() -> Supervisor {
        Supervisor::new(Strategy::OneForOne)
    }

    /// One for all: when one child has ended the others are stopped, and all are started again.
    pub fn one_for_all() -> Supervisor {
        Supervisor::new(Strategy::OneForAll)
    }

    /// Rest for one: when a child has ended those after it are stopped, and it and they are started again.
    pub fn rest_for_one() -> Supervisor {
        Supervisor::new(Strategy::RestForOne)
    }

    /// Simple one for one: any number of children of one template, none at the start; each is started with
    /// [`SupervisorRef::start_child`] and arguments of its own, and known by its pid. They are stopped all at once, and
    /// share the time to do it.
    ///
    /// ```
    /// use ergo::prelude::*;
    ///
    /// #[derive(Actor)]
    /// struct Session(String);
    ///
    /// #[ergo::server]
    /// impl Session {
    ///     fn init(user: String) -> Result<Self, ExitReason> {
    ///         Ok(Session(user))
    ///     }
    ///
    ///     #[call]
    ///     fn user(&self) -> String {
    ///         self.0.clone()
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// # let node = Node::builder("doc_dynamic@127.0.0.1").local_only().start().await?;
    /// let sessions = Supervisor::simple_one_for_one(Session::template(|user: String| user).temporary())
    ///     .start(&node)
    ///     .await?;
    /// let pid = sessions.start_child(args!["joe"]).await?;
    /// assert_eq!(node.at::<SessionRef>(&pid).user().await?, "joe");
    /// sessions.terminate_child(&pid).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn simple_one_for_one(template: ChildSpec) -> Supervisor {
        Supervisor::new(Strategy::SimpleOneForOne).child(template)
    }

    /// Allows `restarts_max` restarts within `period`; 1 within 5 seconds unless set, as in OTP. How time is counted
    /// says [`Intensity`](super::Intensity).
    pub fn intensity(mut self, restarts_max: usize, period: Duration) -> Self {
        self.restarts_max = restarts_max;
        self.period = period;
        self
    }

    /// What the end of significant children does; nothing unless set.
    pub fn auto_shutdown(mut self, auto_shutdown: AutoShutdown) -> Self {
        self.auto_shutdown = auto_shutdown;
        self
    }

    /// Registers the supervisor under `name`.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Adds a child, to be started after those before it.
    pub fn child(mut self, child: ChildSpec) -> Self {
        self.children.push(child);
        self
    }

    /// Lets peers start children by a name: `supervisor:start_child(Sup, #{id => Id, start => {Name, start_link, Args}})`
    /// in Erlang starts a child of this template. Its other keys (`restart`, `shutdown`, `significant`) count when they
    /// are given.
    ///
    /// A start function cannot travel, so this is what a child specification that comes from another node can name.
    pub fn template(mut self, name: impl Into<String>, template: ChildSpec) -> Self {
        self.templates.insert(name.into(), template);
        self
    }

    /// Starts the supervisor and its children on a node.
    ///
    /// # Errors
    /// The name is taken, or the start was refused, with a reason of OTP's shape in [`SpawnError::Init`]:
    /// `{shutdown, {failed_to_start_child, Id, Reason}}` when a child did not start, and those before it have been stopped
    /// again; `{start_spec, {duplicate_child_name, Id}}`, `{start_spec, {bad_combination, Why}}`,
    /// `{supervisor_data, {invalid_period, 0}}`, `{supervisor_data, {bad_combination, Why}}` and
    /// `{bad_start_spec, Ids}` for what cannot be.
    pub async fn start(self, node: &impl AsHost) -> Result<SupervisorRef, SpawnError> {
        let (supervisor, options) = self.named(SpawnOptions::default());
        SupervisorProcess::start_on(&node.host(), supervisor, options).await
    }

    /// Starts the supervisor linked to a process, which is its parent.
    ///
    /// # Errors
    /// As [`Supervisor::start`].
    pub async fn start_link<A: Behavior>(
        self,
        cx: &Context<A>,
    ) -> Result<SupervisorRef, SpawnError> {
        self.start_link_with(cx, SpawnOptions::default()).await
    }

    /// As [`Supervisor::start_link`], with options for the process of the supervisor. Its children inherit from it.
    ///
    /// # Errors
    /// As [`Supervisor::start`].
    pub async fn start_link_with<A: Behavior>(
        self,
        cx: &Context<A>,
        options: SpawnOptions,
    ) -> Result<SupervisorRef, SpawnError> {
        let (supervisor, options) = self.named(options);
        cx.spawn_link_with::<SupervisorProcess>(supervisor, options)
            .await
    }

    /// Both with one name: that of the options, or else the supervisor's own.
    fn named(mut self, mut options: SpawnOptions) -> (Supervisor, SpawnOptions) {
        self.name = options.name.take().or(self.name);
        options.name = self.name.clone();
        (self, options)
    }

    /// This supervisor as a child of another one: a supervisor, permanent, waited for however long it takes.
    pub fn spec(self, id: impl Into<ChildId>) -> ChildSpec {
        let start = start_fn(move |cx, options, extra| {
            let (supervisor, cx) = (self.clone(), cx.clone());
            Box::pin(async move {
                refuse_extra(&extra)?;
                let spawned = supervisor.start_link_with(&cx, options).await;
                let pid = |handle: SupervisorRef| {
                    handle.pid().ok_or(SpawnError::Init(ExitReason::NoProc))
                };
                started(spawned.and_then(pid))
            })
        });
        let mut spec = ChildSpec::new(id, "Supervisor", start);
        spec.kind = ChildKind::Supervisor;
        spec.shutdown = Shutdown::Infinity;
        spec
    }

    /// Whether it can be started, and if not why, in OTP's words and order.
    pub(super) fn check(&self) -> Result<(), ExitReason> {
        self.check_flags()
            .map_err(|why| ExitReason::from(tagged("supervisor_data", why)))?;
        if self.strategy == Strategy::SimpleOneForOne && self.children.len() != 1 {
            let ids = self.children.iter().map(|child| child.id.clone());
            return Err(ExitReason::from(tagged("bad_start_spec", Term::list(ids))));
        }
        self.check_children()
            .map_err(|why| ExitReason::from(tagged("start_spec", why)))
    }

    fn check_flags(&self) -> Result<(), Term> {
        if self.period.is_zero() {
            return Err(tagged("invalid_period", Term::from(0_u64)));
        }
        if self.strategy == Strategy::SimpleOneForOne && self.auto_shutdown != AutoShutdown::Never {
            return Err(bad_combination(
                ("auto_shutdown", self.auto_shutdown.as_str()),
                ("strategy", "simple_one_for_one"),
            ));
        }
        Ok(())
    }

    fn check_children(&self) -> Result<(), Term> {
        let mut ids = BTreeSet::new();
        for child in &self.children {
            self.auto_shutdown.check(child.significant, child.restart)?;
            if !ids.insert(&child.id) {
                return Err(tagged("duplicate_child_name", child.id.clone()));
            }
        }
        Ok(())
    }

    /// `{local, Name}`, as it is called in reports.
    pub(super) fn reported_name(&self) -> Option<Atom> {
        self.name.as_deref().and_then(|name| Atom::new(name).ok())
    }
}
