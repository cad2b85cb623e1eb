//! Spawn requests between nodes: the signals.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::dist::{self, Control};
use crate::etf::{Atom, Encoded, Pid, Reference, Term};
use crate::node::peer::State;
use crate::node::spawning::{SpawnReply, SpawnSlot};
use crate::node::{Node, SpawnFailure};
use crate::process::host::{AnyProcess, Host};
use crate::process::{Destination, ExitReason, Message, RemoteWatcher, SpawnOptions};

impl Node {
    /// Ties a process that a peer has asked for to it, before the process runs.
    pub(crate) fn tie_spawned(
        &self,
        process: &dyn AnyProcess,
        from: &Pid,
        reference: &Reference,
        link: bool,
        monitor: bool,
    ) {
        let noted = self.0.peers.get(from.node()).is_some_and(|peer| {
            let mut core = peer.core();
            if matches!(core.state, State::Down) {
                return false;
            }
            if link {
                core.ties.links.insert((process.id(), from.clone()));
            }
            if monitor {
                core.ties.watched.insert(reference.clone(), process.id());
            }
            true
        });
        if !noted {
            // As when the connection had been lost right after: it would have been linked by then.
            if link {
                process.exit_signal(from, ExitReason::NoConnection, true);
            }
            return;
        }
        process.with_relations(&mut |relations| {
            if link {
                relations.linked_by(from);
            }
            if monitor {
                let watcher = RemoteWatcher {
                    pid: from.clone(),
                    name: None,
                };
                relations.watch_remote(reference.clone(), watcher);
            }
        });
    }

    /// Answers a spawn request: SPAWN_REPLY.
    pub(crate) fn answer_spawn(
        &self,
        request: &Reference,
        to: &Pid,
        link: bool,
        monitor: bool,
        result: Result<Pid, Atom>,
    ) {
        let Some(peer) = self.0.peers.get(to.node()) else {
            return;
        };
        let reply = dist::SpawnReply {
            request: request.clone(),
            to: to.clone(),
            link,
            monitor,
            result,
        };
        peer.submit_encoded(&Control::SpawnReply(Box::new(reply)), None);
    }

    /// A reference that no other call of this node has.
    pub fn new_reference(&self) -> Reference {
        self.reference(self.0.next_number())
    }

    /// `spawn/4`: starts a function on another node. `args` is the encoded list of arguments.
    ///
    /// # Errors
    /// There is no connection, no answer in time, or the node refused. An unknown function is no error: its process
    /// starts, and ends with `undef`.
    pub(crate) async fn spawn_there(
        &self,
        node: &str,
        function: (&str, &str, u32),
        args: &Encoded,
        timeout: Duration,
    ) -> SpawnReply {
        let (sender, receiver) = oneshot::channel();
        let slot = Arc::new(SpawnSlot(Mutex::new(Some(sender))));
        let number = self.0.open_slot(slot);
        let from = self.pid_of_node();
        self.request_spawn(node, function, args, number, from, false)?;
        let answered = tokio::time::timeout(timeout, receiver).await;
        self.0.take_slot(number);
        match answered {
            Ok(Ok(reply)) => reply,
            Ok(Err(_)) => Err(SpawnFailure::NoConnection),
            Err(_) => Err(SpawnFailure::Timeout),
        }
    }

    /// Starts a function on another node, monitored, and waits for its end.
    pub(crate) async fn run_there(
        &self,
        node: &str,
        function: (&str, &str, u32),
        args: &Encoded,
        timeout: Duration,
    ) -> Result<ExitReason, SpawnFailure> {
        let (ended, end) = oneshot::channel();
        let (node_name, args) = (node.to_owned(), args.clone());
        let function = (function.0.to_owned(), function.1.to_owned(), function.2);
        let me = self.clone();
        // A monitor needs a process to hold it.
        let runner = self.spawn_fn_with(SpawnOptions::default(), async move |cx| {
            let run = me.run_from(
                cx,
                &node_name,
                (&function.0, &function.1, function.2),
                &args,
            );
            // Whoever asked may have given up.
            let _ = ended.send(run.await);
        });
        let Ok(runner) = runner else {
            return Err(SpawnFailure::NoConnection);
        };
        match tokio::time::timeout(timeout, end).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(SpawnFailure::NoConnection),
            Err(_) => {
                // Its end takes the monitor back.
                self.exit(&runner, ExitReason::Kill);
                Err(SpawnFailure::Timeout)
            }
        }
    }

    async fn run_from(
        &self,
        mut cx: crate::process::PlainContext,
        node: &str,
        function: (&str, &str, u32),
        args: &Encoded,
    ) -> Result<ExitReason, SpawnFailure> {
        let (sender, receiver) = oneshot::channel();
        let slot = Arc::new(SpawnSlot(Mutex::new(Some(sender))));
        let number = self.0.open_slot(slot);
        let reference = self.reference(number);
        // The monitor is held from the start: the process there may end before its answer is looked at.
        cx.hold_monitor(number, Destination::from(("", node)));
        self.request_spawn(node, function, args, number, cx.pid(), true)?;
        match receiver.await {
            Ok(Ok(_)) => {}
            Ok(Err(failure)) => return Err(failure),
            Err(_) => return Err(SpawnFailure::NoConnection),
        }
        let mine = |message: &Message| matches!(message, Message::Down(down) if down.reference == reference);
        match cx.receive_match(mine).await {
            Some(Message::Down(down)) => Ok(down.reason),
            _ => Err(SpawnFailure::NoConnection),
        }
    }

    fn request_spawn(
        &self,
        node: &str,
        (module, function, arity): (&str, &str, u32),
        args: &Encoded,
        number: u64,
        from: Pid,
        monitor: bool,
    ) -> Result<(), SpawnFailure> {
        let atom = |text: &str| {
            Atom::new(text).map_err(|_| SpawnFailure::Refused(Atom::from_static("badarg")))
        };
        let node = atom(node)?;
        let options = if monitor {
            Term::list([Term::atom("monitor")])
        } else {
            Term::list([])
        };
        let request = dist::SpawnRequest {
            request: self.reference(number),
            // What it prints comes to us.
            group_leader: self.whereis_pid("user").unwrap_or_else(|| from.clone()),
            module: atom(module)?,
            function: atom(function)?,
            arity,
            options,
            from,
        };
        let control = Control::SpawnRequest(Box::new(request));
        self.send_spawn(&node, control, args, number, monitor);
        Ok(())
    }
}
