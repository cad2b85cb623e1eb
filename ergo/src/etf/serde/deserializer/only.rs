//! Values that only one type can be read from.

use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::super::super::{DecodeError, Decoder};
use super::value::Spot;

/// A value for those who ask for exactly its type.
pub(super) enum Only<'a, 'de> {
    /// `()`: what the atom `ok` alone is the `Ok` of.
    Unit(&'a Decoder<'de>),
    /// A byte of a binary, where a list was asked for.
    Octet(&'a Decoder<'de>, u8),
}

impl<'de> serde::Deserializer<'de> for Only<'_, 'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, DecodeError> {
        Err(match self {
            Only::Unit(before) => before.unexpected("{ok, _} or {error, _}"),
            Only::Octet(before, _) => before.unexpected("a list"),
        })
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self {
            Only::Unit(_) => visitor.visit_unit(),
            Only::Octet(..) => self.deserialize_any(visitor),
        }
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self {
            Only::Octet(_, byte) => visitor.visit_u8(byte),
            Only::Unit(_) => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The bytes of a binary as a sequence, which only one of `u8` can be read from.
pub(super) struct Octets<'a, 'de> {
    before: &'a Decoder<'de>,
    bytes: std::slice::Iter<'de, u8>,
}

impl<'de> Octets<'_, 'de> {
    pub(super) fn read<V: Visitor<'de>>(
        decoder: &mut Decoder<'de>,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let before = &decoder.clone();
        let bytes = decoder.read_binary()?.iter();
        visitor
            .visit_seq(Octets { before, bytes })
            .map_err(|error| Spot::of(before).at(error))
    }
}

impl<'de> SeqAccess<'de> for Octets<'_, 'de> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        match self.bytes.next() {
            Some(byte) => seed.deserialize(Only::Octet(self.before, *byte)).map(Some),
            None => Ok(None),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.bytes.len())
    }
}
