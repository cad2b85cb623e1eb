//! The dialling side of the handshake.

use std::time::Instant;

use super::challenge::Challenge;
use super::error::{HandshakeError, Step};
use super::established::{Established, Identity};
use super::line::Line;
use super::messages::{ChallengeAck, ChallengeReply, SendChallenge, SendName, Status};
use crate::dist::creation::Creation;
use crate::dist::digest::Digest;
use crate::dist::flags::Flags;
use crate::dist::node_name::NodeName;
use crate::wire::{Cookie, Limits};

/// The side that dialled: says its name, answers the peer's challenge, then checks the peer's answer to its own.
///
/// It proves itself first, so the node that answers must be the one that was dialled: any other name, and a challenge
/// that this node has open itself, end the handshake before anything is proved. To the status `alive` it answers
/// `true`, for whoever dials has no connection any more; unless [`Initiator::unless_alive`] says that it may have.
#[derive(Debug)]
pub struct Initiator {
    peer: NodeName,
    flags: Flags,
    required: Flags,
    cookie: Cookie,
    challenge: Challenge,
    replaces: bool,
    line: Line,
    state: State,
    established: Option<Established>,
}

#[derive(Debug)]
enum State {
    AwaitStatus {
        us: Us,
    },
    AwaitChallenge {
        local: NodeName,
        creation: Creation,
        replaces: bool,
    },
    AwaitAck {
        established: Established,
    },
    Complete,
    Failed(HandshakeError),
}

/// What the initiator called itself.
#[derive(Debug)]
enum Us {
    Named {
        name: NodeName,
        creation: Creation,
    },
    /// Only the host, with the request for a name.
    Nameless {
        host: String,
    },
}

impl Initiator {
    /// Dials `peer` as the node `identity`. The message with the name is ready in [`Initiator::poll_transmit`].
    ///
    /// `cookie` is the one for this peer; `challenge` must come from the operating system's generator through the
    /// node's [`OpenChallenges`](super::OpenChallenges). The handshake has `limits.handshake_timeout` from `now` on.
    pub fn new(
        identity: &Identity,
        peer: NodeName,
        cookie: Cookie,
        challenge: Challenge,
        limits: &Limits,
        now: Instant,
    ) -> Initiator {
        let us = Us::Named {
            name: identity.name.clone(),
            creation: identity.creation,
        };
        let message = SendName {
            flags: identity.flags,
            creation: identity.creation.get(),
            name: identity.name.as_str(),
            is_old: false,
        };
        let mut line = Line::new(limits, now);
        line.send(|out| message.encode(out));
        let (flags, required) = (identity.flags, identity.required);
        let state = State::AwaitStatus { us };
        Initiator {
            peer,
            flags,
            required,
            cookie,
            challenge,
            replaces: true,
            line,
            state,
            established: None,
        }
    }

    /// Answers the status `alive` with `false`: the connection that the peer has stays, and the handshake ends with
    /// [`HandshakeError::Alive`].
    #[must_use]
    pub fn unless_alive(mut self) -> Initiator {
        self.replaces = false;
        self
    }

    /// Dials `peer` as a node without a name, to be given one (`erl -sname undefined`): sends only the `host`, and
    /// `flags` with [`Flags::NAME_ME`] and without [`Flags::PUBLISHED`]. [`Established::local`] is the name received.
    ///
    /// The peer must announce [`Flags::MANDATORY_25`] and [`Flags::MANDATORY_26`]. The other arguments are those of
    /// [`Initiator::new`].
    pub fn nameless(
        host: &str,
        flags: Flags,
        peer: NodeName,
        cookie: Cookie,
        challenge: Challenge,
        limits: &Limits,
        now: Instant,
    ) -> Initiator {
        let flags = flags.with(Flags::NAME_ME).without(Flags::PUBLISHED);
        let mut line = Line::new(limits, now);
        line.send(|out| {
            SendName {
                flags,
                creation: 0,
                name: host,
                is_old: false,
            }
            .encode(out)
        });
        let required = Flags::MANDATORY_25 | Flags::MANDATORY_26;
        let state = State::AwaitStatus {
            us: Us::Nameless {
                host: host.to_owned(),
            },
        };
        Initiator {
            peer,
            flags,
            required,
            cookie,
            challenge,
            replaces: true,
            line,
            state,
            established: None,
        }
    }

    /// Takes bytes from the peer in any portions and returns how many of them belong to the handshake; what remains
    /// belongs to the connection.
    ///
    /// # Errors
    /// Why the handshake failed; close the socket. Later calls return the same error.
    pub fn handle_input(&mut self, input: &[u8]) -> Result<usize, HandshakeError> {
        let mut rest = input;
        let result = self.consume(&mut rest);
        if let Err(error) = result {
            return Err(self.fail(error));
        }
        Ok(input.len().saturating_sub(rest.len()))
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

    /// When to call [`Initiator::handle_timeout`]; `None` once the handshake is over.
    pub fn poll_timeout(&self) -> Option<Instant> {
        (self.awaiting() != Step::Nothing).then(|| self.line.deadline())
    }

    /// Bytes for the peer, in order.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.line.take_output()
    }

    /// The result, once.
    pub fn poll_event(&mut self) -> Option<Established> {
        self.established.take()
    }

    /// What the machine waits for; [`Step::Nothing`] once it is complete or has failed.
    pub fn awaiting(&self) -> Step {
        match self.state {
            State::AwaitStatus { .. } => Step::Status,
            State::AwaitChallenge { .. } => Step::Challenge,
            State::AwaitAck { .. } => Step::ChallengeAck,
            State::Complete | State::Failed(_) => Step::Nothing,
        }
    }

    fn consume(&mut self, input: &mut &[u8]) -> Result<(), HandshakeError> {
        loop {
            if let State::Failed(error) = &self.state {
                return Err(error.clone());
            }
            if matches!(self.state, State::Complete) {
                return Ok(());
            }
            let Some(message) = self.line.receive(input)? else {
                return Ok(());
            };
            // Every handler yields the next state; when it fails instead, so does the machine.
            self.state = match std::mem::replace(&mut self.state, State::Complete) {
                State::AwaitStatus { us } => self.handle_status(&message, us)?,
                State::AwaitChallenge {
                    local,
                    creation,
                    replaces,
                } => self.handle_challenge(&message, local, creation, replaces)?,
                State::AwaitAck { established } => self.handle_ack(&message, established)?,
                over @ (State::Complete | State::Failed(_)) => over,
            };
        }
    }

    fn handle_status(&mut self, message: &[u8], us: Us) -> Result<State, HandshakeError> {
        let malformed = HandshakeError::Malformed(Step::Status);
        let status = Status::decode(message).ok_or_else(|| malformed.clone())?;
        let peer = self.peer.clone();
        match (status, us) {
            (Status::Nok, _) => Err(HandshakeError::Nok { peer }),
            (Status::NotAllowed, _) => Err(HandshakeError::NotAllowed { peer }),
            (Status::Alive, Us::Named { .. }) if !self.replaces => {
                self.line.send(|out| Status::False.encode(out));
                Err(HandshakeError::Alive { peer })
            }
            (
                Status::Ok | Status::OkSimultaneous,
                Us::Named {
                    name: local,
                    creation,
                },
            ) => Ok(State::AwaitChallenge {
                local,
                creation,
                replaces: false,
            }),
            (
                Status::Alive,
                Us::Named {
                    name: local,
                    creation,
                },
            ) => {
                self.line.send(|out| Status::True.encode(out));
                Ok(State::AwaitChallenge {
                    local,
                    creation,
                    replaces: true,
                })
            }
            (Status::Named { name, creation }, Us::Nameless { host }) => {
                let creation = Creation::new(creation).ok_or(malformed)?;
                accept_name(name, creation, host)
            }
            _ => Err(malformed),
        }
    }

    fn handle_challenge(
        &mut self,
        message: &[u8],
        local: NodeName,
        local_creation: Creation,
        replaces: bool,
    ) -> Result<State, HandshakeError> {
        let received =
            SendChallenge::decode(message).ok_or(HandshakeError::Malformed(Step::Challenge))?;
        self.check_peer(&received)?;
        let digest = Digest::answer(&self.cookie, received.challenge);
        let reply = ChallengeReply {
            challenge: self.challenge.value(),
            digest,
        };
        self.line.send(|out| reply.encode(out));
        let established = Established {
            local,
            local_creation,
            peer: self.peer.clone(),
            peer_creation: Creation::new(received.creation),
            flags: Flags::negotiate(self.flags, received.flags),
            replaces,
        };
        Ok(State::AwaitAck { established })
    }

    /// Everything that must hold before the cookie's digest is shown to the peer.
    fn check_peer(&self, received: &SendChallenge<'_>) -> Result<(), HandshakeError> {
        if received.name != self.peer.as_str() {
            let (expected, found) = (self.peer.to_string(), received.name.to_owned());
            return Err(HandshakeError::NameMismatch { expected, found });
        }
        let missing = received.flags.missing(self.required);
        if !missing.is_empty() {
            return Err(HandshakeError::MissingFlags {
                peer: self.peer.to_string(),
                missing,
            });
        }
        if self.challenge.is_reflected(received.challenge) {
            return Err(HandshakeError::ReflectedChallenge {
                peer: self.peer.clone(),
            });
        }
        Ok(())
    }

    fn handle_ack(
        &mut self,
        message: &[u8],
        established: Established,
    ) -> Result<State, HandshakeError> {
        let ack =
            ChallengeAck::decode(message).ok_or(HandshakeError::Malformed(Step::ChallengeAck))?;
        let expected = Digest::answer(&self.cookie, self.challenge.value());
        if !expected.matches(&ack.digest) {
            return Err(HandshakeError::WrongCookie {
                peer: self.peer.clone(),
            });
        }
        self.established = Some(established);
        Ok(State::Complete)
    }

    fn fail(&mut self, error: HandshakeError) -> HandshakeError {
        self.state = State::Failed(error.clone());
        error
    }
}

/// What follows when the peer has given this node a name: it must be on this node's host.
fn accept_name(name: &str, creation: Creation, host: String) -> Result<State, HandshakeError> {
    let local = NodeName::parse(name).map_err(HandshakeError::BadName)?;
    if local.host() != host {
        let found = local.host().to_owned();
        return Err(HandshakeError::NameMismatch {
            expected: host,
            found,
        });
    }
    Ok(State::AwaitChallenge {
        local,
        creation,
        replaces: false,
    })
}
