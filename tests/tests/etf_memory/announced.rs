//! Headers that announce more than there is: promise G-14.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use bytes::Bytes;
use ergo::etf::{
    Atom, BigInt, BitString, CharList, DecodeOwned, Decoder, Encoded, Fun, List, Map, Record, Term,
    Tuple, decode,
};
use ergo_tests::hostile::{Event, Forms, Listen, Order, Shape, Standard, Tree, User, Value};

use super::{FREE, header, measured, nested};

/// Headers of everything that has a length, each with the largest it can announce, and some bytes.
fn headers() -> Vec<(&'static str, Vec<u8>)> {
    let max = 0xffff_ffff;
    let few = [97, 1, 97, 2, 106];
    let mut headers: Vec<(&str, Vec<u8>)> = [
        ("list", 108),
        ("tuple", 105),
        ("map", 116),
        ("binary", 109),
        ("bit string", 77),
        ("integer", 111),
        ("record", 67),
        ("fun", 112),
        ("compressed", 80),
    ]
    .map(|(name, tag)| (name, [&header(tag, max)[..], &few].concat()))
    .into();
    headers.extend([
        ("string", [&[131, 107, 255, 255][..], &few].concat()),
        ("atom", [&[131, 118, 255, 255][..], &few].concat()),
        ("Latin-1 atom", [&[131, 100, 255, 255][..], &few].concat()),
        ("short atom", [&[131, 119, 255][..], &few].concat()),
        ("short tuple", [&[131, 104, 255][..], &few].concat()),
        ("short integer", [&[131, 110, 255, 0][..], &few].concat()),
        ("reference", [&[131, 90, 255, 255][..], &few].concat()),
        (
            "a list of lists",
            nested(&[108, 0xff, 0xff, 0xff, 0xff], &few, &[], 100),
        ),
        (
            "a list of maps",
            nested(
                &[108, 0, 0, 0, 1, 116, 0xff, 0xff, 0xff, 0xff],
                &few,
                &[],
                100,
            ),
        ),
        (
            "maps in keys",
            nested(&[116, 0xff, 0xff, 0xff, 0xff], &few, &[], 100),
        ),
        (
            "lists of 9.4 million",
            nested(&[108, 0, 0x8f, 0x6e, 0x18], &few, &[], 20),
        ),
        ("captured by a fun", captured()),
    ]);
    headers
}

/// A fun whose size is right, and whose captured values are not there.
fn captured() -> Vec<u8> {
    let mut bytes = header(112, 4 + 25 + 23);
    bytes.extend_from_slice(&[0; 1 + 16 + 4]);
    bytes.extend_from_slice(&[
        255, 255, 255, 255, 119, 1, 109, 97, 1, 97, 2, 88, 119, 1, 97,
    ]);
    bytes.extend_from_slice(&[0; 12]);
    bytes
}

/// Reads every header as `T`: an error, for no more than 64 KiB.
fn check<T: DecodeOwned>(name: &str) {
    for (of, bytes) in headers() {
        let (refused, used) = measured(|| decode::<T>(&bytes).is_err());
        assert!(refused, "{name} from a {of}");
        assert!(used.bytes_max <= FREE, "{name} from a {of}: {used:?}");
    }
}

macro_rules! check {
    ($($type:ty),* $(,)?) => { $(check::<$type>(stringify!($type));)* };
}

#[test]
fn terms() {
    check!(
        Term, Encoded, Tuple, List, Map, Record, Fun, BitString, Bytes, BigInt, Atom
    );
    for (of, bytes) in headers() {
        let (refused, used) = measured(|| Decoder::new(&bytes[1..]).skip().is_err());
        assert!(refused && used.bytes_max <= FREE, "{of}: {used:?}");
    }
}

#[test]
fn types_of_the_standard_library() {
    check!(
        Vec<u64>,
        Vec<u8>,
        Vec<Term>,
        Vec<Vec<Vec<Vec<u8>>>>,
        Vec<()>,
        VecDeque<[u64; 4]>,
        HashMap<Term, Term>,
        HashMap<u64, String>,
        BTreeMap<Atom, Vec<u8>>,
        HashSet<i128>,
        String,
        CharList,
        Box<[u8]>,
        (u8, u8),
        (Vec<u64>, HashMap<String, u8>),
        [u64; 4],
        Option<Vec<u64>>,
        Result<Vec<u64>, String>,
        u128,
        f64,
        bool,
    );
}

#[test]
fn derived_types() {
    check!(
        Forms,
        User,
        Order,
        Listen,
        Shape,
        Event,
        Tree,
        Standard,
        Vec<Forms>,
        Vec<Value>
    );
}

/// An input with many small lists, each of which announces as much as there is. The headers are right about the rest of the
/// input one by one, and together they are not.
#[test]
fn many_headers_together_announce_no_more_than_one() {
    for count in [100_usize, 1_000, 20_000] {
        let mut bytes = header(108, count);
        for _ in 0..count {
            bytes.extend_from_slice(&[108, 0, 0, 4, 0]);
        }
        bytes.resize(bytes.len() + 1_024, 106);
        let input = bytes.len() as u64;
        let (read, used) = measured(|| decode::<Term>(&bytes).is_err());
        assert!(
            read && used.bytes_max <= FREE + 24 * input,
            "{used:?} for {input}"
        );
        let (read, used) = measured(|| decode::<Vec<Vec<u64>>>(&bytes).is_err());
        assert!(
            read && used.bytes_max <= FREE + 24 * input,
            "{used:?} for {input}"
        );
        let (read, used) = measured(|| decode::<Encoded>(&bytes).is_err());
        assert!(read && used.bytes_max <= FREE, "{used:?} for {input}");
    }
}

/// A value that holds itself reserves on every level. 152 bytes for each byte of its input would be the size of its
/// elements, had they come.
#[test]
fn headers_on_every_level_of_a_type_that_holds_itself() {
    for input in [20_000, 200_000] {
        let count = u32::try_from(input / 512).expect("short");
        let level = [&[104, 1, 108][..], &count.to_be_bytes()].concat();
        let mut bytes = [&[131][..], &level.repeat(250)].concat();
        bytes.resize(input, 106);
        let (read, used) = measured(|| decode::<Tree>(&bytes).is_err());
        assert!(read);
        let max = FREE + 24 * input as u64;
        assert!(used.bytes_max <= max, "{used:?} for {input}");
    }
}
