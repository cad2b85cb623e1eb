//! Peers without the cookie, without manners, and without end.

use super::*;

#[test]
fn the_initiator_checks_the_peer_before_it_proves_itself() {
    let check = |challenge: Vec<u8>, expect: HandshakeError| {
        let mut initiator = initiator();
        initiator.poll_transmit();
        initiator.handle_input(&hex(GOLDEN_STATUS)).unwrap();
        assert_eq!(initiator.handle_input(&challenge), Err(expect));
        assert_eq!(initiator.poll_transmit(), None, "no digest for this peer");
    };
    let (expected, found) = ("b@127.0.0.1".to_owned(), "c@127.0.0.1".to_owned());
    check(
        challenge_from("c@127.0.0.1", OTP_29, 1),
        HandshakeError::NameMismatch { expected, found },
    );
    let peer = "b@127.0.0.1".to_owned();
    check(
        challenge_from("b@127.0.0.1", OTP_29.without(Flags::V4_NC), 1),
        HandshakeError::MissingFlags {
            peer,
            missing: Flags::V4_NC,
        },
    );
    check(
        challenge_from("b@127.0.0.1", OTP_29, A_CHALLENGE),
        HandshakeError::ReflectedChallenge {
            peer: name("b@127.0.0.1"),
        },
    );
}

/// G-17: a challenge that is open in another handshake of the same node is not answered either.
#[test]
fn a_challenge_of_another_handshake_is_not_answered() {
    let book = OpenChallenges::default();
    let accepting = book.open(0x1234_5678);
    let (limits, now) = (Limits::default(), Instant::now());
    let us = identity("a@127.0.0.1", A_CREATION, OTP_29);
    let mut initiator = Initiator::new(
        &us,
        name("b@127.0.0.1"),
        cookie("secret"),
        book.open(A_CHALLENGE),
        &limits,
        now,
    );
    initiator.handle_input(&hex(GOLDEN_STATUS)).unwrap();
    let error = initiator
        .handle_input(&challenge_from("b@127.0.0.1", OTP_29, 0x1234_5678))
        .unwrap_err();
    assert_eq!(
        error,
        HandshakeError::ReflectedChallenge {
            peer: name("b@127.0.0.1")
        }
    );
    drop(accepting);
    drop(initiator);
    assert!(book.is_empty());
}

#[test]
fn the_initiator_refuses_a_wrong_proof() {
    let mut initiator = initiator();
    initiator
        .handle_input(&[hex(GOLDEN_STATUS), hex(GOLDEN_CHALLENGE)].concat())
        .unwrap();
    let error = initiator
        .handle_input(&ack(A_CHALLENGE, "other"))
        .unwrap_err();
    assert_eq!(
        error,
        HandshakeError::WrongCookie {
            peer: name("b@127.0.0.1")
        }
    );
    assert_eq!(initiator.poll_event(), None);
}

#[test]
fn the_acceptor_refuses_a_reflected_challenge_even_with_the_right_digest() {
    let mut acceptor = challenged();
    let error = acceptor
        .handle_input(&reply(B_CHALLENGE, B_CHALLENGE, "secret"))
        .unwrap_err();
    assert_eq!(
        error,
        HandshakeError::ReflectedChallenge {
            peer: name("a@127.0.0.1")
        }
    );
    assert_eq!(acceptor.poll_transmit(), None);
}

#[test]
fn a_wrong_cookie_gets_no_answer() {
    let mut acceptor = challenged();
    let error = acceptor
        .handle_input(&reply(1, B_CHALLENGE, "other"))
        .unwrap_err();
    assert_eq!(
        error,
        HandshakeError::WrongCookie {
            peer: name("a@127.0.0.1")
        }
    );
    assert_eq!(acceptor.poll_transmit(), None);
    assert_eq!(acceptor.poll_event(), None);
}

/// G-16: one total deadline, which no byte prolongs.
#[test]
fn one_deadline_for_everything() {
    let start = Instant::now();
    let challenge = OpenChallenges::default().open(B_CHALLENGE);
    let us = identity("b@127.0.0.1", B_CREATION, OTP_29);
    let mut acceptor = Acceptor::new(us, challenge, &Limits::default(), start);
    let deadline = start + Duration::from_secs(7);
    for byte in hex(GOLDEN_NAME) {
        assert_eq!(acceptor.poll_timeout(), Some(deadline));
        acceptor.handle_input(&[byte]).unwrap();
    }
    assert_eq!(
        acceptor.handle_timeout(deadline - Duration::from_nanos(1)),
        Ok(())
    );
    let error = HandshakeError::Timeout {
        awaiting: Step::Decision,
        timeout: Duration::from_secs(7),
    };
    assert_eq!(acceptor.handle_timeout(deadline), Err(error.clone()));
    assert_eq!(acceptor.handle_input(&[]), Err(error));
    assert_eq!(acceptor.poll_timeout(), None);
}

/// G-15: the limit is accepted, one byte more is refused before it arrives.
#[test]
fn the_longest_message() {
    let mut message = hex(GOLDEN_NAME);
    message.resize(2 + 4096, 0);
    message[..2].copy_from_slice(&4096u16.to_be_bytes());
    assert_eq!(acceptor().handle_input(&message), Ok(4098));
    let error = HandshakeError::TooLong {
        len: 4097,
        max: 4096,
    };
    assert_eq!(acceptor().handle_input(&4097u16.to_be_bytes()), Err(error));
}

/// G-12: truncated and flipped golden bytes give a result or an error, and never a connection by accident.
#[test]
fn every_truncation_and_bit_flip() {
    let to_initiator = golden_acceptor_bytes();
    let to_acceptor = [hex(GOLDEN_NAME), hex(GOLDEN_REPLY)].concat();
    let feed_initiator = |input: &[u8]| {
        let mut initiator = initiator();
        let _ = initiator.handle_input(input);
        initiator.poll_event().is_some()
    };
    let feed_acceptor = |input: &[u8]| {
        let mut acceptor = acceptor();
        let taken = acceptor.handle_input(input).unwrap_or(input.len());
        if acceptor.poll_event().is_some() {
            acceptor.admit(Admission::Ok, cookie("secret")).unwrap();
        }
        let _ = acceptor.handle_input(&input[taken..]);
        acceptor.poll_event().is_some()
    };
    for len in 0..to_initiator.len() {
        assert!(!feed_initiator(&to_initiator[..len]));
    }
    for len in 0..to_acceptor.len() {
        assert!(!feed_acceptor(&to_acceptor[..len]));
    }
    for bit in 0..to_initiator.len() * 8 {
        let mut input = to_initiator.clone();
        input[bit / 8] ^= 1 << (bit % 8);
        feed_initiator(&input);
    }
    for bit in 0..to_acceptor.len() * 8 {
        let mut input = to_acceptor.clone();
        input[bit / 8] ^= 1 << (bit % 8);
        feed_acceptor(&input);
        // Every bit of the digest counts.
        assert!(bit < (to_acceptor.len() - 16) * 8 || !feed_acceptor(&input));
    }
}
