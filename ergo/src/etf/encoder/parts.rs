//! Binaries that are passed on instead of copied.

use bytes::Bytes;

/// The shortest binary that is passed on: to copy a shorter one costs less.
const PART_BYTES_MIN: usize = 16 * 1024;

/// Binaries that belong at places of a buffer and are not copied into it.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// In order: how much of the buffer comes before each of them.
    places: Vec<(usize, Bytes)>,
    len_bytes: usize,
}

impl Parts {
    /// Whether a binary of this length is worth it.
    pub(super) fn take(len: usize) -> bool {
        len >= PART_BYTES_MIN
    }

    /// Appends a binary whose place is behind the first `at` bytes of the buffer; no place may be before the last one.
    pub(crate) fn push(&mut self, at: usize, bytes: Bytes) {
        self.len_bytes = self.len_bytes.saturating_add(bytes.len());
        self.places.push((at, bytes));
    }

    /// The places and the binaries, which are taken out.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = (usize, Bytes)> + '_ {
        self.len_bytes = 0;
        self.places.drain(..)
    }

    /// Takes off those whose places are behind the first `at` bytes; their places are then counted from there.
    pub(crate) fn split_off(&mut self, at: usize) -> Parts {
        let mut after = Parts::default();
        while let Some((place, bytes)) = self.places.pop_if(|(place, _)| *place > at) {
            self.len_bytes = self.len_bytes.saturating_sub(bytes.len());
            after.push(place.saturating_sub(at), bytes);
        }
        after.places.reverse();
        after
    }

    /// The places and the binaries.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &Bytes)> {
        self.places.iter().map(|(at, bytes)| (*at, bytes))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.places.clear();
        self.len_bytes = 0;
    }

    /// The bytes of all of them.
    pub(crate) fn len_bytes(&self) -> usize {
        self.len_bytes
    }

    /// Copies all of them to their places.
    #[cold]
    pub(super) fn copy_into(&mut self, buffer: &mut Vec<u8>) {
        let Some(first) = self.places.first().map(|(at, _)| *at) else {
            return;
        };
        let mut from = first.min(buffer.len());
        let rest = buffer.split_off(from);
        let start = from;
        for (at, bytes) in self.drain() {
            let between = rest.get(from.saturating_sub(start)..at.saturating_sub(start));
            buffer.extend_from_slice(between.unwrap_or_default());
            buffer.extend_from_slice(&bytes);
            from = at;
        }
        let after = rest.get(from.saturating_sub(start)..);
        buffer.extend_from_slice(after.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::etf::{Binary, Encode, Encoder, Term};

    #[test]
    fn whoever_looks_at_the_buffer_sees_all_of_it() {
        let large = |byte: u8| Binary::from(vec![byte; PART_BYTES_MIN]);
        let term = Term::tuple([
            Term::atom("a"),
            large(1).into(),
            large(2).into(),
            Term::atom("b"),
        ]);
        let mut expect = Vec::new();
        Encoder::new(&mut expect).write_term(&term).unwrap();

        let (mut buffer, mut parts) = (Vec::new(), Parts::default());
        let mut encoder = Encoder::new(&mut buffer).sharing(&mut parts);
        encoder.write_term(&term).unwrap();
        assert_eq!(encoder.position(), expect.len() - 2 * PART_BYTES_MIN);
        assert_eq!(*encoder.buffer(), expect);
        assert!(parts.is_empty() && parts.len_bytes() == 0);
    }

    #[test]
    fn short_binaries_and_those_in_closures_are_copied() {
        let (mut buffer, mut parts) = (Vec::new(), Parts::default());
        let mut encoder = Encoder::new(&mut buffer).sharing(&mut parts);
        Binary::from(vec![0; PART_BYTES_MIN - 1])
            .encode(&mut encoder)
            .unwrap();
        let mark = encoder.begin_fun_size();
        bytes::Bytes::from(vec![0; PART_BYTES_MIN])
            .encode(&mut encoder)
            .unwrap();
        encoder.end_fun_size(mark).unwrap();
        assert!(parts.is_empty());
        let mut encoder = Encoder::new(&mut buffer).sharing(&mut parts);
        bytes::Bytes::from(vec![0; PART_BYTES_MIN])
            .encode(&mut encoder)
            .unwrap();
        assert_eq!(parts.len_bytes(), PART_BYTES_MIN);
    }
}
