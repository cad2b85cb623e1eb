//! Bytes of a real `term_to_binary`.

use bytes::Bytes;

use super::super::*;
use super::golden;

#[test]
fn terms_are_written_as_otp_writes_them() {
    for (bytes, text) in golden() {
        let term: Term = decode(&bytes).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(term.to_string(), text);
        assert_eq!(encode(&term).unwrap(), bytes, "{text}");
        assert_eq!(decode_shared::<Term>(&Bytes::from(bytes)).unwrap(), term);
    }
}

#[test]
fn terms_are_kept_encoded_and_passed_on() {
    for (bytes, text) in golden() {
        let encoded: Encoded = decode(&bytes).unwrap();
        assert_eq!(encoded.to_term().unwrap().to_string(), text);
        assert_eq!(encode(&encoded).unwrap(), bytes, "{text}");
        let from_wire = Encoded::from_wire(Bytes::copy_from_slice(&bytes[1..]), [].into());
        assert_eq!(encode(&from_wire).unwrap(), bytes, "{text}");
        let mut decoder = Decoder::new(&bytes[1..]);
        decoder.skip().unwrap();
        decoder.finish().unwrap();
    }
}

#[test]
fn clones_are_equal_and_hash_alike() {
    use std::hash::{BuildHasher, RandomState};
    let state = RandomState::new();
    for (bytes, _) in golden() {
        let term: Term = decode(&bytes).unwrap();
        let clone = term.clone();
        assert_eq!(term, clone);
        assert!(term.cmp(&clone).is_eq());
        assert_eq!(state.hash_one(&term), state.hash_one(&clone));
    }
}

/// Walks what every reader makes of `bytes`; none may panic, and what is read must be writable.
fn exercise(bytes: &[u8]) {
    if let Ok(term) = decode::<Term>(bytes) {
        let written = encode(&term).unwrap();
        assert_eq!(decode::<Term>(&written).unwrap(), term);
        let _ = term.to_string();
    }
    if let Ok(encoded) = decode::<Encoded>(bytes) {
        let _ = encoded.to_term();
    }
    let body = bytes.get(1..).unwrap_or_default();
    let mut decoder = Decoder::new(body);
    let skipped = decoder.skip().is_ok();
    if Decoder::new(body).read_term().is_ok() {
        assert!(skipped, "a term that can be read can be skipped: {bytes:?}");
    }
    let _ = Encoded::from_wire(Bytes::copy_from_slice(body), [].into()).to_term();
    let _ = encode(&Encoded::from_wire(Bytes::copy_from_slice(body), [].into()));
    let _ = decode::<Vec<u64>>(bytes);
    let _ = decode::<(String, Vec<i8>)>(bytes);
    let _ = decode::<std::collections::HashMap<Atom, Term>>(bytes);
    let _ = decode::<Option<f64>>(bytes);
    let _ = decode::<Pid>(bytes);
    let _ = decode::<Result<(), Fun>>(bytes);
    let _ = Decoder::new(body).read_method();
    let _ = Decoder::new(body).read_charlist();
}

#[test]
fn every_truncation_is_an_error() {
    for (bytes, text) in golden() {
        for end in 0..bytes.len() {
            assert!(
                decode::<Term>(&bytes[..end]).is_err(),
                "{text} cut at {end}"
            );
            exercise(&bytes[..end]);
        }
    }
}

#[test]
fn every_bit_flip_is_a_value_or_an_error() {
    for (bytes, _) in golden() {
        for index in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[index] ^= 1 << bit;
                exercise(&flipped);
            }
        }
    }
}

#[test]
fn every_tag_before_arbitrary_bytes_is_a_value_or_an_error() {
    let tails: [&[u8]; 6] = [
        &[],
        &[0; 40],
        &[255; 40],
        &[1; 40],
        &[106; 40],
        &[119, 1, 97, 0, 0, 0, 0, 2, 97, 1, 97, 2],
    ];
    for tag in 0..=255 {
        for tail in tails {
            exercise(&[&[131, tag], tail].concat());
        }
    }
}
