//! Distribution capability flags.

use std::fmt;
use std::ops::{BitAnd, BitOr};

/// A set of distribution capability flags (OTP's `DFLAG_*`), as exchanged in the handshake.
///
/// What a connection may use is the intersection of what both sides announced: [`Flags::negotiate`].
/// Bits without a name are kept, so that a set read from a peer is written back unchanged.
///
/// Source: the distribution protocol chapter of the ERTS user's guide, "Distribution Flags". Where the guide and
/// running nodes differ (bit 26), the nodes are followed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(u64);

/// Every named flag: constant, bits and documentation in one place, so that `Display` cannot forget one.
macro_rules! flags {
    ($($(#[$doc:meta])* $name:ident = $bits:expr;)*) => {
        impl Flags {
            $($(#[$doc])* pub const $name: Flags = Flags($bits);)*
        }

        /// Names of the single bits, lowest first.
        const NAMES: &[(u64, &str)] = &[$(($bits, stringify!($name)),)*];
    };
}

flags! {
    /// The node is published: it takes part in `nodes()` and `global`. A node without it is hidden.
    PUBLISHED = 0x1;
    /// Obsolete first form of the atom cache.
    ATOM_CACHE = 0x2;
    /// References of more than one word. Mandatory since OTP 25.
    EXTENDED_REFERENCES = 0x4;
    /// Process monitors; a peer without it neither monitors nor can be monitored.
    DIST_MONITOR = 0x8;
    /// Funs. Mandatory since OTP 25.
    FUN_TAGS = 0x10;
    /// Monitors of registered names.
    DIST_MONITOR_NAME = 0x20;
    /// Obsolete atom cache of hidden nodes.
    HIDDEN_ATOM_CACHE = 0x40;
    /// Funs in their second form. Mandatory since OTP 25.
    NEW_FUN_TAGS = 0x80;
    /// Pids and ports with more bits. Mandatory since OTP 25.
    EXTENDED_PIDS_PORTS = 0x100;
    /// External funs, `fun M:F/A`. Mandatory since OTP 25.
    EXPORT_PTR_TAG = 0x200;
    /// Bit strings. Mandatory since OTP 25.
    BIT_BINARIES = 0x400;
    /// IEEE floats. Mandatory since OTP 25.
    NEW_FLOATS = 0x800;
    /// The peer's I/O servers understand Unicode requests.
    UNICODE_IO = 0x1000;
    /// The distribution header with its atom cache (131, 68) instead of pass-through framing (112).
    DIST_HDR_ATOM_CACHE = 0x2000;
    /// Atoms with one length byte.
    SMALL_ATOM_TAGS = 0x4000;
    /// Internal to OTP.
    ETS_COMPRESSED = 0x8000;
    /// UTF-8 atoms. Mandatory since OTP 25.
    UTF8_ATOMS = 0x1_0000;
    /// Maps. Mandatory since OTP 25.
    MAP_TAG = 0x2_0000;
    /// Creations of 32 bits. Mandatory since OTP 25.
    BIG_CREATION = 0x4_0000;
    /// `SEND_SENDER` instead of `SEND`.
    SEND_SENDER = 0x8_0000;
    /// Sequential trace labels may be any term.
    BIG_SEQTRACE_LABELS = 0x10_0000;
    /// Internal to OTP.
    PENDING_CONNECT = 0x20_0000;
    /// Exit reasons are payloads of their own: `PAYLOAD_EXIT`, `PAYLOAD_EXIT2`, `PAYLOAD_MONITOR_P_EXIT`.
    EXIT_PAYLOAD = 0x40_0000;
    /// Large messages are sent in fragments.
    FRAGMENTS = 0x80_0000;
    /// The handshake of OTP 23. Mandatory since OTP 25.
    HANDSHAKE_23 = 0x100_0000;
    /// `UNLINK_ID` and `UNLINK_ID_ACK` instead of `UNLINK`. Mandatory since OTP 26.
    UNLINK_ID = 0x200_0000;
    /// Shorthand for everything in [`Flags::MANDATORY_25`].
    MANDATORY_25_DIGEST = 0x400_0000;
    /// Remote spawn requests.
    SPAWN = 1 << 32;
    /// A request, not a capability: the dialling node asks the accepting one for a name.
    NAME_ME = 1 << 33;
    /// Pids, ports and references of the fourth kind (64 bits). Mandatory since OTP 26.
    V4_NC = 1 << 34;
    /// Process aliases.
    ALIAS = 1 << 35;
    /// Internal to OTP: `LOCAL_EXT`, never on the wire.
    LOCAL_EXT = 1 << 36;
    /// `ALTACT_SIG_SEND`: priority messages and exits (OTP 28).
    ALTACT_SIG = 1 << 37;
    /// Native records, external term tag 67 (OTP 29).
    NATIVE_RECORDS = 1 << 38;
}

impl Flags {
    /// No flag.
    pub const EMPTY: Flags = Flags(0);

    /// What every node since OTP 25 must announce, one by one or through [`Flags::MANDATORY_25_DIGEST`].
    pub const MANDATORY_25: Flags = Flags(0x107_0f94);

    /// What every node since OTP 26 must announce besides [`Flags::MANDATORY_25`].
    pub const MANDATORY_26: Flags = Flags(Flags::V4_NC.0 | Flags::UNLINK_ID.0);

    /// What a visible ergo node announces: what OTP 29 does, which nodes from OTP 25 on understand.
    pub const VISIBLE: Flags = Flags(0x6d_07df_7fbd);

    /// What a hidden ergo node announces.
    pub const HIDDEN: Flags = Flags(Flags::VISIBLE.0 & !Flags::PUBLISHED.0);

    /// The set with exactly these bits.
    pub const fn from_bits(bits: u64) -> Flags {
        Flags(bits)
    }

    /// The bits of the set.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether every flag of `other` is in this set.
    pub const fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// This set with the flags of `other` added.
    #[must_use]
    pub const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// This set with the flags of `other` removed.
    #[must_use]
    pub const fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }

    /// This set with [`Flags::MANDATORY_25`] added when [`Flags::MANDATORY_25_DIGEST`] is in it.
    #[must_use]
    pub const fn expand(self) -> Flags {
        if self.contains(Flags::MANDATORY_25_DIGEST) {
            self.with(Flags::MANDATORY_25)
        } else {
            self
        }
    }

    /// What both sides of a connection may use: the intersection, the shorthand expanded first and
    /// [`Flags::NAME_ME`], which is a request and no capability, left out.
    #[must_use]
    pub const fn negotiate(ours: Flags, theirs: Flags) -> Flags {
        Flags(ours.expand().0 & theirs.expand().0).without(Flags::NAME_ME)
    }

    /// The flags of `mandatory` that are missing in this set; empty when the set will do.
    #[must_use]
    pub const fn missing(self, mandatory: Flags) -> Flags {
        mandatory
            .expand()
            .without(self.expand())
            .without(Flags::MANDATORY_25_DIGEST)
    }
}

impl BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        self.with(other)
    }
}

impl BitAnd for Flags {
    type Output = Flags;

    fn bitand(self, other: Flags) -> Flags {
        Flags(self.0 & other.0)
    }
}

/// The names joined by `|`, unnamed bits in hexadecimal, `0` for the empty set.
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        let mut separator = "";
        for (bits, name) in NAMES {
            if rest & bits != 0 {
                write!(f, "{separator}{name}")?;
                rest &= !bits;
                separator = "|";
            }
        }
        if rest != 0 || self.0 == 0 {
            write!(f, "{separator}{rest:#x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({:#x}: {self})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sets_are_the_measured_ones() {
        assert_eq!(Flags::VISIBLE.bits(), 0x6d_07df_7fbd);
        assert_eq!(Flags::HIDDEN.bits(), 0x6d_07df_7fbc);
        assert_eq!(
            (Flags::MANDATORY_25 | Flags::MANDATORY_26).bits(),
            0x4_0307_0f94
        );
        assert!(Flags::VISIBLE.contains(Flags::MANDATORY_25 | Flags::MANDATORY_26));
    }

    #[test]
    fn mandatory_25_is_its_eleven_flags() {
        let flags = Flags::EXTENDED_REFERENCES
            | Flags::FUN_TAGS
            | Flags::NEW_FUN_TAGS
            | Flags::EXTENDED_PIDS_PORTS
            | Flags::EXPORT_PTR_TAG
            | Flags::BIT_BINARIES
            | Flags::NEW_FLOATS
            | Flags::UTF8_ATOMS
            | Flags::MAP_TAG
            | Flags::BIG_CREATION
            | Flags::HANDSHAKE_23;
        assert_eq!(flags, Flags::MANDATORY_25);
    }

    #[test]
    fn the_digest_stands_for_mandatory_25() {
        let digest_only = Flags::MANDATORY_25_DIGEST | Flags::MANDATORY_26;
        let mandatory = Flags::MANDATORY_25 | Flags::MANDATORY_26;
        assert!(digest_only.missing(mandatory).is_empty());
        assert_eq!(
            Flags::negotiate(Flags::VISIBLE, digest_only),
            mandatory | Flags::MANDATORY_25_DIGEST
        );
        assert_eq!(
            Flags::MANDATORY_25.missing(mandatory),
            Flags::V4_NC | Flags::UNLINK_ID
        );
    }

    #[test]
    fn name_me_is_never_negotiated() {
        let with = Flags::VISIBLE | Flags::NAME_ME;
        assert!(!Flags::negotiate(with, with).contains(Flags::NAME_ME));
    }

    #[test]
    fn displayed_by_name() {
        let flags = Flags::V4_NC | Flags::UNLINK_ID;
        assert_eq!(flags.to_string(), "UNLINK_ID|V4_NC");
        assert_eq!(Flags::EMPTY.to_string(), "0x0");
        let unnamed = Flags::from_bits(1 << 60) | Flags::PUBLISHED;
        assert_eq!(unnamed.to_string(), "PUBLISHED|0x1000000000000000");
        assert_eq!(format!("{:?}", Flags::SPAWN), "Flags(0x100000000: SPAWN)");
    }
}
