//! Requests: golden bytes, and bytes that are none.

use super::*;
use crate::epmd::codec::NodeType;

/// ALIVE2_REQ of OTP 27, as captured.
const REGISTER_B: &[u8] = &[
    0x78, 0x4a, 0x9e, 0x4d, 0x00, 0x00, 0x06, 0x00, 0x05, 0x00, 0x01, 0x62, 0x00, 0x00,
];

fn name(text: &str) -> AliveName {
    AliveName::new(text).unwrap()
}

fn alive(bytes_of_name: &[u8], extra: &[u8]) -> Vec<u8> {
    let mut body = REGISTER_B[..9].to_vec();
    body.extend(u16::try_from(bytes_of_name.len()).unwrap().to_be_bytes());
    body.extend(bytes_of_name);
    body.extend(u16::try_from(extra.len()).unwrap().to_be_bytes());
    body.extend(extra);
    body
}

#[track_caller]
fn check(body: &[u8], expect: Result<Request, RequestError>) {
    assert_eq!(Request::decode(body), expect, "{body:02x?}");
}

#[track_caller]
fn check_both_ways(body: &[u8], request: Request) {
    check(body, Ok(request.clone()));
    let packet = request.encode().unwrap();
    assert_eq!(
        packet[..2],
        u16::try_from(body.len()).unwrap().to_be_bytes()
    );
    assert_eq!(&packet[2..], body);
}

#[test]
fn golden_bytes() {
    check_both_ways(REGISTER_B, Request::Alive(NodeEntry::new(name("b"), 19102)));
    check_both_ways(b"zb", Request::PortPlease(name("b")));
    check_both_ways(b"n", Request::Names);
    check_both_ways(b"d", Request::Dump);
    check_both_ways(b"k", Request::Kill);
    check_both_ways(b"sb", Request::Stop(name("b")));
}

#[test]
fn every_field_survives() {
    let entry = NodeEntry::new(name("n\u{e9}e"), 0)
        .node_type(NodeType::Other(9))
        .versions(1, 0xffff)
        .extra(*b"\0\xff");
    let packet = Request::Alive(entry.clone()).encode().unwrap();
    check(&packet[2..], Ok(Request::Alive(entry)));
}

#[test]
fn one_nul_behind_a_name_is_ignored() {
    check(b"zb\0", Ok(Request::PortPlease(name("b"))));
    check(b"sb\0", Ok(Request::Stop(name("b"))));
    let error = NameError::ContainsNul;
    check(b"zb\0\0", Err(RequestError::Name { tag: b'z', error }));
}

#[test]
fn names_that_cannot_be_asked_for() {
    let error = |error| Err(RequestError::Name { tag: b'z', error });
    check(b"z", error(NameError::Empty));
    check(b"z\0", error(NameError::Empty));
    check(b"z\xff", error(NameError::NotUtf8));
    check(&[b'z'; 257], error(NameError::TooLong { characters: 256 }));
}

#[test]
fn registrations_that_are_refused_and_those_that_close() {
    let refused = || Err(RequestError::Refused { highest_version: 6 });
    check(&alive(b"\xff", b""), refused());
    check(&alive(&[b'a'; 256], b""), refused());
    check(&alive(b"a", &[0; 1021]), refused());
    assert!(Request::decode(&alive(b"a", &[0; 1020])).is_ok());
    let tag = b'x';
    let error = NameError::Empty;
    check(&alive(b"", b""), Err(RequestError::Name { tag, error }));
    let error = NameError::ContainsNul;
    check(&alive(b"a\0b", b""), Err(RequestError::Name { tag, error }));
}

#[test]
fn bytes_behind_known_fields_are_ignored() {
    let longer = [REGISTER_B, b"more"].concat();
    check(&longer, Request::decode(REGISTER_B));
    check(b"nmore", Ok(Request::Names));
}

#[test]
fn every_truncation_is_an_error() {
    check(b"", Err(RequestError::Empty));
    for length in 1..REGISTER_B.len() {
        let tag = b'x';
        check(&REGISTER_B[..length], Err(RequestError::Truncated { tag }));
    }
}

#[test]
fn every_bit_flip_is_a_value_or_an_error_and_values_encode_again() {
    for index in 0..REGISTER_B.len() * 8 {
        let mut body = REGISTER_B.to_vec();
        body[index / 8] ^= 1 << (index % 8);
        if let Ok(request @ Request::Alive(_)) = Request::decode(&body) {
            let packet = request.encode().unwrap();
            assert_eq!(Request::decode(&packet[2..]), Ok(request));
        }
    }
}

#[test]
fn unknown_tags() {
    for tag in 0..=u8::MAX {
        if !b"xzndks".contains(&tag) {
            check(&[tag, 1, 2], Err(RequestError::UnknownTag { tag }));
        }
    }
}

#[test]
fn a_request_longer_than_its_length_can_say() {
    let entry = NodeEntry::new(name("a"), 1).extra(vec![0; 65_535 - 14]);
    assert!(Request::Alive(entry.clone()).encode().is_ok());
    let entry = entry.extra(vec![0; 65_535 - 13]);
    let error = Request::Alive(entry.clone()).encode().unwrap_err();
    assert_eq!((error.bytes, error.bytes_max), (65_536, 65_535));
    let error = Request::Alive(entry.extra(vec![0; 70_000])).encode();
    assert_eq!(error.unwrap_err().bytes, 70_000);
}
