//! Variants of an untagged enum that can never be read.
use ergo::{Decode, Encode};

#[derive(Encode)]
#[etf(untagged)]
enum SameUnits {
    Null,
    #[etf(alias = "null")]
    Missing,
}

#[derive(Decode)]
#[etf(untagged)]
enum SameTypes {
    Name(String),
    Title(String),
    Point(u8, u8),
    Size(u8, u8),
}

fn main() {}
