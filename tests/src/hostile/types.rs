//! Types with every form and attribute of the mapping.

#![allow(
    missing_docs,
    reason = "what they mean is in the mapping; here they are only forms"
)]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::num::NonZero;
use std::time::Duration;

use bytes::Bytes;
use ergo::etf::{
    Atom, BigInt, BitString, CharList, DecodeError, Decoder, EncodeError, Encoded, Encoder, Fun,
    ImproperList, Map, Pid, Port, Reference, Term,
};
use ergo::{Decode, Encode};

/// A number as text of hexadecimal digits.
mod hex {
    use super::{DecodeError, Decoder, EncodeError, Encoder};

    pub(super) fn encode(value: &u32, encoder: &mut Encoder<'_>) -> Result<(), EncodeError> {
        encoder.write_str(&format!("{value:x}"))
    }

    pub(super) fn decode(decoder: &mut Decoder<'_>) -> Result<u32, DecodeError> {
        u32::from_str_radix(decoder.read_str()?, 16).map_err(DecodeError::custom)
    }
}

/// A map, with every attribute of fields.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Forms {
    #[etf(binary)]
    pub binary: Vec<u8>,
    #[etf(binary)]
    pub maybe: Option<[u8; 2]>,
    #[etf(list)]
    pub list: Vec<u8>,
    #[etf(charlist)]
    pub chars: String,
    #[etf(atom)]
    pub atom: Option<String>,
    #[etf(with = hex)]
    pub hex: u32,
    #[etf(none = "absent")]
    pub own: Option<u8>,
    #[etf(tagged_option)]
    pub twice: Option<Option<u8>>,
    #[etf(unit = "microsecond")]
    pub time: Duration,
    #[etf(rename = "type", alias = "kind")]
    pub renamed: i16,
    #[etf(default)]
    pub defaulted: u64,
    #[etf(skip)]
    pub skipped: u8,
    pub deep: Option<Box<Forms>>,
}

/// An Elixir struct that takes no other keys.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(elixir_struct = "Shop.User", deny_unknown)]
pub struct User {
    pub name: String,
    pub friends: Vec<User>,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(record = "order")]
pub struct Order {
    pub id: u64,
    pub qty: i32,
    pub lines: Vec<(String, f64)>,
}

/// A keyword list.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(keyword)]
pub struct Listen {
    pub port: u16,
    #[etf(default)]
    pub backlog: u32,
    #[etf(skip_if = Option::is_none)]
    pub host: Option<String>,
}

/// An enum in its usual form.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub enum Shape {
    Point,
    Circle(f64),
    Line(i8, i8),
    #[etf(rename = "box", alias = "rect", rename_all = "camelCase")]
    Rect {
        full_width: u8,
        inner: Option<Box<Shape>>,
    },
    Group(Vec<Shape>),
    Nothing(),
}

/// An enum whose name is in the map.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(tag = "type", rename_all = "camelCase")]
pub enum Event {
    Opened,
    OrderShipped { id: u64, note: Option<String> },
    Nested { inner: Vec<Event> },
}

/// An enum without names, two variants of which hold themselves in the same form.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(untagged)]
pub enum Value {
    #[etf(alias = "null")]
    Unknown,
    Number(i64),
    List(Vec<Value>),
    Text(String),
    Pair(u8, u8),
    Left {
        a: Box<Value>,
        left: u8,
    },
    Right {
        a: Box<Value>,
        right: u8,
    },
}

/// A type that nests as deep as the bytes say, larger in memory than on the wire.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(tuple)]
pub struct Tree {
    pub branches: Vec<Tree>,
    #[etf(skip)]
    pub room: [u64; 16],
}

/// Views of the bytes.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(tuple)]
pub struct Borrowed<'a> {
    pub text: &'a str,
    #[etf(binary)]
    pub bytes: &'a [u8],
    pub cow: Cow<'a, str>,
    #[etf(binary)]
    pub octets: Cow<'a, [u8]>,
}

/// Views of a shared buffer, and terms.
#[derive(Debug, Clone, Encode, Decode)]
#[etf(tuple)]
pub struct Shared {
    pub bytes: Bytes,
    pub encoded: Encoded,
    pub term: Term,
    pub map: Map,
    pub improper: Option<ImproperList>,
    pub bits: Option<BitString>,
    pub pid: Option<Pid>,
    pub reference: Option<Reference>,
    pub port: Option<Port>,
    pub fun: Option<Fun>,
}

/// Types of the standard library.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Standard {
    #[etf(default)]
    pub table: HashMap<String, u64>,
    #[etf(default)]
    pub tree: BTreeMap<i64, Vec<f32>>,
    #[etf(default)]
    pub set: HashSet<i128>,
    #[etf(default)]
    pub sorted: BTreeSet<u128>,
    #[etf(default)]
    pub queue: VecDeque<(bool, char)>,
    pub array: Option<[u16; 3]>,
    pub never_zero: Option<NonZero<u32>>,
    pub big: Option<BigInt>,
    pub atom: Option<Atom>,
    pub chars: Option<CharList>,
    pub result: Option<Result<u8, String>>,
    pub done: Option<Result<(), ()>>,
    pub size: Option<usize>,
}
