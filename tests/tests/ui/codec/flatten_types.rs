//! What cannot be flattened, and keys that collide.
use ergo::{Decode, Encode};
use std::collections::HashMap;

#[derive(Encode, Decode)]
struct Inner {
    id: u8,
}

#[derive(Encode, Decode)]
#[etf(tuple)]
struct Pair {
    a: u8,
    b: u8,
}

#[derive(Encode)]
struct NoMap {
    #[etf(flatten)]
    number: u8,
    #[etf(flatten)]
    pair: Pair,
}

#[derive(Decode)]
struct NoMapEither {
    #[etf(flatten)]
    pair: Pair,
}

#[derive(Encode)]
struct SameKey {
    id: u8,
    #[etf(flatten)]
    inner: Inner,
}

#[derive(Decode)]
struct TwoRests {
    #[etf(flatten)]
    some: HashMap<String, u8>,
    #[etf(flatten)]
    more: HashMap<String, u8>,
}

fn main() {}
