//! The accepting side of the handshake.

use std::time::Instant;

use super::challenge::Challenge;
use super::error::{HandshakeError, Step};
use super::established::{Established, Identity};
use super::line::Line;
use super::messages::{ChallengeAck, ChallengeReply, Complement, SendChallenge, SendName, Status};
use crate::dist::creation::Creation;
use crate::dist::digest::Digest;
use crate::dist::flags::Flags;
use crate::dist::node_name::NodeName;
use crate::wire::{Cookie, Limits};

/// The side that was dialled: asks this node what to make of the peer's name, then lets the peer prove the cookie.
///
/// The question is [`AcceptorEvent::Introduced`]; answer it with [`Acceptor::admit`] or [`Acceptor::refuse`]. Until
/// then no further input is taken. Peers without the required flags and peers that use this node's name are refused
/// without a question.
#[derive(Debug)]
pub struct Acceptor {
    identity: Identity,
    challenge: Challenge,
    line: Line,
    state: State,
    event: Option<AcceptorEvent>,
}

#[derive(Debug)]
enum State {
    AwaitName,
    AwaitDecision {
        introduction: Introduction,
        is_old: bool,
    },
    AwaitAliveAnswer {
        guest: Guest,
    },
    AwaitComplement {
        guest: Guest,
    },
    AwaitReply {
        guest: Guest,
    },
    Complete,
    Failed(HandshakeError),
}

/// A peer that was admitted, but has not proved itself.
#[derive(Clone, Debug)]
struct Guest {
    name: NodeName,
    creation: Option<Creation>,
    /// The flags of the peer.
    flags: Flags,
    /// The flags that this node shows to it.
    our_flags: Flags,
    cookie: Cookie,
    replaces: bool,
    is_old: bool,
}

/// What happened in an [`Acceptor`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcceptorEvent {
    /// The peer said who it is, unproved: answer with [`Acceptor::admit`] or [`Acceptor::refuse`].
    Introduced(Introduction),
    /// The handshake is complete.
    Established(Established),
}

/// What a peer says about itself before it has proved anything.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Introduction {
    /// Its name, or its host and the request for a name.
    pub peer: Introduced,
    /// What it announces. Of an old node only the lower 32 flags are known here.
    pub flags: Flags,
    /// Its incarnation; `None` when it announced 0 or will do so later.
    pub creation: Option<Creation>,
}

/// How a peer calls itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Introduced {
    /// A node with a name.
    Node(NodeName),
    /// A node that asks for a name on this host: admit it with [`Admission::Named`].
    Nameless {
        /// The host of the peer.
        host: String,
    },
}

/// How a peer is admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admission {
    /// There is no connection to this node: `ok`.
    Ok,
    /// This node is dialling the peer itself and gives that attempt up: `ok_simultaneous`. It is for the attempt of
    /// the node with the greater name to survive.
    OkSimultaneous,
    /// There is a connection to a node of this name: `alive`. When the peer insists, the result has
    /// [`Established::replaces`] set.
    Alive,
    /// The name for a nameless node: `named:`. Its host must be the one the peer gave.
    Named {
        /// The full name.
        name: NodeName,
        /// The incarnation.
        creation: Creation,
    },
}

/// How a peer is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// This node's own attempt to dial the peer has precedence: `nok`.
    Nok,
    /// The peer is not among the nodes allowed here: `not_allowed`.
    NotAllowed,
}

impl Acceptor {
    /// Waits for the name of a peer that has connected to the node `identity`.
    ///
    /// `challenge` must come from the operating system's generator through the node's
    /// [`OpenChallenges`](super::OpenChallenges). The handshake has `limits.handshake_timeout` from `now` on.
    pub fn new(
        identity: Identity,
        challenge: Challenge,
        limits: &Limits,
        now: Instant,
    ) -> Acceptor {
        let line = Line::new(limits, now);
        Acceptor {
            identity,
            challenge,
            line,
            state: State::AwaitName,
            event: None,
        }
    }

    /// Takes bytes from the peer in any portions and returns how many of them were taken. What remains after the
    /// handshake is complete belongs to the connection; what remains while the question is open must be given again
    /// after the answer.
    ///
    /// # Errors
    /// Why the handshake failed; write what [`Acceptor::poll_transmit`] still has, then close the socket. Later calls
    /// return the same error.
    pub fn handle_input(&mut self, input: &[u8]) -> Result<usize, HandshakeError> {
        let mut rest = input;
        let result = self.consume(&mut rest);
        if let Err(error) = result {
            return Err(self.fail(error));
        }
        Ok(input.len().saturating_sub(rest.len()))
    }

    /// Answers the question: lets the peer go on, with the cookie for it.
    ///
    /// # Errors
    /// [`HandshakeError::NoQuestion`] when there is no question, or when [`Admission::Named`] answers a peer with a
    /// name, or another admission one without, or the name is on another host. The question stays open.
    pub fn admit(&mut self, admission: Admission, cookie: Cookie) -> Result<(), HandshakeError> {
        let State::AwaitDecision {
            introduction,
            is_old,
        } = &self.state
        else {
            return Err(HandshakeError::NoQuestion);
        };
        let guest = self.guest(introduction, *is_old, &admission, cookie)?;
        match admission {
            Admission::Ok => self.line.send(|out| Status::Ok.encode(out)),
            Admission::OkSimultaneous => self.line.send(|out| Status::OkSimultaneous.encode(out)),
            Admission::Named { name, creation } => {
                let (name, creation) = (name.as_str(), creation.get());
                self.line
                    .send(|out| Status::Named { name, creation }.encode(out));
            }
            Admission::Alive => {
                self.line.send(|out| Status::Alive.encode(out));
                self.state = State::AwaitAliveAnswer { guest };
                return Ok(());
            }
        }
        self.send_challenge(guest);
        Ok(())
    }

    /// Answers the question: turns the peer away. Write what [`Acceptor::poll_transmit`] has, then close the socket.
    ///
    /// # Errors
    /// [`HandshakeError::NoQuestion`] when there is no question.
    pub fn refuse(&mut self, refusal: Refusal) -> Result<(), HandshakeError> {
        let State::AwaitDecision { introduction, .. } = &self.state else {
            return Err(HandshakeError::NoQuestion);
        };
        let peer = introduction.peer.to_text();
        self.line.send(|out| match refusal {
            Refusal::Nok => Status::Nok.encode(out),
            Refusal::NotAllowed => Status::NotAllowed.encode(out),
        });
        self.fail(HandshakeError::Refused { peer });
        Ok(())
    }

    /// The peer closed the socket.
    ///
    /// # Errors
    /// Always, unless the handshake is complete: [`HandshakeError::Closed`] with what was expected instead.
    pub fn handle_close(&mut self) -> Result<(), HandshakeError> {
        match self.awaiting() {
            Step::Nothing => Ok(()),
            step => Err(self.fail(HandshakeError::Closed(step))),
        }
    }

    /// Time has passed.
    ///
    /// # Errors
    /// [`HandshakeError::Timeout`] when the deadline is reached.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), HandshakeError> {
        match self.awaiting() {
            Step::Nothing => Ok(()),
            step => self
                .line
                .check_deadline(now, step)
                .map_err(|error| self.fail(error)),
        }
    }

    /// When to call [`Acceptor::handle_timeout`]; `None` once the handshake is over.
    pub fn poll_timeout(&self) -> Option<Instant> {
        (self.awaiting() != Step::Nothing).then(|| self.line.deadline())
    }

    /// Bytes for the peer, in order.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.line.take_output()
    }

    /// What happened: the question, later the result, each once.
    pub fn poll_event(&mut self) -> Option<AcceptorEvent> {
        self.event.take()
    }

    /// What the machine waits for; [`Step::Nothing`] once it is complete or has failed.
    pub fn awaiting(&self) -> Step {
        match self.state {
            State::AwaitName => Step::Name,
            State::AwaitDecision { .. } => Step::Decision,
            State::AwaitAliveAnswer { .. } => Step::AliveAnswer,
            State::AwaitComplement { .. } => Step::Complement,
            State::AwaitReply { .. } => Step::ChallengeReply,
            State::Complete | State::Failed(_) => Step::Nothing,
        }
    }

    fn consume(&mut self, input: &mut &[u8]) -> Result<(), HandshakeError> {
        loop {
            match &self.state {
                State::Failed(error) => return Err(error.clone()),
                State::AwaitDecision { .. } | State::Complete => return Ok(()),
                _ => {}
            }
            let Some(message) = self.line.receive(input)? else {
                return Ok(());
            };
            // Every handler sets the next state; when it fails instead, so does the machine.
            match std::mem::replace(&mut self.state, State::Complete) {
                State::AwaitName => self.handle_name(&message)?,
                State::AwaitAliveAnswer { guest } => self.handle_alive_answer(&message, guest)?,
                State::AwaitComplement { guest } => self.handle_complement(&message, guest)?,
                State::AwaitReply { guest } => self.handle_reply(&message, guest)?,
                over @ (State::AwaitDecision { .. } | State::Complete | State::Failed(_)) => {
                    self.state = over
                }
            }
        }
    }

    fn handle_name(&mut self, message: &[u8]) -> Result<(), HandshakeError> {
        let malformed = HandshakeError::Malformed(Step::Name);
        let hello = SendName::decode(message).ok_or(malformed.clone())?;
        let peer = if hello.flags.contains(Flags::NAME_ME) {
            if hello.name.is_empty() || hello.name.contains('@') || hello.name.chars().count() > 253
            {
                return Err(malformed);
            }
            Introduced::Nameless {
                host: hello.name.to_owned(),
            }
        } else {
            Introduced::Node(NodeName::parse(hello.name).map_err(HandshakeError::BadName)?)
        };
        self.check_flags(&peer, hello.flags, hello.is_old)?;
        if peer == Introduced::Node(self.identity.name.clone()) {
            self.line.send(|out| Status::Nok.encode(out));
            return Err(HandshakeError::OwnName);
        }
        let introduction = Introduction {
            peer,
            flags: hello.flags,
            creation: Creation::new(hello.creation),
        };
        self.event = Some(AcceptorEvent::Introduced(introduction.clone()));
        self.state = State::AwaitDecision {
            introduction,
            is_old: hello.is_old,
        };
        Ok(())
    }

    /// Refuses a peer that lacks flags. Of an old node only the lower half is known before its complement.
    fn check_flags(
        &mut self,
        peer: &Introduced,
        flags: Flags,
        is_old: bool,
    ) -> Result<(), HandshakeError> {
        let known = if is_old {
            Flags::from_bits(u64::from(u32::MAX))
        } else {
            Flags::from_bits(u64::MAX)
        };
        let missing = flags.missing(self.identity.required) & known;
        if missing.is_empty() {
            return Ok(());
        }
        self.line.send(|out| Status::NotAllowed.encode(out));
        Err(HandshakeError::MissingFlags {
            peer: peer.to_text(),
            missing,
        })
    }

    fn guest(
        &self,
        introduction: &Introduction,
        is_old: bool,
        admission: &Admission,
        cookie: Cookie,
    ) -> Result<Guest, HandshakeError> {
        let ours = self.identity.flags;
        let (name, creation, our_flags) = match (&introduction.peer, admission) {
            (Introduced::Nameless { host }, Admission::Named { name, creation })
                if name.host() == host =>
            {
                let our_flags = ours.with(Flags::NAME_ME).without(Flags::PUBLISHED);
                (name.clone(), Some(*creation), our_flags)
            }
            (Introduced::Nameless { .. }, _) | (_, Admission::Named { .. }) => {
                return Err(HandshakeError::NoQuestion);
            }
            (Introduced::Node(name), _) => (name.clone(), introduction.creation, ours),
        };
        let replaces = *admission == Admission::Alive;
        let flags = introduction.flags;
        Ok(Guest {
            name,
            creation,
            flags,
            our_flags,
            cookie,
            replaces,
            is_old,
        })
    }

    fn send_challenge(&mut self, guest: Guest) {
        let message = SendChallenge {
            flags: guest.our_flags,
            challenge: self.challenge.value(),
            creation: self.identity.creation.get(),
            name: self.identity.name.as_str(),
        };
        self.line.send(|out| message.encode(out));
        self.state = if guest.is_old {
            State::AwaitComplement { guest }
        } else {
            State::AwaitReply { guest }
        };
    }

    fn handle_alive_answer(&mut self, message: &[u8], guest: Guest) -> Result<(), HandshakeError> {
        match Status::decode(message) {
            Some(Status::True) => {
                self.send_challenge(guest);
                Ok(())
            }
            Some(Status::False) => Err(HandshakeError::AliveRefused { peer: guest.name }),
            _ => Err(HandshakeError::Malformed(Step::AliveAnswer)),
        }
    }

    fn handle_complement(
        &mut self,
        message: &[u8],
        mut guest: Guest,
    ) -> Result<(), HandshakeError> {
        let complement =
            Complement::decode(message).ok_or(HandshakeError::Malformed(Step::Complement))?;
        guest.flags = guest.flags | complement.flags;
        guest.creation = Creation::new(complement.creation);
        let missing = guest.flags.missing(self.identity.required);
        if !missing.is_empty() {
            return Err(HandshakeError::MissingFlags {
                peer: guest.name.to_string(),
                missing,
            });
        }
        self.state = State::AwaitReply { guest };
        Ok(())
    }

    fn handle_reply(&mut self, message: &[u8], guest: Guest) -> Result<(), HandshakeError> {
        let reply = ChallengeReply::decode(message)
            .ok_or(HandshakeError::Malformed(Step::ChallengeReply))?;
        if self.challenge.is_reflected(reply.challenge) {
            return Err(HandshakeError::ReflectedChallenge { peer: guest.name });
        }
        let expected = Digest::answer(&guest.cookie, self.challenge.value());
        if !expected.matches(&reply.digest) {
            return Err(HandshakeError::WrongCookie { peer: guest.name });
        }
        let digest = Digest::answer(&guest.cookie, reply.challenge);
        self.line.send(|out| ChallengeAck { digest }.encode(out));
        self.event = Some(AcceptorEvent::Established(Established {
            local: self.identity.name.clone(),
            local_creation: self.identity.creation,
            peer: guest.name,
            peer_creation: guest.creation,
            flags: Flags::negotiate(guest.our_flags, guest.flags),
            replaces: guest.replaces,
        }));
        self.state = State::Complete;
        Ok(())
    }

    fn fail(&mut self, error: HandshakeError) -> HandshakeError {
        self.state = State::Failed(error.clone());
        error
    }
}

impl Introduced {
    /// The name or the host.
    fn to_text(&self) -> String {
        match self {
            Introduced::Node(name) => name.to_string(),
            Introduced::Nameless { host } => host.clone(),
        }
    }
}
