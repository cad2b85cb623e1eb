//! Whole terms of types that serde knows.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::{DecodeError, DecodeErrorKind, Decoder, EncodeError, Encoder, Term, tag};
use super::deserializer::Deserializer;
use super::serializer::Writer;

/// Writes a value that serde can serialize, with the version byte 131 before it.
pub fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = vec![tag::VERSION];
    encode(value, &mut Encoder::new(&mut bytes))?;
    Ok(bytes)
}

/// Reads a value that serde can deserialize from a whole term.
pub fn from_bytes<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, DecodeError> {
    let mut decoder = Decoder::new(bytes);
    match bytes.first() {
        Some(&tag::VERSION) => decoder.read_version()?,
        Some(_) => {
            return Err(decoder.error(DecodeErrorKind::Malformed(
                "a term does not start with the version 131",
            )));
        }
        // The same error as that of any other tag that is missing.
        None => decoder.skip()?,
    }
    let value = decode(&mut decoder)?;
    decoder.finish()?;
    Ok(value)
}

/// The term of a value that serde can serialize.
pub fn to_term<T: Serialize + ?Sized>(value: &T) -> Result<Term, EncodeError> {
    let mut bytes = Vec::new();
    encode(value, &mut Encoder::new(&mut bytes))?;
    Decoder::new(&bytes)
        .read_term()
        .map_err(EncodeError::Malformed)
}

/// The value that a term stands for.
pub fn from_term<T: DeserializeOwned>(term: &Term) -> Result<T, DecodeError> {
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes)
        .write_term(term)
        .map_err(DecodeError::custom)?;
    decode(&mut Decoder::new(&bytes))
}

/// Writes a value that serde can serialize as the next term.
pub fn encode<T: Serialize + ?Sized>(
    value: &T,
    encoder: &mut Encoder<'_>,
) -> Result<(), EncodeError> {
    value.serialize(&mut Writer::new(encoder))
}

/// Reads the next term as a value that serde can deserialize.
pub fn decode<'de, T: Deserialize<'de>>(decoder: &mut Decoder<'de>) -> Result<T, DecodeError> {
    T::deserialize(Deserializer::new(decoder))
}
