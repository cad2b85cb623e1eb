//! Any term in the data model of serde, for formats other than terms, and back.

use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserializer, Serialize, Serializer};

use super::super::super::{BigInt, ImproperList, Map, Record, Term};
use super::types::OwnType;

/// How deep terms may nest in another format: its code calls itself for each level, and a term has no such limit.
const DEPTH_MAX: u32 = 128;

/// The most elements that room is made for before they are there.
const RESERVED_MAX: usize = 1024;

/// A term as other formats take it.
pub(super) struct AsData<'a> {
    term: &'a Term,
    depth: u32,
}

impl<'a> AsData<'a> {
    pub(super) fn new(term: &'a Term) -> AsData<'a> {
        AsData { term, depth: 0 }
    }

    fn below<E: serde::ser::Error>(&self) -> Result<u32, E> {
        if self.depth >= DEPTH_MAX {
            return Err(too_deep());
        }
        Ok(self.depth.saturating_add(1))
    }
}

#[cold]
fn too_deep<E: serde::ser::Error>() -> E {
    E::custom(format_args!("a term is more than {DEPTH_MAX} levels deep"))
}

impl Serialize for AsData<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let depth = self.below()?;
        match self.term {
            Term::Integer(value) => serializer.serialize_i64(*value),
            Term::BigInteger(value) => big_integer_data(value, serializer),
            Term::Float(value) => serializer.serialize_f64(*value),
            Term::Atom(atom) => match atom.as_str() {
                "true" => serializer.serialize_bool(true),
                "false" => serializer.serialize_bool(false),
                "nil" | "undefined" => serializer.serialize_unit(),
                text => serializer.serialize_str(text),
            },
            Term::Binary(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => serializer.serialize_str(text),
                Err(_) => serializer.serialize_bytes(bytes),
            },
            Term::BitString(bits) => bits.serialize_readable(serializer),
            Term::Tuple(tuple) => sequence(tuple, depth, serializer),
            Term::List(list) => sequence(list, depth, serializer),
            Term::ImproperList(list) => improper(list, depth, serializer),
            Term::Map(map) => pairs(map.iter(), depth, serializer),
            Term::Record(record) => record_pairs(record, depth, serializer),
            Term::Pid(pid) => pid.serialize_readable(serializer),
            Term::Reference(reference) => reference.serialize_readable(serializer),
            Term::Port(port) => port.serialize_readable(serializer),
            Term::Fun(fun) => fun.serialize_readable(serializer),
        }
    }
}

/// An integer that fits 64 bits as one, and a larger one as its digits.
pub(super) fn big_integer_data<S: Serializer>(
    value: &BigInt,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match (i64::try_from(value), u64::try_from(value)) {
        (Ok(value), _) => serializer.serialize_i64(value),
        (_, Ok(value)) => serializer.serialize_u64(value),
        _ => serializer.collect_str(value),
    }
}

pub(super) fn elements_data<S: Serializer>(
    elements: &[Term],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    sequence(elements, 1, serializer)
}

pub(super) fn map_data<S: Serializer>(map: &Map, serializer: S) -> Result<S::Ok, S::Error> {
    pairs(map.iter(), 1, serializer)
}

pub(super) fn improper_data<S: Serializer>(
    list: &ImproperList,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    improper(list, 1, serializer)
}

pub(super) fn record_data<S: Serializer>(
    record: &Record,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    record_pairs(record, 1, serializer)
}

fn sequence<'a, S: Serializer>(
    elements: impl IntoIterator<Item = &'a Term>,
    depth: u32,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let elements: Vec<&Term> = elements.into_iter().collect();
    let mut sequence = serializer.serialize_seq(Some(elements.len()))?;
    for term in elements {
        sequence.serialize_element(&AsData { term, depth })?;
    }
    sequence.end()
}

fn improper<S: Serializer>(
    list: &ImproperList,
    depth: u32,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    sequence(
        list.elements().iter().chain([list.tail()]),
        depth,
        serializer,
    )
}

fn record_pairs<S: Serializer>(
    record: &Record,
    depth: u32,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(record.values().len()))?;
    for (field, term) in record.fields().iter().zip(record.values()) {
        map.serialize_entry(field.as_str(), &AsData { term, depth })?;
    }
    map.end()
}

fn pairs<'a, S: Serializer>(
    pairs: impl ExactSizeIterator<Item = (&'a Term, &'a Term)>,
    depth: u32,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        map.serialize_entry(&AsData { term: key, depth }, &AsData { term: value, depth })?;
    }
    map.end()
}

/// Reads what another format has as a term, so many levels deep.
#[derive(Clone, Copy)]
pub(super) struct Nested(u32);

impl Nested {
    pub(super) const OUTERMOST: Nested = Nested(0);

    fn below<E: de::Error>(self) -> Result<Nested, E> {
        if self.0 >= DEPTH_MAX {
            return Err(E::custom(format_args!(
                "a value is more than {DEPTH_MAX} levels deep"
            )));
        }
        Ok(Nested(self.0.saturating_add(1)))
    }
}

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Term;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Term, D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! visit {
    ($($method:ident: $value:ty;)*) => {$(
        fn $method<E: de::Error>(self, value: $value) -> Result<Term, E> {
            Ok(Term::from(value))
        }
    )*};
}

impl<'de> Visitor<'de> for Nested {
    type Value = Term;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything that a term can be")
    }

    visit! {
        visit_bool: bool;
        visit_i64: i64;
        visit_i128: i128;
        visit_u64: u64;
        visit_u128: u128;
        visit_str: &str;
        visit_string: String;
        visit_bytes: &[u8];
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Term, E> {
        if value.is_finite() {
            Ok(Term::Float(value))
        } else {
            Err(E::custom("a float that is not finite has no Erlang form"))
        }
    }

    fn visit_byte_buf<E: de::Error>(self, value: Vec<u8>) -> Result<Term, E> {
        Ok(Term::binary(value))
    }

    fn visit_none<E: de::Error>(self) -> Result<Term, E> {
        Ok(Term::atom("nil"))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Term, D::Error> {
        deserializer.deserialize_any(self.below()?)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Term, E> {
        Ok(Term::atom("nil"))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Term, D::Error> {
        deserializer.deserialize_any(self.below()?)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Term, A::Error> {
        let below = self.below()?;
        let mut elements = Vec::with_capacity(reserved(sequence.size_hint()));
        while let Some(element) = sequence.next_element_seed(below)? {
            elements.push(element);
        }
        Ok(Term::from(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Term, A::Error> {
        let below = self.below()?;
        let mut pairs = Vec::with_capacity(reserved(map.size_hint()));
        while let Some(pair) = map.next_entry_seed(below, below)? {
            pairs.push(pair);
        }
        Map::from_distinct(pairs)
            .map(Term::Map)
            .map_err(de::Error::custom)
    }
}

fn reserved(hint: Option<usize>) -> usize {
    hint.unwrap_or_default().min(RESERVED_MAX)
}
