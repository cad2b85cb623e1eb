//! Integers and floats.

use num_bigint::{BigInt, Sign};

use super::super::term::integer_to_float;
use super::super::{DecodeError, tag};
use super::Decoder;
use super::cursor::to_usize;

/// An integer as it is on the wire.
enum Wire<'de> {
    Small(i64),
    /// The sign and the magnitude, least significant byte first, without zeros at its end.
    Big(Sign, &'de [u8]),
}

macro_rules! read_integer {
    ($(#[$doc:meta])* $name:ident, $integer:ty, $expected:literal) => {
        $(#[$doc])*
        ///
        /// # Errors
        /// Another kind of term, and an integer out of range.
        #[inline]
        pub fn $name(&mut self) -> Result<$integer, DecodeError> {
            let before = self.reader.clone();
            let value = match self.read_wire_integer($expected)? {
                Wire::Small(value) => <$integer>::try_from(value).ok(),
                Wire::Big(sign, magnitude) => big(sign, magnitude),
            };
            match value {
                Some(value) => Ok(value),
                None => Err(self.unexpected_at(before, $expected)),
            }
        }
    };
}

impl<'de> Decoder<'de> {
    read_integer!(
        /// Reads an integer of 64 bits with a sign.
        read_i64, i64, "integer -9223372036854775808..9223372036854775807"
    );
    read_integer!(
        /// Reads an integer of 64 bits without a sign.
        read_u64, u64, "integer 0..18446744073709551615"
    );
    read_integer!(
        /// Reads an integer of 128 bits with a sign.
        read_i128, i128, "integer of 128 bits with a sign"
    );
    read_integer!(
        /// Reads an integer of 128 bits without a sign.
        read_u128, u128, "integer of 128 bits without a sign"
    );

    /// Reads an integer of a type that `i64` converts to; `expected` says its range when the integer does not fit.
    ///
    /// # Errors
    /// Another kind of term, and an integer out of range.
    #[inline]
    pub fn read_integer<T: TryFrom<i64>>(
        &mut self,
        expected: &'static str,
    ) -> Result<T, DecodeError> {
        let small = match self.reader.rest() {
            [tag::SMALL_INTEGER, value, rest @ ..] => Some((i64::from(*value), rest)),
            [tag::INTEGER, a, b, c, d, rest @ ..] => {
                Some((i32::from_be_bytes([*a, *b, *c, *d]).into(), rest))
            }
            _ => None,
        };
        if let Some((value, rest)) = small
            && let Ok(value) = T::try_from(value)
        {
            self.reader.advance_to(rest);
            return Ok(value);
        }
        self.read_other_integer(expected)
    }

    fn read_other_integer<T: TryFrom<i64>>(
        &mut self,
        expected: &'static str,
    ) -> Result<T, DecodeError> {
        let before = self.reader.clone();
        let value = match self.read_wire_integer(expected)? {
            Wire::Small(value) => Some(value),
            Wire::Big(sign, magnitude) => big(sign, magnitude),
        };
        if let Some(value) = value.and_then(|value| T::try_from(value).ok()) {
            return Ok(value);
        }
        Err(self.unexpected_at(before, expected))
    }

    /// Reads an integer of any size.
    ///
    /// # Errors
    /// Another kind of term, and an integer beyond the limit `integer_bytes_max`.
    pub fn read_bigint(&mut self) -> Result<BigInt, DecodeError> {
        Ok(match self.read_wire_integer("an integer")? {
            Wire::Small(value) => value.into(),
            Wire::Big(sign, magnitude) => BigInt::from_bytes_le(sign, magnitude),
        })
    }

    /// Passes an integer of any size without making one.
    pub(super) fn skip_integer(&mut self) -> Result<(), DecodeError> {
        self.read_wire_integer("an integer").map(drop)
    }

    /// The integer as a small one, or else as a big one.
    #[inline]
    pub(super) fn read_any_integer(&mut self) -> Result<Result<i64, BigInt>, DecodeError> {
        Ok(match self.read_wire_integer("an integer")? {
            Wire::Small(value) => Ok(value),
            Wire::Big(sign, magnitude) => match big(sign, magnitude) {
                Some(value) => Ok(value),
                None => Err(BigInt::from_bytes_le(sign, magnitude)),
            },
        })
    }

    /// Whether the integer that comes next is in the only form that `term_to_binary` writes. Large ones are not looked at.
    pub(crate) fn next_is_canonical_integer(&self) -> bool {
        match self.reader.rest() {
            [tag::SMALL_INTEGER, ..] => true,
            [tag::INTEGER, 0, 0, 0, ..] => false,
            [tag::INTEGER, ..] => true,
            _ => false,
        }
    }

    #[inline]
    fn read_wire_integer(&mut self, expected: &'static str) -> Result<Wire<'de>, DecodeError> {
        match self.reader.rest() {
            [tag::SMALL_INTEGER, value, rest @ ..] => {
                self.reader.advance_to(rest);
                Ok(Wire::Small((*value).into()))
            }
            [tag::INTEGER, a, b, c, d, rest @ ..] => {
                self.reader.advance_to(rest);
                Ok(Wire::Small(i32::from_be_bytes([*a, *b, *c, *d]).into()))
            }
            _ => self.read_big(expected),
        }
    }

    fn read_big(&mut self, expected: &'static str) -> Result<Wire<'de>, DecodeError> {
        let start = self.clone();
        let len = match self.byte()? {
            tag::SMALL_BIG => usize::from(self.byte()?),
            tag::LARGE_BIG => to_usize(self.word()?),
            // Their content is what is missing.
            tag::SMALL_INTEGER => return self.take(1).and(Err(start.no_term())),
            tag::INTEGER => return self.take(4).and(Err(start.no_term())),
            _ => return Err(start.unexpected(expected)),
        };
        if len > self.limits.integer_bytes_max {
            return Err(start.limit("integer_bytes_max", self.limits.integer_bytes_max, len));
        }
        let sign = match self.byte()? {
            0 => Sign::Plus,
            1 => Sign::Minus,
            _ => return Err(start.malformed("the sign of an integer is neither 0 nor 1")),
        };
        let magnitude = self.take(len)?;
        let significant = magnitude
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        Ok(Wire::Big(
            sign,
            magnitude.get(..significant).unwrap_or(magnitude),
        ))
    }

    /// Reads a float, or an integer as the nearest float.
    ///
    /// # Errors
    /// Another kind of term, a float that is not finite, and an integer beyond the range of floats.
    #[inline]
    pub fn read_f64(&mut self) -> Result<f64, DecodeError> {
        match self.reader.peek() {
            Some(tag::NEW_FLOAT | tag::FLOAT) => self.read_float(),
            Some(tag::SMALL_INTEGER | tag::INTEGER | tag::SMALL_BIG | tag::LARGE_BIG) => {
                self.read_integer_as_float()
            }
            _ => Err(self.unexpected("a float")),
        }
    }

    fn read_integer_as_float(&mut self) -> Result<f64, DecodeError> {
        let start = self.clone();
        match self.read_any_integer()? {
            Ok(value) => Ok(integer_to_float(value)),
            // Digits are how a float of any size is rounded correctly; more bits than this are out of range anyway.
            Err(value) if value.bits() <= 1024 => {
                let float = value.to_string().parse().unwrap_or(f64::INFINITY);
                if float.is_finite() {
                    Ok(float)
                } else {
                    Err(start.unexpected("a float"))
                }
            }
            Err(_) => Err(start.unexpected("a float")),
        }
    }

    #[inline]
    pub(super) fn read_float(&mut self) -> Result<f64, DecodeError> {
        if let [tag::NEW_FLOAT, rest @ ..] = self.reader.rest()
            && let Some((bits, rest)) = rest.split_first_chunk::<8>()
        {
            let value = f64::from_be_bytes(*bits);
            if value.is_finite() {
                self.reader.advance_to(rest);
                return Ok(value);
            }
        }
        self.read_other_float()
    }

    fn read_other_float(&mut self) -> Result<f64, DecodeError> {
        let start = self.clone();
        let value = match self.byte()? {
            tag::NEW_FLOAT => self.take(8).map(|_| None)?,
            tag::FLOAT => text_float(self.take(31)?),
            _ => return Err(start.unexpected("a float")),
        };
        value
            .filter(|value| value.is_finite())
            .ok_or_else(|| start.malformed("a float is not a finite number"))
    }
}

/// The old form of floats: 31 bytes of text, zeros at the end.
fn text_float(text: &[u8]) -> Option<f64> {
    let end = text
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(text.len());
    let text = std::str::from_utf8(text.get(..end)?).ok()?.trim_start();
    let numeric = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    numeric.then(|| text.parse().ok()).flatten()
}

/// The integer of a sign and a magnitude, if it fits the type.
fn big<T: TryFrom<i128> + TryFrom<u128>>(sign: Sign, magnitude: &[u8]) -> Option<T> {
    let mut bytes = [0; 16];
    bytes.get_mut(..magnitude.len())?.copy_from_slice(magnitude);
    let magnitude = u128::from_le_bytes(bytes);
    match sign {
        Sign::Minus => T::try_from(0_i128.checked_sub_unsigned(magnitude)?).ok(),
        _ => T::try_from(magnitude).ok(),
    }
}
