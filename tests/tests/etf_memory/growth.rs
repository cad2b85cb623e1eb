//! How much memory a byte of input may become, and that all work is linear in the input.

use ergo::etf::{Decoder, Encoded, Term, decode, decode_with, encode};
use ergo::wire::Limits;
use ergo_tests::hostile::{TERM_BYTES_FREE, TERM_BYTES_PER_BYTE};

use super::{header, list_of, measured, nested};

/// Terms of about `count` parts: what costs most for its bytes, and everything that is copied, sorted or kept on a stack.
fn shapes(count: usize) -> Vec<(&'static str, Vec<u8>)> {
    let mut shapes = vec![
        ("list of []", list_of(&[106], count)),
        ("list of {}", list_of(&[104, 0], count)),
        ("list of integers", list_of(&[97, 1], count)),
        ("list of #{}", list_of(&[116, 0, 0, 0, 0], count)),
        ("list of empty atoms", list_of(&[119, 0], count)),
        ("list of empty binaries", list_of(&[109, 0, 0, 0, 0], count)),
        (
            "list of short binaries",
            list_of(&[&[109, 0, 0, 0, 24][..], &[7; 24]].concat(), count),
        ),
        ("list of [[]]", list_of(&[108, 0, 0, 0, 1, 106, 106], count)),
        ("list of {[]}", list_of(&[104, 1, 106], count)),
        ("list of strings", list_of(&[107, 0, 1, 1], count)),
        (
            "list of large integers",
            list_of(&[110, 9, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1], count),
        ),
        (
            "list of bit strings",
            list_of(&[77, 0, 0, 0, 1, 3, 1], count),
        ),
        (
            "list of functions",
            list_of(&[113, 119, 0, 119, 0, 97, 1], count),
        ),
        (
            "list of references",
            list_of(&[101, 119, 0, 0, 0, 0, 1, 1], count),
        ),
        (
            "list of ports",
            list_of(&[102, 119, 0, 0, 0, 0, 1, 1], count),
        ),
        (
            "list of pids",
            list_of(&[103, 119, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], count),
        ),
        (
            "list of records",
            list_of(&[67, 0, 0, 0, 0, 0, 119, 0, 119, 0], count),
        ),
        (
            "Latin-1 atoms",
            list_of(&[&[115, 24][..], &[0xe9; 24]].concat(), count),
        ),
    ];
    shapes.extend(deep_and_sorted(count));
    // A list that is full when its tail turns out to be another list.
    let mut continued = list_of(&[106], count);
    continued.pop();
    continued.extend_from_slice(&[108, 0, 0, 0, 1, 106, 106]);
    shapes.push(("a list and one more", continued));
    shapes
}

fn deep_and_sorted(count: usize) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("deep tuples", nested(&[104, 1], &[106], &[], count)),
        (
            "deep lists",
            nested(&[108, 0, 0, 0, 1], &[106], &[106], count),
        ),
        (
            "deep improper lists",
            nested(&[108, 0, 0, 0, 1], &[97, 1], &[97, 2], count),
        ),
        (
            "deep tails",
            nested(&[108, 0, 0, 0, 1, 97, 1, 104, 1], &[106], &[], count),
        ),
        (
            "deep values",
            nested(&[116, 0, 0, 0, 1, 106], &[106], &[], count),
        ),
        (
            "deep keys",
            nested(&[116, 0, 0, 0, 1], &[106], &[106], count),
        ),
        (
            "a chain of tails",
            nested(&[108, 0, 0, 0, 1, 106], &[106], &[], count),
        ),
        ("a map in order", map((0..count).collect())),
        ("a map in reverse", map((0..count).rev().collect())),
    ]
}

fn map(keys: Vec<usize>) -> Vec<u8> {
    let mut bytes = header(116, keys.len());
    for key in keys {
        bytes.extend_from_slice(&header(98, key)[1..]);
        bytes.push(106);
    }
    bytes
}

/// While a term is read it takes 64 KiB and a fixed number of bytes for each byte at most, and afterwards no more than
/// the limit `term_bytes_max` counts: an element's size for each byte.
#[test]
fn a_byte_becomes_a_bounded_number_of_bytes() {
    // The stack of a deep term has just doubled, after the levels that are read without it.
    let count = (1 << 16) + 24;
    for (name, bytes) in shapes(count) {
        let input = bytes.len() as u64;
        let (term, used) = measured(|| decode::<Term>(&bytes));
        assert!(term.is_ok(), "{name}");
        let max = TERM_BYTES_FREE + TERM_BYTES_PER_BYTE * input;
        assert!(used.bytes_max <= max, "{name}: {used:?} for {input}");
        let kept = i64::try_from(24 * input).expect("short");
        assert!(used.bytes_current <= kept, "{name}: {used:?} for {input}");
        let (_, used) = measured(|| decode::<Encoded>(&bytes));
        assert!(
            used.bytes_max <= TERM_BYTES_FREE + input,
            "{name}: {used:?}"
        );
        let (_, used) = measured(|| Decoder::new(&bytes[1..]).skip());
        // One atom in an old form at a time.
        assert!(used.bytes_max <= 1024, "{name}: skipping took {used:?}");
    }
}

/// A term is within its limit or refused; whichever, no more than a small multiple of the limit is taken meanwhile.
#[test]
fn the_limit_of_a_term_holds() {
    for limit in [1 << 14, 1 << 18, 1 << 22] {
        let mut limits = Limits::default();
        limits.term_bytes_max = limit;
        let mut refused = 0;
        for (name, bytes) in shapes(20_000) {
            let (term, used) = measured(|| decode_with::<Term>(&bytes, &limits));
            let (limit, input) = (limit as u64, bytes.len() as u64);
            // A vector that grows is there twice for a moment.
            assert!(
                used.bytes_max <= 3 * limit + input + TERM_BYTES_FREE,
                "{name}: {used:?} for {limit}"
            );
            match term {
                Ok(_) => assert!(
                    used.bytes_current as u64 <= limit + input,
                    "{name}: {used:?} for {limit}"
                ),
                Err(error) => {
                    refused += 1;
                    assert!(
                        error.to_string().contains("term_bytes_max is"),
                        "{name}: {error}"
                    );
                }
            }
        }
        assert_eq!(refused > 0, limit < 1 << 22, "{limit}");
    }
}

/// Twice the input makes at most twice the allocations and bytes, whatever is done with the term.
#[test]
fn work_is_linear_in_the_input() {
    type Work = fn(&Term);
    let works: [(&str, Work); 5] = [
        ("clone", |term| drop(term.clone())),
        ("encode", |term| drop(encode(term))),
        ("print", |term| drop(term.to_string())),
        ("compare", |term| {
            assert!(term.cmp(term).is_eq() && *term == *term)
        }),
        ("hash", |term| {
            std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), term);
        }),
    ];
    for ((name, small), (_, large)) in shapes(10_000).into_iter().zip(shapes(20_000)) {
        let (one, few) = measured(|| decode::<Term>(&small).expect("a term"));
        let (two, many) = measured(|| decode::<Term>(&large).expect("a term"));
        let within = |few: u64, many: u64| many <= 2 * few + few / 4 + 4096;
        assert!(
            within(few.count_total, many.count_total),
            "{name}: {few:?}, {many:?}"
        );
        assert!(
            within(few.bytes_total, many.bytes_total),
            "{name}: {few:?}, {many:?}"
        );
        for (work, run) in works {
            let ((), few) = measured(|| run(&one));
            let ((), many) = measured(|| run(&two));
            let place = format!("{work} {name}: {few:?}, {many:?}");
            assert!(within(few.count_total, many.count_total), "{place}");
            // A buffer that doubles may have doubled once more.
            assert!(many.bytes_total <= 4 * few.bytes_total + 4096, "{place}");
        }
    }
}
