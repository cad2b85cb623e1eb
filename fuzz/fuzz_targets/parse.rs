//! Text as a term.

#![no_main]

use ergo_tests::hostile::check_text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| check_text(text));
