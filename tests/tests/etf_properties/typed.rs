//! Values of derived types go out and come back the same.

use std::fmt::Debug;

use bytes::Bytes;
use ergo::Encode;
use ergo::etf::{DecodeOwned, Term, decode, decode_shared, encode};
use proptest::prelude::*;

use crate::{holds, values};

/// The value comes back from its bytes, from a shared buffer, and from the bytes of its term.
fn check<T: Encode + DecodeOwned + PartialEq + Debug>(value: &T) {
    let bytes = encode(value).expect("a value with an Erlang form");
    assert_eq!(decode::<T>(&bytes).as_ref(), Ok(value));
    assert_eq!(
        decode_shared::<T>(&Bytes::from(bytes.clone())).as_ref(),
        Ok(value)
    );
    let term: Term = decode(&bytes).expect("a term");
    let by_term = encode(&term).expect("finite floats");
    assert_eq!(decode::<T>(&by_term).as_ref(), Ok(value), "{term}");
    assert_eq!(
        by_term.len(),
        bytes.len(),
        "the form of a term is the form of a value"
    );
}

/// The bytes of some value of any of the types.
pub(crate) fn written() -> impl Strategy<Value = Vec<u8>> {
    fn bytes<T: Encode>(value: &T) -> Vec<u8> {
        encode(value).expect("a value with an Erlang form")
    }
    prop_oneof![
        values::forms().prop_map(|value| bytes(&value)),
        values::user().prop_map(|value| bytes(&value)),
        values::order().prop_map(|value| bytes(&value)),
        values::listen().prop_map(|value| bytes(&value)),
        values::shape().prop_map(|value| bytes(&value)),
        values::event().prop_map(|value| bytes(&value)),
        values::value().prop_map(|value| bytes(&value)),
        values::tree().prop_map(|value| bytes(&value)),
        values::standard().prop_map(|value| bytes(&value)),
    ]
}

#[test]
fn structs() {
    holds(&values::forms(), |value| check(&value));
    holds(&values::user(), |value| check(&value));
    holds(&values::order(), |value| check(&value));
    holds(&values::listen(), |value| check(&value));
}

#[test]
fn enums() {
    holds(&values::shape(), |value| check(&value));
    holds(&values::event(), |value| check(&value));
    holds(&values::value(), |value| check(&value));
}

#[test]
fn trees() {
    holds(&values::tree(), |value| check(&value));
}

#[test]
fn types_of_the_standard_library() {
    holds(&values::standard(), |value| check(&value));
}
