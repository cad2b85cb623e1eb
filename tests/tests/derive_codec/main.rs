//! `derive(Encode, Decode)`: every form of the mapping, both ways, and the words of its errors.

mod bytes;
mod fields;
mod flatten;
mod hostile;
mod large;
mod types;

use std::fmt::Debug;
use std::marker::PhantomData;

use ergo::etf::{DecodeError, DecodeOwned, Term, decode, encode};
use ergo::{Decode, Encode, term};

/// The term of `value`.
fn term_of(value: &impl Encode) -> Term {
    decode(&encode(value).unwrap()).unwrap()
}

/// The value in `term`, or the words of the error.
fn read<T: DecodeOwned>(term: &Term) -> Result<T, String> {
    decode(&encode(term).unwrap()).map_err(|error: DecodeError| error.to_string())
}

/// `value` is `term`, and `term` is `value`.
#[track_caller]
fn check<T: Encode + DecodeOwned + PartialEq + Debug>(value: T, term: Term) {
    assert_eq!(term_of(&value), term);
    assert_eq!(read::<T>(&term).as_ref(), Ok(&value));
}

#[track_caller]
fn refuses<T: DecodeOwned + Debug>(term: Term, words: &str) {
    let error = read::<T>(&term).unwrap_err();
    assert!(error.contains(words), "{error:?} does not say {words:?}");
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Account {
    id: u64,
    limit: u32,
    owner: Option<String>,
}

fn account() -> Account {
    Account {
        id: 1,
        limit: 50,
        owner: None,
    }
}

#[test]
fn a_struct_is_a_map() {
    check(account(), term!(#{id => 1, limit => 50, owner => nil}));
    let partly_known = term!(#{"limit" => 50, id => 1, colour => red, 7 => {a, b}});
    assert_eq!(read(&partly_known), Ok(account()));
    assert_eq!(
        read(&term!(#{id => 1, limit => 50, owner => undefined})),
        Ok(account())
    );
}

#[test]
fn errors_name_the_field_and_the_type() {
    refuses::<Account>(
        term!(#{id => 1, limit => -3}),
        "field \"limit\" of Account: expected integer 0..4294967295, found -3",
    );
    refuses::<Account>(term!(#{id => 1}), "missing field \"limit\" of Account");
    refuses::<Account>(term!(#{id => 1, "id" => 2}), "duplicate key id");
    refuses::<Account>(term!([]), "expected a map, found []");
    refuses::<Vec<Account>>(term!([#{id => a, limit => 1}]), "field \"id\" of Account");
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(record = "order")]
struct Order {
    id: u64,
    qty: u32,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(tuple)]
struct Position {
    x: i8,
    #[etf(skip)]
    cache: u64,
    y: i8,
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Pair(u8, String);

#[derive(Debug, PartialEq, Encode, Decode)]
struct Empty();

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(record = "stop")]
struct Stop;

#[test]
fn tuples_and_records() {
    check(Order { id: 1, qty: 9 }, term!({order, 1, 9}));
    check(
        Position {
            x: 1,
            cache: 0,
            y: -1,
        },
        term!({1, -1}),
    );
    assert_eq!(
        term_of(&Position {
            x: 1,
            cache: 7,
            y: -1
        }),
        term!({1, -1})
    );
    check(Pair(1, "b".into()), term!({1, "b"}));
    check(Empty(), term!({}));
    check(Stop, term!({ stop }));
    refuses::<Order>(
        term!({ordre, 1, 9}),
        "expected atom order, found atom ordre",
    );
    refuses::<Order>(
        term!({order, 1}),
        "expected a tuple of 3, found a tuple of 2",
    );
    refuses::<Order>(term!({order, 1, -1}), "field \"qty\" of Order");
    refuses::<Pair>(term!({1, 1}), "field \"1\" of Pair");
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(keyword)]
struct Listen {
    port: u16,
    #[etf(default)]
    backlog: u32,
    #[etf(skip_if = Option::is_none)]
    host: Option<String>,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(keyword)]
struct Flags {
    inet6: bool,
    port: Option<u16>,
}

#[test]
fn keyword_lists() {
    check(
        Listen {
            port: 80,
            backlog: 5,
            host: Some("a".into()),
        },
        term!([{port, 80}, {backlog, 5}, {host, "a"}]),
    );
    check(
        Listen {
            port: 80,
            backlog: 5,
            host: None,
        },
        term!([{port, 80}, {backlog, 5}]),
    );
    assert_eq!(
        read(&term!([{more, {}}, {port, 80}, {port, 81}])),
        Ok(Listen {
            port: 80,
            backlog: 0,
            host: None
        })
    );
    let flags = term!([inet6, {port, 80}, other]);
    assert_eq!(
        read(&flags),
        Ok(Flags {
            inet6: true,
            port: Some(80)
        })
    );
    refuses::<Flags>(
        term!([inet6, port]),
        "field \"port\" of Flags: expected integer 0..65535, found atom true",
    );
    refuses::<Flags>(
        term!([inet6, 1]),
        "element 1: expected a pair or an atom, found 1",
    );
    refuses::<Listen>(term!([]), "missing field \"port\" of Listen");
    refuses::<Listen>(term!([1, 2]), "a list of pairs");
    refuses::<Listen>(term!([{port, 80} | tail]), "the end of a proper list");
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(elixir_struct = "Shop.User", deny_unknown)]
struct User {
    name: String,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(exception = "Elixir.Shop.Error")]
struct ShopError {
    message: String,
}

#[test]
fn elixir_structs() {
    let module = Term::atom("Elixir.Shop.User");
    check(
        User { name: "a".into() },
        term!(#{atom "__struct__" => (module.clone()), name => "a"}),
    );
    check(
        ShopError {
            message: "m".into(),
        },
        term!(#{atom "__struct__" => atom "Elixir.Shop.Error", atom "__exception__" => true, message => "m"}),
    );
    refuses::<User>(
        term!(#{name => "a"}),
        "missing field \"__struct__\" of User",
    );
    refuses::<User>(
        term!(#{atom "__struct__" => atom "Elixir.Shop.Order", name => "a"}),
        "expected atom 'Elixir.Shop.User', found atom 'Elixir.Shop.Order'",
    );
    refuses::<User>(
        term!(#{atom "__struct__" => (module.clone()), "__struct__" => (module.clone()), name => "a"}),
        "duplicate key __struct__",
    );
    refuses::<User>(
        term!(#{atom "__struct__" => (module), name => "a", age => 1}),
        "unknown field \"age\" of User",
    );
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Meters(f64);

#[derive(Debug, PartialEq, Encode, Decode)]
struct Tagged<T>(u32, PhantomData<T>);

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(transparent)]
struct Wrapped {
    inner: Option<u8>,
    #[etf(skip, default = seven)]
    extra: u8,
}

fn seven() -> u8 {
    7
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct Holder {
    wrapped: Wrapped,
}

#[derive(Debug, PartialEq, Encode, Decode)]
struct OutOfStock;

#[test]
fn newtypes_and_units() {
    check(Meters(1.5), term!(1.5));
    check(Tagged::<String>(1, PhantomData), term!(1));
    check(
        Wrapped {
            inner: Some(1),
            extra: 7,
        },
        term!(1),
    );
    check(OutOfStock, term!(out_of_stock));
    // A missing newtype of an option is a missing option.
    assert_eq!(
        read(&term!(#{})),
        Ok(Holder {
            wrapped: Wrapped {
                inner: None,
                extra: 7
            }
        })
    );
}

#[derive(Debug, PartialEq, Encode, Decode)]
enum Shape {
    Point,
    Circle(f64),
    Line(i8, i8),
    #[etf(rename = "box", alias = "rect", rename_all = "camelCase")]
    Rect {
        #[etf(alias = "w")]
        full_width: u8,
    },
    Nothing(),
    #[etf(skip)]
    Secret(PhantomData<u8>),
}

#[test]
fn enums() {
    check(Shape::Point, term!(point));
    check(Shape::Circle(0.5), term!({circle, 0.5}));
    check(Shape::Line(1, -1), term!({line, 1, -1}));
    check(
        Shape::Rect { full_width: 3 },
        term!({r#box, #{fullWidth => 3}}),
    );
    check(Shape::Nothing(), term!({ nothing }));
    assert_eq!(
        read(&term!({rect, #{w => 3, h => 4}})),
        Ok(Shape::Rect { full_width: 3 })
    );
    refuses::<Shape>(
        term!(square),
        "point or {circle, _} or {line, _, _} or {box, _} or nothing of Shape, found square",
    );
    refuses::<Shape>(term!({circle, 1.0, 2.0}), "found {circle, _, _}");
    refuses::<Shape>(term!({line, 1, big}), "field \"1\" of Shape::Line");
    refuses::<Shape>(
        term!({r#box, #{}}),
        "missing field \"fullWidth\" of Shape::Rect",
    );
    let error = encode(&Shape::Secret(PhantomData)).unwrap_err();
    assert_eq!(error.to_string(), "Shape::Secret is never on the wire");
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(tag = "type", rename_all = "camelCase")]
enum Event {
    Opened,
    OrderShipped { id: u64, note: Option<String> },
}

#[test]
fn internally_tagged_enums() {
    check(Event::Opened, term!(#{r#type => opened}));
    check(
        Event::OrderShipped { id: 1, note: None },
        term!(#{r#type => orderShipped, id => 1, note => nil}),
    );
    assert_eq!(
        read(&term!(#{"id" => 1, "type" => "orderShipped"})),
        Ok(Event::OrderShipped { id: 1, note: None })
    );
    refuses::<Event>(term!(#{id => 1}), "missing field \"type\" of Event");
    refuses::<Event>(
        term!(#{r#type => closed}),
        "opened or orderShipped of Event, found closed",
    );
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(untagged)]
enum Value {
    #[etf(alias = "null")]
    Unknown,
    Number(i64),
    // Before the text, which would take `[]` for an empty charlist.
    List(Vec<Value>),
    Text(String),
    Pair(u8, u8),
    Named {
        a: u8,
    },
}

#[test]
fn untagged_enums() {
    check(Value::Unknown, term!(unknown));
    assert_eq!(read(&term!(null)), Ok(Value::Unknown));
    check(Value::Number(-1), term!(-1));
    check(Value::Text("a".into()), term!("a"));
    check(Value::Pair(1, 2), term!({1, 2}));
    check(Value::Named { a: 1 }, term!(#{a => 1}));
    check(
        Value::List(vec![Value::Number(1), Value::List(vec![])]),
        term!([1, []]),
    );
    refuses::<Value>(
        term!({1, 2, 3}),
        "expected a value of Value, found a tuple of 3",
    );
}

/// Two variants that hold the enum in the same form: a peer could double the work with each level.
#[derive(Debug, PartialEq, Encode, Decode)]
#[etf(untagged)]
enum Sum {
    Leaf(i64),
    Added { of: Box<Sum>, add: i64 },
    Times { of: Box<Sum>, times: i64 },
}

#[test]
fn untagged_enums_are_not_tried_without_end() {
    let nested = |depth: usize, inner: Term| {
        (0..depth).fold(inner, |term, level| match level % 2 {
            0 => term!(#{of => (term), times => 1}),
            _ => term!(#{of => (term), add => 1}),
        })
    };
    assert!(read::<Sum>(&nested(12, term!(7))).is_ok());
    let error = read::<Sum>(&nested(200, term!({}))).unwrap_err();
    assert!(error.contains("bytes read more than once is"), "{error}");
    // The first variant that fits is not tried in vain, however deep it is.
    let added = (0..200).fold(term!(7), |term, _| term!(#{of => (term), add => 1}));
    assert!(read::<Sum>(&added).is_ok());
}
