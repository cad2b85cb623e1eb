//! Strategies for the types of `ergo_tests::hostile`.

use std::time::Duration;

use ergo::etf::{BigInt, CharList};
use ergo_tests::hostile::{Event, Forms, Listen, Order, Shape, Standard, Tree, User, Value};
use proptest::collection::{btree_map, btree_set, hash_map, hash_set, vec, vec_deque};
use proptest::option::of;
use proptest::prelude::*;

use crate::terms::atom;

/// A float that has an Erlang form.
fn finite() -> impl Strategy<Value = f64> {
    prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO
}

/// The text of an atom that is not the absent value of an option.
fn atom_text() -> impl Strategy<Value = String> {
    atom()
        .prop_map(|atom| atom.as_str().to_owned())
        .prop_filter("nil and undefined are None", |text| {
            text != "nil" && text != "undefined"
        })
}

pub(crate) fn forms() -> impl Strategy<Value = Forms> {
    let leaf = (
        (
            any::<Vec<u8>>(),
            of(any::<[u8; 2]>()),
            any::<Vec<u8>>(),
            any::<String>(),
        ),
        (
            of(atom_text()),
            any::<u32>(),
            of(any::<u8>()),
            of(of(any::<u8>())),
        ),
        (0..u64::MAX, any::<i16>(), any::<u64>()),
    )
        .prop_map(
            |(
                (binary, maybe, list, chars),
                (atom, hex, own, twice),
                (time, renamed, defaulted),
            )| {
                Forms {
                    binary,
                    maybe,
                    list,
                    chars,
                    atom,
                    hex,
                    own,
                    twice,
                    time: Duration::from_micros(time),
                    renamed,
                    defaulted,
                    skipped: 0,
                    deep: None,
                }
            },
        );
    vec(leaf, 1..4).prop_map(|forms| {
        let nest = |deep: Option<Forms>, outer: Forms| {
            Some(Forms {
                deep: deep.map(Box::new),
                ..outer
            })
        };
        forms.into_iter().fold(None, nest).expect("at least one")
    })
}

pub(crate) fn user() -> impl Strategy<Value = User> {
    let leaf = any::<String>().prop_map(|name| User {
        name,
        friends: Vec::new(),
    });
    leaf.prop_recursive(4, 20, 4, |inner| {
        (any::<String>(), vec(inner, 0..4)).prop_map(|(name, friends)| User { name, friends })
    })
}

pub(crate) fn order() -> impl Strategy<Value = Order> {
    (
        any::<u64>(),
        any::<i32>(),
        vec((any::<String>(), finite()), 0..5),
    )
        .prop_map(|(id, qty, lines)| Order { id, qty, lines })
}

pub(crate) fn listen() -> impl Strategy<Value = Listen> {
    (any::<u16>(), any::<u32>(), of(any::<String>())).prop_map(|(port, backlog, host)| Listen {
        port,
        backlog,
        host,
    })
}

pub(crate) fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        Just(Shape::Point),
        Just(Shape::Nothing()),
        finite().prop_map(Shape::Circle),
        any::<(i8, i8)>().prop_map(|(x, y)| Shape::Line(x, y)),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Shape::Group),
            (any::<u8>(), of(inner)).prop_map(|(full_width, inner)| Shape::Rect {
                full_width,
                inner: inner.map(Box::new),
            }),
        ]
    })
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    let leaf = prop_oneof![
        Just(Event::Opened),
        (any::<u64>(), of(any::<String>())).prop_map(|(id, note)| Event::OrderShipped { id, note }),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        vec(inner, 0..4).prop_map(|inner| Event::Nested { inner })
    })
}

pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Unknown),
        any::<i64>().prop_map(Value::Number),
        any::<String>().prop_map(Value::Text),
        any::<(u8, u8)>().prop_map(|(a, b)| Value::Pair(a, b)),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::List),
            (inner.clone(), any::<u8>()).prop_map(|(a, left)| Value::Left {
                a: Box::new(a),
                left,
            }),
            (inner, any::<u8>()).prop_map(|(a, right)| Value::Right {
                a: Box::new(a),
                right,
            }),
        ]
    })
}

pub(crate) fn tree() -> impl Strategy<Value = Tree> {
    let of_branches = |branches| Tree {
        branches,
        room: [0; 16],
    };
    Just(of_branches(Vec::new())).prop_recursive(6, 40, 5, move |inner| {
        vec(inner, 0..5).prop_map(of_branches)
    })
}

pub(crate) fn standard() -> impl Strategy<Value = Standard> {
    let short = any::<f32>().prop_filter("finite", |float| float.is_finite());
    let big = vec(any::<u8>(), 0..40).prop_map(|bytes| BigInt::from_signed_bytes_le(&bytes));
    let containers = (
        hash_map(any::<String>(), any::<u64>(), 0..4),
        btree_map(any::<i64>(), vec(short, 0..4), 0..4),
        hash_set(any::<i128>(), 0..4),
        btree_set(any::<u128>(), 0..4),
        vec_deque((any::<bool>(), any::<char>()), 0..4),
        of(any::<[u16; 3]>()),
    );
    let parts = (
        of(1..=u32::MAX),
        of(big),
        of(atom().prop_filter("not None", |atom| {
            !["nil", "undefined"].contains(&atom.as_str())
        })),
        of(any::<String>()),
        of(any::<Result<u8, String>>()),
        of(any::<Result<(), ()>>()),
        of(any::<usize>()),
    );
    (containers, parts).prop_map(
        |(
            (table, tree, set, sorted, queue, array),
            (never_zero, big, atom, chars, result, done, size),
        )| {
            Standard {
                table,
                tree,
                set,
                sorted,
                queue,
                array,
                never_zero: never_zero.and_then(std::num::NonZero::new),
                big,
                atom,
                chars: chars.map(CharList::from),
                result,
                done,
                size,
            }
        },
    )
}
