//! Every form of every term that is read, and what is nearly one: both sides read the same, or both refuse.

use bytes::Bytes;
use ergo::etf::{DecodeError, Term, decode, encode};
use ergo_tests::erlang::each_release;

use crate::generator::Generator;
use crate::oracle::Oracle;
use crate::random::{self, Random};

const MUTATIONS: usize = 10_000;

/// What ergo refuses and Erlang does not look at; no Erlang writes such bytes.
const STRICT: [&str; 4] = [
    "the sign of an integer is neither 0 nor 1",
    "the size of a fun is not that of its parts",
    // OTP reads one of no words together with a word that it then forgets.
    "the number of words of a reference is not 1 to 5",
    // OTP 25 takes a port for the creator.
    "a part of a fun is of the wrong kind",
];

/// Tags of indices into the table of atoms of the node that wrote them, which `binary_to_term` reads although no term
/// leaves a node with them.
const ATOM_INDEX_TAGS: [u8; 2] = [73, 75];

#[tokio::test]
async fn damaged_terms_are_read_alike_or_refused_by_both() {
    let seed = random::seed();
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let damaged = damaged(seed);
        let theirs: Vec<Term> = oracle.ask(&(Term::atom("read"), &damaged)).await;
        assert_eq!(theirs.len(), damaged.len());
        let mut both = 0;
        let mut differences = Vec::new();
        for (bytes, theirs) in damaged.iter().zip(&theirs) {
            let ours = decode::<Term>(bytes);
            match (&ours, theirs.as_binary()) {
                (Ok(ours), Some(theirs)) if decode::<Term>(theirs).unwrap() == *ours => both += 1,
                (Err(_), None) => {}
                (Err(error), Some(_)) if is_strict(error) => {}
                _ => differences.push(format!("{bytes:?}\n  ours {ours:?}\n  theirs {theirs}")),
            }
        }
        println!(
            "{both} of {MUTATIONS} are terms, {} differ",
            differences.len()
        );
        for difference in differences.iter().take(20) {
            println!("{difference}");
        }
        assert!(differences.is_empty());
    })
    .await;
}

/// Whether ergo refuses on purpose what Erlang reads.
fn is_strict(error: &DecodeError) -> bool {
    let text = error.to_string();
    ATOM_INDEX_TAGS.map(Some).contains(&error.tag()) || STRICT.iter().any(|why| text.contains(why))
}

/// Encoded terms with a byte changed, taken out, put in or the end cut off.
fn damaged(seed: u64) -> Vec<Bytes> {
    let mut generator = Generator::new(seed);
    let mut random = Random::new(seed);
    let mut damaged = Vec::new();
    while damaged.len() < MUTATIONS {
        let mut bytes = encode(&generator.term()).unwrap();
        if bytes.len() > 200 {
            continue;
        }
        let at = 1 + random.below(bytes.len() - 1);
        match random.below(5) {
            0 => bytes[at] = random.next() as u8,
            1 => bytes[at] ^= 1 << random.below(8),
            2 => drop(bytes.remove(at)),
            3 => bytes.insert(at, random.next() as u8),
            _ => bytes.truncate(at),
        }
        damaged.push(bytes.into());
    }
    damaged
}

#[tokio::test]
async fn every_tag_is_read_alike_or_refused_by_both() {
    let float = |text: &str| [&b"c"[..], text.as_bytes(), &vec![0; 31 - text.len()]].concat();
    let long =
        |tag: u8, len: u16| [&[tag], &len.to_be_bytes()[..], &vec![b'a'; len.into()]].concat();
    let mut forms: Vec<(Vec<u8>, bool)> = [
        (float("1.50000000000000000000e+00"), true),
        (float("x"), false),
    ]
    .into();
    forms.extend([
        (long(100, 255), true),
        (long(118, 255), true),
        (long(100, 256), false),
        (long(118, 256), false),
    ]);
    forms.extend(FORMS.iter().map(|(bytes, read)| (bytes.to_vec(), *read)));
    let forms: Vec<(Bytes, bool)> = forms
        .into_iter()
        .map(|(body, read)| ([&[131], &body[..]].concat().into(), read))
        .collect();
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let bytes: Vec<&Bytes> = forms.iter().map(|(bytes, _)| bytes).collect();
        let theirs: Vec<Term> = oracle.ask(&(Term::atom("read"), bytes)).await;
        for ((bytes, read), theirs) in forms.iter().zip(&theirs) {
            let ours = decode::<Term>(bytes).ok();
            let theirs = theirs
                .as_binary()
                .map(|theirs| decode::<Term>(theirs).unwrap());
            assert_eq!(ours, theirs, "{bytes:?}");
            assert_eq!(ours.is_some(), *read, "{bytes:?}");
        }
        println!("{} forms", forms.len());
    })
    .await;
}

/// Terms without their version byte, and whether they are read.
const FORMS: &[(&[u8], bool)] = &[
    // Atoms of Latin-1 and UTF-8, in the short and the long form.
    (b"d\0\x02a\xe9", true),
    (b"s\x02a\xe9", true),
    (b"v\0\x02\xc3\xa9", true),
    (b"w\x02\xc3\xa9", true),
    (b"w\x01\xe9", false),
    (b"w\0", true),
    (b"R\0", false),
    // Integers: not the shortest form, zero bytes in front, no byte at all.
    (b"b\0\0\0\x01", true),
    (b"n\x01\0\x05", true),
    (b"n\x01\x01\x05", true),
    (b"n\x03\0\x05\0\0", true),
    (b"n\0\0", true),
    (b"n\0\x01", true),
    (b"o\0\0\0\x02\0\x01\x01", true),
    (b"o\0\0\0\0\0", true),
    // Floats.
    (b"F\x80\0\0\0\0\0\0\0", true),
    (b"F\x7f\xf0\0\0\0\0\0\0", false),
    (b"F\x7f\xf8\0\0\0\0\0\0", false),
    // Identifiers in their old and new forms.
    (b"gw\x03a@b\0\0\0\x01\0\0\0\x02\x03", true),
    (b"Xw\x03a@b\0\0\0\x01\0\0\0\x02\0\0\0\x03", true),
    (b"fw\x03a@b\0\0\0\x01\x03", true),
    (b"Yw\x03a@b\0\0\0\x01\0\0\0\x03", true),
    (b"xw\x03a@b\0\0\0\0\0\0\0\x01\0\0\0\x03", true),
    (b"ew\x03a@b\0\0\0\x01\x03", true),
    (b"r\0\x02w\x03a@b\x03\0\0\0\x01\0\0\0\x02", true),
    (
        b"Z\0\x03w\x03a@b\0\0\0\x03\0\0\0\x01\0\0\0\x02\0\0\0\x03",
        true,
    ),
    (b"Z\0\0w\x03a@b\0\0\0\x03", false),
    (
        b"Z\0\x06w\x03a@b\0\0\0\x03\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05\0\0\0\x06",
        false,
    ),
    // Funs: by name, and the closure that no release has sent since R8.
    (b"qw\x01mw\x01fa\x02", true),
    (b"qw\x01ma\x01a\x02", false),
    (
        b"u\0\0\0\0gw\x03a@b\0\0\0\x01\0\0\0\x02\x03w\x01ma\x01a\x01",
        false,
    ),
    // Tuples, lists and strings: large forms of small ones, empty ones, tails that are lists.
    (b"i\0\0\0\x01a\x01", true),
    (b"i\0\0\0\0", true),
    (b"h\0", true),
    (b"l\0\0\0\0j", true),
    (b"l\0\0\0\0a\x01", true),
    (b"l\0\0\0\x01a\x01l\0\0\0\x01a\x02j", true),
    (b"l\0\0\0\x01a\x01k\0\x01\x02", true),
    (b"l\0\0\0\x01a\x01a\x02", true),
    (b"k\0\0", true),
    // Binaries and bit strings; an empty one of 0 bits is read by OTP 25 and by ergo, and refused by OTP 29.
    (b"m\0\0\0\0", true),
    (b"M\0\0\0\x01\x08\xff", true),
    (b"M\0\0\0\x01\x03\xff", true),
    (b"M\0\0\0\x01\x09\xff", false),
    // Maps: every order, two numbers of one value, and a key twice.
    (b"t\0\0\0\0", true),
    (b"t\0\0\0\x02w\x01ba\x01w\x01aa\x02", true),
    (b"t\0\0\0\x02a\x01a\x01F?\xf0\0\0\0\0\0\0a\x02", true),
    (b"t\0\0\0\x02a\x01a\x01a\x01a\x02", false),
    (b"t\0\0\0\x02a\x01a\x01b\0\0\0\x01a\x02", false),
    // Compressed terms stand alone; the local form is for the node that wrote it.
    (b"P\0\0\0\x02x\x9cK\x64\x04\0\0\xc5\0\x63", true),
    (b"h\x01P\0\0\0\x02x\x9cK\x64\x04\0\0\xc5\0\x63", false),
    (b"y\0\0\0\0\0\0\0\0a\x01", false),
    (b"\x83a\x01", false),
];
