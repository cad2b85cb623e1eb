//! The forms of bytes, text and time that attributes choose. Each module has an `encode` and a
//! `decode`, as one of a user would.

/// Bytes as a binary.
pub mod binary {
    use std::borrow::Cow;

    use crate::__private::octets::{FromOctets, read_octets};
    use crate::etf::{DecodeError, Decoder, EncodeError, Encoder};

    /// Writes a binary.
    ///
    /// # Errors
    /// Too many bytes.
    pub fn encode<T: AsRef<[u8]>>(value: &T, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_binary(value.as_ref())
    }

    /// Reads a binary, or a list of bytes.
    ///
    /// # Errors
    /// Any other term, and bytes that the type cannot hold.
    pub fn decode<'de, T: FromOctets<'de>>(decoder: &mut Decoder<'de>) -> Result<T, DecodeError> {
        let start = decoder.clone();
        let octets: Cow<'de, [u8]> = read_octets(decoder)?;
        T::from_octets(octets).map_err(|expected| start.unexpected(expected))
    }
}

/// Text as a list of code points.
pub mod charlist {
    use crate::etf::{DecodeError, Decoder, EncodeError, Encoder};

    /// Writes a list of code points.
    ///
    /// # Errors
    /// Too many of them.
    pub fn encode<T: AsRef<str>>(value: &T, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_charlist(value.as_ref())
    }

    /// Reads a list of code points, or a binary.
    ///
    /// # Errors
    /// Any other term.
    pub fn decode<T: From<String>>(decoder: &mut Decoder<'_>) -> Result<T, DecodeError> {
        decoder.read_text().map(|text| T::from(text.into_owned()))
    }
}

/// Text as an atom.
pub mod atom {
    use std::borrow::Cow;

    use crate::etf::{DecodeError, Decoder, EncodeError, Encoder};

    /// Writes an atom.
    ///
    /// # Errors
    /// More than 255 characters.
    pub fn encode<T: AsRef<str>>(value: &T, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_atom(value.as_ref())
    }

    /// Reads an atom.
    ///
    /// # Errors
    /// Any other term.
    pub fn decode<'a, 'de: 'a, T: From<Cow<'a, str>>>(
        decoder: &mut Decoder<'de>,
    ) -> Result<T, DecodeError> {
        decoder.read_atom_text().map(T::from)
    }
}
