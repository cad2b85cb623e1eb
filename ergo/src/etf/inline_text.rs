//! Short ASCII texts without an allocation: what atoms are mostly.

use std::cmp::Ordering;

use ascii::AsciiStr;

/// The longest text that fits.
pub(super) const INLINE_BYTES_MAX: usize = 23;

/// An ASCII text of at most 23 bytes.
///
/// Copying, comparing and encoding it work on all 23 bytes at once, which takes less than a loop over those that count.
#[derive(Clone, Copy)]
pub(super) struct InlineText {
    len: Length,
    /// ASCII; zeros beyond the length.
    text: [u8; INLINE_BYTES_MAX],
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
            word_mask(len.saturating_sub(16)),
        ];
        len += 1;
        rest = after;
    }
    masks
};

/// The lowest `bytes` bytes of a word.
pub(super) const fn word_mask(bytes: u32) -> u64 {
    match 1_u64.checked_shl(8 * bytes) {
        Some(bit) => bit - 1,
        None => u64::MAX,
    }
}

/// The highest bit of every byte, which ASCII does not use.
const NOT_ASCII: u64 = 0x8080_8080_8080_8080;

/// The bytes as text, if they are UTF-8. Texts of messages are short and ASCII mostly, and to look for that is quicker.
#[inline]
pub(super) fn utf8(bytes: &[u8]) -> Option<&str> {
    match AsciiStr::from_ascii(bytes) {
        Ok(ascii) => Some(ascii.as_str()),
        Err(_) => std::str::from_utf8(bytes).ok(),
    }
}

impl InlineText {
    /// The text, if it is short enough and ASCII.
    pub(super) const fn new(text: &[u8]) -> Option<InlineText> {
        let mut bytes = [0; INLINE_BYTES_MAX];
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
            if !byte.is_ascii() {
                return None;
            }
            *slot = *byte;
            len = *next;
            (rest, slots, lengths) = (after, slots_after, lengths_after);
        }
        Some(InlineText { len, text: bytes })
    }

    pub(super) const EMPTY: InlineText = InlineText {
        len: Length::L0,
        text: [0; INLINE_BYTES_MAX],
    };

    /// Becomes the text that has been read.
    #[inline(always)]
    pub(super) fn set(&mut self, words: TextWords) {
        let [a, b, c] = words.words;
        let [c0, c1, c2, c3, c4, c5, c6, _] = c.to_le_bytes();
        if let Some((start, rest)) = self.text.split_first_chunk_mut()
            && let Some((middle, rest)) = rest.split_first_chunk_mut()
            && let Some(end) = rest.first_chunk_mut()
        {
            *start = a.to_le_bytes();
            *middle = b.to_le_bytes();
            *end = [c0, c1, c2, c3, c4, c5, c6];
        }
        self.len = words.len;
    }

    /// The first `len` bytes of `input`, if they are there, ASCII, and fit.
    #[inline(always)]
    pub(super) fn from_input(input: &[u8], len: u8) -> Option<InlineText> {
        TextWords::from_input(input, len).map(TextWords::text)
    }

    #[inline]
    pub(super) fn len(&self) -> u8 {
        #[expect(
            clippy::as_conversions,
            reason = "the variants are the numbers from 0 on"
        )]
        let len = self.len as u8;
        len
    }

    /// The text and, beyond its length, zeros.
    #[inline]
    pub(super) fn padded(&self) -> &[u8; INLINE_BYTES_MAX] {
        &self.text
    }

    #[inline]
    pub(super) fn as_str(&self) -> &str {
        let text = self.text.get(..usize::from(self.len())).unwrap_or_default();
        // Checking so few bytes for ASCII takes less than checking them for UTF-8.
        AsciiStr::from_ascii(text).map_or("", AsciiStr::as_str)
    }
}

/// A text that has been read and is still in registers; made a value where it stays, it is not copied through memory.
#[derive(Clone, Copy)]
pub(super) struct TextWords {
    len: Length,
    words: [u64; 3],
}

impl TextWords {
    /// The first `len` bytes of `input`, if they are there, ASCII, and fit inline.
    #[inline(always)]
    pub(super) fn from_input(input: &[u8], len: u8) -> Option<TextWords> {
        match input.first_chunk() {
            Some(bytes) => TextWords::from_chunk(bytes, len),
            None => TextWords::from_chunk(&TextWords::last(input, len)?, len),
        }
    }

    #[inline(always)]
    fn from_chunk(bytes: &[u8; INLINE_BYTES_MAX], len: u8) -> Option<TextWords> {
        let length = *LENGTHS.get(usize::from(len))?;
        let [first, second, third] = MASKS.get(usize::from(len))?;
        let (a, rest) = bytes.split_first_chunk()?;
        let (b, _) = rest.split_first_chunk()?;
        let c = bytes.last_chunk()?;
        let a = u64::from_le_bytes(*a) & first;
        let b = u64::from_le_bytes(*b) & second;
        let c = (u64::from_le_bytes(*c) >> 8) & third;
        ((a | b | c) & NOT_ASCII == 0).then_some(TextWords {
            len: length,
            words: [a, b, c],
        })
    }

    /// The text at the end of an input.
    #[inline(never)]
    fn last(input: &[u8], len: u8) -> Option<[u8; INLINE_BYTES_MAX]> {
        let mut bytes = [0; INLINE_BYTES_MAX];
        let text = input.get(..usize::from(len))?;
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(bytes)
    }

    #[inline(always)]
    pub(super) fn text(self) -> InlineText {
        let mut text = InlineText::EMPTY;
        text.set(self);
        text
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
