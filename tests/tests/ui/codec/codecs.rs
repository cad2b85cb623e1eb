//! Forms chosen for types that they are not for.
use ergo::{Decode, Encode};
use std::time::{Duration, SystemTime};

#[derive(Encode, Decode)]
struct Misfits {
    #[etf(binary)]
    binary: Vec<String>,
    #[etf(unit = "second")]
    unit: std::path::PathBuf,
}

#[derive(Encode, Decode)]
struct CertainMisfits {
    #[etf(binary)]
    number: u32,
    #[etf(binary)]
    text: String,
    #[etf(charlist)]
    letters: Vec<u8>,
    #[etf(atom)]
    flag: Option<bool>,
    #[etf(unit = "second")]
    seconds: u64,
    #[etf(unit = "second", binary)]
    both: Duration,
    #[etf(unit)]
    no_unit: SystemTime,
    #[etf(unit = 5)]
    number_as_unit: SystemTime,
    #[etf(with)]
    no_module: u8,
    #[etf(with = 5)]
    number_as_module: u8,
    #[etf(none = "a", tagged_option)]
    two_options: Option<u8>,
    #[etf(tagged_option)]
    three_levels: Option<Option<Option<u8>>>,
}

fn main() {}
