//! What serde reads without saying what it wants: values of JSON, flattened fields, enums with other tags.

use std::collections::{BTreeMap, HashMap};

use ergo::etf::{self, Atom, Pid, Term};
use ergo::{Decode, Encode, term};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{refuses, same, term};

/// The bridge writes `term` for `value`, and reads the value back.
#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: T, term: Term) {
    assert_eq!(etf::to_term(&value).unwrap(), term);
    assert_eq!(etf::from_term::<T>(&term).as_ref(), Ok(&value), "{term}");
}

#[test]
fn a_value_of_json_from_any_term() {
    let pid = Pid::new(Atom::from_static("a@b"), 1, 0, 7);
    let term = term!(#{
        id => 1, "name" => "bolt", list => [1, -2, 3.5, 300], string => [1, 2], tuple => {a, {}}, yes => true,
        nothing => undefined, nested => #{a => #{}}, pid => (pid)
    });
    let value: Value = etf::from_term(&term).unwrap();
    let expect = json!({
        "id": 1, "name": "bolt", "list": [1, -2, 3.5, 300], "string": [1, 2], "tuple": ["a", []], "yes": true,
        "nothing": null, "nested": {"a": {}}, "pid": "<a@b.1.0>/7",
    });
    assert_eq!(value, expect);
    assert_eq!(
        etf::from_term::<Value>(&etf::to_term(&value).unwrap()),
        Ok(value)
    );
    refuses::<Value>(&etf::encode(&term!(#{7 => 1})).unwrap(), "found 7");
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Inner {
    b: u8,
    c: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Outer {
    a: u8,
    #[serde(flatten)]
    inner: Inner,
    z: Option<u8>,
}

/// What the derives write for [`Outer`].
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
struct Flat {
    a: u8,
    b: u8,
    c: Option<String>,
    z: Option<u8>,
}

#[test]
fn a_flattened_struct_has_the_bytes_of_a_flat_one() {
    let outer = Outer {
        a: 1,
        inner: Inner {
            b: 2,
            c: Some("c".to_owned()),
        },
        z: None,
    };
    let flat = Flat {
        a: 1,
        b: 2,
        c: Some("c".to_owned()),
        z: None,
    };
    let bytes = etf::to_bytes(&outer).unwrap();
    assert_eq!(bytes, etf::encode(&flat).unwrap());
    assert_eq!(etf::from_bytes::<Outer>(&bytes), Ok(outer));
    let partly = term!(#{"a" => 1, b => 2, more => {1, 2}});
    let expect = Outer {
        a: 1,
        inner: Inner { b: 2, c: None },
        z: None,
    };
    assert_eq!(etf::from_term(&partly), Ok(expect));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Open {
    id: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct OpenAtoms {
    id: u8,
    #[serde(flatten)]
    rest: HashMap<Atom, Atom>,
}

#[test]
fn the_rest_of_a_map() {
    let open = Open {
        id: 1,
        rest: BTreeMap::from([("a".to_owned(), json!([1, null]))]),
    };
    check(open, term!(#{id => 1, "a" => [1, nil]}));
    let rest = HashMap::from([(Atom::from_static("a"), Atom::from_static("true"))]);
    check(OpenAtoms { id: 1, rest }, term!(#{id => 1, a => true}));
    refuses::<Open>(
        &etf::encode(&term!(#{id => 1, a => 1, "a" => 2})).unwrap(),
        "duplicate key",
    );
    let clash = Open {
        id: 1,
        rest: BTreeMap::from([("id".to_owned(), json!(2))]),
    };
    assert_eq!(etf::to_term(&clash).unwrap(), term!(#{id => 1, "id" => 2}));
    let atoms = OpenAtoms {
        id: 1,
        rest: HashMap::from([(Atom::from_static("id"), Atom::from_static("x"))]),
    };
    assert_eq!(
        etf::to_bytes(&atoms).unwrap_err().to_string(),
        "duplicate key atom id"
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Internal {
    Stop,
    OutOfStock(Inner),
    Order { item: String, count: u16 },
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(tag = "type")]
enum InternalDerived {
    Stop,
    Order { item: String, count: u16 },
}

#[test]
fn an_internal_tag_is_text() {
    check(Internal::Stop, term!(#{type => "stop"}));
    check(
        Internal::OutOfStock(Inner { b: 1, c: None }),
        term!(#{type => "out_of_stock", b => 1, c => nil}),
    );
    check(
        Internal::Order {
            item: "a".to_owned(),
            count: 2,
        },
        term!(#{type => "order", item => "a", count => 2}),
    );
    // Each reads what the other writes, whose tag is an atom.
    let derived = etf::encode(&InternalDerived::Order {
        item: "a".to_owned(),
        count: 2,
    })
    .unwrap();
    let order = Internal::Order {
        item: "a".to_owned(),
        count: 2,
    };
    assert_eq!(etf::from_bytes::<Internal>(&derived).as_ref(), Ok(&order));
    let bytes = etf::to_bytes(&order).unwrap();
    assert_eq!(
        etf::decode(&bytes),
        Ok(InternalDerived::Order {
            item: "a".to_owned(),
            count: 2
        })
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Stop,
    OutOfStock(u8),
    Move(i8, i8),
    Order { item: String },
}

#[test]
fn an_adjacent_tag_is_an_atom() {
    check(Adjacent::Stop, term!(#{t => stop}));
    check(Adjacent::OutOfStock(7), term!(#{t => out_of_stock, c => 7}));
    check(Adjacent::Move(1, -1), term!(#{t => move, c => {1, -1}}));
    check(
        Adjacent::Order {
            item: "a".to_owned(),
        },
        term!(#{t => order, c => #{item => "a"}}),
    );
    let first = etf::from_term(&term!(#{"c" => 7, t => out_of_stock}));
    assert_eq!(first, Ok(Adjacent::OutOfStock(7)));
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
enum Size {
    Small,
    VeryLarge,
}

#[test]
fn enums_as_keys_and_in_untagged_ones() {
    same(BTreeMap::from([(Size::Small, 1_u8), (Size::VeryLarge, 2)]));
    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(untagged)]
    enum Any {
        Nothing,
        Number(f64),
        Id(Pid),
        Name(Atom),
        List(Vec<Any>),
        Map(BTreeMap<String, Any>),
    }
    let pid = Pid::new(Atom::from_static("a@b"), 1, 0, 7);
    let value = etf::from_term::<Any>(&term!([nil, 1, 2.5, (pid.clone()), name, true, #{a => []}]));
    let map = BTreeMap::from([("a".to_owned(), Any::List(Vec::new()))]);
    let expect = Any::List(vec![
        Any::Nothing,
        Any::Number(1.0),
        Any::Number(2.5),
        Any::Id(pid),
        Any::Name(Atom::from_static("name")),
        Any::Name(Atom::from_static("true")),
        Any::Map(map),
    ]);
    assert_eq!(value, Ok(expect));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Other {
    Known,
    #[serde(other)]
    Rest,
}

#[test]
fn a_variant_for_all_others() {
    assert_eq!(etf::from_term(&term!(known)), Ok(Other::Known));
    assert_eq!(etf::from_term(&term!(unknown)), Ok(Other::Rest));
    assert_eq!(
        etf::from_term(&term!([{unknown, 1, [2]}, known])),
        Ok(vec![Other::Rest, Other::Known])
    );
    assert_eq!(term(&etf::to_bytes(&Other::Rest).unwrap()), term!(rest));
}

#[test]
fn errors_do_not_show_what_was_sent() {
    let secret = etf::encode(&term!(#{id => "the secret"})).unwrap();
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it is never read")]
    struct Flattened {
        #[serde(flatten)]
        inner: Id,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "it is never read")]
    struct Id {
        id: u8,
    }
    refuses::<Flattened>(&secret, "expected u8, found a text of 10 bytes");
    refuses::<Id>(
        &secret,
        "field \"id\" of Id: expected integer 0..255, found a binary of 10 bytes at byte 10, tag 109",
    );
}
