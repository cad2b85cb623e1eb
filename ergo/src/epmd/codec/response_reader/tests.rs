//! Responses: golden bytes, every chopping, truncation and bit flip.

use super::*;
use crate::epmd::codec::{
    AliveName, AliveResponse, KillResponse, ListedNode, NameError, NameListing, NodeEntry,
    StopResponse, encode_port_response,
};

/// PORT2_RESP of the real daemon for a node of OTP 27, as captured.
const PORT_OF_B: &[u8] = &[
    0x77, 0x00, 0x4a, 0x9e, 0x4d, 0x00, 0x00, 0x06, 0x00, 0x05, 0x00, 0x01, 0x62, 0x00, 0x00,
];
/// ALIVE2_X_RESP of the real daemon, as captured.
const REGISTERED: &[u8] = &[0x76, 0x00, 0x6b, 0x00, 0xf5, 0x5c];
const REFUSED: &[u8] = &[0x76, 0x01, 0x00, 0x00, 0x00, 0x63];

fn node_b() -> NodeEntry {
    NodeEntry::new(AliveName::new("b").unwrap(), 19102)
}

/// Reads `bytes` in pieces of `piece` bytes and then the end of the connection.
fn read(kind: RequestKind, bytes: &[u8], piece: usize) -> Result<Response, ResponseError> {
    let mut reader = ResponseReader::new(kind);
    for chunk in bytes.chunks(piece) {
        if let Some(response) = reader.handle_input(chunk)? {
            return Ok(response);
        }
    }
    reader.handle_eof()
}

#[track_caller]
fn check(kind: RequestKind, bytes: &[u8], expect: Result<Response, ResponseError>) {
    for piece in 1..=bytes.len().max(1) {
        assert_eq!(read(kind, bytes, piece), expect, "pieces of {piece} bytes");
    }
}

#[test]
fn golden_bytes_in_every_chopping() {
    let registered = AliveResponse::Registered {
        creation: 0x6b00_f55c,
    };
    check(
        RequestKind::Alive,
        REGISTERED,
        Ok(Response::Alive(registered)),
    );
    check(
        RequestKind::Alive,
        REFUSED,
        Ok(Response::Alive(AliveResponse::Refused)),
    );
    let old = AliveResponse::Registered { creation: 3 };
    check(
        RequestKind::Alive,
        &[0x79, 0, 0, 3],
        Ok(Response::Alive(old)),
    );
    check(
        RequestKind::PortPlease,
        PORT_OF_B,
        Ok(Response::Port(Some(node_b()))),
    );
    check(
        RequestKind::PortPlease,
        &[0x77, 1],
        Ok(Response::Port(None)),
    );
    let listing = NameListing::new(4369, vec![ListedNode::new("b", 19102)]);
    check(
        RequestKind::Names,
        &listing.encode(),
        Ok(Response::Names(listing)),
    );
    check(
        RequestKind::Kill,
        b"OK",
        Ok(Response::Kill(KillResponse::Killed)),
    );
    check(
        RequestKind::Kill,
        b"NO",
        Ok(Response::Kill(KillResponse::NodesRegistered)),
    );
    let no_such_node = || Ok(Response::Stop(StopResponse::NoSuchNode));
    check(RequestKind::Stop, b"NOEXIST", no_such_node());
    check(RequestKind::Stop, b"NOEXISTSTOPPED", no_such_node());
    check(
        RequestKind::Stop,
        b"STOPPED",
        Ok(Response::Stop(StopResponse::Stopped)),
    );
}

#[test]
fn the_server_writes_the_golden_bytes() {
    assert_eq!(encode_port_response(Some(&node_b())), PORT_OF_B);
    assert_eq!(encode_port_response(None), [0x77, 1]);
    let registered = AliveResponse::Registered {
        creation: 0x6b00_f55c,
    };
    assert_eq!(registered.encode(6), REGISTERED);
    assert_eq!(registered.encode(7), REGISTERED);
    assert_eq!(AliveResponse::Refused.encode(6), REFUSED);
    assert_eq!(AliveResponse::Refused.encode(5), [0x79, 1, 0, 99]);
}

#[test]
fn creations_for_old_clients_are_1_to_3_and_differ_from_one_to_the_next() {
    let small = |creation| AliveResponse::Registered { creation }.encode(5)[3];
    for creation in 1_000..2_000 {
        assert!((1..=3).contains(&small(creation)));
        assert_ne!(small(creation), small(creation + 1));
    }
}

#[test]
fn every_truncation_is_incomplete() {
    for (kind, bytes) in [
        (RequestKind::Alive, REGISTERED),
        (RequestKind::PortPlease, PORT_OF_B),
    ] {
        for length in 0..bytes.len() {
            let expect = Err(ResponseError::Incomplete { bytes: length });
            check(kind, &bytes[..length], expect);
        }
    }
    let incomplete = |bytes| Err(ResponseError::Incomplete { bytes });
    check(RequestKind::Kill, b"O", incomplete(1));
    check(RequestKind::Kill, b"", incomplete(0));
    check(RequestKind::Stop, b"STOPPE", incomplete(6));
    check(RequestKind::Names, b"\0\0\x11", incomplete(3));
}

#[test]
fn every_bit_flip_is_a_value_or_an_error() {
    for (kind, golden) in [
        (RequestKind::Alive, REGISTERED),
        (RequestKind::PortPlease, PORT_OF_B),
    ] {
        for index in 0..golden.len() * 8 {
            let mut bytes = golden.to_vec();
            bytes[index / 8] ^= 1 << (index % 8);
            let whole = read(kind, &bytes, bytes.len());
            assert_eq!(read(kind, &bytes, 1), whole, "bit {index}");
        }
    }
}

#[test]
fn answers_of_something_that_is_no_epmd() {
    let tag = b'H';
    let http = b"HTTP/1.1 400 Bad Request\r\n\r\n";
    check(
        RequestKind::Alive,
        http,
        Err(ResponseError::UnknownTag { tag }),
    );
    check(
        RequestKind::PortPlease,
        http,
        Err(ResponseError::UnknownTag { tag }),
    );
    check(RequestKind::Kill, http, Err(ResponseError::UnknownText));
    check(RequestKind::Stop, http, Err(ResponseError::UnknownText));
    let mut bad_name = PORT_OF_B.to_vec();
    bad_name[12] = 0xff;
    check(
        RequestKind::PortPlease,
        &bad_name,
        Err(ResponseError::Name(NameError::NotUtf8)),
    );
}

#[test]
fn what_follows_a_complete_response_is_ignored() {
    let longer = [PORT_OF_B, b"more"].concat();
    check(
        RequestKind::PortPlease,
        &longer,
        Ok(Response::Port(Some(node_b()))),
    );
}

#[test]
fn a_listing_without_end_is_refused() {
    let bytes_max = ResponseReader::BYTES_MAX;
    let mut reader = ResponseReader::new(RequestKind::Names);
    assert_eq!(reader.handle_input(&vec![0; bytes_max]), Ok(None));
    assert_eq!(
        reader.handle_input(&[0]),
        Err(ResponseError::TooLong { bytes_max })
    );
}
