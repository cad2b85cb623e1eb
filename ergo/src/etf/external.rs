//! Whole terms with their version byte, as `term_to_binary` makes them.

use bytes::Bytes;

use super::{
    Decode, DecodeError, DecodeErrorKind, DecodeOwned, Decoder, Encode, EncodeError, EncodeOptions,
    Encoder, Term, compressed, tag,
};
use crate::wire::Limits;

/// Room for most messages, so that the buffer does not grow with their first bytes.
const ENCODED_BYTES_EXPECTED: usize = 256;

/// Writes a value with the version byte 131 before it: `term_to_binary`.
///
/// # Errors
/// A value that has no Erlang form.
pub fn encode<T: Encode + ?Sized>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut bytes = Vec::with_capacity(ENCODED_BYTES_EXPECTED);
    bytes.push(tag::VERSION);
    value.encode(&mut Encoder::new(&mut bytes))?;
    Ok(bytes)
}

/// [`encode`] with options: `term_to_binary/2`.
///
/// # Errors
/// A value that has no Erlang form.
pub fn encode_with<T: Encode + ?Sized>(
    value: &T,
    options: &EncodeOptions,
) -> Result<Vec<u8>, EncodeError> {
    let bytes = if options.is_deterministic() {
        // A map among terms keeps its entries in the order of the keys.
        encode(&Term::from_value(value)?)?
    } else {
        encode(value)?
    };
    Ok(match options.level() {
        Some(level) => compressed::deflate(&bytes, level).unwrap_or(bytes),
        None => bytes,
    })
}

/// Reads a value from a whole term, compressed or not: `binary_to_term`.
///
/// # Errors
/// Bytes that are no term, a term that is no value of the type, and bytes after it.
pub fn decode<T: DecodeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode_with(bytes, &Limits::DEFAULT)
}

/// [`decode`] within other limits.
///
/// # Errors
/// Those of [`decode`].
pub fn decode_with<T: DecodeOwned>(bytes: &[u8], limits: &Limits) -> Result<T, DecodeError> {
    match bytes {
        [tag::VERSION, tag::COMPRESSED, ..] => inflated(bytes, limits),
        _ => decode_all(after_version(bytes, Decoder::new(bytes))?.limits(limits)),
    }
}

/// [`decode`] of a shared buffer: larger binaries become slices of it instead of copies.
///
/// # Errors
/// Those of [`decode`].
pub fn decode_shared<T: DecodeOwned>(bytes: &Bytes) -> Result<T, DecodeError> {
    match **bytes {
        [tag::VERSION, tag::COMPRESSED, ..] => inflated(bytes, &Limits::DEFAULT),
        _ => decode_all(after_version(bytes, Decoder::new(bytes).shared(bytes))?),
    }
}

/// [`decode`] of a type that may borrow from the bytes, which therefore must not be compressed.
///
/// # Errors
/// Those of [`decode`], and a compressed term.
pub fn decode_borrowed<'de, T: Decode<'de>>(bytes: &'de [u8]) -> Result<T, DecodeError> {
    decode_all(after_version(bytes, Decoder::new(bytes))?)
}

fn inflated<T: DecodeOwned>(bytes: &[u8], limits: &Limits) -> Result<T, DecodeError> {
    let inflated = Bytes::from(compressed::inflate(
        bytes.get(2..).unwrap_or_default(),
        limits,
    )?);
    decode_all(Decoder::new(&inflated).shared(&inflated).limits(limits))
}

fn after_version<'de>(
    bytes: &[u8],
    mut decoder: Decoder<'de>,
) -> Result<Decoder<'de>, DecodeError> {
    match bytes.first() {
        Some(&tag::VERSION) => decoder.read_version().map(|()| decoder),
        Some(_) => Err(decoder.error(DecodeErrorKind::Malformed(
            "a term does not start with the version 131",
        ))),
        None => Err(decoder.error(DecodeErrorKind::Truncated {
            needed: 1,
            remaining: 0,
        })),
    }
}

fn decode_all<'de, T: Decode<'de>>(mut decoder: Decoder<'de>) -> Result<T, DecodeError> {
    let value = T::decode(&mut decoder)?;
    decoder.finish()?;
    Ok(value)
}
