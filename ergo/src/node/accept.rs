//! Connections that other nodes make to this one.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::dist::handshake::{Acceptor, Admission, Established, Introduced, Introduction, Refusal};
use crate::dist::{Creation, Flags, NodeName, Outbound};
use crate::net::{self, Connected, Stream};
use crate::node::authentication::Denial;
use crate::node::connect::random;
use crate::node::entrances::Rules;
use crate::node::peer::{Peer, State};
use crate::node::{Candidate, ConnectError, Node};
use crate::wire::Refused;
use crate::wire::cookie::Cookie;

impl Node {
    /// The time of the handshake counts from `now` on.
    pub(super) async fn greet(
        self,
        stream: Stream,
        address: SocketAddr,
        rules: &Rules,
        now: Instant,
    ) {
        let Some(distribution) = &self.0.distribution else {
            return;
        };
        let challenge = match random() {
            Ok(number) => distribution.challenges.open(number),
            Err(error) => {
                tracing::error!(%address, %error, "a connection attempt was rejected");
                return;
            }
        };
        let acceptor = Acceptor::new(
            distribution.identity.clone(),
            challenge,
            &self.0.limits,
            now,
        );
        let mut denied = None;
        let decide = |peer: &Introduction| self.decide(peer, address, rules, &mut denied);
        // Kept until the connection is in use, or has come to nothing.
        let proved = OnceLock::new();
        let prove = |established: &Established| {
            let peer = self.0.peers.get(established.peer.atom());
            if !established.replaces && peer.is_some_and(|peer| peer.up().is_some()) {
                return false;
            }
            // A handshake is complete once.
            let _ = self.proved(established).map(|peer| proved.set(peer));
            true
        };
        match net::accept(stream, acceptor, decide, prove).await {
            // In a task of its own: its place among those that have not proved themselves is free.
            Ok(connected) => {
                let node = self.clone();
                drop(self.0.runtime.spawn(async move {
                    node.admit_in_turn(connected).await;
                    drop(proved);
                }));
            }
            Err(error) if let Some(cause) = denied => {
                if let Some(times) = self.refused(Refused::NotAllowed) {
                    tracing::warn!(node = %self.0.name, %address, %error, %cause, times, "a connection attempt was rejected");
                }
            }
            Err(error) => {
                if let Some(times) = self.refused_handshake(&error) {
                    tracing::warn!(node = %self.0.name, %address, %error, times, "a connection attempt was rejected");
                }
            }
        }
    }

    /// What is answered to a peer that has said who it is, but has not proved it. Nothing is kept of it.
    fn decide(
        &self,
        introduction: &Introduction,
        address: SocketAddr,
        rules: &Rules,
        denied: &mut Option<Denial>,
    ) -> Result<(Admission, Cookie), Refusal> {
        let Some(distribution) = &self.0.distribution else {
            return Err(Refusal::NotAllowed);
        };
        if self.is_stopping() {
            return Err(Refusal::NotAllowed);
        }
        // A name with another kind of host is no reason to refuse: C nodes call themselves after the short host name.
        let us = &distribution.identity.name;
        let named = match &introduction.peer {
            Introduced::Nameless { host } => {
                Some(self.invent_name(host).ok_or(Refusal::NotAllowed)?)
            }
            Introduced::Node(_) => None,
        };
        let name = match (&introduction.peer, &named) {
            (Introduced::Node(name), _) | (_, Some((name, _))) => name,
            _ => return Err(Refusal::NotAllowed),
        };
        let candidate = Candidate {
            flags: Some(introduction.flags),
            hidden: Some(!introduction.flags.contains(Flags::PUBLISHED)),
            address: Some(address),
            acceptor: Some(rules.address),
            creation: introduction.creation,
            ..Candidate::dialled(name)
        };
        let cookie = distribution
            .access
            .admit(&candidate, rules.cookie.as_ref())
            .map_err(|denial| {
                *denied = Some(denial);
                Refusal::NotAllowed
            })?;
        let admission = match named {
            Some((name, creation)) => Admission::Named { name, creation },
            None => match self.0.peers.get(name.atom()) {
                Some(peer) if peer.up().is_some() => Admission::Alive,
                Some(peer) if peer.is_dialling() && us.as_str() > name.as_str() => {
                    return Err(Refusal::Nok);
                }
                Some(peer) if peer.is_dialling() => Admission::OkSimultaneous,
                _ => Admission::Ok,
            },
        };
        Ok((admission, cookie))
    }

    /// A name for a node that asks for one, as OTP makes them: random letters and digits.
    fn invent_name(&self, host: &str) -> Option<(NodeName, Creation)> {
        const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut text: String = (0..13)
            .filter_map(|_| {
                LETTERS
                    .get(random().ok()? as usize % LETTERS.len())
                    .map(|letter| char::from(*letter))
            })
            .collect();
        text.push('@');
        text.push_str(host);
        let name = NodeName::parse(&text).ok()?;
        let creation = Creation::new(random().ok()?.max(1))?;
        Some((name, creation))
    }

    /// A peer has proved itself, and does not know it yet. If this node is dialling it and has the smaller name, that
    /// ends here, before the peer could take the attempt for one that is to replace its connection.
    fn proved(&self, established: &Established) -> Option<Proved> {
        let peer = self.0.peers.get(established.peer.atom())?;
        let has_precedence = self.0.name.as_str() < established.peer.as_str();
        peer.proved(has_precedence)
            .then(|| Proved::new(self, &peer))
    }

    /// As [`Node::admit`]. With the greater name the attempt of this node has precedence: it goes on until the peer
    /// says that it has this connection.
    async fn admit_in_turn(&self, connected: Connected) {
        let name = &connected.established.peer;
        if self.0.name.as_str() > name.as_str()
            && let Some(peer) = self.0.peers.get(name.atom())
        {
            let timeout = self.0.limits.handshake_timeout;
            // An attempt that takes longer than a handshake may is no reason to refuse this one.
            let _ = tokio::time::timeout(timeout, peer.settled()).await;
        }
        self.admit(connected).await;
    }

    /// A peer has proved itself: its connection takes its place, once everyone has heard of the end of the one before.
    pub(super) async fn admit(&self, connected: Connected) {
        if self.is_stopping() {
            return;
        }
        loop {
            match self.place(&connected) {
                Place::Taken(peer) => return self.pump(peer, connected),
                Place::None => return,
                Place::After(lost) => lost.gone().await,
                Place::Again => {}
            }
        }
    }

    /// Finds the place of a connection that the peer has made, and takes it.
    fn place(&self, connected: &Connected) -> Place {
        let established = &connected.established;
        let name = established.peer.atom();
        let _deciding = self.0.peers.decide();
        if self.is_stopping() {
            return Place::None;
        }
        match self.0.peers.get(name) {
            None => self.new_place(connected),
            Some(peer) if peer.is_dialling() => {
                if let Some(lost) = peer.comes_after() {
                    return Place::After(lost);
                }
                abort_dial(&peer);
                if self.establish(&peer, connected) {
                    Place::Taken(peer)
                } else {
                    Place::None
                }
            }
            Some(peer) if peer.up().is_some() && !established.replaces => {
                tracing::debug!(%name, "a second connection came too late");
                Place::None
            }
            Some(old) => {
                let was_hidden = old.up().unwrap_or_else(|| established.is_hidden());
                self.lose(&old, was_hidden, "connection_closed", None);
                Place::After(old)
            }
        }
    }

    fn new_place(&self, connected: &Connected) -> Place {
        let (established, limits) = (&connected.established, &self.0.limits);
        let (name, max) = (established.peer.atom(), limits.peers_max);
        let outbound = Outbound::new(established, limits);
        let hidden = established.is_hidden();
        let peer = Arc::new(Peer::connected(name.clone(), outbound, hidden, limits));
        // As one step, as in `establish`.
        let held = peer.hold();
        match self.0.peers.enter(&peer, max) {
            Ok(true) => {
                self.announce(&peer, connected);
                drop(held);
                Place::Taken(peer)
            }
            // This node has begun to dial it meanwhile.
            Ok(false) => Place::Again,
            Err(()) => {
                let node = name.clone();
                let count = max.saturating_add(1);
                let error = ConnectError::TooMany { node, count, max };
                if let Some(times) = self.refused(Refused::Peers) {
                    tracing::warn!(%error, times, "a connection attempt was rejected");
                }
                Place::None
            }
        }
    }
}

/// What there is for a connection that a peer has made.
enum Place {
    /// It is in use, as that of this peer.
    Taken(Arc<Peer>),
    /// There is none.
    None,
    /// The one before it is being lost: once everyone has heard of that, there is one.
    After(Arc<Peer>),
    /// Something has changed: look again.
    Again,
}

/// A connection of a peer's making that has proved itself, and for which this node may have given up its own attempt.
pub(super) struct Proved {
    node: Node,
    peer: Arc<Peer>,
}

impl Proved {
    pub(super) fn new(node: &Node, peer: &Arc<Peer>) -> Proved {
        Proved {
            node: node.clone(),
            peer: peer.clone(),
        }
    }
}

impl Drop for Proved {
    fn drop(&mut self) {
        if self.peer.unproved() {
            let node = self.peer.name.clone();
            let error = ConnectError::TheirsFailed { node };
            tracing::warn!(node = %self.node.0.name, peer = %self.peer.name, %error, "no connection");
            self.node
                .lose(&self.peer, false, "no connection", Some(&error));
        }
    }
}

/// Ends an attempt of ours that has become unnecessary.
fn abort_dial(peer: &Peer) {
    if let State::Dialling(dialling) = &mut peer.core().state
        && let Some(task) = dialling.task.take()
    {
        task.abort();
    }
}
