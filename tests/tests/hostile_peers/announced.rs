//! G-14: a header that announces 4 GiB, or as much as its length can say, costs less than 64 KiB.

use std::time::Instant;

use allocation_counter::measure;
use ergo::dist::Inbound;
use ergo::dist::handshake::{Acceptor, AcceptorEvent, Admission, Established, OpenChallenges};
use ergo::epmd::codec::{RequestKind, RequestReader, ResponseReader};
use ergo::wire::{Cookie, Limits};

use crate::world::{COOKIE, identity, initiator};

const FREE: u64 = 64 * 1024;

/// No limit stands in the way of what is announced.
fn unlimited() -> Limits {
    let mut limits = Limits::default();
    limits.handshake_bytes_max = usize::MAX;
    limits.frame_bytes_max = usize::MAX;
    limits.message_bytes_max = usize::MAX;
    limits.fragment_bytes_max = usize::MAX;
    limits.epmd_request_bytes_max = usize::MAX;
    limits
}

#[track_caller]
fn check(what: &str, read: impl FnOnce()) {
    let used = measure(read);
    assert!(used.bytes_max < FREE, "{what}: {used:?}");
}

/// The accepting side of a handshake.
fn established() -> Established {
    let mut peer = initiator("b@127.0.0.1", COOKIE);
    let challenge = OpenChallenges::default().open(2);
    let mut acceptor = Acceptor::new(
        identity("b@127.0.0.1"),
        challenge,
        &unlimited(),
        Instant::now(),
    );
    loop {
        if let Some(bytes) = peer.poll_transmit() {
            acceptor.handle_input(&bytes).unwrap();
        }
        match acceptor.poll_event() {
            Some(AcceptorEvent::Introduced(_)) => {
                let cookie = Cookie::new(COOKIE).unwrap();
                acceptor.admit(Admission::Ok, cookie).unwrap();
            }
            Some(AcceptorEvent::Established(established)) => return established,
            _ => {}
        }
        if let Some(bytes) = acceptor.poll_transmit() {
            peer.handle_input(&bytes).unwrap();
        }
    }
}

#[test]
fn frames() {
    let established = established();
    let few = [131, 68, 0, 104, 4];
    // A first fragment of 2^31 - 1, and a header with as many atoms as there can be, none of which is there.
    let fragment = [
        &[131, 69][..],
        &[0; 7],
        &[1],
        &[0; 4],
        &[0x7f, 0xff, 0xff, 0xff],
        &[0],
    ]
    .concat();
    let atoms = [131, 68, 255];
    for (what, body) in [
        ("a message", &few[..]),
        ("a fragment", &fragment),
        ("atoms", &atoms),
    ] {
        check(what, || {
            let mut inbound = Inbound::new(&established, &unlimited());
            inbound.handle_input(&[0xff; 4]);
            inbound.handle_input(body);
            inbound.read_buffer();
            assert!(matches!(inbound.poll_event(), Ok(None)));
        });
        check(what, || {
            let mut inbound = Inbound::new(&established, &unlimited());
            inbound.handle_input(&u32::try_from(body.len()).unwrap().to_be_bytes());
            inbound.handle_input(body);
            inbound.read_buffer();
            let _ = inbound.poll_event();
        });
    }
}

#[test]
fn handshake_messages() {
    check("to the accepting side", || {
        let challenge = OpenChallenges::default().open(2);
        let mut acceptor = Acceptor::new(
            identity("b@127.0.0.1"),
            challenge,
            &unlimited(),
            Instant::now(),
        );
        assert_eq!(acceptor.handle_input(&[0xff, 0xff, b'N']), Ok(3));
    });
    check("to the dialling side", || {
        let mut initiator = initiator("b@127.0.0.1", COOKIE);
        assert!(initiator.handle_input(&[0xff, 0xff, b's']).is_err());
    });
}

#[test]
fn epmd() {
    check("a request", || {
        let mut reader = RequestReader::new(usize::MAX);
        assert_eq!(reader.handle_input(&[0xff, 0xff, b'z', b'a']), Ok(None));
    });
    let port = [&b"w\0\x15\xb3M\0\0\x06\0\x05\xff\xff"[..], b"few"].concat();
    let extra = [&b"w\0\x15\xb3M\0\0\x06\0\x05\0\x01a\xff\xff"[..], b"few"].concat();
    for bytes in [port, extra] {
        check("a response", || {
            let mut reader = ResponseReader::new(RequestKind::PortPlease);
            assert!(matches!(reader.handle_input(&bytes), Ok(None)));
        });
    }
}
