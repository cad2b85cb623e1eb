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
/// ```
/// use ergo::etf::{decode, encode};
///
/// let bytes = encode(&("bolt", 7))?;
/// assert_eq!(bytes, *b"\x83\x68\x02\x6d\0\0\0\x04bolt\x61\x07");
/// assert_eq!(decode::<(String, u8)>(&bytes)?, ("bolt".to_owned(), 7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

/// Reads a value from a whole term, compressed or not: `binary_to_term`. The limits are the default ones, and
/// [`Term`] is a type that any term is a value of.
///
/// ```
/// use ergo::etf::{Term, decode};
///
/// let bytes = b"\x83\x68\x02\x77\x02ok\x61\x07";
/// assert_eq!(decode::<Result<u8, String>>(bytes)?, Ok(7));
/// assert_eq!(decode::<Term>(bytes)?.to_string(), "{ok,7}");
/// # Ok::<(), ergo::etf::DecodeError>(())
/// ```
///
/// # Errors
/// Bytes that are no term, a term that is no value of the type, and bytes after it.
pub fn decode<T: DecodeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    decode_with(bytes, &Limits::DEFAULT)
}

/// [`decode`] within other limits.
///
/// ```
/// use ergo::etf::{BigInt, decode_with, encode};
/// use ergo::wire::Limits;
///
/// let mut limits = Limits::default();
/// limits.integer_bytes_max = 16;
/// let bytes = encode(&(BigInt::from(1) << 200_u8))?;
/// assert_eq!(
///     decode_with::<BigInt>(&bytes, &limits).unwrap_err().to_string(),
///     "integer_bytes_max is 16, found 26 at byte 1, tag 110"
/// );
/// # Ok::<(), ergo::etf::EncodeError>(())
/// ```
///
/// # Errors
/// Those of [`decode`].
pub fn decode_with<T: DecodeOwned>(bytes: &[u8], limits: &Limits) -> Result<T, DecodeError> {
    match bytes {
        [tag::VERSION, tag::COMPRESSED, ..] => inflated(bytes, limits),
        _ => decode_all(after_version(bytes, Decoder::new(bytes))?.limits(limits)),
    }
}

/// [`decode`] of a shared buffer: binaries of 64 bytes and more become slices of it instead of copies.
///
/// ```
/// use bytes::Bytes;
/// use ergo::etf::{decode_shared, encode};
///
/// let buffer = Bytes::from(encode(&Bytes::from(vec![7; 1000]))?);
/// let slice: Bytes = decode_shared(&buffer)?;
/// assert!(buffer.as_ptr_range().contains(&slice.as_ptr()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
/// ```
/// use ergo::etf::{decode_borrowed, encode};
///
/// let bytes = encode(&("bolt", 7))?;
/// let (name, _): (&str, u8) = decode_borrowed(&bytes)?;
/// assert!(bytes.as_ptr_range().contains(&name.as_ptr()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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

/// The decoder behind the version byte.
pub(super) fn after_version<'de>(
    bytes: &[u8],
    mut decoder: Decoder<'de>,
) -> Result<Decoder<'de>, DecodeError> {
    match bytes {
        [tag::VERSION, tag::COMPRESSED, ..] => {
            // Who can have it inflated has done so before.
            decoder.read_version()?;
            Err(decoder.error(DecodeErrorKind::Malformed(
                "a compressed term, from which nothing can be borrowed",
            )))
        }
        [tag::VERSION, ..] => decoder.read_version().map(|()| decoder),
        [_, ..] => Err(decoder.error(DecodeErrorKind::Malformed(
            "a term does not start with the version 131",
        ))),
        [] => Err(decoder.error(DecodeErrorKind::Truncated {
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
