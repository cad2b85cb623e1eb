//! Bit strings whose length is no multiple of eight.

use std::fmt;

use bytes::Bytes;

use super::syntax;

/// Bits whose number is no multiple of eight; with a multiple of eight they are a binary.
///
/// ```
/// use ergo::etf::{BitString, Term};
///
/// let five = BitString::new(vec![0b1010_0000].into(), 3).expect("3 bits of the last byte");
/// assert_eq!(Term::from(five).to_string(), "<<5:3>>");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BitString {
    bytes: Bytes,
    tail_bits: u8,
}

impl BitString {
    /// The bits of `bytes` of which the last byte counts only with its `tail_bits` most significant bits, 1 to 7.
    /// `None` for another number, or without a byte.
    #[must_use]
    pub fn new(bytes: Bytes, tail_bits: u8) -> Option<BitString> {
        if !(1..=7).contains(&tail_bits) {
            return None;
        }
        let mask = u8::MAX.checked_shl(u32::from(8 - tail_bits))?;
        let (last, head) = bytes.split_last()?;
        // Bits that do not count are 0, so that equal bit strings have equal bytes.
        let bytes = if last & !mask == 0 {
            bytes
        } else {
            [head, &[last & mask]].concat().into()
        };
        Some(BitString { bytes, tail_bits })
    }

    /// The bytes; the bits of the last one that do not count are 0.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// How many bits of the last byte count: 1 to 7.
    pub const fn tail_bits(&self) -> u8 {
        self.tail_bits
    }

    /// The bits, most significant one first: `None` when their number is a multiple of eight, because that is a binary.
    ///
    /// ```
    /// use ergo::etf::BitString;
    ///
    /// let bits = BitString::from_bits([true, false, true]).expect("3 bits");
    /// assert_eq!(bits.to_string(), "<<5:3>>");
    /// assert_eq!(bits.bits().collect::<Vec<_>>(), [true, false, true]);
    /// ```
    #[must_use]
    pub fn from_bits(bits: impl IntoIterator<Item = bool>) -> Option<BitString> {
        let (mut bytes, mut count) = (Vec::new(), 0);
        for bit in bits {
            if count == 0 {
                bytes.push(0);
            }
            if let Some(last) = bytes.last_mut() {
                *last |= u8::from(bit) << (7 - count);
            }
            count = (count + 1) % 8;
        }
        BitString::new(bytes.into(), count)
    }

    /// The bits, the most significant one of the first byte first.
    pub fn bits(&self) -> impl Iterator<Item = bool> {
        let bits = |byte: &u8| {
            let byte = *byte;
            (0..8).rev().map(move |place| byte >> place & 1 == 1)
        };
        self.bytes.iter().flat_map(bits).take(self.bit_len())
    }

    /// The length in bits.
    pub fn bit_len(&self) -> usize {
        (self.bytes.len() - 1) * 8 + usize::from(self.tail_bits)
    }
}

impl fmt::Display for BitString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        syntax::write_bits(f, &self.bytes, self.tail_bits)
    }
}

impl fmt::Debug for BitString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
