//! Attributes of fields.
use ergo::{Decode, Encode};
use std::time::Duration;

#[derive(Encode)]
struct Inner {
    #[etf(record = "a")]
    key_of_the_item: u8,
    #[etf(none = "null")]
    no_option: u8,
    #[etf(binary, list)]
    two_codecs: Vec<u8>,
    #[etf(list)]
    no_bytes: Vec<u16>,
    #[etf(skip, rename = "b")]
    skipped: u8,
    #[etf(unit = "hour")]
    unknown_unit: Duration,
    #[etf(with = codec, tagged_option)]
    with_and_option: Option<u8>,
    #[etf(rename = 5)]
    no_text: u8,
}

#[derive(Decode)]
struct SameKeys {
    #[etf(rename = "b")]
    a: u8,
    b: u8,
    #[etf(alias = "a")]
    c: u8,
    #[etf(alias = "c")]
    d: u8,
}

#[derive(Decode)]
struct Positions(#[etf(rename = "a")] u8, #[etf(default)] u8);

#[derive(Decode)]
#[etf(record = "a")]
struct Record {
    #[etf(skip_if = f)]
    a: u8,
    #[etf(alias = "c")]
    b: u8,
}

fn main() {}
