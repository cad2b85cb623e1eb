//! Bytes that are no term, hardly a term, or no longer one.

use ergo::etf::{Term, encode};
use ergo_tests::hostile::{check_peer, check_term, check_typed};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::terms::term;
use crate::{holds, typed};

/// Every tag, and some bytes that are none.
const TAGS: &[u8] = &[
    67, 70, 77, 80, 82, 88, 89, 90, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109,
    110, 111, 112, 113, 114, 115, 116, 118, 119, 120, 121, 131, 0, 1, 2, 255,
];

/// Bytes that look like terms for a while.
fn almost() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        3 => select(TAGS),
        1 => any::<u8>(),
        2 => Just(0_u8),
        2 => 0..4_u8,
    ];
    vec(byte, 0..120).prop_map(|mut bytes| {
        bytes.insert(0, 131);
        bytes
    })
}

/// One change of valid bytes.
#[derive(Debug, Clone)]
enum Change {
    Flip(Index, u8),
    Set(Index, u8),
    Remove(Index, u8),
    Insert(Index, Vec<u8>),
    Repeat(Index, u8),
    Length(Index, u32),
    Cut(Index),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<Index>;
    prop_oneof![
        (index(), 0..8_u8).prop_map(|(at, bit)| Change::Flip(at, bit)),
        (index(), select(TAGS)).prop_map(|(at, byte)| Change::Set(at, byte)),
        (index(), 1..9_u8).prop_map(|(at, count)| Change::Remove(at, count)),
        (index(), vec(select(TAGS), 1..6)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (index(), 1..20_u8).prop_map(|(at, count)| Change::Repeat(at, count)),
        (
            index(),
            select(vec![0, 1, 2, 255, 256, 65_536, 1 << 31, u32::MAX])
        )
            .prop_map(|(at, length)| Change::Length(at, length)),
        index().prop_map(Change::Cut),
    ]
}

fn apply(bytes: &mut Vec<u8>, change: Change) {
    let len = bytes.len();
    if len == 0 {
        return;
    }
    match change {
        Change::Flip(at, bit) => bytes[at.index(len)] ^= 1 << bit,
        Change::Set(at, byte) => bytes[at.index(len)] = byte,
        Change::Remove(at, count) => {
            let at = at.index(len);
            bytes.drain(at..len.min(at + usize::from(count)));
        }
        Change::Insert(at, inserted) => {
            let at = at.index(len);
            bytes.splice(at..at, inserted);
        }
        Change::Repeat(at, count) => {
            let at = at.index(len);
            let part = bytes[at..len.min(at + 8)].repeat(count.into());
            bytes.splice(at..at, part);
        }
        Change::Length(at, length) => {
            let at = at.index(len);
            bytes.splice(at..len.min(at + 4), length.to_be_bytes());
        }
        Change::Cut(at) => bytes.truncate(at.index(len)),
    }
}

/// `bytes` after each of the changes.
fn changed(bytes: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (bytes, vec(change(), 1..4)).prop_map(|(mut bytes, changes)| {
        for change in changes {
            apply(&mut bytes, change);
        }
        bytes
    })
}

fn written() -> impl Strategy<Value = Vec<u8>> {
    term().prop_map(|term: Term| encode(&term).expect("finite floats"))
}

#[test]
fn arbitrary_bytes_are_a_term_or_an_error() {
    holds(&vec(any::<u8>(), 0..200), |bytes| check_term(&bytes));
    holds(&almost(), |bytes| check_term(&bytes));
}

#[test]
fn arbitrary_bytes_are_a_typed_value_or_an_error() {
    holds(&almost(), |bytes| check_typed(&bytes));
}

#[test]
fn changed_terms_are_a_term_or_an_error() {
    holds(&changed(written()), |bytes| check_term(&bytes));
}

#[test]
fn changed_terms_are_a_typed_value_or_an_error() {
    holds(&changed(written()), |bytes| check_typed(&bytes));
}

#[test]
fn changed_values_are_a_typed_value_or_an_error() {
    holds(&changed(typed::written()), |bytes| {
        check_term(&bytes);
        check_typed(&bytes);
    });
}

#[test]
fn a_key_twice_is_skipped_and_not_passed_on() {
    check_term(b"\x83\x74\0\0\0\x02\x61\x01\x61\x01\x61\x01\x61\x02");
}

#[test]
fn arbitrary_bytes_from_a_peer_are_events_or_an_error() {
    let peer = (any::<u8>(), any::<u8>(), almost());
    holds(&peer, |(role, portion, bytes)| {
        check_peer(&[&[role, portion], &bytes[..]].concat());
    });
}

/// Frames that begin as frames of a connection do, of every kind, with a control message and anything after it.
#[test]
fn almost_frames_from_a_peer_are_events_or_an_error() {
    let head = select(vec![
        &b"\x83\x44\x00"[..],
        b"\x83\x44\x01\x08\x00\x01a",
        b"\x83\x45\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\x00",
        b"\x83\x46\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x01",
        b"\x83\x44\x00\x68\x03\x61\x02\x77\x00\x58\x77\x03b@h\0\0\0\x02\0\0\0\0\0\0\0\x02",
    ]);
    let frames = vec((head, almost()), 1..5);
    holds(
        &(0..3_u8, any::<u8>(), frames),
        |(role, portion, frames)| {
            let mut bytes = vec![role, portion];
            for (head, rest) in frames {
                let content = [head, &rest[1..]].concat();
                let len = u32::try_from(content.len()).expect("a short frame");
                bytes.extend_from_slice(&len.to_be_bytes());
                bytes.extend_from_slice(&content);
            }
            check_peer(&bytes);
        },
    );
}
