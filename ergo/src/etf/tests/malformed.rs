//! Bytes that are wrong in a way of their own, each with the error that names it.

use super::super::*;
use super::term;
use crate::wire::Limits;

fn check(bytes: &[u8], expect: &str) {
    let error = term(bytes).unwrap_err().to_string();
    assert!(error.contains(expect), "{bytes:?}: {error}");
}

/// `count` copies of `part`, then `end`.
fn repeated(part: &[u8], count: usize, end: &[u8]) -> Vec<u8> {
    [&part.repeat(count), end].concat()
}

#[test]
fn lengths_beyond_the_input() {
    check(
        &[108, 255, 255, 255, 255],
        "4294967295 bytes needed, 0 left at byte",
    );
    check(&[105, 255, 255, 255, 255, 97], "bytes needed, 1 left");
    check(&[104, 3, 97, 1], "3 bytes needed, 2 left");
    check(&[116, 255, 255, 255, 255, 97, 1], "bytes needed, 2 left");
    check(
        &[109, 255, 255, 255, 255, 1],
        "4294967295 bytes needed, 1 left",
    );
    check(&[107, 0, 2, 1], "2 bytes needed, 1 left");
    check(
        &[111, 255, 255, 255, 255, 0],
        "integer_bytes_max is 524288, found 4294967295",
    );
    check(
        &[67, 255, 255, 255, 255, 0, 119, 1, 97, 119, 1, 97],
        "bytes needed, 0 left",
    );
    // 20 lists in each other, each of 9.4 million elements.
    check(
        &repeated(&[108, 0, 0x8f, 0x6e, 0x18], 20, &[106]),
        "bytes needed",
    );
}

#[test]
fn nested_headers_cannot_reserve_more_than_the_input() {
    // Each header is right about the rest of the input, but not all of them together.
    let mut bytes = Vec::new();
    for depth in 0..1000_u32 {
        bytes.push(108);
        bytes.extend_from_slice(&(1_000_000 - depth * 5).to_be_bytes());
    }
    bytes.resize(1_000_000, 106);
    check(&bytes, "bytes needed");
    assert!(decode::<Vec<Vec<Vec<Term>>>>(&[&[131], &bytes[..]].concat()).is_err());
}

#[test]
fn values_that_the_format_forbids() {
    check(&[], "1 bytes needed, 0 left");
    check(&[110, 1, 7, 5], "the sign of an integer is neither 0 nor 1");
    check(
        &[70, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0],
        "a float is not a finite number at byte 1, tag 70",
    );
    check(
        &[70, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0],
        "a float is not a finite number",
    );
    check(
        &[&[99][..], b"nan", &[0; 28]].concat(),
        "a float is not a finite number",
    );
    check(
        &[&[99][..], b"inf", &[0; 28]].concat(),
        "a float is not a finite number",
    );
    check(
        &[&[99][..], b"1e999", &[0; 26]].concat(),
        "a float is not a finite number",
    );
    check(&[77, 0, 0, 0, 1, 0, 255], "the bits of a bit string");
    check(&[77, 0, 0, 0, 1, 9, 255], "the bits of a bit string");
    check(&[77, 0, 0, 0, 0, 3], "the bits of a bit string");
    check(
        &[119, 1, 0xff],
        "the text of an atom is not UTF-8 at byte 1, tag 119",
    );
    check(&[118, 0, 1, 0xff], "the text of an atom is not UTF-8");
    check(
        &[116, 0, 0, 0, 2, 97, 1, 97, 1, 97, 1, 97, 2],
        "duplicate key 1",
    );
    check(
        &[90, 0, 0, 119, 1, 97, 0, 0, 0, 1],
        "the number of words of a reference",
    );
}

#[test]
fn identifiers_and_tags_that_the_format_forbids() {
    check(
        &[&[90, 0, 6, 119, 1, 97][..], &[0; 28]].concat(),
        "the number of words of a reference",
    );
    check(
        &[114, 0, 0, 119, 1, 97, 1],
        "the number of words of a reference",
    );
    check(
        &[88, 97, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3],
        "expected an atom, found 1",
    );
    check(
        &[113, 119, 1, 97, 119, 1, 98, 98, 255, 255, 255, 255],
        "expected an arity, found -1",
    );
    check(
        &[82, 0],
        "a reference into the atom cache has no entry at byte 1, tag 82",
    );
    check(
        &[104, 1, 80, 0, 0, 0, 1, 1],
        "a compressed term inside another",
    );
    check(
        &[121, 1, 2, 3, 4, 5, 6, 7, 8, 106],
        "only the node it was made on can read",
    );
    for tag in [68, 69, 117, 131, 0, 255] {
        check(
            &[tag, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            &format!("unknown tag at byte 1, tag {tag}"),
        );
    }
    check(&[97, 1, 0], "1 bytes follow the term");
    let error = decode::<Term>(&[97, 1]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "malformed term: a term does not start with the version 131 at byte 0, tag 97"
    );
    assert!(decode::<Term>(&[]).is_err());
}

#[test]
fn odd_but_valid_forms_are_read_as_otp_reads_them() {
    for (bytes, text) in [
        (&[110, 0, 0][..], "0"),
        (&[110, 0, 1], "0"),
        (&[110, 2, 0, 5, 0], "5"),
        (&[111, 0, 0, 0, 1, 1, 5], "-5"),
        (&[98, 0, 0, 0, 1], "1"),
        (&[77, 0, 0, 0, 1, 8, 255], "<<255>>"),
        (&[77, 0, 0, 0, 0, 0], "<<>>"),
        (&[77, 0, 0, 0, 1, 3, 255], "<<7:3>>"),
        (&[108, 0, 0, 0, 0, 97, 1], "1"),
        (&[108, 0, 0, 0, 0, 106], "[]"),
        (&[108, 0, 0, 0, 1, 97, 1, 107, 0, 1, 5], "[1,5]"),
        (
            &[108, 0, 0, 0, 1, 97, 1, 108, 0, 0, 0, 1, 97, 2, 97, 3],
            "[1,2|3]",
        ),
        (&[107, 0, 0], "[]"),
        (&[105, 0, 0, 0, 1, 97, 1], "{1}"),
        (&[118, 0, 1, 97], "a"),
        (
            &[113, 119, 1, 97, 119, 1, 98, 98, 0, 0, 1, 0],
            "fun a:b/256",
        ),
        (b"\x631.50000000000000000000e+00\0\0\0\0\0", "1.5"),
    ] {
        assert_eq!(term(bytes).unwrap().to_string(), text);
    }
}

#[test]
fn a_map_with_a_key_twice_is_refused_wherever_it_is() {
    let twice = [
        104, 1, 116, 0, 0, 0, 2, 119, 1, 97, 97, 1, 119, 1, 97, 97, 2,
    ];
    check(&twice, "duplicate key a");
    let bytes = [&[131], &twice[2..]].concat();
    let error = decode::<std::collections::HashMap<Atom, u8>>(&bytes).unwrap_err();
    assert_eq!(
        error.to_string(),
        "duplicate key atom a at byte 11, tag 119"
    );
}

#[test]
fn a_term_within_its_memory_limit_is_read_and_beyond_it_refused() {
    let bytes = encode(&Term::list((0..10).map(|_| Term::NIL))).unwrap();
    let mut limits = Limits {
        term_bytes_max: 10 * 24 + 80,
        ..Limits::DEFAULT
    };
    assert!(decode_with::<Term>(&bytes, &limits).is_ok());
    limits.term_bytes_max -= 1;
    let error = decode_with::<Term>(&bytes, &limits).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("term_bytes_max is 319, found 320"),
        "{error}"
    );
}

#[test]
fn an_integer_within_its_limit_is_read_and_beyond_it_refused() {
    let limits = Limits {
        integer_bytes_max: 8,
        ..Limits::DEFAULT
    };
    let integer = |len: u8| [&[131, 110, len, 0], &vec![1; len.into()][..]].concat();
    assert!(decode_with::<Term>(&integer(8), &limits).is_ok());
    let error = decode_with::<Term>(&integer(9), &limits).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("integer_bytes_max is 8, found 9"),
        "{error}"
    );
}
