//! Reading control messages.

use super::message::{AltactTarget, Control, Monitored};
use super::operation::{self as op, altact, spawn_reply};
use super::spawn::{SpawnReply, SpawnRequest};
use crate::dist::violation::ProtocolViolation;
use crate::etf::{Atom, DecodeError, Decoder, Encoded, Kind, Pid, Reference};

/// The two ends of a connection, and what reading depends on.
#[derive(Clone, Debug)]
pub(in crate::dist) struct Parties {
    /// This node.
    pub(in crate::dist) local: Atom,
    /// The node at the other end.
    pub(in crate::dist) peer: Atom,
    /// Whether `UNLINK_ID` was negotiated, so that `UNLINK` must not come.
    pub(in crate::dist) has_unlink_id: bool,
}

/// Where the payload of a control message is.
#[derive(Clone, Debug)]
pub(in crate::dist) enum PayloadPlace {
    /// There is none.
    None,
    /// After the control message.
    After,
    /// It was inside the control message.
    Inside(Encoded),
}

/// One control message, as it is taken from the wire.
#[derive(Debug)]
pub(in crate::dist) enum Read {
    /// A message to a process, with its payload after it: most are that, and go by without becoming a [`Control`].
    Message(Option<Pid>, Pid),
    /// Anything else, and where its payload is.
    Control(Control, PayloadPlace),
}

/// Reads one control message and says where its payload is, and with which operation it came.
#[cfg(test)]
pub(in crate::dist) fn read_control(
    decoder: &mut Decoder<'_>,
    parties: &Parties,
) -> Result<(Control, PayloadPlace, i64), ProtocolViolation> {
    let (mut elements, arity) = open(decoder, parties)?;
    let operation = elements.operation;
    let (control, place) = match elements.read(arity)? {
        Read::Message(from, to) => (Control::Send { from, to }, PayloadPlace::After),
        Read::Control(control, place) => (control, place),
    };
    Ok((control, place, operation))
}

/// Begins to read a control message; gives what is left of it, and how many elements it has.
#[inline]
pub(in crate::dist) fn open<'a, 'b, 'de>(
    decoder: &'a mut Decoder<'de>,
    parties: &'b Parties,
) -> Result<(Elements<'a, 'b, 'de>, usize), ProtocolViolation> {
    let arity = decoder
        .read_tuple()
        .map_err(ProtocolViolation::NotAControl)?;
    if arity == 0 {
        return Err(ProtocolViolation::EmptyControl);
    }
    let operation = decoder.read_i64().map_err(ProtocolViolation::NotAControl)?;
    let expected = op::arity(operation).ok_or(ProtocolViolation::UnknownOperation(operation))?;
    if operation == op::NODE_LINK || (operation == op::UNLINK && parties.has_unlink_id) {
        return Err(ProtocolViolation::ObsoleteOperation(operation));
    }
    if arity != expected && operation != op::ALTACT_SIG_SEND {
        return Err(ProtocolViolation::Arity { operation, arity });
    }
    let elements = Elements {
        decoder,
        parties,
        operation,
    };
    Ok((elements, arity))
}

/// The elements of one control message after its operation.
pub(in crate::dist) struct Elements<'a, 'b, 'de> {
    decoder: &'a mut Decoder<'de>,
    parties: &'b Parties,
    pub(in crate::dist) operation: i64,
}

type Element<T> = Result<T, ProtocolViolation>;

impl Elements<'_, '_, '_> {
    /// Reads all of them.
    #[inline(always)]
    pub(in crate::dist) fn read(&mut self, arity: usize) -> Element<Read> {
        match self.operation {
            op::SEND | op::SEND_TT | op::SEND_SENDER | op::SEND_SENDER_TT => self.send(),
            _ => {
                let (control, place) = self.control(arity)?;
                Ok(Read::Control(control, place))
            }
        }
    }

    fn control(&mut self, arity: usize) -> Element<(Control, PayloadPlace)> {
        use PayloadPlace::{After, None};
        match self.operation {
            op::REG_SEND | op::REG_SEND_TT => Ok((self.reg_send()?, After)),
            op::ALIAS_SEND | op::ALIAS_SEND_TT => {
                let (from, to) = (self.pid()?, self.reference()?);
                self.drop_token()?;
                Ok((Control::AliasSend { from, to }, After))
            }
            op::ALTACT_SIG_SEND => Ok((self.altact(arity)?, After)),
            op::LINK | op::UNLINK | op::UNLINK_ID | op::UNLINK_ID_ACK => Ok((self.link()?, None)),
            op::GROUP_LEADER => {
                let (from, to) = (self.pid()?, self.pid()?);
                Ok((Control::GroupLeader { from, to }, None))
            }
            op::MONITOR_P | op::DEMONITOR_P => Ok((self.monitor()?, None)),
            op::MONITOR_P_EXIT | op::PAYLOAD_MONITOR_P_EXIT => self.monitor_exit(),
            op::SPAWN_REQUEST | op::SPAWN_REQUEST_TT => Ok((self.spawn_request()?, After)),
            op::SPAWN_REPLY | op::SPAWN_REPLY_TT => Ok((self.spawn_reply()?, None)),
            // EXIT and EXIT2 in their forms are all that is left of the operations with an arity.
            _ => self.exit(),
        }
    }

    #[inline(always)]
    fn send(&mut self) -> Element<Read> {
        let from = match self.operation {
            op::SEND_SENDER | op::SEND_SENDER_TT => Some(self.pid()?),
            // A cookie that has been empty since long before the protocol was written down.
            _ => self.skip().map(|()| None)?,
        };
        let to = self.pid()?;
        self.drop_token()?;
        Ok(Read::Message(from, to))
    }

    fn reg_send(&mut self) -> Element<Control> {
        let from = self.pid()?;
        self.skip()?;
        let to = self.atom()?;
        self.drop_token()?;
        Ok(Control::RegSend { from, to })
    }

    fn altact(&mut self, arity: usize) -> Element<Control> {
        let flags = self.integer()?;
        let has_token = flags & altact::TOKEN != 0;
        if arity != 4_usize.saturating_add(usize::from(has_token)) {
            return Err(ProtocolViolation::Arity {
                operation: self.operation,
                arity,
            });
        }
        let is_alias = flags & altact::ALIAS != 0;
        let is_name = flags & altact::NAME != 0;
        if flags & !altact::ALL != 0 || (is_alias && is_name) {
            return Err(self.value("set of flags"));
        }
        let from = self.pid()?;
        let to = if is_alias {
            AltactTarget::Alias(self.reference()?)
        } else if is_name {
            AltactTarget::Name(self.atom()?)
        } else {
            AltactTarget::Pid(self.pid()?)
        };
        if has_token {
            self.skip()?;
        }
        let (priority, exit) = (flags & altact::PRIO != 0, flags & altact::EXIT != 0);
        if exit {
            self.check_sender(&from)?;
        }
        Ok(Control::altact(from, to, priority, exit))
    }

    fn link(&mut self) -> Element<Control> {
        let id = match self.operation {
            op::UNLINK_ID | op::UNLINK_ID_ACK => self.unlink_id()?,
            _ => 0,
        };
        let (from, to) = self.between()?;
        Ok(match self.operation {
            op::LINK => Control::Link { from, to },
            op::UNLINK => Control::Unlink { from, to },
            op::UNLINK_ID => Control::UnlinkId { id, from, to },
            _ => Control::UnlinkIdAck { id, from, to },
        })
    }

    fn unlink_id(&mut self) -> Element<u64> {
        match self
            .decoder
            .read_u64()
            .map_err(|error| self.element(error))?
        {
            0 => Err(self.value("id")),
            id => Ok(id),
        }
    }

    /// `{Op, From, To}` with a payload, or `{Op, From, To, Reason}`, a token before the reason or last.
    fn exit(&mut self) -> Element<(Control, PayloadPlace)> {
        let (from, to) = self.between()?;
        self.drop_token()?;
        let place = match self.operation {
            op::EXIT | op::EXIT_TT | op::EXIT2 | op::EXIT2_TT => self.inside()?,
            _ => PayloadPlace::After,
        };
        let control = match self.operation {
            op::EXIT | op::EXIT_TT | op::PAYLOAD_EXIT | op::PAYLOAD_EXIT_TT => {
                Control::Exit { from, to }
            }
            _ => Control::Exit2 { from, to },
        };
        Ok((control, place))
    }

    fn monitor(&mut self) -> Element<Control> {
        let from = self.pid()?;
        self.check_sender(&from)?;
        let to = self.monitored()?;
        if let Monitored::Pid(to) = &to {
            self.check_receiver(to.node())?;
        }
        let reference = self.reference()?;
        Ok(match self.operation {
            op::MONITOR_P => Control::MonitorP {
                from,
                to,
                reference,
            },
            _ => Control::DemonitorP {
                from,
                to,
                reference,
            },
        })
    }

    fn monitor_exit(&mut self) -> Element<(Control, PayloadPlace)> {
        let from = self.monitored()?;
        if let Monitored::Pid(from) = &from
            && *from.node() == self.parties.local
        {
            return Err(self.foreign_sender(from));
        }
        let to = self.pid()?;
        self.check_receiver(to.node())?;
        let reference = self.reference()?;
        let place = match self.operation {
            op::MONITOR_P_EXIT => self.inside()?,
            _ => PayloadPlace::After,
        };
        Ok((
            Control::MonitorPExit {
                from,
                to,
                reference,
            },
            place,
        ))
    }

    fn spawn_request(&mut self) -> Element<Control> {
        let request = self.reference()?;
        let from = self.pid()?;
        self.check_sender(&from)?;
        let group_leader = self.pid()?;
        self.decoder
            .expect_tuple(3)
            .map_err(|error| self.element(error))?;
        let (module, function) = (self.atom()?, self.atom()?);
        let arity = u32::try_from(self.integer()?).map_err(|_| self.value("arity"))?;
        let options = self
            .decoder
            .read_term()
            .map_err(|error| self.element(error))?;
        self.drop_token()?;
        let request = SpawnRequest {
            request,
            from,
            group_leader,
            module,
            function,
            arity,
            options,
        };
        Ok(Control::SpawnRequest(Box::new(request)))
    }

    fn spawn_reply(&mut self) -> Element<Control> {
        let request = self.reference()?;
        self.check_receiver(request.node())?;
        let to = self.pid()?;
        self.check_receiver(to.node())?;
        let flags = self.integer()?;
        if !(0..spawn_reply::END).contains(&flags) {
            return Err(self.value("set of flags"));
        }
        let result = match self.monitored()? {
            Monitored::Pid(pid) => {
                self.check_sender(&pid)?;
                Ok(pid)
            }
            Monitored::Name(error) => Err(error),
        };
        self.drop_token()?;
        let (link, monitor) = (
            flags & spawn_reply::LINK != 0,
            flags & spawn_reply::MONITOR != 0,
        );
        Ok(Control::SpawnReply(Box::new(SpawnReply {
            request,
            to,
            link,
            monitor,
            result,
        })))
    }

    /// A sender on the peer and a receiver here.
    fn between(&mut self) -> Element<(Pid, Pid)> {
        let from = self.pid()?;
        self.check_sender(&from)?;
        let to = self.pid()?;
        self.check_receiver(to.node())?;
        Ok((from, to))
    }

    /// Passes over the trace token of an operation that has one.
    fn drop_token(&mut self) -> Element<()> {
        match self.operation {
            op::SEND_TT
            | op::EXIT_TT
            | op::REG_SEND_TT
            | op::EXIT2_TT
            | op::SEND_SENDER_TT
            | op::PAYLOAD_EXIT_TT
            | op::PAYLOAD_EXIT2_TT
            | op::SPAWN_REQUEST_TT
            | op::SPAWN_REPLY_TT
            | op::ALIAS_SEND_TT => self.skip(),
            _ => Ok(()),
        }
    }

    fn inside(&mut self) -> Element<PayloadPlace> {
        let reason = self
            .decoder
            .read_encoded()
            .map_err(|error| self.element(error))?;
        Ok(PayloadPlace::Inside(reason))
    }

    fn monitored(&mut self) -> Element<Monitored> {
        let kind = self
            .decoder
            .peek_kind()
            .map_err(|error| self.element(error))?;
        match kind {
            Kind::Atom => self.atom().map(Monitored::Name),
            _ => self.pid().map(Monitored::Pid),
        }
    }

    fn pid(&mut self) -> Element<Pid> {
        self.decoder.read_pid().map_err(|error| self.element(error))
    }

    fn atom(&mut self) -> Element<Atom> {
        self.decoder
            .read_atom()
            .map_err(|error| self.element(error))
    }

    fn reference(&mut self) -> Element<Reference> {
        self.decoder
            .read_reference()
            .map_err(|error| self.element(error))
    }

    fn integer(&mut self) -> Element<i64> {
        self.decoder.read_i64().map_err(|error| self.element(error))
    }

    fn skip(&mut self) -> Element<()> {
        self.decoder.skip().map_err(|error| self.element(error))
    }

    fn check_sender(&self, from: &Pid) -> Element<()> {
        if *from.node() == self.parties.peer {
            Ok(())
        } else {
            Err(self.foreign_sender(from))
        }
    }

    /// The receiver may be of an earlier incarnation of this node, but not of another node.
    fn check_receiver(&self, node: &Atom) -> Element<()> {
        if *node == self.parties.local {
            return Ok(());
        }
        Err(ProtocolViolation::ForeignReceiver {
            operation: self.operation,
            node: node.clone(),
        })
    }

    #[cold]
    fn foreign_sender(&self, from: &Pid) -> ProtocolViolation {
        ProtocolViolation::ForeignSender {
            operation: self.operation,
            node: from.node().clone(),
        }
    }

    #[cold]
    fn element(&self, source: DecodeError) -> ProtocolViolation {
        ProtocolViolation::Element {
            operation: self.operation,
            source,
        }
    }

    #[cold]
    fn value(&self, element: &'static str) -> ProtocolViolation {
        ProtocolViolation::Value {
            operation: self.operation,
            element,
        }
    }
}
