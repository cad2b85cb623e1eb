//! ergo by way of serde, as for the types of other crates.

use ::ergo::etf::{self, Atom, Encoded, Pid};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::cell::{Cell, Operation};
use super::data::Workload;
use super::ergo::SERDE;
use super::serde_types::{Child, Data};
use super::typed::{Fields, Nested};

/// `{'$gen_call', {Pid, Tag}, Request}`: servers take the tag as it is.
type Call = (Atom, (Pid, Encoded), Request);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Request {
    Add(i64),
}

/// Writing and reading the term of a workload.
pub(crate) fn cells(workload: Workload, bytes: &'static [u8]) -> Vec<Cell> {
    match workload {
        Workload::Call => both::<Call>(bytes),
        Workload::Fields => both::<Fields<String>>(bytes),
        Workload::Integers => both::<Vec<i64>>(bytes),
        Workload::Binary => both::<Data>(bytes),
        Workload::Nested => both::<Nested<String>>(bytes),
        Workload::Tuples => both::<Vec<Child>>(bytes),
    }
}

fn both<T: Serialize + DeserializeOwned + 'static>(bytes: &'static [u8]) -> Vec<Cell> {
    let value: T = etf::from_bytes(bytes).expect("a value");
    let written: Vec<u8> = etf::to_bytes(&value).expect("a term");
    super::rivals::check(SERDE, &written, bytes);
    vec![
        Cell::new(SERDE, Operation::Encode, move || {
            etf::to_bytes(&value).expect("a term")
        }),
        Cell::new(SERDE, Operation::Decode, move || {
            etf::from_bytes::<T>(bytes).expect("a value")
        }),
    ]
}
