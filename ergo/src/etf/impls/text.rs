//! Text and bytes.

use std::borrow::Cow;

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
        encoder.write_bytes_value(self)
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
