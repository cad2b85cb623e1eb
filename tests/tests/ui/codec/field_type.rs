//! A field whose type is no term is underlined, and the message says what to derive.
use ergo::{Decode, Encode};

struct Plain;

#[derive(Encode, Decode)]
struct Holder {
    plain: Plain,
}

fn main() {}
