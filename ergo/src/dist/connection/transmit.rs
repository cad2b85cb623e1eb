//! Bytes on their way to the socket.

use bytes::Bytes;

use crate::etf::Parts;

/// A piece of a long message shorter than this is copied: to pass it on costs more.
const PIECE_BYTES_MIN: usize = 1024;

/// A buffer that one long message has made longer than this is not kept.
const KEPT_BUFFER: usize = 4 * 1024 * 1024;

/// What is to be written to the peer, in order: bytes of its own, and between them long binaries that are not copied.
#[derive(Debug, Default)]
pub struct Transmit {
    /// All but the binaries.
    pub(super) bytes: Vec<u8>,
    parts: Parts,
}

impl Transmit {
    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.bytes.len().saturating_add(self.parts.len_bytes())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.parts.is_empty()
    }

    /// The bytes, in pieces: one after the other they are what is to be written. None is empty.
    pub fn slices(&self) -> impl Iterator<Item = &[u8]> {
        let mut from: usize = 0;
        let pieces = self.parts.iter().flat_map(move |(at, part)| {
            let own = self.bytes.get(from..at).unwrap_or_default();
            from = at;
            [own, part]
        });
        let last = self.parts.iter().last().map_or(0, |(at, _)| at);
        let rest = self.bytes.get(last..).unwrap_or_default();
        pieces
            .chain(std::iter::once(rest))
            .filter(|piece| !piece.is_empty())
    }

    /// The bytes in one piece.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.len());
        self.slices().for_each(|piece| all.extend_from_slice(piece));
        all
    }

    /// Takes everything out. The room for bytes stays, unless it is much.
    pub fn clear(&mut self) {
        self.parts.clear();
        self.bytes.clear();
        if self.bytes.capacity() > KEPT_BUFFER {
            self.bytes = Vec::new();
        }
    }

    /// Appends a piece of a long message.
    pub(super) fn push(&mut self, piece: Bytes) {
        if piece.len() < PIECE_BYTES_MIN {
            self.bytes.extend_from_slice(&piece);
        } else {
            self.parts.push(self.bytes.len(), piece);
        }
    }

    /// Appends all of another one.
    pub(super) fn append(&mut self, mut other: Transmit) {
        let before = self.bytes.len();
        self.bytes.append(&mut other.bytes);
        self.adopt(&mut other.parts, |at| at.saturating_add(before));
    }

    /// Takes off what begins behind the first `at` bytes.
    pub(super) fn split_off(&mut self, at: usize) -> Transmit {
        Transmit {
            bytes: self.bytes.split_off(at.min(self.bytes.len())),
            parts: self.parts.split_off(at),
        }
    }

    /// Takes binaries whose places `shift` moves.
    pub(super) fn adopt(&mut self, parts: &mut Parts, shift: impl Fn(usize) -> usize) {
        for (at, part) in parts.drain() {
            self.parts.push(shift(at), part);
        }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }
}
