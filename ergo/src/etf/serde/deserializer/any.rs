//! Values, asked for as whatever they are.

use serde::de::Visitor;

use super::super::super::{DecodeError, Decoder, Kind};
use super::super::own::{pid_text, port_text, reference_text};
use super::elements::Elements;
use super::entries::Entries;
use super::value::{Deserializer, Spot, visit_text};

impl<'de> Deserializer<'_, 'de> {
    /// Gives the next term to a visitor in the data model of serde: see `from_bytes`.
    pub(super) fn any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let Deserializer { decoder, key } = self;
        let place = Spot::of(decoder);
        match decoder.peek_kind()? {
            Kind::Integer => visit_integer(decoder, visitor),
            Kind::Float => visitor.visit_f64(decoder.read_f64()?),
            Kind::Atom => {
                if let Some(text) = key {
                    text.set(true);
                }
                visit_atom(decoder, visitor)
            }
            Kind::Binary => {
                let bytes = decoder.read_binary()?;
                match std::str::from_utf8(bytes) {
                    Ok(text) => {
                        if let Some(is_text) = key {
                            is_text.set(true);
                        }
                        visitor.visit_borrowed_str(text)
                    }
                    Err(_) => visitor.visit_borrowed_bytes(bytes),
                }
            }
            Kind::List => Elements::list(decoder, None, visitor),
            Kind::Tuple => Elements::any_tuple(decoder, visitor),
            Kind::Map => Entries::read(decoder, visitor),
            Kind::Pid => visitor.visit_string(pid_text(&decoder.read_pid()?)),
            Kind::Reference => visitor.visit_string(reference_text(&decoder.read_reference()?)),
            Kind::Port => visitor.visit_string(port_text(&decoder.read_port()?)),
            Kind::Fun => visitor.visit_string(decoder.read_fun()?.to_string()),
            Kind::BitString => super::elements::bit_string(decoder, visitor),
            Kind::Record => Err(decoder.unexpected("a term that serde has a form for")),
        }
        .map_err(|error| place.at(error))
    }
}

fn visit_integer<'de, V: Visitor<'de>>(
    decoder: &mut Decoder<'de>,
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let mut wide = decoder.clone();
    if let Ok(value) = decoder.read_i64() {
        return match u64::try_from(value) {
            Ok(value) => visitor.visit_u64(value),
            Err(_) => visitor.visit_i64(value),
        };
    }
    *decoder = wide.clone();
    if let Ok(value) = decoder.read_u64() {
        return visitor.visit_u64(value);
    }
    *decoder = wide.clone();
    if let Ok(value) = decoder.read_u128() {
        return visitor.visit_u128(value);
    }
    let value = wide.read_i128()?;
    *decoder = wide;
    visitor.visit_i128(value)
}

/// Booleans are themselves, what is also `None` is nothing, and all others are their text.
fn visit_atom<'de, V: Visitor<'de>>(
    decoder: &mut Decoder<'de>,
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let text = decoder.read_atom_text()?;
    match &*text {
        "true" => visitor.visit_bool(true),
        "false" => visitor.visit_bool(false),
        "nil" | "undefined" => visitor.visit_unit(),
        _ => visit_text(text, visitor),
    }
}
