//! What a peer can make derived types do: never more than is linear in what it sends.

use std::cell::Cell;

use ergo::etf::{BigInt, DecodeError, DecodeErrorKind, Decoder, Term, decode, encode};
use ergo::{Decode, Encode, term};

use super::{check, read, refuses};

thread_local! {
    /// How many numbers have been read on this thread.
    static NUMBERS: Cell<usize> = const { Cell::new(0) };
}

#[derive(Debug, PartialEq, Encode)]
struct Counted(u8);

impl<'de> Decode<'de> for Counted {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        NUMBERS.set(NUMBERS.get() + 1);
        u8::decode(decoder).map(Counted)
    }
}

/// Every variant but the last reads the whole nest before it fails.
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(untagged)]
enum Nest {
    Left(Counted, Box<Nest>, [u16; 1]),
    Right(Counted, Box<Nest>, [u16; 2]),
    Both(Counted, Box<Nest>, [u16; 3]),
    Leaf(u8),
}

fn nest(depth: usize, last: Term) -> Vec<u8> {
    let mut term = term!(0);
    for _ in 0..depth {
        term = term!({1, (term), (last.clone())});
    }
    encode(&term).unwrap()
}

#[test]
fn alternatives_within_alternatives_take_linear_time() {
    // Without a bound this would be 3 to the power of 100.
    for (depth, last) in [
        (100, term!([1, 2, 3, 4])),
        (100, term!([1, 2, 3])),
        (400, term!(a)),
    ] {
        let bytes = nest(depth, last);
        NUMBERS.set(0);
        let error = decode::<Nest>(&bytes).unwrap_err();
        let DecodeErrorKind::LimitExceeded { limit, .. } = error.kind() else {
            panic!("{error}");
        };
        assert_eq!(*limit, "bytes read more than once");
        let most = 64 * bytes.len() + 64 * 1024 + 3 * depth;
        assert!(NUMBERS.get() <= most, "{} of {most}", NUMBERS.get());
    }
}

#[test]
fn alternatives_that_are_told_apart_at_once_may_be_deep_and_many() {
    let deep = nest(100, term!([1]));
    NUMBERS.set(0);
    assert!(decode::<Nest>(&deep).is_ok());
    assert_eq!(NUMBERS.get(), 100);
    let many: Vec<Term> = (0..100_000).map(|_| term!({1, 0, [1, 2, 3]})).collect();
    let many = encode(&many).unwrap();
    assert_eq!(decode::<Vec<Nest>>(&many).unwrap().len(), 100_000);
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(tag = "type")]
enum Chain {
    End,
    Link { next: Box<Chain> },
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Flat {
    #[etf(flatten)]
    part: Part,
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Part {
    a: Vec<Flat>,
}

#[test]
fn looking_ahead_in_nests_is_bounded_too() {
    let (mut chain, mut flat) = (term!(#{r#type => end}), term!(#{a => []}));
    for _ in 0..100 {
        chain = term!(#{next => (chain), r#type => link});
        flat = term!(#{a => [(flat)]});
    }
    check(read::<Chain>(&chain).unwrap(), chain);
    check(read::<Flat>(&flat).unwrap(), flat);
    // The tag comes last on every level, behind a long text.
    let mut chain = term!(#{r#type => end});
    for _ in 0..150 {
        chain = term!(#{next => (chain), a => (&"long".repeat(1000)[..]), r#type => link});
    }
    refuses::<Chain>(chain, "bytes read more than once");
}

/// An enum that looks for its tag in all of a map, or reads all of a text or integer, before it knows that it does not
/// fit; and two variants that begin with the enum, so that a peer could double the visits with each level.
#[derive(Debug, PartialEq, Decode)]
#[etf(untagged)]
enum Shape {
    Tagged(Round),
    Text(String),
    Number(i64),
    Left(Box<Shape>, i64),
    Right(Box<Shape>, i32),
}

#[derive(Debug, PartialEq, Decode)]
#[etf(tag = "kind")]
enum Round {
    Round,
}

#[test]
fn what_is_looked_at_in_vain_is_counted() {
    let nested = |inner: Term| (0..10).fold(inner, |part, _| term!({(part), 1}));
    assert!(read::<Shape>(&nested(term!(#{kind => round}))).is_ok());
    let without_tag = Term::map([(
        term!(of),
        Term::list((0..500).map(|i| Term::from(1000 + i))),
    )]);
    let no_text = Term::binary(vec![0xff; 2500]);
    let large = Term::from(BigInt::from(1) << 20_000);
    for leaf in [without_tag, no_text, large] {
        refuses::<Shape>(nested(leaf), "bytes read more than once is");
    }
}

/// As every field that is there twice: whose value counts, the two ends might not agree on.
#[test]
fn a_tag_that_is_there_twice_is_refused() {
    refuses::<Chain>(
        term!(#{r#type => end, "type" => link}),
        "duplicate key type",
    );
}
