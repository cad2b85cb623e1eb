//! Erlang syntax: what is written of a term is read as that term, and no text makes the parser panic.
//!
//! `ERGO_SEED` repeats a run: a test that fails shows its seed.

use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;
use ergo::etf::{
    Atom, BigInt, BitString, Export, ImproperList, ParseError, Pid, Port, Reference, Term,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Holds `check` for generated values; of those that fail it shows the smallest.
fn holds<S: Strategy>(strategy: &S, check: impl Fn(S::Value)) {
    let seed = match std::env::var("ERGO_SEED") {
        Ok(text) => text.parse().expect("ERGO_SEED is a number"),
        Err(_) => RandomState::new().hash_one(()),
    };
    let config = Config {
        cases: 2_000,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(strategy, |value| {
        check(value);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}\nERGO_SEED={seed}"));
}

fn atom() -> impl Strategy<Value = Atom> {
    prop_oneof![
        4 => "[a-zßé][a-zA-Z0-9_@é]{0,8}",
        1 => "(if|maybe|else|fun|and|[A-Z]|_|@|a[.]b)",
        1 => "\\PC{0,12}",
        1 => "(?s).{254,255}",
    ]
    .prop_map(|text| Atom::new(text).expect("at most 255 characters"))
}

fn number() -> impl Strategy<Value = Term> {
    prop_oneof![
        any::<i64>().prop_map(Term::from),
        any::<i128>().prop_map(Term::from),
        vec(any::<u8>(), 0..300).prop_map(|bytes| Term::from(BigInt::from_signed_bytes_le(&bytes))),
        (prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO)
            .prop_map(Term::from),
        (-1000..1000_i32).prop_map(|integer| Term::from(f64::from(integer))),
    ]
}

fn octets() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        vec(any::<u8>(), 0..60).prop_map(Bytes::from),
        "(?s).{0,30}".prop_map(Bytes::from),
    ]
}

fn identifier() -> impl Strategy<Value = Term> {
    let numbers = (any::<u32>(), any::<u32>(), any::<u32>());
    let words = vec(any::<u32>(), 1..=5);
    prop_oneof![
        (atom(), numbers).prop_map(|(node, (a, b, c))| Term::from(Pid::new(node, a, b, c))),
        (atom(), any::<u32>(), words).prop_map(|(node, creation, words)| {
            Term::from(Reference::new(node, creation, &words).expect("1 to 5 words"))
        }),
        (atom(), any::<u64>(), any::<u32>())
            .prop_map(|(node, id, creation)| Term::from(Port::new(node, id, creation))),
        (atom(), atom(), 0..=255_u32)
            .prop_map(|(module, function, arity)| Term::from(Export::new(module, function, arity))),
    ]
}

fn leaf() -> impl Strategy<Value = Term> {
    prop_oneof![
        3 => number(),
        2 => atom().prop_map(Term::from),
        2 => octets().prop_map(Term::from),
        1 => (octets(), 1..8_u8).prop_map(|(bytes, bits)| {
            BitString::new(bytes.clone(), bits).map_or(Term::from(bytes), Term::from)
        }),
        1 => identifier(),
        1 => "(?s).{0,90}".prop_map(|text| Term::charlist(&text)),
        1 => Just(Term::NIL),
    ]
}

/// Any term that has a text: all but closures, and floats that are not finite.
fn term() -> impl Strategy<Value = Term> {
    leaf().prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..8).prop_map(Term::tuple),
            vec(inner.clone(), 0..8).prop_map(Term::list),
            vec((inner.clone(), inner.clone()), 0..6).prop_map(Term::map),
            (vec(inner.clone(), 1..5), inner.clone())
                .prop_map(|(elements, tail)| ImproperList::term(elements, tail)),
            (atom(), atom(), inner)
                .prop_map(|(module, name, value)| record(&module, &name, &value)),
        ]
    })
}

fn record(module: &Atom, name: &Atom, value: &Term) -> Term {
    let text = format!("#{module}:{name}{{a = {value},b = [{value}]}}");
    Term::parse(&text).unwrap_or_else(|error| panic!("{}", error.pointing_at(&text)))
}

/// What an error says fits the text.
fn check_error(error: &ParseError, text: &str) {
    assert!(text.is_char_boundary(error.offset()), "{error} in {text:?}");
    let before = &text[..error.offset()];
    let line = before.split('\n').next_back().unwrap_or_default();
    assert_eq!(error.line(), before.split('\n').count());
    assert_eq!(error.column(), line.chars().count() + 1);
    assert!(error.to_string().len() < 300, "{error}");
    assert!(error.pointing_at(text).contains('^'));
}

fn check_text(text: &str) {
    match Term::parse(text) {
        Ok(term) => assert_eq!(Term::parse(&term.to_string()), Ok(term), "{text:?}"),
        Err(error) => check_error(&error, text),
    }
}

#[test]
fn what_is_written_is_read() {
    holds(&term(), |term| {
        let text = term.to_string();
        assert!(!text.contains('\n'), "{text:?}");
        assert_eq!(text.parse::<Term>().as_ref(), Ok(&term), "{text}");
        let pretty = format!("{term:#}");
        assert_eq!(pretty.parse::<Term>().as_ref(), Ok(&term), "{pretty}");
        let spaced = format!(" % {term}\n({pretty})\n.\n");
        assert_eq!(spaced.parse::<Term>().as_ref(), Ok(&term), "{spaced}");
    });
}

#[test]
fn any_text_is_a_term_or_an_error() {
    holds(&"(?s).{0,60}", |text| check_text(&text));
    holds(
        &"[\\[\\]{}()<>#|,.:/\\\\'\"~$%_+=*a-fxuU0-9 \n-]{0,40}",
        |text| {
            check_text(&text);
        },
    );
}

#[test]
fn texts_of_terms_with_changes() {
    let change = (
        any::<prop::sample::Index>(),
        0..4_u8,
        "[\\[\\]{}()<>#|,.:/\\\\'\"~$%_+=ax0-9 \n-]",
    );
    holds(
        &(term(), any::<bool>(), vec(change, 1..4)),
        |(term, pretty, changes)| {
            let text = if pretty {
                format!("{term:#}")
            } else {
                term.to_string()
            };
            let mut characters: Vec<char> = text.chars().collect();
            for (place, kind, with) in changes {
                let at = place.index(characters.len() + 1);
                match (kind, with.chars().next()) {
                    (0, Some(with)) => characters.insert(at, with),
                    (1, Some(with)) if at < characters.len() => characters[at] = with,
                    (2, _) if at < characters.len() => drop(characters.remove(at)),
                    _ => characters.truncate(at),
                }
            }
            check_text(&characters.into_iter().collect::<String>());
        },
    );
}
