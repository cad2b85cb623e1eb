//! Values, asked for by their type.

use std::borrow::Cow;
use std::cell::Cell;

use serde::de::Visitor;

use super::super::super::{Decode, DecodeError, Decoder, Kind, TimeUnit};
use super::super::names::{snake_case, stands_for};
use super::super::own::Own;
use super::super::serializer::TimeType;
use super::elements::{Elements, Place, TimeParts};
use super::entries::{Entries, Fields};
use super::only::Octets;
use super::variant::Variant;

/// A deserializer of the next term.
pub(in super::super) struct Deserializer<'d, 'de> {
    pub(super) decoder: &'d mut Decoder<'de>,
    /// For the key of a map: set when it was read as text, which an atom then is too.
    pub(super) key: Option<&'d Cell<bool>>,
}

impl<'d, 'de> Deserializer<'d, 'de> {
    #[inline]
    pub(in super::super) fn new(decoder: &'d mut Decoder<'de>) -> Deserializer<'d, 'de> {
        Deserializer { decoder, key: None }
    }

    #[inline]
    pub(super) fn key(
        decoder: &'d mut Decoder<'de>,
        text: &'d Cell<bool>,
    ) -> Deserializer<'d, 'de> {
        Deserializer {
            decoder,
            key: Some(text),
        }
    }

    /// Reads a value of the type and gives it to a visitor.
    #[inline]
    fn leaf<T: Decode<'de>, O>(
        self,
        visit: impl FnOnce(T) -> Result<O, DecodeError>,
    ) -> Result<O, DecodeError> {
        let place = Spot::of(self.decoder);
        let value = T::decode(self.decoder)?;
        visit(value).map_err(|error| place.at(error))
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let place = Spot::of(self.decoder);
        let text = match self.key {
            Some(text) => {
                text.set(true);
                match self.decoder.peek_kind()? {
                    Kind::Atom => self.decoder.read_atom_text()?,
                    _ => self.decoder.read_text()?,
                }
            }
            None => self.decoder.read_text()?,
        };
        visit_text(text, visitor).map_err(|error| place.at(error))
    }

    fn octets<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let place = Spot::of(self.decoder);
        if self.decoder.next_is_list() {
            visitor.visit_byte_buf(Vec::decode(self.decoder)?)
        } else {
            visitor.visit_borrowed_bytes(self.decoder.read_binary()?)
        }
        .map_err(|error| place.at(error))
    }

    /// Hands the bytes of the next term to a type of this crate, which reads them with the default limits.
    fn own<V: Visitor<'de>>(self, own: Own, visitor: V) -> Result<V::Value, DecodeError> {
        let decoder = self.decoder;
        let mut start = decoder.clone();
        if start.has_own_limits()
            && let Some(error) = own.error(&mut start.clone())
        {
            return Err(error);
        }
        let value = if decoder.skip_walked()?.cached_atoms {
            let len = decoder.since(&start).len();
            let mut budget = start.term_bytes_max();
            visitor.visit_byte_buf(start.without_cached_atoms(len, &mut budget)?)
        } else {
            visitor.visit_borrowed_bytes(decoder.since(&start))
        };
        // The type has read a copy, which begins at byte 0.
        value.map_err(|error| own.error(&mut start).unwrap_or(error))
    }

    fn time(self) -> Result<TimeParts, DecodeError> {
        let place = Spot::of(self.decoder);
        TimeParts::read(self.decoder, TimeUnit::Millisecond).map_err(|error| place.at(error))
    }
}

/// Where a term begins, for errors that a visitor makes.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    offset: usize,
    tag: Option<u8>,
}

impl Spot {
    #[inline]
    pub(super) fn of(decoder: &Decoder<'_>) -> Spot {
        Spot {
            offset: decoder.position(),
            tag: decoder.peek_tag(),
        }
    }

    #[cold]
    pub(super) fn at(self, error: DecodeError) -> DecodeError {
        error.at(self.offset, self.tag)
    }
}

#[inline]
pub(super) fn visit_text<'de, V: Visitor<'de>>(
    text: Cow<'de, str>,
    visitor: V,
) -> Result<V::Value, DecodeError> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_string(text),
    }
}

macro_rules! leaves {
    ($($method:ident: $ty:ty, $visit:ident;)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            self.leaf(|value: $ty| visitor.$visit(value))
        }
    )*};
}

impl<'de> serde::Deserializer<'de> for Deserializer<'_, 'de> {
    type Error = DecodeError;

    leaves! {
        deserialize_bool: bool, visit_bool;
        deserialize_i8: i8, visit_i8;
        deserialize_i16: i16, visit_i16;
        deserialize_i32: i32, visit_i32;
        deserialize_i64: i64, visit_i64;
        deserialize_i128: i128, visit_i128;
        deserialize_u8: u8, visit_u8;
        deserialize_u16: u16, visit_u16;
        deserialize_u32: u32, visit_u32;
        deserialize_u64: u64, visit_u64;
        deserialize_u128: u128, visit_u128;
        deserialize_f32: f32, visit_f32;
        deserialize_f64: f64, visit_f64;
        deserialize_char: char, visit_char;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.any(visitor)
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.text(visitor)
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.text(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.octets(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.octets(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let place = Spot::of(self.decoder);
        if self.decoder.next_is_none() {
            return visitor.visit_none().map_err(|error| place.at(error));
        }
        // A type may contain itself through an `Option` without reading anything.
        let key = self.key;
        self.decoder
            .nested(|decoder| visitor.visit_some(Deserializer { decoder, key }))
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.leaf(|()| visitor.visit_unit())
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let before = self.decoder.clone();
        match self.decoder.peek_kind()? {
            Kind::Atom if stands_for(&self.decoder.read_atom_text()?, name) => visitor.visit_unit(),
            _ => Err(before.unexpected(format!("atom {}", snake_case(name)))),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if let Some(own) = Own::named(name) {
            return self.own(own, visitor);
        }
        let key = self.key;
        self.decoder
            .nested(|decoder| visitor.visit_newtype_struct(Deserializer { decoder, key }))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.decoder.peek_kind()? == Kind::Binary {
            return Octets::read(self.decoder, visitor);
        }
        Elements::list(self.decoder, None, visitor)
    }

    /// A tuple, or a list: an array is a tuple for serde, and a list for the derives.
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if self.decoder.next_is_list() {
            return Elements::list(self.decoder, Some(len), visitor);
        }
        Elements::tuple(self.decoder, len, Place::Element, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        Elements::tuple(self.decoder, len, Place::Field(name), visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        Entries::read(self.decoder, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let time = TimeType::named(name).filter(|time| time.fields() == fields);
        if time.is_some() && self.decoder.peek_kind()? != Kind::Map {
            let place = Spot::of(self.decoder);
            return visitor
                .visit_seq(self.time()?)
                .map_err(|error| place.at(error));
        }
        Fields::read(self.decoder, name, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.decoder
            .nested(|decoder| visitor.visit_enum(Variant::read(decoder, name, variants)?))
    }

    /// The name of a field or of the content of an enum: an atom or a text. What is neither is left to the visitor.
    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.decoder.peek_kind()? {
            Kind::Atom => {
                let place = Spot::of(self.decoder);
                if let Some(text) = self.key {
                    text.set(true);
                }
                let text = self.decoder.read_atom_text()?;
                visit_text(text, visitor).map_err(|error| place.at(error))
            }
            _ => self.any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.decoder.skip()?;
        visitor.visit_unit()
    }
}
