//! Values of the types that hostile bytes are read as.

use std::collections::HashMap;
use std::time::Duration;

use ergo::Encode;
use ergo::etf::{Atom, DecodeOwned, Term, decode, encode, from_bytes};
use serde::de::DeserializeOwned;

use super::flattened::{Either, Failure, Notice, Options, Person, Strict};
use super::foreign::{Account, Adjacent, Choice, Internal, Outer, Owned};
use super::types::{Event, Forms, Listen, Order, Shape, Standard, Tree, User, Value};

fn bytes(value: &impl Encode) -> Vec<u8> {
    encode(value).expect("a value with an Erlang form")
}

/// The bytes of a value of each type.
pub fn samples() -> Vec<Vec<u8>> {
    let tree = |branches| Tree {
        branches,
        room: [0; 16],
    };
    let leaf = Value::Pair(1, 2);
    let mut samples = vec![
        bytes(&forms(Some(Box::new(forms(None))))),
        bytes(&User {
            name: "a".into(),
            friends: vec![User {
                name: "b".into(),
                friends: Vec::new(),
            }],
        }),
        bytes(&Order {
            id: 1,
            qty: -1,
            lines: vec![("a".into(), 0.5)],
        }),
        bytes(&Listen {
            port: 80,
            backlog: 5,
            host: Some("h".into()),
        }),
        bytes(&Shape::Group(vec![Shape::Line(1, -1), Shape::Circle(0.5)])),
        bytes(&Shape::Rect {
            full_width: 3,
            inner: Some(Box::new(Shape::Point)),
        }),
        bytes(&Event::Nested {
            inner: vec![Event::Opened, Event::OrderShipped { id: 1, note: None }],
        }),
        bytes(&Value::Left {
            a: Box::new(Value::Right {
                a: Box::new(Value::List(vec![leaf, Value::Text("t".into())])),
                right: 1,
            }),
            left: 2,
        }),
        bytes(&tree(vec![tree(vec![tree(Vec::new())]), tree(Vec::new())])),
        bytes(&standard()),
    ];
    samples.extend(flattened());
    samples.extend(foreign());
    samples
}

/// Maps with the pairs of others, and keyword lists.
fn flattened() -> [Vec<u8>; 6] {
    [
        value::<Person>(
            r#"#{name => ann, street => <<"Elm">>, zip => 7, label => <<"l">>, other => {1}}"#,
        ),
        value::<Strict>(
            r#"#{street => <<"Elm">>, <<"postcode">> => nil, label => "l", deep => nil}"#,
        ),
        value::<Notice>(r#"#{kind => moved, street => <<"Elm">>, zip => 7, 1 => 2}"#),
        value::<Either>(r#"#{b => 1, x => #{a => 2, street => <<"Elm">>, zip => nil}, y => 3}"#),
        value::<Failure>(
            r##"#{'__struct__' => 'Elixir.Shop.Error', '__exception__' => true, message => <<"m">>, 1 => 2}"##,
        ),
        value::<Options>(
            "#{all => [a, {b, []}, {a, 1}], nested => [{a, [{b, nil}, {c, 1}]}], typed => [{k, [#{all => []}]}]}",
        ),
    ]
}

/// The forms of the bridge to serde.
fn foreign() -> [Vec<u8>; 8] {
    [
        bridged::<Account>(
            r#"#{owner => <<"ann">>, limit => -3, ratio => 0.5, rows => [{1, 960, true}], prices => #{1 => {0.5, 1.0}},
              big => 1267650600228229401496703205376, since => 1500, content => <<1>>, result => {error, <<"e">>},
              marker => marker}"#,
        ),
        bridged::<Choice>(
            r#"{many, [nothing, {one, -1}, {pair, <<"p">>, 2}, {named, #{left => {empty}, right => true}}]}"#,
        ),
        bridged::<Internal>(r#"#{<<"type">> => <<"timed_out">>, 'after' => 3, note => <<"n">>}"#),
        bridged::<Internal>(r#"#{type => nested, street => <<"Elm">>, zip => nil}"#),
        bridged::<Adjacent>(r#"#{t => 'Struct', c => #{table => #{<<"a">> => 1}}}"#),
        bridged::<Outer>(
            r#"#{id => 1, street => <<"Elm">>, zip => 2, x => [1, 300], y => 0.5, z => #{a => 1}, w => true}"#,
        ),
        bridged::<Owned>(
            r#"#{term => {a, [1|2]}, atom => a, pid => <a@h.95.0/7>, reference => #Ref<a@h.3.2.1/7>, port => #Port<a@h.5/7>,
              'fun' => fun m:f/1, bits => <<5:3>>, chars => [233], tuple => {}, list => [], map => #{}, improper => [1|2],
              record => #m:r{f = 1}}"#,
        ),
        bridged::<HashMap<Term, Term>>("#{<<255>> => [], [a] => {}, {1} => [1|b]}"),
    ]
}

/// The bytes of a term, which is a value of the type.
fn value<T: DecodeOwned>(text: &str) -> Vec<u8> {
    let bytes = term(text);
    decode::<T>(&bytes).map_or_else(|error| panic!("{error}: {text}"), drop);
    bytes
}

/// The same of a type that serde knows.
fn bridged<T: DeserializeOwned>(text: &str) -> Vec<u8> {
    let bytes = term(text);
    from_bytes::<T>(&bytes).map_or_else(|error| panic!("{error}: {text}"), drop);
    bytes
}

fn term(text: &str) -> Vec<u8> {
    bytes(&Term::parse(text).unwrap_or_else(|error| panic!("{}", error.pointing_at(text))))
}

fn forms(deep: Option<Box<Forms>>) -> Forms {
    Forms {
        binary: vec![1, 2],
        maybe: Some([1, 2]),
        list: vec![1, 2],
        chars: "é1".into(),
        atom: Some("a".into()),
        hex: 255,
        own: Some(1),
        twice: Some(None),
        time: Duration::from_micros(7),
        renamed: -1,
        defaulted: 9,
        skipped: 0,
        deep,
    }
}

fn standard() -> Standard {
    Standard {
        table: HashMap::from([("a".into(), 1)]),
        tree: [(1, vec![0.5])].into(),
        set: [i128::MIN].into(),
        sorted: [u128::MAX].into(),
        queue: [(true, 'é')].into(),
        array: Some([1, 2, 3]),
        never_zero: std::num::NonZero::new(1),
        big: Some(u128::MAX.into()),
        atom: Some(Atom::from_static("a")),
        chars: None,
        result: Some(Err("e".into())),
        done: Some(Ok(())),
        size: Some(1),
    }
}
