//! The rules of one connection to the server, without I/O.

use crate::epmd::codec::{
    AliveResponse, DumpListing, KillResponse, NameListing, NodeEntry, Request, RequestError,
    RequestReader, StopResponse, encode_port_response,
};
use crate::epmd::registry::{OwnerId, Registry};

/// What the rules need to know besides the bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// The peer is on this host, so it may give orders.
    pub(super) peer_is_local: bool,
    /// Nodes may register: local ones, and those of hosts that were named.
    pub(super) peer_may_register: bool,
    /// KILL with registered nodes, and STOP, are allowed.
    pub(super) relaxed_command_check: bool,
    /// The port to show in NAMES and DUMP.
    pub(super) epmd_port: u16,
}

/// One connection, from its first byte to its end.
#[derive(Debug)]
pub(super) struct Session {
    owner: OwnerId,
    rules: Rules,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    /// The request is not complete.
    Reading(RequestReader),
    /// The answer is given and the connection left open; another byte ends it.
    Answered,
}

/// What is to be done after some input: the reply to send, and then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) reply: Vec<u8>,
    pub(super) then: Then,
    /// The request was longer than allowed.
    pub(super) is_too_long: bool,
}

/// What becomes of the connection after the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Read on; close when nothing comes for too long.
    KeepIdle,
    /// It holds a registration: stay open for as long as the peer does.
    KeepRegistered,
    /// Close it.
    Close,
    /// Close it, and close the connection that held this registration.
    CloseAlso(OwnerId),
    /// Close it and end the server.
    Shutdown,
}

impl Step {
    fn new(reply: impl Into<Vec<u8>>, then: Then) -> Self {
        Self {
            reply: reply.into(),
            then,
            is_too_long: false,
        }
    }

    fn close() -> Self {
        Self::new([], Then::Close)
    }
}

impl Session {
    /// A new connection that will hold its registration as `owner`.
    pub(super) fn new(owner: OwnerId, rules: Rules, request_bytes_max: usize) -> Self {
        Self {
            owner,
            rules,
            phase: Phase::Reading(RequestReader::new(request_bytes_max)),
        }
    }

    /// Takes the bytes that arrived, at least one. `is_alive` says whether another owner still is.
    pub(super) fn handle_input(
        &mut self,
        bytes: &[u8],
        registry: &mut Registry,
        is_alive: impl FnOnce(OwnerId) -> bool,
    ) -> Step {
        let Phase::Reading(reader) = &mut self.phase else {
            // A registration says nothing after its request; one that does loses it, as in the real EPMD.
            return Step::close();
        };
        let request = reader.handle_input(bytes);
        if !matches!(request, Ok(None)) {
            self.phase = Phase::Answered;
        }
        match request {
            Ok(None) => Step::new([], Then::KeepIdle),
            Ok(Some(Request::Alive(entry))) => self.alive(entry, registry, is_alive),
            Ok(Some(request)) => self.answer(&request, registry),
            Err(RequestError::Refused { highest_version }) if self.rules.peer_may_register => {
                refuse(highest_version)
            }
            Err(RequestError::TooLong { .. }) => Step {
                is_too_long: true,
                ..Step::close()
            },
            Err(_) => Step::close(),
        }
    }

    fn alive(
        &self,
        entry: NodeEntry,
        registry: &mut Registry,
        is_alive: impl FnOnce(OwnerId) -> bool,
    ) -> Step {
        if !self.rules.peer_may_register {
            return Step::close();
        }
        let highest_version = entry.highest_version;
        match registry.register(entry, self.owner, is_alive) {
            Ok(creation) => {
                let reply = AliveResponse::Registered { creation }.encode(highest_version);
                Step::new(reply, Then::KeepRegistered)
            }
            Err(_) => refuse(highest_version),
        }
    }

    fn answer(&self, request: &Request, registry: &mut Registry) -> Step {
        let epmd_port = u32::from(self.rules.epmd_port);
        match request {
            Request::PortPlease(name) => {
                let entry = registry.holder(name).map(|(entry, _)| entry);
                Step::new(encode_port_response(entry), Then::Close)
            }
            Request::Names => {
                let listing = NameListing::new(epmd_port, registry.names());
                Step::new(listing.encode(), Then::Close)
            }
            _ if !self.rules.peer_is_local => Step::close(),
            Request::Dump => {
                let listing = DumpListing::new(epmd_port, registry.dump());
                Step::new(listing.encode(), Then::Close)
            }
            Request::Kill => self.kill(registry),
            Request::Stop(name) if self.rules.relaxed_command_check => {
                let holder = registry.holder(name).map(|(_, owner)| owner);
                let Some(owner) = holder else {
                    return Step::new(StopResponse::NoSuchNode.encode(), Then::Close);
                };
                registry.unregister(owner);
                Step::new(StopResponse::Stopped.encode(), Then::CloseAlso(owner))
            }
            _ => Step::close(),
        }
    }

    fn kill(&self, registry: &Registry) -> Step {
        if self.rules.relaxed_command_check || registry.is_empty() {
            return Step::new(KillResponse::Killed.encode(), Then::Shutdown);
        }
        Step::new(KillResponse::NodesRegistered.encode(), Then::Close)
    }
}

fn refuse(highest_version: u16) -> Step {
    Step::new(
        AliveResponse::Refused.encode(highest_version),
        Then::KeepIdle,
    )
}

#[cfg(test)]
mod tests;
