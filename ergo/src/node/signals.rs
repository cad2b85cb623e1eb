//! Signals of our processes to other nodes.

use std::sync::Arc;

use crate::dist::{AltactTarget, Control, Monitored};
use crate::etf::{Atom, Encoded, Encoder, Pid, Reference};
use crate::node::Node;
use crate::node::peer::{Peer, Submitted, Ties, unsendable};
use crate::process::host::{Body, RemoteSignal};
use crate::process::{CastError, Destination, ExitReason, RemoteWatcher, write_reason};

/// How often a signal looks for a new connection when the one it found is just being lost.
const ATTEMPTS: usize = 8;

/// A signal on its way out.
struct Outgoing<'a, 'b> {
    control: Control,
    body: Option<Body<'a>>,
    /// Whether it may be refused when too much waits: only messages are.
    is_refusable: bool,
    /// Whether it is worth making a connection for.
    connects: bool,
    tie: Tie<'b>,
}

/// What a signal ties to the connection, or unties.
enum Tie<'a> {
    Nothing,
    Link(u64, &'a Pid, u64),
    Unlink(u64, &'a Pid),
    Monitor(u64, u64),
    Demonitor(u64),
    Slot(u64),
    CloseSlot(u64),
    Unwatch(&'a Reference),
}

impl Tie<'_> {
    fn apply(&self, ties: &mut Ties) {
        match self {
            Tie::Nothing => {}
            Tie::Link(id, pid, made) => ties.link(*id, pid, *made),
            Tie::Unlink(id, pid) => ties.unlink(*id, pid),
            Tie::Monitor(number, id) => drop(ties.monitors.insert(*number, *id)),
            Tie::Demonitor(number) => drop(ties.monitors.remove(number)),
            Tie::Slot(number) => drop(ties.slots.insert(*number)),
            Tie::CloseSlot(number) => drop(ties.slots.remove(number)),
            Tie::Unwatch(reference) => drop(ties.watched.remove(reference)),
        }
    }
}

impl Node {
    /// Hands a signal to the connection to its node, which is made when there is none.
    pub(super) fn signal(&self, signal: RemoteSignal<'_>) -> Result<(), CastError> {
        match signal {
            RemoteSignal::Send {
                from,
                to,
                body,
                priority,
            } => self.send_message(from, to, body, priority),
            RemoteSignal::Call {
                from,
                to,
                number,
                body,
            } => self.send_call(from, to, number, body),
            RemoteSignal::EndCall { from, to, number } => {
                self.demonitor(from, to, number, Tie::CloseSlot(number))
            }
            RemoteSignal::Link { from, to, made } => {
                let control = Control::Link {
                    from: self.pid(from),
                    to: to.clone(),
                };
                self.hand_over(
                    to.node(),
                    Outgoing::connecting(control, Tie::Link(from, to, made)),
                )
            }
            RemoteSignal::Unlink { from, to, id } => {
                let control = Control::UnlinkId {
                    id,
                    from: self.pid(from),
                    to: to.clone(),
                };
                self.hand_over(to.node(), Outgoing::when_up(control, Tie::Nothing))
            }
            RemoteSignal::Exit {
                from,
                to,
                reason,
                unlinking,
            } => self.send_exit(from, to, reason, unlinking),
            RemoteSignal::GroupLeader { leader, to } => {
                let control = Control::GroupLeader {
                    from: leader.clone(),
                    to: to.clone(),
                };
                self.hand_over(to.node(), Outgoing::connecting(control, Tie::Nothing))
            }
            RemoteSignal::Exit2 {
                from,
                to,
                reason,
                priority,
            } => self.send_exit2(from, to, reason, priority),
            RemoteSignal::Monitor { from, to, number } => self.send_monitor(from, to, number),
            RemoteSignal::Demonitor { from, to, number } => {
                self.demonitor(from, to, number, Tie::Demonitor(number))
            }
            RemoteSignal::Down {
                from,
                watcher,
                reference,
                reason,
            } => self.send_down(from, watcher, reference, reason),
        }
    }

    /// The pid with this id, the node's own for a sender that is no process.
    pub(super) fn pid(&self, id: u64) -> Pid {
        crate::process::host::Host::pid(&*self.0, id)
    }

    fn send_message(
        &self,
        from: u64,
        to: &Destination,
        body: Body<'_>,
        priority: bool,
    ) -> Result<(), CastError> {
        let (node, control) = self.message_to(from, to, priority)?;
        // Nearly always there is a connection.
        if let Some(peer) = self.0.peers.get(node) {
            let submitted = peer.submit(&control, Some(&mut *body), true, |_| {});
            if self.count_full(submitted)? == Submitted::Done {
                return Ok(());
            }
        }
        let outgoing = Outgoing {
            is_refusable: true,
            ..Outgoing::connecting(control, Tie::Nothing)
        };
        self.hand_over(node, outgoing.body(body))
    }

    /// The node a message goes to, and its control message.
    fn message_to<'a>(
        &self,
        from: u64,
        to: &'a Destination,
        priority: bool,
    ) -> Result<(&'a Atom, Control), CastError> {
        let from = self.pid(from);
        Ok(match to {
            Destination::Pid(pid) => {
                let (from, to) = (Some(from), pid.clone());
                (pid.node(), Control::Send { from, to })
            }
            Destination::NameNode(name, node) => {
                let to = name.clone();
                (node, Control::RegSend { from, to })
            }
            Destination::Alias(alias) if priority => {
                let control = Control::AltactSigSend {
                    from,
                    to: AltactTarget::Alias(alias.clone()),
                    priority,
                    exit: false,
                };
                (alias.node(), control)
            }
            Destination::Alias(alias) => {
                let to = alias.clone();
                (alias.node(), Control::AliasSend { from, to })
            }
            Destination::Name(_) => return Err(CastError::Closed),
        })
    }

    /// A monitor and the request, in this order, as `gen:call` sends them.
    fn send_call(
        &self,
        from: u64,
        to: &Destination,
        number: u64,
        body: Body<'_>,
    ) -> Result<(), CastError> {
        let Some((node, target)) = target_of(to) else {
            return Err(CastError::Closed);
        };
        let reference = self.reference(number);
        let monitor = Control::MonitorP {
            from: self.pid(from),
            to: target,
            reference,
        };
        let monitored = Outgoing::connecting(monitor, Tie::Slot(number));
        let Some(peer) = self.hand_over_to(node, monitored)? else {
            return Ok(());
        };
        // Over the connection that the monitor is tied to and no other: when it is lost the caller has heard of that.
        let (_, control) = self.message_to(from, to, false)?;
        let submitted = peer.submit(&control, Some(body), true, |_| {});
        self.count_full(submitted).map(drop)
    }

    fn send_monitor(&self, from: u64, to: &Destination, number: u64) -> Result<(), CastError> {
        let Some((node, target)) = target_of(to) else {
            return Err(CastError::Closed);
        };
        let reference = self.reference(number);
        let control = Control::MonitorP {
            from: self.pid(from),
            to: target,
            reference,
        };
        self.hand_over(
            node,
            Outgoing::connecting(control, Tie::Monitor(number, from)),
        )
    }

    fn demonitor(
        &self,
        from: u64,
        to: &Destination,
        number: u64,
        tie: Tie<'_>,
    ) -> Result<(), CastError> {
        let Some((node, target)) = target_of(to) else {
            return Ok(());
        };
        let reference = self.reference(number);
        let control = Control::DemonitorP {
            from: self.pid(from),
            to: target,
            reference,
        };
        self.hand_over(node, Outgoing::when_up(control, tie))
    }

    fn send_exit(
        &self,
        from: u64,
        to: &Pid,
        reason: &ExitReason,
        unlinking: bool,
    ) -> Result<(), CastError> {
        if unlinking {
            if let Some(peer) = self.0.peers.get(to.node()) {
                Tie::Unlink(from, to).apply(&mut peer.core().ties);
            }
            return Ok(());
        }
        let control = || Control::Exit {
            from: self.pid(from),
            to: to.clone(),
        };
        let make = || (control(), Tie::Unlink(from, to));
        self.hand_over_end(to.node(), reason, false, make)
    }

    fn send_exit2(
        &self,
        from: u64,
        to: &Destination,
        reason: &ExitReason,
        priority: bool,
    ) -> Result<(), CastError> {
        let (node, target) = match to {
            Destination::Pid(pid) => {
                let (from, to) = (self.pid(from), pid.clone());
                let control = || Control::Exit2 {
                    from: from.clone(),
                    to: to.clone(),
                };
                return self.hand_over_end(pid.node(), reason, true, || (control(), Tie::Nothing));
            }
            Destination::NameNode(name, node) => (node, AltactTarget::Name(name.clone())),
            Destination::Alias(alias) => (alias.node(), AltactTarget::Alias(alias.clone())),
            Destination::Name(_) => return Err(CastError::Closed),
        };
        let control = || Control::AltactSigSend {
            from: self.pid(from),
            to: target.clone(),
            // A name is for everybody: nobody has allowed to overtake what waits there.
            priority: priority && matches!(target, AltactTarget::Alias(_)),
            exit: true,
        };
        self.hand_over_end(node, reason, true, || (control(), Tie::Nothing))
    }

    fn send_down(
        &self,
        from: u64,
        watcher: &RemoteWatcher,
        reference: &Reference,
        reason: &ExitReason,
    ) -> Result<(), CastError> {
        let from = match &watcher.name {
            Some(name) => Monitored::Name(name.clone()),
            None => Monitored::Pid(self.pid(from)),
        };
        let control = || Control::MonitorPExit {
            from: from.clone(),
            to: watcher.pid.clone(),
            reference: reference.clone(),
        };
        let make = || (control(), Tie::Unwatch(reference));
        self.hand_over_end(watcher.pid.node(), reason, false, make)
    }

    /// Hands over the end of a process. A reason that cannot be sent, too long or of what the peer does not know, is told
    /// as one that can: the signal itself is never lost.
    fn hand_over_end<'t>(
        &self,
        node: &Atom,
        reason: &ExitReason,
        connects: bool,
        make: impl Fn() -> (Control, Tie<'t>),
    ) -> Result<(), CastError> {
        let attempt = |reason: &ExitReason| {
            let (control, tie) = make();
            let mut body = write_reason(reason);
            let outgoing = Outgoing {
                connects,
                ..Outgoing::when_up(control, tie)
            };
            self.hand_over(node, outgoing.body(&mut body))
        };
        let Err(CastError::Encode(error)) = attempt(reason) else {
            return Ok(());
        };
        tracing::warn!(%node, %error, "an exit reason cannot be sent");
        attempt(&unsendable(&error))
    }

    /// Sends `kept` to an alias of another node, over the connection that there is, however much waits for it. False
    /// without one.
    pub(crate) fn confirm_there(&self, to: &Reference) -> bool {
        let control = Control::AliasSend {
            from: self.pid_of_node(),
            to: to.clone(),
        };
        let mut body = |encoder: &mut Encoder<'_>| encoder.write_atom("kept");
        let outgoing = Outgoing::when_up(control, Tie::Nothing).body(&mut body);
        let handed = self.hand_over_to(to.node(), outgoing);
        handed.is_ok_and(|peer| peer.is_some())
    }

    /// Kills a process of another node, if there is a connection to it: one is not made for that.
    pub(super) fn kill_there(&self, to: &Pid) {
        let control = || Control::Exit2 {
            from: self.pid_of_node(),
            to: to.clone(),
        };
        let make = || (control(), Tie::Nothing);
        // It is encoded, and never refused for a full buffer.
        let _ = self.hand_over_end(to.node(), &ExitReason::Kill, false, make);
    }

    /// A spawn request, whose answer goes to slot `number`.
    pub(super) fn submit_spawn(&self, node: &Atom, control: Control, args: &Encoded, number: u64) {
        let mut body = |encoder: &mut Encoder<'_>| encoder.write_encoded(args);
        let outgoing = Outgoing::connecting(control, Tie::Slot(number)).body(&mut body);
        if self.hand_over(node, outgoing).is_err() {
            // Never for a full buffer: its arguments are more than one message can be.
            if let Some(slot) = self.0.places.take(number) {
                slot.spawned(Err(Atom::from_static("badarg")));
            }
        }
    }

    /// A spawn request that is refused when too much waits for the node. What it is answered goes to slot `number`.
    pub(super) fn submit_run(
        &self,
        node: &Atom,
        control: Control,
        args: Body<'_>,
        number: Option<u64>,
    ) -> Result<(), CastError> {
        let tie = number.map_or(Tie::Nothing, Tie::Slot);
        let outgoing = Outgoing {
            is_refusable: true,
            ..Outgoing::connecting(control, tie)
        };
        self.hand_over(node, outgoing.body(args))
    }

    pub(super) fn reference(&self, number: u64) -> Reference {
        crate::process::host::Host::reference(&*self.0, number)
    }

    fn hand_over(&self, node: &Atom, outgoing: Outgoing<'_, '_>) -> Result<(), CastError> {
        self.hand_over_to(node, outgoing).map(drop)
    }

    /// Hands a signal over, and says to which connection; `None` when there is none, and what it ties has heard so.
    fn hand_over_to(
        &self,
        node: &Atom,
        mut outgoing: Outgoing<'_, '_>,
    ) -> Result<Option<Arc<Peer>>, CastError> {
        for _ in 0..ATTEMPTS {
            let peer = if outgoing.connects {
                self.peer(node).ok()
            } else {
                self.0.peers.get(node)
            };
            let Some(peer) = peer else { break };
            let body: Option<Body<'_>> = match &mut outgoing.body {
                Some(body) => Some(&mut **body),
                None => None,
            };
            let tie = &outgoing.tie;
            let submitted = peer.submit(&outgoing.control, body, outgoing.is_refusable, |ties| {
                tie.apply(ties)
            });
            let submitted = self.count_full(submitted)?;
            if submitted == Submitted::Done {
                return Ok(Some(peer));
            }
            // It has been lost meanwhile: there is no other one, unless it is made.
            if !outgoing.connects {
                break;
            }
        }
        if outgoing.connects {
            let mut ties = Ties::default();
            outgoing.tie.apply(&mut ties);
            self.break_ties(ties);
        }
        Ok(None)
    }
}

/// The node and the object of a monitor.
fn target_of(to: &Destination) -> Option<(&Atom, Monitored)> {
    match to {
        Destination::Pid(pid) => Some((pid.node(), Monitored::Pid(pid.clone()))),
        Destination::NameNode(name, node) => Some((node, Monitored::Name(name.clone()))),
        Destination::Name(_) | Destination::Alias(_) => None,
    }
}

impl<'a, 'b> Outgoing<'a, 'b> {
    /// A signal that makes a connection when there is none.
    fn connecting(control: Control, tie: Tie<'b>) -> Self {
        Outgoing {
            control,
            body: None,
            is_refusable: false,
            connects: true,
            tie,
        }
    }

    /// A signal that is of no use without the connection it belongs to.
    fn when_up(control: Control, tie: Tie<'b>) -> Self {
        Outgoing {
            control,
            body: None,
            is_refusable: false,
            connects: false,
            tie,
        }
    }

    fn body(mut self, body: Body<'a>) -> Self {
        self.body = Some(body);
        self
    }
}
