//! The task of one connection to the server.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Duration, Instant, timeout_at};

use crate::epmd::registry::OwnerId;
use crate::epmd::server::session::{Rules, Session, Then};
use crate::epmd::server::state::{Removed, Shared};
use crate::wire::Refused;

/// What a connection takes from its server.
#[derive(Debug, Clone)]
pub(super) struct Surroundings {
    pub(super) shared: Arc<Shared>,
    pub(super) relaxed_command_check: bool,
    pub(super) register_from: Arc<[IpAddr]>,
    pub(super) epmd_port: u16,
    pub(super) request_bytes_max: usize,
    pub(super) idle_timeout: Duration,
    /// Set to true to end the server.
    pub(super) shutdown: watch::Sender<bool>,
}

/// One connection; dropping it closes the socket and unregisters what it held.
pub(super) struct Connection {
    stream: Arc<TcpStream>,
    session: Session,
    owner: OwnerId,
    removed: Removed,
    surroundings: Surroundings,
}

impl Connection {
    /// Takes a place in the table for an accepted socket.
    pub(super) fn admit(stream: TcpStream, surroundings: Surroundings) -> Self {
        let stream = Arc::new(stream);
        let peer = Peer::of(&stream);
        let rules = Rules {
            peer_is_local: peer.is_local,
            peer_may_register: peer.is_local || peer.is_one_of(&surroundings.register_from),
            relaxed_command_check: surroundings.relaxed_command_check,
            epmd_port: surroundings.epmd_port,
        };
        let shared = &surroundings.shared;
        let (owner, removed) = shared.admit(Arc::downgrade(&stream), Instant::now());
        Self {
            session: Session::new(owner, rules, surroundings.request_bytes_max),
            stream,
            owner,
            removed,
            surroundings,
        }
    }

    /// Serves it until either side has enough.
    pub(super) async fn run(mut self) {
        let mut deadline = self.idle_deadline();
        loop {
            let mut buffer = [0; 1024];
            let count = match self.read(&mut buffer, deadline).await {
                Some(count) if count > 0 => count,
                _ => return,
            };
            let bytes = buffer.get(..count).unwrap_or_default();
            let shared = &self.surroundings.shared;
            let step = shared.handle_input(&mut self.session, self.owner, bytes);
            if step.is_too_long {
                shared.refused(Refused::EpmdRequestBytes);
            }
            if self.write(&step.reply).await.is_none() {
                return;
            }
            deadline = match step.then {
                Then::KeepIdle => self.idle_deadline(),
                Then::KeepRegistered => None,
                Then::Close | Then::CloseAlso(_) => return,
                Then::Shutdown => return self.shut_down_server(),
            };
        }
    }

    /// `None` for an idle timeout beyond what the clock can say.
    fn idle_deadline(&self) -> Option<Instant> {
        Instant::now().checked_add(self.surroundings.idle_timeout)
    }

    /// The number of bytes read, 0 at the end; `None` when the connection is to be dropped.
    async fn read(&mut self, buffer: &mut [u8], deadline: Option<Instant>) -> Option<usize> {
        let stream = &self.stream;
        let reading = async {
            loop {
                stream.readable().await?;
                match stream.try_read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    done => return done,
                }
            }
        };
        tokio::select! {
            biased;
            _ = &mut self.removed => None,
            read = within(deadline, reading) => {
                if read.is_none() {
                    self.surroundings.shared.refused(Refused::EpmdIdleTimeout);
                }
                read?.ok()
            }
        }
    }

    /// Sends all of `reply`; `None` when the peer is gone or does not take it within the idle timeout.
    async fn write(&mut self, mut reply: &[u8]) -> Option<()> {
        let deadline = self.idle_deadline();
        let stream = &self.stream;
        let writing = async {
            while !reply.is_empty() {
                stream.writable().await?;
                match stream.try_write(reply) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(count) => reply = reply.get(count..).unwrap_or_default(),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        };
        tokio::select! {
            biased;
            _ = &mut self.removed => None,
            done = within(deadline, writing) => done?.ok(),
        }
    }

    fn shut_down_server(&self) {
        tracing::info!("EPMD was told to end");
        self.surroundings.shutdown.send_replace(true);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.surroundings.shared.remove(self.owner);
    }
}

/// What the operation gives; `None` when the deadline comes first.
async fn within<T>(deadline: Option<Instant>, operation: impl Future<Output = T>) -> Option<T> {
    match deadline {
        Some(deadline) => timeout_at(deadline, operation).await.ok(),
        None => Some(operation.await),
    }
}

/// Whom a connection is with.
struct Peer {
    /// `None` when the connection is gone already.
    address: Option<IpAddr>,
    is_local: bool,
}

impl Peer {
    fn of(stream: &TcpStream) -> Self {
        let address = stream.peer_addr().ok().map(|peer| peer.ip().to_canonical());
        let here = stream.local_addr().ok().map(|local| local.ip());
        let is_local = address
            .zip(here)
            .is_some_and(|(peer, here)| is_local(peer, here));
        Self { address, is_local }
    }

    fn is_one_of(&self, hosts: &[IpAddr]) -> bool {
        let of_host = |peer: IpAddr| hosts.iter().any(|host| host.to_canonical() == peer);
        self.address.is_some_and(of_host)
    }
}

/// Whether a peer is on this host: its address is a loopback address or the one it reached us at.
fn is_local(peer: IpAddr, local: IpAddr) -> bool {
    let (peer, local) = (peer.to_canonical(), local.to_canonical());
    peer.is_loopback() || peer == local
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_may_register_are_known_in_either_form() {
        let peer = |address: &str| Peer {
            address: Some(address.parse::<IpAddr>().unwrap().to_canonical()),
            is_local: false,
        };
        let hosts = ["192.0.2.7", "2001:db8::1"].map(|host| host.parse().unwrap());
        assert!(peer("192.0.2.7").is_one_of(&hosts));
        assert!(peer("::ffff:192.0.2.7").is_one_of(&hosts));
        assert!(peer("2001:db8::1").is_one_of(&hosts));
        assert!(!peer("192.0.2.8").is_one_of(&hosts));
        assert!(!peer("192.0.2.7").is_one_of(&[]));
    }

    #[test]
    fn who_is_local() {
        let check = |peer: &str, local: &str, expect| {
            let is = is_local(peer.parse().unwrap(), local.parse().unwrap());
            assert_eq!(is, expect, "{peer} at {local}");
        };
        check("127.0.0.1", "127.0.0.1", true);
        check("127.9.9.9", "127.0.0.1", true);
        check("::1", "::1", true);
        check("::ffff:127.0.0.1", "::ffff:127.0.0.1", true);
        check("192.0.2.7", "192.0.2.7", true);
        check("::ffff:192.0.2.7", "192.0.2.7", true);
        check("192.0.2.8", "192.0.2.7", false);
        check("192.0.2.8", "127.0.0.1", false);
        check("2001:db8::1", "2001:db8::2", false);
    }
}
