//! Who takes part in a handshake, and what it ends with.

use crate::dist::creation::Creation;
use crate::dist::flags::Flags;
use crate::dist::node_name::NodeName;

/// Who this node is in its handshakes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name of the node.
    pub name: NodeName,
    /// Its incarnation.
    pub creation: Creation,
    /// What it announces, [`Flags::VISIBLE`] or [`Flags::HIDDEN`].
    pub flags: Flags,
    /// What it requires from its peers.
    pub required: Flags,
}

impl Identity {
    /// A node that announces `flags` and requires what OTP 26 and later require: [`Flags::MANDATORY_25`] and
    /// [`Flags::MANDATORY_26`]. All nodes since OTP 25 have them, and C nodes and Jinterface of these releases.
    pub fn new(name: NodeName, creation: Creation, flags: Flags) -> Identity {
        Identity {
            name,
            creation,
            flags,
            required: Flags::MANDATORY_25 | Flags::MANDATORY_26,
        }
    }
}

/// A complete handshake: both sides have proved that they know the cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Established {
    /// The name of this node, which the peer may have given to it.
    pub local: NodeName,
    /// The incarnation of this node, which the peer may have given to it.
    pub local_creation: Creation,
    /// The name of the peer, which this node may have given to it.
    pub peer: NodeName,
    /// The incarnation of the peer; `None` when it announced the reserved 0.
    pub peer_creation: Option<Creation>,
    /// What both sides announced, and therefore may use.
    pub flags: Flags,
    /// The status was `alive`: an older connection between the same nodes must be closed, its end waited for, before
    /// this one is used.
    pub replaces: bool,
}

impl Established {
    /// Whether the connection is hidden: one of the nodes is.
    pub fn is_hidden(&self) -> bool {
        !self.flags.contains(Flags::PUBLISHED)
    }
}
