//! What a control message says.

use super::spawn::{SpawnReply, SpawnRequest};
use crate::etf::{Atom, Pid, Reference};

/// One control message. Where a variant says that it has a payload, exactly one term goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Control {
    /// `LINK`: `from` links itself to `to`.
    Link {
        /// The process that links.
        from: Pid,
        /// The process it links to.
        to: Pid,
    },
    /// `UNLINK`: the end of a link, by peers without [`UNLINK_ID`](crate::dist::Flags::UNLINK_ID).
    Unlink {
        /// The process that unlinks.
        from: Pid,
        /// The process it was linked to.
        to: Pid,
    },
    /// `UNLINK_ID`: `from` wants the link to end, and to hear that it has.
    UnlinkId {
        /// Not 0; comes back in the acknowledgement.
        id: u64,
        /// The process that unlinks.
        from: Pid,
        /// The process it was linked to.
        to: Pid,
    },
    /// `UNLINK_ID_ACK`: the answer to `UNLINK_ID`, before any other signal from `from` to `to`.
    UnlinkIdAck {
        /// The id of the request.
        id: u64,
        /// The process that was asked.
        from: Pid,
        /// The process that asked.
        to: Pid,
    },
    /// `SEND`, `SEND_SENDER`: a message to a process. Payload: the message.
    Send {
        /// The sender, where the peer tells it.
        from: Option<Pid>,
        /// The receiver.
        to: Pid,
    },
    /// `REG_SEND`: a message to a name. Payload: the message.
    RegSend {
        /// The sender.
        from: Pid,
        /// The name.
        to: Atom,
    },
    /// `ALIAS_SEND`, and `ALTACT_SIG_SEND` without priority: a message to an alias. Payload: the message.
    AliasSend {
        /// The sender.
        from: Pid,
        /// The alias.
        to: Reference,
    },
    /// `EXIT`, `PAYLOAD_EXIT`: a linked process has exited. Payload: the reason.
    Exit {
        /// The process that exited.
        from: Pid,
        /// The process it was linked to.
        to: Pid,
    },
    /// `EXIT2`, `PAYLOAD_EXIT2`: an exit signal, as from `exit/2`. Payload: the reason.
    Exit2 {
        /// The sender.
        from: Pid,
        /// The receiver.
        to: Pid,
    },
    /// `GROUP_LEADER`: a process gets another group leader.
    GroupLeader {
        /// The new group leader, a process of any node.
        from: Pid,
        /// The process that gets it.
        to: Pid,
    },
    /// `MONITOR_P`: `from` monitors `to`.
    MonitorP {
        /// The process that monitors.
        from: Pid,
        /// What it monitors.
        to: Monitored,
        /// The identity of the monitor.
        reference: Reference,
    },
    /// `DEMONITOR_P`: `from` monitors `to` no longer.
    DemonitorP {
        /// The process that monitored.
        from: Pid,
        /// What it monitored.
        to: Monitored,
        /// The identity of the monitor.
        reference: Reference,
    },
    /// `MONITOR_P_EXIT`, `PAYLOAD_MONITOR_P_EXIT`: what was monitored has exited. Payload: the reason.
    MonitorPExit {
        /// What was monitored, in the form in which it was: a name stays a name.
        from: Monitored,
        /// The process that monitored.
        to: Pid,
        /// The identity of the monitor.
        reference: Reference,
    },
    /// `SPAWN_REQUEST`: start a process. Payload: the list of its arguments.
    SpawnRequest(Box<SpawnRequest>),
    /// `SPAWN_REPLY`: what became of a request to start a process.
    SpawnReply(Box<SpawnReply>),
    /// `ALTACT_SIG_SEND` in the forms that no other operation has: signals with priority, and exit signals to names and
    /// aliases (OTP 28). Payload: the message, or the reason.
    AltactSigSend {
        /// The sender.
        from: Pid,
        /// The receiver.
        to: AltactTarget,
        /// Whether the signal overtakes those without priority.
        priority: bool,
        /// Whether this is an exit signal.
        exit: bool,
    },
}

/// What a monitor watches.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Monitored {
    /// A process.
    Pid(Pid),
    /// Whatever process has the name when the monitor arrives.
    Name(Atom),
}

/// The receiver of an [`Control::AltactSigSend`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AltactTarget {
    /// A process.
    Pid(Pid),
    /// A registered name.
    Name(Atom),
    /// An alias.
    Alias(Reference),
}

impl Control {
    /// Whether exactly one term goes with the message.
    pub fn has_payload(&self) -> bool {
        match self {
            Control::Send { .. }
            | Control::RegSend { .. }
            | Control::AliasSend { .. }
            | Control::Exit { .. }
            | Control::Exit2 { .. }
            | Control::MonitorPExit { .. }
            | Control::SpawnRequest(_)
            | Control::AltactSigSend { .. } => true,
            Control::Link { .. }
            | Control::Unlink { .. }
            | Control::UnlinkId { .. }
            | Control::UnlinkIdAck { .. }
            | Control::GroupLeader { .. }
            | Control::MonitorP { .. }
            | Control::DemonitorP { .. }
            | Control::SpawnReply(_) => false,
        }
    }

    /// The same signal without priority, when it has one.
    pub(in crate::dist) fn without_priority(&self) -> Option<Control> {
        let Control::AltactSigSend {
            from,
            to,
            priority: true,
            exit,
        } = self
        else {
            return None;
        };
        Some(Control::altact(from.clone(), to.clone(), false, *exit))
    }

    /// The variant for an `ALTACT_SIG_SEND`: the ordinary one where there is one.
    pub(super) fn altact(from: Pid, to: AltactTarget, priority: bool, exit: bool) -> Control {
        match (to, exit) {
            (AltactTarget::Pid(to), false) if !priority => Control::Send {
                from: Some(from),
                to,
            },
            (AltactTarget::Pid(to), true) if !priority => Control::Exit2 { from, to },
            (AltactTarget::Name(to), false) if !priority => Control::RegSend { from, to },
            (AltactTarget::Alias(to), false) if !priority => Control::AliasSend { from, to },
            (to, exit) => Control::AltactSigSend {
                from,
                to,
                priority,
                exit,
            },
        }
    }
}
