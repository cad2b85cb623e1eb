//! The terms as the types that a program would have for them.

use std::collections::BTreeMap;

use ::ergo::etf::{DecodeError, Decoder, EncodeError, Encoder, Pid, Reference};
use ::ergo::{Decode, Encode};
use bytes::Bytes;
#[cfg(feature = "bench")]
use serde::{Deserialize, Serialize};

/// `{'$gen_call', From, Request}`.
#[derive(Encode, Decode)]
#[etf(record = "$gen_call")]
pub(crate) struct Call {
    from: (Pid, Alias),
    request: Request,
}

/// `[alias | Reference]`.
struct Alias(Reference);

impl Encode for Alias {
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_list(1)?;
        encoder.write_atom("alias")?;
        encoder.write_reference(&self.0)
    }
}

impl<'de> Decode<'de> for Alias {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        let elements = decoder.read_list()?.count();
        decoder.expect_atom("alias")?;
        match elements {
            1 => decoder.read_reference().map(Alias),
            _ => Err(DecodeError::custom("an alias is [alias | Reference]")),
        }
    }
}

#[derive(Encode, Decode)]
enum Request {
    Add(i64),
}

/// The map of ten fields.
#[derive(Encode, Decode)]
#[cfg_attr(feature = "bench", derive(Serialize, Deserialize))]
pub(crate) struct Fields<S> {
    active: bool,
    age: u8,
    balance: f64,
    // `erltf_serde` reads an integer of more than 32 bits only into an unsigned one.
    created: u64,
    email: S,
    id: u32,
    name: S,
    position: (f64, f64),
    role: Role,
    tags: Vec<S>,
}

#[derive(Encode, Decode)]
#[cfg_attr(
    feature = "bench",
    derive(Serialize, Deserialize),
    serde(rename_all = "snake_case")
)]
enum Role {
    Admin,
    User,
}

/// `{data, Binary}`, of a whole buffer, which the binary becomes a slice of.
#[derive(Encode, Decode)]
#[etf(record = "data")]
pub(crate) struct SharedData {
    binary: Bytes,
}

/// `{data, Binary}`, of bytes that outlive it.
#[derive(Encode, Decode)]
#[etf(record = "data")]
pub(crate) struct BorrowedData<'a> {
    #[etf(binary)]
    binary: &'a [u8],
}

/// Maps in maps.
pub(crate) type Nested<S> = BTreeMap<S, BTreeMap<S, BTreeMap<S, BTreeMap<S, BTreeMap<S, i64>>>>>;

/// `{ok, Id, Kind, State}`.
#[derive(Encode, Decode)]
#[etf(record = "ok")]
#[cfg_attr(feature = "bench", derive(Serialize, Deserialize))]
pub(crate) struct Child {
    id: i64,
    kind: Kind,
    state: State,
}

#[derive(Encode, Decode)]
#[cfg_attr(
    feature = "bench",
    derive(Serialize, Deserialize),
    serde(rename_all = "snake_case")
)]
pub(crate) enum Kind {
    Worker,
    Supervisor,
}

#[derive(Encode, Decode)]
#[cfg_attr(
    feature = "bench",
    derive(Serialize, Deserialize),
    serde(rename_all = "snake_case")
)]
pub(crate) enum State {
    Running,
    Restarting,
}
