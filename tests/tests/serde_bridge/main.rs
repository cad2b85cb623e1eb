//! The bridge to serde: the same bytes as the derives for the same shapes, hostile input, and other formats.

mod differences;
mod hostile;
mod own;
mod same_bytes;
mod self_describing;

use std::fmt::Debug;

use ergo::etf::{self, Decode, DecodeError, Encode, Term};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Both derives write these bytes of `value`, and each reads those of the other.
#[track_caller]
fn same<T>(value: T)
where
    T: Encode + for<'de> Decode<'de> + Serialize + DeserializeOwned + PartialEq + Debug,
{
    let derived = etf::encode(&value).unwrap();
    let bridged = etf::to_bytes(&value).unwrap();
    assert_eq!(term(&bridged), term(&derived), "the terms of {value:?}");
    assert_eq!(bridged, derived, "the bytes of {value:?}");
    assert_eq!(etf::decode::<T>(&bridged).as_ref(), Ok(&value));
    assert_eq!(etf::from_bytes::<T>(&derived).as_ref(), Ok(&value));
    let as_term = etf::to_term(&value).unwrap();
    assert_eq!(as_term, term(&derived));
    assert_eq!(etf::from_term::<T>(&as_term).as_ref(), Ok(&value));
}

/// Both derives read `value` from `term`.
#[track_caller]
fn both_read<T>(term: Term, value: T)
where
    T: for<'de> Decode<'de> + DeserializeOwned + PartialEq + Debug,
{
    let bytes = etf::encode(&term).unwrap();
    assert_eq!(etf::decode::<T>(&bytes).as_ref(), Ok(&value), "{term}");
    assert_eq!(etf::from_bytes::<T>(&bytes).as_ref(), Ok(&value), "{term}");
}

/// Neither derive reads the type from `term`, and the words of the bridge are these.
#[track_caller]
fn both_refuse<T>(term: Term, words: &str)
where
    T: for<'de> Decode<'de> + DeserializeOwned + Debug,
{
    let bytes = etf::encode(&term).unwrap();
    assert!(etf::decode::<T>(&bytes).is_err(), "{term}");
    refuses::<T>(&bytes, words);
}

/// The bridge does not read the type from `bytes`, and says so in these words.
#[track_caller]
fn refuses<T: DeserializeOwned + Debug>(bytes: &[u8], words: &str) {
    let error: DecodeError = etf::from_bytes::<T>(bytes).unwrap_err();
    let said = error.to_string();
    assert!(said.contains(words), "{said:?} does not say {words:?}");
}

fn term(bytes: &[u8]) -> Term {
    etf::decode(bytes).unwrap()
}
