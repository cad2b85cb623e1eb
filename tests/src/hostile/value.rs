//! Terms that exist, and what is made of them.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use bytes::Bytes;
use ergo::dist::handshake::Established;
use ergo::dist::{Control, Event, Flags, Inbound, Outbound, Payload, Transmit};
use ergo::etf::{
    self, DecodeErrorKind, EncodeOptions, Encoded, Pid, Term, decode, decode_shared, decode_with,
    encode, encode_with,
};
use ergo::wire::Limits;

use super::peer::established;

/// A term goes out and comes back the same: whole, with options, through serde, as text, kept encoded, and on a connection with and without an atom cache.
pub fn check_value(term: &Term) {
    let bytes = encode(term).expect("a term of finite floats");
    let again: Term = decode(&bytes).expect("what was written can be read");
    assert!(again == *term, "{term} became {again}");
    check_laws(term, &again);
    assert!(decode_shared::<Term>(&Bytes::from(bytes.clone())).as_ref() == Ok(term));
    let encoded: Encoded = decode(&bytes).expect("what was written can be kept");
    assert!(encoded.to_term().as_ref() == Ok(term));
    assert_eq!(encode(&encoded).as_ref(), Ok(&bytes));
    check_options(term);
    check_bridge(term, &bytes);
    check_shown(term);
    let limits = Limits::default();
    for flags in [
        Flags::VISIBLE,
        Flags::VISIBLE.without(Flags::DIST_HDR_ATOM_CACHE),
    ] {
        let (here, there) = established(flags);
        let mut outbound = Outbound::new(&here, &limits);
        let mut inbound = Inbound::new(&there, &limits);
        // The second time the atoms are in the cache.
        for _ in 0..2 {
            check_connection(&mut outbound, &mut inbound, term, &encoded);
        }
    }
}

/// With every option the bytes are those of the same term. What shrinks beyond the limit of the ratio is refused by it,
/// and by nothing else.
fn check_options(term: &Term) {
    let deterministic = EncodeOptions::new().deterministic(true);
    let bytes = encode_with(term, &deterministic).expect("a term of finite floats");
    let again: Term = decode(&bytes).expect("what was written can be read");
    assert!(again == *term, "{term} became {again}");
    assert_eq!(encode_with(&again, &deterministic).as_ref(), Ok(&bytes));
    let mut unlimited = Limits::default();
    unlimited.inflate_ratio_max = usize::MAX;
    for options in [
        EncodeOptions::new().compressed(1),
        deterministic.compressed(9),
    ] {
        let bytes = encode_with(term, &options).expect("a term of finite floats");
        assert!(decode_with::<Term>(&bytes, &unlimited).as_ref() == Ok(term));
        match decode::<Term>(&bytes) {
            Ok(again) => assert!(again == *term, "{term} became {again}"),
            Err(error) => assert!(matches!(
                error.kind(),
                DecodeErrorKind::LimitExceeded {
                    limit: "inflate_ratio_max",
                    ..
                }
            )),
        }
    }
}

/// A term is itself for serde.
fn check_bridge(term: &Term, bytes: &[u8]) {
    assert!(etf::to_term(term).as_ref() == Ok(term));
    assert!(etf::from_term::<Term>(term).as_ref() == Ok(term));
    assert_eq!(etf::to_bytes(term).as_deref(), Ok(bytes));
    assert!(etf::from_bytes::<Term>(bytes).as_ref() == Ok(term));
}

/// The text of a term is read as the term, except for what has none.
fn check_shown(term: &Term) {
    let has_text = has_text(term);
    for shown in [term.to_string(), format!("{term:#}")] {
        match Term::parse(&shown) {
            Ok(again) => assert!(again == *term || !has_text, "{shown} became {again}"),
            Err(error) => assert!(!has_text, "{}", error.pointing_at(&shown)),
        }
    }
}

/// Whether there is nothing in a term without a text that is read back: closures, funs of more than 255 arguments, and
/// native records that their module does not export.
fn has_text(term: &Term) -> bool {
    match term {
        Term::Fun(fun) => fun.as_export().is_some_and(|export| export.arity() <= 255),
        Term::Tuple(tuple) => tuple.iter().all(has_text),
        Term::List(list) => list.iter().all(has_text),
        Term::ImproperList(list) => list.elements().iter().chain([list.tail()]).all(has_text),
        Term::Map(map) => map
            .iter()
            .all(|(key, value)| has_text(key) && has_text(value)),
        Term::Record(record) => record.is_exported() && record.values().iter().all(has_text),
        _ => true,
    }
}

/// Sends the term both ways there are to send one; each time it arrives.
fn check_connection(
    outbound: &mut Outbound,
    inbound: &mut Inbound,
    term: &Term,
    encoded: &Encoded,
) {
    let node = |name| ergo::etf::Atom::from_static(name);
    let control = Control::Send {
        from: Some(Pid::new(node("a@h"), 1, 0, 1)),
        to: Pid::new(node("b@h"), 2, 0, 2),
    };
    let mut bytes = Transmit::default();
    let mut encode = |encoder: &mut ergo::etf::Encoder<'_>| encoder.write_term(term);
    for payload in [Payload::Encode(&mut encode), Payload::Encoded(encoded)] {
        outbound.send(&control, payload).expect("a signal");
        while outbound.pending_bytes() > 0 {
            outbound.take_transmit(&mut bytes);
            inbound.handle_input(&bytes.to_vec());
        }
        let Ok(Some(Event::Signal {
            payload: Some(payload),
            ..
        })) = inbound.poll_event()
        else {
            panic!("no message arrived: {term}");
        };
        let arrived = payload.to_term().expect("a term arrived");
        assert!(arrived == *term, "{term} arrived as {arrived}");
        let relayed = ergo::etf::encode(&payload).expect("a term to pass on");
        assert!(decode::<Term>(&relayed).as_ref() == Ok(term));
    }
}

/// Whether two terms are equal but for atoms in old forms inside closures. A closure that is read is kept to the byte; in
/// a term that is passed on without being read atoms are written anew.
pub(super) fn is_same_but_for_closures(a: &Term, b: &Term) -> bool {
    a == b || a.to_string() == b.to_string()
}

fn hash(term: &Term) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(term)
}

/// Equality, order and hashes agree, a clone is equal, and the text of equal terms is the same.
pub fn check_laws(a: &Term, b: &Term) {
    let clone = a.clone();
    assert!(clone == *a, "a clone is not equal: {a}");
    assert!(clone.cmp(a).is_eq());
    assert_eq!(hash(&clone), hash(a));
    assert_eq!(clone.to_string(), a.to_string());
    assert_eq!(a == b, a.cmp(b).is_eq(), "{a} and {b}");
    assert_eq!(a.cmp(b), b.cmp(a).reverse(), "{a} and {b}");
    assert_eq!(a.cmp_standard(b), b.cmp_standard(a).reverse());
    if a == b {
        assert_eq!(hash(a), hash(b), "{a} and {b}");
        assert_eq!(a.to_string(), b.to_string());
        assert!(a.cmp_standard(b).is_eq());
    }
}

/// The two ends of a connection after a real handshake, for [`super::peer`].
pub(super) type Ends = (Established, Established);
