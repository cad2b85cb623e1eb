//! Bytes from a peer: in the handshake, on a connection, and at EPMD. The first byte says which.

#![no_main]

use ergo_tests::hostile::check_peer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| check_peer(bytes));
