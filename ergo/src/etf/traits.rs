//! What a Rust type has to do with terms.

use super::decoder::Decoder;
use super::encoder::Encoder;
use super::impls::decode_elements;
use super::{DecodeError, EncodeError};

/// A type whose values can be written as Erlang terms.
///
/// Usually derived. By hand:
///
/// ```
/// use ergo::etf::{Encode, EncodeError, Encoder, encode};
///
/// struct Point {
///     x: i32,
///     y: i32,
/// }
///
/// impl Encode for Point {
///     fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
///         encoder.write_tuple(3)?;
///         encoder.write_atom("point")?;
///         self.x.encode(encoder)?;
///         self.y.encode(encoder)
///     }
/// }
///
/// assert_eq!(encode(&Point { x: 1, y: 2 })?, *b"\x83\x68\x03\x77\x05point\x61\x01\x61\x02");
/// # Ok::<(), EncodeError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as an Erlang term",
    label = "this value would have to travel to another node",
    note = "add `#[derive(Encode, Decode)]` to `{Self}`, or mark the method `#[call(local)]` or `#[cast(local)]`"
)]
pub trait Encode {
    /// Whether a value of the type can be the atom `nil`, so that an `Option` of it would be ambiguous.
    const NIL: bool = false;

    /// Whether the type has one value only, as `()`: `Ok` of it is then the atom `ok`.
    #[doc(hidden)]
    const UNIT: bool = false;

    /// Writes the value: exactly one term.
    ///
    /// It runs while the message is put behind those that are on their way to the same node, so it must not send one
    /// there itself.
    ///
    /// # Errors
    /// A value that has no Erlang form.
    ///
    /// # Panics
    /// Where it sends to the node its value is on the way to. A panic is that of the process that sends, and nothing of
    /// the message is sent.
    fn encode(&self, encoder: &mut Encoder<'_>) -> Result<(), EncodeError>;

    /// Writes a list of values; integers of one byte each become a string.
    #[doc(hidden)]
    #[inline]
    fn encode_list(values: &[Self], encoder: &mut Encoder<'_>) -> Result<(), EncodeError>
    where
        Self: Sized,
    {
        let start = encoder.buffer().len();
        encoder.write_list(values.len())?;
        for value in values {
            value.encode(encoder)?;
        }
        encoder.end_list(start, values.len());
        Ok(())
    }
}

/// A type whose values can be read from Erlang terms, borrowing from bytes that live as long as `'de`.
///
/// Usually derived. By hand:
///
/// ```
/// use ergo::etf::{Decode, DecodeError, Decoder, decode};
///
/// struct Point {
///     x: i32,
///     y: i32,
/// }
///
/// impl<'de> Decode<'de> for Point {
///     fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
///         decoder.expect_tuple(3)?;
///         decoder.expect_atom("point")?;
///         let x = i32::decode(decoder).map_err(|error| error.in_field("x", "Point"))?;
///         let y = i32::decode(decoder).map_err(|error| error.in_field("y", "Point"))?;
///         Ok(Point { x, y })
///     }
/// }
///
/// let point: Point = decode(b"\x83\x68\x03\x77\x05point\x61\x01\x61\x02")?;
/// assert_eq!((point.x, point.y), (1, 2));
/// # Ok::<(), DecodeError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from an Erlang term",
    label = "this value would have to come from another node",
    note = "add `#[derive(Encode, Decode)]` to `{Self}`, or mark the method `#[call(local)]` or `#[cast(local)]`"
)]
pub trait Decode<'de>: Sized {
    /// Reads one value: exactly one term.
    ///
    /// # Errors
    /// Bytes that are no term, and a term that is no value of the type.
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError>;

    /// The value of a field of this type that is missing in a map: `Some(None)` for an `Option`. `None` for types
    /// whose fields are required.
    #[inline]
    fn missing() -> Option<Self> {
        None
    }

    /// The only value of the type, if there is one: what the atom `ok` alone is for a `Result`.
    #[doc(hidden)]
    #[inline]
    fn unit() -> Option<Self> {
        None
    }

    /// Reads a list of values.
    #[doc(hidden)]
    #[inline]
    fn decode_list(decoder: &mut Decoder<'de>) -> Result<Vec<Self>, DecodeError> {
        decode_elements(decoder, Vec::with_capacity, Vec::push)
    }
}

/// A type that can be read from any bytes and borrows nothing from them. Implemented for all that qualify.
pub trait DecodeOwned: for<'de> Decode<'de> {}

impl<T: for<'de> Decode<'de>> DecodeOwned for T {}
