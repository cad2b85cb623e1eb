//! Reading enums without a leading name, and keyword lists.

use std::borrow::Cow;

use crate::etf::{DecodeError, Decoder, ListHeader};

/// Looks ahead for the value of `key` in the map that comes next, which stays where it is.
///
/// # Errors
/// Anything but a map with this key and an atom or a text as its value.
pub fn find_tag<'de>(
    decoder: &Decoder<'de>,
    key: &'static str,
    of: &'static str,
) -> Result<Cow<'de, str>, DecodeError> {
    let mut ahead = decoder.clone();
    for _ in 0..ahead.read_map()? {
        if ahead.read_key()?.as_deref() != Some(key) {
            ahead.skip()?;
            continue;
        }
        let start = ahead.clone();
        return ahead
            .read_key()?
            .ok_or_else(|| start.unexpected("an atom").in_field(key, of));
    }
    Err(DecodeError::missing_field(key, of).at(decoder.position(), None))
}

/// Reads with `read`, or stays where it was.
pub fn attempt<'de, T>(
    decoder: &mut Decoder<'de>,
    read: impl FnOnce(&mut Decoder<'de>) -> Result<T, DecodeError>,
) -> Option<T> {
    decoder.attempt(read)
}

/// The error of a term that fits no variant of the type `of`.
#[cold]
pub fn no_variant(decoder: &Decoder<'_>, of: &'static str) -> DecodeError {
    decoder.no_attempt_left(of)
}

/// Reads a list of pairs; `read` reads the two elements of each.
///
/// # Errors
/// Anything but a proper list of pairs, and those of `read`.
pub fn keyword<'de>(
    decoder: &mut Decoder<'de>,
    mut read: impl FnMut(&mut Decoder<'de>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let start = decoder.clone();
    match decoder.read_list()? {
        ListHeader::String(_) => Err(start.unexpected("a list of pairs")),
        ListHeader::Elements(count) => {
            for _ in 0..count {
                decoder.expect_tuple(2)?;
                read(decoder)?;
            }
            decoder.read_list_end(count)
        }
    }
}
