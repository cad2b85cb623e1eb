//! A term made of the bytes, there and back.

#![no_main]

use ergo_tests::hostile::{Source, check_value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut source = Source::new(bytes);
    check_value(&source.term());
});
