//! Bytes as values of Rust types.

#![no_main]

use ergo_tests::hostile::check_typed;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| check_typed(bytes));
