//! The matrix of malformed inputs with which other codecs were tried; each row is an error or a value here.

use ergo::etf::{Encoded, Term, decode};
use ergo_tests::hostile::{TERM_BYTES_PER_BYTE, check_term, check_typed};

use super::{FREE, header, list_of, measured, nested};

/// What the bytes are: an error with these words, or a term with this text.
enum Expect {
    Error(&'static str),
    Value(&'static str),
    /// A value whose text begins so.
    Long(&'static str),
}
use Expect::{Error, Long, Value};

/// No error costs more than its input and 64 KiB; a value costs what it is.
#[track_caller]
fn check(row: &str, bytes: &[u8], expect: &Expect) {
    let (term, used) = measured(|| decode::<Term>(bytes));
    let input = bytes.len() as u64;
    match (&term, expect) {
        (Err(error), Error(words)) => {
            assert_eq!(error.to_string(), *words, "{row}");
            assert!(used.bytes_max <= input + FREE, "{row}: {used:?}");
        }
        (Ok(term), Value(text)) => assert_eq!(term.to_string(), *text, "{row}"),
        (Ok(term), Long(text)) => assert!(term.to_string().starts_with(text), "{row}"),
        (Ok(_), _) => panic!("{row}: a value"),
        (Err(error), _) => panic!("{row}: {error}"),
    }
    assert!(used.bytes_max <= FREE + TERM_BYTES_PER_BYTE * input);
    let (kept, used) = measured(|| decode::<Encoded>(bytes));
    assert_eq!(kept.is_ok(), term.is_ok(), "{row}");
    assert!(used.bytes_max <= input + FREE, "{row}: {used:?}");
    // Deep rows have tests of their own.
    if bytes.len() < 4096 {
        check_term(bytes);
        check_typed(bytes);
    }
}

const LENGTH_MAX: usize = 0xffff_ffff;

#[test]
fn truncated() {
    check(
        "nothing",
        &[],
        &Error("input too short: 1 bytes needed, 0 left at byte 0"),
    );
    check(
        "[131]",
        &[131],
        &Error("input too short: 1 bytes needed, 0 left at byte 1"),
    );
    check(
        "a tuple of 3 with 2",
        &[131, 104, 3, 97, 1],
        &Error("input too short: 3 bytes needed, 2 left at byte 3, tag 97"),
    );
    check(
        "half an integer",
        &[131, 98, 0, 0],
        &Error("input too short: 4 bytes needed, 2 left at byte 2, tag 0"),
    );
}

#[test]
fn announced_lengths() {
    check(
        "list of 2^32-1",
        &[header(108, LENGTH_MAX), vec![97, 1]].concat(),
        &Error("input too short: 4294967295 bytes needed, 2 left at byte 6, tag 97"),
    );
    check(
        "tuple of 2^32-1",
        &[header(105, LENGTH_MAX), vec![97, 1]].concat(),
        &Error("input too short: 4294967295 bytes needed, 2 left at byte 6, tag 97"),
    );
    check(
        "20 nested lists of 9.4 million",
        &nested(&[108, 0, 0x8f, 0x6e, 0x18], &[], &[], 20),
        &Error("input too short: 9399832 bytes needed, 95 left at byte 6, tag 108"),
    );
    check(
        "a fun with 2^32-1 captured values",
        &fun_with(LENGTH_MAX),
        &Error("input too short: 4294967295 bytes needed, 0 left at byte 54"),
    );
    check(
        "an integer of 2^32-1 bytes",
        &[header(111, LENGTH_MAX), vec![0, 1]].concat(),
        &Error("integer_bytes_max is 524288, found 4294967295 at byte 1, tag 111"),
    );
}

/// A closure that says it captured so many values, and has none.
fn fun_with(captured: usize) -> Vec<u8> {
    let mut body = vec![0; 1 + 16 + 4];
    body.extend_from_slice(&u32::try_from(captured).expect("four bytes").to_be_bytes());
    body.extend_from_slice(&[119, 1, 109, 97, 1, 97, 2, 88, 119, 1, 97]);
    body.extend_from_slice(&[0; 12]);
    [header(112, body.len() + 4), body].concat()
}

#[test]
fn nests() {
    for depth in [1_000, 10_000, 100_000] {
        let lists = nested(&[108, 0, 0, 0, 1], &[106], &[106], depth);
        check("nested lists", &lists, &Long("[[[["));
    }
    let tuples = nested(&[104, 1], &[106], &[], 100_000);
    check("nested tuples", &tuples, &Long("{{{{"));
}

#[test]
fn many_small_elements() {
    let integers = list_of(&[97, 7], 100_000);
    check("100,000 integers", &integers, &Long("[7,7,7,"));
}

#[test]
fn atoms_and_integers() {
    check(
        "an atom that is not UTF-8",
        &[131, 119, 1, 0xff],
        &Error("malformed term: the text of an atom is not UTF-8 at byte 1, tag 119"),
    );
    check("a Latin-1 atom", &[131, 100, 0, 1, 0xe9], &Value("é"));
    check("a short Latin-1 atom", &[131, 115, 1, 0xe9], &Value("é"));
    check("an integer of no bytes", &[131, 110, 0, 0], &Value("0"));
    check("a negative one", &[131, 110, 0, 1], &Value("0"));
    check(
        "an integer with the sign 7",
        &[131, 110, 1, 7, 5],
        &Error("malformed term: the sign of an integer is neither 0 nor 1 at byte 1, tag 110"),
    );
}

#[test]
fn what_has_no_place_in_a_term() {
    check(
        "a distribution header",
        &[131, 68, 1, 8, 0, 1, 97, 97, 1],
        &Error("unknown tag at byte 1, tag 68"),
    );
    check(
        "a reference into an atom cache",
        &[131, 82, 0],
        &Error("malformed term: a reference into the atom cache has no entry at byte 1, tag 82"),
    );
    let words = "malformed term: a float is not a finite number at byte 1, tag 70";
    for bits in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let bytes = [&[131, 70], &bits.to_be_bytes()[..]].concat();
        check("a float that is not finite", &bytes, &Error(words));
    }
}
