//! Bytes as a term.

use bytes::Bytes;
use ergo::etf::{
    DecodeError, DecodeErrorKind, Decoder, EncodeError, Encoded, Term, decode, decode_borrowed,
    decode_shared, encode,
};

use super::value::{check_laws, is_same_but_for_closures};

/// What reading any term may take besides [`TERM_BYTES_PER_BYTE`].
pub const TERM_BYTES_FREE: u64 = 64 * 1024;

/// The most bytes of memory that a term takes for each of its bytes, while it is read.
///
/// An element takes one byte on the wire at least (`[]`) and 24 in memory; while a list grows by a tail that is a list,
/// three times that. A level of a deep term takes two bytes at least (`{..}`), and in memory an element and, while it is
/// open, 56 bytes of a stack, which is there three times over while it doubles.
pub const TERM_BYTES_PER_BYTE: u64 = (24 + 3 * 56) / 2;

/// Bytes are a term or an error, on every way to read them, and all ways agree.
pub fn check_term(bytes: &[u8]) {
    let term = decode::<Term>(bytes);
    check_ways(bytes, &term);
    let Ok(term) = term else {
        return;
    };
    let written = encode(&term).expect("what was read can be written");
    let again: Term = decode(&written).expect("what was written can be read");
    assert!(again == term, "{term} became {again}");
    assert_eq!(
        encode(&again).as_deref(),
        Ok(&written[..]),
        "written twice alike"
    );
    check_laws(&term, &again);
}

/// Every other way to read the term gives the same.
fn check_ways(bytes: &[u8], term: &Result<Term, DecodeError>) {
    let shared = Bytes::copy_from_slice(bytes);
    assert!(decode_shared::<Term>(&shared) == *term);
    let encoded = decode::<Encoded>(bytes);
    check_agreement(bytes, term, &encoded);
    if let Ok(encoded) = &encoded {
        assert!(encoded.to_term().ok().as_ref() == term.as_ref().ok());
        check_passed_on(encoded, term);
    }
    let body = bytes.get(1..).unwrap_or_default();
    if bytes.first() != Some(&131) || body.first() == Some(&80) {
        return;
    }
    assert!(decode_borrowed::<Term>(bytes) == *term);
    let mut decoder = Decoder::new(body);
    let skipped = decoder.skip().and_then(|()| decoder.finish());
    assert_eq!(skipped.is_ok(), encoded.is_ok());
    check_from_wire(body, term);
}

/// What was only walked is passed on as the same term, unless it has a key twice in a map: OTP would close the connection.
fn check_passed_on(encoded: &Encoded, term: &Result<Term, DecodeError>) {
    match (encode(encoded), term) {
        (Ok(copy), Ok(term)) => assert!(decode::<Term>(&copy).as_ref() == Ok(term)),
        (Ok(copy), Err(error)) => {
            assert!(is_limit_of_memory(error), "passed on: {error}");
            assert!(decode::<Term>(&copy).is_err());
        }
        (Err(EncodeError::Malformed(refused)), Err(error)) => {
            assert_eq!(refused.kind(), error.kind());
        }
        (Err(refused), _) => panic!("not passed on: {refused}: {term:?}"),
    }
}

fn is_limit_of_memory(error: &DecodeError) -> bool {
    matches!(
        error.kind(),
        DecodeErrorKind::LimitExceeded {
            limit: "term_bytes_max",
            ..
        }
    )
}

/// A term from a connection, which nobody has looked at; what follows it does not count.
fn check_from_wire(body: &[u8], term: &Result<Term, DecodeError>) {
    let encoded = Encoded::from_wire(Bytes::copy_from_slice(body), [].into());
    let read = encoded.to_term();
    let passed_on = encode(&encoded).map(|copy| decode::<Term>(&copy));
    match (&read, term) {
        (Ok(read), Ok(term)) => assert!(read == term),
        (_, Ok(_)) => panic!("refused only from the wire: {body:?}"),
        _ => {}
    }
    if let Ok(read) = read {
        let same =
            matches!(&passed_on, Ok(Ok(passed_on)) if is_same_but_for_closures(passed_on, &read));
        assert!(same, "{body:?} was passed on as {passed_on:?}");
    }
}

/// A term that is read is also skipped, and one that is skipped is also read, except for what only building it shows: a
/// key twice in a map, and the limits of memory.
fn check_agreement(
    bytes: &[u8],
    term: &Result<Term, DecodeError>,
    encoded: &Result<Encoded, DecodeError>,
) {
    match (term, encoded) {
        (Ok(_), Err(error)) => panic!("read but not skipped: {error}: {bytes:?}"),
        (Err(error), Ok(_)) => assert!(
            is_limit_of_memory(error) || matches!(error.kind(), DecodeErrorKind::DuplicateKey(_)),
            "skipped but not read: {error}: {bytes:?}"
        ),
        _ => {}
    }
}
