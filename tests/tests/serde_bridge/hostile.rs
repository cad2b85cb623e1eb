//! Bytes of a peer that means harm: a value or an error, in bounded memory and stack.

use std::collections::{BTreeMap, HashMap};

use ergo::etf::{self, Atom, Decoder, Encoder, List, Pid, Term};
use ergo::term;
use ergo::wire::Limits;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::refuses;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Tree {
    Leaf,
    Node(Box<Tree>),
    Pair {
        left: Box<Tree>,
        right: Option<Box<Tree>>,
    },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Loose {
    Number(i64),
    Text(String),
    List(Vec<Loose>),
    Map(BTreeMap<String, Loose>),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Newtype(Box<Newtype>);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Endless {
    next: Option<Box<Endless>>,
}

fn nest(levels: usize, open: &[u8], end: &[u8]) -> Vec<u8> {
    let mut bytes = vec![131];
    for _ in 0..levels {
        bytes.extend_from_slice(open);
    }
    bytes.extend_from_slice(end);
    bytes
}

#[test]
fn a_deep_nest_is_an_error() {
    let limit = "term_depth_max is 512, found 513";
    let lists = nest(1_000_000, &[108, 0, 0, 0, 1], &[106]);
    refuses::<Value>(&lists, limit);
    refuses::<Loose>(&lists, limit);
    refuses::<Value>(&nest(1_000_000, &[104, 1], &[106]), limit);
    refuses::<Value>(&nest(1_000_000, b"\x74\0\0\0\x01\x77\x01a", &[106]), limit);
    refuses::<Tree>(
        &nest(1_000_000, b"\x68\x02\x77\x04node", b"\x77\x04leaf"),
        limit,
    );
    refuses::<Newtype>(&[131, 97, 1], limit);
    refuses::<Endless>(&[131, 97, 1], limit);
    assert!(etf::from_bytes::<IgnoredAny>(&lists).is_err());
}

#[test]
fn a_nest_within_the_limit_is_read() {
    let mut lists = nest(500, &[108, 0, 0, 0, 1], &[106]);
    lists.extend(vec![106; 500]);
    assert!(etf::from_bytes::<Value>(&lists).is_ok());
    assert!(etf::from_bytes::<Loose>(&lists).is_ok());
    assert!(etf::from_bytes::<IgnoredAny>(&lists).is_ok());
    let tree = nest(250, b"\x68\x02\x77\x04node", b"\x77\x04leaf");
    let tree: Tree = etf::from_bytes(&tree).unwrap();
    assert_eq!(etf::from_bytes(&etf::to_bytes(&tree).unwrap()), Ok(tree));
}

#[test]
fn a_key_that_is_there_twice_is_refused() {
    let map = |pairs: &[u8]| [&[131, 116, 0, 0, 0, 2], pairs].concat();
    let words = "duplicate key";
    // The same integer and the same atom in two forms.
    let integers = map(&[97, 1, 97, 1, 98, 0, 0, 0, 1, 97, 2]);
    refuses::<HashMap<u32, u8>>(&integers, "duplicate key 1 at byte 10, tag 98");
    refuses::<HashMap<Term, u8>>(&integers, words);
    let atoms = map(b"\x77\x01a\x61\x01\x64\0\x01a\x61\x02");
    refuses::<HashMap<Atom, u8>>(&atoms, words);
    refuses::<HashMap<String, u8>>(&atoms, words);
    refuses::<Value>(&atoms, words);
    let texts = map(b"\x77\x01a\x61\x01\x6d\0\0\0\x01a\x61\x02");
    refuses::<HashMap<String, u8>>(&texts, words);
    refuses::<Value>(&texts, words);
    let both: HashMap<Term, u8> = etf::from_bytes(&texts).unwrap();
    assert_eq!(both, HashMap::from([(term!(a), 1), (term!("a"), 2)]));
    // The same list as a string and as a list.
    let lists = map(b"\x6b\0\x01a\x61\x01\x6c\0\0\0\x01\x61\x61\x6a\x61\x02");
    refuses::<HashMap<Vec<u8>, u8>>(&lists, "duplicate key a list of 1 at byte 12, tag 108");
    let mut large = b"\x6e\x09\0\0\0\0\0\0\0\0\0\x01\x61\x01".to_vec();
    large.extend_from_slice(b"\x6f\0\0\0\x0a\0\0\0\0\0\0\0\0\0\x01\0\x61\x02");
    refuses::<HashMap<u128, u8>>(&map(&large), words);
    let charlist = map(b"\x6b\0\x01a\x61\x01\x6d\0\0\0\x01a\x61\x02");
    refuses::<BTreeMap<String, u8>>(&charlist, words);
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
enum Keyed {
    Map(BTreeMap<Keyed, Keyed>),
    List(Vec<u16>),
}

#[test]
fn keys_within_keys_do_not_multiply_the_work() {
    // 200 maps, each a key of the one around it and a long list as the innermost key.
    let mut bytes = vec![131];
    let map = b"\x68\x02\x77\x03map\x74\0\0\0\x01";
    for _ in 0..200 {
        bytes.extend_from_slice(map);
    }
    let list = Keyed::List(Vec::new());
    let value = etf::encode(&term!({list, []})).unwrap();
    let long = etf::encode(&(Atom::from_static("list"), vec![300_u16; 100_000])).unwrap();
    bytes.extend_from_slice(&long[1..]);
    for _ in 0..200 {
        bytes.extend_from_slice(&value[1..]);
    }
    let mut read: Keyed = etf::from_bytes(&bytes).unwrap();
    for _ in 0..200 {
        let Keyed::Map(map) = read else {
            panic!("not a map");
        };
        let (key, value) = map.into_iter().next().unwrap();
        assert_eq!(value, list);
        read = key;
    }
    assert_eq!(read, Keyed::List(vec![300; 100_000]));
}

#[test]
fn a_length_that_is_not_there_is_refused() {
    for tag in [105, 108, 109, 116] {
        for length in [1_u32, 1 << 16, 1 << 31, u32::MAX] {
            let bytes = [&[131, tag][..], &length.to_be_bytes()].concat();
            assert!(etf::from_bytes::<Value>(&bytes).is_err());
            assert!(etf::from_bytes::<Vec<u64>>(&bytes).is_err());
            assert!(etf::from_bytes::<HashMap<u8, u8>>(&bytes).is_err());
        }
    }
}

/// Lists in lists, each of which announces as many elements as there are bytes left for all of them together.
#[test]
fn memory_is_linear_in_the_input() {
    let mut bytes = vec![131];
    for _ in 0..500 {
        bytes.extend_from_slice(&[108, 0, 0, 0x07, 0xd0]);
    }
    bytes.resize(bytes.len() + 1_000_500, 106);
    let measured = allocation_counter::measure(|| {
        assert!(etf::from_bytes::<Value>(&bytes).is_err());
        assert!(etf::from_bytes::<Vec<Vec<[u64; 4]>>>(&bytes).is_err());
        assert!(etf::from_bytes::<IgnoredAny>(&bytes).is_err());
    });
    let most = 100 * u64::try_from(bytes.len()).unwrap();
    assert!(measured.bytes_max < most, "{} bytes", measured.bytes_max);
}

/// Two bytes refer to an atom of a thousand: as texts, these take 500 times as much.
#[test]
fn atoms_of_a_table_are_spelled_within_the_limit_of_a_term() {
    let atoms = [Atom::new("𝄞".repeat(255)).unwrap()].into();
    let mut bytes = vec![108, 0, 0, 4, 0];
    bytes.extend([82, 0].repeat(1024));
    bytes.push(106);
    let read = |term_bytes_max| {
        let mut limits = Limits::default();
        limits.term_bytes_max = term_bytes_max;
        let mut decoder = Decoder::new(&bytes).atoms(&atoms).limits(&limits);
        etf::serde::decode::<List>(&mut decoder).map(|list| list.len())
    };
    assert_eq!(read(2 << 20), Ok(1024));
    let error = read(100_000).unwrap_err().to_string();
    assert!(error.contains("term_bytes_max is 100000"), "{error}");
}

#[test]
fn bytes_after_and_instead_of_a_term() {
    refuses::<u8>(&[], "input too short");
    refuses::<u8>(&[97, 1], "a term does not start with the version 131");
    refuses::<u8>(&[131], "input too short");
    refuses::<u8>(&[131, 97, 1, 0], "1 bytes follow the term");
    refuses::<u8>(&[131, 80, 0, 0, 0, 2, 120, 156], "a compressed term");
    refuses::<Vec<u8>>(
        &[131, 108, 0, 0, 0, 1, 97, 1, 97, 2],
        "the end of a proper list",
    );
    refuses::<(u8,)>(
        &etf::encode(&(1, 2)).unwrap(),
        "expected a tuple of 1, found a tuple of 2",
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Everything {
    integers: (u8, i32, u64, i128),
    floats: Vec<f64>,
    text: String,
    list: Vec<Option<u16>>,
    string: Vec<u8>,
    map: BTreeMap<String, (bool, char)>,
    tree: Tree,
    loose: Loose,
    term: Term,
    pid: Pid,
    result: Result<(), Atom>,
    unit: (),
}

fn everything() -> Everything {
    Everything {
        integers: (1, -300, 1 << 40, 1 << 100),
        floats: vec![1.5, -0.0],
        text: "text ß".to_owned(),
        list: vec![Some(1), None],
        string: vec![1, 2, 3],
        map: BTreeMap::from([("a".to_owned(), (true, 'x'))]),
        tree: Tree::Pair {
            left: Box::new(Tree::Leaf),
            right: Some(Box::new(Tree::Node(Box::new(Tree::Leaf)))),
        },
        loose: Loose::Map(BTreeMap::from([(
            "k".to_owned(),
            Loose::List(vec![Loose::Text("v".to_owned())]),
        )])),
        term: term!({a, [1 | (2)], #{}}),
        pid: Pid::new(Atom::from_static("a@b"), 1, 2, 3),
        result: Err(Atom::from_static("no")),
        unit: (),
    }
}

fn is_cut<T: DeserializeOwned>(bytes: &[u8]) {
    for end in 0..bytes.len() {
        assert!(etf::from_bytes::<T>(&bytes[..end]).is_err(), "{end} bytes");
    }
}

#[test]
fn every_truncation_is_an_error() {
    let bytes = etf::to_bytes(&everything()).unwrap();
    assert_eq!(etf::from_bytes(&bytes), Ok(everything()));
    is_cut::<Everything>(&bytes);
    is_cut::<Value>(&bytes);
    is_cut::<Loose>(&bytes);
    is_cut::<IgnoredAny>(&bytes);
    is_cut::<Term>(&bytes);
}

#[test]
fn every_changed_byte_is_a_value_or_an_error() {
    let bytes = etf::to_bytes(&everything()).unwrap();
    let mut read = 0;
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            let _ = etf::from_bytes::<Value>(&changed);
            let _ = etf::from_bytes::<Loose>(&changed);
            if let Ok(value) = etf::from_bytes::<Everything>(&changed) {
                // What was read can be written, and is then read again.
                let again = etf::to_bytes(&value).unwrap();
                assert_eq!(etf::from_bytes::<Everything>(&again), Ok(value));
                read += 1;
            }
        }
    }
    assert!(read > 100, "only {read} changes leave a value");
}

#[test]
fn borrowed_text_points_into_the_input() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Borrowed<'a> {
        text: &'a str,
        #[serde(borrow)]
        bytes: &'a [u8],
    }
    let bytes = etf::encode(&term!(#{text => "abc", bytes => "def"})).unwrap();
    let value: Borrowed<'_> = etf::from_bytes(&bytes).unwrap();
    assert_eq!(
        value,
        Borrowed {
            text: "abc",
            bytes: b"def"
        }
    );
    let input = bytes.as_ptr_range();
    assert!(input.contains(&value.text.as_ptr()) && input.contains(&value.bytes.as_ptr()));
    let mut list = vec![131];
    Encoder::new(&mut list).write_charlist("abc").unwrap();
    assert!(etf::from_bytes::<&str>(&list).is_err());
    assert_eq!(etf::from_bytes::<String>(&list), Ok("abc".to_owned()));
}
