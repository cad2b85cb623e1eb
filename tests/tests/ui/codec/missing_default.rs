//! Fields that reading would have no value for.
use ergo::{Decode, Encode};

struct NoDefault;

#[derive(Decode)]
struct Skipped {
    #[etf(skip)]
    cache: NoDefault,
    a: u8,
}

#[derive(Decode)]
struct Defaulted {
    #[etf(default)]
    cache: std::num::NonZero<u8>,
}

#[derive(Encode, Decode)]
struct LeftOut {
    #[etf(skip_if = Vec::is_empty)]
    tags: Vec<String>,
}

fn main() {}
