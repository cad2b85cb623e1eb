//! Errors that name the type which is read or written.

use crate::etf::{DecodeError, DecodeErrorKind, Decoder, EncodeError, nearest};

/// How many variants a message lists.
const VARIANTS_TOLD_MAX: usize = 16;

/// The longest name a variant can have.
const NAME_CHARACTERS_MAX: usize = 255;

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
    let mut found = variant(name, arity);
    // With the right name the number of fields is wrong, which the list shows.
    if known.iter().all(|(known, _)| *known != name)
        && let Some(near) = nearest(name, known.iter().map(|(known, _)| *known))
    {
        found = format!("{found}: did you mean {near}?");
    }
    let known = known.iter().map(|(name, arity)| variant(name, *arity));
    unexpected(decoder, of, known, found)
}

/// A name in a map that no variant of the type `of` has.
#[cold]
pub fn unknown_tag(
    decoder: &Decoder<'_>,
    name: &str,
    of: &'static str,
    known: &[&'static str],
) -> DecodeError {
    let known: Vec<(&'static str, usize)> = known.iter().map(|name| (*name, 0)).collect();
    unknown_variant(decoder, name, 0, of, &known)
}

fn variant(name: &str, arity: usize) -> String {
    // A tag in a map may be a text of any length.
    let name: String = name.chars().take(NAME_CHARACTERS_MAX).collect();
    match arity {
        0 => name,
        _ => format!("{{{name}{}}}", ", _".repeat(arity.min(16))),
    }
}

fn unexpected(
    decoder: &Decoder<'_>,
    of: &'static str,
    mut known: impl ExactSizeIterator<Item = String>,
    found: String,
) -> DecodeError {
    let told: Vec<String> = known.by_ref().take(VARIANTS_TOLD_MAX).collect();
    let expected = match (told.as_slice(), known.len()) {
        ([], _) => format!("a value of {of}, which has none"),
        (told, 0) => format!("{} of {of}", told.join(" or ")),
        (told, more) => format!("{} or one of {more} more of {of}", told.join(" or ")),
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
