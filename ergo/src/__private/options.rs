//! The forms of `Option` that attributes choose.

/// A chosen atom for `None`, and the value itself for `Some`.
pub mod option {
    use crate::etf::{DecodeError, Decoder, EncodeError, Encoder};

    /// Writes `none` or, with `some`, the value.
    ///
    /// # Errors
    /// Those of `some`.
    pub fn encode<T>(
        value: &Option<T>,
        none: &'static str,
        encoder: &mut Encoder<'_>,
        some: impl FnOnce(&T, &mut Encoder<'_>) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        match value {
            None => encoder.write_atom(none),
            Some(value) => some(value, encoder),
        }
    }

    /// Reads `None` from `none`, `nil` and `undefined`, and anything else with `some`.
    ///
    /// # Errors
    /// Those of `some`.
    pub fn decode<'de, T>(
        decoder: &mut Decoder<'de>,
        none: &'static str,
        some: impl FnOnce(&mut Decoder<'de>) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, DecodeError> {
        if decoder.next_atom_is(none) || decoder.next_is_none() {
            return Ok(None);
        }
        some(decoder).map(Some)
    }
}

/// `none`, or `{some, V}`.
pub mod tagged_option {
    use crate::etf::{DecodeError, Decoder, EncodeError, Encoder};

    /// Writes `none` or, with `some`, the value in its tuple.
    ///
    /// # Errors
    /// Those of `some`.
    pub fn encode<T>(
        value: &Option<T>,
        encoder: &mut Encoder<'_>,
        some: impl FnOnce(&T, &mut Encoder<'_>) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let Some(value) = value else {
            return encoder.write_atom("none");
        };
        encoder.write_tuple(2)?;
        encoder.write_atom("some")?;
        some(value, encoder)
    }

    /// Reads `none`, or `{some, V}` with `some`.
    ///
    /// # Errors
    /// Any other term, and those of `some`.
    pub fn decode<'de, T>(
        decoder: &mut Decoder<'de>,
        some: impl FnOnce(&mut Decoder<'de>) -> Result<T, DecodeError>,
    ) -> Result<Option<T>, DecodeError> {
        if decoder.next_atom_is("none") {
            return Ok(None);
        }
        let start = decoder.clone();
        if decoder.expect_tuple(2).is_err() || !decoder.next_atom_is("some") {
            return Err(start.unexpected("none or {some, _}"));
        }
        some(decoder).map(Some)
    }
}
