//! What can be seen of a process from outside.

use crate::etf::{Atom, Pid};
use crate::process::actor::Behavior;
use crate::process::host::{AnyProcess, Host};
use crate::process::{Context, Destination, EnvValue, Heritage, Relations};

/// What a process is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProcessStatus {
    /// It waits for messages.
    Waiting,
    /// It handles a message, or is about to; also while the callback awaits something.
    Running,
    /// An exit signal has come that ends it.
    Exiting,
}

/// A process at one moment, in the words of `process_info/1`. Made by [`Node::process_info`](crate::Node::process_info)
/// and [`Context::info`].
///
/// Source: <https://www.erlang.org/doc/apps/erts/erlang.html#process_info/2>.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProcessInfo {
    /// The process.
    pub pid: Pid,
    /// Its name, if it has one.
    pub registered_name: Option<Atom>,
    /// The type of the actor.
    pub initial_call: &'static str,
    /// What it is doing.
    pub status: ProcessStatus,
    /// How many messages wait.
    pub message_queue_len: usize,
    /// How many may wait; `None` without a bound.
    pub mailbox: Option<u32>,
    /// Those it is linked to.
    pub links: Vec<Pid>,
    /// What it monitors.
    pub monitors: Vec<Destination>,
    /// Those that monitor it; calls that wait for an answer are not among them.
    pub monitored_by: Vec<Pid>,
    /// Whether exit signals arrive as messages.
    pub trap_exit: bool,
    /// Where its output goes.
    pub group_leader: Pid,
    /// The process that started it, linked or not: of this node or of another one.
    pub parent: Option<Pid>,
    /// Those it descends from, the nearest first.
    pub ancestors: Vec<Destination>,
    /// The application it belongs to.
    pub application: Option<Atom>,
    /// Its environment, what it has inherited included, in the order of the keys: what is a dictionary in OTP.
    pub dictionary: Vec<(String, EnvValue)>,
}

impl ProcessInfo {
    /// That of a process of which nothing is known but who it is.
    pub(super) fn new(
        host: &dyn Host,
        process: &dyn AnyProcess,
        heritage: Option<&Heritage>,
    ) -> Self {
        let env = heritage.and_then(Heritage::env).into_iter();
        let leader = heritage.and_then(|heritage| heritage.group_leader().cloned());
        let spawner = heritage.and_then(|heritage| heritage.spawner(host));
        ProcessInfo {
            pid: host.pid(process.id()),
            registered_name: None,
            initial_call: process.type_name(),
            status: ProcessStatus::Running,
            message_queue_len: 0,
            mailbox: None,
            links: Vec::new(),
            monitors: Vec::new(),
            monitored_by: Vec::new(),
            trap_exit: false,
            group_leader: leader.unwrap_or_else(|| host.node_pid()),
            parent: spawner,
            ancestors: heritage.map_or_else(Vec::new, |heritage| heritage.ancestors(host)),
            application: heritage.and_then(|heritage| heritage.application().cloned()),
            dictionary: env
                .flat_map(|env| env.iter())
                .map(|(key, value)| (key.to_owned(), value.clone()))
                .collect(),
        }
    }

    /// Adds who the process is tied to.
    pub(super) fn tied(mut self, host: &dyn Host, relations: &Relations) -> Self {
        self.registered_name.clone_from(&relations.name);
        self.links = relations.linked(host);
        self.monitors = relations.monitored();
        self.monitored_by = relations.watching(host);
        if let Some(leader) = &relations.group_leader {
            self.group_leader = leader.clone();
        }
        self
    }
}

impl<A: Behavior> Context<A> {
    /// What can be seen of this process: `process_info(self())`.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#process_info/2>
    pub fn info(&self) -> ProcessInfo {
        self.cell().info()
    }
}
