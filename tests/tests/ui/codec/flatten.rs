//! Where `flatten` makes no sense.
use ergo::{Decode, Encode};

#[derive(Encode, Decode)]
struct Inner {
    id: u8,
}

#[derive(Encode, Decode)]
struct InATuple(u8, #[etf(flatten)] Inner);

#[derive(Encode, Decode)]
#[etf(record = "a")]
struct InARecord {
    #[etf(flatten)]
    inner: Inner,
}

#[derive(Encode, Decode)]
#[etf(keyword)]
struct InAKeyword {
    #[etf(flatten)]
    inner: Inner,
}

#[derive(Encode, Decode)]
#[etf(transparent)]
struct InANewtype {
    #[etf(flatten)]
    inner: Inner,
}

#[derive(Encode, Decode)]
enum InAVariant {
    A(#[etf(flatten)] Inner),
}

#[derive(Encode, Decode)]
struct Contradictions {
    #[etf(flatten, rename = "a")]
    renamed: Inner,
    #[etf(flatten, default)]
    defaulted: Inner,
    #[etf(flatten, none = "null")]
    none: Option<Inner>,
    #[etf(skip, flatten)]
    skipped: Inner,
    #[etf(flatten = "inner")]
    valued: Inner,
}

fn main() {}
