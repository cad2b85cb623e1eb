//! `Serialize` and `Deserialize` of the types of the codec.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::{self, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::super::super::{
    Atom, Binary, BitString, CharList, Decode, Decoder, Encode, Encoded, Encoder, Fun,
    ImproperList, List, Map, Pid, Port, Record, Reference, Term, Tuple,
};
use super::Own;
use super::foreign::Nested;

/// A type of the codec, in formats other than terms.
pub(super) trait OwnType: Encode + for<'de> Decode<'de> {
    /// Which one it is.
    const OWN: Own;

    /// What such a format should have.
    const EXPECTED: &'static str;

    /// Whether it is text in every other format, also in those that are not for people.
    const TEXT: bool = false;

    /// Writes the value for people to read.
    fn serialize_readable<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// The value that a format for people to read has, given as a term.
    fn from_readable(term: Term) -> Option<Self>;
}

/// Writes a value of the codec.
pub(super) fn serialize<T: OwnType, S: Serializer>(
    value: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_newtype_struct(T::OWN.newtype_name(), &Handed(value))
}

/// Reads a value of the codec.
pub(super) fn deserialize<'de, T: OwnType, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_newtype_struct(T::OWN.newtype_name(), OwnVisitor(PhantomData))
}

/// What a value hands over: text or a structure for people, and its bytes for everyone else.
struct Handed<'a, T>(&'a T);

impl<T: OwnType> Serialize for Handed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if T::TEXT || serializer.is_human_readable() {
            return self.0.serialize_readable(serializer);
        }
        let mut bytes = Vec::new();
        self.0
            .encode(&mut Encoder::new(&mut bytes))
            .map_err(S::Error::custom)?;
        serializer.serialize_bytes(&bytes)
    }
}

fn from_readable<T: OwnType, E: de::Error>(term: Term) -> Result<T, E> {
    T::from_readable(term).ok_or_else(|| E::custom(format_args!("expected {}", T::EXPECTED)))
}

struct OwnVisitor<T>(PhantomData<T>);

impl<'de, T: OwnType> Visitor<'de> for OwnVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::OWN.type_name())
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        if deserializer.is_human_readable() {
            let term = deserializer.deserialize_any(Nested::OUTERMOST)?;
            from_readable(term)
        } else if T::TEXT {
            deserializer.deserialize_str(self)
        } else {
            deserializer.deserialize_bytes(self)
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        from_readable(text.into())
    }

    /// The term itself, without its version byte.
    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<T, E> {
        let mut decoder = Decoder::new(bytes);
        T::decode(&mut decoder)
            .and_then(|value| decoder.finish().map(|()| value))
            .map_err(E::custom)
    }
}

impl Serialize for Binary {
    /// Bytes, which a term has a binary for.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self)
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Binary, D::Error> {
        Bytes::deserialize(deserializer).map(Binary::from)
    }
}

macro_rules! own_types {
    ($($ty:ident),*) => {$(
        impl Serialize for $ty {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serialize(self, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $ty {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$ty, D::Error> {
                deserialize(deserializer)
            }
        }
    )*};
}

own_types!(
    Atom,
    BitString,
    CharList,
    Encoded,
    Fun,
    ImproperList,
    List,
    Map,
    Pid,
    Port,
    Record,
    Reference,
    Term,
    Tuple
);
