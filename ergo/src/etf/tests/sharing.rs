//! Which binaries are slices of what they were read from.

use bytes::Bytes;

use crate::etf::{Encoded, Term};

/// The binaries of `[First, Second]` as they are read from one buffer, and whether each is a slice of it.
fn are_shared(lengths: [usize; 2]) -> [bool; 2] {
    let list = Term::list(lengths.map(|len| Term::binary(vec![7; len])));
    let mut bytes = Vec::new();
    crate::etf::Encoder::new(&mut bytes)
        .write_term(&list)
        .unwrap();
    let buffer = Bytes::from(bytes);
    let range = buffer.as_ptr_range();
    let read: Vec<Bytes> = Encoded::from_wire(buffer.clone(), [].into())
        .decode()
        .unwrap();
    assert_eq!([read[0].len(), read[1].len()], lengths);
    [0, 1].map(|index: usize| range.contains(&read[index].as_ptr()))
}

/// A part of a message that somebody keeps, or sends on to a node that does not read, kept all of the message.
#[test]
fn a_small_part_of_a_long_message_is_copied() {
    const KIB: usize = 1024;
    let check = |lengths, expect: [bool; 2]| {
        assert_eq!(are_shared(lengths), expect, "{lengths:?}");
    };
    check([63, 64], [false, true]);
    check([64, 60 * KIB], [true, true]);
    check([64, 65 * KIB], [false, true]);
    check([16 * KIB, 200 * KIB], [true, true]);
    check([16 * KIB, 256 * KIB], [false, true]);
    check([64 * KIB, 1024 * KIB], [false, true]);
    check([70 * KIB, 1024 * KIB], [true, true]);
}
