//! Each shape once, with all four derives.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::num::NonZeroU16;
use std::time::{Duration, SystemTime};

use ergo::{Decode, Encode, etf, term};
use serde::{Deserialize, Serialize};

use crate::{both_read, both_refuse, same};

macro_rules! shapes {
    ($($item:item)*) => {$(
        #[derive(Debug, Clone, PartialEq, Encode, Decode, Serialize, Deserialize)]
        $item
    )*};
}

shapes! {
    struct Account { id: u64, limit: u32, owner: Option<String> }
    struct Pair(u8, String);
    struct Meters(f64);
    struct Nothing;
    struct Empty();
    struct NoFields {}
    struct HTTPServer;
    struct Deep { inner: Account, list: Vec<Account>, map: BTreeMap<String, Account> }
    enum Request {
        Take,
        OutOfStock(u32),
        Move(i8, i8),
        Order { item: String, count: u16 },
        None(),
        Void {},
        HTTPServer(Box<Request>),
        V2,
        Order2Item,
    }
    struct List { value: i32, next: Option<Box<List>> }
    struct Optional {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[etf(skip_if = Option::is_none)]
        note: Option<String>,
        #[serde(default)]
        #[etf(default)]
        count: u32,
    }
    #[serde(rename_all = "camelCase")]
    #[etf(rename_all = "camelCase")]
    struct Renamed { first_name: String, #[serde(rename = "KEY")] #[etf(rename = "KEY")] key: u8 }
    #[serde(deny_unknown_fields)]
    #[etf(deny_unknown)]
    struct Strict { a: u8 }
    enum RenamedVariants {
        #[serde(rename = "taken")]
        #[etf(rename = "taken")]
        Take,
        #[serde(rename = "very_gone")]
        #[etf(rename = "very_gone")]
        Gone(u8),
    }
    #[serde(untagged)]
    #[etf(untagged)]
    enum Untagged {
        Number(i64),
        Many(Vec<u16>),
        Text(String),
        Both { a: u8, b: String },
    }
    struct Generic<T> { value: T }
}

fn account() -> Account {
    Account {
        id: 1 << 40,
        limit: 50,
        owner: Some("bolt".to_owned()),
    }
}

#[test]
fn integers() {
    for value in [0, 1, 127, 128, 255, 256, 65_535, i32::MAX.into(), i64::MAX] {
        same(value);
        same(-value);
        same(value.unsigned_abs());
        same(i128::from(value) << 64);
        same(-(i128::from(value) << 64));
        same(u128::from(value.unsigned_abs()) << 64);
    }
    same((i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN));
    same((u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX));
    same((usize::MAX, isize::MIN, NonZeroU16::MAX));
}

#[test]
fn floats_and_leaves() {
    same((1.5_f32, 1.5_f64, -0.0_f64, f64::MIN_POSITIVE, f64::MAX));
    same((true, false, (), 'a', 'ß', '\u{10ffff}'));
    same((String::new(), "text ß".to_owned(), Box::<str>::from("b")));
    same(bytes::Bytes::from_static(b"\0\xff"));
    same((
        etf::Binary::from("a text"),
        etf::Binary::from(vec![255; 100]),
    ));
    both_read(term!(7), 7.0_f64);
    both_read(term!([98, 223]), "bß".to_owned());
    both_read(term!({}), ());
    both_read(term!(nil), ());
}

#[test]
fn options_and_results() {
    same((None::<u8>, Some(7_u8), Some("a".to_owned())));
    both_read(term!(undefined), None::<u8>);
    same::<Result<u8, String>>(Ok(7));
    same::<Result<u8, String>>(Err("no".to_owned()));
    same::<Result<(), String>>(Ok(()));
    same::<Result<(), String>>(Err("no".to_owned()));
    same::<Result<Option<u8>, ()>>(Ok(None));
    same::<Result<Option<u8>, ()>>(Err(()));
    same::<Result<Box<()>, ()>>(Ok(Box::new(())));
    same::<Result<Result<(), u8>, u8>>(Ok(Ok(())));
    same(vec![(Ok::<(), u8>(()), Some(1_u8), 2_u8); 3]);
    both_read(term!({ok, nil}), Ok::<(), u8>(()));
    both_refuse::<Result<Option<u8>, u8>>(
        term!(ok),
        "expected {ok, _} or {error, _}, found atom ok",
    );
    both_refuse::<Result<u8, u8>>(term!({ok, 1, 2}), "of Result");
}

#[test]
fn lists() {
    same(Vec::<u8>::new());
    same(Vec::<String>::new());
    same(vec![0_u8, 255]);
    same(vec![0_u64, 255]);
    same(vec![0_i32, -1]);
    same(vec![0_u16, 256]);
    same(vec![7_u8; 65_535]);
    same(vec![7_u8; 65_536]);
    same(vec!["a".to_owned(), "b".to_owned()]);
    same(vec![vec![1_u8, 2], vec![], vec![3]]);
    same(vec![Some(1_u8), None]);
    same(vec![Some(1_u8), Some(2)]);
    same(VecDeque::from([1_u8, 2]));
    same(VecDeque::from([1_u32, 256]));
    same(BTreeSet::from([1_u8, 2]));
    same(HashSet::from([9_u32]));
    same(vec![Meters(1.0)]);
    same(vec![97_u16, 1, 97, 2]);
    same(vec![(97_u8, 1_u8)]);
    both_read(term!("ab"), vec![97_u8, 98]);
    both_refuse::<Vec<u16>>(term!("ab"), "expected a list, found a binary of 2 bytes");
    both_read(term!([97, 98]), vec![Some(97_u8), Some(98)]);
    both_read(term!([97, 98]), vec!['a', 'b']);
}

#[test]
fn tuples_and_maps() {
    same((1_u8,));
    same((1_u8, "b".to_owned(), None::<u8>, vec![(1_u8, 2_u8)]));
    same(HashMap::from([("a".to_owned(), 1_u8)]));
    same(BTreeMap::from([
        (1_u64, "a".to_owned()),
        (300, "b".to_owned()),
    ]));
    same(BTreeMap::from([((1_u8, 'a'), ()), ((2, 'b'), ())]));
    same(BTreeMap::<String, u8>::new());
    same(BTreeMap::from([(false, 1_u8), (true, 2)]));
}

#[test]
fn structs() {
    same(account());
    same(Account {
        owner: None,
        ..account()
    });
    same(Pair(1, "b".to_owned()));
    same((Meters(1.5), Nothing, Empty(), NoFields {}, HTTPServer));
    same(Deep {
        inner: account(),
        list: vec![account(), account()],
        map: BTreeMap::from([("a".to_owned(), account())]),
    });
    same(List {
        value: 1,
        next: Some(Box::new(List {
            value: 2,
            next: None,
        })),
    });
    same(Renamed {
        first_name: "a".to_owned(),
        key: 1,
    });
    same(Strict { a: 1 });
    same(Generic {
        value: vec![Generic { value: 1_u8 }],
    });
    same(Optional {
        note: None,
        count: 0,
    });
    same(Optional {
        note: Some("n".to_owned()),
        count: 7,
    });
}

#[test]
fn keys_of_structs() {
    let account = Account {
        id: 1,
        limit: 2,
        owner: None,
    };
    both_read(term!(#{id => 1, limit => 2}), account.clone());
    both_read(
        term!(#{"id" => 1, "limit" => 2, colour => red, 7 => {a, b}}),
        account,
    );
    both_read(
        term!(#{}),
        Optional {
            note: None,
            count: 0,
        },
    );
    both_refuse::<Account>(term!(#{id => 1}), "missing field \"limit\" of Account");
    both_refuse::<Account>(term!(#{id => 1, "id" => 2, limit => 1}), "duplicate key id");
    both_refuse::<Account>(term!([]), "expected a map, found []");
    both_refuse::<Strict>(term!(#{a => 1, b => 2}), "unknown field \"b\" of Strict");
    both_refuse::<Strict>(
        term!(#{a => 1, 0 => 2}),
        "unknown field \"a key that is no text\" of Strict",
    );
}

#[test]
fn enums() {
    same(Request::Take);
    same(Request::OutOfStock(7));
    same(Request::Move(1, -1));
    same(Request::Order {
        item: "bolt".to_owned(),
        count: 2,
    });
    same(Request::None());
    same(Request::Void {});
    same(Request::HTTPServer(Box::new(Request::V2)));
    same(vec![Request::V2, Request::Order2Item]);
    same(vec![RenamedVariants::Take, RenamedVariants::Gone(1)]);
    both_refuse::<Request>(
        term!(refuse),
        "expected take or out_of_stock or move or order",
    );
    both_refuse::<Request>(term!({take, 1}), "of Request, found {take, _}");
    both_refuse::<Request>(term!({move, 1}), "of Request, found {move, _}");
    both_refuse::<Request>(
        term!({order, #{item => "a", count => -1}}),
        "field \"count\" of Order",
    );
    both_refuse::<Request>(term!(1), "expected an atom");
}

/// One table for the two copies of the rule, which are in crates that cannot share one.
#[test]
fn names_are_in_snake_case() {
    macro_rules! names {
        ($($name:ident: $atom:literal,)*) => {
            #[allow(non_camel_case_types, reason = "names that are in snake_case already stay")]
            #[derive(Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
            enum Names {
                $($name,)*
            }
            $(
                same(Names::$name);
                assert_eq!(etf::to_term(&Names::$name).unwrap().as_atom(), Some($atom));
            )*
        };
    }
    names! {
        Take: "take",
        OutOfStock: "out_of_stock",
        HTTPServer: "http_server",
        ServeHTTP: "serve_http",
        Order2Item: "order2_item",
        V2: "v2",
        already_snake: "already_snake",
        A: "a",
        _Hidden: "hidden",
        AB: "ab",
        ABc: "a_bc",
        X2Y3: "x2_y3",
        Tail_: "tail",
        Two__Parts: "two_parts",
        SHOUTING_CASE: "shouting_case",
        ÉcoleÀParis: "école_à_paris",
        Straße: "straße",
    }
}

#[test]
fn untagged_enums() {
    same(vec![Untagged::Number(-7), Untagged::Text("a".to_owned())]);
    same(Untagged::Both {
        a: 1,
        b: "b".to_owned(),
    });
    same(Untagged::Many(vec![1, 256]));
    both_read(term!([1, 2]), Untagged::Many(vec![1, 2]));
}

#[test]
fn time() {
    same(Duration::from_millis(1_234_567));
    same((Duration::ZERO, Duration::from_millis(u64::MAX)));
    same(SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123));
    same(vec![Some(Duration::from_millis(1))]);
    both_refuse::<Duration>(term!(-1), "found -1");
    both_refuse::<Duration>(term!(soon), "found atom soon");
}

#[test]
fn errors_name_the_place() {
    both_refuse::<Account>(
        term!(#{id => 1, limit => -3}),
        "field \"limit\" of Account: expected integer 0..4294967295, found -3 at byte ",
    );
    both_refuse::<Vec<Account>>(
        term!([#{id => a, limit => 1}]),
        "element 0: field \"id\" of Account: expected integer",
    );
    both_refuse::<Pair>(term!({1, 2}), "field \"1\" of Pair: expected");
    both_refuse::<(u8, u8)>(
        term!({1, b}),
        "element 1: expected integer 0..255, found atom b",
    );
    both_refuse::<Vec<i8>>(
        term!([1, 200]),
        "element 1: expected integer -128..127, found 200",
    );
}
