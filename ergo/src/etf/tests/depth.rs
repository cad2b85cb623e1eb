//! A million levels on a small stack; fewer without optimisation, where even one byte of stack for each would overflow.

use std::thread;

use super::super::*;
use crate::wire::Limits;

const DEPTH: usize = if cfg!(debug_assertions) {
    300_000
} else {
    1_000_000
};

/// Runs `test` where a recursion of a few thousand levels would overflow.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    thread::Builder::new()
        .stack_size(256 * 1024)
        .spawn(test)
        .unwrap()
        .join()
        .unwrap();
}

/// Everything that walks a term.
fn exercise(bytes: &[u8]) {
    let term: Term = decode(bytes).unwrap();
    assert_eq!(encode(&term).unwrap(), bytes);
    let clone = term.clone();
    assert!(term == clone);
    assert!(term.cmp(&clone).is_eq());
    let hash = |term: &Term| {
        std::hash::BuildHasher::hash_one(
            &std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default(),
            term,
        )
    };
    assert_eq!(hash(&term), hash(&clone));
    assert!(term.to_string().len() > DEPTH);
    drop(clone);
    drop(term);
    let encoded: Encoded = decode(bytes).unwrap();
    assert_eq!(encode(&encoded).unwrap(), bytes);
    Decoder::new(&bytes[1..]).skip().unwrap();
}

fn nested(open: &[u8], inner: &[u8], close: &[u8]) -> Vec<u8> {
    [&[131], &open.repeat(DEPTH)[..], inner, &close.repeat(DEPTH)].concat()
}

#[test]
fn tuples() {
    on_a_small_stack(|| exercise(&nested(&[104, 1], &[106], &[])));
    on_a_small_stack(|| exercise(&nested(&[104, 2, 119, 1, 97], &[106], &[])));
}

#[test]
fn lists() {
    on_a_small_stack(|| exercise(&nested(&[108, 0, 0, 0, 1], &[106], &[106])));
}

#[test]
fn improper_lists() {
    on_a_small_stack(|| exercise(&nested(&[108, 0, 0, 0, 1], &[97, 1], &[97, 2])));
}

#[test]
fn tails_that_are_tuples_with_improper_lists() {
    on_a_small_stack(|| exercise(&nested(&[108, 0, 0, 0, 1, 97, 1, 104, 1], &[106], &[])));
}

#[test]
fn values_of_maps() {
    on_a_small_stack(|| exercise(&nested(&[116, 0, 0, 0, 1, 97, 1], &[106], &[])));
}

#[test]
fn keys_of_maps() {
    on_a_small_stack(|| exercise(&nested(&[116, 0, 0, 0, 1], &[106], &[97, 1])));
    on_a_small_stack(|| exercise(&nested(&[116, 0, 0, 0, 2, 97, 1, 97, 2], &[106], &[97, 1])));
}

#[test]
fn values_of_records() {
    on_a_small_stack(|| {
        exercise(&nested(
            &[67, 0, 0, 0, 1, 0, 119, 1, 97, 119, 1, 98, 119, 1, 99],
            &[106],
            &[],
        ))
    });
}

#[test]
fn a_chain_of_tails_is_one_list() {
    on_a_small_stack(|| {
        let bytes = nested(&[108, 0, 0, 0, 1, 97, 1], &[106], &[]);
        let term: Term = decode(&bytes).unwrap();
        assert_eq!(term.as_list().unwrap().len(), DEPTH);
    });
}

#[test]
fn funs_that_captured_funs() {
    // The size of each counts all inside it, so it is built from the inside out.
    let mut sizes = Vec::new();
    let head = [
        &[1; 1 + 16 + 4][..],
        &[0, 0, 0, 1, 119, 1, 109, 97, 1, 97, 2, 88, 119, 1, 97],
        &[0; 12],
    ]
    .concat();
    let mut len = 1;
    for _ in 0..DEPTH / 10 {
        sizes.push(u32::try_from(4 + head.len() + len).unwrap());
        len += 5 + head.len();
    }
    let mut bytes = vec![131];
    for size in sizes.iter().rev() {
        bytes.push(112);
        bytes.extend_from_slice(&size.to_be_bytes());
        bytes.extend_from_slice(&head);
    }
    bytes.push(106);
    on_a_small_stack(move || {
        let fun: Fun = decode(&bytes).unwrap();
        assert_eq!(encode(&fun).unwrap(), bytes);
        bytes.pop();
        bytes.extend_from_slice(&[104, 0]);
        assert!(decode::<Fun>(&bytes).is_err(), "the sizes no longer fit");
    });
}

/// A type that nests as deep as the bytes say.
#[derive(Debug)]
struct Tree(#[expect(dead_code, reason = "it is only built")] Vec<Tree>);

impl<'de> Decode<'de> for Tree {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        Vec::decode(decoder).map(Tree)
    }
}

/// A type whose pointer takes nothing from the input.
#[derive(Debug)]
struct Loop(#[expect(dead_code, reason = "it is only built")] Option<Box<Loop>>);

impl<'de> Decode<'de> for Loop {
    fn decode(decoder: &mut Decoder<'de>) -> Result<Self, DecodeError> {
        Option::decode(decoder).map(Loop)
    }
}

#[test]
fn typed_values_nest_as_deep_as_the_limit() {
    let lists = |depth: usize| {
        [
            &[131],
            &[108, 0, 0, 0, 1].repeat(depth)[..],
            &[106],
            &[106].repeat(depth),
        ]
        .concat()
    };
    let limits = Limits::default();
    assert!(decode_with::<Tree>(&lists(limits.term_depth_max - 1), &limits).is_ok());
    let error = decode_with::<Tree>(&lists(limits.term_depth_max), &limits).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("term_depth_max is 512, found 513"),
        "{error}"
    );
    let error = decode::<Loop>(&[131, 97, 1]).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("term_depth_max is 512, found 513"),
        "{error}"
    );
}

#[test]
fn a_deep_term_that_ends_early_is_dropped_safely() {
    on_a_small_stack(|| {
        let bytes = nested(&[104, 1], &[], &[]);
        assert!(decode::<Term>(&bytes).is_err());
        let bytes = nested(&[116, 0, 0, 0, 1], &[106], &[]);
        assert!(decode::<Term>(&bytes).is_err());
    });
}
