//! The variants of enums.

use std::borrow::Cow;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, VariantAccess, Visitor};

use super::super::super::{DecodeError, DecodeErrorKind, Decoder};
use super::super::names::{is_result, stands_for, variant_atom};
use super::elements::{Elements, Place};
use super::entries::Fields;
use super::only::Only;
use super::value::{Deserializer, Spot};

/// A variant whose name has been read.
pub(super) struct Variant<'d, 'de> {
    decoder: &'d mut Decoder<'de>,
    before: Decoder<'de>,
    of: &'static str,
    variants: &'static [&'static str],
    atom: Cow<'de, str>,
    /// How many elements follow.
    arity: usize,
    /// What Rust calls it, if the enum has it.
    name: Option<&'static str>,
}

impl<'d, 'de> Variant<'d, 'de> {
    pub(super) fn read(
        decoder: &'d mut Decoder<'de>,
        of: &'static str,
        variants: &'static [&'static str],
    ) -> Result<Variant<'d, 'de>, DecodeError> {
        let before = decoder.clone();
        let (atom, arity) = decoder.read_variant()?;
        let is = |name: &&&str| match is_result(of, variants) {
            true => variant_atom(of, name) == *atom,
            false => stands_for(&atom, name),
        };
        let exact = variants.iter().find(|name| **name == atom);
        let name = exact.or_else(|| variants.iter().find(is)).copied();
        Ok(Variant {
            decoder,
            before,
            of,
            variants,
            atom,
            arity,
            name,
        })
    }

    /// The name for errors about the content.
    fn label(&self) -> &'static str {
        self.name.unwrap_or(self.of)
    }

    /// Refuses another number of elements than the variant has.
    fn expect(&self, arity: usize) -> Result<(), DecodeError> {
        if self.arity == arity {
            return Ok(());
        }
        let expected = format!("{} of {}", shape(&self.atom, arity), self.of);
        Err(self.wrong(expected))
    }

    #[cold]
    fn unknown(&self) -> DecodeError {
        let known: Vec<_> = self
            .variants
            .iter()
            .map(|name| variant_atom(self.of, name))
            .collect();
        self.wrong(match known.as_slice() {
            [] => format!("a value of {}, which has none", self.of),
            _ => format!("{} of {}", known.join(" or "), self.of),
        })
    }

    #[cold]
    fn wrong(&self, expected: String) -> DecodeError {
        Spot::of(&self.before).at(DecodeError::new(DecodeErrorKind::Unexpected {
            expected: expected.into(),
            found: shape(&self.atom, self.arity),
        }))
    }
}

/// A variant with so many elements, as in `{name, _}`.
fn shape(name: &str, arity: usize) -> String {
    match arity {
        0 => name.to_owned(),
        _ => format!("{{{name}{}}}", ", _".repeat(arity.min(16))),
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = DecodeError;
    type Variant = Self;

    /// An unknown name goes to the visitor too, which may have a variant for all others.
    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Self), DecodeError> {
        let value = match self.name {
            Some(name) => seed.deserialize(StrDeserializer::new(name)),
            None => seed.deserialize(StrDeserializer::new(&self.atom)),
        };
        match (value, self.name) {
            (Ok(value), _) => Ok((value, self)),
            (Err(error), Some(_)) => Err(Spot::of(&self.before).at(error)),
            (Err::<_, DecodeError>(_), None) => Err(self.unknown()),
        }
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        if self.name.is_none() {
            // The variant for all others.
            return (0..self.arity).try_for_each(|_| self.decoder.skip());
        }
        self.expect(0)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<S::Value, DecodeError> {
        if self.arity == 0 && self.atom == "ok" && is_result(self.of, self.variants) {
            return seed.deserialize(Only::Unit(&self.before));
        }
        self.expect(1)?;
        let value = seed.deserialize(Deserializer::new(self.decoder));
        if is_result(self.of, self.variants) {
            return value;
        }
        value.map_err(|error| error.in_field("0", self.name.unwrap_or(self.of)))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.expect(len)?;
        let place = Place::Field(self.label());
        Elements::read(self.decoder, &self.before, len, place, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.expect(1)?;
        let label = self.label();
        Fields::read(self.decoder, label, fields, visitor)
    }
}
