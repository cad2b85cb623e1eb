//! The forms that frames have, and which of them a connection uses.

use crate::dist::flags::Flags;

/// The version of the external term format, before each term outside a header.
pub(super) const VERSION: u8 = 131;

/// The first byte of a frame in pass-through form: control message and payload follow, each with its version.
pub(super) const PASS_THROUGH: u8 = 112;

/// The second byte of a frame with a distribution header.
pub(super) const HEADER: u8 = 68;

/// The second byte of the first fragment of a message, with a distribution header.
pub(super) const FIRST_FRAGMENT: u8 = 69;

/// The second byte of a further fragment.
pub(super) const FRAGMENT: u8 = 70;

/// The form of the frames of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// Without a header, for peers that know none: C nodes, for example.
    PassThrough,
    /// With a header. Without the atom cache it never lists an atom.
    Header {
        has_cache: bool,
        has_fragments: bool,
    },
}

impl Framing {
    /// The form that these negotiated flags mean.
    pub(super) fn new(flags: Flags) -> Framing {
        let has_cache = flags.contains(Flags::DIST_HDR_ATOM_CACHE);
        let has_fragments = flags.contains(Flags::FRAGMENTS);
        if has_cache || has_fragments {
            Framing::Header {
                has_cache,
                has_fragments,
            }
        } else {
            Framing::PassThrough
        }
    }
}
