//! Values of the types that hostile bytes are read as.

use std::collections::HashMap;
use std::time::Duration;

use ergo::Encode;
use ergo::etf::{Atom, encode};

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
    vec![
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
    ]
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
