//! One attempt to get a node registered, as the server or as a client.

use std::io;

use crate::epmd::codec::NodeEntry;
use crate::epmd::membership::{MembershipOptions, Mode, Role};
use crate::epmd::{EpmdError, LocalRegistration, Registration, Server};

/// A node that wants to be registered, and the server it runs meanwhile.
#[derive(Debug)]
pub(super) struct Candidate {
    entry: NodeEntry,
    options: MembershipOptions,
    /// Kept when the node's own registration is lost: others may be registered here.
    server: Option<Server>,
}

/// A registration of either kind.
#[derive(Debug)]
pub(super) enum Seat {
    Local(LocalRegistration),
    Remote(Registration),
}

impl Seat {
    pub(super) fn creation(&self) -> u32 {
        match self {
            Self::Local(registration) => registration.creation(),
            Self::Remote(registration) => registration.creation(),
        }
    }

    pub(super) fn role(&self) -> Role {
        match self {
            Self::Local(_) => Role::Server,
            Self::Remote(_) => Role::Client,
        }
    }

    /// Waits until the registration is gone. Cancel safe.
    pub(super) async fn lost(&mut self) {
        match self {
            Self::Local(registration) => registration.lost().await,
            Self::Remote(registration) => registration.lost().await,
        }
    }
}

impl Candidate {
    pub(super) fn new(entry: NodeEntry, options: MembershipOptions) -> Self {
        Self {
            entry,
            options,
            server: None,
        }
    }

    pub(super) fn options(&self) -> &MembershipOptions {
        &self.options
    }

    pub(super) fn name(&self) -> &str {
        self.entry.name.as_str()
    }

    /// Registers the node, with its own server if the mode and the other nodes let it run one.
    pub(super) async fn attempt(&mut self) -> Result<Seat, EpmdError> {
        if let Some(server) = self.server.take() {
            match server.register(self.entry.clone()) {
                Err(EpmdError::Stopped) => server.stop().await,
                other => {
                    self.server = Some(server);
                    return other.map(Seat::Local);
                }
            }
        }
        match self.options.mode {
            Mode::ClientOnly => self.register_as_client().await,
            Mode::ServerOnly => self.register_as_server(),
            Mode::Embedded => match self.register_as_server() {
                Err(listen @ EpmdError::Listen { .. }) => self.fall_back(listen).await,
                other => other,
            },
        }
    }

    /// Ends the server, if this node runs one.
    pub(super) async fn stop(self) {
        if let Some(server) = self.server {
            server.stop().await;
        }
    }

    fn register_as_server(&mut self) -> Result<Seat, EpmdError> {
        let server = Server::bind(self.options.server.clone())?;
        tracing::info!(addresses = ?server.addresses(), "running EPMD");
        // A port of 0 has become one that stays, also for taking over.
        self.options.server.addresses = server.addresses().to_vec();
        let registration = server.register(self.entry.clone());
        self.server = Some(server);
        registration.map(Seat::Local)
    }

    async fn register_as_client(&self) -> Result<Seat, EpmdError> {
        let registration = self.options.client().register(&self.entry).await?;
        Ok(Seat::Remote(registration))
    }

    /// Somebody else listens, normally. If nobody does, why we cannot is the better error.
    async fn fall_back(&self, listen: EpmdError) -> Result<Seat, EpmdError> {
        let in_use =
            matches!(&listen, EpmdError::Listen { kind, .. } if *kind == io::ErrorKind::AddrInUse);
        match self.register_as_client().await {
            Err(EpmdError::Refused { .. }) if !in_use => Err(listen),
            other => other,
        }
    }
}
