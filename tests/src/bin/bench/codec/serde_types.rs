//! What serde alone has no words for: `{data, Binary}`, and tuples that start with an atom.

use std::fmt;

use ::ergo::{Decode, Encode};
use serde::de::{Deserializer, Error, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::typed::{Kind, State};

/// `{data, Binary}`.
pub(crate) type Data = (DataTag, Blob);
/// `{ok, Id, Kind, State}`.
pub(crate) type Child = (Status, i64, Kind, State);

#[derive(Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DataTag {
    Data,
}

#[derive(Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Ok,
}

/// Bytes that are written as bytes, not as a sequence of numbers.
#[derive(Encode, Decode)]
#[etf(transparent)]
pub(crate) struct Blob(#[etf(binary)] Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BlobVisitor)
    }
}

struct BlobVisitor;

impl Visitor<'_> for BlobVisitor {
    type Value = Blob;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Blob, E> {
        Ok(Blob(bytes.to_vec()))
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Blob, E> {
        Ok(Blob(bytes))
    }
}
