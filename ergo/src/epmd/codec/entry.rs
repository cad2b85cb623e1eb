//! What EPMD knows about a registered node.

use crate::epmd::codec::{AliveName, NameError};

/// Whether a node joins the mesh of visible nodes.
///
/// OTP's own nodes register as [`NodeType::Normal`] even when they are hidden; peers learn the
/// difference in the handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeType {
    /// A normal Erlang node, byte 77 (`M`).
    Normal,
    /// A hidden node, byte 72 (`H`).
    Hidden,
    /// Any other byte; EPMD stores it and hands it out unread.
    Other(u8),
}

impl From<u8> for NodeType {
    fn from(byte: u8) -> Self {
        match byte {
            77 => Self::Normal,
            72 => Self::Hidden,
            other => Self::Other(other),
        }
    }
}

impl From<NodeType> for u8 {
    fn from(node_type: NodeType) -> Self {
        match node_type {
            NodeType::Normal => 77,
            NodeType::Hidden => 72,
            NodeType::Other(byte) => byte,
        }
    }
}

/// A node as it is registered: the fields of ALIVE2_REQ, and of PORT2_RESP.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeEntry {
    /// The part of the node name before the `@`.
    pub name: AliveName,
    /// The TCP port of the node's distribution listener; 0 is allowed and means that it has none.
    pub port: u16,
    /// Normal or hidden.
    pub node_type: NodeType,
    /// The transport below the distribution protocol: 0 for TCP over IPv4 or IPv6.
    pub protocol: u8,
    /// The highest distribution protocol version the node speaks.
    pub highest_version: u16,
    /// The lowest distribution protocol version the node speaks.
    pub lowest_version: u16,
    /// Bytes that EPMD hands out unread, normally none.
    pub extra: Vec<u8>,
}

impl NodeEntry {
    /// The highest distribution version in use: 6, since OTP 23.
    pub const HIGHEST_VERSION: u16 = 6;
    /// The lowest version that OTP 25 to 29 register.
    pub const LOWEST_VERSION: u16 = 5;

    /// A normal node with TCP distribution, the versions OTP registers, and no extra data.
    #[must_use]
    pub fn new(name: AliveName, port: u16) -> Self {
        Self {
            name,
            port,
            node_type: NodeType::Normal,
            protocol: 0,
            highest_version: Self::HIGHEST_VERSION,
            lowest_version: Self::LOWEST_VERSION,
            extra: Vec::new(),
        }
    }

    /// As [`NodeEntry::new`], from text.
    ///
    /// # Errors
    ///
    /// [`NameError`] when `name` is no alive name.
    pub fn named(name: impl AsRef<str>, port: u16) -> Result<Self, NameError> {
        Ok(Self::new(AliveName::new(name)?, port))
    }

    /// The same node registered as `node_type`.
    #[must_use]
    pub fn node_type(mut self, node_type: NodeType) -> Self {
        self.node_type = node_type;
        self
    }

    /// The same node with other protocol versions.
    #[must_use]
    pub fn versions(mut self, lowest: u16, highest: u16) -> Self {
        self.lowest_version = lowest;
        self.highest_version = highest;
        self
    }

    /// The same node with `extra` data.
    #[must_use]
    pub fn extra(mut self, extra: impl Into<Vec<u8>>) -> Self {
        self.extra = extra.into();
        self
    }
}
