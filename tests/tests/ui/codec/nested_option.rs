//! `Some(None)` and `None` would look the same.
use ergo::{Decode, Encode};

#[derive(Encode, Decode)]
struct Limit {
    of: Option<Option<u32>>,
}

fn main() {}
