//! Writing control messages, in the form that was negotiated.

use thiserror::Error;

use super::message::{AltactTarget, Control, Monitored};
use super::operation::{self as op, altact, spawn_reply};
use super::spawn::{SpawnReply, SpawnRequest};
use crate::dist::flags::Flags;
use crate::etf::{Atom, EncodeError, Encoder, Pid, Reference};

/// Why a signal was not sent. Nothing of it is sent then, and the connection is as good as before.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendError {
    /// The payload cannot be encoded.
    #[error("the payload cannot be encoded")]
    Encode(#[from] EncodeError),
    /// The message is longer than the limit.
    #[error("a message of {len} bytes is longer than {max}")]
    TooLong {
        /// The length in bytes.
        len: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// The peer cannot understand the signal: these flags were not negotiated.
    #[error("the peer lacks the distribution flags {0}")]
    NotNegotiated(Flags),
    /// `UNLINK` to a peer that knows `UNLINK_ID`, which would close the connection.
    #[error("the peer expects UNLINK_ID instead of UNLINK")]
    ObsoleteUnlink,
    /// A signal that names as its sender a process which is not of this node; it would close the connection, or worse.
    #[error("the sender is a process of {node}, which is not this node")]
    ForeignSender {
        /// The node of the sender.
        node: Atom,
    },
    /// A payload for a control message that has none, or none for one that has.
    #[error("the payload does not fit the control message")]
    Payload,
}

/// Where the payload goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dist) enum Placement {
    /// Nowhere: there is none.
    None,
    /// After the control message.
    After,
    /// As the last element of the control message.
    Inside,
    /// Nothing was written, and nothing is to be: the peer does not expect this signal.
    Dropped,
}

/// Writes a control message for a peer with which `flags` were negotiated, as the node `local`.
pub(in crate::dist) fn write_control(
    control: &Control,
    local: &Atom,
    flags: Flags,
    encoder: &mut Encoder<'_>,
) -> Result<Placement, SendError> {
    let mut writer = Writer {
        encoder,
        local,
        flags,
    };
    writer.control(control)
}

struct Writer<'a, 'b> {
    encoder: &'a mut Encoder<'b>,
    local: &'a Atom,
    flags: Flags,
}

impl Writer<'_, '_> {
    fn control(&mut self, control: &Control) -> Result<Placement, SendError> {
        match control {
            Control::Send { from, to } => self.send(from.as_ref(), to),
            Control::RegSend { from, to } => self.reg_send(from, to),
            Control::AliasSend { from, to } => self.alias_send(from, to),
            Control::AltactSigSend {
                from,
                to,
                priority,
                exit,
            } => self.altact_sig_send(from, to, *priority, *exit),
            Control::Link { from, to } => self.pair(op::LINK, from, to),
            Control::Unlink { .. } if self.flags.contains(Flags::UNLINK_ID) => {
                Err(SendError::ObsoleteUnlink)
            }
            Control::Unlink { from, to } => self.pair(op::UNLINK, from, to),
            Control::UnlinkId { id, from, to } => self.unlink_id(op::UNLINK_ID, *id, from, to),
            Control::UnlinkIdAck { id, from, to } => {
                self.unlink_id(op::UNLINK_ID_ACK, *id, from, to)
            }
            Control::Exit { from, to } => self.exit(op::EXIT, op::PAYLOAD_EXIT, from, to),
            Control::Exit2 { from, to } => self.exit(op::EXIT2, op::PAYLOAD_EXIT2, from, to),
            Control::GroupLeader { from, to } => {
                self.head(op::GROUP_LEADER)?;
                self.encoder.write_pid(from)?;
                self.encoder.write_pid(to)?;
                Ok(Placement::None)
            }
            Control::MonitorP {
                from,
                to,
                reference,
            } => self.monitor(op::MONITOR_P, from, to, reference),
            Control::DemonitorP {
                from,
                to,
                reference,
            } => self.monitor(op::DEMONITOR_P, from, to, reference),
            Control::MonitorPExit {
                from,
                to,
                reference,
            } => self.monitor_exit(from, to, reference),
            Control::SpawnRequest(request) => self.spawn_request(request),
            Control::SpawnReply(reply) => self.spawn_reply(reply),
        }
    }

    fn send(&mut self, from: Option<&Pid>, to: &Pid) -> Result<Placement, SendError> {
        match from {
            Some(from) if self.flags.contains(Flags::SEND_SENDER) => {
                self.head(op::SEND_SENDER)?;
                self.encoder.write_pid(from)?;
            }
            _ => {
                self.head(op::SEND)?;
                self.encoder.write_atom("")?;
            }
        }
        self.encoder.write_pid(to)?;
        Ok(Placement::After)
    }

    fn reg_send(&mut self, from: &Pid, to: &Atom) -> Result<Placement, SendError> {
        self.head(op::REG_SEND)?;
        self.encoder.write_pid(from)?;
        self.encoder.write_atom("")?;
        self.encoder.write_atom(to.as_str())?;
        Ok(Placement::After)
    }

    /// OTP 29 sends every message to an alias as `ALTACT_SIG_SEND` when it can.
    fn alias_send(&mut self, from: &Pid, to: &Reference) -> Result<Placement, SendError> {
        if self.flags.contains(Flags::ALTACT_SIG) {
            self.head(op::ALTACT_SIG_SEND)?;
            self.encoder.write_i64(altact::ALIAS)?;
        } else {
            self.require(Flags::ALIAS)?;
            self.head(op::ALIAS_SEND)?;
        }
        self.encoder.write_pid(from)?;
        self.encoder.write_reference(to)?;
        Ok(Placement::After)
    }

    /// Without `ALTACT_SIG` a signal loses its priority; what has no other form cannot be sent.
    fn altact_sig_send(
        &mut self,
        from: &Pid,
        to: &AltactTarget,
        priority: bool,
        exit: bool,
    ) -> Result<Placement, SendError> {
        if !self.flags.contains(Flags::ALTACT_SIG) {
            return match Control::altact(from.clone(), to.clone(), false, exit) {
                Control::AltactSigSend { .. } => Err(SendError::NotNegotiated(Flags::ALTACT_SIG)),
                ordinary => self.control(&ordinary),
            };
        }
        if exit {
            self.check_sender(from)?;
        }
        let target = match to {
            AltactTarget::Pid(_) => 0,
            AltactTarget::Name(_) => altact::NAME,
            AltactTarget::Alias(_) => altact::ALIAS,
        };
        let flag = |is_set: bool, flag: i64| if is_set { flag } else { 0 };
        self.head(op::ALTACT_SIG_SEND)?;
        self.encoder
            .write_i64(target | flag(priority, altact::PRIO) | flag(exit, altact::EXIT))?;
        self.encoder.write_pid(from)?;
        match to {
            AltactTarget::Pid(pid) => self.encoder.write_pid(pid)?,
            AltactTarget::Name(name) => self.encoder.write_atom(name.as_str())?,
            AltactTarget::Alias(alias) => self.encoder.write_reference(alias)?,
        }
        Ok(Placement::After)
    }

    fn pair(&mut self, operation: i64, from: &Pid, to: &Pid) -> Result<Placement, SendError> {
        self.check_sender(from)?;
        self.head(operation)?;
        self.encoder.write_pid(from)?;
        self.encoder.write_pid(to)?;
        Ok(Placement::None)
    }

    fn unlink_id(
        &mut self,
        operation: i64,
        id: u64,
        from: &Pid,
        to: &Pid,
    ) -> Result<Placement, SendError> {
        self.check_sender(from)?;
        if !self.flags.contains(Flags::UNLINK_ID) {
            return match operation {
                op::UNLINK_ID => self.pair(op::UNLINK, from, to),
                _ => Ok(Placement::Dropped),
            };
        }
        self.head(operation)?;
        self.encoder.write_u64(id)?;
        self.encoder.write_pid(from)?;
        self.encoder.write_pid(to)?;
        Ok(Placement::None)
    }

    fn exit(
        &mut self,
        inside: i64,
        after: i64,
        from: &Pid,
        to: &Pid,
    ) -> Result<Placement, SendError> {
        self.check_sender(from)?;
        let (operation, placement) = self.choose(inside, after);
        self.head(operation)?;
        self.encoder.write_pid(from)?;
        self.encoder.write_pid(to)?;
        Ok(placement)
    }

    fn monitor(
        &mut self,
        operation: i64,
        from: &Pid,
        to: &Monitored,
        reference: &Reference,
    ) -> Result<Placement, SendError> {
        self.check_sender(from)?;
        self.require(Flags::DIST_MONITOR)?;
        if matches!(to, Monitored::Name(_)) {
            self.require(Flags::DIST_MONITOR_NAME)?;
        }
        self.head(operation)?;
        self.encoder.write_pid(from)?;
        self.monitored(to)?;
        self.encoder.write_reference(reference)?;
        Ok(Placement::None)
    }

    fn monitor_exit(
        &mut self,
        from: &Monitored,
        to: &Pid,
        reference: &Reference,
    ) -> Result<Placement, SendError> {
        if let Monitored::Pid(from) = from {
            self.check_sender(from)?;
        }
        let (operation, placement) = self.choose(op::MONITOR_P_EXIT, op::PAYLOAD_MONITOR_P_EXIT);
        self.head(operation)?;
        self.monitored(from)?;
        self.encoder.write_pid(to)?;
        self.encoder.write_reference(reference)?;
        Ok(placement)
    }

    fn spawn_request(&mut self, request: &SpawnRequest) -> Result<Placement, SendError> {
        self.require(Flags::SPAWN)?;
        self.check_sender(&request.from)?;
        self.head(op::SPAWN_REQUEST)?;
        self.encoder.write_reference(&request.request)?;
        self.encoder.write_pid(&request.from)?;
        self.encoder.write_pid(&request.group_leader)?;
        self.encoder.write_tuple(3)?;
        self.encoder.write_atom(request.module.as_str())?;
        self.encoder.write_atom(request.function.as_str())?;
        self.encoder.write_i64(i64::from(request.arity))?;
        self.encoder.write_term(&request.options)?;
        Ok(Placement::After)
    }

    fn spawn_reply(&mut self, reply: &SpawnReply) -> Result<Placement, SendError> {
        // An answer to one that knows the operation, be it a refusal for want of the flag.
        self.head(op::SPAWN_REPLY)?;
        self.encoder.write_reference(&reply.request)?;
        self.encoder.write_pid(&reply.to)?;
        let link = if reply.link { spawn_reply::LINK } else { 0 };
        let monitor = if reply.monitor {
            spawn_reply::MONITOR
        } else {
            0
        };
        self.encoder.write_i64(link | monitor)?;
        match &reply.result {
            Ok(pid) => {
                self.check_sender(pid)?;
                self.encoder.write_pid(pid)?;
            }
            Err(error) => self.encoder.write_atom(error.as_str())?,
        }
        Ok(Placement::None)
    }

    /// The form with the reason as a payload, if the peer knows it.
    fn choose(&self, inside: i64, after: i64) -> (i64, Placement) {
        if self.flags.contains(Flags::EXIT_PAYLOAD) {
            (after, Placement::After)
        } else {
            (inside, Placement::Inside)
        }
    }

    /// The header of the tuple, and the operation.
    fn head(&mut self, operation: i64) -> Result<(), SendError> {
        self.encoder
            .write_tuple(op::arity(operation).unwrap_or_default())?;
        self.encoder.write_i64(operation)?;
        Ok(())
    }

    fn monitored(&mut self, monitored: &Monitored) -> Result<(), SendError> {
        match monitored {
            Monitored::Pid(pid) => self.encoder.write_pid(pid)?,
            Monitored::Name(name) => self.encoder.write_atom(name.as_str())?,
        }
        Ok(())
    }

    fn require(&self, flags: Flags) -> Result<(), SendError> {
        match flags.without(self.flags) {
            Flags::EMPTY => Ok(()),
            missing => Err(SendError::NotNegotiated(missing)),
        }
    }

    fn check_sender(&self, from: &Pid) -> Result<(), SendError> {
        if from.node() == self.local {
            return Ok(());
        }
        Err(SendError::ForeignSender {
            node: from.node().clone(),
        })
    }
}
