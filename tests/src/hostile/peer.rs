//! Bytes from a peer: in the handshake, on a connection, and at EPMD.

use std::sync::OnceLock;
use std::time::Instant;

use ergo::dist::handshake::{
    Acceptor, AcceptorEvent, Admission, HandshakeError, Identity, Initiator, Introduced,
    OpenChallenges, Refusal,
};
use ergo::dist::{Creation, Event, Flags, Inbound, NodeName, Outbound, Payload, Transmit};
use ergo::epmd::codec::{Request, RequestKind, RequestReader, ResponseReader};
use ergo::wire::{Cookie, Limits};

use super::value::{Ends, is_same_but_for_closures};

/// Bytes from a peer are events or an error. The first byte says to whom they go, the second in what portions they come.
pub fn check_peer(bytes: &[u8]) {
    let [role, portion, bytes @ ..] = bytes else {
        return;
    };
    let portion = usize::from(*portion) + 1;
    match role % 8 {
        0 => check_inbound(bytes, portion, Flags::VISIBLE),
        1 => check_inbound(
            bytes,
            portion,
            Flags::VISIBLE.without(Flags::DIST_HDR_ATOM_CACHE),
        ),
        // What `erl_call` negotiates: pass-through frames and the old operations.
        2 => check_inbound(bytes, portion, Flags::from_bits(0x4_0707_4f9c)),
        3 => check_inbound(&in_frames(bytes), portion, Flags::VISIBLE),
        4 => check_acceptor(bytes, portion),
        5 => check_initiator(bytes, portion, false),
        6 => check_initiator(bytes, portion, true),
        _ => check_epmd(bytes, portion),
    }
}

/// Cuts the bytes into frames, so that what is after the first is reached more often: one byte for the length of each.
fn in_frames(mut bytes: &[u8]) -> Vec<u8> {
    let mut frames = Vec::new();
    while let [len, rest @ ..] = bytes {
        let (content, rest) = rest.split_at(usize::from(*len).min(rest.len()));
        frames.extend_from_slice(&u32::try_from(content.len()).unwrap_or(0).to_be_bytes());
        frames.extend_from_slice(content);
        bytes = rest;
    }
    frames
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.frame_bytes_max = 1 << 20;
    limits.message_bytes_max = 1 << 20;
    limits.fragment_bytes_max = 1 << 20;
    limits
}

/// The receiving half of a connection: signals, or a violation that stays. What it gives can be decoded or refused, and
/// passed on to the next connection or refused.
fn check_inbound(bytes: &[u8], portion: usize, flags: Flags) {
    let (here, there) = established(flags);
    let mut inbound = Inbound::new(&there, &limits());
    let mut outbound = Outbound::new(&here, &limits());
    for part in bytes.chunks(portion) {
        inbound.handle_input(part);
        loop {
            match inbound.poll_event() {
                Ok(Some(event)) => check_event(&event, &mut outbound),
                Ok(None) => break,
                Err(violation) => {
                    assert!(!violation.to_string().is_empty());
                    inbound.handle_input(&[0, 0, 0, 0]);
                    assert_eq!(inbound.poll_event().err(), Some(violation), "for good");
                    return;
                }
            }
        }
    }
}

fn check_event(event: &Event, outbound: &mut Outbound) {
    let Event::Signal { control, payload } = event else {
        return;
    };
    assert!(!format!("{control:?}").is_empty());
    assert_eq!(control.has_payload(), payload.is_some());
    let Some(payload) = payload else {
        outbound.send(control, Payload::None).ok();
        return;
    };
    let term = payload.to_term();
    let passed_on = outbound.send(control, Payload::Encoded(payload));
    outbound.take_transmit(&mut Transmit::default());
    if let Ok(term) = term {
        let copy = ergo::etf::encode(payload).expect("what can be read can be passed on");
        let copy = ergo::etf::decode(&copy).expect("what was passed on can be read");
        assert!(is_same_but_for_closures(&copy, &term));
        // The operation may be one that this connection has not.
        drop((passed_on, term));
    }
}

fn name(text: &str) -> NodeName {
    NodeName::parse(text).expect("a name")
}

fn cookie() -> Cookie {
    Cookie::new("secret").expect("a cookie")
}

fn identity(text: &str, flags: Flags) -> Identity {
    let creation = Creation::new(1).expect("not 0");
    Identity::new(name(text), creation, flags)
}

fn acceptor(flags: Flags) -> Acceptor {
    let challenge = OpenChallenges::default().open(0xf034_d91a);
    Acceptor::new(
        identity("b@127.0.0.1", flags),
        challenge,
        &Limits::default(),
        Instant::now(),
    )
}

fn initiator(flags: Flags, nameless: bool) -> Initiator {
    let challenge = OpenChallenges::default().open(0xdade_314d);
    let (peer, limits, now) = (name("b@127.0.0.1"), Limits::default(), Instant::now());
    if nameless {
        return Initiator::nameless("127.0.0.1", flags, peer, cookie(), challenge, &limits, now);
    }
    Initiator::new(
        &identity("a@127.0.0.1", flags),
        peer,
        cookie(),
        challenge,
        &limits,
        now,
    )
}

/// Feeds a handshake until it takes nothing more.
fn feed(
    bytes: &[u8],
    portion: usize,
    mut take: impl FnMut(&[u8]) -> Result<usize, HandshakeError>,
) -> Result<(), HandshakeError> {
    for part in bytes.chunks(portion) {
        let mut part = part;
        loop {
            let taken = take(part)?;
            assert!(taken <= part.len());
            part = part.get(taken..).unwrap_or_default();
            if taken == 0 || part.is_empty() {
                break;
            }
        }
    }
    Ok(())
}

/// The side that listens. Nobody without the cookie gets in: these bytes cannot hold the answer to its challenge.
fn check_acceptor(bytes: &[u8], portion: usize) {
    let mut acceptor = acceptor(Flags::VISIBLE);
    let result = feed(bytes, portion, |part| {
        let taken = acceptor.handle_input(part)?;
        match acceptor.poll_event() {
            Some(AcceptorEvent::Introduced(introduction)) => {
                answer(&mut acceptor, &introduction.peer, bytes.len());
            }
            Some(AcceptorEvent::Established(established)) => check_proof(bytes, &established),
            None => {}
            Some(_) => unreachable!("an event that this test does not know"),
        }
        acceptor.poll_transmit();
        Ok(taken)
    });
    if let Err(error) = result {
        assert!(!error.to_string().is_empty());
        assert_eq!(acceptor.handle_input(&[0]), Err(error), "for good");
    }
    acceptor.handle_close().ok();
}

/// Answers the question of the acceptor, with one of the answers that the peer may get.
fn answer(acceptor: &mut Acceptor, peer: &Introduced, choice: usize) {
    let admission = match (peer, choice % 4) {
        (_, 0) => return acceptor.refuse(Refusal::Nok).expect("a question"),
        (Introduced::Nameless { host }, _) => {
            let Ok(name) = NodeName::parse(&format!("X1@{host}")) else {
                return acceptor.refuse(Refusal::NotAllowed).expect("a question");
            };
            let creation = Creation::new(7).expect("not 0");
            Admission::Named { name, creation }
        }
        (_, 1) => Admission::Alive,
        (_, 2) => Admission::OkSimultaneous,
        _ => Admission::Ok,
    };
    acceptor.admit(admission, cookie()).expect("a question");
}

/// The side that dials.
fn check_initiator(bytes: &[u8], portion: usize, nameless: bool) {
    let mut initiator = initiator(Flags::VISIBLE, nameless);
    let result = feed(bytes, portion, |part| {
        let taken = initiator.handle_input(part)?;
        initiator.poll_transmit();
        if let Some(established) = initiator.poll_event() {
            check_proof(bytes, &established);
        }
        Ok(taken)
    });
    if let Err(error) = result {
        assert!(!error.to_string().is_empty());
        assert_eq!(initiator.handle_input(&[0]), Err(error), "for good");
    }
    initiator.handle_close().ok();
}

/// A connection is the peer's to make only with the digest of the cookie, which the corpus of seeds has.
fn check_proof(bytes: &[u8], established: &ergo::dist::handshake::Established) {
    assert!(bytes.len() >= 23, "a connection without a proof");
    assert!(established.peer.as_str().contains('@'));
}

/// Both ends of a connection after a real handshake.
pub(super) fn established(flags: Flags) -> Ends {
    static ENDS: OnceLock<Ends> = OnceLock::new();
    let (mut here, mut there) = ENDS.get_or_init(|| shake_hands(flags)).clone();
    here.flags = flags;
    there.flags = flags;
    (here, there)
}

fn shake_hands(flags: Flags) -> Ends {
    // What one side has not, the connection has not; the mandatory ones are always there.
    let mandatory = Flags::MANDATORY_25 | Flags::MANDATORY_26;
    let (mut dials, mut listens) = (
        initiator(flags | mandatory, false),
        acceptor(Flags::VISIBLE),
    );
    let (mut there, mut here) = (None, None);
    while here.is_none() || there.is_none() {
        let request = dials.poll_transmit().unwrap_or_default();
        listens
            .handle_input(&request)
            .expect("the acceptor goes on");
        match listens.poll_event() {
            Some(AcceptorEvent::Introduced(_)) => {
                listens.admit(Admission::Ok, cookie()).expect("admitted");
            }
            Some(AcceptorEvent::Established(established)) => there = Some(established),
            _ => {}
        }
        let answer = listens.poll_transmit().unwrap_or_default();
        dials.handle_input(&answer).expect("the initiator goes on");
        here = here.or_else(|| dials.poll_event());
    }
    (here.expect("checked"), there.expect("checked"))
}

/// Requests to EPMD and its answers.
fn check_epmd(bytes: &[u8], portion: usize) {
    let mut reader = RequestReader::new(512);
    for part in bytes.chunks(portion) {
        match reader.handle_input(part) {
            Ok(Some(request)) => check_request(&request),
            Ok(None) => {}
            Err(error) => {
                assert!(!error.to_string().is_empty());
                break;
            }
        }
    }
    if let Ok(request) = Request::decode(bytes) {
        check_request(&request);
    }
    for kind in [
        RequestKind::Alive,
        RequestKind::PortPlease,
        RequestKind::Names,
        RequestKind::Dump,
        RequestKind::Kill,
        RequestKind::Stop,
    ] {
        let mut reader = ResponseReader::new(kind);
        let mut ended = false;
        for part in bytes.chunks(portion) {
            if !matches!(reader.handle_input(part), Ok(None)) {
                ended = true;
                break;
            }
        }
        if !ended {
            reader.handle_eof().ok();
        }
    }
}

fn check_request(request: &Request) {
    if let Ok(bytes) = request.encode() {
        assert_eq!(
            Request::decode(bytes.get(2..).unwrap_or_default()).as_ref(),
            Ok(request)
        );
    }
}
