//! The numbers of the cache and of its header.

/// The entries of one direction.
pub(super) const ENTRIES: usize = 2048;

/// Set in the flags of an entry that is new.
pub(super) const NEW_ENTRY: u8 = 0b1000;

/// Selects the segment in the flags of an entry.
pub(super) const SEGMENT: u8 = 0b0111;

/// Set in the flags after the last entry: the texts of new entries have lengths of two bytes.
pub(super) const LONG_ATOMS: u8 = 0b0001;
