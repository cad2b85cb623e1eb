//! Whole terms of types that serde knows.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::external::after_version;
use super::super::{DecodeError, Decoder, EncodeError, Encoder, Term, tag};
use super::deserializer::Deserializer;
use super::serializer::Writer;

/// Writes a value of a type that serde knows, with the version byte 131 before it.
///
/// The bytes are those that [`etf::encode`](super::super::encode) writes for the same shape with `#[derive(Encode)]`,
/// which is the first choice for the types of a program: it is faster and has attributes for what serde has no words
/// for. This is for the types of other crates. [`etf::serde`](super) has the few differences.
///
/// ```
/// use ergo::{Encode, etf};
/// use serde::Serialize;
///
/// #[derive(Encode, Serialize)]
/// struct Order {
///     item: String,
///     state: State,
/// }
///
/// #[derive(Encode, Serialize)]
/// enum State {
///     OutOfStock,
///     Shipped { days: u8 },
/// }
///
/// let order = Order { item: "bolt".to_owned(), state: State::Shipped { days: 3 } };
/// assert_eq!(etf::to_bytes(&order)?, etf::encode(&order)?);
/// assert_eq!(
///     etf::to_term(&order)?.to_string(),
///     "#{item => <<\"bolt\">>,state => {shipped,#{days => 3}}}"
/// );
/// assert_eq!(etf::to_term(&State::OutOfStock)?.to_string(), "out_of_stock");
/// # Ok::<(), ergo::etf::EncodeError>(())
/// ```
///
/// # Errors
/// A value that has no Erlang form: a float that is not finite, an atom of more than 255 characters, `Some` of what is
/// itself `nil`, a tuple of another length than it said. A flattened struct with a key twice. What the type reports.
pub fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = vec![tag::VERSION];
    encode(value, &mut Encoder::new(&mut bytes))?;
    Ok(bytes)
}

/// Reads a value of a type that serde knows from a whole term, with the version byte 131 before it.
///
/// The terms are those that [`etf::decode`](super::super::decode) reads for the same shape with `#[derive(Decode)]`,
/// the other forms of the mapping included: struct keys that are binaries, charlists as text, integers as floats. A
/// key of a map that is an atom is read as text too. A `&str` or `&[u8]` is borrowed from the bytes, which is why they
/// must not be compressed: a compressed term is read with [`from_term`]`(&decode(bytes)?)`.
///
/// Values nest up to `term_depth_max` of [`Limits`](crate::wire::Limits); other limits than the default ones are set
/// on the decoder of [`etf::serde::decode`](decode).
///
/// ```
/// use ergo::etf::{self, Atom};
/// use serde::Deserialize;
///
/// #[derive(Debug, PartialEq, Deserialize)]
/// struct Account<'a> {
///     owner: &'a str,
///     limit: Option<u32>,
/// }
///
/// // #{owner => <<"ann">>} of Erlang, or %{owner: "ann"} of Elixir
/// let bytes = b"\x83\x74\0\0\0\x01\x77\x05owner\x6d\0\0\0\x03ann";
/// assert_eq!(etf::from_bytes::<Account>(bytes)?, Account { owner: "ann", limit: None });
///
/// let bytes = etf::to_bytes(&[(Atom::from_static("limit"), -3)].into_iter().collect::<std::collections::BTreeMap<_, _>>())?;
/// assert_eq!(
///     etf::from_bytes::<Account>(&bytes).unwrap_err().to_string(),
///     "field \"limit\" of Account: expected integer 0..4294967295, found -3 at byte 13, tag 98"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Bytes that are no term, a term that is no value of the type, a key that is twice in a map, and bytes after the
/// term.
pub fn from_bytes<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, DecodeError> {
    let mut decoder = after_version(bytes, Decoder::new(bytes))?;
    let value = decode(&mut decoder)?;
    decoder.finish()?;
    Ok(value)
}

/// The term of a value of a type that serde knows.
///
/// ```
/// use ergo::{etf, term};
///
/// assert_eq!(etf::to_term(&vec![Some("a"), None])?, term!(["a", nil]));
/// # Ok::<(), ergo::etf::EncodeError>(())
/// ```
///
/// # Errors
/// Those of [`to_bytes`].
pub fn to_term<T: Serialize + ?Sized>(value: &T) -> Result<Term, EncodeError> {
    let mut bytes = Vec::new();
    encode(value, &mut Encoder::new(&mut bytes))?;
    Term::from_own(bytes).map_err(EncodeError::Malformed)
}

/// The value of a type that serde knows in a term.
///
/// ```
/// use ergo::{etf, term};
///
/// let sizes: Vec<(String, Option<f64>)> = etf::from_term(&term!([{"bolt", 2.5}, {"nut", undefined}]))?;
/// assert_eq!(sizes, [("bolt".to_owned(), Some(2.5)), ("nut".to_owned(), None)]);
/// # Ok::<(), ergo::etf::DecodeError>(())
/// ```
///
/// # Errors
/// A term that is no value of the type. Offsets are those in the encoded term, without a version byte.
pub fn from_term<T: DeserializeOwned>(term: &Term) -> Result<T, DecodeError> {
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes)
        .write_term(term)
        .map_err(DecodeError::custom)?;
    decode(&mut Decoder::new(&bytes))
}

/// Writes a value of a type that serde knows as the next term: [`to_bytes`] into an encoder.
///
/// As `#[etf(with = ergo::etf::serde)]` it is how a field of a derived type is written.
///
/// # Errors
/// Those of [`to_bytes`]; what has been written before the error stays in the buffer.
pub fn encode<T: Serialize + ?Sized>(
    value: &T,
    encoder: &mut Encoder<'_>,
) -> Result<(), EncodeError> {
    value.serialize(&mut Writer::new(encoder))
}

/// Reads the next term as a value of a type that serde knows: [`from_bytes`] from a decoder, with its limits.
///
/// As `#[etf(with = ergo::etf::serde)]` it is how a field of a derived type is read.
///
/// # Errors
/// Those of [`from_bytes`].
pub fn decode<'de, T: Deserialize<'de>>(decoder: &mut Decoder<'de>) -> Result<T, DecodeError> {
    T::deserialize(Deserializer::new(decoder))
}
