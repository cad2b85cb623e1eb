//! Reading enums without a leading name, and keyword lists.

use std::borrow::Cow;

use crate::etf::{DecodeError, Decoder, Property, read_properties};

/// Looks ahead for the value of `key` in the map that comes next, which stays where it is.
///
/// # Errors
/// Anything but a map with this key and an atom or a text as its value, and too many bytes that are looked at.
pub fn find_tag<'de>(
    decoder: &mut Decoder<'de>,
    key: &'static str,
    of: &'static str,
) -> Result<Cow<'de, str>, DecodeError> {
    let (start, mut ahead) = (decoder.clone(), decoder.clone());
    let tag = tag_ahead(&mut ahead, key, of);
    // Also when there is none: an untagged enum around this one tries on.
    decoder.count_again(&start, &ahead)?;
    tag?.ok_or_else(|| DecodeError::missing_field(key, of).at(decoder.position(), None))
}

fn tag_ahead<'de>(
    ahead: &mut Decoder<'de>,
    key: &'static str,
    of: &'static str,
) -> Result<Option<Cow<'de, str>>, DecodeError> {
    for _ in 0..ahead.read_map()? {
        if ahead.read_key()?.as_deref() != Some(key) {
            ahead.skip()?;
            continue;
        }
        let value = ahead.clone();
        return match ahead.read_key()? {
            Some(tag) => Ok(Some(tag)),
            None => Err(value.unexpected("an atom").in_field(key, of)),
        };
    }
    Ok(None)
}

/// Reads with `read`, or stays where it was.
///
/// What was read in vain is charged to the decoder: types that contain themselves would otherwise try a nest of terms
/// a number of times that is exponential in its depth.
///
/// # Errors
/// Too many bytes that were read in vain.
pub fn attempt<'de, T>(
    decoder: &mut Decoder<'de>,
    read: impl FnOnce(&mut Decoder<'de>) -> Result<T, DecodeError>,
) -> Result<Option<T>, DecodeError> {
    let mut ahead = decoder.clone();
    if let Ok(value) = read(&mut ahead) {
        *decoder = ahead;
        return Ok(Some(value));
    }
    let start = decoder.clone();
    decoder.count_again(&start, &ahead)?;
    Ok(None)
}

/// The error of a term that fits no variant of the type `of`.
#[cold]
pub fn no_variant(decoder: &Decoder<'_>, of: &'static str) -> DecodeError {
    decoder.unexpected(format!("a value of {of}"))
}

/// Reads a property list: pairs of a key and a value, and atoms alone, which stand for `{Atom, true}`. `read` gets each
/// key and reads its value.
///
/// # Errors
/// Anything but such a list, and those of `read`.
pub fn keyword<'de>(
    decoder: &mut Decoder<'de>,
    read: impl FnMut(Option<&str>, &mut Decoder<'de>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let mut read = read;
    read_properties(decoder, |_, property| match property {
        Property::Alone(decoder, value) => read(decoder.read_key()?.as_deref(), value),
        Property::Pair(decoder) => {
            let key = decoder.read_key()?;
            read(key.as_deref(), decoder)
        }
    })
}
