//! Text and bytes.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use bytes::Bytes;

use super::super::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder};

impl Encode for str {
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_str(self)
    }
}

impl<'de> Decode<'de> for &'de str {
    /// A binary of UTF-8.
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_str()
    }
}

impl<'de> Decode<'de> for &'de [u8] {
    /// A binary.
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_binary()
    }
}

impl Encode for String {
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_str(self)
    }
}

impl<'de> Decode<'de> for String {
    /// A binary of UTF-8, or a list of code points.
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_text().map(Cow::into_owned)
    }
}

impl<'de> Decode<'de> for Cow<'de, str> {
    /// A binary of UTF-8, or a list of code points.
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_text()
    }
}

impl<'de> Decode<'de> for Cow<'de, [u8]> {
    /// A binary, or a list of bytes.
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        if decoder.next_is_list() {
            u8::decode_list(decoder).map(Cow::Owned)
        } else {
            decoder.read_binary().map(Cow::Borrowed)
        }
    }
}

impl Encode for Bytes {
    /// A binary.
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_binary(self)
    }
}

impl<'de> Decode<'de> for Bytes {
    /// A binary, or a list of bytes.
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        if decoder.next_is_list() {
            u8::decode_list(decoder).map(Bytes::from)
        } else {
            decoder.read_bytes()
        }
    }
}

impl Encode for char {
    /// The code point.
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_i64(u32::from(*self).into())
    }
}

impl<'de> Decode<'de> for char {
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_char()
    }
}

/// Text as a list of code points, which is what Erlang calls a string and Elixir a charlist.
///
/// ```
/// use ergo::etf::{CharList, Encoded};
///
/// let name = Encoded::new(&CharList::from("bolt"))?;
/// assert_eq!(name.to_term()?.to_string(), "[98,111,108,116]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct CharList(pub String);

impl Encode for CharList {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_charlist(&self.0)
    }
}

impl<'de> Decode<'de> for CharList {
    /// A list of code points, or a binary of UTF-8.
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        String::decode(decoder).map(CharList)
    }
}

impl<T: Into<String>> From<T> for CharList {
    fn from(text: T) -> CharList {
        CharList(text.into())
    }
}

impl Deref for CharList {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CharList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
