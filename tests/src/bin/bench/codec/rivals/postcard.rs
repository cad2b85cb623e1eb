//! `postcard`: the same types in a format of Rust's own, which names neither fields nor types.

use ::ergo::etf::{self, DecodeOwned, Encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::serde_types::Data;
use super::super::typed::{Child, Fields, Nested};
use crate::codec::cell::{Cell, Operation};
use crate::codec::data::Workload;

const NAME: &str = "postcard";

pub(crate) fn cells(workload: Workload, bytes: &'static [u8]) -> Vec<Cell> {
    match workload {
        Workload::Call => call(),
        Workload::Fields => same::<Fields<String>>(bytes),
        Workload::Integers => same::<Vec<i64>>(bytes),
        Workload::Binary => same::<Data>(bytes),
        Workload::Nested => same::<Nested<String>>(bytes),
        Workload::Tuples => same::<Vec<Child>>(bytes),
    }
}

fn same<T>(bytes: &[u8]) -> Vec<Cell>
where
    T: Encode + DecodeOwned + Serialize + DeserializeOwned + 'static,
{
    let value: T = etf::decode(bytes).expect("a value");
    let written = &*postcard::to_stdvec(&value).expect("bytes").leak();
    let read: T = postcard::from_bytes(written).expect("a value");
    assert!(
        etf::encode(&read) == etf::encode(&value),
        "{NAME} changes the value"
    );
    vec![
        Cell::new(NAME, Operation::Encode, move || {
            postcard::to_stdvec(&value).expect("bytes")
        }),
        Cell::new(NAME, Operation::Decode, move || {
            postcard::from_bytes::<T>(written).expect("a value")
        }),
    ]
}

/// A call in parts: serde knows no pids. The names of the nodes are borrowed, as ergo's take no memory of their own.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    from: (Pid<'a>, Reference<'a>),
    request: Request,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Pid<'a> {
    node: &'a str,
    parts: [u32; 3],
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Reference<'a> {
    node: &'a str,
    creation: u32,
    words: [u32; 3],
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Request {
    Add(i64),
}

fn call() -> Vec<Cell> {
    let node = "nonode@nohost";
    let pid = Pid {
        node,
        parts: [95, 0, 0],
    };
    let reference = Reference {
        node,
        creation: 0,
        words: [221_043, 2_418_081_793, 1_706_431_279],
    };
    let call = Call {
        from: (pid, reference),
        request: Request::Add(42),
    };
    let written = &*postcard::to_stdvec(&call).expect("bytes").leak();
    assert_eq!(
        postcard::from_bytes::<Call<'_>>(written).as_ref(),
        Ok(&call)
    );
    vec![
        Cell::new(NAME, Operation::Encode, move || {
            postcard::to_stdvec(&call).expect("bytes")
        }),
        Cell::new(NAME, Operation::Decode, move || {
            postcard::from_bytes::<Call<'_>>(written).expect("a call")
        }),
    ]
}
