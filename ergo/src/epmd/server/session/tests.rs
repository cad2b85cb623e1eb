//! The rules of a connection, with the bytes in every chopping.

use super::*;

const LOCAL: Rules = Rules {
    peer_is_local: true,
    peer_may_register: true,
    relaxed_command_check: false,
    epmd_port: 4369,
};
const RELAXED: Rules = Rules {
    relaxed_command_check: true,
    ..LOCAL
};
const REMOTE: Rules = Rules {
    peer_is_local: false,
    peer_may_register: false,
    ..RELAXED
};

/// A registry in which `foo` is held by owner 1 with port 5555.
fn registry() -> Registry {
    let mut registry = Registry::new(0x0102_0304, 1_000);
    let node = NodeEntry::named("foo", 5555).unwrap();
    registry.register(node, OwnerId(1), |_| true).unwrap();
    registry
}

fn packet(request: &Request) -> Vec<u8> {
    request.encode().unwrap()
}

fn alive(name: &str, highest_version: u16) -> Vec<u8> {
    let entry = NodeEntry::named(name, 1).unwrap();
    packet(&Request::Alive(entry.versions(5, highest_version)))
}

/// What owner 2 gets for `bytes` that come in pieces of `piece` bytes.
fn run(rules: Rules, bytes: &[u8], piece: usize) -> (Step, Registry) {
    let mut registry = registry();
    let mut session = Session::new(OwnerId(2), rules, 512);
    let mut reply = Vec::new();
    for chunk in bytes.chunks(piece) {
        let step = session.handle_input(chunk, &mut registry, |_| true);
        reply.extend(step.reply);
        if !matches!(step.then, Then::KeepIdle | Then::KeepRegistered) {
            return (Step { reply, ..step }, registry);
        }
    }
    let name = crate::epmd::codec::AliveName::new("new").unwrap();
    let then = match registry.holder(&name) {
        Some(_) => Then::KeepRegistered,
        None => Then::KeepIdle,
    };
    (Step::new(reply, then), registry)
}

#[track_caller]
fn check(rules: Rules, bytes: &[u8], reply: &[u8], then: Then) {
    for piece in 1..=bytes.len() {
        let (step, _) = run(rules, bytes, piece);
        assert_eq!(step, Step::new(reply, then), "pieces of {piece} bytes");
    }
}

#[test]
fn lookups_are_answered_and_closed_for_everybody() {
    let port_of_foo = b"w\0\x15\xb3M\0\0\x06\0\x05\0\x03foo\0\0";
    for rules in [LOCAL, REMOTE] {
        check(rules, b"\0\x04zfoo", port_of_foo, Then::Close);
        check(rules, b"\0\x04zbar", b"w\x01", Then::Close);
        let names = b"\0\0\x11\x11name foo at port 5555\n";
        check(rules, b"\0\x01n", names, Then::Close);
    }
}

#[test]
fn a_registration_stays_open() {
    let reply = [0x76, 0, 1, 2, 3, 5];
    check(LOCAL, &alive("new", 6), &reply, Then::KeepRegistered);
    check(LOCAL, &alive("new", 7), &reply, Then::KeepRegistered);
    check(
        LOCAL,
        &alive("new", 5),
        &[0x79, 0, 0, 3],
        Then::KeepRegistered,
    );
}

#[test]
fn a_refusal_stays_open_too() {
    check(
        LOCAL,
        &alive("foo", 6),
        &[0x76, 1, 0, 0, 0, 99],
        Then::KeepIdle,
    );
    check(LOCAL, &alive("foo", 5), &[0x79, 1, 0, 99], Then::KeepIdle);
    let mut bad_utf8 = alive("new", 6);
    bad_utf8[13] = 0xff;
    check(LOCAL, &bad_utf8, &[0x76, 1, 0, 0, 0, 99], Then::KeepIdle);
    let long = alive(&"a".repeat(255), 6);
    let mut too_long = long.clone();
    too_long[1] += 1;
    too_long[12] = 0;
    too_long[11] = 1;
    too_long.insert(13, b'a');
    check(LOCAL, &too_long, &[0x76, 1, 0, 0, 0, 99], Then::KeepIdle);
}

#[test]
fn another_byte_on_an_answered_connection_closes_it() {
    let together = [alive("new", 6), vec![0]].concat();
    let (step, _) = run(LOCAL, &together, together.len());
    assert_eq!(step, Step::close(), "in one piece it is no request at all");
    let (step, _) = run(LOCAL, &together, together.len() - 1);
    assert_eq!(step.then, Then::Close);
    assert_eq!(step.reply.len(), 6, "after the answer");
}

#[test]
fn orders_are_for_local_peers() {
    for request in [Request::Dump, Request::Kill] {
        check(REMOTE, &packet(&request), b"", Then::Close);
    }
    check(REMOTE, b"\0\x04sfoo", b"", Then::Close);
    check(REMOTE, &alive("new", 6), b"", Then::Close);
    let mut bad_utf8 = alive("new", 6);
    bad_utf8[13] = 0xff;
    check(REMOTE, &bad_utf8, b"", Then::Close);
}

#[test]
fn hosts_that_were_named_may_register_and_no_more() {
    let rules = Rules {
        peer_may_register: true,
        ..REMOTE
    };
    let reply = [0x76, 0, 1, 2, 3, 5];
    check(rules, &alive("new", 6), &reply, Then::KeepRegistered);
    let refused = [0x76, 1, 0, 0, 0, 99];
    check(rules, &alive("foo", 6), &refused, Then::KeepIdle);
    for request in [Request::Dump, Request::Kill] {
        check(rules, &packet(&request), b"", Then::Close);
    }
    check(rules, b"\0\x04sfoo", b"", Then::Close);
}

#[test]
fn dump_shows_connections_and_old_names() {
    let dump = b"\0\0\x11\x11active name     <foo> at port 5555, fd = 1\n\0";
    check(LOCAL, b"\0\x01d", dump, Then::Close);
}

#[test]
fn kill_needs_an_empty_registry_or_relaxed_rules() {
    check(LOCAL, b"\0\x01k", b"NO", Then::Close);
    check(RELAXED, b"\0\x01k", b"OK", Then::Shutdown);
    let mut registry = Registry::new(4, 1);
    let mut session = Session::new(OwnerId(1), LOCAL, 512);
    let step = session.handle_input(b"\0\x01k", &mut registry, |_| true);
    assert_eq!(step, Step::new(*b"OK", Then::Shutdown));
}

#[test]
fn stop_needs_relaxed_rules() {
    check(LOCAL, b"\0\x04sfoo", b"", Then::Close);
    check(RELAXED, b"\0\x04sbar", b"NOEXIST", Then::Close);
    check(
        RELAXED,
        b"\0\x04sfoo",
        b"STOPPED",
        Then::CloseAlso(OwnerId(1)),
    );
    let (_, registry) = run(RELAXED, b"\0\x04sfoo", 6);
    assert!(registry.is_empty());
}

#[test]
fn whatever_is_no_request_closes() {
    for bytes in [
        b"\0\0".as_slice(),
        b"\x02\x01",
        b"\xff\xff",
        b"\0\x01Q",
        b"\0\x01z",
        b"\0\x02z\xff",
        b"\0\x02nn\0",
        b"\0\x0ex\0\0M\0\0\x06\0\x05\0\x09a\0\0",
    ] {
        let (step, registry) = run(LOCAL, bytes, bytes.len());
        assert!(step.reply.is_empty(), "{bytes:02x?}");
        assert_eq!(step.then, Then::Close, "{bytes:02x?}");
        assert_eq!(registry.names().len(), 1);
    }
}

#[test]
fn an_incomplete_request_waits() {
    for bytes in [b"\0".as_slice(), b"\0\x01", b"\0\x04zfo"] {
        check(LOCAL, bytes, b"", Then::KeepIdle);
    }
}

#[test]
fn every_bit_flip_of_a_registration_is_answered_or_closed() {
    let golden = alive("new", 6);
    for index in 0..golden.len() * 8 {
        let mut bytes = golden.clone();
        bytes[index / 8] ^= 1 << (index % 8);
        let (step, registry) = run(LOCAL, &bytes, bytes.len());
        let registered = registry.names().len() - 1;
        assert_eq!(
            step.reply.get(1) == Some(&0),
            registered == 1,
            "bit {index}: {step:?}"
        );
    }
}
