//! Making connections to other nodes.

use std::sync::Arc;
use std::time::Duration;

use crate::dist::handshake::{HandshakeError, Initiator};
use crate::dist::{Inbound, NodeName, Outbound, Ticker};
use crate::etf::Atom;
use crate::net::{self, Connected, HandshakeFailure, Stream};
use crate::node::attached::Attached;
use crate::node::inner::Distribution;
use crate::node::peer::{Peer, State};
use crate::node::{ConnectError, NoRandom, Node};
use crate::wire::Refused;
use crate::wire::cookie::Cookie;

/// How long a connection may take beside the handshake: asking EPMD and connecting.
pub(super) const SETUP_TIMEOUT: Duration = Duration::from_secs(7);

impl Node {
    /// The peer of this name, dialled if there is none.
    ///
    /// The error is `None` when there is nobody to dial.
    pub(super) fn peer(&self, name: &Atom) -> Result<Arc<Peer>, Option<ConnectError>> {
        if let Some(peer) = self.0.peers.get(name)
            && !peer.is_down()
        {
            return Ok(peer);
        }
        self.may_connect_by_itself(name)?;
        self.dialled_peer(name)
    }

    /// As [`Node::peer`], when the user asks for the connection.
    fn dialled_peer(&self, name: &Atom) -> Result<Arc<Peer>, Option<ConnectError>> {
        if let Some(peer) = self.0.peers.get(name)
            && !peer.is_down()
        {
            return Ok(peer);
        }
        let target = self
            .check_name(name)
            .inspect_err(|error| self.0.contacts.failed(name, error))?;
        let max = self.0.limits.peers_max;
        let found = self.0.peers.get_or_insert(name, max, |before| {
            Peer::dialling(name.clone(), &self.0.limits, before)
        });
        let Some((peer, is_new)) = found else {
            let _ = self.refused(Refused::Peers);
            return Err(Some(ConnectError::TooMany {
                node: name.clone(),
                count: max.saturating_add(1),
                max,
            }));
        };
        if is_new {
            // Begun under the lock, which the attempt needs before anybody could ask for its task. When the other node's
            // was faster there is none: it would end that connection.
            if let State::Dialling(dialling) = &mut peer.core().state {
                let attempt = self.clone().dial(peer.clone(), target);
                dialling.task = Some(self.0.runtime.spawn(attempt).abort_handle());
            }
        }
        Ok(peer)
    }

    fn check_name(&self, name: &Atom) -> Result<NodeName, ConnectError> {
        let Some(distribution) = &self.0.distribution else {
            return Err(ConnectError::NotDistributed);
        };
        if self.is_stopping() {
            return Err(ConnectError::Stopping);
        }
        let target = NodeName::parse(name.as_str()).map_err(|source| ConnectError::BadName {
            name: name.as_str().to_owned(),
            source,
        })?;
        if target.is_long() != distribution.identity.name.is_long() {
            return Err(ConnectError::NameLength { node: name.clone() });
        }
        Ok(target)
    }

    /// Makes sure that there is a connection to `name`.
    ///
    /// # Errors
    /// Why there is none, by cause: the node does not run, has another cookie, and so on.
    pub async fn connect(&self, name: &str) -> Result<(), ConnectError> {
        let atom = name_of(name)?;
        if atom == self.0.name {
            return Ok(());
        }
        loop {
            let peer = self
                .dialled_peer(&atom)
                .map_err(|error| error.unwrap_or(ConnectError::Stopping))?;
            if let Some(connected) = peer.connected_later() {
                return match connected {
                    Some(connected) => connected.await.unwrap_or(Err(ConnectError::Stopping)),
                    None => Ok(()),
                };
            }
            // It has been lost meanwhile.
        }
    }

    /// As [`Node::connect`], with the name of the node.
    pub(crate) async fn connect_to(&self, name: &str) -> Result<Atom, ConnectError> {
        self.connect(name).await?;
        name_of(name)
    }

    async fn dial(self, peer: Arc<Peer>, target: NodeName) {
        // Code of the user's runs in it: a registrar, say.
        let _lost = LostInPanic {
            node: &self,
            peer: &peer,
            hidden: false,
        };
        match self.try_dial(&peer, &target).await {
            Ok(Some(connected)) => self.adopt(peer.clone(), connected).await,
            Ok(None) => {}
            // The peer's own attempt decides.
            Err(_) if peer.has_other_attempt() => {}
            Err(error) => {
                tracing::warn!(node = %self.0.name, peer = %peer.name, %error, source = source_of(&error), "no connection");
                self.lose(&peer, false, "no connection", Some(&error));
            }
        }
    }

    async fn try_dial(
        &self,
        peer: &Arc<Peer>,
        target: &NodeName,
    ) -> Result<Option<Connected>, ConnectError> {
        let Some(distribution) = &self.0.distribution else {
            return Err(ConnectError::NotDistributed);
        };
        let node = target.atom().clone();
        let way = distribution.routes.find(target);
        let of_the_way = way.as_ref().and_then(|way| way.cookie.as_ref());
        let admitted = distribution.access.to_dial(target, of_the_way);
        let cookie = admitted.inspect_err(|_| {
            // The log has it anyway.
            let _ = self.refused(Refused::NotAllowed);
        })?;
        let stream = reach(distribution, target).await?;
        if !peer.is_dialling() {
            return Ok(None);
        }
        let address = stream.peer_address();
        let initiator = self
            .initiator(distribution, target, cookie.clone())?
            .unless_alive();
        let result = match net::dial(stream, initiator).await {
            Err(HandshakeFailure::Protocol(HandshakeError::Alive { .. })) if peer.yields() => {
                return self.wait_for_their_dial(peer, node).await.map(|()| None);
            }
            // It has a connection that this node has not any more.
            Err(HandshakeFailure::Protocol(HandshakeError::Alive { .. })) => {
                let stream = reach(distribution, target).await?;
                net::dial(stream, self.initiator(distribution, target, cookie)?).await
            }
            result => result,
        };
        match result {
            Ok(connected) => Ok(Some(connected)),
            Err(HandshakeFailure::Protocol(HandshakeError::Nok { .. })) => {
                self.wait_for_their_dial(peer, node).await.map(|()| None)
            }
            Err(failure) => {
                self.refused_dialled(&failure);
                Err(ConnectError::of_handshake(&node, address, failure))
            }
        }
    }

    fn initiator(
        &self,
        distribution: &Distribution,
        target: &NodeName,
        cookie: Cookie,
    ) -> Result<Initiator, NoRandom> {
        let challenge = distribution.challenges.open(random()?);
        let now = tokio::time::Instant::now().into_std();
        Ok(Initiator::new(
            &distribution.identity,
            target.clone(),
            cookie,
            challenge,
            &self.0.limits,
            now,
        ))
    }

    /// The other node is dialling us at the same time, and its attempt has precedence: ours waits for it.
    async fn wait_for_their_dial(&self, peer: &Arc<Peer>, node: Atom) -> Result<(), ConnectError> {
        let timeout = self.0.limits.handshake_timeout;
        let Some(Some(connected)) = peer.connected_later() else {
            return Ok(());
        };
        match tokio::time::timeout(timeout, connected).await {
            Ok(_) => Ok(()),
            Err(_) => Err(ConnectError::Timeout { node, timeout }),
        }
    }

    /// A connection that we dialled is complete.
    async fn adopt(&self, peer: Arc<Peer>, connected: Connected) {
        if let Some(before) = peer.comes_after() {
            before.gone().await;
        }
        if self.establish(&peer, &connected) {
            self.pump(peer, connected);
        } else if connected.established.replaces {
            // Theirs was complete first, and the other node has closed it for this one.
            self.admit(connected).await;
        }
    }

    /// Puts a connection in use, and says so. False when it came too late, or there is another one.
    pub(super) fn establish(&self, peer: &Arc<Peer>, connected: &Connected) -> bool {
        // As one step for whoever loses it: nobody hears that the node is gone before that it is there.
        let _held = peer.hold();
        let established = &connected.established;
        let hidden = established.is_hidden();
        let is_new = peer.establish(Outbound::new(established, &self.0.limits), hidden);
        if is_new {
            self.announce(peer, connected);
        }
        is_new
    }

    /// Pumps an established connection until it is lost.
    pub(super) fn pump(&self, peer: Arc<Peer>, connected: Connected) {
        let Connected {
            stream,
            established,
            rest,
        } = connected;
        let Some(distribution) = &self.0.distribution else {
            return;
        };
        let plan = distribution.ticks.plan();
        let node = self.clone();
        self.0.runtime.spawn(async move {
            let hidden = established.is_hidden();
            let inbound = Inbound::new(&established, &node.0.limits);
            let now = tokio::time::Instant::now().into_std();
            let ticker = Ticker::new(*plan.borrow(), hidden, now);
            let attached = Arc::new(Attached { node: node.clone(), peer: peer.clone() });
            let _lost = LostInPanic { node: &node, peer: &peer, hidden };
            let reason = net::drive(stream, rest, inbound, ticker, plan, attached).await;
            if let net::LossReason::Violation(violation) = &reason
                && let Some(times) = node.refused_violation(violation)
            {
                tracing::error!(peer = %peer.name, %violation, times, "the connection was closed: the peer broke the protocol");
            }
            node.lose(&peer, hidden, &reason.to_string(), None);
        });
    }

    /// Who hears of it finds the connection described.
    pub(super) fn announce(&self, peer: &Arc<Peer>, connected: &Connected) {
        let established = &connected.established;
        let hidden = established.is_hidden();
        let _lost = LostInPanic {
            node: self,
            peer,
            hidden,
        };
        // Each peer has one connection.
        let connection = peer.connection.get_or_init(|| {
            let connection = self.0.contacts.up(&peer.name, established);
            connection.carried_by(&connected.stream);
            connection
        });
        tracing::info!(node = %self.0.name, peer = %peer.name, hidden, "nodeup");
        self.tell_up(&peer.name, connection);
    }
}

/// Loses a peer whose pump has panicked: nobody is behind it any more.
pub(super) struct LostInPanic<'a> {
    pub(super) node: &'a Node,
    pub(super) peer: &'a Arc<Peer>,
    pub(super) hidden: bool,
}

impl Drop for LostInPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.node.lose(self.peer, self.hidden, "panic", None);
        }
    }
}

/// A stream to another node, within the time there is for it.
async fn reach(distribution: &Distribution, target: &NodeName) -> Result<Stream, ConnectError> {
    let timeout = SETUP_TIMEOUT;
    let reached = tokio::time::timeout(timeout, distribution.carrier.dial(target)).await;
    reached.unwrap_or_else(|_| {
        let node = target.atom().clone();
        Err(ConnectError::Timeout { node, timeout })
    })
}

fn source_of(error: &ConnectError) -> String {
    std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// A number nobody can guess.
///
/// An error where the operating system has no generator: without one no handshake is safe.
pub(super) fn random() -> Result<u32, NoRandom> {
    getrandom::u32().map_err(|error| NoRandom(error.to_string()))
}

fn name_of(text: &str) -> Result<Atom, ConnectError> {
    Atom::new(text).map_err(|_| ConnectError::BadName {
        name: text.to_owned(),
        source: crate::dist::NodeNameError::TooLong,
    })
}
