//! `erltf_serde`: serde over the terms of `erltf`. It writes the names of fields as binaries, and has no pids.

use ::ergo::etf::{self, DecodeOwned, Encode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::serde_types::{Child, Data};
use super::super::typed::{Fields, Nested};
use crate::codec::cell::{Cell, Operation};
use crate::codec::data::Workload;

pub(crate) const NAME: &str = "erltf_serde";

pub(crate) fn cells(workload: Workload, bytes: &'static [u8]) -> Vec<Cell> {
    match workload {
        Workload::Call => Vec::new(),
        Workload::Fields => same::<Fields<String>>(bytes),
        Workload::Integers => same::<Vec<i64>>(bytes),
        Workload::Binary => same::<Data>(bytes),
        Workload::Nested => same::<Nested<String>>(bytes),
        Workload::Tuples => same::<Vec<Child>>(bytes),
    }
}

fn same<T>(bytes: &'static [u8]) -> Vec<Cell>
where
    T: Encode + DecodeOwned + Serialize + DeserializeOwned + 'static,
{
    let expected = etf::decode::<T>(bytes).map(|value| etf::encode(&value));
    let value: T = erltf_serde::from_bytes(bytes).expect("a value");
    let written = erltf_serde::to_bytes(&value).expect("bytes");
    let again: T = erltf_serde::from_bytes(&written).expect("a value");
    for value in [&value, &again] {
        assert!(
            Ok(etf::encode(value)) == expected,
            "{NAME} changes the value"
        );
    }
    vec![
        Cell::new(NAME, Operation::Encode, move || {
            erltf_serde::to_bytes(&value).expect("bytes")
        }),
        Cell::new(NAME, Operation::Decode, move || {
            erltf_serde::from_bytes::<T>(bytes).expect("a value")
        }),
    ]
}
