//! Binaries.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use bytes::Bytes;

use super::inline_text::word_mask;
use super::syntax;

/// The longest binary that is kept without an allocation.
const INLINE_BYTES_MAX: usize = 15;

/// An Erlang binary, which derefs to its bytes.
///
/// Up to 15 bytes live inline. Longer ones are shared when cloned, and turning them into [`Bytes`] and back copies
/// nothing.
///
/// ```
/// use bytes::Bytes;
/// use ergo::etf::Binary;
///
/// let text = Binary::from("a text");
/// assert_eq!(text.as_str(), Some("a text"));
/// assert_eq!(text.len(), 6);
/// assert_eq!(text, "a text");
/// assert_eq!(text, b"a text".to_vec());
/// assert_eq!(Binary::from(vec![1, 2]).to_string(), "<<1,2>>");
/// assert_eq!(Bytes::from(text), "a text");
/// ```
#[derive(Clone)]
pub struct Binary(Repr);

/// What fits inline is inline.
#[derive(Clone)]
enum Repr {
    Inline(Length, [u8; INLINE_BYTES_MAX]),
    Shared(Box<Bytes>),
}

/// 0 to 15. An enum, so that the other values of the byte can tell apart the variants: a binary takes 16 bytes.
#[rustfmt::skip]
#[derive(Clone, Copy)]
#[repr(u8)]
enum Length {
    L0, L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12, L13, L14, L15,
}

#[rustfmt::skip]
const LENGTHS: [Length; INLINE_BYTES_MAX + 1] = {
    use Length::*;
    [L0, L1, L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12, L13, L14, L15]
};

/// For each length, the bytes of two words that count.
const MASKS: [[u64; 2]; INLINE_BYTES_MAX + 1] = {
    let mut masks = [[0; 2]; INLINE_BYTES_MAX + 1];
    let mut rest = masks.as_mut_slice();
    let mut len: u32 = 0;
    while let Some((mask, after)) = rest.split_first_mut() {
        *mask = [word_mask(len), word_mask(len.saturating_sub(8))];
        len += 1;
        rest = after;
    }
    masks
};

/// A short binary that has been read and is still in registers.
pub(super) struct BinaryWords {
    len: Length,
    words: [u64; 2],
}

impl BinaryWords {
    /// The first `len` bytes of `input`, if they are there and fit inline.
    #[inline(always)]
    pub(super) fn from_input(input: &[u8], len: u8) -> Option<BinaryWords> {
        match input.first_chunk() {
            Some(bytes) => BinaryWords::from_chunk(bytes, len),
            None => BinaryWords::last(input, len),
        }
    }

    #[inline(always)]
    fn from_chunk(bytes: &[u8; INLINE_BYTES_MAX], len: u8) -> Option<BinaryWords> {
        let length = *LENGTHS.get(usize::from(len))?;
        let [first, second] = MASKS.get(usize::from(len))?;
        let a = u64::from_le_bytes(*bytes.first_chunk()?) & first;
        // The last eight bytes, of which the first is the last of the first eight.
        let b = (u64::from_le_bytes(*bytes.last_chunk()?) >> 8) & second;
        Some(BinaryWords {
            len: length,
            words: [a, b],
        })
    }

    /// The bytes at the end of an input.
    #[inline(never)]
    fn last(input: &[u8], len: u8) -> Option<BinaryWords> {
        let mut bytes = [0; INLINE_BYTES_MAX];
        let taken = input.get(..usize::from(len))?;
        bytes.get_mut(..taken.len())?.copy_from_slice(taken);
        BinaryWords::from_chunk(&bytes, len)
    }
}

impl Binary {
    /// Becomes the binary that has been read, if it is inline as [`Binary::EMPTY`] is.
    #[inline(always)]
    pub(super) fn set_inline(&mut self, words: BinaryWords) {
        let Repr::Inline(len, bytes) = &mut self.0 else {
            return;
        };
        let [a, b] = words.words;
        let [b0, b1, b2, b3, b4, b5, b6, _] = b.to_le_bytes();
        *len = words.len;
        if let Some((start, rest)) = bytes.split_first_chunk_mut()
            && let Some(end) = rest.first_chunk_mut()
        {
            *start = a.to_le_bytes();
            *end = [b0, b1, b2, b3, b4, b5, b6];
        }
    }

    /// Without bytes.
    pub const EMPTY: Binary = Binary(Repr::Inline(Length::L0, [0; INLINE_BYTES_MAX]));

    /// The bytes, if they fit inline.
    #[inline]
    pub(super) fn inline(bytes: &[u8]) -> Option<Binary> {
        let length = *LENGTHS.get(bytes.len())?;
        let mut inline = [0; INLINE_BYTES_MAX];
        inline.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Binary(Repr::Inline(length, inline)))
    }

    /// Whether the bytes have no memory of their own.
    #[inline]
    pub(super) fn is_inline(&self) -> bool {
        matches!(self.0, Repr::Inline(..))
    }

    /// The bytes with their memory, unless they are inline.
    #[inline]
    pub(super) fn shared(&self) -> Option<&Bytes> {
        match &self.0 {
            Repr::Inline(..) => None,
            Repr::Shared(bytes) => Some(bytes),
        }
    }

    /// The bytes.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        match &self.0 {
            #[expect(
                clippy::as_conversions,
                reason = "the variants are the numbers from 0 on"
            )]
            Repr::Inline(length, bytes) => bytes.get(..*length as usize).unwrap_or(bytes),
            Repr::Shared(bytes) => bytes,
        }
    }

    /// The bytes as text, if they are UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(self).ok()
    }

    /// The bytes as a value of their own; only short ones are copied.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        match &self.0 {
            Repr::Inline(..) => Bytes::copy_from_slice(self),
            Repr::Shared(bytes) => Bytes::clone(bytes),
        }
    }
}

impl Deref for Binary {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl AsRef<[u8]> for Binary {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Borrow<[u8]> for Binary {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl Default for Binary {
    fn default() -> Binary {
        Binary::EMPTY
    }
}

impl From<Bytes> for Binary {
    #[inline]
    fn from(bytes: Bytes) -> Binary {
        Binary::inline(&bytes).unwrap_or_else(|| Binary(Repr::Shared(Box::new(bytes))))
    }
}

impl From<Vec<u8>> for Binary {
    fn from(bytes: Vec<u8>) -> Binary {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Binary {
    fn from(text: String) -> Binary {
        Bytes::from(text).into()
    }
}

impl From<&[u8]> for Binary {
    fn from(bytes: &[u8]) -> Binary {
        Binary::inline(bytes)
            .unwrap_or_else(|| Binary(Repr::Shared(Box::new(Bytes::copy_from_slice(bytes)))))
    }
}

impl<const N: usize> From<&[u8; N]> for Binary {
    fn from(bytes: &[u8; N]) -> Binary {
        bytes.as_slice().into()
    }
}

impl From<&str> for Binary {
    fn from(text: &str) -> Binary {
        text.as_bytes().into()
    }
}

impl From<Binary> for Bytes {
    fn from(binary: Binary) -> Bytes {
        match binary.0 {
            Repr::Inline(..) => Bytes::copy_from_slice(&binary),
            Repr::Shared(bytes) => *bytes,
        }
    }
}

impl From<Binary> for Vec<u8> {
    fn from(binary: Binary) -> Vec<u8> {
        Bytes::from(binary).into()
    }
}

impl PartialEq for Binary {
    #[inline]
    fn eq(&self, other: &Binary) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Binary {}

impl PartialEq<[u8]> for Binary {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_slice() == other
    }
}

impl PartialEq<&[u8]> for Binary {
    fn eq(&self, other: &&[u8]) -> bool {
        self.as_slice() == *other
    }
}

impl<const N: usize> PartialEq<[u8; N]> for Binary {
    fn eq(&self, other: &[u8; N]) -> bool {
        self.as_slice() == other
    }
}

impl PartialEq<str> for Binary {
    fn eq(&self, other: &str) -> bool {
        self.as_slice() == other.as_bytes()
    }
}

impl PartialEq<&str> for Binary {
    fn eq(&self, other: &&str) -> bool {
        self.as_slice() == other.as_bytes()
    }
}

macro_rules! equals_owned {
    ($($owned:ty),*) => {$(
        impl PartialEq<$owned> for Binary {
            fn eq(&self, other: &$owned) -> bool {
                let other: &[u8] = other.as_ref();
                self.as_slice() == other
            }
        }
    )*};
}
equals_owned!(Bytes, Vec<u8>, String);

impl Ord for Binary {
    /// Erlang's order: byte by byte.
    #[inline]
    fn cmp(&self, other: &Binary) -> Ordering {
        self.as_slice().cmp(other)
    }
}

impl PartialOrd for Binary {
    #[inline]
    fn partial_cmp(&self, other: &Binary) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Binary {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl fmt::Display for Binary {
    /// Erlang syntax.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        syntax::write_bits(f, self, 0)
    }
}

impl fmt::Debug for Binary {
    /// The same as `Display`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
