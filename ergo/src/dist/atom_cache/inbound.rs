//! The atoms a peer has told us.

use std::sync::Arc;

use super::hash::hash;
use super::layout::{ENTRIES, LONG_ATOMS, NEW_ENTRY, SEGMENT};
use crate::dist::violation::ProtocolViolation;
use crate::etf::Atom;
use crate::wire::{Reader, ShortRead};

/// How many lists of atoms are remembered.
const RECENT: usize = 32;

/// The entries of the peer's cache, and the lists that its latest headers stood for.
///
/// Peers repeat themselves: the same few headers come again and again, and the list a header stands for is then shared
/// with the earlier message instead of being made anew.
#[derive(Debug)]
pub(in crate::dist) struct InboundCache {
    /// Grows to the highest entry in use.
    entries: Vec<Option<Atom>>,
    recent: Vec<Recent>,
    empty: Arc<[Atom]>,
}

#[derive(Clone, Debug)]
struct Recent {
    /// Flags and entries as they stood in the header; empty when unused.
    header: Vec<u8>,
    atoms: Arc<[Atom]>,
}

impl InboundCache {
    pub(in crate::dist) fn new() -> InboundCache {
        InboundCache {
            entries: Vec::new(),
            recent: Vec::new(),
            empty: Arc::new([]),
        }
    }

    /// A list without atoms; all messages share it.
    pub(in crate::dist) fn empty(&self) -> Arc<[Atom]> {
        Arc::clone(&self.empty)
    }

    /// Reads a header from the number of its entries on, and returns the list that it stands for.
    pub(in crate::dist) fn read_header(
        &mut self,
        reader: &mut Reader<'_>,
    ) -> Result<Arc<[Atom]>, ProtocolViolation> {
        let count = usize::from(reader.u8().map_err(truncated)?);
        if count == 0 {
            return Ok(self.empty());
        }
        let flags_len = (count / 2).saturating_add(1);
        let header_len = flags_len.saturating_add(count);
        let header = reader.rest().get(..header_len).unwrap_or_default();
        let flags = reader.take(flags_len).map_err(truncated)?;
        if (0..count).any(|position| nibble(flags, position) & NEW_ENTRY != 0) {
            return self.read_entries(flags, count, reader);
        }
        let slot = slot_of(header);
        if let Some(recent) = self.recent.get(slot)
            && !header.is_empty()
            && recent.header == header
        {
            let atoms = Arc::clone(&recent.atoms);
            reader.take(count).map_err(truncated)?;
            return Ok(atoms);
        }
        let atoms = self.read_entries(flags, count, reader)?;
        self.remember(slot, header, &atoms);
        Ok(atoms)
    }

    fn read_entries(
        &mut self,
        flags: &[u8],
        count: usize,
        reader: &mut Reader<'_>,
    ) -> Result<Arc<[Atom]>, ProtocolViolation> {
        let is_long = nibble(flags, count) & LONG_ATOMS != 0;
        let mut atoms = Vec::with_capacity(count);
        for position in 0..count {
            let flag = nibble(flags, position);
            let (segment, index) = (flag & SEGMENT, reader.u8().map_err(truncated)?);
            let atom = if flag & NEW_ENTRY != 0 {
                let atom = read_atom(reader, is_long)?;
                self.set(segment, index, atom.clone());
                atom
            } else {
                self.get(segment, index)?
            };
            atoms.push(atom);
        }
        Ok(atoms.into())
    }

    fn set(&mut self, segment: u8, index: u8, atom: Atom) {
        let entry = entry(segment, index);
        if entry >= self.entries.len() {
            self.entries.resize(entry.saturating_add(1), None);
        }
        if let Some(slot) = self.entries.get_mut(entry) {
            *slot = Some(atom);
        }
        // A list may contain what this entry was before.
        self.recent.clear();
    }

    fn get(&self, segment: u8, index: u8) -> Result<Atom, ProtocolViolation> {
        let entry = self.entries.get(entry(segment, index));
        let atom = entry.and_then(Option::as_ref).cloned();
        atom.ok_or(ProtocolViolation::EmptyCacheEntry { segment, index })
    }

    fn remember(&mut self, slot: usize, header: &[u8], atoms: &Arc<[Atom]>) {
        if self.recent.is_empty() {
            let unused = Recent {
                header: Vec::new(),
                atoms: self.empty(),
            };
            self.recent.resize(RECENT, unused);
        }
        if let Some(recent) = self.recent.get_mut(slot) {
            recent.header.clear();
            recent.header.extend_from_slice(header);
            recent.atoms = Arc::clone(atoms);
        }
    }
}

fn read_atom(reader: &mut Reader<'_>, is_long: bool) -> Result<Atom, ProtocolViolation> {
    let len = if is_long {
        reader.u16().map_err(truncated)?
    } else {
        u16::from(reader.u8().map_err(truncated)?)
    };
    let text = reader.take(usize::from(len)).map_err(truncated)?;
    let text = std::str::from_utf8(text).map_err(|_| ProtocolViolation::BadCacheEntry)?;
    Atom::new(text).map_err(|_| ProtocolViolation::BadCacheEntry)
}

/// Four bits of the flags; the lower half of a byte comes first.
fn nibble(flags: &[u8], position: usize) -> u8 {
    let byte = flags.get(position / 2).copied().unwrap_or_default();
    if position.is_multiple_of(2) {
        byte & 0x0f
    } else {
        byte >> 4
    }
}

fn entry(segment: u8, index: u8) -> usize {
    (usize::from(segment) << 8 | usize::from(index)) % ENTRIES
}

fn slot_of(header: &[u8]) -> usize {
    usize::try_from(hash(header) >> 32).unwrap_or_default() % RECENT
}

fn truncated(_: ShortRead) -> ProtocolViolation {
    ProtocolViolation::TruncatedHeader
}
