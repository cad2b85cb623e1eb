//! What a process can do, given to each of its callbacks.

use std::sync::Arc;
use std::time::Duration;

use crate::etf::{Encode, Pid, Reference};
use crate::process::actor::Behavior;
use crate::process::asked::Answer;
use crate::process::host::{AnyProcess, AsHost, Ending, Host, HostRef};
use crate::process::mailbox::Cell;
use crate::process::spawn;
use crate::process::{
    CallError, CastError, Destination, ExitReason, Ref, RegisterError, Reply, links, plain, send,
    wire,
};

/// A process, from inside: who it is and what it can do. Every callback gets one.
///
/// Cloning it is cheap; a clone that outlives the process is of no use but does no harm.
pub struct Context<A: Behavior>(Arc<Cell<A>>);

impl<A: Behavior> Clone for Context<A> {
    fn clone(&self) -> Self {
        Context(self.0.clone())
    }
}

impl<A: Behavior> std::fmt::Debug for Context<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Context({})", self.pid())
    }
}

impl<A: Behavior> AsHost for Context<A> {
    fn host(&self) -> HostRef {
        self.0.host().clone()
    }
}

impl<A: Behavior> Context<A> {
    pub(super) fn new(cell: Arc<Cell<A>>) -> Self {
        Context(cell)
    }

    pub(super) fn cell(&self) -> &Arc<Cell<A>> {
        &self.0
    }

    pub(crate) fn host(&self) -> &HostRef {
        self.0.host()
    }

    /// `self()`.
    pub fn pid(&self) -> Pid {
        self.0.pid()
    }

    /// The typed handle of this process.
    pub fn handle(&self) -> A::Handle {
        Ref::local(self.0.clone()).into()
    }

    /// The process that started this one with a link; the node's own pid for one that no process is the parent of.
    ///
    /// Its exit stops a behaviour, also one that traps exits; so does the loss of the connection to a parent of another
    /// node.
    pub fn parent(&self) -> Pid {
        let mut parent = None;
        let host = &**self.host();
        self.0
            .with_relations(&mut |relations| parent = relations.parent_pid(host));
        parent.unwrap_or_else(|| host.node_pid())
    }

    /// Where the output of this process goes: as set, else as inherited, else the node's own pid.
    pub fn group_leader(&self) -> Pid {
        let mut leader = None;
        self.0
            .with_relations(&mut |relations| leader = relations.group_leader.clone());
        let heritage = self.0.heritage();
        leader
            .or_else(|| heritage?.group_leader().cloned())
            .unwrap_or_else(|| self.host().node_pid())
    }

    /// `group_leader/2`: from now on the output of `pid` goes to `leader`, a process of any node, and that of the
    /// processes it starts. It may be a process of another node.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#group_leader/2>
    pub fn set_group_leader(&self, leader: &Pid, pid: &Pid) {
        links::set_group_leader(self.host(), leader, pid);
    }

    /// `process_flag(trap_exit, On)`: from now on exit signals arrive as messages, or end the process. Returns what
    /// it was.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#process_flag/2>
    pub fn trap_exit(&self, on: bool) -> bool {
        self.0.set_trap_exit(on)
    }

    /// `link/1`: from now on each of the two gets an exit signal when the other ends. Linking twice is linking once;
    /// without such a process an exit signal `noproc` comes back.
    ///
    /// As in Erlang it needs a pid: a name of this node stands for the process that has it now, one of another node for
    /// no process.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#link/1>
    pub fn link(&self, to: impl Into<Destination>) {
        links::link(self.host(), &*self.0, &to.into());
    }

    /// `unlink/1`: no exit signal of this link arrives once it returns; one that is in the mailbox stays there.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#unlink/1>
    pub fn unlink(&self, from: impl Into<Destination>) {
        links::unlink(self.host(), &*self.0, &from.into());
    }

    /// `monitor/2`: exactly one [`Down`](crate::Down) comes when it ends, at once when there is no such process.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#monitor/2>
    pub fn monitor(&self, to: impl Into<Destination>) -> Reference {
        links::monitor(self.host(), &*self.0, to.into())
    }

    /// `demonitor/1`: true when the monitor was there, and then no `Down` of it will come.
    ///
    /// False means that its `Down` is in the mailbox already, or that there was no such monitor.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#demonitor/1>
    pub fn demonitor(&self, reference: &Reference) -> bool {
        links::demonitor(self.host(), &*self.0, reference)
    }

    /// `demonitor(Reference, [flush])`: no `Down` of it comes once this returns. True when the monitor was there.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#demonitor/2>
    pub fn demonitor_flush(&self, reference: &Reference) -> bool {
        let was_there = self.demonitor(reference);
        if !was_there {
            self.0.flush_down(reference);
        }
        was_there
    }

    /// `exit/2`: sends an exit signal, to a pid, to an alias, or to whoever has a name. `ExitReason::Kill` cannot be
    /// trapped.
    ///
    /// Nodes before OTP 28 know no exit signals to aliases and names: one to such a node is dropped, with a line in the
    /// log. OTP 28 and 29 can get them, and send them to pids and aliases themselves.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#exit/2>
    pub fn exit(&self, to: impl Into<Destination>, reason: ExitReason) {
        links::exit(self.host(), self.0.id(), &to.into(), reason, false);
    }

    /// `exit/3` with the option `priority`: where the process traps exits, and has made the alias for it with
    /// [`AliasOptions::priority`](crate::AliasOptions::priority), the exit overtakes the messages that wait. To anything
    /// else it is an ordinary exit signal.
    ///
    /// <https://www.erlang.org/doc/apps/erts/erlang.html#exit/3>
    pub fn exit_priority(&self, to: impl Into<Destination>, reason: ExitReason) {
        links::exit(self.host(), self.0.id(), &to.into(), reason, true);
    }

    /// `Destination ! Message`.
    ///
    /// # Errors
    /// As [`Ref::cast`].
    pub fn send(&self, to: impl Into<Destination>, message: impl Encode) -> Result<(), CastError> {
        send::body(
            self.host(),
            self.0.id(),
            &to.into(),
            &mut wire::body_of(&message),
        )
    }

    /// Registers this process under `name`, as `register/2` does: one name for a process, one process for a name.
    ///
    /// # Errors
    /// The name is taken or unusable, or the process has one.
    pub fn register(&self, name: &str) -> Result<(), RegisterError> {
        register(self.host(), &*self.0, name)
    }

    /// Gives the name up; false when there was none.
    pub fn unregister(&self) -> bool {
        let mut had_one = false;
        // Under the lock of the process, which may be ending meanwhile.
        self.0.with_relations(&mut |relations| {
            if let Some(name) = relations.name.take() {
                relations.set_name(None);
                self.host().unregister(&name, self.0.id());
                had_one = true;
            }
        });
        had_one
    }

    /// Waits until a process of this node has ended and nothing of it is left. One that is not there, or that is
    /// on another node, gives `noproc` at once.
    ///
    /// It is looked for now, not when the future is polled: of one that ends in between the reason is known.
    pub fn ended(&self, pid: &Pid) -> impl Future<Output = ExitReason> + Send + use<A> {
        let id = self.host().local_id(pid);
        let process = id.and_then(|id| self.host().process(id));
        async move {
            match process {
                Some(process) => Ending::of(process).await,
                None => ExitReason::NoProc,
            }
        }
    }

    /// Ends this process after the callback in progress, as [`Flow::Stop`](crate::Flow::Stop) does: `{stop, Reason,
    /// Reply, State}` for a callback that returns a reply. The first reason counts.
    pub fn stop(&self, reason: ExitReason) {
        self.0.ask(|asked| {
            asked.stop.get_or_insert(reason);
        });
    }

    /// Gives memory back while this process waits for its next message, as [`Flow::Hibernate`](crate::Flow::Hibernate)
    /// does.
    pub fn hibernate(&self) {
        self.0.ask(|asked| asked.hibernate = true);
    }

    /// Calls the timeout callback when nothing arrives for `time` after the callback in progress, as
    /// [`Flow::Timeout`](crate::Flow::Timeout) does. The last one counts.
    pub fn idle_timeout(&self, time: Duration) {
        self.0.ask(|asked| asked.idle_timeout = Some(time));
    }

    /// Goes on with `what` after the callback in progress, before any message: `{continue, What}`. Works in `init`,
    /// too, so that a starter need not wait for all of the preparations.
    ///
    /// <https://www.erlang.org/doc/apps/stdlib/gen_server.html#c:handle_continue/2>
    pub fn continue_with(&self, what: A::Continue) {
        self.0
            .ask(|asked| asked.continues.push_back(Box::new(what)));
    }

    /// How many messages wait.
    pub fn queue_len(&self) -> usize {
        self.0.queue_len()
    }

    /// Calls a destination with a term, from this process.
    ///
    /// # Errors
    /// As for any call; an answer of another shape than `R` is [`CallError::BadReply`].
    pub async fn call<R: crate::etf::DecodeOwned + Send + 'static>(
        &self,
        to: impl Into<Destination>,
        request: impl Encode,
        timeout: Duration,
    ) -> Result<R, CallError> {
        plain::call(self.host(), to.into(), &request, timeout).await
    }
}

/// Answers a call for `#[ergo::server]`: at once, or after `terminate` when the callback has asked for a stop, as
/// `{stop, Reason, Reply, State}` does.
#[doc(hidden)]
#[inline]
pub fn answer<A: Behavior, T: Send + 'static>(cx: &Context<A>, reply: Reply<T>, value: T) {
    if cx.0.is_asked() {
        answer_late(cx, reply, value);
    } else {
        reply.send(value);
    }
}

#[cold]
fn answer_late<A: Behavior, T: Send + 'static>(cx: &Context<A>, reply: Reply<T>, value: T) {
    let mut pending = Some((reply, value));
    cx.0.ask(|asked| {
        if asked.stop.is_some()
            && let Some((reply, value)) = pending.take()
        {
            let send = Box::new(move || reply.send(value));
            asked.answers.push(Answer(send));
        }
    });
    if let Some((reply, value)) = pending {
        reply.send(value);
    }
}

pub(crate) fn register(
    host: &HostRef,
    process: &dyn AnyProcess,
    name: &str,
) -> Result<(), RegisterError> {
    let atom = spawn::parse_name(name).ok_or_else(|| RegisterError::BadName(name.to_owned()))?;
    let mut refused = None;
    let alive = process.with_relations(&mut |relations| match &relations.name {
        Some(held) => refused = Some(RegisterError::AlreadyNamed(held.clone())),
        None => match host.register(&atom, process.id()) {
            Ok(()) => relations.set_name(Some(atom.clone())),
            Err(holder) => {
                refused = Some(RegisterError::Taken {
                    name: atom.clone(),
                    holder: Host::pid(&**host, holder),
                });
            }
        },
    });
    match (alive, refused) {
        (false, _) => Err(RegisterError::NoProcess),
        (true, Some(error)) => Err(error),
        (true, None) => Ok(()),
    }
}
