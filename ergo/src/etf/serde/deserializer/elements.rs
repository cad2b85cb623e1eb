//! The elements of lists and tuples.

use serde::de::value::BytesDeserializer;
use serde::de::{DeserializeSeed, IntoDeserializer, SeqAccess, Visitor};

use super::super::super::impls::small_integer;
use super::super::super::{DecodeError, Decoder, ListHeader, Term, TimeUnit};
use super::value::{Deserializer, Spot};

/// The names of the fields of a tuple struct, for errors.
const NUMBERS: [&str; 12] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"];

/// What an element is called in an error.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// An element of a list or tuple.
    Element,
    /// A field of this tuple struct or variant.
    Field(&'static str),
}

impl Place {
    #[cold]
    fn of(self, index: usize, error: DecodeError) -> DecodeError {
        match (self, NUMBERS.get(index)) {
            (Place::Field(of), Some(name)) => error.in_field(name, of),
            _ => error.in_element(index),
        }
    }
}

/// The elements that follow, each a term.
pub(super) struct Elements<'d, 'de> {
    decoder: &'d mut Decoder<'de>,
    count: usize,
    left: usize,
    place: Place,
}

impl<'d, 'de> Elements<'d, 'de> {
    /// Reads a proper list, of so many elements if that is said.
    pub(super) fn list<V: Visitor<'de>>(
        decoder: &'d mut Decoder<'de>,
        len: Option<usize>,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        decoder.nested(|decoder| {
            let before = decoder.clone();
            let header = decoder.read_list()?;
            if let Some(len) = len.filter(|len| *len != header.count()) {
                return Err(before.unexpected(format!("a tuple or list of {len}")));
            }
            match header {
                ListHeader::Elements(count) => {
                    let value = Elements::read(decoder, &before, count, Place::Element, visitor)?;
                    decoder.read_list_end(count)?;
                    Ok(value)
                }
                ListHeader::String(bytes) => {
                    let start = decoder.position().saturating_sub(bytes.len());
                    StringElements::read(&before, bytes, start, visitor)
                }
            }
        })
    }

    /// Reads a tuple of so many elements.
    pub(super) fn tuple<V: Visitor<'de>>(
        decoder: &'d mut Decoder<'de>,
        len: usize,
        place: Place,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        decoder.nested(|decoder| {
            let before = decoder.clone();
            decoder.expect_tuple(len)?;
            Elements::read(decoder, &before, len, place, visitor)
        })
    }

    /// Reads a tuple of any number of elements.
    pub(super) fn any_tuple<V: Visitor<'de>>(
        decoder: &'d mut Decoder<'de>,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        decoder.nested(|decoder| {
            let before = decoder.clone();
            let arity = decoder.read_tuple()?;
            Elements::read(decoder, &before, arity, Place::Element, visitor)
        })
    }

    /// Gives `count` elements to a visitor, which has to take all of them.
    pub(super) fn read<V: Visitor<'de>>(
        decoder: &'d mut Decoder<'de>,
        before: &Decoder<'de>,
        count: usize,
        place: Place,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        decoder.announce(count)?;
        let mut elements = Elements {
            decoder,
            count,
            left: count,
            place,
        };
        let value = visitor.visit_seq(&mut elements);
        let left = elements.left;
        elements.decoder.arrived(left);
        match value {
            Ok(_) if left > 0 => {
                Err(before.unexpected(format!("{} elements", count.saturating_sub(left))))
            }
            Ok(value) => Ok(value),
            Err(error) => Err(Spot::of(before).at(error)),
        }
    }
}

impl<'de> SeqAccess<'de> for &mut Elements<'_, 'de> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        let index = self.count.saturating_sub(self.left);
        self.left = left;
        self.decoder.arrived(1);
        seed.deserialize(Deserializer::new(self.decoder))
            .map(Some)
            .map_err(|error| self.place.of(index, error))
    }

    /// No more than the rest of the input pays for if an element is as large as a term.
    fn size_hint(&self) -> Option<usize> {
        Some(self.decoder.reservation::<Term>(self.left).min(self.left))
    }
}

/// The elements of a string: integers of one byte each.
pub(super) struct StringElements<'a, 'de> {
    context: &'a Decoder<'de>,
    bytes: &'de [u8],
    /// Where they begin.
    start: usize,
    index: usize,
}

impl<'a, 'de> StringElements<'a, 'de> {
    fn read<V: Visitor<'de>>(
        context: &'a Decoder<'de>,
        bytes: &'de [u8],
        start: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let mut elements = StringElements {
            context,
            bytes,
            start,
            index: 0,
        };
        let value = visitor.visit_seq(&mut elements);
        match value {
            Ok(_) if elements.index < bytes.len() => {
                Err(context.unexpected(format!("{} elements", elements.index)))
            }
            Ok(value) => Ok(value),
            Err(error) => Err(Spot::of(context).at(error)),
        }
    }
}

impl<'de> SeqAccess<'de> for &mut StringElements<'_, 'de> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        let Some(byte) = self.bytes.get(self.index) else {
            return Ok(None);
        };
        let index = self.index;
        self.index = index.saturating_add(1);
        let place = self.start.saturating_add(index);
        let mut integer = self.context.over(small_integer(*byte), place);
        seed.deserialize(Deserializer::new(&mut integer))
            .map(Some)
            .map_err(|error| error.in_element(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.bytes.len().saturating_sub(self.index))
    }
}

/// The seconds and the nanoseconds of a time, as serde has them.
pub(super) struct TimeParts {
    seconds: Option<u64>,
    nanoseconds: Option<u32>,
}

impl TimeParts {
    /// Reads an integer of so many units.
    pub(super) fn read(
        decoder: &mut Decoder<'_>,
        unit: TimeUnit,
    ) -> Result<TimeParts, DecodeError> {
        let duration = decoder.read_duration(unit)?;
        Ok(TimeParts {
            seconds: Some(duration.as_secs()),
            nanoseconds: Some(duration.subsec_nanos()),
        })
    }
}

impl<'de> SeqAccess<'de> for TimeParts {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        if let Some(seconds) = self.seconds.take() {
            return seed.deserialize(seconds.into_deserializer()).map(Some);
        }
        match self.nanoseconds.take() {
            Some(nanoseconds) => seed.deserialize(nanoseconds.into_deserializer()).map(Some),
            None => Ok(None),
        }
    }
}

/// Reads a bit string as its bytes and how many bits of the last one count.
pub(super) fn bit_string<'de, V: Visitor<'de>>(
    decoder: &mut Decoder<'de>,
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let before = decoder.clone();
    let bits = decoder.read_bit_string()?;
    visitor
        .visit_seq(BitStringParts {
            bytes: Some(bits.bytes()),
            tail_bits: Some(bits.tail_bits()),
        })
        .map_err(|error| Spot::of(&before).at(error))
}

struct BitStringParts<'a> {
    bytes: Option<&'a [u8]>,
    tail_bits: Option<u8>,
}

impl<'de> SeqAccess<'de> for BitStringParts<'_> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        if let Some(bytes) = self.bytes.take() {
            return seed.deserialize(BytesDeserializer::new(bytes)).map(Some);
        }
        match self.tail_bits.take() {
            Some(bits) => seed.deserialize(bits.into_deserializer()).map(Some),
            None => Ok(None),
        }
    }
}
