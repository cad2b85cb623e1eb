//! `flatten`: the pairs of a map among those of the map around it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use ergo::etf::{Atom, DecodeErrorKind, Map, Term, decode, decode_borrowed, encode};
use ergo::{Decode, Encode, term};

use super::{check, read, refuses, term_of};

#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Address {
    street: String,
    #[etf(alias = "postcode")]
    zip: Option<u32>,
}

fn address() -> Address {
    Address {
        street: "Elm".into(),
        zip: None,
    }
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Person {
    name: String,
    #[etf(flatten)]
    home: Address,
    age: u8,
}

#[test]
fn a_struct_among_the_fields() {
    let person = Person {
        name: "Ann".into(),
        home: address(),
        age: 7,
    };
    assert_eq!(
        encode(&person).unwrap(),
        b"\x83\x74\0\0\0\x04\x77\x04name\x6d\0\0\0\x03Ann\x77\x06street\x6d\0\0\0\x03Elm\x77\x03zip\x77\x03nil\x77\x03age\x61\x07"
    );
    check(
        person,
        term!(#{name => "Ann", street => "Elm", zip => nil, age => 7}),
    );
    let other =
        term!(#{"postcode" => 5, more => [], "street" => "Elm", 1 => 2, age => 7, name => "Ann"});
    assert_eq!(read::<Person>(&other).unwrap().home.zip, Some(5));
    refuses::<Person>(
        term!(#{name => "Ann", age => 7}),
        "missing field \"street\" of Address",
    );
    refuses::<Person>(
        term!(#{name => "Ann", street => 1, age => 7}),
        "field \"street\" of Address: expected",
    );
    refuses::<Person>(
        term!(#{name => "Ann", street => "Elm", "street" => "Oak", age => 7}),
        "duplicate key street",
    );
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Deep<'a, T> {
    #[etf(flatten)]
    inner: T,
    #[etf(flatten)]
    maybe: Option<Box<Label<'a>>>,
    #[etf(flatten)]
    rest: BTreeMap<Atom, Term>,
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Label<'a> {
    label: &'a str,
    note: Cow<'a, str>,
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Middle {
    #[etf(flatten)]
    home: Address,
    #[etf(skip_if = Vec::is_empty, default)]
    tags: Vec<String>,
}

#[test]
fn nested_generic_borrowed_and_optional() {
    let value = Deep {
        inner: Middle {
            home: address(),
            tags: vec![],
        },
        maybe: Some(Box::new(Label {
            label: "l",
            note: "n".into(),
        })),
        rest: BTreeMap::from([(Atom::new("other").unwrap(), Term::from(1))]),
    };
    let bytes = encode(&value).unwrap();
    assert_eq!(
        term_of(&value),
        term!(#{street => "Elm", zip => nil, label => "l", note => "n", other => 1})
    );
    let back: Deep<'_, Middle> = decode_borrowed(&bytes).unwrap();
    assert_eq!(back, value);
    let label = back.maybe.unwrap().label;
    assert!(bytes.as_ptr_range().contains(&label.as_ptr()));

    let bare = encode(&term!(#{street => "Elm", tags => ["a"], x => 1, y => {}})).unwrap();
    let back: Deep<'_, Middle> = decode_borrowed(&bare).unwrap();
    assert_eq!(back.maybe, None);
    assert_eq!(back.inner.tags, ["a"]);
    assert_eq!(back.rest.len(), 2);
    // Some of the keys of the optional struct are there, so all of them must be.
    let part = encode(&term!(#{street => "Elm", label => "l"})).unwrap();
    assert_eq!(
        decode_borrowed::<Deep<'_, Middle>>(&part)
            .unwrap_err()
            .to_string(),
        "missing field \"note\" of Label"
    );
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Open {
    id: u64,
    #[etf(flatten)]
    rest: Map,
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Headers<V> {
    id: u64,
    #[etf(flatten)]
    rest: HashMap<String, V>,
}

#[test]
fn maps_take_the_rest() {
    let term = term!(#{id => 1, "name" => 2, 3 => 4, 3.0 => {a}});
    assert_eq!(term_of(&read::<Open>(&term).unwrap()), term);
    assert_eq!(read::<Open>(&term).unwrap().rest.len(), 3);
    check(
        Headers {
            id: 1,
            rest: HashMap::from([("a".into(), 2u8)]),
        },
        term!(#{id => 1, "a" => 2}),
    );
    refuses::<Headers<u8>>(term!(#{id => 1, a => 2}), "expected a binary of UTF-8");
    let twice = b"\x83t\0\0\0\x03w\x02ida\x01m\0\0\0\x01aa\x02m\0\0\0\x01aa\x03";
    for error in [
        decode::<Headers<u8>>(twice).unwrap_err(),
        decode::<Open>(twice).unwrap_err(),
    ] {
        assert!(
            matches!(error.kind(), DecodeErrorKind::DuplicateKey(_)),
            "{error}"
        );
    }
}

#[test]
fn a_key_is_never_written_twice() {
    for key in [term!(id), term!("id")] {
        let open = Open {
            id: 1,
            rest: Map::from(vec![(key, Term::from(2))]),
        };
        assert_eq!(encode(&open).unwrap_err().to_string(), "duplicate key id");
    }
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(deny_unknown)]
struct Strict {
    id: u64,
    #[etf(flatten)]
    home: Address,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(deny_unknown)]
struct StrictPart {
    id: u64,
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Lenient<T> {
    name: String,
    #[etf(flatten)]
    part: T,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(deny_unknown)]
struct StrictWithRest {
    id: u64,
    #[etf(flatten)]
    rest: BTreeMap<Atom, u8>,
}

#[test]
fn unknown_keys_are_those_that_no_part_takes() {
    check(
        Strict {
            id: 1,
            home: address(),
        },
        term!(#{id => 1, street => "Elm", zip => nil}),
    );
    refuses::<Strict>(
        term!(#{id => 1, street => "Elm", colour => red}),
        "unknown field \"colour\" of Strict, which has \"id\", \"street\", \"zip\", \"postcode\"",
    );
    check(
        Lenient {
            name: "a".into(),
            part: StrictPart { id: 1 },
        },
        term!(#{name => "a", id => 1}),
    );
    refuses::<Lenient<StrictPart>>(
        term!(#{name => "a", id => 1, x => 2}),
        "unknown field \"x\" of StrictPart, which has \"name\", \"id\"",
    );
    assert_eq!(
        read::<StrictWithRest>(&term!(#{id => 1, x => 2}))
            .unwrap()
            .rest
            .len(),
        1
    );
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(elixir_struct = "Shop.User")]
struct User {
    #[etf(flatten)]
    home: Address,
}

#[derive(Debug, PartialEq, Encode, Decode)]
enum Event {
    Moved {
        #[etf(flatten)]
        to: Address,
        at: u8,
    },
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(tag = "type", deny_unknown)]
enum Tagged {
    Moved {
        #[etf(flatten)]
        to: Address,
    },
    Gone {
        #[etf(flatten)]
        rest: BTreeMap<Atom, u8>,
    },
}

#[test]
fn in_elixir_structs_and_variants() {
    check(
        User { home: address() },
        term!(#{atom "__struct__" => atom "Elixir.Shop.User", street => "Elm", zip => nil}),
    );
    check(
        Event::Moved {
            to: address(),
            at: 3,
        },
        term!({moved, #{street => "Elm", zip => nil, at => 3}}),
    );
    check(
        Tagged::Moved { to: address() },
        term!(#{r#type => moved, street => "Elm", zip => nil}),
    );
    check(
        Tagged::Gone {
            rest: BTreeMap::from([(Atom::new("why").unwrap(), 1)]),
        },
        term!(#{r#type => gone, why => 1}),
    );
    refuses::<Tagged>(
        term!(#{r#type => moved, street => "Elm", x => 1}),
        "unknown field \"x\" of Tagged::Moved, which has \"type\", \"street\"",
    );
}
