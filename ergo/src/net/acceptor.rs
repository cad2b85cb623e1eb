//! Listens for other nodes, with a bound on peers that have not proved themselves.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::net::driver::ACCEPT_PAUSE;
use crate::net::{Stream, prepare};
use crate::wire::limits::Limits;
use crate::wire::{Counters, Refused};

/// Where other nodes connect: a bound socket, unless they come by another way.
#[derive(Debug)]
pub struct Listener {
    source: Source,
    address: SocketAddr,
}

#[derive(Debug)]
enum Source {
    Socket(TcpListener),
    Handed(mpsc::Receiver<(Stream, SocketAddr)>),
}

impl Source {
    /// The next connection; `None` when there will be no more.
    async fn next(&mut self) -> Option<io::Result<(Stream, SocketAddr)>> {
        match self {
            Source::Socket(socket) => {
                let accepted = socket.accept().await;
                Some(accepted.map(|(stream, peer)| {
                    if let Err(error) = prepare(&stream) {
                        // It is lost already, which whoever reads from it will see.
                        tracing::debug!(%peer, %error, "a connection could not be prepared");
                    }
                    (stream.into(), peer)
                }))
            }
            Source::Handed(streams) => streams.recv().await.map(Ok),
        }
    }
}

/// Why no port could be bound: the last error.
type BindError = io::Error;

impl Listener {
    /// Listens on the first free port of a range; `0..=0` is any.
    ///
    /// # Errors
    /// The error of the last port, or that the range is empty.
    pub fn bind(address: IpAddr, ports: RangeInclusive<u16>) -> Result<Listener, BindError> {
        let mut last = io::Error::new(io::ErrorKind::InvalidInput, "the range of ports is empty");
        for port in ports {
            match bind_one(SocketAddr::new(address, port)) {
                Ok(socket) => {
                    let address = socket.local_addr()?;
                    let source = Source::Socket(socket);
                    return Ok(Listener { source, address });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Accepts what is handed over through a channel, as if it had come to `address`: connections that do not come
    /// over TCP, or not to a socket of this node's own.
    pub fn handed(address: SocketAddr, streams: mpsc::Receiver<(Stream, SocketAddr)>) -> Listener {
        let source = Source::Handed(streams);
        Listener { source, address }
    }

    /// The address that was bound.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts for ever. `greet` is run for each peer, as a task, until the peer has proved itself or failed to;
    /// while it runs the peer holds one of a bounded number of slots, and the oldest gives way to a new one.
    pub async fn run<F>(mut self, slots: Slots, greet: impl Fn(Stream, SocketAddr) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        while let Some(accepted) = self.source.next().await {
            match accepted {
                Ok((stream, peer)) => {
                    slots.admit(peer.ip(), || {
                        tokio::spawn(greet(stream, peer)).abort_handle()
                    });
                }
                Err(error) => {
                    // Out of descriptors, or a peer that is gone again: neither may end the listening.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

fn bind_one(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A node that was killed is started again at once, while its old connections linger.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(128)
}

/// The places of peers that have not proved themselves, bounded for all listeners of a node together.
#[derive(Debug, Clone)]
pub struct Slots(Arc<Mutex<Held>>);

/// Oldest first.
#[derive(Debug)]
struct Held {
    held: VecDeque<(IpAddr, AbortHandle)>,
    all_max: usize,
    address_max: usize,
    counters: Arc<Counters>,
}

impl Slots {
    /// As many as the limits allow; those that give way are counted.
    pub fn new(limits: &Limits, counters: Arc<Counters>) -> Self {
        Slots(Arc::new(Mutex::new(Held {
            held: VecDeque::new(),
            all_max: limits.unauthenticated_connections_max.max(1),
            address_max: limits.unauthenticated_connections_per_address_max.max(1),
            counters,
        })))
    }

    /// Gives a place to what `greet` starts.
    fn admit(&self, address: IpAddr, greet: impl FnOnce() -> AbortHandle) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.make_room(address);
        held.held.push_back((address, greet()));
    }
}

impl Held {
    fn make_room(&mut self, address: IpAddr) {
        self.held.retain(|(_, task)| !task.is_finished());
        while self.held.len() >= self.all_max {
            self.drop_oldest(Refused::UnauthenticatedConnections, |_| true);
        }
        let of_address = self
            .held
            .iter()
            .filter(|(held, _)| *held == address)
            .count();
        if !address.is_loopback() && of_address >= self.address_max {
            self.drop_oldest(Refused::UnauthenticatedConnectionsPerAddress, |held| {
                *held == address
            });
        }
    }

    fn drop_oldest(&mut self, kind: Refused, which: impl Fn(&IpAddr) -> bool) {
        let oldest = self.held.iter().position(|(address, _)| which(address));
        if let Some((address, task)) = oldest.and_then(|index| self.held.remove(index)) {
            let now = tokio::time::Instant::now().into_std();
            if let Some(times) = self.counters.refuse(kind, now) {
                tracing::warn!(%address, limit = kind.name(), times, "too many connections that have not proved themselves: the oldest is dropped");
            }
            task.abort();
        }
    }
}
