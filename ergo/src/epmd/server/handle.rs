//! The handle of a running server, and registrations inside this process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::epmd::EpmdError;
use crate::epmd::codec::{ListedNode, NodeEntry};
use crate::epmd::registry::{OwnerId, Registry, first_creation};
use crate::epmd::server::ServerOptions;
use crate::epmd::server::connection::Surroundings;
use crate::epmd::server::listener::{listen, serve, serve_also};
use crate::epmd::server::state::{Refusal, Removed, Shared};
use crate::wire::Refusals;

/// A running EPMD: real nodes and the `epmd` program cannot tell it from the daemon of OTP.
///
/// Dropping it closes the listening sockets and all connections soon; [`Server::stop`] also waits
/// until they are closed. Other nodes' registrations are lost then, as when a daemon dies.
#[derive(Debug)]
pub struct Server {
    addresses: Vec<SocketAddr>,
    shared: Arc<Shared>,
    shutdown: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Server {
    /// Listens and serves from now on, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// [`EpmdError::Listen`] for the first address that cannot be listened at; its kind is
    /// [`std::io::ErrorKind::AddrInUse`] when an EPMD runs there already. Nothing is left behind.
    ///
    /// ```
    /// use ergo::epmd::{Client, Server, ServerOptions};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), ergo::epmd::EpmdError> {
    /// let server = Server::bind(ServerOptions::at(([127, 0, 0, 1], 0).into()))?;
    /// let listing = Client::new(server.address()).names().await?;
    /// assert!(listing.nodes.is_empty());
    /// server.stop().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn bind(options: ServerOptions) -> Result<Self, EpmdError> {
        let listeners = options
            .addresses
            .iter()
            .map(|address| listen(*address))
            .collect::<Result<Vec<_>, _>>()?;
        let addresses = listen_addresses(&listeners, &options.addresses);
        let first = options.first_creation.unwrap_or_else(creation_by_clock);
        let registry = Registry::new(first, options.unused_names_max);
        let shared = Arc::new(Shared::new(
            registry,
            options.limits.epmd_clients_max,
            options.counters,
        ));
        let shutdown = watch::Sender::new(false);
        let surroundings = Surroundings {
            shared: Arc::clone(&shared),
            relaxed_command_check: options.relaxed_command_check,
            register_from: options.register_from.into(),
            epmd_port: addresses.first().map_or(0, SocketAddr::port),
            request_bytes_max: options.limits.epmd_request_bytes_max,
            idle_timeout: options.limits.epmd_idle_timeout,
            shutdown: shutdown.clone(),
        };
        let mut tasks = JoinSet::new();
        for listener in listeners {
            let surroundings = surroundings.clone();
            tasks.spawn(serve(listener, surroundings, shutdown.subscribe()));
        }
        for mut address in options.also {
            if address.port() == 0 {
                address.set_port(surroundings.epmd_port);
            }
            if let Some(serving) = serve_also(address, surroundings.clone(), shutdown.subscribe()) {
                tasks.spawn(serving);
            }
        }
        Ok(Self {
            addresses,
            shared,
            shutdown,
            tasks,
        })
    }

    /// Where it listens, a port of 0 replaced by the one that was chosen.
    #[must_use]
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The first address it listens at.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        self.addresses.first().copied().unwrap_or(nowhere)
    }

    /// Registers a node of this process, without a connection.
    ///
    /// # Errors
    ///
    /// [`EpmdError::NameTaken`] when a living node has the name, [`EpmdError::Stopped`] when the
    /// server has ended.
    pub fn register(&self, entry: NodeEntry) -> Result<LocalRegistration, EpmdError> {
        let name = entry.name.clone();
        match self.shared.register(entry) {
            Ok((owner, creation, removed)) => Ok(LocalRegistration {
                shared: Arc::clone(&self.shared),
                owner,
                creation,
                removed,
            }),
            Err(Refusal::Taken(taken)) => Err(EpmdError::NameTaken {
                name,
                address: self.address(),
                holder_port: Some(taken.port),
            }),
            Err(Refusal::Closed) => Err(EpmdError::Stopped),
        }
    }

    /// The registered nodes, the newest first.
    #[must_use]
    pub fn names(&self) -> Vec<ListedNode> {
        self.shared.names()
    }

    /// How often it has refused a client because of a limit: the numbers that begin with `epmd`. For the server that a
    /// node runs, [`Node::refusals`](crate::Node::refusals) has them too.
    #[must_use]
    pub fn refusals(&self) -> Refusals {
        self.shared.refusals()
    }

    /// Waits until the server has been ended by KILL.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub async fn killed(&self) {
        // The sender lives in `self`, so the wait ends only with the value.
        let _ = self.shutdown.subscribe().wait_for(|stop| *stop).await;
    }

    /// Whether no connection and no registration is left.
    #[cfg(test)]
    pub(in crate::epmd) fn shared_is_empty(&self) -> bool {
        self.shared.is_empty()
    }

    /// Ends the server; its sockets are closed when this returns.
    pub async fn stop(mut self) {
        self.shutdown.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.close();
        self.shutdown.send_replace(true);
    }
}

/// A registration of a node in the server's own process; dropping it unregisters the node.
#[derive(Debug)]
pub struct LocalRegistration {
    shared: Arc<Shared>,
    owner: OwnerId,
    creation: u32,
    removed: Removed,
}

impl LocalRegistration {
    /// Tells this incarnation of the name from earlier ones.
    #[must_use]
    pub fn creation(&self) -> u32 {
        self.creation
    }

    /// Waits until the registration is gone: the server ended, or was told to STOP the node.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    pub async fn lost(&mut self) {
        if !self.removed.is_terminated() {
            let _ = (&mut self.removed).await;
        }
    }
}

impl Drop for LocalRegistration {
    fn drop(&mut self) {
        self.shared.remove(self.owner);
    }
}

fn listen_addresses(listeners: &[TcpListener], wanted: &[SocketAddr]) -> Vec<SocketAddr> {
    let both = listeners.iter().zip(wanted);
    both.map(|(listener, wanted)| listener.local_addr().unwrap_or(*wanted))
        .collect()
}

fn creation_by_clock() -> u32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    first_creation(since.map_or(0, |since| since.as_secs()))
}
