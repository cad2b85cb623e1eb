//! Short ASCII texts without an allocation: what atoms are mostly.

use std::cmp::Ordering;

use ascii::{AsciiChar, AsciiStr};

/// The longest text that fits.
pub(super) const INLINE_BYTES_MAX: usize = 23;

/// An ASCII text of at most 23 bytes.
///
/// Copying, comparing and encoding it work on all 23 bytes at once, which takes less than a loop over those that count.
#[derive(Clone, Copy)]
pub(super) struct InlineText {
    len: Length,
    /// NUL beyond the length.
    text: [AsciiChar; INLINE_BYTES_MAX],
}

/// 0 to 23. An enum, so that the other values of the byte can tell apart the variants of what holds it: a term is no
/// larger than its atom.
#[rustfmt::skip]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum Length {
    L0, L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12, L13, L14, L15, L16, L17, L18, L19, L20, L21, L22, L23,
}

#[rustfmt::skip]
const LENGTHS: [Length; INLINE_BYTES_MAX + 1] = {
    use Length::*;
    [L0, L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12, L13, L14, L15, L16, L17, L18, L19, L20, L21, L22, L23]
};

/// For each length, the bytes of three words that count.
const MASKS: [[u64; 3]; INLINE_BYTES_MAX + 1] = {
    let mut masks = [[0; 3]; INLINE_BYTES_MAX + 1];
    let mut rest = masks.as_mut_slice();
    let mut len: u32 = 0;
    while let Some((mask, after)) = rest.split_first_mut() {
        *mask = [
            word_mask(len),
            word_mask(len.saturating_sub(8)),
            word_mask(len.saturating_sub(15)),
        ];
        len += 1;
        rest = after;
    }
    masks
};

/// The lowest `bytes` bytes of a word.
const fn word_mask(bytes: u32) -> u64 {
    match 1_u64.checked_shl(8 * bytes) {
        Some(bit) => bit - 1,
        None => u64::MAX,
    }
}

impl InlineText {
    /// The text, if it is short enough and ASCII.
    pub(super) const fn new(text: &[u8]) -> Option<InlineText> {
        let mut bytes = [AsciiChar::Null; INLINE_BYTES_MAX];
        let mut lengths = LENGTHS.as_slice();
        let mut rest = text;
        let mut slots = bytes.as_mut_slice();
        let mut len = Length::L0;
        while let Some((byte, after)) = rest.split_first() {
            let (Some((slot, slots_after)), Some((_, lengths_after @ [next, ..]))) =
                (slots.split_first_mut(), lengths.split_first())
            else {
                return None;
            };
            *slot = match ascii(*byte) {
                Some(character) => character,
                None => return None,
            };
            len = *next;
            (rest, slots, lengths) = (after, slots_after, lengths_after);
        }
        Some(InlineText { len, text: bytes })
    }

    /// The first `len` bytes of `input`, if they are ASCII, fit, and are followed by enough of anything.
    #[inline(always)]
    pub(super) fn from_input(input: &[u8], len: u8) -> Option<InlineText> {
        let length = *LENGTHS.get(usize::from(len))?;
        let [first, second, third] = MASKS.get(usize::from(len))?;
        let mut bytes = *input.first_chunk::<INLINE_BYTES_MAX>()?;
        // Three words, of which the last two overlap.
        let (a, rest) = bytes.split_first_chunk::<8>()?;
        let (b, _) = rest.split_first_chunk::<8>()?;
        let c = bytes.last_chunk::<8>()?;
        let [a, b, c] = [
            u64::from_le_bytes(*a) & first,
            u64::from_le_bytes(*b) & second,
            u64::from_le_bytes(*c) & third,
        ];
        *bytes.last_chunk_mut::<8>()? = c.to_le_bytes();
        let (start, rest) = bytes.split_first_chunk_mut::<8>()?;
        *start = a.to_le_bytes();
        *rest.first_chunk_mut::<8>()? = b.to_le_bytes();
        let text = AsciiStr::from_ascii(&bytes).ok()?.as_slice();
        Some(InlineText {
            len: length,
            text: *text.first_chunk()?,
        })
    }

    #[inline]
    pub(super) fn len(&self) -> u8 {
        // The variants are in order.
        match u8::try_from(self.len as usize) {
            Ok(len) => len,
            Err(_) => 0,
        }
    }

    /// The text and, beyond its length, zeros.
    #[inline]
    pub(super) fn padded(&self) -> &[u8; INLINE_BYTES_MAX] {
        let text: &AsciiStr = self.text.as_slice().into();
        text.as_bytes()
            .first_chunk()
            .unwrap_or(&[0; INLINE_BYTES_MAX])
    }

    #[inline]
    pub(super) fn as_str(&self) -> &str {
        let text = self.text.get(..usize::from(self.len())).unwrap_or_default();
        <&AsciiStr>::from(text).as_str()
    }
}

const fn ascii(byte: u8) -> Option<AsciiChar> {
    if byte.is_ascii() {
        Some(AsciiChar::new(byte as char))
    } else {
        None
    }
}

impl PartialEq for InlineText {
    #[inline]
    fn eq(&self, other: &InlineText) -> bool {
        self.padded() == other.padded() && self.len == other.len
    }
}

impl Eq for InlineText {}

impl Ord for InlineText {
    #[inline]
    fn cmp(&self, other: &InlineText) -> Ordering {
        self.padded()
            .cmp(other.padded())
            .then_with(|| self.len.cmp(&other.len))
    }
}

impl PartialOrd for InlineText {
    #[inline]
    fn partial_cmp(&self, other: &InlineText) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
