//! Integers, floats and booleans.

use std::num::NonZero;

use super::super::encoder::STRING_BYTES_MAX;
use super::super::{
    BigInt, Decode, DecodeError, Decoder, Encode, EncodeError, Encoder, ListHeader,
};

/// Writes integers as a list: as a string when each is a byte.
fn encode_integers<T: Encode + Copy>(
    values: &[T],
    encoder: &mut Encoder<'_>,
) -> Result<(), EncodeError>
where
    u8: TryFrom<T>,
{
    if values.len() <= STRING_BYTES_MAX {
        let bytes: Option<Vec<u8>> = values
            .iter()
            .map(|value| u8::try_from(*value).ok())
            .collect();
        if let Some(bytes) = bytes {
            return encoder.write_byte_list(&bytes);
        }
    }
    encoder.write_list(values.len())?;
    for value in values {
        value.encode(encoder)?;
    }
    encoder.write_nil();
    Ok(())
}

macro_rules! integers {
    ($($integer:ty: $via:ty, $write:ident, $range:literal;)*) => {$(
        impl Encode for $integer {
            #[inline]
            fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
                encoder.$write(<$via>::from(*self))
            }

            fn encode_list(values: &[Self], encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
                encode_integers(values, encoder)
            }
        }

        impl<'de> Decode<'de> for $integer {
            #[inline]
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
                decoder.read_integer(concat!("integer ", $range))
            }
        }
    )*};
}

integers! {
    u16: i64, write_i64, "0..65535";
    u32: i64, write_i64, "0..4294967295";
    i8: i64, write_i64, "-128..127";
    i16: i64, write_i64, "-32768..32767";
    i32: i64, write_i64, "-2147483648..2147483647";
    i64: i64, write_i64, "-9223372036854775808..9223372036854775807";
}

macro_rules! wide_integers {
    ($($integer:ty: $write:ident, $read:ident;)*) => {$(
        impl Encode for $integer {
            #[inline]
            fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
                encoder.$write(*self)
            }

            fn encode_list(values: &[Self], encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
                encode_integers(values, encoder)
            }
        }

        impl<'de> Decode<'de> for $integer {
            #[inline]
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
                decoder.$read()
            }
        }
    )*};
}

wide_integers! {
    u64: write_u64, read_u64;
    i128: write_i128, read_i128;
    u128: write_u128, read_u128;
}

macro_rules! sized_integers {
    ($($integer:ty: $wide:ty, $write:ident, $read:ident;)*) => {$(
        impl Encode for $integer {
            #[inline]
            fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
                // No platform has a wider one.
                encoder.$write(<$wide>::try_from(*self).unwrap_or_default())
            }

            fn encode_list(values: &[Self], encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
                encode_integers(values, encoder)
            }
        }

        impl<'de> Decode<'de> for $integer {
            #[inline]
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
                let before = decoder.clone();
                <$integer>::try_from(decoder.$read()?).map_err(|_| before.unexpected(concat!("integer of type ", stringify!($integer))))
            }
        }
    )*};
}

sized_integers! {
    usize: u64, write_u64, read_u64;
    isize: i64, write_i64, read_i64;
}

impl Encode for u8 {
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_i64((*self).into())
    }

    #[inline]
    fn encode_list(values: &[u8], encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_byte_list(values)
    }
}

impl<'de> Decode<'de> for u8 {
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_integer("integer 0..255")
    }

    /// A binary, a string or a list.
    fn decode_list(decoder: &mut Decoder<'de>) -> Result<Vec<u8>, DecodeError> {
        if !decoder.next_is_list() {
            return decoder.read_binary().map(<[u8]>::to_vec);
        }
        let before = decoder.clone();
        if let ListHeader::String(bytes) = decoder.read_list()? {
            return Ok(bytes.to_vec());
        }
        *decoder = before;
        super::decode_elements(decoder, Vec::with_capacity, Vec::push)
    }
}

macro_rules! non_zero {
    ($($integer:ty),*) => {$(
        impl Encode for NonZero<$integer> {
            #[inline]
            fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
                self.get().encode(encoder)
            }
        }

        impl<'de> Decode<'de> for NonZero<$integer> {
            #[inline]
            fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
                let before = decoder.clone();
                Self::new(<$integer>::decode(decoder)?).ok_or_else(|| before.unexpected("an integer other than 0"))
            }
        }
    )*};
}

non_zero!(
    u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize
);

impl Encode for BigInt {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_bigint(self)
    }
}

impl<'de> Decode<'de> for BigInt {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_bigint()
    }
}

impl Encode for f64 {
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_f64(*self)
    }
}

impl<'de> Decode<'de> for f64 {
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_f64()
    }
}

impl Encode for f32 {
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_f64((*self).into())
    }
}

impl<'de> Decode<'de> for f32 {
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let before = decoder.clone();
        #[allow(
            clippy::as_conversions,
            reason = "the only conversion there is; it rounds and never wraps"
        )]
        let value = decoder.read_f64()? as f32;
        if value.is_finite() {
            Ok(value)
        } else {
            Err(before.unexpected("a float of 32 bits"))
        }
    }
}

impl Encode for bool {
    #[inline]
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_bool(*self)
    }
}

impl<'de> Decode<'de> for bool {
    #[inline]
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        decoder.read_bool()
    }
}
