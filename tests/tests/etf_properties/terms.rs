//! Strategies for terms, and what holds for each of them.

use bytes::Bytes;
use ergo::etf::{Atom, BigInt, BitString, Export, ImproperList, Pid, Port, Reference, Term};
use ergo_tests::hostile::{Source, check_value};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::holds;

pub(crate) fn atom() -> impl Strategy<Value = Atom> {
    prop_oneof![
        4 => "[a-z][a-zA-Z0-9_@]{0,8}",
        1 => "\\PC{0,12}",
        1 => ".{254,255}",
    ]
    .prop_map(|text| Atom::new(text).expect("at most 255 characters"))
}

fn integer() -> impl Strategy<Value = Term> {
    // The numbers at which another form begins.
    let edges = prop::sample::select(vec![
        0_i128,
        255,
        256,
        -1,
        i32::MAX.into(),
        i32::MIN.into(),
        i64::MAX.into(),
        i64::MIN.into(),
        u64::MAX.into(),
    ]);
    prop_oneof![
        any::<i64>().prop_map(Term::from),
        (edges, -1..=1_i128).prop_map(|(edge, step)| Term::from(edge + step)),
        vec(any::<u8>(), 0..300).prop_map(|bytes| Term::from(BigInt::from_signed_bytes_le(&bytes))),
    ]
}

fn float() -> impl Strategy<Value = Term> {
    prop_oneof![
        prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO,
        (-1000..1000_i32).prop_map(f64::from),
    ]
    .prop_map(Term::from)
}

fn octets() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..100).prop_map(Bytes::from)
}

fn identifier() -> impl Strategy<Value = Term> {
    let numbers = || (any::<u32>(), any::<u32>(), any::<u32>());
    prop_oneof![
        (atom(), numbers()).prop_map(|(node, (a, b, c))| Term::from(Pid::new(node, a, b, c))),
        (atom(), any::<u32>(), vec(any::<u32>(), 1..=5)).prop_map(|(node, creation, words)| {
            Term::from(Reference::new(node, creation, &words).expect("1 to 5 words"))
        }),
        (atom(), any::<u64>(), 0..64_u32, any::<u32>()).prop_map(|(node, id, shift, creation)| {
            Term::from(Port::new(node, id >> shift, creation))
        }),
        (atom(), atom(), 0..=u32::MAX >> 1)
            .prop_map(|(module, function, arity)| Term::from(Export::new(module, function, arity))),
    ]
}

/// Closures and native records, which only a peer can make.
fn foreign() -> impl Strategy<Value = Term> {
    (22..=23_u8, vec(any::<u8>(), 40..200)).prop_map(|(kind, mut bytes)| {
        bytes.insert(0, kind);
        // Few captured values or fields, so that the bytes reach.
        bytes[1] %= 4;
        Source::new(&bytes).term()
    })
}

fn leaf() -> impl Strategy<Value = Term> {
    prop_oneof![
        3 => integer(),
        1 => float(),
        2 => atom().prop_map(Term::from),
        1 => octets().prop_map(Term::from),
        1 => (octets(), 1..8_u8).prop_map(|(bytes, bits)| {
            BitString::new(bytes.clone(), bits).map_or(Term::from(bytes), Term::from)
        }),
        1 => identifier(),
        1 => foreign(),
        1 => vec(any::<u8>(), 0..20).prop_map(|bytes| Term::list(bytes.into_iter().map(Term::from))),
        1 => Just(Term::NIL),
    ]
}

fn small() -> impl Strategy<Value = Term> {
    prop_oneof![
        leaf(),
        vec(leaf(), 0..3).prop_map(Term::tuple),
        vec((leaf(), leaf()), 0..3).prop_map(Term::map),
    ]
}

/// Any term: every variant, nested.
pub(crate) fn term() -> impl Strategy<Value = Term> {
    leaf().prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Term::tuple),
            vec(inner.clone(), 0..8).prop_map(Term::list),
            vec((inner.clone(), inner.clone()), 0..6).prop_map(Term::map),
            (vec(inner.clone(), 1..5), inner.clone())
                .prop_map(|(elements, tail)| ImproperList::term(elements, tail)),
            // As many elements as take the larger form of a tuple. Of small terms: such tuples in such tuples would
            // be millions of terms.
            (small(), 254..258_usize).prop_map(|(term, count)| Term::tuple(vec![term; count])),
        ]
    })
}

#[test]
fn terms_come_back_the_same() {
    holds(&term(), |term| check_value(&term));
}

#[test]
fn terms_of_bytes_come_back_the_same() {
    holds(&vec(any::<u8>(), 0..400), |bytes| {
        check_value(&Source::new(&bytes).term());
    });
}

/// The strategies above reach every variant, so that none is left out unnoticed.
#[test]
fn every_kind_of_term_is_generated() {
    let seen = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let kinds = |term: &Term| match term {
        Term::Integer(_) => "integer",
        Term::BigInteger(_) => "big integer",
        Term::Float(_) => "float",
        Term::Atom(_) => "atom",
        Term::Binary(_) => "binary",
        Term::BitString(_) => "bit string",
        Term::Tuple(_) => "tuple",
        Term::List(_) => "list",
        Term::ImproperList(_) => "improper list",
        Term::Map(_) => "map",
        Term::Pid(_) => "pid",
        Term::Reference(_) => "reference",
        Term::Port(_) => "port",
        Term::Fun(fun) if fun.as_closure().is_some() => "closure",
        Term::Fun(_) => "function by name",
        Term::Record(_) => "record",
        _ => "new",
    };
    holds(&(vec(leaf(), 20), term()), |(leaves, term)| {
        seen.borrow_mut()
            .extend(leaves.iter().chain([&term]).map(kinds));
    });
    let seen = seen.into_inner();
    assert_eq!(seen.len(), 16, "{seen:?}");
}
