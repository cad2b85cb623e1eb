//! Signals of other nodes to our processes, in the order they came.

use std::sync::Arc;

use crate::dist::{self, AltactTarget, Control, Monitored};
use crate::etf::{Atom, Encoded, Pid, Reference};
use crate::node::Node;
use crate::node::peer::Peer;
use crate::node::spawning::SpawnRequest;
use crate::process::host::{AnyProcess, Broken, Host, Incoming, Undelivered};
use crate::process::{
    CastError, DeadLetterReason, Destination, Exit, ExitReason, RemoteWatcher, Through,
    answered_slot, down, encode, exit_through, request_of, write_reason,
};

/// A signal that has come, with who sent it.
struct Received<'a> {
    node: &'a Node,
    peer: &'a Arc<Peer>,
}

impl Node {
    /// Acts on a signal of a peer.
    pub(super) fn receive(&self, peer: &Arc<Peer>, control: Control, payload: Option<Encoded>) {
        Received { node: self, peer }.act(control, payload);
    }
}

impl Node {
    /// Acts on a message of a peer to a process: what comes most.
    #[inline]
    pub(super) fn receive_message(
        &self,
        peer: &Arc<Peer>,
        from: Option<Pid>,
        to: Pid,
        payload: Encoded,
    ) {
        Received { node: self, peer }.send(from, to, payload);
    }
}

impl Received<'_> {
    fn act(&self, control: Control, payload: Option<Encoded>) {
        match control {
            Control::Send { from, to } => {
                if let Some(payload) = payload {
                    self.send(from, to, payload);
                }
            }
            Control::RegSend { from, to } => self.send_to_name(from, to, payload),
            Control::AliasSend { from, to } => self.alias(from, to, false, payload),
            Control::Link { from, to } => self.link(from, &to),
            Control::Unlink { from, to } => self.unlink(&from, &to),
            Control::UnlinkId { id, from, to } => self.unlink_id(id, &from, &to),
            Control::UnlinkIdAck { id, from, to } => self.unlinked(id, &from, &to),
            Control::Exit { from, to } => self.exit(&from, &to, payload),
            Control::Exit2 { from, to } => self.exit2(&from, &to, payload),
            Control::MonitorP {
                from,
                to,
                reference,
            } => self.monitor(from, to, reference),
            Control::DemonitorP { reference, .. } => self.demonitor(&reference),
            Control::MonitorPExit { to, reference, .. } => {
                self.monitor_exit(&to, &reference, payload)
            }
            Control::GroupLeader { from, to } => self.group_leader(&from, &to),
            Control::SpawnRequest(request) => self.spawn(*request, payload),
            Control::SpawnReply(reply) => self.spawned(&reply.request, reply.result),
            Control::AltactSigSend {
                from,
                to,
                priority,
                exit: false,
            } => self.altact_message(from, to, priority, payload),
            Control::AltactSigSend {
                from, to, priority, ..
            } => self.altact_exit(&from, &to, priority, payload),
            #[allow(unreachable_patterns, reason = "more kinds may come")]
            control => {
                tracing::debug!(peer = %self.peer.name, ?control, "a signal of a kind that is not handled")
            }
        }
    }

    fn host(&self) -> &dyn Host {
        &*self.node.0
    }

    /// The live process behind a pid of this incarnation.
    fn local(&self, to: &Pid) -> Option<Arc<dyn AnyProcess>> {
        self.host().process(self.host().local_id(to)?)
    }

    fn named(&self, name: &Atom) -> Option<Arc<dyn AnyProcess>> {
        self.host().process(self.host().whereis(name.as_str())?)
    }

    fn send(&self, from: Option<Pid>, to: Pid, payload: Encoded) {
        match answered_slot(self.host(), &payload) {
            None => self.message(from, self.local(&to), || Destination::Pid(to), payload),
            // An answer that comes too late reaches nobody.
            Some(number) => match self.host().take_slot(number) {
                Some(slot) => slot.answer(payload),
                None => {
                    let to = Destination::Alias(self.host().reference(number));
                    self.bury(from, to, &payload, DeadLetterReason::NoAlias);
                }
            },
        }
    }

    fn send_to_name(&self, from: Pid, to: Atom, payload: Option<Encoded>) {
        if let Some(payload) = payload {
            let process = self.named(&to);
            self.message(Some(from), process, || Destination::Name(to), payload);
        }
    }

    /// As in Erlang, a message to nobody is dropped; one that is no term closes the connection, whomever it is to.
    ///
    /// It does not wait for room in a mailbox either: everything else on the connection would wait with it.
    fn message(
        &self,
        from: Option<Pid>,
        process: Option<Arc<dyn AnyProcess>>,
        to: impl FnOnce() -> Destination,
        payload: Encoded,
    ) {
        let nobody = DeadLetterReason::NoProcess;
        let Some(process) = process else {
            return self.to_nobody(from, to(), &payload, nobody);
        };
        if let Err(refused) = process.deliver_of_peer(payload, self.peer.origin()) {
            let Undelivered { error, message } = *refused;
            self.undelivered(from, to(), &message, (&error, &*process, nobody));
        }
    }

    #[cold]
    fn to_nobody(
        &self,
        from: Option<Pid>,
        to: Destination,
        payload: &Encoded,
        why: DeadLetterReason,
    ) {
        if payload.decoder().skip().is_err() {
            self.node.corrupted(self.peer);
        }
        self.bury(from, to, payload, why);
    }

    /// A process has not taken a message; `nobody` is the word when it has ended.
    #[cold]
    fn undelivered(
        &self,
        from: Option<Pid>,
        to: Destination,
        payload: &Encoded,
        (error, process, nobody): (&CastError, &dyn AnyProcess, DeadLetterReason),
    ) {
        let mut reason = nobody;
        if matches!(error, CastError::Full(_)) {
            let pid = self.host().pid(process.id());
            self.node.0.dead_letters.warn(&self.peer.name, &pid);
            reason = DeadLetterReason::Full;
        }
        self.bury(from, to, payload, reason);
    }

    fn bury(
        &self,
        from: Option<Pid>,
        to: Destination,
        payload: &Encoded,
        reason: DeadLetterReason,
    ) {
        let request = || request_of(&self.node.host_ref(), payload);
        self.node.0.dead_letters.post(reason, || to, from, request);
    }

    fn alias(&self, from: Pid, to: Reference, priority: bool, payload: Option<Encoded>) {
        let host = self.node.host_ref();
        let number = host.local_number(&to);
        let alias = number.and_then(|number| Some((number, host.alias(number)?)));
        if let (Some((number, alias)), Some(payload)) = (alias, &payload) {
            let way = Through::new(number, priority && alias.priority, false);
            let to = Destination::Alias(to);
            let off = DeadLetterReason::NoAlias;
            let Some(process) = host.process(alias.owner) else {
                return self.to_nobody(Some(from), to, payload, off);
            };
            let incoming = Incoming::Through(way, payload.clone(), self.peer.origin());
            if let Err(error) = process.deliver(incoming) {
                self.undelivered(Some(from), to, payload, (&error, &*process, off));
            }
            return;
        }
        let slot = number.and_then(|number| self.host().take_slot(number));
        match (slot, payload) {
            (Some(slot), Some(payload)) => slot.answer(payload),
            (None, Some(payload)) => {
                let to = Destination::Alias(to);
                self.bury(Some(from), to, &payload, DeadLetterReason::NoAlias);
            }
            (_, None) => {}
        }
    }

    /// A message as OTP 28 and later send it; priority counts at an alias that was made for it.
    fn altact_message(
        &self,
        from: Pid,
        to: AltactTarget,
        priority: bool,
        payload: Option<Encoded>,
    ) {
        match to {
            AltactTarget::Pid(to) => {
                if let Some(payload) = payload {
                    self.send(Some(from), to, payload);
                }
            }
            AltactTarget::Name(name) => self.send_to_name(from, name, payload),
            AltactTarget::Alias(alias) => self.alias(from, alias, priority, payload),
        }
    }

    /// An exit signal, which can go to a name or an alias from OTP 28; priority counts at an alias that was made for it.
    fn altact_exit(&self, from: &Pid, to: &AltactTarget, priority: bool, payload: Option<Encoded>) {
        match to {
            AltactTarget::Pid(to) => self.exit2(from, to, payload),
            AltactTarget::Name(name) => {
                if let Some(process) = self.named(name) {
                    process.exit_signal(from, self.reason(payload), false);
                }
            }
            AltactTarget::Alias(alias) => {
                let reason = self.reason(payload);
                exit_through(&self.node.host_ref(), from, alias, reason, priority);
            }
        }
    }

    fn link(&self, from: Pid, to: &Pid) {
        let linked = self.local(to).is_some_and(|process| {
            // Noted first: a process that ends right after takes the note back.
            let made = self.host().next_number();
            let mut core = self.peer.core();
            core.ties.linked_by(process.id(), &from, made);
            drop(core);
            process.with_relations(&mut |relations| relations.linked_by(&from, made))
        });
        if !linked {
            if let Some(id) = self.host().local_id(to) {
                self.peer.core().ties.unlink(id, &from);
            }
            let control = Control::Exit {
                from: to.clone(),
                to: from,
            };
            self.answer(&control, &ExitReason::NoProc);
        }
    }

    fn unlink(&self, from: &Pid, to: &Pid) {
        let Some(process) = self.local(to) else {
            return;
        };
        process.with_relations(&mut |relations| relations.unlinked_by(from));
        untie(self.peer, &*process, from);
    }

    /// Acknowledged in any case, before anything else goes to the process that unlinked.
    fn unlink_id(&self, id: u64, from: &Pid, to: &Pid) {
        self.unlink(from, to);
        let control = Control::UnlinkIdAck {
            id,
            from: to.clone(),
            to: from.clone(),
        };
        self.peer.submit_encoded(&control, None);
    }

    fn unlinked(&self, id: u64, from: &Pid, to: &Pid) {
        let Some(process) = self.local(to) else {
            return;
        };
        let mut gone = false;
        process.with_relations(&mut |relations| gone = relations.unlink_acknowledged(from, id));
        if gone {
            untie(self.peer, &*process, from);
        }
    }

    fn exit(&self, from: &Pid, to: &Pid, payload: Option<Encoded>) {
        let Some(process) = self.local(to) else {
            return;
        };
        self.peer.core().ties.unlink(process.id(), from);
        let reason = self.reason(payload);
        process.settle(&mut |relations| {
            let (from, reason) = (from.clone(), reason.clone());
            relations
                .break_remote(&from)
                .then_some(Broken::Link(Exit { from, reason }))
        });
    }

    fn exit2(&self, from: &Pid, to: &Pid, payload: Option<Encoded>) {
        if from.node() == to.node() {
            // A process of ours sends its exit signals itself: nobody else speaks for it.
            tracing::warn!(peer = %self.peer.name, %from, "an exit signal in the name of a process of this node");
            return;
        }
        if let Some(process) = self.local(to) {
            process.exit_signal(from, self.reason(payload), false);
        }
    }

    /// The reason of an exit; one that is no term closes the connection, as in OTP.
    fn reason(&self, payload: Option<Encoded>) -> ExitReason {
        match payload.map(|payload| payload.to_term()) {
            Some(Ok(term)) => ExitReason::from(term),
            _ => {
                self.node.corrupted(self.peer);
                ExitReason::NoConnection
            }
        }
    }

    fn monitor(&self, from: Pid, to: Monitored, reference: Reference) {
        let (process, name) = match &to {
            Monitored::Pid(pid) => (self.local(pid), None),
            Monitored::Name(name) => (self.named(name), Some(name.clone())),
        };
        let watched = process.is_some_and(|process| {
            self.note_watched(&reference, process.id());
            let watcher = RemoteWatcher {
                pid: from.clone(),
                name,
            };
            process.with_relations(&mut |relations| {
                relations.watch_remote(reference.clone(), watcher.clone())
            })
        });
        if !watched {
            self.peer.core().ties.watched.remove(&reference);
            let control = Control::MonitorPExit {
                from: to,
                to: from,
                reference,
            };
            self.answer(&control, &ExitReason::NoProc);
        }
    }

    /// Notes a monitor of the peer. Where it uses the reference of one that there is, that one ends.
    fn note_watched(&self, reference: &Reference, id: u64) {
        let old = self.peer.core().ties.watched.insert(reference.clone(), id);
        if let Some(old) = old.filter(|old| *old != id)
            && let Some(process) = self.host().process(old)
        {
            process.with_relations(&mut |relations| {
                relations.unwatch_remote(reference);
            });
        }
    }

    fn demonitor(&self, reference: &Reference) {
        let watched = self.peer.core().ties.watched.remove(reference);
        if let Some(process) = watched.and_then(|id| self.host().process(id)) {
            process.with_relations(&mut |relations| {
                relations.unwatch_remote(reference);
            });
        }
    }

    fn monitor_exit(&self, to: &Pid, reference: &Reference, payload: Option<Encoded>) {
        let Some(number) = self.host().local_number(reference) else {
            return;
        };
        // A slot or a monitor that another peer is to fill is none of this one's.
        let (is_slot, is_monitor) = {
            let ties = &mut self.peer.core().ties;
            let is_slot = ties.slots.remove(&number);
            (is_slot, !is_slot && ties.monitors.remove(&number).is_some())
        };
        if is_slot && let Some(slot) = self.host().take_slot(number) {
            let ended = |reason| slot.ended(reason, self.peer.origin());
            if !payload.as_ref().is_some_and(ended) {
                slot.down(self.reason(payload));
            }
            return;
        }
        if let Some(process) = self.local(to).filter(|_| is_monitor) {
            down(
                &self.node.host_ref(),
                &*process,
                number,
                self.reason(payload),
            );
        }
    }

    fn group_leader(&self, leader: &Pid, to: &Pid) {
        if let Some(process) = self.local(to) {
            process.with_relations(&mut |relations| relations.set_group_leader(leader.clone()));
        }
    }

    /// Whether the peer is within its number of requests to spawn.
    fn may_spawn(&self) -> bool {
        let rate = &self.peer.spawn_rate;
        self.node.is_within(rate, Some(&self.peer.name))
    }

    fn spawn(&self, request: dist::SpawnRequest, args: Option<Encoded>) {
        let dist::SpawnRequest {
            request,
            from,
            group_leader,
            module,
            function,
            arity,
            options,
        } = request;
        let Some(args) = args else { return };
        let read = dist::SpawnOptions::read(&options);
        let ties = read.as_ref();
        let request = SpawnRequest {
            request,
            peer: self.peer.name.clone(),
            from,
            group_leader,
            module,
            function,
            arity,
            link: ties.is_some_and(|ties| ties.link),
            monitor: ties.is_some_and(|ties| ties.monitor),
            args,
        };
        let refused = if !self.may_spawn() {
            Some("system_limit")
        } else if !self.node.spawns_for_peers() {
            Some("disabled")
        } else if read.is_none() {
            // As in OTP, an option it does not know is refused before the function is looked at.
            Some("badopt")
        } else if *request.from.node() != self.peer.name {
            // It would be tied to a process of a third node, which has not asked.
            Some("badarg")
        } else {
            None
        };
        match (refused, self.node.0.spawns.get()) {
            (None, Some(service)) => service.spawn(self.node, request),
            (refused, _) => {
                let word = Atom::from_static(refused.unwrap_or("notsup"));
                self.node.answer_spawn(&request, Err(word));
            }
        }
    }

    fn spawned(&self, request: &Reference, result: Result<Pid, Atom>) {
        let Some(number) = self.host().local_number(request) else {
            return;
        };
        // One that another peer is to fill is none of this one's.
        if !self.peer.core().ties.slots.contains(&number) {
            return;
        }
        let slot = self.host().slot(number);
        let is_kept = slot.is_some_and(|slot| slot.spawned(result));
        if !is_kept {
            self.peer.core().ties.slots.remove(&number);
            self.host().take_slot(number);
        }
    }

    /// Sends an exit reason back, whose encoding cannot fail.
    fn answer(&self, control: &Control, reason: &ExitReason) {
        if let Ok(reason) = encode(&mut write_reason(reason)) {
            self.peer.submit_encoded(control, Some(&reason));
        }
    }
}

/// Takes the note of a link back, which has ended.
pub(super) fn untie(peer: &Peer, process: &dyn AnyProcess, from: &Pid) {
    peer.core().ties.unlink(process.id(), from);
    // The process may have linked again meanwhile, in its own task, and noted it already.
    let mut again = None;
    process.with_relations(&mut |relations| {
        let is_linked = relations.is_linked_remote(from);
        again = relations.link_made(from).filter(|_| is_linked);
    });
    if let Some(made) = again {
        peer.core().ties.link(process.id(), from, made);
    }
}
