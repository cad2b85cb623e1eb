//! A binary under construction, bit by bit.

use crate::etf::{BitString, Term};

/// Bits, the first one the most significant of the first byte.
#[derive(Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// How many bits of the last byte count; 0 when all do.
    tail_bits: u8,
}

impl Bits {
    /// The binary or bit string.
    pub(super) fn into_term(self) -> Term {
        if self.tail_bits == 0 {
            return Term::Binary(self.bytes.into());
        }
        // With 1 to 7 bits in the last byte it is one.
        BitString::new(self.bytes.into(), self.tail_bits).map_or(Term::NIL, Term::from)
    }

    /// Appends one byte.
    #[inline]
    pub(super) fn push_byte(&mut self, byte: u8) {
        if self.tail_bits != 0 {
            if let Some(last) = self.bytes.last_mut() {
                *last |= byte >> self.tail_bits;
            }
            self.bytes.push(byte << (8 - self.tail_bits));
        } else {
            self.bytes.push(byte);
        }
    }

    /// Appends bytes.
    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        if self.tail_bits == 0 {
            self.bytes.extend_from_slice(bytes);
        } else {
            bytes.iter().for_each(|byte| self.push_byte(*byte));
        }
    }

    /// Appends the `count` least significant bits of a byte, 0 to 8.
    pub(super) fn push_low_bits(&mut self, byte: u8, count: u8) {
        let free = 8_u8.saturating_sub(count);
        self.push_high_bits(byte.checked_shl(free.into()).unwrap_or(0), count);
    }

    /// Appends the `count` most significant bits of a byte, 0 to 8.
    pub(super) fn push_high_bits(&mut self, byte: u8, count: u8) {
        if count == 0 {
            return;
        }
        let mask = u8::MAX
            .checked_shl(8_u32.saturating_sub(count.into()))
            .unwrap_or(0);
        let before = self.tail_bits;
        self.push_byte(byte & mask);
        self.tail_bits = (before + count) % 8;
        // Both parts fit in the byte that was there.
        if before != 0 && before + count <= 8 {
            self.bytes.pop();
        }
    }

    /// Appends the first `count` bits of bytes that have as many.
    pub(super) fn push_first_bits(&mut self, bytes: &[u8], count: usize) {
        let (whole, rest) = bytes.split_at_checked(count / 8).unwrap_or((bytes, &[]));
        self.push_bytes(whole);
        if let (Some(last), Ok(tail)) = (rest.first(), u8::try_from(count % 8)) {
            self.push_high_bits(*last, tail);
        }
    }
}
