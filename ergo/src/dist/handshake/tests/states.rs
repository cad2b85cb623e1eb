//! Every message in every state, and what each leads to.

use super::*;

type MakeInitiator = fn() -> Initiator;
type MakeAcceptor = fn() -> Acceptor;

#[test]
fn every_status_in_place_of_the_status() {
    let peer = name("b@127.0.0.1");
    let malformed = || Err(HandshakeError::Malformed(Step::Status));
    let named = Status::Named {
        name: "x@127.0.0.1",
        creation: 5,
    };
    let check = |input: Status<'_>, expect: Result<Step, HandshakeError>| {
        let mut initiator = initiator();
        let result = initiator
            .handle_input(&status(input))
            .map(|_| initiator.awaiting());
        assert_eq!(result, expect, "{input:?}");
    };
    check(Status::Ok, Ok(Step::Challenge));
    check(Status::OkSimultaneous, Ok(Step::Challenge));
    check(Status::Alive, Ok(Step::Challenge));
    check(Status::Nok, Err(HandshakeError::Nok { peer: peer.clone() }));
    check(Status::NotAllowed, Err(HandshakeError::NotAllowed { peer }));
    check(Status::True, malformed());
    check(Status::False, malformed());
    check(named, malformed());

    let check = |input: Status<'_>, expect: Result<Step, HandshakeError>| {
        let mut nameless = nameless("127.0.0.1");
        let result = nameless
            .handle_input(&status(input))
            .map(|_| nameless.awaiting());
        assert_eq!(result, expect, "{input:?}");
    };
    check(named, Ok(Step::Challenge));
    check(Status::Ok, malformed());
    check(Status::Alive, malformed());
    check(
        Status::Named {
            name: "x@127.0.0.1",
            creation: 0,
        },
        malformed(),
    );
    check(
        Status::Named {
            name: "x",
            creation: 1,
        },
        Err(HandshakeError::BadName(NodeNameError::NoAt)),
    );
    let (expected, found) = ("127.0.0.1".to_owned(), "h".to_owned());
    check(
        Status::Named {
            name: "x@h",
            creation: 1,
        },
        Err(HandshakeError::NameMismatch { expected, found }),
    );
}

#[test]
fn alive_is_answered_with_true() {
    let mut initiator = initiator();
    initiator.poll_transmit();
    initiator.handle_input(&status(Status::Alive)).unwrap();
    assert_eq!(initiator.poll_transmit(), Some(hex("0005 73 74 72 75 65")));
}

/// Each message of the handshake once, and what is none.
fn every_message() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("name", hex(GOLDEN_NAME)),
        ("old name", send_name("a@127.0.0.1", OTP_29, 0, true)),
        ("ok", status(Status::Ok)),
        ("true", status(Status::True)),
        ("challenge", hex(GOLDEN_CHALLENGE)),
        (
            "complement",
            framed(|out| {
                Complement {
                    flags: OTP_29,
                    creation: 1,
                }
                .encode(out)
            }),
        ),
        ("reply", hex(GOLDEN_REPLY)),
        ("ack", hex(GOLDEN_ACK)),
        ("empty", vec![0, 0]),
        ("unknown", framed(|out| out.push(b'x'))),
    ]
}

/// G-18: every message in every state of the dialling side: only the right one goes on.
#[test]
fn every_message_to_the_initiator() {
    let initiators: [(&str, MakeInitiator); 3] = [
        ("ok", initiator),
        ("challenge", || {
            let mut initiator = initiator();
            initiator.handle_input(&hex(GOLDEN_STATUS)).unwrap();
            initiator
        }),
        ("ack", || {
            let mut initiator = initiator();
            initiator
                .handle_input(&[hex(GOLDEN_STATUS), hex(GOLDEN_CHALLENGE)].concat())
                .unwrap();
            initiator
        }),
    ];
    for (expected, make) in initiators {
        for (label, message) in &every_message() {
            let mut initiator = make();
            let step = initiator.awaiting();
            let result = initiator.handle_input(message);
            assert_eq!(
                result.is_ok(),
                *label == expected,
                "{label} in place of {step}: {result:?}"
            );
            if let Err(error) = result {
                assert_eq!(
                    initiator.handle_input(message),
                    Err(error),
                    "failed for good"
                );
            }
        }
    }
}

/// G-18: every message in every state of the accepting side: only the right one goes on.
#[test]
fn every_message_to_the_acceptor() {
    let acceptors: [(&[&str], MakeAcceptor); 4] = [
        (&["name", "old name"], acceptor),
        (&["true"], || {
            let mut acceptor = introduced("a@127.0.0.1", OTP_29);
            acceptor.admit(Admission::Alive, cookie("secret")).unwrap();
            acceptor
        }),
        (&["complement"], || {
            let mut acceptor = acceptor();
            acceptor
                .handle_input(&send_name("a@127.0.0.1", OTP_29, 0, true))
                .unwrap();
            acceptor.admit(Admission::Ok, cookie("secret")).unwrap();
            acceptor
        }),
        (&["reply"], challenged),
    ];
    for (expected, make) in acceptors {
        for (label, message) in &every_message() {
            let mut acceptor = make();
            let step = acceptor.awaiting();
            let result = acceptor.handle_input(message);
            assert_eq!(
                result.is_ok(),
                expected.contains(label),
                "{label} in place of {step}: {result:?}"
            );
        }
    }
}

/// What OTP 25, 27 and 29 accept and refuse, 7.6 of the protocol notes.
#[test]
fn flags_of_peers() {
    let check = |flags: Flags, missing: Flags| {
        let mut acceptor = acceptor();
        let result = acceptor.handle_input(&send_name("a@127.0.0.1", flags, A_CREATION, false));
        if missing.is_empty() {
            assert!(result.is_ok(), "{flags}");
        } else {
            let peer = "a@127.0.0.1".to_owned();
            assert_eq!(result, Err(HandshakeError::MissingFlags { peer, missing }));
            assert_eq!(acceptor.poll_transmit(), Some(status(Status::NotAllowed)));
        }
    };
    let digest = Flags::MANDATORY_25_DIGEST;
    check(digest | Flags::MANDATORY_26, Flags::EMPTY);
    check(Flags::MANDATORY_25 | Flags::MANDATORY_26, Flags::EMPTY);
    check(
        Flags::MANDATORY_25 | digest | Flags::UNLINK_ID,
        Flags::V4_NC,
    );
    check(
        Flags::MANDATORY_25 | digest | Flags::V4_NC,
        Flags::UNLINK_ID,
    );
    check(Flags::from_bits(0x4_0707_4f9c), Flags::EMPTY);
    let without = (Flags::MANDATORY_25 | Flags::MANDATORY_26).without(Flags::HANDSHAKE_23);
    check(without, Flags::HANDSHAKE_23);
}

#[test]
fn names_of_peers() {
    let check = |node: &str, expect: NodeNameError| {
        let mut acceptor = acceptor();
        let result = acceptor.handle_input(&send_name(node, OTP_29, 1, false));
        assert_eq!(result, Err(HandshakeError::BadName(expect)));
        assert_eq!(acceptor.poll_transmit(), None, "closed without a status");
    };
    check("a", NodeNameError::NoAt);
    check("a@b@c", NodeNameError::ManyAt);
    check("@b", NodeNameError::EmptyName);
    check("a@", NodeNameError::EmptyHost);
    check(&format!("{}@b", "a".repeat(300)), NodeNameError::TooLong);

    let mut acceptor = acceptor();
    let result = acceptor.handle_input(&send_name("b@127.0.0.1", OTP_29, 1, false));
    assert_eq!(result, Err(HandshakeError::OwnName));
    assert_eq!(acceptor.poll_transmit(), Some(status(Status::Nok)));
}

#[test]
fn creation_0_is_accepted_and_reported() {
    let mut acceptor = acceptor();
    acceptor
        .handle_input(&send_name("a@127.0.0.1", OTP_29, 0, false))
        .unwrap();
    acceptor.admit(Admission::Ok, cookie("secret")).unwrap();
    acceptor
        .handle_input(&reply(1, B_CHALLENGE, "secret"))
        .unwrap();
    let Some(AcceptorEvent::Established(established)) = acceptor.poll_event() else {
        panic!()
    };
    assert_eq!(established.peer_creation, None);
}

#[test]
fn bytes_after_the_name_are_ignored() {
    let mut message = hex(GOLDEN_NAME);
    message.extend(b"extra");
    message[1] += 5;
    let mut acceptor = acceptor();
    assert_eq!(acceptor.handle_input(&message), Ok(33));
    assert!(matches!(
        acceptor.poll_event(),
        Some(AcceptorEvent::Introduced(_))
    ));
}

#[test]
fn an_old_name_is_completed_later() {
    let mut acceptor = acceptor();
    acceptor
        .handle_input(&send_name("a@127.0.0.1", OTP_29, 0, true))
        .unwrap();
    acceptor.admit(Admission::Ok, cookie("secret")).unwrap();
    let complement = Complement {
        flags: OTP_29,
        creation: A_CREATION,
    };
    acceptor
        .handle_input(&framed(|out| complement.encode(out)))
        .unwrap();
    acceptor.handle_input(&hex(GOLDEN_REPLY)).unwrap();
    let Some(AcceptorEvent::Established(established)) = acceptor.poll_event() else {
        panic!()
    };
    assert_eq!(
        (established.flags, established.peer_creation),
        (OTP_29, Creation::new(A_CREATION))
    );

    let mut acceptor = self::acceptor();
    acceptor
        .handle_input(&send_name("a@127.0.0.1", OTP_29, 0, true))
        .unwrap();
    acceptor.admit(Admission::Ok, cookie("secret")).unwrap();
    let complement = Complement {
        flags: Flags::EMPTY,
        creation: A_CREATION,
    };
    let error = acceptor
        .handle_input(&framed(|out| complement.encode(out)))
        .unwrap_err();
    let peer = "a@127.0.0.1".to_owned();
    assert_eq!(
        error,
        HandshakeError::MissingFlags {
            peer,
            missing: Flags::V4_NC
        }
    );
}

#[test]
fn refusals_tell_the_peer() {
    for (refusal, expect) in [
        (Refusal::Nok, Status::Nok),
        (Refusal::NotAllowed, Status::NotAllowed),
    ] {
        let mut acceptor = introduced("a@127.0.0.1", OTP_29);
        acceptor.refuse(refusal).unwrap();
        assert_eq!(acceptor.poll_transmit(), Some(status(expect)));
        let peer = "a@127.0.0.1".to_owned();
        assert_eq!(
            acceptor.handle_input(&[]),
            Err(HandshakeError::Refused { peer })
        );
        assert_eq!(acceptor.refuse(refusal), Err(HandshakeError::NoQuestion));
        assert_eq!(
            acceptor.admit(Admission::Ok, cookie("x")),
            Err(HandshakeError::NoQuestion)
        );
    }
}

#[test]
fn a_peer_may_keep_its_old_connection() {
    let mut acceptor = introduced("a@127.0.0.1", OTP_29);
    acceptor.admit(Admission::Alive, cookie("secret")).unwrap();
    assert_eq!(acceptor.poll_transmit(), Some(status(Status::Alive)));
    let error = acceptor.handle_input(&status(Status::False)).unwrap_err();
    assert_eq!(
        error,
        HandshakeError::AliveRefused {
            peer: name("a@127.0.0.1")
        }
    );
}
