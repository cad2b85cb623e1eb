//! The atom cache of a connection: 8 segments of 256 entries in each direction.
//!
//! A distribution header lists the cache entries that its message uses, at most 255, and sets new ones; the terms that
//! follow refer to the list (tag 82). The sender alone decides which atom is where, so the two directions have nothing
//! in common but the form of the header.
//!
//! Mirrors "Distribution Header" in the chapter on the external term format of the ERTS user's guide.

mod hash;
mod inbound;
mod outbound;
#[cfg(test)]
mod tests;

pub(super) use inbound::InboundCache;
pub(super) use outbound::OutboundCache;

/// The entries of one direction.
const ENTRIES: usize = 2048;

/// Set in the flags of an entry that is new.
const NEW_ENTRY: u8 = 0b1000;

/// Selects the segment in the flags of an entry.
const SEGMENT: u8 = 0b0111;

/// Set in the flags after the last entry: the texts of new entries have lengths of two bytes.
const LONG_ATOMS: u8 = 0b0001;
