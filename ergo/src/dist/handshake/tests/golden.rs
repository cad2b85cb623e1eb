//! The bytes that real nodes exchange.

use super::*;

#[test]
fn golden_dialling() {
    let mut initiator = initiator();
    assert_eq!(initiator.poll_transmit(), Some(hex(GOLDEN_NAME)));
    assert_eq!(initiator.handle_input(&hex(GOLDEN_STATUS)), Ok(5));
    assert_eq!(initiator.poll_transmit(), None);
    initiator.handle_input(&hex(GOLDEN_CHALLENGE)).unwrap();
    assert_eq!(initiator.poll_transmit(), Some(hex(GOLDEN_REPLY)));
    assert_eq!(initiator.poll_event(), None);
    initiator.handle_input(&hex(GOLDEN_ACK)).unwrap();
    let established = initiator.poll_event().unwrap();
    assert_eq!(established.peer, name("b@127.0.0.1"));
    assert_eq!(established.peer_creation, Creation::new(B_CREATION));
    assert_eq!(
        established.local_creation,
        Creation::new(A_CREATION).unwrap()
    );
    assert_eq!(established.flags, OTP_29);
    assert!(!established.replaces && !established.is_hidden());
    assert_eq!(
        (initiator.awaiting(), initiator.poll_timeout()),
        (Step::Nothing, None)
    );
    assert_eq!(initiator.handle_close(), Ok(()));
}

#[test]
fn golden_accepting() {
    let mut acceptor = acceptor();
    assert_eq!(acceptor.handle_input(&hex(GOLDEN_NAME)), Ok(28));
    assert_eq!(acceptor.poll_transmit(), None);
    let introduction = Introduction {
        peer: Introduced::Node(name("a@127.0.0.1")),
        flags: OTP_29,
        creation: Creation::new(A_CREATION),
    };
    assert_eq!(
        acceptor.poll_event(),
        Some(AcceptorEvent::Introduced(introduction))
    );
    acceptor.admit(Admission::Ok, cookie("secret")).unwrap();
    assert_eq!(
        acceptor.poll_transmit(),
        Some([hex(GOLDEN_STATUS), hex(GOLDEN_CHALLENGE)].concat())
    );
    acceptor.handle_input(&hex(GOLDEN_REPLY)).unwrap();
    assert_eq!(acceptor.poll_transmit(), Some(hex(GOLDEN_ACK)));
    let Some(AcceptorEvent::Established(established)) = acceptor.poll_event() else {
        panic!()
    };
    assert_eq!(established.peer, name("a@127.0.0.1"));
    assert_eq!(established.local, name("b@127.0.0.1"));
    assert_eq!(established.flags, OTP_29);
}

#[test]
fn golden_dialling_from_otp_25_to_27() {
    let identity = identity("a@127.0.0.1", 0x6b00_f251, OTP_25);
    let challenge = OpenChallenges::default().open(0x1570_db84);
    let (limits, now) = (Limits::default(), Instant::now());
    let mut initiator = Initiator::new(
        &identity,
        name("b@127.0.0.1"),
        cookie("secret"),
        challenge,
        &limits,
        now,
    );
    let sent =
        hex("001a 4e 00 00 00 0d 07 df 7f bd 6b 00 f2 51 00 0b 61 40 31 32 37 2e 30 2e 30 2e 31");
    assert_eq!(initiator.poll_transmit(), Some(sent));
    let received = hex(
        "0003 73 6f 6b
         001e 4e 00 00 00 0d 07 df 7f bd bc 87 89 9e 6b 00 f2 4e 00 0b 62 40 31 32 37 2e 30 2e 30 2e 31",
    );
    initiator.handle_input(&received).unwrap();
    let sent = hex("0015 72 15 70 db 84 23 6e 57 3e 7c 24 21 c8 54 92 23 0f 7d 15 5a f4");
    assert_eq!(initiator.poll_transmit(), Some(sent));
    initiator
        .handle_input(&hex(
            "0011 61 e7 06 b7 70 6e bd b1 a0 2f d4 96 9d 87 b2 1c 1b",
        ))
        .unwrap();
    assert_eq!(initiator.poll_event().unwrap().flags, OTP_25);
}

/// 7.3: `erl_call -R` is given a name by an OTP node; here by ergo, with the same bytes.
#[test]
fn golden_nameless_client() {
    let challenge = OpenChallenges::default().open(0x452f_3e2c);
    let identity = identity("b@127.0.0.1", 0x6b00_f55c, OTP_25);
    let mut acceptor = Acceptor::new(identity, challenge, &Limits::default(), Instant::now());
    acceptor
        .handle_input(&hex(
            "0011 4e 00 00 00 06 07 07 4f 9c ff ff f5 5f 00 02 76 6d",
        ))
        .unwrap();
    let Some(AcceptorEvent::Introduced(introduction)) = acceptor.poll_event() else {
        panic!()
    };
    assert_eq!(
        introduction.peer,
        Introduced::Nameless {
            host: "vm".to_owned()
        }
    );
    assert_eq!(
        acceptor.admit(Admission::Ok, cookie("secret")),
        Err(HandshakeError::NoQuestion)
    );
    let creation = Creation::new(0x1f1c_668e).unwrap();
    let elsewhere = Admission::Named {
        name: name("x@elsewhere"),
        creation,
    };
    assert_eq!(
        acceptor.admit(elsewhere, cookie("secret")),
        Err(HandshakeError::NoQuestion)
    );
    let named = Admission::Named {
        name: name("26EAGA3VE3AIG@vm"),
        creation,
    };
    acceptor.admit(named, cookie("secret")).unwrap();
    let sent = hex(
        "001d 73 6e 61 6d 65 64 3a 00 10 32 36 45 41 47 41 33 56 45 33 41 49 47 40 76 6d 1f 1c 66 8e
         001e 4e 00 00 00 0f 07 df 7f bc 45 2f 3e 2c 6b 00 f5 5c 00 0b 62 40 31 32 37 2e 30 2e 30 2e 31",
    );
    assert_eq!(acceptor.poll_transmit(), Some(sent));
    acceptor
        .handle_input(&hex(
            "0015 72 16 32 f5 aa 58 c2 0c ce e1 9f 37 57 fe 80 70 6d 60 cc 93 21",
        ))
        .unwrap();
    let sent = hex("0011 61 5f dc 7d af 29 6b 9f ad 04 2c e4 2b 73 85 c8 db");
    assert_eq!(acceptor.poll_transmit(), Some(sent));
    let Some(AcceptorEvent::Established(established)) = acceptor.poll_event() else {
        panic!()
    };
    assert_eq!(established.peer, name("26EAGA3VE3AIG@vm"));
    assert_eq!(established.peer_creation, Some(creation));
    assert!(established.is_hidden());
    assert_eq!(established.flags, Flags::from_bits(0x4_0707_4f9c));
}
