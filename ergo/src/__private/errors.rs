//! Errors that name the type which is read or written.

use crate::etf::{DecodeError, DecodeErrorKind, Decoder, EncodeError};

/// The same result, whose error says that it happened in the field `name` of the type `of`.
#[inline]
pub fn field<T>(
    result: Result<T, DecodeError>,
    name: &'static str,
    of: &'static str,
) -> Result<T, DecodeError> {
    result.map_err(|error| error.in_field(name, of))
}

/// A name and a number of fields that no variant of the type `of` has.
#[cold]
pub fn unknown_variant(
    decoder: &Decoder<'_>,
    name: &str,
    arity: usize,
    of: &'static str,
    known: &[(&'static str, usize)],
) -> DecodeError {
    let known: Vec<String> = known
        .iter()
        .map(|(name, arity)| variant(name, *arity))
        .collect();
    unexpected(decoder, of, &known, variant(name, arity))
}

/// A name in a map that no variant of the type `of` has.
#[cold]
pub fn unknown_tag(
    decoder: &Decoder<'_>,
    name: &str,
    of: &'static str,
    known: &[&'static str],
) -> DecodeError {
    let known: Vec<String> = known.iter().map(|name| variant(name, 0)).collect();
    unexpected(decoder, of, &known, variant(name, 0))
}

fn variant(name: &str, arity: usize) -> String {
    match arity {
        0 => name.to_owned(),
        _ => format!("{{{name}{}}}", ", _".repeat(arity.min(16))),
    }
}

fn unexpected(
    decoder: &Decoder<'_>,
    of: &'static str,
    known: &[String],
    found: String,
) -> DecodeError {
    let expected = match known {
        [] => format!("a value of {of}, which has none"),
        _ => format!("{} of {of}", known.join(" or ")),
    };
    DecodeError::new(DecodeErrorKind::Unexpected {
        expected: expected.into(),
        found,
    })
    .at(decoder.position(), None)
}

/// A variant that its type keeps off the wire.
#[cold]
pub fn skipped_variant(variant: &'static str) -> EncodeError {
    EncodeError::custom(format_args!("{variant} is never on the wire"))
}
