//! Types that hold bytes.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;

use crate::etf::{Decode, DecodeError, Decoder, Kind, ListHeader};

/// A type that can be made of bytes, or says what it expected.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a binary",
    label = "`#[etf(binary)]` is for bytes such as `Vec<u8>`, `Bytes`, `[u8; 4]` or `&[u8]`"
)]
pub trait FromOctets<'de>: Sized {
    /// Makes the value.
    ///
    /// # Errors
    /// What was expected, when these bytes are not that.
    fn from_octets(octets: Cow<'de, [u8]>) -> Result<Self, &'static str>;
}

/// Reads a binary, or a list of bytes.
pub(super) fn read_octets<'de>(decoder: &mut Decoder<'de>) -> Result<Cow<'de, [u8]>, DecodeError> {
    if decoder.peek_kind()? != Kind::List {
        return decoder.read_binary().map(Cow::Borrowed);
    }
    let before = decoder.clone();
    match decoder.read_list()? {
        ListHeader::String(bytes) => Ok(Cow::Borrowed(bytes)),
        ListHeader::Elements(_) => {
            *decoder = before;
            Decode::decode(decoder).map(Cow::Owned)
        }
    }
}

macro_rules! from_vec {
    ($($owned:ty),*) => {$(
        impl<'de> FromOctets<'de> for $owned {
            fn from_octets(octets: Cow<'de, [u8]>) -> Result<Self, &'static str> {
                Ok(<$owned>::from(octets.into_owned()))
            }
        }
    )*};
}
from_vec!(Vec<u8>, Box<[u8]>, Arc<[u8]>, Rc<[u8]>, Bytes);

impl<'a, 'de: 'a> FromOctets<'de> for Cow<'a, [u8]> {
    fn from_octets(octets: Cow<'de, [u8]>) -> Result<Self, &'static str> {
        Ok(octets)
    }
}

impl<'a, 'de: 'a> FromOctets<'de> for &'a [u8] {
    fn from_octets(octets: Cow<'de, [u8]>) -> Result<Self, &'static str> {
        match octets {
            Cow::Borrowed(octets) => Ok(octets),
            Cow::Owned(_) => Err("a binary, which can be borrowed"),
        }
    }
}

impl<'de, const N: usize> FromOctets<'de> for [u8; N] {
    fn from_octets(octets: Cow<'de, [u8]>) -> Result<Self, &'static str> {
        octets
            .as_ref()
            .try_into()
            .map_err(|_| "as many bytes as the array has")
    }
}
