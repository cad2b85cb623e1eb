//! A million levels on a stack of 256 KiB, fewer without optimisation: a byte of stack for each would be too much.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::thread;

use bytes::Bytes;
use ergo::etf::{Decoder, Encoded, Fun, Term, decode, decode_shared, encode};
use ergo_tests::hostile::{Shape, Tree, User, Value};

use super::nested;

const DEPTH: usize = if cfg!(debug_assertions) {
    300_000
} else {
    1_000_000
};

fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    on_a_stack_of(256 * 1024, test);
}

fn on_a_stack_of(bytes: usize, test: impl FnOnce() + Send + 'static) {
    thread::Builder::new()
        .stack_size(bytes)
        .spawn(test)
        .expect("a thread")
        .join()
        .expect("no overflow, no panic");
}

/// Everything that walks a term.
fn exercise(bytes: Vec<u8>) {
    on_a_small_stack(move || {
        let term: Term = decode(&bytes).expect("a deep term");
        let clone = term.clone();
        assert!(term == clone && term.cmp(&clone).is_eq() && term.cmp_standard(&clone).is_eq());
        let hash = |term: &Term| BuildHasherDefault::<DefaultHasher>::default().hash_one(term);
        assert_eq!(hash(&term), hash(&clone));
        assert!(term.to_string().len() >= DEPTH);
        assert!(encode(&term).as_ref() == Ok(&bytes));
        drop(clone);
        drop(term);
        let encoded: Encoded = decode(&bytes).expect("a deep term");
        assert!(encode(&encoded).as_ref() == Ok(&bytes));
        let wire = Encoded::from_wire(Bytes::copy_from_slice(&bytes[1..]), [].into());
        assert!(encode(&wire).as_ref() == Ok(&bytes));
        Decoder::new(&bytes[1..]).skip().expect("a deep term");
        refused_as_types(&bytes);
        // Cut off: what was read is dropped.
        let cut = Bytes::from(bytes).slice(..3 * DEPTH / 2);
        assert!(decode_shared::<Term>(&cut).is_err());
    });
}

/// Types nest as deep as `term_depth_max`, by recursion; what is deeper is an error.
fn refused_as_types(bytes: &[u8]) {
    assert!(decode::<Tree>(bytes).is_err());
    assert!(decode::<User>(bytes).is_err());
    assert!(decode::<Shape>(bytes).is_err());
}

#[test]
fn tuples() {
    exercise(nested(&[104, 1], &[106], &[], DEPTH));
}

#[test]
fn lists() {
    exercise(nested(&[108, 0, 0, 0, 1], &[106], &[106], DEPTH));
}

#[test]
fn improper_lists() {
    exercise(nested(
        &[108, 0, 0, 0, 1, 97, 1, 104, 1],
        &[106],
        &[],
        DEPTH,
    ));
}

#[test]
fn values_of_maps() {
    exercise(nested(&[116, 0, 0, 0, 1, 97, 1], &[106], &[], DEPTH));
}

#[test]
fn keys_of_maps() {
    exercise(nested(&[116, 0, 0, 0, 1], &[106], &[97, 1], DEPTH));
}

#[test]
fn records() {
    let level = [67, 0, 0, 0, 1, 0, 119, 1, 97, 119, 1, 98, 119, 1, 99];
    exercise(nested(&level, &[106], &[], DEPTH));
}

#[test]
fn types_that_hold_themselves() {
    // They recurse up to `term_depth_max`, for which the stack of a thread of the executor has to do.
    on_a_stack_of(2 * 1024 * 1024, || {
        let lists = nested(&[108, 0, 0, 0, 1], &[106], &[106], 200);
        assert!(decode::<Value>(&lists).is_ok());
        let lists = nested(&[108, 0, 0, 0, 1], &[106], &[106], DEPTH);
        assert!(decode::<Value>(&lists).is_err());
        let group = [&[104, 2, 119, 5][..], b"group", &[108, 0, 0, 0, 1]].concat();
        assert!(decode::<Shape>(&nested(&group, &[106], &[106], DEPTH)).is_err());
        let tree = [104, 1, 108, 0, 0, 0, 1];
        assert!(decode::<Tree>(&nested(&tree, &[106], &[106], DEPTH)).is_err());
    });
}

/// The size of each counts all inside it, so they are built from the inside out.
#[test]
fn values_that_funs_captured() {
    let mut head = vec![1; 1 + 16 + 4];
    head.extend_from_slice(&[0, 0, 0, 1, 119, 1, 109, 97, 1, 97, 2, 88, 119, 1, 97]);
    head.extend_from_slice(&[0; 12]);
    let mut bytes = vec![131];
    for level in (1..=DEPTH).rev() {
        let size = level * (5 + head.len());
        bytes.push(112);
        bytes.extend_from_slice(&u32::try_from(size).expect("four bytes").to_be_bytes());
        bytes.extend_from_slice(&head);
    }
    bytes.push(106);
    on_a_small_stack(move || {
        let fun: Fun = decode(&bytes).expect("a deep fun");
        assert!(encode(&fun).as_ref() == Ok(&bytes));
        let term: Term = decode(&bytes).expect("a deep fun");
        assert!(term.clone() == term && !term.to_string().is_empty());
        assert!(encode(&term).as_ref() == Ok(&bytes));
        Decoder::new(&bytes[1..]).skip().expect("a deep fun");
        let encoded: Encoded = decode(&bytes).expect("a deep fun");
        assert!(encode(&encoded).as_ref() == Ok(&bytes));
    });
}
