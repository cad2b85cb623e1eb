//! The two machines joined by a wire.

use super::*;

/// Joins the two machines with a wire that carries `portion` bytes at a time.
struct Pair {
    initiator: Initiator,
    acceptor: Acceptor,
    portion: usize,
    /// What the wire still carries to each side.
    to_initiator: Vec<u8>,
    to_acceptor: Vec<u8>,
}

impl Pair {
    fn new(initiator: Initiator, acceptor: Acceptor, portion: usize) -> Pair {
        Pair {
            initiator,
            acceptor,
            portion,
            to_initiator: Vec::new(),
            to_acceptor: Vec::new(),
        }
    }

    /// Runs until nothing moves; answers the question with `admission`.
    fn run(&mut self, admission: &Admission) -> Result<(Established, Established), HandshakeError> {
        let mut accepted = None;
        loop {
            self.to_acceptor
                .extend(self.initiator.poll_transmit().unwrap_or_default());
            self.to_initiator
                .extend(self.acceptor.poll_transmit().unwrap_or_default());
            let mut moved = 0;
            let portion = self.portion.min(self.to_acceptor.len());
            let taken = self.acceptor.handle_input(&self.to_acceptor[..portion])?;
            self.to_acceptor.drain(..taken);
            moved += taken;
            let portion = self.portion.min(self.to_initiator.len());
            let taken = self.initiator.handle_input(&self.to_initiator[..portion])?;
            self.to_initiator.drain(..taken);
            moved += taken;
            match self.acceptor.poll_event() {
                Some(AcceptorEvent::Introduced(_)) => {
                    self.acceptor.admit(admission.clone(), cookie("secret"))?;
                }
                Some(AcceptorEvent::Established(established)) => accepted = Some(established),
                None if moved == 0 => break,
                None => {}
            }
        }
        Ok((self.initiator.poll_event().unwrap(), accepted.unwrap()))
    }
}

#[test]
fn both_sides_agree_whatever_the_portions() {
    for portion in [1, 2, 3, 7, 29, 4096] {
        for admission in [Admission::Ok, Admission::OkSimultaneous, Admission::Alive] {
            let mut pair = Pair::new(initiator_of(Flags::VISIBLE, "secret"), acceptor(), portion);
            let (dialled, accepted) = pair.run(&admission).unwrap();
            assert_eq!(dialled.flags, Flags::VISIBLE);
            assert_eq!(accepted.flags, Flags::VISIBLE);
            assert_eq!(dialled.replaces, admission == Admission::Alive);
            assert_eq!(accepted.replaces, admission == Admission::Alive);
            assert_eq!(
                (&dialled.local, &dialled.peer),
                (&accepted.peer, &accepted.local)
            );
        }
    }
}

#[test]
fn a_hidden_node_makes_a_hidden_connection() {
    let mut pair = Pair::new(initiator_of(Flags::HIDDEN, "secret"), acceptor(), 64);
    let (dialled, accepted) = pair.run(&Admission::Ok).unwrap();
    assert!(dialled.is_hidden() && accepted.is_hidden());
}

#[test]
fn a_nameless_node_is_named() {
    let creation = Creation::new(77).unwrap();
    let admission = Admission::Named {
        name: name("X1@127.0.0.1"),
        creation,
    };
    let (dialled, accepted) = Pair::new(nameless("127.0.0.1"), acceptor(), 5)
        .run(&admission)
        .unwrap();
    assert_eq!(
        (dialled.local, dialled.local_creation),
        (name("X1@127.0.0.1"), creation)
    );
    assert_eq!(
        (accepted.peer, accepted.peer_creation),
        (name("X1@127.0.0.1"), Some(creation))
    );
    assert!(dialled.flags == accepted.flags && !dialled.flags.contains(Flags::PUBLISHED));
}

#[test]
fn other_cookies_fail_at_the_acceptor_with_the_name_of_the_peer() {
    let mut pair = Pair::new(initiator_of(OTP_29, "other"), acceptor(), 64);
    let error = pair.run(&Admission::Ok).unwrap_err();
    assert_eq!(
        error,
        HandshakeError::WrongCookie {
            peer: name("a@127.0.0.1")
        }
    );
    assert_eq!(
        pair.initiator.handle_close(),
        Err(HandshakeError::Closed(Step::ChallengeAck))
    );
    assert_eq!(
        HandshakeError::Closed(Step::ChallengeAck).to_string(),
        "closed by the peer in place of the challenge acknowledgement (do both nodes have the same cookie?)"
    );
}

#[test]
fn what_follows_the_handshake_is_left_to_the_connection() {
    let mut initiator = initiator();
    let mut input = golden_acceptor_bytes();
    let len = input.len();
    input.extend([0, 0, 0, 0]);
    assert_eq!(initiator.handle_input(&input), Ok(len));
    assert_eq!(initiator.handle_input(&[0, 0, 0, 0]), Ok(0));

    let mut acceptor = challenged();
    let mut input = hex(GOLDEN_REPLY);
    input.extend([0, 0, 0, 0]);
    assert_eq!(acceptor.handle_input(&input), Ok(23));
}

#[test]
fn nothing_is_taken_while_the_question_is_open() {
    let mut acceptor = acceptor();
    let input = [hex(GOLDEN_NAME), hex(GOLDEN_REPLY)].concat();
    assert_eq!(acceptor.handle_input(&input), Ok(28));
    assert_eq!(acceptor.handle_input(&input[28..]), Ok(0));
    acceptor.admit(Admission::Ok, cookie("secret")).unwrap();
    assert_eq!(acceptor.handle_input(&input[28..]), Ok(23));
    assert!(matches!(
        acceptor.poll_event(),
        Some(AcceptorEvent::Established(_))
    ));
}
