//! Atoms: quoting, old encodings, tables and sinks.

use std::sync::Arc;

use bytes::Bytes;

use super::super::*;
use super::term;

#[test]
fn atoms_are_quoted_where_they_have_to_be() {
    for (text, shown) in [
        ("ok", "ok"),
        ("a_B@9", "a_B@9"),
        ("ärger", "ärger"),
        ("ß", "ß"),
        ("a÷", "'a÷'"),
        ("÷", "'÷'"),
        ("Ok", "'Ok'"),
        ("_x", "'_x'"),
        ("9a", "'9a'"),
        ("", "''"),
        ("a b", "'a b'"),
        ("λ", "'λ'"),
        ("it's", "'it\\'s'"),
        ("\\", "'\\\\'"),
        ("\n\t\r", "'\\n\\t\\r'"),
        ("\u{1b}\u{7f}\u{85}", "'\\x{1b}\\x{7f}\\x{85}'"),
        ("\u{202e}", "'\\x{202e}'"),
        ("case", "'case'"),
        ("maybe", "'maybe'"),
        ("otherwise", "otherwise"),
    ] {
        let atom = Atom::new(text).unwrap();
        assert_eq!(atom.to_string(), shown);
        assert_eq!(format!("{atom:?}"), shown);
        assert_eq!(atom, *text);
    }
}

#[test]
fn latin_1_atoms_are_read() {
    assert_eq!(term(&[100, 0, 2, 0xe5, b'x']).unwrap(), Term::atom("åx"));
    assert_eq!(term(&[115, 2, 0xe5, b'x']).unwrap(), Term::atom("åx"));
    assert_eq!(term(&[115, 2, b'o', b'k']).unwrap(), Term::atom("ok"));
    let long = term(&[&[115, 255][..], &[0xff; 255]].concat()).unwrap();
    assert_eq!(long.as_atom().unwrap().chars().count(), 255);
}

#[test]
fn references_are_read_through_the_table() {
    let atoms: Arc<[Atom]> = [Atom::from_static("shop@localhost"), Atom::from_static("ok")].into();
    let bytes = [104, 2, 82, 1, 88, 82, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
    let mut decoder = Decoder::new(&bytes).atoms(&atoms);
    assert_eq!(
        decoder.read_term().unwrap().to_string(),
        "{ok,<shop@localhost.1.2/3>}"
    );
    let mut decoder = Decoder::new(&bytes).atoms(&atoms);
    let (ok, arguments) = decoder.read_method().unwrap();
    assert_eq!((&*ok, arguments), ("ok", 1));
    assert!(!decoder.next_atom_is("shop@localhost"));
    assert_eq!(decoder.read_pid().unwrap().node(), "shop@localhost");
    let mut decoder = Decoder::new(&[82, 1]).atoms(&atoms);
    assert!(!decoder.next_atom_is("error") && decoder.next_atom_is("ok"));
}

#[test]
fn a_term_with_references_is_passed_on_without_them() {
    let atoms: Arc<[Atom]> = [Atom::from_static("shop@localhost"), Atom::from_static("ok")].into();
    let bytes = Bytes::from_static(&[
        104, 2, 82, 1, 88, 82, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 99, 99,
    ]);
    let encoded = Encoded::from_wire(bytes.clone(), Arc::clone(&atoms));
    let written = encode(&encoded).unwrap();
    assert_eq!(written, encode(&encoded.to_term().unwrap()).unwrap());
    assert!(written.starts_with(&[131, 104, 2, 119, 2, b'o', b'k', 88, 119, 14]));

    let mut decoder = Decoder::new(&bytes).shared(&bytes).atoms(&atoms);
    decoder.read_tuple().unwrap();
    decoder.read_encoded().unwrap();
    let pid = decoder.read_encoded().unwrap();
    assert_eq!(
        pid.decode::<Pid>().unwrap().to_string(),
        "<shop@localhost.1.2>"
    );
    assert_eq!(decoder.remaining(), 2);
    assert_eq!(
        encode(&pid).unwrap(),
        encode(&pid.to_term().unwrap()).unwrap()
    );
}

/// Knows one atom.
struct OneAtom;

impl AtomSink for OneAtom {
    fn write_atom(&mut self, atom: &str, buffer: &mut Vec<u8>) -> bool {
        if atom == "ok" {
            buffer.extend_from_slice(&[82, 7]);
        }
        atom == "ok"
    }
}

#[test]
fn a_sink_gets_every_atom() {
    let mut buffer = Vec::new();
    let mut sink = OneAtom;
    let mut encoder = Encoder::with_atoms(&mut buffer, &mut sink);
    encoder.write_atom("ok").unwrap();
    encoder.write_atom("no").unwrap();
    encoder.write_known_atom("ok", b"\x77\x02ok");
    encoder.write_known_atom("no", b"\x77\x02no");
    Ok::<u8, ()>(1).encode(&mut encoder).unwrap();
    Term::atom("ok").encode(&mut encoder).unwrap();
    let expect = b"\x52\x07\x77\x02no\x52\x07\x77\x02no\x68\x02\x52\x07\x61\x01\x52\x07";
    assert_eq!(buffer, expect);
}

#[test]
fn known_atoms_are_compared_without_being_made() {
    let bytes = encode(&Term::atom("take")).unwrap();
    let mut decoder = Decoder::new(&bytes[1..]);
    assert!(!decoder.next_atom_is("tak"));
    assert!(!decoder.next_atom_is("taken"));
    let error = decoder.expect_atom("give").unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected atom give, found atom take at byte 0, tag 119"
    );
    decoder.expect_atom("take").unwrap();
    decoder.finish().unwrap();
}

#[test]
fn methods_and_keys() {
    let method = |term: Term| {
        let bytes = encode(&term).unwrap();
        let mut decoder = Decoder::new(&bytes[1..]);
        decoder
            .read_method()
            .map(|(name, arguments)| (name.into_owned(), arguments))
    };
    assert_eq!(method(Term::atom("list")).unwrap(), ("list".to_owned(), 0));
    assert!(method(Term::tuple([Term::atom("list")])).is_err());
    let alone = encode(&Term::tuple([Term::atom("list")])).unwrap();
    let (name, fields) = Decoder::new(&alone[1..]).read_variant().unwrap();
    assert_eq!((&*name, fields), ("list", 0));
    assert_eq!(
        method(Term::tuple([Term::atom("take"), 1.into(), 2.into()])).unwrap(),
        ("take".to_owned(), 2)
    );
    assert!(method(Term::tuple([])).is_err());
    assert!(method(Term::tuple([1.into()])).is_err());
    assert!(method(1.into()).is_err());
    let key = |term: Term| {
        let bytes = encode(&term).unwrap();
        let mut decoder = Decoder::new(&bytes[1..]);
        let key = decoder.read_key().unwrap().map(|key| key.into_owned());
        decoder.finish().unwrap();
        key
    };
    assert_eq!(key(Term::atom("id")).as_deref(), Some("id"));
    assert_eq!(key("id".into()).as_deref(), Some("id"));
    assert_eq!(key(Term::tuple([1.into()])), None);
    assert_eq!(key(Term::binary(&[0xff][..])), None);
}

#[test]
fn short_atoms_are_inline_and_constants_are_static() {
    const LONG: Atom = Atom::from_static("a text of more than twenty-three bytes");
    assert_eq!(LONG, Atom::new(LONG.as_str()).unwrap());
    assert_eq!(size_of::<Atom>(), 24);
    assert_eq!(
        std::collections::HashSet::from([LONG]).get(LONG.as_str()),
        Some(&LONG)
    );
}
