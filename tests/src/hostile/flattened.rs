//! Types whose map holds the pairs of others, Elixir exceptions, and keyword lists.

use std::collections::{BTreeMap, HashMap};

use ergo::etf::{Atom, Keyword, Map, Term};
use ergo::{Decode, Encode};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(super) struct Address {
    pub(super) street: String,
    #[etf(alias = "postcode")]
    pub(super) zip: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(super) struct Label {
    pub(super) label: String,
    #[etf(binary, skip_if = Vec::is_empty, default)]
    pub(super) notes: Vec<u8>,
}

/// The fields of one, of another if it is there, and all other keys.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(super) struct Person {
    pub(super) name: Atom,
    #[etf(flatten)]
    pub(super) home: Address,
    #[etf(flatten)]
    pub(super) maybe: Option<Box<Label>>,
    #[etf(flatten)]
    pub(super) rest: BTreeMap<Atom, Term>,
}

/// Levels of flattened parts, the last of which takes no other keys.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(deny_unknown)]
pub(super) struct Strict {
    #[etf(flatten)]
    pub(super) middle: Middle,
    #[etf(default)]
    pub(super) deep: Option<Box<Strict>>,
}

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(super) struct Middle {
    #[etf(flatten)]
    pub(super) home: Option<Address>,
    #[etf(flatten)]
    pub(super) label: Box<Label>,
}

/// A flattened map in a variant, beside the key that names it.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(tag = "kind")]
pub(super) enum Notice {
    Opened,
    Moved {
        #[etf(flatten)]
        to: Address,
        #[etf(flatten)]
        rest: Map,
    },
    Many {
        inner: Vec<Notice>,
    },
}

/// The same without names, and holding itself.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(untagged)]
pub(super) enum Either {
    Left {
        a: u8,
        #[etf(flatten)]
        home: Address,
    },
    Right {
        b: u8,
        #[etf(flatten)]
        rest: HashMap<Atom, Either>,
    },
    Other(i64),
}

/// An Elixir exception.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
#[etf(exception = "Shop.Error")]
pub(super) struct Failure {
    pub(super) message: String,
    #[etf(flatten)]
    pub(super) rest: HashMap<Term, u8>,
}

/// Keyword lists, in each other and in a map.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub(super) struct Options {
    pub(super) all: Keyword,
    #[etf(default)]
    pub(super) nested: Keyword<Keyword<Option<u8>>>,
    #[etf(default)]
    pub(super) typed: Keyword<Vec<Options>>,
}
