//! The atoms we have told a peer.

use super::hash::hash;
use super::layout::{ENTRIES, LONG_ATOMS, NEW_ENTRY};
use crate::etf::{Atom, AtomSink};
use crate::wire::writer::put_u16;

/// The tag of a reference into the list of the header.
const ATOM_CACHE_REF: u8 = 82;

/// The most entries that one header lists.
const REFERENCES_MAX: usize = 255;

/// Our entries in the peer's cache, and what the message being encoded uses of them.
///
/// An atom has one place, chosen by its hash. When the place is taken by another atom of the same message, or the
/// header is full, the atom is written with its text.
#[derive(Debug)]
pub(in crate::dist) struct OutboundCache {
    /// Made with the first atom.
    entries: Vec<Entry>,
    /// The message being encoded.
    message: u32,
    references: Vec<Reference>,
    /// What entries that this message replaced were before.
    replaced: Vec<(usize, Option<Atom>)>,
    has_long: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    atom: Option<Atom>,
    /// The latest message that lists the entry.
    message: u32,
    /// Where that message lists it.
    position: u8,
}

/// One entry in the list of a header.
#[derive(Clone, Copy, Debug)]
struct Reference {
    entry: u16,
    is_new: bool,
}

impl OutboundCache {
    pub(in crate::dist) fn new() -> OutboundCache {
        OutboundCache {
            entries: Vec::new(),
            message: 0,
            references: Vec::new(),
            replaced: Vec::new(),
            has_long: false,
        }
    }

    /// Begins a message; the one before is final.
    pub(in crate::dist) fn begin(&mut self) {
        self.references.clear();
        self.replaced.clear();
        self.has_long = false;
        self.message = self.message.wrapping_add(1);
        if self.message == 0 {
            // The numbers begin again: no entry may look as if the new messages listed it.
            self.entries.iter_mut().for_each(|entry| entry.message = 0);
            self.message = 1;
        }
    }

    /// Makes the message that was begun last undone: the peer will never see its header.
    pub(in crate::dist) fn rollback(&mut self) {
        while let Some((place, atom)) = self.replaced.pop() {
            if let Some(entry) = self.entries.get_mut(place) {
                entry.atom = atom;
                entry.message = 0;
            }
        }
        self.begin();
    }

    /// Writes the header of the message from the number of its entries on.
    pub(in crate::dist) fn write_header(&self, out: &mut Vec<u8>) {
        // At most REFERENCES_MAX, so the count fits.
        out.push(u8::try_from(self.references.len()).unwrap_or(u8::MAX));
        if self.references.is_empty() {
            return;
        }
        let last = if self.has_long { LONG_ATOMS } else { 0 };
        let mut nibbles = self
            .references
            .iter()
            .map(Reference::flags)
            .chain(std::iter::once(last));
        while let Some(low) = nibbles.next() {
            out.push(low | nibbles.next().unwrap_or_default() << 4);
        }
        for reference in &self.references {
            let [_, index] = reference.entry.to_be_bytes();
            out.push(index);
            if reference.is_new {
                self.write_text(*reference, out);
            }
        }
    }

    fn write_text(&self, reference: Reference, out: &mut Vec<u8>) {
        let entry = self.entries.get(usize::from(reference.entry));
        let text = entry
            .and_then(|entry| entry.atom.as_ref())
            .map_or("", Atom::as_str);
        // An atom has at most 255 characters of 4 bytes; without the flag for long ones none has over 255 bytes.
        if self.has_long {
            put_u16(out, u16::try_from(text.len()).unwrap_or(u16::MAX));
        } else {
            out.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
        }
        out.extend_from_slice(text.as_bytes());
    }

    /// Lists the atom and returns where, unless there is no room.
    fn position_of(&mut self, text: &str) -> Option<u8> {
        if self.entries.is_empty() {
            let unused = Entry {
                atom: None,
                message: 0,
                position: 0,
            };
            self.entries.resize(ENTRIES, unused);
        }
        let place = place_of(text);
        let entry = self.entries.get_mut(place)?;
        let is_same = entry.atom.as_ref().is_some_and(|atom| *atom == *text);
        if entry.message == self.message {
            return is_same.then_some(entry.position);
        }
        if self.references.len() >= REFERENCES_MAX {
            return None;
        }
        if !is_same {
            let atom = Atom::new(text).ok()?;
            self.replaced.push((place, entry.atom.replace(atom)));
            self.has_long |= u8::try_from(text.len()).is_err();
        }
        entry.message = self.message;
        entry.position = u8::try_from(self.references.len()).ok()?;
        let reference = Reference {
            entry: u16::try_from(place).ok()?,
            is_new: !is_same,
        };
        self.references.push(reference);
        Some(entry.position)
    }
}

impl AtomSink for OutboundCache {
    fn write_atom(&mut self, atom: &str, buffer: &mut Vec<u8>) -> bool {
        match self.position_of(atom) {
            Some(position) => {
                buffer.extend_from_slice(&[ATOM_CACHE_REF, position]);
                true
            }
            None => false,
        }
    }
}

impl Reference {
    /// The segment, and whether the entry is new.
    fn flags(&self) -> u8 {
        let [segment, _] = self.entry.to_be_bytes();
        segment | if self.is_new { NEW_ENTRY } else { 0 }
    }
}

/// The place of an atom: 11 bits of the hash of its text.
fn place_of(text: &str) -> usize {
    usize::try_from(hash(text.as_bytes()) >> 53).unwrap_or_default() % ENTRIES
}
