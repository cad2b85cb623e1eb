//! Integers, floats, atoms, binaries, and the headers of containers.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use num_bigint::{BigInt, Sign};

use super::super::atom::ATOM_CHARACTERS_MAX;
use super::super::inline_text::INLINE_BYTES_MAX;
use super::super::{Atom, Binary, BitString, EncodeError, LengthOf, TimeUnit, atom, tag};
use super::Encoder;

/// The most bytes that a list of them may have to be written as a string.
pub(crate) const STRING_BYTES_MAX: usize = 65_535;

/// The tag and the length of a list.
const LIST_HEADER_BYTES: usize = 5;

impl Encoder<'_> {
    /// Writes an atom.
    ///
    /// # Errors
    /// [`EncodeError::AtomTooLong`] above 255 characters.
    #[inline]
    pub fn write_atom(&mut self, text: &str) -> Result<(), EncodeError> {
        if let Some(atoms) = &mut self.atoms
            && text.len() <= ATOM_CHARACTERS_MAX
            && atoms.write_atom(text, self.buffer)
        {
            return Ok(());
        }
        match u8::try_from(text.len()) {
            Ok(len) => {
                self.buffer.extend_from_slice(&[tag::SMALL_ATOM_UTF8, len]);
                self.buffer.extend_from_slice(text.as_bytes());
                Ok(())
            }
            Err(_) => self.write_long_atom(text),
        }
    }

    /// Writes an atom that is a value already, which cannot fail.
    #[inline(always)]
    pub(crate) fn put_atom(&mut self, atom: &Atom) {
        match (atom.inline(), &mut self.atoms) {
            (Some(inline), None) => {
                let len = inline.len();
                // All of it and then less is a few moves; so many bytes as there are is a call.
                let start = self.buffer.len();
                self.buffer.extend_from_slice(&[0; 2 + INLINE_BYTES_MAX]);
                if let Some([tag, length, text @ ..]) =
                    self.buffer.last_chunk_mut::<{ 2 + INLINE_BYTES_MAX }>()
                    && let Some(text) = text.first_chunk_mut()
                {
                    *tag = tag::SMALL_ATOM_UTF8;
                    *length = len;
                    // From where it lies to where it goes, not through a temporary.
                    *text = *inline.padded();
                }
                self.buffer.truncate(start + 2 + usize::from(len));
            }
            _ => self.put_other_atom(atom),
        }
    }

    #[inline(never)]
    fn put_other_atom(&mut self, atom: &Atom) {
        // It cannot fail: an atom has no more characters than an atom may have.
        self.write_atom(atom.as_str()).unwrap_or_default();
    }

    #[cold]
    fn write_long_atom(&mut self, text: &str) -> Result<(), EncodeError> {
        if let Err(too_long) = atom::check_length(text) {
            return Err(EncodeError::AtomTooLong {
                characters: too_long.characters,
            });
        }
        if let Some(atoms) = &mut self.atoms
            && atoms.write_atom(text, self.buffer)
        {
            return Ok(());
        }
        // 255 characters have at most 1,020 bytes.
        let len = u16::try_from(text.len()).unwrap_or_default();
        self.buffer.push(tag::ATOM_UTF8);
        self.buffer.extend_from_slice(&len.to_be_bytes());
        self.buffer.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// Writes an atom that is known when the program is compiled: its text, and the same as it is encoded with tag 119.
    /// Without an atom sink, the bytes are copied as they are.
    ///
    /// ```
    /// # let mut bytes = Vec::new();
    /// # let mut encoder = ergo::etf::Encoder::new(&mut bytes);
    /// encoder.write_known_atom("ok", b"\x77\x02ok");
    /// # assert_eq!(bytes, [119, 2, b'o', b'k']);
    /// ```
    #[inline]
    pub fn write_known_atom(&mut self, text: &'static str, encoded: &'static [u8]) {
        if let Some(atoms) = &mut self.atoms
            && atoms.write_atom(text, self.buffer)
        {
            return;
        }
        self.buffer.extend_from_slice(encoded);
    }

    /// Writes `true` or `false`.
    ///
    /// # Errors
    /// None.
    #[inline]
    pub fn write_bool(&mut self, value: bool) -> Result<(), EncodeError> {
        if value {
            self.write_known_atom("true", b"\x77\x04true");
        } else {
            self.write_known_atom("false", b"\x77\x05false");
        }
        Ok(())
    }

    /// Writes an integer.
    ///
    /// # Errors
    /// None.
    #[inline]
    pub fn write_i64(&mut self, value: i64) -> Result<(), EncodeError> {
        self.put_i64(value);
        Ok(())
    }

    #[inline(always)]
    pub(super) fn put_i64(&mut self, value: i64) {
        if let Ok(byte) = u8::try_from(value) {
            self.buffer.extend_from_slice(&[tag::SMALL_INTEGER, byte]);
        } else if let Ok(word) = i32::try_from(value) {
            let [a, b, c, d] = word.to_be_bytes();
            self.buffer.extend_from_slice(&[tag::INTEGER, a, b, c, d]);
        } else {
            self.write_small_big(value < 0, value.unsigned_abs().into());
        }
    }

    /// Writes an integer.
    ///
    /// # Errors
    /// None.
    #[inline]
    pub fn write_u64(&mut self, value: u64) -> Result<(), EncodeError> {
        match i64::try_from(value) {
            Ok(value) => self.write_i64(value),
            Err(_) => {
                self.write_small_big(false, value.into());
                Ok(())
            }
        }
    }

    /// Writes an integer.
    ///
    /// # Errors
    /// None.
    #[inline]
    pub fn write_i128(&mut self, value: i128) -> Result<(), EncodeError> {
        match i64::try_from(value) {
            Ok(value) => self.write_i64(value),
            Err(_) => {
                self.write_small_big(value < 0, value.unsigned_abs());
                Ok(())
            }
        }
    }

    /// Writes an integer.
    ///
    /// # Errors
    /// None.
    #[inline]
    pub fn write_u128(&mut self, value: u128) -> Result<(), EncodeError> {
        match i64::try_from(value) {
            Ok(value) => self.write_i64(value),
            Err(_) => {
                self.write_small_big(false, value);
                Ok(())
            }
        }
    }

    #[inline(never)]
    fn write_small_big(&mut self, negative: bool, magnitude: u128) {
        let bytes = magnitude.to_le_bytes();
        let zeros = usize::try_from(magnitude.leading_zeros() / 8).unwrap_or_default();
        let (magnitude, _) = bytes.split_at(bytes.len().saturating_sub(zeros));
        let len = u8::try_from(magnitude.len()).unwrap_or_default();
        self.buffer
            .extend_from_slice(&[tag::SMALL_BIG, len, negative.into()]);
        self.buffer.extend_from_slice(magnitude);
    }

    /// Writes an integer of any size.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`] from 2^32 bytes on.
    pub fn write_bigint(&mut self, value: &BigInt) -> Result<(), EncodeError> {
        if let Ok(value) = i64::try_from(value) {
            return self.write_i64(value);
        }
        let (sign, magnitude) = value.to_bytes_le();
        let negative = u8::from(sign == Sign::Minus);
        match u8::try_from(magnitude.len()) {
            Ok(len) => self
                .buffer
                .extend_from_slice(&[tag::SMALL_BIG, len, negative]),
            Err(_) => {
                self.write_header(tag::LARGE_BIG, magnitude.len(), LengthOf::Integer)?;
                self.buffer.push(negative);
            }
        }
        self.buffer.extend_from_slice(&magnitude);
        Ok(())
    }

    /// Writes a float.
    ///
    /// # Errors
    /// [`EncodeError::NotFinite`] for NaN and the infinities, which Erlang does not have.
    #[inline]
    pub fn write_f64(&mut self, value: f64) -> Result<(), EncodeError> {
        if !value.is_finite() {
            return Err(EncodeError::NotFinite);
        }
        let [a, b, c, d, e, f, g, h] = value.to_be_bytes();
        self.buffer
            .extend_from_slice(&[tag::NEW_FLOAT, a, b, c, d, e, f, g, h]);
        Ok(())
    }

    /// Writes a binary.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`] from 2^32 bytes on.
    #[inline]
    pub fn write_binary(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.write_header(tag::BINARY, bytes.len(), LengthOf::Binary)?;
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    /// Writes a binary that has memory of its own, which need not be copied.
    ///
    /// # Errors
    /// Those of [`Encoder::write_binary`].
    #[inline]
    pub(crate) fn write_bytes_value(&mut self, bytes: &Bytes) -> Result<(), EncodeError> {
        self.write_header(tag::BINARY, bytes.len(), LengthOf::Binary)?;
        self.put_bytes(bytes);
        Ok(())
    }

    /// Writes a binary as a term has it.
    ///
    /// # Errors
    /// Those of [`Encoder::write_binary`].
    #[inline]
    pub(crate) fn write_binary_value(&mut self, binary: &Binary) -> Result<(), EncodeError> {
        match binary.shared() {
            Some(bytes) => self.write_bytes_value(bytes),
            None => self.write_binary(binary),
        }
    }

    /// Writes text as a binary of UTF-8.
    ///
    /// # Errors
    /// Those of [`Encoder::write_binary`].
    #[inline]
    pub fn write_str(&mut self, text: &str) -> Result<(), EncodeError> {
        self.write_binary(text.as_bytes())
    }

    /// Writes a bit string.
    ///
    /// # Errors
    /// Those of [`Encoder::write_binary`].
    pub fn write_bit_string(&mut self, bits: &BitString) -> Result<(), EncodeError> {
        self.write_header(tag::BIT_BINARY, bits.bytes().len(), LengthOf::Binary)?;
        self.buffer.push(bits.tail_bits());
        self.buffer.extend_from_slice(bits.bytes());
        Ok(())
    }

    /// Writes text as a list of code points.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`] from 2^32 characters on.
    pub fn write_charlist(&mut self, text: &str) -> Result<(), EncodeError> {
        let latin1: Option<Vec<u8>> = text
            .chars()
            .map(|character| u8::try_from(character).ok())
            .collect();
        if let Some(latin1) = latin1 {
            return self.write_byte_list(&latin1);
        }
        self.write_list(text.chars().count())?;
        for character in text.chars() {
            self.write_i64(u32::from(character).into())?;
        }
        self.write_nil();
        Ok(())
    }

    /// Writes a list of integers of one byte each: as a string, if it is short enough.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`] from 2^32 bytes on.
    pub fn write_byte_list(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        match u16::try_from(bytes.len()) {
            Ok(0) => self.write_nil(),
            Ok(len) => {
                let [a, b] = len.to_be_bytes();
                self.buffer.extend_from_slice(&[tag::STRING, a, b]);
                self.buffer.extend_from_slice(bytes);
            }
            Err(_) => {
                self.write_list(bytes.len())?;
                self.buffer
                    .extend(bytes.iter().flat_map(|byte| [tag::SMALL_INTEGER, *byte]));
                self.write_nil();
            }
        }
        Ok(())
    }

    /// Writes the header of a tuple; its elements are to follow.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`] from 2^32 elements on.
    #[inline]
    pub fn write_tuple(&mut self, arity: usize) -> Result<(), EncodeError> {
        match u8::try_from(arity) {
            Ok(arity) => {
                self.buffer.extend_from_slice(&[tag::SMALL_TUPLE, arity]);
                Ok(())
            }
            Err(_) => self.write_header(tag::LARGE_TUPLE, arity, LengthOf::Tuple),
        }
    }

    /// Writes the header of a list; its elements are to follow, and then [`Encoder::write_nil`] for a proper list or
    /// the tail of an improper one. An empty list has no header: its end is all there is.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`] from 2^32 elements on.
    #[inline]
    pub fn write_list(&mut self, len: usize) -> Result<(), EncodeError> {
        if len == 0 {
            Ok(())
        } else {
            self.write_header(tag::LIST, len, LengthOf::List)
        }
    }

    /// Writes `[]`, which also ends a proper list.
    #[inline]
    pub fn write_nil(&mut self) {
        self.buffer.push(tag::NIL);
    }

    /// Ends a proper list of `count` elements whose header is at `start`. Integers of one byte each become a string.
    pub(crate) fn end_list(&mut self, start: usize, count: usize) {
        let elements = self
            .buffer
            .get(start.saturating_add(LIST_HEADER_BYTES)..)
            .unwrap_or_default();
        let is_string = matches!(count, 1..=STRING_BYTES_MAX)
            && elements.len() == count.saturating_mul(2)
            && elements
                .iter()
                .step_by(2)
                .all(|tag| *tag == tag::SMALL_INTEGER);
        if !is_string {
            return self.write_nil();
        }
        let bytes: Vec<u8> = elements.iter().skip(1).step_by(2).copied().collect();
        self.buffer.truncate(start);
        let [a, b] = u16::try_from(count).unwrap_or_default().to_be_bytes();
        self.buffer.extend_from_slice(&[tag::STRING, a, b]);
        self.buffer.extend_from_slice(&bytes);
    }

    /// Writes the header of a map; so many keys, each with its value after it, are to follow.
    ///
    /// # Errors
    /// [`EncodeError::TooLong`] from 2^32 keys on.
    #[inline]
    pub fn write_map(&mut self, len: usize) -> Result<(), EncodeError> {
        self.write_header(tag::MAP, len, LengthOf::Map)
    }

    /// Writes a duration as an integer, parts of the unit cut off.
    ///
    /// # Errors
    /// None.
    pub fn write_duration(
        &mut self,
        duration: Duration,
        unit: TimeUnit,
    ) -> Result<(), EncodeError> {
        self.write_u128(unit.count(duration))
    }

    /// Writes a point in time as the integer of units since 1970-01-01 00:00 UTC, rounded down.
    ///
    /// # Errors
    /// None.
    pub fn write_system_time(
        &mut self,
        time: SystemTime,
        unit: TimeUnit,
    ) -> Result<(), EncodeError> {
        self.write_i128(unit.since_epoch(time))
    }

    #[inline]
    pub(super) fn write_header(
        &mut self,
        tag: u8,
        len: usize,
        what: LengthOf,
    ) -> Result<(), EncodeError> {
        let length = u32::try_from(len).map_err(|_| EncodeError::TooLong { what, length: len })?;
        let [a, b, c, d] = length.to_be_bytes();
        self.buffer.extend_from_slice(&[tag, a, b, c, d]);
        Ok(())
    }
}
