//! Bytes as a term.

#![no_main]

use allocation_counter::measure;
use ergo::etf::{Term, decode};
use ergo_tests::hostile::{TERM_BYTES_FREE, TERM_BYTES_PER_BYTE, check_term};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    check_term(bytes);
    // What is compressed is bounded by limits of its own.
    if bytes.get(1) != Some(&80) {
        let used = measure(|| drop(decode::<Term>(bytes)));
        let max = TERM_BYTES_FREE + TERM_BYTES_PER_BYTE * bytes.len() as u64;
        assert!(used.bytes_max <= max, "{used:?} for {} bytes", bytes.len());
    }
});
