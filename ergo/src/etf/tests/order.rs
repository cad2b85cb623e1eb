//! Erlang's order of terms, and equality.

use std::cmp::Ordering;

use super::super::*;

fn pid(id: u32) -> Term {
    Pid::new(Atom::from_static("a@b"), id, 0, 1).into()
}

fn reference(word: u32) -> Term {
    Reference::new(Atom::from_static("a@b"), 1, &[word, 0, 0])
        .unwrap()
        .into()
}

fn list(elements: impl IntoIterator<Item = i64>) -> Term {
    Term::list(elements.into_iter().map(Term::from))
}

fn bits(byte: u8, count: u8) -> Term {
    BitString::new(vec![byte].into(), count).unwrap().into()
}

#[test]
fn terms_are_ordered_as_in_erlang() {
    let node = || Atom::from_static("a@b");
    let fun = |arity| Export::new(Atom::from_static("m"), Atom::from_static("f"), arity).into();
    let ascending: Vec<Term> = vec![
        Term::from(BigInt::from(-1) << 100),
        i64::MIN.into(),
        (-1.5).into(),
        (-1).into(),
        Term::from(-0.0),
        0.5.into(),
        1.into(),
        1.5.into(),
        2.into(),
        ((1_i64 << 53) as f64).into(),
        ((1_i64 << 53) + 1).into(),
        i64::MAX.into(),
        2_f64.powi(63).into(),
        Term::from((BigInt::from(1) << 63) + 1),
        1e300.into(),
        Term::from(BigInt::from(1) << 2000),
        Term::atom(""),
        Term::atom("a"),
        Term::atom("aa"),
        Term::atom("b"),
        reference(1),
        reference(2),
        fun(1),
        fun(2),
        Port::new(node(), 1, 1).into(),
        Port::new(node(), 2, 1).into(),
        pid(1),
        pid(2),
        Term::tuple([]),
        Term::tuple([9.into()]),
        Term::tuple([1.into(), 2.into()]),
        Term::tuple([1.into(), 3.into()]),
        Term::map([]),
        Term::map([(1.into(), 9.into())]),
        Term::map([(1.0.into(), 0.into())]),
        Term::map([(1.into(), 0.into()), (2.into(), 2.into())]),
        Term::map([(1.into(), 1.into()), (2.into(), 1.into())]),
        Term::map([(1.into(), 0.into()), (3.into(), 0.into())]),
        Term::NIL,
        ImproperList::term(vec![1.into()], 5.into()),
        list([1]),
        list([1, 2]),
        ImproperList::term(vec![1.into()], "x".into()),
        list([2]),
        "".into(),
        bits(0x00, 1),
        Term::binary(vec![0]),
        "a".into(),
        "ab".into(),
        "b".into(),
        bits(0x80, 1),
        bits(0x80, 3),
        Term::binary(vec![0x80]),
    ];
    for (i, a) in ascending.iter().enumerate() {
        for (j, b) in ascending.iter().enumerate() {
            assert_eq!(a.cmp(b), i.cmp(&j), "{a} and {b}");
            assert_eq!(a == b, i == j, "{a} and {b}");
        }
    }
}

#[test]
fn numbers_of_equal_value_are_equal_in_the_standard_order_only() {
    let big: BigInt = BigInt::from(1) << 70;
    for (integer, float) in [
        (Term::from(0), 0.0),
        (1.into(), 1.0),
        ((-7).into(), -7.0),
        (i64::MIN.into(), -(2_f64.powi(63))),
        (big.into(), 2_f64.powi(70)),
    ] {
        let float = Term::from(float);
        assert_eq!(integer.cmp_standard(&float), Ordering::Equal);
        assert_eq!(
            Term::tuple([integer.clone()]).cmp_standard(&Term::tuple([float.clone()])),
            Ordering::Equal
        );
        assert_ne!(integer, float);
        assert_eq!(integer.cmp(&float), Ordering::Less);
        assert_eq!(float.cmp(&integer), Ordering::Greater);
        let map = |key: &Term| Term::map([(key.clone(), 1.into())]);
        assert_eq!(
            map(&integer).cmp_standard(&map(&float)),
            Ordering::Less,
            "keys are compared exactly"
        );
    }
    // The first difference in value decides, even behind numbers that are equal in value.
    let a = Term::tuple([1.0.into(), Term::atom("a")]);
    let b = Term::tuple([1.into(), Term::atom("b")]);
    assert!(a < b);
    assert_eq!(
        Term::from(0.0).cmp_standard(&Term::from(-0.0)),
        Ordering::Equal
    );
    assert_ne!(Term::from(0.0), Term::from(-0.0));
}

#[test]
fn an_integer_equals_itself_in_a_larger_form() {
    use std::hash::{BuildHasher, RandomState};
    let state = RandomState::new();
    let (small, large) = (Term::Integer(5), Term::BigInteger(Box::new(5.into())));
    assert_eq!(small, large);
    assert_eq!(small.cmp(&large), Ordering::Equal);
    assert_eq!(state.hash_one(&small), state.hash_one(&large));
    assert_eq!(encode(&small), encode(&large));
}

#[test]
fn maps_keep_1_and_1_0_apart() {
    let mut map = Map::from(vec![
        (1.0.into(), "float".into()),
        (1.into(), "integer".into()),
    ]);
    assert_eq!(map.len(), 2);
    assert_eq!(map.get(&Term::from(1)), Some(&"integer".into()));
    assert_eq!(map.get(&Term::from(1.0)), Some(&"float".into()));
    assert_eq!(map.insert(1.into(), 0.into()), Some("integer".into()));
    assert_eq!(map.remove(&Term::from(1.0)), Some("float".into()));
    assert_eq!(map.to_string(), "#{1 => 0}");
}

#[test]
fn maps_are_equal_whatever_order_they_were_made_in() {
    let pairs = |order: &[i64]| {
        order
            .iter()
            .map(|i| (Term::from(*i), Term::from(i * 2)))
            .collect::<Map>()
    };
    let map = pairs(&[3, 1, 2]);
    assert_eq!(map, pairs(&[1, 2, 3]));
    assert_ne!(map, pairs(&[1, 2, 4]));
    assert_eq!(
        map.iter()
            .map(|(key, _)| key.as_integer().unwrap())
            .collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(
        Map::from(vec![(1.into(), 1.into()), (1.into(), 2.into())]).to_string(),
        "#{1 => 2}"
    );
    let mut large: Map = (0..1000)
        .rev()
        .map(|i| (Term::from(i), Term::from(i)))
        .collect();
    assert!((0..1000).all(|i| large.get(&Term::from(i)) == Some(&Term::from(i))));
    large
        .get_mut(&Term::from(7))
        .map(|value| *value = Term::NIL)
        .unwrap();
    assert!(large.contains_key(&Term::from(7)) && !large.contains_key("seven"));
}

#[test]
fn lists_normalise() {
    assert_eq!(ImproperList::term(vec![], 1.into()), 1.into());
    assert_eq!(ImproperList::term(vec![1.into()], Term::NIL), list([1]));
    assert_eq!(
        ImproperList::term(vec![1.into()], list([2, 3])),
        list([1, 2, 3])
    );
    let inner = ImproperList::term(vec![2.into()], 3.into());
    assert_eq!(
        ImproperList::term(vec![1.into()], inner).to_string(),
        "[1,2|3]"
    );
}

fn closure(creator: u8, digest: u8, captured: &[u8]) -> Term {
    let pid = [
        88, 119, 3, 97, 64, 98, 0, 0, 0, creator, 0, 0, 0, 2, 0, 0, 0, 3,
    ];
    let head = [&[2][..], &[digest; 16], &[0, 0, 0, 7, 0, 0, 0, 1]].concat();
    let body = [&head[..], &[119, 1, 109, 97, 3, 97, 4], &pid, captured].concat();
    let size = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    super::term(&[&[112], &size[..], &body].concat()).unwrap()
}

#[test]
fn closures_are_equal_whoever_made_them_and_however_they_were_sent() {
    use std::hash::{BuildHasher, RandomState};
    let state = RandomState::new();
    let map = [116, 0, 0, 0, 2, 97, 1, 97, 1, 97, 2, 97, 2];
    let other_way_round = [116, 0, 0, 0, 2, 97, 2, 97, 2, 97, 1, 97, 1];
    let (a, b) = (closure(1, 9, &map), closure(2, 9, &other_way_round));
    assert_eq!(a, b);
    assert_eq!(state.hash_one(&a), state.hash_one(&b));
    assert_ne!(encode(&a).unwrap(), encode(&b).unwrap());
    assert_ne!(a, closure(1, 8, &map));
    let (one, float) = (
        closure(1, 9, &[97, 1]),
        closure(1, 9, &[70, 63, 240, 0, 0, 0, 0, 0, 0]),
    );
    assert!(one.cmp_standard(&float).is_eq() && one < float);
}

#[test]
fn words_of_zero_do_not_tell_references_apart() {
    use std::hash::{BuildHasher, RandomState};
    let state = RandomState::new();
    let make = |words: &[u32]| Reference::new(Atom::from_static("a@b"), 1, words).unwrap();
    let (short, long) = (make(&[5]), make(&[5, 0, 0]));
    assert_eq!(short, long);
    assert_eq!(state.hash_one(&short), state.hash_one(&long));
    assert!(short.cmp(&long).is_eq());
    assert_eq!((short.ids().len(), long.ids().len()), (1, 3));
}
