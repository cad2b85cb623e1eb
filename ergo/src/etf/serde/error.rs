//! The errors of the codec as serde makes them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Expected, Unexpected};
use serde::ser;

use super::super::{DecodeError, DecodeErrorKind, EncodeError};
use super::names::snake_case;

impl ser::Error for EncodeError {
    fn custom<T: fmt::Display>(message: T) -> EncodeError {
        EncodeError::custom(message)
    }
}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> DecodeError {
        DecodeError::custom(message)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> DecodeError {
        unexpected(expected.to_string(), describe(found))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> DecodeError {
        unexpected(expected.to_string(), describe(found))
    }

    fn invalid_length(found: usize, expected: &dyn Expected) -> DecodeError {
        unexpected(expected.to_string(), format!("{found} elements"))
    }

    fn unknown_variant(found: &str, variants: &'static [&'static str]) -> DecodeError {
        unexpected(one_of(variants), found.to_owned())
    }

    /// The deserializer of the struct adds its name.
    fn unknown_field(field: &str, _: &'static [&'static str]) -> DecodeError {
        DecodeError::unknown_field(field, "")
    }

    /// The deserializer of the struct adds its name.
    fn missing_field(field: &'static str) -> DecodeError {
        DecodeError::missing_field(field, "")
    }

    fn duplicate_field(field: &'static str) -> DecodeError {
        DecodeError::duplicate_key(field)
    }
}

fn unexpected(expected: String, found: String) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Unexpected {
        expected: Cow::Owned(expected),
        found,
    })
}

/// What a visitor found, in the words of the decoder; never the text or the bytes themselves.
fn describe(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("atom {value}"),
        Unexpected::Unsigned(value) => value.to_string(),
        Unexpected::Signed(value) => value.to_string(),
        Unexpected::Float(value) => value.to_string(),
        Unexpected::Char(_) => "a code point".to_owned(),
        Unexpected::Str(text) => format!("a text of {} bytes", text.len()),
        Unexpected::Bytes(bytes) => format!("a binary of {} bytes", bytes.len()),
        Unexpected::Unit | Unexpected::Option => "nil".to_owned(),
        Unexpected::Seq => "a list or tuple".to_owned(),
        Unexpected::Map => "a map".to_owned(),
        other => other.to_string(),
    }
}

/// The variants of an enum as they are on the wire, for an error.
fn one_of(variants: &[&str]) -> String {
    let atoms: Vec<_> = variants.iter().map(|name| snake_case(name)).collect();
    atoms.join(" or ")
}
