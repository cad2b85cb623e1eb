//! The attribute itself.
use ergo::{Decode, Encode};

#[derive(Encode)]
#[etf]
struct Bare {
    a: u8,
}

#[derive(Encode)]
#[etf = "tuple"]
struct Value {
    a: u8,
}

#[derive(Encode)]
#[etf(tuple record = "a")]
struct NoComma {
    a: u8,
}

#[derive(Encode)]
#[etf("tuple")]
struct Literal {
    a: u8,
}

#[derive(Encode)]
#[etf(rename_al = "camelCase", deny_unknwn, elixir = "A.B")]
struct Typos {
    #[etf(renam = "b", skip_with = f)]
    a: u8,
}

#[derive(Encode)]
#[etf(crate = 5)]
struct NoPath {
    a: u8,
}

#[derive(Decode)]
struct Twice {
    #[etf(rename = "b", rename = "c")]
    #[etf(default)]
    #[etf(default)]
    a: u8,
}

#[derive(Decode)]
#[etf(untagged, tag = "type")]
enum TwoTaggings {
    A { a: u8 },
}

#[derive(Decode)]
#[etf(transparent)]
enum TransparentEnum {
    A(u8),
}

#[derive(Decode)]
#[etf(elixir_struct = "A", exception = "B")]
struct TwoModules {
    a: u8,
}

#[derive(Encode)]
#[etf(none = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
struct NoneTooLong {
    a: Option<u8>,
}

fn main() {}
