//! Binaries, bit strings and text.

use std::borrow::Cow;

use bytes::Bytes;

use super::super::inline_text::utf8;
use super::super::{Binary, BitString, DecodeError, tag};
use super::{Decoder, Kind, ListHeader};

/// Binaries shorter than this are copied: a slice would keep the whole buffer alive for a few bytes.
const SHARED_BYTES_MIN: usize = 64;

/// A longer buffer is not kept alive for a binary that is less than one in [`KEPT_RATIO_MAX`] of it: who keeps many of them,
/// or has them wait for a node that does not read, would keep far more than their lengths say.
const KEPT_BYTES_MAX: usize = 64 * 1024;
const KEPT_RATIO_MAX: usize = 16;

/// Whether a binary of `len` bytes is worth keeping a buffer of `whole` bytes for.
#[inline]
fn is_worth(len: usize, whole: usize) -> bool {
    len >= SHARED_BYTES_MIN
        && (whole <= KEPT_BYTES_MAX || len.saturating_mul(KEPT_RATIO_MAX) >= whole)
}

impl<'de> Decoder<'de> {
    /// Reads a binary, borrowed from the input.
    ///
    /// # Errors
    /// Another kind of term.
    #[inline]
    pub fn read_binary(&mut self) -> Result<&'de [u8], DecodeError> {
        if let [tag::BINARY, a, b, c, d, rest @ ..] = self.reader.rest()
            && let Ok(len) = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d]))
            && let Some((bytes, rest)) = rest.split_at_checked(len)
        {
            self.reader.advance_to(rest);
            return Ok(bytes);
        }
        self.read_other_binary()
    }

    fn read_other_binary(&mut self) -> Result<&'de [u8], DecodeError> {
        let start = self.clone();
        let bits = match self.byte()? {
            tag::BINARY => 8,
            tag::BIT_BINARY => 0,
            _ => return Err(start.unexpected("a binary")),
        };
        let len = self.length()?;
        let bits = if bits == 8 { bits } else { self.byte()? };
        let bytes = self.take(len)?;
        match bits {
            8 => Ok(bytes),
            0 if bytes.is_empty() => Ok(bytes),
            1..=7 if !bytes.is_empty() => {
                self.reader = start.reader;
                Err(self.unexpected("a binary"))
            }
            _ => Err(start.malformed("the bits of a bit string are not 1 to 8 of its last byte")),
        }
    }

    /// Reads a binary: a slice of the shared buffer when there is one and the binary is not short, in itself and beside a
    /// buffer of more than 64 KiB, otherwise a copy.
    ///
    /// # Errors
    /// Another kind of term.
    #[inline]
    pub fn read_bytes(&mut self) -> Result<Bytes, DecodeError> {
        let bytes = self.read_binary()?;
        Ok(self.share(bytes))
    }

    /// Reads a binary: inline when it is short, otherwise as [`Decoder::read_bytes`] does.
    ///
    /// # Errors
    /// Another kind of term.
    #[inline]
    pub fn read_binary_value(&mut self) -> Result<Binary, DecodeError> {
        let bytes = self.read_binary()?;
        Ok(Binary::inline(bytes).unwrap_or_else(|| self.share(bytes).into()))
    }

    /// `bytes`, which have just been read, as a value of their own.
    pub(super) fn share(&self, bytes: &'de [u8]) -> Bytes {
        let end = self.position();
        match self.shared {
            Some(buffer) if is_worth(bytes.len(), buffer.len()) && end <= buffer.len() => {
                buffer.slice(end.saturating_sub(bytes.len())..end)
            }
            _ => Bytes::copy_from_slice(bytes),
        }
    }

    /// What has been read since `start`, as a value of its own.
    pub(crate) fn share_since(&self, start: &Decoder<'de>) -> Bytes {
        let count = self.position().saturating_sub(start.position());
        self.share(start.reader.rest().get(..count).unwrap_or_default())
    }

    /// Reads a binary of UTF-8, borrowed from the input.
    ///
    /// # Errors
    /// Another kind of term, and bytes that are not UTF-8.
    #[inline]
    pub fn read_str(&mut self) -> Result<&'de str, DecodeError> {
        let before = self.reader.rest();
        let bytes = match self.reader.peek() {
            Some(tag::BINARY | tag::BIT_BINARY) => self.read_binary()?,
            _ => return Err(self.unexpected("a binary of UTF-8")),
        };
        utf8(bytes).ok_or_else(|| self.unexpected_at(before, "a binary of UTF-8"))
    }

    /// Reads text: a binary of UTF-8, or a list of code points.
    ///
    /// # Errors
    /// Any other term.
    #[inline]
    pub fn read_text(&mut self) -> Result<Cow<'de, str>, DecodeError> {
        match self.peek_kind()? {
            Kind::List => self.read_charlist().map(Cow::Owned),
            _ => self.read_str().map(Cow::Borrowed),
        }
    }

    /// Reads a list of code points.
    ///
    /// # Errors
    /// Any other term.
    pub fn read_charlist(&mut self) -> Result<String, DecodeError> {
        match self.read_list()? {
            ListHeader::String(bytes) => Ok(bytes.iter().copied().map(char::from).collect()),
            ListHeader::Elements(count) => {
                let mut text = String::new();
                for _ in 0..count {
                    text.push(self.read_char()?);
                }
                self.read_list_end(count)?;
                Ok(text)
            }
        }
    }

    /// Reads a code point.
    ///
    /// # Errors
    /// Any other term.
    pub fn read_char(&mut self) -> Result<char, DecodeError> {
        let before = self.reader.rest();
        let code: u32 = self.read_integer("a code point")?;
        char::from_u32(code).ok_or_else(|| {
            self.reader.back_to(before);
            self.unexpected("a code point")
        })
    }

    /// Reads bits of any number: the bytes, and how many bits of the last one count, 1 to 8.
    pub(super) fn read_bits(&mut self) -> Result<(&'de [u8], u8), DecodeError> {
        let start = self.clone();
        if self.byte()? != tag::BIT_BINARY {
            self.reader = start.reader;
            return self.read_binary().map(|bytes| (bytes, 8));
        }
        let len = self.length()?;
        let bits = self.byte()?;
        let bytes = self.take(len)?;
        match bits {
            0 if bytes.is_empty() => Ok((bytes, 8)),
            1..=8 if !bytes.is_empty() => Ok((bytes, bits)),
            _ => Err(start.malformed("the bits of a bit string are not 1 to 8 of its last byte")),
        }
    }

    /// Reads a bit string whose length is no multiple of eight.
    ///
    /// # Errors
    /// Another kind of term, a binary included.
    pub fn read_bit_string(&mut self) -> Result<BitString, DecodeError> {
        let start = self.clone();
        if !matches!(self.peek_kind()?, Kind::BitString | Kind::Binary) {
            return Err(self.unexpected("a bit string"));
        }
        let (bytes, bits) = self.read_bits()?;
        BitString::new(self.share(bytes), bits).ok_or_else(|| start.unexpected("a bit string"))
    }
}
