//! Types of serde, as those of other crates are, with every form of the bridge.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::time::Duration;

use bytes::Bytes;
use ergo::etf::{
    self, Atom, BigInt, BitString, CharList, EncodeError, Encoded, Fun, ImproperList, List, Map,
    Pid, Port, Record, Reference, Term, Tuple,
};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

/// A map with numbers, text and containers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Account {
    pub(super) owner: String,
    pub(super) limit: Option<i64>,
    #[serde(default)]
    pub(super) ratio: f32,
    #[serde(default)]
    pub(super) rows: Vec<(u8, char, bool)>,
    #[serde(default)]
    pub(super) prices: BTreeMap<i128, [f64; 2]>,
    #[serde(with = "ergo::etf::serde::big_integer", default)]
    pub(super) big: BigInt,
    pub(super) since: Option<Duration>,
    #[serde(default)]
    pub(super) content: Bytes,
    pub(super) result: Option<Result<u16, String>>,
    pub(super) marker: Option<Marker>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Marker;

/// An enum in its usual form, as deep as the bytes say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Choice {
    Nothing,
    One(i64),
    Pair(String, u128),
    Named {
        left: Box<Choice>,
        right: Option<bool>,
    },
    Many(Vec<Choice>),
    Empty(),
}

/// An enum whose name is in the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Internal {
    Opened,
    TimedOut { after: u32, note: Option<String> },
    Nested(Part),
}

/// An enum with its name and content in a map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
pub(super) enum Adjacent {
    Unit,
    New(i64),
    Tuple(u8, f64),
    Struct { table: BTreeMap<String, u8> },
}

/// An enum without names. It does not hold itself: that is not for the terms of a peer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Loose {
    Nothing,
    Flag(bool),
    Number(i64),
    Real(f64),
    Text(String),
    List(Vec<i64>),
    Map(BTreeMap<String, i64>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) street: String,
    pub(super) zip: Option<u32>,
}

/// A map with the fields of another, and all other keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Outer {
    pub(super) id: u8,
    #[serde(flatten)]
    pub(super) part: Part,
    #[serde(flatten)]
    pub(super) rest: BTreeMap<String, Loose>,
}

/// The types of the codec, which are themselves in a term.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Owned {
    pub(super) term: Term,
    pub(super) atom: Option<Atom>,
    pub(super) pid: Option<Pid>,
    pub(super) reference: Option<Reference>,
    pub(super) port: Option<Port>,
    pub(super) fun: Option<Fun>,
    pub(super) bits: Option<BitString>,
    pub(super) chars: Option<CharList>,
    pub(super) tuple: Option<Tuple>,
    pub(super) list: Option<List>,
    pub(super) map: Option<Map>,
    pub(super) improper: Option<ImproperList>,
    pub(super) record: Option<Record>,
}

/// Bytes are a value of each type that serde knows or an error; a value that was read is written and read again as the
/// same, and from the term of the bytes too.
pub fn check_foreign(bytes: &[u8]) {
    check::<Account>(bytes);
    check::<Choice>(bytes);
    check::<Internal>(bytes);
    check::<Adjacent>(bytes);
    check::<Loose>(bytes);
    check::<Outer>(bytes);
    check::<Owned>(bytes);
    check::<Vec<Owned>>(bytes);
    check::<Term>(bytes);
    check::<HashMap<Term, Term>>(bytes);
    check::<HashMap<String, Vec<u8>>>(bytes);
    check::<(Atom, Option<f64>, String)>(bytes);
    check::<Vec<Option<u64>>>(bytes);
    check::<()>(bytes);
    check_views(bytes);
}

fn check<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    let value = match etf::from_bytes::<T>(bytes) {
        Ok(value) => value,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    assert!(is_well_formed(bytes), "read but malformed: {bytes:?}");
    // What nobody reads may have a key twice, which only the term shows.
    if let Ok(term) = etf::decode::<Term>(bytes) {
        assert_eq!(etf::from_term::<T>(&term).as_ref(), Ok(&value));
    }
    let written = match etf::to_bytes(&value) {
        Ok(written) => written,
        // The keys of a flattened map are atoms when they are written, and may be longer text when they are read.
        Err(EncodeError::AtomTooLong { .. }) => return,
        Err(error) => panic!("read but not written: {error}: {value:?}"),
    };
    let again = etf::from_bytes::<T>(&written).expect("what was written can be read");
    assert!(again == value, "{value:?} became {again:?}");
    let term = etf::to_term(&value).expect("what was written has a term");
    assert_eq!(etf::decode::<Term>(&written).as_ref(), Ok(&term));
}

fn is_well_formed(bytes: &[u8]) -> bool {
    etf::decode::<Encoded>(bytes).is_ok()
}

/// Values that borrow the bytes, and one that looks at nothing.
fn check_views(bytes: &[u8]) {
    fn check<'de, T: Deserialize<'de> + Serialize>(bytes: &'de [u8]) {
        if let Ok(value) = etf::from_bytes::<T>(bytes) {
            assert!(is_well_formed(bytes), "read but malformed: {bytes:?}");
            let written = etf::to_bytes(&value).expect("what was read can be written");
            assert!(is_well_formed(&written));
        }
    }
    check::<&str>(bytes);
    check::<Vec<(&str, u8)>>(bytes);
    check::<BTreeMap<&str, Option<&str>>>(bytes);
    if etf::from_bytes::<IgnoredAny>(bytes).is_ok() {
        assert!(is_well_formed(bytes), "read but malformed: {bytes:?}");
    }
}
