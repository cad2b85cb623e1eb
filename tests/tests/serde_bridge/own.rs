//! The types of the codec: themselves in a term, readable elsewhere.

use std::collections::BTreeMap;
use std::time::Duration;

use ergo::etf::{
    self, Atom, AtomSink, BigInt, BitString, CharList, Decoder, Encoded, Encoder, Export, Fun,
    ImproperList, List, Map, Pid, Port, Reference, Term, Tuple,
};
use ergo::wire::Limits;
use ergo::{Decode, Encode, term};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{both_refuse, same};

fn node() -> Atom {
    Atom::from_static("shop@10.0.0.1")
}

fn pid() -> Pid {
    Pid::new(node(), 95, 2, 7)
}

fn reference(words: &[u32]) -> Reference {
    Reference::new(node(), 7, words).unwrap()
}

fn bits() -> BitString {
    BitString::new(vec![1, 0b1010_0000].into(), 3).unwrap()
}

fn fun() -> Fun {
    Export::new(Atom::from_static("lists"), Atom::from_static("map"), 2).into()
}

#[derive(Debug, Clone, PartialEq, Encode, Decode, Serialize, Deserialize)]
struct Identifiers {
    atom: Atom,
    pid: Pid,
    port: Port,
    reference: Reference,
    alias: Reference,
    name: CharList,
    bits: BitString,
    #[serde(with = "ergo::etf::serde::big_integer")]
    large: BigInt,
    #[serde(with = "ergo::etf::serde::big_integer")]
    small: BigInt,
}

fn identifiers() -> Identifiers {
    Identifiers {
        atom: Atom::from_static("Elixir.Shop"),
        pid: pid(),
        port: Port::new(node(), 1 << 40, 7),
        reference: reference(&[1, 2, 3]),
        alias: reference(&[1, 2, 3, 4, 5]),
        name: CharList::from("bolt ß"),
        bits: bits(),
        large: -BigInt::from(2).pow(100),
        small: BigInt::from(-7),
    }
}

#[test]
fn they_are_themselves() {
    same(identifiers());
    same((
        fun(),
        Term::NIL,
        term!({ok, [1, 2 | (etf::Term::atom("x"))], #{1 => a, "b" => nil}}),
    ));
    same(vec![
        Atom::from_static("é"),
        Atom::new("x".repeat(255)).unwrap(),
    ]);
    same(vec![term!(1), term!(2)]);
    same(vec![term!(1), term!(two)]);
    same(BTreeMap::from([(pid(), Some(Atom::from_static("a")))]));
    same(BTreeMap::from([
        (term!(id), 1_u8),
        (term!("id"), 2),
        (term!(1), 3),
        (term!(1.0), 4),
    ]));
    same((
        Tuple::from(vec![term!(a)]),
        List::from(vec![term!(a)]),
        Map::from(vec![(term!(a), term!(1))]),
    ));
    same((
        CharList::from("ab"),
        CharList::from("\u{3b1}"),
        CharList::default(),
    ));
    let Term::ImproperList(improper) = term!([1 | (2)]) else {
        panic!("not improper");
    };
    same::<ImproperList>(improper);
}

#[test]
fn an_encoded_term_stays_encoded() {
    let encoded = Encoded::new(&identifiers()).unwrap();
    let bytes = etf::to_bytes(&encoded).unwrap();
    assert_eq!(bytes, etf::encode(&identifiers()).unwrap());
    let read: Encoded = etf::from_bytes(&bytes).unwrap();
    assert_eq!(read.decode::<Identifiers>(), Ok(identifiers()));
}

#[test]
fn other_terms_are_refused_with_their_place() {
    both_refuse::<(u8, Pid)>(
        term!({1, x}),
        "element 1: expected a pid, found atom x at byte 5, tag 119",
    );
    both_refuse::<Vec<Atom>>(
        term!([a, "b"]),
        "element 1: expected an atom, found a binary of 1 byte at byte 9, tag 109",
    );
    both_refuse::<Tuple>(term!([]), "expected a tuple");
    let twice = [
        131, 104, 1, 116, 0, 0, 0, 2, 97, 1, 97, 1, 98, 0, 0, 0, 1, 97, 2,
    ];
    let error = etf::from_bytes::<(Term,)>(&twice).unwrap_err().to_string();
    assert!(error.starts_with("element 0: duplicate key 1"), "{error}");
    assert!(etf::decode::<(Term,)>(&twice).is_err());
}

#[test]
fn other_formats_get_something_readable() {
    let value = serde_json::to_value(identifiers()).unwrap();
    let expect = json!({
        "atom": "Elixir.Shop",
        "pid": "<shop@10.0.0.1.95.2>/7",
        "port": "#Port<shop@10.0.0.1.1099511627776>/7",
        "reference": "#Ref<shop@10.0.0.1.3.2.1>/7",
        "alias": "#Ref<shop@10.0.0.1.5.4.3.2.1>/7/5",
        "name": "bolt ß",
        "bits": [[1, 160], 3],
        "large": "-1267650600228229401496703205376",
        "small": -7,
    });
    assert_eq!(value, expect);
    assert_eq!(
        serde_json::from_value::<Identifiers>(value).unwrap(),
        identifiers()
    );
    let keys = serde_json::to_string(&BTreeMap::from([(pid(), 1)])).unwrap();
    assert_eq!(keys, r#"{"<shop@10.0.0.1.95.2>/7":1}"#);
    assert_eq!(
        serde_json::from_str::<BTreeMap<Pid, i32>>(&keys).unwrap(),
        BTreeMap::from([(pid(), 1)])
    );
    assert_eq!(
        serde_json::to_value(fun()).unwrap(),
        json!("fun lists:map/2")
    );
}

#[test]
fn a_text_that_is_no_identifier_is_refused() {
    for text in [
        "",
        "<",
        "<a@b.1.2>",
        "<a@b.1>/7",
        "<a@b.-1.2>/7",
        "<a@b.1.2>/4294967296",
        "#Port<a@b.1>/1",
    ] {
        let error = serde_json::from_value::<Pid>(json!(text)).unwrap_err();
        assert!(error.to_string().contains("the text of a pid"), "{error}");
    }
    for text in [
        "#Ref<a@b>/1",
        "#Ref<a@b.1.2.3>/1/6",
        "#Ref<a@b.1.2.3>/1/0",
        "#Ref<a@b.1.2.3>/1/99999999999",
    ] {
        assert!(
            serde_json::from_value::<Reference>(json!(text)).is_err(),
            "{text}"
        );
    }
    assert!(serde_json::from_value::<Atom>(json!("x".repeat(256))).is_err());
    assert!(serde_json::from_value::<Fun>(json!("fun lists:map/2")).is_err());
}

#[test]
fn any_term_in_another_format() {
    let term = term!(#{
        ok => true, "none" => nil, 1 => [1, 2.5, {a, "b"}], pid => (pid()), big => (u64::MAX)
    });
    let expect = json!({
        "ok": true, "none": null, "1": [1, 2.5, ["a", "b"]], "pid": "<shop@10.0.0.1.95.2>/7", "big": u64::MAX,
    });
    assert_eq!(serde_json::to_value(&term).unwrap(), expect);
    assert_eq!(
        serde_json::to_value(Encoded::new(&term).unwrap()).unwrap(),
        expect
    );
    let back = term!(#{
        "ok" => true, "none" => nil, "1" => [1, 2.5, ["a", "b"]], "pid" => "<shop@10.0.0.1.95.2>/7",
        "big" => (u64::MAX)
    });
    assert_eq!(serde_json::from_value::<Term>(expect).unwrap(), back);
}

#[test]
fn a_deep_term_is_refused_by_another_format() {
    let mut deep = Term::NIL;
    for _ in 0..1_000_000 {
        deep = Term::list([deep]);
    }
    let error = serde_json::to_string(&deep).unwrap_err().to_string();
    assert!(error.contains("more than 128 levels deep"), "{error}");
    let bytes = etf::to_bytes(&deep).unwrap();
    assert_eq!(etf::from_bytes::<Term>(&bytes).as_ref(), Ok(&deep));
}

/// Writes every atom as a reference to its place in a table, as the atom cache of a connection does.
#[derive(Default)]
struct Table(Vec<Atom>);

impl AtomSink for Table {
    fn write_atom(&mut self, atom: &str, buffer: &mut Vec<u8>) -> bool {
        let at = self
            .0
            .iter()
            .position(|known| *known == atom)
            .unwrap_or_else(|| {
                self.0.push(Atom::new(atom).unwrap());
                self.0.len() - 1
            });
        buffer.extend([82, u8::try_from(at).unwrap()]);
        true
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Cached {
    ok: Result<(), ()>,
    wait: Duration,
    term: Term,
    identifiers: Identifiers,
    atoms: BTreeMap<Atom, Option<bool>>,
    texts: BTreeMap<String, Result<u8, Atom>>,
    terms: BTreeMap<Term, u8>,
}

#[test]
fn atoms_go_through_the_cache_of_a_connection() {
    let value = Cached {
        ok: Ok(()),
        wait: Duration::from_millis(1500),
        term: term!({id, [1, nil]}),
        identifiers: identifiers(),
        atoms: BTreeMap::from([
            (Atom::from_static("id"), None),
            (Atom::from_static("ok"), Some(true)),
        ]),
        texts: BTreeMap::from([("id".to_owned(), Err(Atom::from_static("id")))]),
        terms: BTreeMap::from([(term!({ id }), 1), (term!({ ok }), 2)]),
    };
    let mut table = Table::default();
    let mut bytes = Vec::new();
    etf::serde::encode(&value, &mut Encoder::with_atoms(&mut bytes, &mut table)).unwrap();
    assert!(bytes.contains(&82) && table.0.contains(&Atom::from_static("identifiers")));
    let atoms = table.0.into();
    let mut decoder = Decoder::new(&bytes).atoms(&atoms);
    assert_eq!(
        etf::serde::decode::<Cached>(&mut decoder).as_ref(),
        Ok(&value)
    );
    decoder.finish().unwrap();
    // A connection hands the message on as it came; it can be passed on by another.
    let mut decoder = Decoder::new(&bytes).atoms(&atoms);
    let encoded: Encoded = etf::serde::decode(&mut decoder).unwrap();
    assert_eq!(
        etf::from_bytes::<Cached>(&etf::to_bytes(&encoded).unwrap()),
        Ok(value)
    );
    assert!(etf::serde::decode::<Cached>(&mut Decoder::new(&bytes)).is_err());
}

#[test]
fn the_limits_of_the_decoder_hold() {
    let mut limits = Limits::default();
    limits.term_bytes_max = 1000;
    limits.term_depth_max = 3;
    let long = etf::encode(&vec![300; 1000]).unwrap();
    let decoder = |bytes| Decoder::new(bytes).limits(&limits);
    let error = etf::serde::decode::<Term>(&mut decoder(&long[1..])).unwrap_err();
    assert!(
        error.to_string().contains("term_bytes_max is 1000"),
        "{error}"
    );
    let deep = etf::encode(&vec![vec![vec![vec![1000]]]]).unwrap();
    let error =
        etf::serde::decode::<Vec<Vec<Vec<Vec<u16>>>>>(&mut decoder(&deep[1..])).unwrap_err();
    assert!(
        error.to_string().contains("term_depth_max is 3, found 4"),
        "{error}"
    );
}
