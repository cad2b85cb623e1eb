//! What a process has from the one that started it.

use std::sync::Arc;

use tracing::level_filters::LevelFilter;

use crate::etf::{Atom, DecodeOwned, Encode, Pid};
use crate::process::actor::Behavior;
use crate::process::env::{self, Env, EnvValue};
use crate::process::host::{AnyProcess, Host, HostRef};
use crate::process::mailbox::{Cell, LEVELLED};
use crate::process::queue::Queue;
use crate::process::spawn::SpawnOptions;
use crate::process::{Context, Destination, Inheritance};
use crate::sync::atomic::Ordering;

/// As many of its ancestors a process knows, the nearest ones: a process that starts its own successor, again and
/// again, must not make the line grow for ever.
const ANCESTORS_MAX: usize = 64;

/// One of those that a process descends from.
#[derive(Debug, Clone)]
enum Ancestor {
    /// A process of this node: its id, and the name it had.
    Here(u64, Option<Atom>),
    /// A process of another node, or that node itself.
    Elsewhere(Pid),
}

/// What a process has from its spawner and hands on to those it starts. Shared by all children of one process.
///
/// A process that no process has started, without an environment of its own, has none.
#[derive(Debug, Clone)]
pub struct Heritage {
    /// The nearest first: the one that started it.
    ancestors: Arc<[Ancestor]>,
    env: Option<Arc<Env>>,
    application: Option<Atom>,
    group_leader: Option<Pid>,
    log_level: Option<LevelFilter>,
}

impl Default for Heritage {
    fn default() -> Self {
        Heritage {
            ancestors: Arc::from([]),
            env: None,
            application: None,
            group_leader: None,
            log_level: None,
        }
    }
}

impl Heritage {
    /// That of the children of a process: its id, its name, its own heritage, and the group leader it was given.
    pub(super) fn of_children(
        id: u64,
        name: Option<&Atom>,
        own: Option<&Heritage>,
        group_leader: Option<&Pid>,
    ) -> Heritage {
        let own = own.cloned().unwrap_or_default();
        let name = name.cloned();
        let mut ancestors = vec![Ancestor::Here(id, name)];
        ancestors.extend(own.ancestors.iter().take(ANCESTORS_MAX - 1).cloned());
        Heritage {
            ancestors: ancestors.into(),
            group_leader: group_leader.cloned().or(own.group_leader),
            ..own
        }
    }

    /// That of a process that one of another node has started.
    pub(super) fn from_elsewhere(host: &dyn Host, inheritance: &Inheritance) -> Heritage {
        let ancestor = |parent: &Pid| match host.local_id(parent) {
            Some(id) => Ancestor::Here(id, None),
            None => Ancestor::Elsewhere(parent.clone()),
        };
        let mut heritage = Heritage {
            ancestors: inheritance.parent.iter().map(ancestor).collect(),
            env: None,
            application: inheritance.application.clone(),
            group_leader: inheritance.group_leader.clone(),
            log_level: inheritance.log_level,
        };
        for (key, value) in inheritance.env.values() {
            heritage.set_env(key, Some(value));
        }
        heritage
    }

    /// Lays what a spawn says over what is inherited; nothing is made where there is nothing to remember.
    pub(super) fn with_options(
        inherited: Option<Arc<Heritage>>,
        options: &SpawnOptions,
    ) -> Option<Arc<Heritage>> {
        let SpawnOptions {
            env,
            without_env,
            application,
            group_leader,
            log_level,
            ..
        } = options;
        let is_plain = env.is_empty()
            && without_env.is_empty()
            && application.is_none()
            && group_leader.is_none()
            && log_level.is_none();
        if is_plain {
            return inherited;
        }
        let mut heritage = inherited.map_or_else(Heritage::default, Arc::unwrap_or_clone);
        for key in without_env {
            heritage.set_env(key, None);
        }
        for (key, value) in env.iter() {
            heritage.set_env(key, Some(value.clone()));
        }
        if application.is_some() {
            heritage.application.clone_from(application);
        }
        if group_leader.is_some() {
            heritage.group_leader.clone_from(group_leader);
        }
        heritage.log_level = log_level.or(heritage.log_level);
        Some(Arc::new(heritage))
    }

    fn set_env(&mut self, key: &str, value: Option<EnvValue>) {
        match (value, &mut self.env) {
            (Some(value), env) => Arc::make_mut(env.get_or_insert_default()).set(key, value),
            (None, Some(env)) if env.value(key).is_some() => {
                Arc::make_mut(env).remove(key);
            }
            (None, _) => {}
        }
    }

    /// The process that started it, if a process did; where one of another node did, that or the node itself.
    pub(crate) fn spawner(&self, host: &dyn Host) -> Option<Pid> {
        let pid = |ancestor: &Ancestor| match ancestor {
            Ancestor::Here(id, _) => host.pid(*id),
            Ancestor::Elsewhere(pid) => pid.clone(),
        };
        self.ancestors.first().map(pid)
    }

    /// Those it descends from, the nearest first: a name where the ancestor had one, as `$ancestors` in OTP.
    pub(crate) fn ancestors(&self, host: &dyn Host) -> Vec<Destination> {
        let of = |ancestor: &Ancestor| match ancestor {
            Ancestor::Here(_, Some(name)) => Destination::Name(name.clone()),
            Ancestor::Here(id, None) => Destination::Pid(host.pid(*id)),
            Ancestor::Elsewhere(pid) => Destination::Pid(pid.clone()),
        };
        self.ancestors.iter().map(of).collect()
    }

    pub(crate) fn application(&self) -> Option<&Atom> {
        self.application.as_ref()
    }

    pub(crate) fn group_leader(&self) -> Option<&Pid> {
        self.group_leader.as_ref()
    }

    pub(crate) fn log_level(&self) -> Option<LevelFilter> {
        self.log_level
    }

    pub(crate) fn env(&self) -> Option<&Env> {
        self.env.as_deref()
    }
}

/// A value of the environment of a process: its own or inherited, else of its application, else of the node.
pub(crate) fn env_of(host: &HostRef, process: &dyn AnyProcess, key: &str) -> Option<EnvValue> {
    let heritage = process.heritage();
    let own = heritage
        .as_ref()
        .and_then(|heritage| heritage.env()?.value(key).cloned());
    own.or_else(|| {
        let application = heritage
            .as_ref()
            .and_then(|heritage| heritage.application());
        host.env(application, key)
    })
}

impl<A: Behavior> Context<A> {
    /// A value of the process's environment.
    ///
    /// What the spawn options or [`Context::set_env`] said comes first, then what the process that started this one had
    /// at that time, then the environment of the application, then that of the node. A value is read as any type its
    /// term can be read as; one that cannot counts as missing, with a warning in the log.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> ergo::Result {
    /// use ergo::prelude::*;
    /// let node = Node::builder("doc@127.0.0.1").local_only().env("retries", 3).start().await?;
    /// let options = SpawnOptions::default().env("region", "north");
    /// node.spawn_fn_with(options, async |cx| {
    ///     // A child has what its parent has.
    ///     let _ = cx.spawn_fn(async |cx| {
    ///         assert_eq!(cx.env::<String>("region").as_deref(), Some("north"));
    ///         assert_eq!(cx.env::<u8>("retries"), Some(3));
    ///     });
    /// })?;
    /// # node.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn env<T: DecodeOwned + Clone + 'static>(&self, key: &str) -> Option<T> {
        env::read(self.host(), key, env_of(self.host(), &**self.cell(), key))
    }

    /// A value of the process's environment that was set as local, of the very same type.
    pub fn env_local<T: Clone + 'static>(&self, key: &str) -> Option<T> {
        env_of(self.host(), &**self.cell(), key)?.read_local()
    }

    /// Sets a value for this process and for those it starts from now on.
    pub fn set_env<T: Encode + Send + Sync + 'static>(&self, key: &str, value: T) {
        self.change_env(key, Some(EnvValue::new(value)));
    }

    /// As [`Context::set_env`], for a value of any type, that never leaves this node: read it with
    /// [`Context::env_local`].
    pub fn set_env_local<T: Send + Sync + 'static>(&self, key: &str, value: T) {
        self.change_env(key, Some(EnvValue::local(value)));
    }

    /// Takes a value out that this process has set or inherited; that of the application or the node shows again.
    pub fn unset_env(&self, key: &str) {
        self.change_env(key, None);
    }

    fn change_env(&self, key: &str, value: Option<EnvValue>) {
        self.cell()
            .change_heritage(|heritage| heritage.set_env(key, value));
    }

    /// Those this process descends from, the nearest first, by the name each had or by pid: `$ancestors` in OTP.
    ///
    /// Processes started by [`Node::spawn`](crate::Node::spawn) have none, whoever calls it. Of a long line only the 64
    /// nearest are known.
    pub fn ancestors(&self) -> Vec<Destination> {
        let heritage = self.cell().heritage();
        heritage.map_or_else(Vec::new, |heritage| heritage.ancestors(&**self.host()))
    }

    /// The process that started this one, linked or not; `None` for one that no process has started.
    ///
    /// Where it was started from another node that is the process there that has asked for it, or the pid of that node.
    pub fn spawner(&self) -> Option<Pid> {
        self.cell().heritage()?.spawner(&**self.host())
    }

    /// The application this process belongs to, if it was started in one: `application:get_application/0`.
    pub fn application(&self) -> Option<Atom> {
        self.cell().heritage()?.application().cloned()
    }

    /// Down to which level this process writes through `tracing`, and the runtime about it; everything unless it or one
    /// it descends from was told otherwise.
    pub fn log_level(&self) -> LevelFilter {
        let heritage = self.cell().heritage();
        let level = heritage.and_then(|heritage| heritage.log_level());
        level.unwrap_or(LevelFilter::TRACE)
    }

    /// Sets down to which level this process writes through `tracing`, and those it starts from now on: see
    /// [`SpawnOptions::log_level`].
    ///
    /// What it writes itself follows from the next callback on, or from its next await that waits.
    pub fn set_log_level(&self, level: LevelFilter) {
        self.cell()
            .change_heritage(|heritage| heritage.log_level = Some(level));
        self.cell().ask(|asked| asked.yields = true);
    }

    /// Whether something of this level is to be logged about this process. The runtime's own warnings and crash reports
    /// ask it.
    pub fn logs(&self, level: tracing::Level) -> bool {
        self.cell().logs(level)
    }
}

impl<A: Behavior> Cell<A> {
    /// Changes what the process has inherited, for itself and for those it starts from now on.
    pub(super) fn change_heritage(&self, change: impl FnOnce(&mut Heritage)) {
        let mut queue = self.lock();
        if let Some(relations) = queue.known_relations() {
            relations.heritage_of_children = None;
        }
        change(Arc::make_mut(queue.heritage.get_or_insert_default()));
        self.note_level(&queue);
    }

    /// What it has inherited; for a process that does not run yet.
    pub(super) fn set_heritage(&self, heritage: Option<Arc<Heritage>>) {
        let mut queue = self.lock();
        queue.heritage = heritage;
        self.note_level(&queue);
    }

    fn note_level(&self, queue: &Queue<A::Message>) {
        let level = queue.heritage.as_ref();
        let level = level.and_then(|heritage| heritage.log_level());
        if level.is_some() {
            self.flags().fetch_or(LEVELLED, Ordering::Relaxed);
        }
    }

    /// Whether something of this level is to be logged about this process.
    pub(super) fn logs(&self, level: tracing::Level) -> bool {
        let set = self.heritage().and_then(|heritage| heritage.log_level());
        set.is_none_or(|set| level <= set)
    }
}
