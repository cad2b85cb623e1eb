//! `Option`, `Result` and `()`.

use super::super::{Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, Kind};

impl<T: Encode> Encode for Option<T> {
    const NIL: bool = true;

    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        // After monomorphisation, so that it holds for every type without a marker trait.
        const {
            assert!(
                !T::NIL,
                "`Option<T>` of a `T` that can itself be `nil` is ambiguous: use #[etf(tagged_option)]"
            )
        };
        match self {
            Some(value) => value.encode(encoder),
            None => {
                encoder.write_known_atom("nil", b"\x77\x03nil");
                Ok(())
            }
        }
    }
}

impl<'de, T: Decode<'de>> Decode<'de> for Option<T> {
    /// `None` for `nil` and for `undefined`.
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        if decoder.next_is_none() {
            Ok(None)
        } else {
            T::decode(decoder).map(Some)
        }
    }

    #[inline]
    fn missing() -> Option<Self> {
        Some(None)
    }
}

impl Encode for () {
    const NIL: bool = true;
    const UNIT: bool = true;

    /// The atom `nil`.
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_known_atom("nil", b"\x77\x03nil");
        Ok(())
    }
}

impl<'de> Decode<'de> for () {
    /// `nil` or `{}`.
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        if decoder.next_atom_is("nil") {
            return Ok(());
        }
        let before = decoder.clone();
        match decoder.peek_kind()? {
            Kind::Tuple if decoder.read_tuple()? == 0 => Ok(()),
            _ => Err(before.unexpected("nil or {}")),
        }
    }

    #[inline]
    fn unit() -> Option<Self> {
        Some(())
    }
}

impl<T: Encode, E: Encode> Encode for Result<T, E> {
    /// `{ok, Value}` or `{error, Error}`; `ok` alone for `Result<(), E>`.
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        match self {
            Ok(_) if T::UNIT => {
                encoder.write_known_atom("ok", b"\x77\x02ok");
                Ok(())
            }
            Ok(value) => {
                encoder.write_tuple(2)?;
                encoder.write_known_atom("ok", b"\x77\x02ok");
                value.encode(encoder)
            }
            Err(error) => {
                encoder.write_tuple(2)?;
                encoder.write_known_atom("error", b"\x77\x05error");
                error.encode(encoder)
            }
        }
    }
}

impl<'de, T: Decode<'de>, E: Decode<'de>> Decode<'de> for Result<T, E> {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        const EXPECTED: &str = "{ok, _} or {error, _}";
        let before = decoder.clone();
        if decoder.next_atom_is("ok") {
            return T::unit().map(Ok).ok_or_else(|| before.unexpected(EXPECTED));
        }
        if decoder.peek_kind()? != Kind::Tuple || decoder.read_tuple()? != 2 {
            return Err(before.unexpected(EXPECTED));
        }
        if decoder.next_atom_is("ok") {
            decoder.nested(T::decode).map(Ok)
        } else if decoder.next_atom_is("error") {
            decoder.nested(E::decode).map(Err)
        } else {
            Err(decoder.unexpected("ok or error"))
        }
    }
}
