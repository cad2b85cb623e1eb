//! The laws of equality, order and hashes, on terms that are close to each other.

use std::cmp::Ordering;

use bytes::Bytes;
use ergo::etf::{Atom, BigInt, BitString, ImproperList, Pid, Term};
use ergo_tests::hostile::check_laws;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::holds;

/// Few leaves, many of them equal by one order and not by the other.
fn leaf() -> impl Strategy<Value = Term> {
    let past_floats = 9_007_199_254_740_993_i64;
    prop::sample::select(vec![
        Term::from(0),
        Term::from(0.0),
        Term::from(-0.0),
        Term::from(1),
        Term::from(1.0),
        Term::from(-1),
        Term::from(1.5),
        Term::from(past_floats),
        Term::from(past_floats - 1),
        Term::from(9_007_199_254_740_992.0),
        Term::from(u64::MAX),
        Term::from(18_446_744_073_709_551_616.0),
        Term::from(BigInt::from(1) << 1030_u32),
        Term::BigInteger(Box::new(BigInt::from(1))),
        Term::from(f64::MAX),
        Term::from(f64::MIN_POSITIVE),
        Term::atom("a"),
        Term::atom("b"),
        Term::binary(Bytes::from_static(b"a")),
        Term::from(BitString::new(Bytes::from_static(b"a"), 3).expect("bits")),
        Term::from(BitString::new(Bytes::from_static(b"c"), 3).expect("bits")),
        Term::from(Pid::new(Atom::from_static("n@h"), 1, 0, 1)),
        Term::from(Pid::new(Atom::from_static("n@h"), 1, 0, 2)),
        Term::NIL,
        Term::tuple([]),
        Term::map([]),
    ])
}

fn close() -> impl Strategy<Value = Term> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Term::tuple),
            vec(inner.clone(), 0..3).prop_map(Term::list),
            vec((inner.clone(), inner.clone()), 0..3).prop_map(Term::map),
            (vec(inner.clone(), 1..3), inner)
                .prop_map(|(elements, tail)| ImproperList::term(elements, tail)),
        ]
    })
}

#[test]
fn equality_order_and_hashes_agree() {
    holds(&(close(), close()), |(a, b)| check_laws(&a, &b));
    holds(&(super::terms::term(), super::terms::term()), |(a, b)| {
        check_laws(&a, &b)
    });
}

/// `a <= b` and `b <= c` make `a <= c`, and equality passes on, in both orders.
#[test]
fn both_orders_are_transitive() {
    holds(&vec(close(), 3..6), |terms| {
        for order in [Term::cmp, Term::cmp_standard] {
            for (a, b, c) in triples(&terms) {
                let (ab, bc, ac) = (order(a, b), order(b, c), order(a, c));
                let expected = match (ab, bc) {
                    (Ordering::Equal, other) | (other, Ordering::Equal) => Some(other),
                    (ab, bc) if ab == bc => Some(ab),
                    _ => None,
                };
                assert!(
                    expected.is_none_or(|expected| expected == ac),
                    "{a}, {b}, {c}"
                );
            }
        }
    });
}

fn triples(terms: &[Term]) -> impl Iterator<Item = (&Term, &Term, &Term)> {
    terms.iter().flat_map(move |a| {
        terms
            .iter()
            .flat_map(move |b| terms.iter().map(move |c| (a, b, c)))
    })
}

/// Sorting and looking up by one key or the other finds the same as comparing with each.
#[test]
fn a_map_finds_each_of_its_keys_and_no_other() {
    holds(&(vec(close(), 0..8), close()), |(keys, other)| {
        let map: ergo::etf::Map = keys.iter().map(|key| (key.clone(), key.clone())).collect();
        for key in &keys {
            assert_eq!(map.get(key), Some(key), "{map}");
        }
        assert_eq!(
            map.contains_key(&other),
            keys.contains(&other),
            "{map}, {other}"
        );
        assert!(map.iter().zip(map.iter().skip(1)).all(|(a, b)| a.0 != b.0));
    });
}
