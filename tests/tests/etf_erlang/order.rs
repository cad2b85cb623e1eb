//! Erlang's order of terms, every pair of a pool compared.

use std::cmp::Ordering;

use bytes::Bytes;
use ergo::etf::{Atom, BigInt, Map, Pid, Port, Reference, Term, decode, decode_shared, encode};
use ergo_tests::erlang::each_release;

use crate::generator::Generator;
use crate::oracle::Oracle;
use crate::random;

const TERMS: usize = 1_500;

/// The most bytes of a term of the pool: what is large decides nothing and takes long.
const BYTES_MAX: usize = 300;

#[tokio::test]
async fn every_two_terms_compare_as_in_erlang() {
    let seed = random::seed();
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        let pool = pool(seed, oracle.node.release());
        let terms: Vec<Term> = pool
            .iter()
            .map(|bytes| decode_shared(bytes).unwrap())
            .collect();
        let matrix: Bytes = oracle.ask(&(Term::atom("compare"), &pool)).await;
        let mut compared = matrix.iter();
        for (place, a) in terms.iter().enumerate() {
            for b in &terms[place + 1..] {
                let byte = *compared.next().expect("a byte for every pair");
                check_pair(a, b, byte);
            }
        }
        assert_eq!(compared.next(), None);
        println!("{} pairs", matrix.len());

        let places: Vec<usize> = oracle.ask(&(Term::atom("sort"), &pool)).await;
        let mut sorted: Vec<usize> = (0..terms.len()).collect();
        sorted.sort_by(|a, b| terms[*a].cmp_standard(&terms[*b]));
        assert_eq!(places, sorted, "lists:sort");
    })
    .await;
}

/// `byte` is what `etf_oracle:compared` says of the two.
pub(crate) fn check_pair(a: &Term, b: &Term, byte: u8) {
    let order =
        |bits: u8| [Ordering::Less, Ordering::Equal, Ordering::Greater][usize::from(bits & 3)];
    let (standard, key) = (order(byte), order(byte >> 2));
    assert_eq!(a.cmp_standard(b), standard, "{a} and {b}");
    assert_eq!(b.cmp_standard(a), standard.reverse(), "{b} and {a}");
    assert_eq!(a == b, byte >> 4 == 1, "{a} =:= {b}");
    let whole = standard.then(key);
    assert_eq!(a.cmp(b), whole, "{a} and {b}, in the order of `Ord`");
}

/// Terms at random, and those where the order has its corners.
fn pool(seed: u64, release: u32) -> Vec<Bytes> {
    let mut generator = Generator::new(seed);
    let mut pool: Vec<Bytes> = corners()
        .iter()
        .map(|term| encode(term).unwrap().into())
        .collect();
    pool.extend((0..300).map(|_| Bytes::from(encode(&generator.common_map()).unwrap())));
    while pool.len() < TERMS {
        let bytes = encode(&generator.term()).unwrap();
        if bytes.len() <= BYTES_MAX {
            pool.push(bytes.into());
        }
    }
    if release < 27 {
        // The two zeros are the same there.
        let zero = (-0.0_f64).to_be_bytes();
        pool.retain(|bytes| !bytes.windows(8).any(|window| window == zero));
    }
    pool
}

fn corners() -> Vec<Term> {
    let mut terms = numbers();
    terms.extend(identifiers());
    terms.extend(bit_strings());
    let containers: Vec<Term> = terms
        .iter()
        .step_by(7)
        .flat_map(|term| {
            [
                Term::tuple([term.clone()]),
                Term::list([1.into(), term.clone()]),
                Term::map([(term.clone(), 1.into())]),
                Term::map([(term.clone(), 1.0.into())]),
                Term::map([
                    (Term::atom("a"), term.clone()),
                    (term.clone(), Term::atom("b")),
                ]),
            ]
        })
        .collect();
    terms.extend(containers);
    terms
}

/// Integers and floats around the values where one or the other loses precision.
fn numbers() -> Vec<Term> {
    let mut numbers = vec![
        0.0.into(),
        (-0.0).into(),
        0.1.into(),
        0.5.into(),
        f64::MAX.into(),
        f64::MIN.into(),
    ];
    for bits in [
        0, 1, 28, 31, 52, 53, 54, 59, 60, 63, 64, 65, 70, 1022, 1023, 1024, 1025,
    ] {
        for sign in [1, -1] {
            let power: BigInt = (BigInt::from(1) << bits) * sign;
            numbers.extend([-1, 0, 1].map(|near| Term::from(power.clone() + near)));
            let float = f64::from(sign) * 2_f64.powi(bits);
            if float.is_finite() {
                numbers.extend([float, float.next_up(), float.next_down()].map(Term::from));
            }
        }
    }
    numbers
}

/// Of several nodes and incarnations of them, with different numbers of words.
fn identifiers() -> Vec<Term> {
    let mut terms = Vec::new();
    for (node, creation) in [("a@b", 1), ("a@b", 2), ("a@a", 3), ("b@a", 1)] {
        let node = Atom::from_static(node);
        for (id, serial) in [(1, 2), (2, 1), (u32::MAX, 0), (0, u32::MAX)] {
            terms.push(Pid::new(node.clone(), id, serial, creation).into());
            terms.push(
                Port::new(
                    node.clone(),
                    u64::from(serial) << 32 | u64::from(id),
                    creation,
                )
                .into(),
            );
        }
        for words in [
            &[1][..],
            &[1, 0, 0],
            &[1, 2],
            &[2, 1],
            &[0, 0, 0, 0, 1],
            &[7, 0, 1],
        ] {
            terms.push(
                Reference::new(node.clone(), creation, words)
                    .unwrap()
                    .into(),
            );
        }
    }
    terms
}

fn bit_strings() -> Vec<Term> {
    let bits: &[&[u8]] = &[
        b"\x83m\0\0\0\0",
        b"\x83m\0\0\0\x01\0",
        b"\x83m\0\0\0\x01\x80",
        b"\x83m\0\0\0\x02\x80\0",
        b"\x83M\0\0\0\x01\x01\0",
        b"\x83M\0\0\0\x01\x01\x80",
        b"\x83M\0\0\0\x01\x03\x80",
        b"\x83M\0\0\0\x01\x03\xa0",
        b"\x83M\0\0\0\x02\x01\x80\0",
    ];
    bits.iter().map(|bytes| decode(bytes).unwrap()).collect()
}

#[tokio::test]
async fn keys_of_a_map_are_in_the_order_of_an_ordered_iterator() {
    let seed = random::seed();
    each_release(async |release| {
        let mut oracle = Oracle::start(release).await;
        if oracle.node.release() < 26 {
            println!("no ordered iterators before OTP 26");
            return;
        }
        let mut generator = Generator::new(seed);
        let maps: Vec<Map> = (0..500)
            .map(|_| {
                (0..40)
                    .map(|_| generator.plain_term())
                    // Maps that are keys themselves OTP compares by the places of their atoms in its table, not by text.
                    .filter(|key| !key.to_string().contains("#{"))
                    .map(|key| (key, Term::NIL))
                    .collect()
            })
            .collect();
        assert!(maps.iter().map(Map::len).sum::<usize>() > 10_000);
        let theirs: Vec<Vec<Bytes>> = oracle
            .ask(&(Term::atom("keys"), &maps_encoded(&maps)))
            .await;
        assert_eq!(theirs.len(), maps.len());
        for (map, theirs) in maps.iter().zip(theirs) {
            assert_eq!(map.len(), theirs.len());
            for ((ours, _), theirs) in map.iter().zip(&theirs) {
                assert_eq!(*ours, decode::<Term>(theirs).unwrap());
            }
        }
    })
    .await;
}

fn maps_encoded(maps: &[Map]) -> Vec<Bytes> {
    maps.iter().map(|map| encode(map).unwrap().into()).collect()
}
