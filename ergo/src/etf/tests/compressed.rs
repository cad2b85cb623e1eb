//! Compressed terms.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

use super::super::*;
use crate::wire::Limits;

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A compressed term that claims to be `size` bytes long.
fn compressed(body: &[u8], size: usize) -> Vec<u8> {
    let size = u32::try_from(size).unwrap().to_be_bytes();
    [&[131, 80], &size[..], &deflate(body)].concat()
}

#[test]
fn a_compressed_term_is_read() {
    let term = Term::list((0..1000).map(|_| "the same text again".into()));
    let body = encode(&term).unwrap()[1..].to_vec();
    assert_eq!(
        decode::<Term>(&compressed(&body, body.len())).unwrap(),
        term
    );
    let texts: Vec<String> = decode_shared(&compressed(&body, body.len()).into()).unwrap();
    assert_eq!(texts.len(), 1000);
}

fn check(bytes: &[u8], expect: &str) {
    let error = decode::<Term>(bytes).unwrap_err().to_string();
    assert!(error.contains(expect), "{error}");
}

#[test]
fn the_size_must_be_exact() {
    let body = [109, 0, 0, 0, 3, 1, 2, 3];
    assert!(decode::<Term>(&compressed(&body, 8)).is_ok());
    check(
        &compressed(&body, 7),
        "a compressed term is longer than its size says",
    );
    check(
        &compressed(&body, 9),
        "a compressed term is shorter than its size says",
    );
    check(
        &compressed(&body, 0),
        "a compressed term is longer than its size says",
    );
    check(
        &[&compressed(&body, 8)[..], &[0]].concat(),
        "1 bytes follow the term",
    );
    check(
        &[131, 80, 0, 0, 0, 1, 1, 2, 3],
        "a compressed term is no zlib stream",
    );
    check(&[131, 80, 0, 0, 0], "4 bytes needed, 3 left");
    let whole = compressed(&body, 8);
    for end in 0..whole.len() {
        assert!(decode::<Term>(&whole[..end]).is_err());
    }
    check(&compressed(&[97, 1, 0], 3), "1 bytes follow the term");
    check(&compressed(&compressed(&body, 8)[1..], 22), "compressed");
}

#[test]
fn a_bomb_is_refused_before_it_is_inflated() {
    let zeros = vec![0; 32 * 1024 * 1024];
    let body = [&[109, 2, 0, 0, 0][..], &zeros].concat();
    // It says what it is: beyond the ratio.
    check(
        &compressed(&body, body.len()),
        "inflate_ratio_max is 1000, found 10",
    );
    // It says it is small: stopped at that size.
    check(
        &compressed(&body, 16),
        "a compressed term is longer than its size says",
    );
    // It says it is huge.
    check(
        &compressed(&body, 64 * 1024 * 1024 + 1),
        "inflate_bytes_max is 67108864, found 67108865",
    );
}

#[test]
fn the_limit_accepts_its_value_and_refuses_the_next() {
    let body = encode(&Term::binary(vec![1; 95])).unwrap()[1..].to_vec();
    let bytes = compressed(&body, 100);
    let mut limits = Limits {
        inflate_bytes_max: 100,
        ..Limits::DEFAULT
    };
    assert!(decode_with::<Term>(&bytes, &limits).is_ok());
    limits.inflate_bytes_max = 99;
    let error = decode_with::<Term>(&bytes, &limits)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("inflate_bytes_max is 99, found 100"),
        "{error}"
    );
}

#[test]
fn nothing_is_borrowed_from_a_compressed_term() {
    let body = encode(&"again ".repeat(100)).unwrap();
    let bytes = compressed(&body[1..], body.len() - 1);
    assert_eq!(decode::<String>(&bytes).unwrap().len(), 600);
    let expect = "a compressed term, from which nothing can be borrowed at byte 1, tag 80";
    let error = decode_borrowed::<&str>(&bytes).unwrap_err();
    assert!(error.to_string().ends_with(expect), "{error}");
    let error = from_bytes::<String>(&bytes).unwrap_err();
    assert!(error.to_string().ends_with(expect), "{error}");
}
