//! Where serde does not tell what the derives know, and what a `Serialize` by hand may get wrong.

use std::time::{Duration, SystemTime};

use ergo::etf::{self, BigInt, EncodeError, Term};
use ergo::term;
use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple};
use serde::{Deserialize, Serialize, Serializer};

use crate::{refuses, term};

#[test]
fn an_array_is_a_tuple_that_is_read_from_lists_too() {
    let bytes = etf::to_bytes(&[1_u8, 2]).unwrap();
    assert_eq!(term(&bytes), term!({1, 2}));
    assert_eq!(etf::from_bytes(&bytes), Ok([1_u8, 2]));
    let derived = etf::encode(&[1_u16, 300]).unwrap();
    assert_eq!(term(&derived), term!([1, 300]));
    assert_eq!(etf::from_bytes(&derived), Ok([1_u16, 300]));
    assert_eq!(
        etf::from_bytes(&etf::encode(&[1_u8, 2]).unwrap()),
        Ok([1_u8, 2])
    );
    refuses::<[u8; 3]>(&derived, "expected a tuple or list of 3, found a list of 2");
    refuses::<[u8; 3]>(&bytes, "expected a tuple of 3, found a tuple of 2");
    assert_eq!(
        etf::from_bytes(&etf::to_bytes(&[0_u8; 0]).unwrap()),
        Ok([0_u8; 0])
    );
}

#[test]
fn an_element_of_a_string_is_where_its_byte_is() {
    let bytes = etf::encode(&[1_u8, 200]).unwrap();
    let words = "element 1: expected integer -128..127, found 200 at byte 5";
    refuses::<Vec<i8>>(&bytes, words);
    assert!(
        etf::decode::<Vec<i8>>(&bytes)
            .unwrap_err()
            .to_string()
            .contains(words)
    );
}

#[test]
fn a_value_of_our_own_may_be_larger_than_a_peer_may_send() {
    #[derive(Serialize)]
    struct Large(#[serde(with = "ergo::etf::serde::big_integer")] BigInt);
    let large: BigInt = (BigInt::from(1) << 5_000_000_u32) - 1;
    assert_eq!(etf::to_term(&Large(large.clone())), Ok(Term::from(large)));
}

#[test]
fn a_some_that_would_be_none_is_refused() {
    #[derive(Serialize)]
    enum Odd {
        Nil,
        Undefined,
        Fine,
    }
    #[derive(Serialize)]
    struct Newtype(());
    let words = "`Some` of a value that is itself `nil` would be read as `None`";
    let refused =
        |error: Result<Vec<u8>, EncodeError>| assert_eq!(error.unwrap_err().to_string(), words);
    refused(etf::to_bytes(&Some(None::<u8>)));
    refused(etf::to_bytes(&Some(())));
    refused(etf::to_bytes(&vec![Some(Odd::Nil)]));
    refused(etf::to_bytes(&Some(Odd::Undefined)));
    refused(etf::to_bytes(&(1, Some(Newtype(())))));
    assert!(etf::to_bytes(&Some(Odd::Fine)).is_ok());
    assert!(etf::to_bytes(&vec![Some((None::<u8>, ())), None]).is_ok());
    let ok = Ok::<Newtype, ()>(Newtype(()));
    assert_eq!(etf::to_term(&ok).unwrap(), term!({ok, nil}));
}

#[test]
fn a_renamed_variant_is_in_snake_case_all_the_same() {
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Renamed {
        #[serde(rename = "TakenAway")]
        Taken,
        #[serde(rename = "kept")]
        Gone,
        #[serde(alias = "old_name")]
        NewName,
    }
    assert_eq!(etf::to_term(&Renamed::Taken).unwrap(), term!(taken_away));
    assert_eq!(etf::to_term(&Renamed::Gone).unwrap(), term!(kept));
    assert_eq!(etf::from_term(&term!(taken_away)), Ok(Renamed::Taken));
    assert_eq!(etf::from_term(&term!("TakenAway")).ok(), None::<Renamed>);
    let camel = etf::Term::from(etf::Atom::from_static("TakenAway"));
    assert_eq!(etf::from_term(&camel), Ok(Renamed::Taken));
    assert_eq!(etf::from_term(&term!(old_name)), Ok(Renamed::NewName));
}

#[test]
fn time_is_whole_milliseconds() {
    assert_eq!(
        etf::to_term(&Duration::new(1, 999_999)).unwrap(),
        term!(1000)
    );
    let early = SystemTime::UNIX_EPOCH - Duration::from_millis(1);
    assert!(etf::to_bytes(&early).is_err());
    refuses::<SystemTime>(&etf::encode(&early).unwrap(), "found -1");
}

/// A type of the user's that is called as one of the standard library.
mod other {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    pub(super) struct Duration {
        pub(super) secs: String,
        pub(super) more: u8,
    }
}

#[test]
fn a_struct_that_is_only_called_duration_is_a_struct() {
    let value = other::Duration {
        secs: "long".to_owned(),
        more: 1,
    };
    let term = etf::to_term(&value).unwrap();
    assert_eq!(term, term!(#{secs => "long", more => 1}));
    assert_eq!(etf::from_term(&term), Ok(value));
    assert_eq!(
        etf::from_term(&term!(#{secs => 1, nanos => 5})),
        Ok(Duration::new(1, 5))
    );
}

#[test]
fn floats_are_finite() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(etf::to_bytes(&value), Err(EncodeError::NotFinite));
        assert_eq!(etf::to_bytes(&[value; 1]), Err(EncodeError::NotFinite));
    }
    assert_eq!(etf::to_bytes(&f32::NAN), Err(EncodeError::NotFinite));
}

/// Writes with a serializer what `Serialize` by hand may do.
struct ByHand<F>(F);

trait Write: Sized {
    fn write<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error>;
}

struct Seq;
struct LongSeq;
struct WrongMap;
struct TwiceMap;
struct WrongStruct;
struct WrongTuple;

impl Write for Seq {
    fn write<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_seq(None)?.end()
    }
}

impl Write for LongSeq {
    fn write<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(1))?;
        for value in [1, 2, 300] {
            seq.serialize_element(&value)?;
        }
        seq.end()
    }
}

impl Write for WrongMap {
    fn write<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(7))?;
        map.serialize_entry("a", &1)?;
        map.end()
    }
}

impl Write for TwiceMap {
    fn write<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&1, "a")?;
        map.serialize_entry(&2, "a")?;
        map.serialize_entry(&1_u8, "b")?;
        map.end()
    }
}

impl Write for WrongStruct {
    fn write<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_struct("Wrong", 0)?;
        map.serialize_field("a", &1)?;
        map.end()
    }
}

impl Write for WrongTuple {
    fn write<S: Serializer>(serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(2)?;
        tuple.serialize_element(&1)?;
        tuple.end()
    }
}

impl<W: Write> Serialize for ByHand<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        W::write(serializer)
    }
}

#[test]
fn counts_are_those_of_what_was_written() {
    assert_eq!(etf::to_bytes(&ByHand(Seq)).unwrap(), [131, 106]);
    assert_eq!(etf::to_term(&ByHand(LongSeq)).unwrap(), term!([1, 2, 300]));
    assert_eq!(etf::to_term(&ByHand(WrongMap)).unwrap(), term!(#{"a" => 1}));
    assert_eq!(
        etf::to_term(&ByHand(WrongStruct)).unwrap(),
        term!(#{a => 1})
    );
    let error = |result: Result<Vec<u8>, EncodeError>| result.unwrap_err().to_string();
    assert_eq!(error(etf::to_bytes(&ByHand(TwiceMap))), "duplicate key 1");
    assert_eq!(
        error(etf::to_bytes(&ByHand(WrongTuple))),
        "a tuple of 2 was given 1 elements"
    );
}
